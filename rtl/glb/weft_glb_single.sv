// SPDX-License-Identifier: Apache-2.0
// The single-ported GLB: one memory, one access a cycle, in nine fixed time slots: reads act 0,
// flt 1, psr 2, res 3, str 4; writes lf 5, li 6, psw 7, out 8. Cycle 0 is the first one out of
// reset. A write is ready in its slot only. A read is made in its slot if it is valid then, and
// ready in the cycle after; its data are in the client's register from then on until the client's
// next fire. Without a register (HoldFlt, HoldRes) it is ready in its slot, the data are valid in the
// cycle after. lf and li come from one engine: their data and byte enables are the same.
// Reset clears control state. Twin: GlbSlots in model/glb.h.
`default_nettype none
module weft_glb_single #(
    parameter int GlbBankBytes = 65536,
    parameter int GlbBytes     = 4,
    parameter int HoldFlt      = 1,  // 0: flt's data are valid in one cycle only
    parameter int HoldRes      = 1   // 0: res' likewise
) (
    input  wire                      clk_i,
    input  wire                      rst_ni,
    input  wire  [4:0]               rd_valid_i,
    output logic [4:0]               rd_ready_o,
    input  wire  [5*18-1:0]          rd_addr_i,
    output logic [5*GlbBytes*8-1:0]  rd_data_o,
    input  wire  [3:0]               wr_valid_i,
    output logic [3:0]               wr_ready_o,
    input  wire  [4*18-1:0]          wr_addr_i,
    input  wire  [4*GlbBytes-1:0]    wr_be_i,
    input  wire  [4*GlbBytes*8-1:0]  wr_data_i,
    output logic                     range_o
);
  localparam int ByteW = $clog2(GlbBytes);
  localparam int SizeW = $clog2(GlbBankBytes);
  localparam int WordW = GlbBytes * 8;
  localparam logic [3:0] Writes = 4'd5, Slots = 4'd9;
  logic [3:0] slot_q;
  logic [4:0] read_q;  // one-hot: client whose read was made in the cycle before
  logic range_q;
  logic [5*WordW-1:0] data_q;
  // By slot; 8 to 15 are out's.
  wire [15:0] valid = {{8{wr_valid_i[3]}}, wr_valid_i[2:0], rd_valid_i};
  wire [16*32-1:0] addrs;
  for (genvar n = 0; n < 16; n = n + 1) begin : gen_addr
    if (n < 5) assign addrs[n*32+:32] = 32'(rd_addr_i[n*18+:18]);
    else if (n < 8) assign addrs[n*32+:32] = 32'(wr_addr_i[(n-5)*18+:18]);
    else assign addrs[n*32+:32] = 32'(wr_addr_i[3*18+:18]);
  end
  wire [WordW-1:0] rdata;
  wire access = valid[slot_q];
  wire [17:0] addr = addrs[{slot_q, 5'd0}+:18];
  wire write = slot_q >= Writes;
  wire outside = access && addr[17:SizeW] != '0;
  logic [4:0] read_d;
  integer c;
  always_comb begin
    for (c = 0; c < 5; c = c + 1) read_d[c] = slot_q == 4'(c) && rd_valid_i[c];
    for (c = 0; c < 4; c = c + 1) wr_ready_o[c] = slot_q == Writes + 4'(c);
    rd_ready_o = read_q;
    rd_data_o = data_q;
    if (HoldFlt == 0) begin
      rd_ready_o[1] = slot_q == 4'd1;
      rd_data_o[WordW+:WordW] = rdata;
    end
    if (HoldRes == 0) begin
      rd_ready_o[3] = slot_q == 4'd3;
      rd_data_o[3*WordW+:WordW] = rdata;
    end
    range_o = range_q;
  end
  // Writer by the slot's two low bits: out 0, lf 1, li 2, psw 3. One engine drives lf and li, of
  // which this looks at the data of lf only.
  wire [WordW-1:0] moved = wr_data_i[WordW-1:0];
  wire [WordW-1:0] summed = slot_q[0] ? wr_data_i[2*WordW+:WordW] : wr_data_i[3*WordW+:WordW];
  wire from_mover = slot_q[0] != slot_q[1];
  wire [GlbBytes-1:0] summed_be = slot_q[0] ? wr_be_i[2*GlbBytes+:GlbBytes] : wr_be_i[3*GlbBytes+:GlbBytes];
  weft_ram_1rw_be #(
      .Bytes(GlbBytes),
      .Depth(GlbBankBytes / GlbBytes)
  ) u_ram (
      .clk_i  (clk_i),
      .en_i   (access && !outside),
      .we_i   (write),
      .wbe_i  (from_mover ? wr_be_i[GlbBytes-1:0] : summed_be),
      .addr_i (addr[SizeW-1:ByteW]),
      .wdata_i(from_mover ? moved : summed),
      .rdata_o(rdata)
  );
  integer r;
  always_ff @(posedge clk_i) begin
    for (r = 0; r < 5; r = r + 1) if (read_q[r]) data_q[r*WordW+:WordW] <= rdata;
    if (!rst_ni) begin
      slot_q <= '0;
      read_q <= '0;
      range_q <= 1'b0;
    end else begin
      slot_q <= (slot_q == Slots - 4'd1) ? 4'd0 : slot_q + 4'd1;
      read_q <= read_d;
      range_q <= outside;
    end
  end
  wire unused = &{1'b0, addr, wr_data_i, wr_be_i};
endmodule
`default_nettype wire
