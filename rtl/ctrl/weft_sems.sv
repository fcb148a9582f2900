// SPDX-License-Identifier: Apache-2.0
// Eight counting semaphores. A token given in cycle c can be taken in cycle c+1; several sources
// of the producing engine may give the same one in a cycle. A counter that would overflow is an error
// (overflow_o). Reset clears all. Twin: model::Semaphores in model/sems.h.
`default_nettype none
module weft_sems #(
    parameter int SemBits = 8,       // bits of a counter
    parameter int GiveBits = 3       // bits of the number given in a cycle
) (
    input  wire                    clk_i,
    input  wire                    rst_ni,
    input  wire [8*GiveBits-1:0]   give_i,      // tokens given, per semaphore
    input  wire [7:0]              take_i,
    output wire [7:0]              avail_o,
    output wire                    overflow_o
);
  wire [7:0] over;
  genvar s;
  generate
    for (s = 0; s < 8; s = s + 1) begin : gen_sem
      reg [SemBits-1:0] count_q;
      wire [SemBits:0] next = {1'b0, count_q} + (SemBits+1)'(give_i[s*GiveBits+:GiveBits]) -
                              (SemBits+1)'(take_i[s]);
      assign over[s] = next[SemBits];
      assign avail_o[s] = count_q != '0;
      always_ff @(posedge clk_i) count_q <= rst_ni ? next[SemBits-1:0] : '0;
    end
  endgenerate
  assign overflow_o = |over;
endmodule
`default_nettype wire
