// SPDX-License-Identifier: Apache-2.0
// Plain side of the memory port: one burst at a time, as requests of single beats that are answered
// in order (writes too). A burst granted in cycle c makes requests from c+1 on, one a cycle while
// the memory is ready (writes: and the store has data); the answers of a read wait for the client.
// The next grant can be in the cycle after the last answer. addr_o is the burst loaded last
// (load_i), granted or not. Reset clears control state. Twin: model::MemPort in model/mem_port.h.
`default_nettype none
module weft_mem_plain #(
    parameter int MemBytes = 4,        // bytes of a beat
    parameter int MaxBurstBytes = 32   // longest burst
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    output wire                     free_o,
    input  wire                     load_i,
    input  wire                     grant_i,
    input  wire                     write_i,
    input  wire [1:0]               client_i,
    input  wire [31:0]              addr_i,
    input  wire [$clog2(MaxBurstBytes/MemBytes)-1:0] len_i,  // beats - 1
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
    output wire                     moved_o,      // a handshake on the bus
    output wire                     read_error_o,
    output wire                     write_error_o,
    output wire [31:0]              addr_o,
    output wire                     p_valid_o,
    input  wire                     p_ready_i,
    output wire                     p_write_o,
    output wire [31:0]              p_addr_o,
    output wire [MemBytes*8-1:0]    p_wdata_o,
    output wire [MemBytes-1:0]      p_wstrb_o,
    input  wire                     p_rvalid_i,
    output wire                     p_rready_o,
    input  wire [MemBytes*8-1:0]    p_rdata_i,
    input  wire                     p_rerr_i
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int LenW = $clog2(MaxBurstBytes / MemBytes);
  reg busy_q, write_q, asking_q;   // asking: beats are still to be requested
  reg [1:0] client_q;
  reg [31:ByteW] addr_q;
  reg [LenW-1:0] len_q, ask_q, answer_q;
  wire ask = p_valid_o && p_ready_i;
  wire answer = p_rvalid_i && p_rready_o;
  wire last = answer_q == len_q;
  always_ff @(posedge clk_i) begin
    if (load_i) begin
      addr_q <= addr_i[31:ByteW];
      write_q <= write_i;
      client_q <= client_i;
      len_q <= len_i;
    end
    if (!rst_ni || (answer && last)) busy_q <= 1'b0;
    else if (grant_i) busy_q <= 1'b1;
    if (!rst_ni || (ask && ask_q == len_q)) asking_q <= 1'b0;
    else if (grant_i) asking_q <= 1'b1;
    if (grant_i) ask_q <= '0;
    else if (ask) ask_q <= ask_q + 1'b1;
    if (grant_i) answer_q <= '0;
    else if (answer) answer_q <= answer_q + 1'b1;
  end
  wire [LenW-1:0] ask_low = addr_q[ByteW+:LenW] + ask_q;
  wire [2:0] turn = (busy_q && !write_q) ? 3'd1 << client_q : 3'd0;
  assign p_valid_o = asking_q && (!write_q || wd_valid_i);
  assign p_write_o = write_q;
  assign p_addr_o = {addr_q[31:ByteW+LenW], ask_low, {ByteW{1'b0}}};
  assign p_wdata_o = wd_data_i;
  assign p_wstrb_o = wd_strb_i;
  assign wd_ready_o = asking_q && write_q && p_ready_i;
  assign p_rready_o = |(turn & rs_ready_i) || (busy_q && write_q);
  assign rs_valid_o = turn & {3{p_rvalid_i}};
  assign rs_data_o = p_rdata_i;
  assign rs_last_o = last;
  assign wb_o = answer && write_q && last;
  assign busy_o = busy_q;
  assign free_o = !busy_q;
  assign moved_o = ask || answer;
  assign read_error_o = answer && !write_q && p_rerr_i;
  assign write_error_o = answer && write_q && p_rerr_i;
  assign addr_o = {addr_q, {ByteW{1'b0}}};
  wire unused = &{1'b0, addr_i[ByteW-1:0]};
endmodule
`default_nettype wire
