// SPDX-License-Identifier: Apache-2.0
// AXI4 side of the memory port: address registers, order of reads, write data, answers. A burst
// granted in cycle c has its address on the bus from c+1 until it is accepted; its channel takes
// the next burst when the address register is empty at the start of a cycle and fewer than MaxReads
// (MaxWrites) bursts are unanswered (writes also: fewer than two bursts have data to send). The W
// channel does not wait for the AW channel. Answers are always accepted. Reset clears control
// state. Twin: model::MemPort in model/mem_port.h.
`default_nettype none
module weft_mem_axi #(
    parameter int MemBytes = 8,   // bytes of a beat
    parameter int MaxReads = 8,   // read bursts outstanding
    parameter int MaxWrites = 8   // write bursts outstanding
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    output wire                     read_ok_o,
    output wire                     write_ok_o,
    input  wire                     grant_i,
    input  wire                     write_i,
    input  wire [1:0]               client_i,
    input  wire [63:0]              addr_i,
    input  wire [31:0]              offset_i,
    input  wire [7:0]               len_i,         // beats - 1
    output wire [2:0]               rs_valid_o,
    input  wire [2:0]               rs_ready_i,
    output wire [MemBytes*8-1:0]    rs_data_o,
    output wire                     rs_last_o,
    input  wire                     wd_valid_i,
    output wire                     wd_ready_o,
    input  wire [MemBytes*8-1:0]    wd_data_i,
    input  wire [MemBytes-1:0]      wd_strb_i,
    output wire                     wb_o,
    output wire                     busy_o,
    output wire                     moved_o,       // a handshake on the bus
    output wire                     read_error_o,
    output wire                     write_error_o,
    output wire [31:0]              old_offset_o,  // burst of the error, else the oldest one
    output wire                     m_arvalid_o,
    input  wire                     m_arready_i,
    output wire [63:0]              m_araddr_o,
    output wire [7:0]               m_arlen_o,
    output wire [2:0]               m_arsize_o,
    output wire [1:0]               m_arburst_o,
    input  wire                     m_rvalid_i,
    output wire                     m_rready_o,
    input  wire [MemBytes*8-1:0]    m_rdata_i,
    input  wire [1:0]               m_rresp_i,
    input  wire                     m_rlast_i,
    output wire                     m_awvalid_o,
    input  wire                     m_awready_i,
    output wire [63:0]              m_awaddr_o,
    output wire [7:0]               m_awlen_o,
    output wire [2:0]               m_awsize_o,
    output wire [1:0]               m_awburst_o,
    output wire                     m_wvalid_o,
    input  wire                     m_wready_i,
    output wire [MemBytes*8-1:0]    m_wdata_o,
    output wire [MemBytes-1:0]      m_wstrb_o,
    output wire                     m_wlast_o,
    input  wire                     m_bvalid_i,
    output wire                     m_bready_o,
    input  wire [1:0]               m_bresp_i
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int OffsetW = 32 - ByteW;

  // ---- addresses ----
  reg ar_valid_q, aw_valid_q;
  reg [63:0] ar_addr_q, aw_addr_q;
  reg [7:0] ar_len_q, aw_len_q;
  wire grant_read = grant_i && !write_i;
  wire grant_write = grant_i && write_i;
  always_ff @(posedge clk_i) begin
    if (grant_read) begin
      ar_addr_q <= addr_i;
      ar_len_q <= len_i;
    end
    if (grant_write) begin
      aw_addr_q <= addr_i;
      aw_len_q <= len_i;
    end
    ar_valid_q <= rst_ni && (grant_read || (ar_valid_q && !m_arready_i));
    aw_valid_q <= rst_ni && (grant_write || (aw_valid_q && !m_awready_i));
  end
  assign m_arvalid_o = ar_valid_q;
  assign m_araddr_o = ar_addr_q;
  assign m_arlen_o = ar_len_q;
  assign m_arsize_o = 3'(ByteW);
  assign m_arburst_o = 2'b01;
  assign m_awvalid_o = aw_valid_q;
  assign m_awaddr_o = aw_addr_q;
  assign m_awlen_o = aw_len_q;
  assign m_awsize_o = 3'(ByteW);
  assign m_awburst_o = 2'b01;

  // ---- reads ----
  wire order_ready, order_valid;
  wire [1:0] head;
  wire [OffsetW-1:0] read_offset, write_offset;
  wire read_beat = m_rvalid_i && m_rready_o;
  weft_fifo #(.Width(OffsetW + 2), .Depth(MaxReads)) u_order (
      .clk_i, .rst_ni, .in_valid_i(grant_read), .in_ready_o(order_ready),
      .in_data_i({offset_i[31:ByteW], client_i}), .out_valid_o(order_valid),
      .out_ready_i(read_beat && m_rlast_i), .out_data_o({read_offset, head}));
  wire [2:0] turn = order_valid ? 3'd1 << head : 3'd0;
  assign rs_valid_o = turn & {3{m_rvalid_i}};
  assign rs_data_o = m_rdata_i;
  assign rs_last_o = m_rlast_i;
  assign m_rready_o = |(turn & rs_ready_i);
  assign read_ok_o = !ar_valid_q && order_ready;
  assign read_error_o = read_beat && m_rresp_i != 2'b00;

  // ---- write data ----
  wire data_ready, data_valid;
  wire [7:0] data_len;
  reg [7:0] beat_q;
  wire data_beat = m_wvalid_o && m_wready_i;
  weft_fifo #(.Width(8), .Depth(MaxWrites > 1 ? 2 : 1)) u_data (
      .clk_i, .rst_ni, .in_valid_i(grant_write), .in_ready_o(data_ready), .in_data_i(len_i),
      .out_valid_o(data_valid), .out_ready_i(data_beat && m_wlast_o), .out_data_o(data_len));
  always_ff @(posedge clk_i) begin
    if (!rst_ni || (data_beat && m_wlast_o)) beat_q <= '0;
    else if (data_beat) beat_q <= beat_q + 1'b1;
  end
  assign m_wvalid_o = data_valid && wd_valid_i;
  assign m_wdata_o = wd_data_i;
  assign m_wstrb_o = wd_strb_i;
  assign m_wlast_o = beat_q == data_len;
  assign wd_ready_o = data_valid && m_wready_i;

  // ---- answers of writes ----
  wire answer_ready, answer_valid;
  weft_fifo #(.Width(OffsetW), .Depth(MaxWrites)) u_answers (
      .clk_i, .rst_ni, .in_valid_i(grant_write), .in_ready_o(answer_ready),
      .in_data_i(offset_i[31:ByteW]), .out_valid_o(answer_valid), .out_ready_i(m_bvalid_i),
      .out_data_o(write_offset));
  assign m_bready_o = 1'b1;
  assign wb_o = m_bvalid_i && answer_valid;
  assign write_ok_o = !aw_valid_q && data_ready && answer_ready;
  assign write_error_o = wb_o && m_bresp_i != 2'b00;

  assign busy_o = order_valid || answer_valid;
  assign moved_o = read_beat || data_beat || wb_o || (ar_valid_q && m_arready_i) ||
                   (aw_valid_q && m_awready_i);
  assign old_offset_o = {(read_error_o || (order_valid && !write_error_o)) ? read_offset :
                         write_offset, {ByteW{1'b0}}};
  wire unused = &{1'b0, offset_i[ByteW-1:0]};
endmodule
`default_nettype wire
