// SPDX-License-Identifier: Apache-2.0
// As weft_ram_1r1w, with one write enable a byte. Width is a multiple of 8.
// A target may replace this file. Twin: none (storage).
`default_nettype none
module weft_ram_1r1w_be #(
    parameter int Bytes = 8,   // bytes of a word
    parameter int Depth = 16   // words, at least 2
) (
    input  wire                      clk_i,
    input  wire                      we_i,
    input  wire [Bytes-1:0]          wbe_i,
    input  wire [$clog2(Depth)-1:0]  waddr_i,
    input  wire [Bytes*8-1:0]        wdata_i,
    input  wire                      re_i,
    input  wire [$clog2(Depth)-1:0]  raddr_i,
    output reg  [Bytes*8-1:0]        rdata_o
);
  (* no_rw_check *) reg [Bytes*8-1:0] mem_q[Depth];
  integer b;
  // Blocking, so that Verilator needs no shadow of every byte; nothing else sees mem_q. Behind the
  // read, or yosys would make registers of it.
  // verilator lint_off BLKSEQ
  always_ff @(posedge clk_i) begin
    if (re_i) rdata_o <= mem_q[raddr_i];
    if (we_i)
      for (b = 0; b < Bytes; b = b + 1)
        if (wbe_i[b]) mem_q[waddr_i][b*8+:8] = wdata_i[b*8+:8];
  end
  // verilator lint_on BLKSEQ
endmodule
`default_nettype wire
