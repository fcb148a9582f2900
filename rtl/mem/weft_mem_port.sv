// SPDX-License-Identifier: Apache-2.0
// Memory port: grants one burst a cycle, in falling priority fetch, store, FL, IL, among the
// requests whose channel can take one at the start of the cycle; never pre-empted. A burst granted
// in cycle c is on the bus in c+1. Offsets are checked against the window of size_i bytes and added
// to base_i (a multiple of 4 KiB); a burst outside is never granted. Read data pass to the client
// at the head of the order, write data from the store, combinationally, ready likewise.
// After a fault (fault_o stays until reset), and from the cycle after stop_i is up, nothing is
// granted; bursts granted before run to their end, so the engines have to go on until idle_o.
// Reset clears control state.
// Twin: model::MemPort in model/mem_port.h.
`default_nettype none
module weft_mem_port #(
    parameter int MemBytes = 8,         // bytes of a beat
    parameter int MaxBurstBytes = 128,  // longest burst
    parameter int MaxReads = 8,         // read bursts outstanding
    parameter int MaxWrites = 8,        // write bursts outstanding
    parameter int PlainMemory = 0,      // 1: valid/ready port of single beats, one burst at a time
    parameter int AddrBits = 32         // of offsets; those above are taken as 0
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    input  wire [63:0]              base_i,
    input  wire [31:0]              size_i,
    input  wire [31:0]              watchdog_i,   // cycles without a beat, less one; all ones: never
    input  wire                     stop_i,
    output wire                     idle_o,       // nothing granted is unanswered
    output wire                     fault_o,
    output wire [7:0]               fault_code_o,
    output wire [63:0]              fault_addr_o, // of the burst
    // Readers: 0 fetch, 1 FL, 2 IL
    input  wire [2:0]               rq_valid_i,
    output wire [2:0]               rq_ready_o,
    input  wire [95:0]              rq_addr_i,    // multiples of MemBytes
    input  wire [23:0]              rq_beats_i,   // 1 .. , within a block of MaxBurstBytes
    output wire [2:0]               rs_valid_o,
    input  wire [2:0]               rs_ready_i,
    output wire [MemBytes*8-1:0]    rs_data_o,
    output wire                     rs_last_o,
    // Writer: the store
    input  wire                     wq_valid_i,
    output wire                     wq_ready_o,
    input  wire [31:0]              wq_addr_i,
    input  wire [7:0]               wq_beats_i,
    input  wire                     wd_valid_i,
    output wire                     wd_ready_o,
    input  wire [MemBytes*8-1:0]    wd_data_i,
    input  wire [MemBytes-1:0]      wd_strb_i,
    output wire                     wb_o,         // the oldest write burst is answered
    // AXI4, PlainMemory=0
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
    input  wire [1:0]               m_bresp_i,
    // Plain port, PlainMemory=1: every request is answered once, in order, writes too
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
  localparam int BlockW = $clog2(MaxBurstBytes);
  generate
    if ((1 << ByteW) != MemBytes || (1 << BlockW) != MaxBurstBytes || MaxReads < 1 ||
        MaxBurstBytes < 2 * MemBytes || MaxBurstBytes > 4096 || MaxWrites < 1 || AddrBits < 13 ||
        AddrBits > 32) begin : gen_guard
      ERROR_parameter_of_the_memory_port_out_of_range u_error ();
    end
  endgenerate

  // ---- arbiter ----
  reg halt_q, fault_q;
  wire read_ok, write_ok;          // the bus side can take a burst
  wire read_open = read_ok && !halt_q;
  wire write_open = write_ok && !halt_q;
  wire sel_fetch = rq_valid_i[0] && read_open;
  wire sel_store = wq_valid_i && write_open && !sel_fetch;
  wire sel_fl = rq_valid_i[1] && read_open && !sel_fetch && !sel_store;
  wire sel_il = rq_valid_i[2] && read_open && !sel_fetch && !sel_store && !sel_fl;
  wire any = sel_fetch || sel_store || sel_fl || sel_il;
  wire [AddrBits-1:0] offset = sel_fetch ? rq_addr_i[AddrBits-1:0] :
                               sel_store ? wq_addr_i[AddrBits-1:0] :
                               sel_fl ? rq_addr_i[32+:AddrBits] : rq_addr_i[64+:AddrBits];
  wire [7:0] beats = sel_fetch ? rq_beats_i[7:0] : sel_store ? wq_beats_i :
                     sel_fl ? rq_beats_i[15:8] : rq_beats_i[23:16];
  wire [7:0] len = beats - 8'd1;
  wire [BlockW-ByteW-1:0] last_beat = offset[BlockW-1:ByteW] + len[BlockW-ByteW-1:0];
  wire inside_window = 33'({offset[AddrBits-1:BlockW], last_beat}) < 33'(size_i[31:ByteW]);
  wire grant = any && inside_window;
  wire [1:0] client = {sel_il, sel_fl};
  assign rq_ready_o = {sel_il, sel_fl, sel_fetch} & {3{inside_window}};
  assign wq_ready_o = sel_store && inside_window;

  // ---- bus side ----
  wire busy, moved, read_error, write_error;
  wire [63:0] base = {base_i[63:12], 12'd0};
  generate
    if (PlainMemory != 0) begin : gen_plain
      wire [31:0] addr;
      weft_mem_plain #(.MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes)) u_bus (
          .clk_i, .rst_ni, .free_o(read_ok), .load_i(any), .grant_i(grant), .write_i(sel_store),
          .client_i(client), .addr_i(base[31:0] + 32'(offset)), .len_i(len[BlockW-ByteW-1:0]),
          .rs_valid_o, .rs_ready_i, .rs_data_o, .rs_last_o, .wd_valid_i, .wd_ready_o, .wd_data_i,
          .wd_strb_i, .wb_o, .busy_o(busy), .moved_o(moved), .read_error_o(read_error),
          .write_error_o(write_error), .addr_o(addr), .p_valid_o, .p_ready_i, .p_write_o,
          .p_addr_o, .p_wdata_o, .p_wstrb_o, .p_rvalid_i, .p_rready_o, .p_rdata_i, .p_rerr_i);
      assign write_ok = read_ok;
      assign fault_addr_o = {32'd0, addr};   // of the last burst that was selected
      assign {m_arvalid_o, m_araddr_o, m_arlen_o, m_arsize_o, m_arburst_o, m_rready_o} = '0;
      assign {m_awvalid_o, m_awaddr_o, m_awlen_o, m_awsize_o, m_awburst_o} = '0;
      assign {m_wvalid_o, m_wdata_o, m_wstrb_o, m_wlast_o, m_bready_o} = '0;
      wire unused = &{1'b0, m_arready_i, m_rvalid_i, m_rdata_i, m_rresp_i, m_rlast_i, m_awready_i,
                      m_wready_i, m_bvalid_i, m_bresp_i, base[63:32]};
    end else begin : gen_axi
      wire [31:0] old_offset;
      reg [31:0] fault_offset_q;
      weft_mem_axi #(.MemBytes(MemBytes), .MaxReads(MaxReads), .MaxWrites(MaxWrites)) u_bus (
          .clk_i, .rst_ni, .read_ok_o(read_ok), .write_ok_o(write_ok), .grant_i(grant),
          .write_i(sel_store), .client_i(client), .addr_i(base + 64'(offset)),
          .offset_i(32'(offset)), .len_i(len), .rs_valid_o, .rs_ready_i, .rs_data_o, .rs_last_o,
          .wd_valid_i, .wd_ready_o, .wd_data_i, .wd_strb_i, .wb_o, .busy_o(busy),
          .moved_o(moved), .read_error_o(read_error), .write_error_o(write_error),
          .old_offset_o(old_offset), .m_arvalid_o, .m_arready_i, .m_araddr_o, .m_arlen_o,
          .m_arsize_o, .m_arburst_o, .m_rvalid_i, .m_rready_o, .m_rdata_i, .m_rresp_i,
          .m_rlast_i, .m_awvalid_o, .m_awready_i, .m_awaddr_o, .m_awlen_o, .m_awsize_o,
          .m_awburst_o, .m_wvalid_o, .m_wready_i, .m_wdata_o, .m_wstrb_o, .m_wlast_o,
          .m_bvalid_i, .m_bready_o, .m_bresp_i);
      always_ff @(posedge clk_i)
        if (!fault_q) fault_offset_q <= (outside && !read_error && !write_error) ? 32'(offset) :
                                        old_offset;
      assign fault_addr_o = base + {32'd0, fault_offset_q};
      assign {p_valid_o, p_write_o, p_addr_o, p_wdata_o, p_wstrb_o, p_rready_o} = '0;
      wire unused = &{1'b0, p_ready_i, p_rvalid_i, p_rdata_i, p_rerr_i};
    end
  endgenerate

  // ---- faults: the first one stays; of one cycle: read, write, window, timeout ----
  wire outside = any && !inside_window;
  reg [31:0] quiet_q;              // cycles without a beat while a burst is outstanding
  wire expired = busy && !moved && quiet_q == watchdog_i && !(&watchdog_i);
  wire fault = read_error || write_error || outside || expired;
  reg [2:0] code_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || moved || !busy) quiet_q <= '0;
    else quiet_q <= quiet_q + 1'b1;
    if (!rst_ni) fault_q <= 1'b0;
    else if (fault) fault_q <= 1'b1;
    halt_q <= rst_ni && (stop_i || fault || fault_q);
    if (!fault_q)
      code_q <= 3'(read_error ? weft_pkg::FaultMemRead : write_error ? weft_pkg::FaultMemWrite :
                   outside ? weft_pkg::FaultWindow : weft_pkg::FaultMemTimeout);
  end
  assign idle_o = !busy;
  assign fault_o = fault_q;
  assign fault_code_o = fault_q ? 8'(code_q) : weft_pkg::FaultNone;
  wire unused = &{1'b0, base_i[11:0], size_i[ByteW-1:0], offset[ByteW-1:0], len, rq_addr_i,
                  wq_addr_i};
endmodule
`default_nettype wire
