// SPDX-License-Identifier: Apache-2.0
// Sum of two words, or in max mode the larger one: there only the low bytes are used, and the smaller
// operand of the adder is zeroed. Combinational, no reset. Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_sum (
    input  wire        max_i,
    input  wire [31:0] a_i,
    input  wire [31:0] b_i,
    output wire [31:0] sum_o
);
  wire b_larger = b_i[7:0] > a_i[7:0];
  wire [31:0] kept = {a_i[31:8], (max_i && b_larger) ? 8'd0 : a_i[7:0]};
  wire [31:0] added = {b_i[31:8], (max_i && !b_larger) ? 8'd0 : b_i[7:0]};
  assign sum_o = kept + added;
endmodule
`default_nettype wire
