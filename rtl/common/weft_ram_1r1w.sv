// SPDX-License-Identifier: Apache-2.0
// One read and one write port, synchronous. rdata_o shows the word of the address that was read in
// the cycle before (re_i), and holds it while re_i is low. Reading an address in the cycle in which
// it is written gives an undefined word: no user relies on it, so that yosys need not emulate it
// (no_rw_check). No reset; contents start random.
// A target may replace this file. Twin: none (storage).
`default_nettype none
module weft_ram_1r1w #(
    parameter int Width = 8,   // bits of a word
    parameter int Depth = 16   // words, at least 2
) (
    input  wire                      clk_i,
    input  wire                      we_i,
    input  wire [$clog2(Depth)-1:0]  waddr_i,
    input  wire [Width-1:0]          wdata_i,
    input  wire                      re_i,
    input  wire [$clog2(Depth)-1:0]  raddr_i,
    output reg  [Width-1:0]          rdata_o
);
  (* no_rw_check *) reg [Width-1:0] mem_q[Depth];
  // Blocking, so that Verilator needs no shadow of the write; nothing else sees mem_q. Behind the
  // read, or yosys would make registers of it.
  // verilator lint_off BLKSEQ
  always_ff @(posedge clk_i) begin
    if (re_i) rdata_o <= mem_q[raddr_i];
    if (we_i) mem_q[waddr_i] = wdata_i;
  end
  // verilator lint_on BLKSEQ
endmodule
`default_nettype wire
