// SPDX-License-Identifier: Apache-2.0
// One lane of requantization, pipelined: z = x * 2^Shl * M0 / 2^31 * 2^e, rounded twice
// (single_i 0) or once. M0 is nonnegative, e is -31..+1. One operand an enabled cycle; z_o
// shows the result after four enabled cycles. A stage is written only if its operand is valid.
// Nothing is reset: valid_i travels with the operand outside. With q = floor(product / 2^30):
// rounding once is (q / 2^(k+1) rounded half up), k = -e; rounding twice first makes
// (q + 1) >> 1, less 1 if q < 0 and k > 0, which turns half up into half away from zero.
// Twin: model/requant.h.
`default_nettype none
module weft_requant #(
    parameter int InW = 32,  // operand bits, 2..32
    parameter int Shl = 0    // constant left shift of the operand; InW + Shl is 29..32
) (
    input  wire                   clk_i,
    input  wire [3:0]             en_i,      // stage k takes what stage k-1 holds
    input  wire [InW-1:0]         x_i,       // signed
    input  wire [30:0]            m_i,
    input  wire [6:0]             e_i,       // signed
    input  wire                   single_i,  // the same for all operands in flight
    output wire [InW+Shl:0]       z_o        // signed
);
  localparam int OpW = InW + 1;
  localparam int ProdW = OpW + 31;
  localparam int QW = InW + Shl + 2;
  if (InW < 2 || InW > 32 || InW + Shl < 29 || InW + Shl > 32) begin : gen_guard
    ERROR_requant_InW_or_Shl u_error ();
  end

  // A left shift by one wraps at 32 bits in double rounding.
  localparam bit Wraps = (InW + Shl == 32);
  wire left = !e_i[6] && e_i[0];  // e = 1
  wire unused_sign = e_i[5];
  reg  signed [OpW-1:0] x_q;
  reg  [30:0] m_q;
  reg  [4:0] k1_q, k2_q, k3_q;
  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      x_q <= left ? {(Wraps && !single_i) ? x_i[InW-2] : x_i[InW-1], x_i[InW-2:0], 1'b0}
                  : {x_i[InW-1], x_i};
      m_q <= m_i;
      k1_q <= left ? 5'd0 : -e_i[4:0];
    end
  end

  wire signed [ProdW-1:0] x_wide = ProdW'(x_q);
  wire signed [ProdW-1:0] m_wide = ProdW'(m_q);
  wire signed [ProdW-1:0] prod = x_wide * m_wide;
  wire [ProdW+Shl-1:0] shifted = (ProdW+Shl)'(prod) << Shl;
  reg  signed [QW-1:0] q_q;
  always_ff @(posedge clk_i) begin
    if (en_i[1]) begin
      q_q <= shifted[ProdW+Shl-1:30];
      k2_q <= k1_q;
    end
  end
  wire [29:0] unused_low = shifted[29:0];

  // (q + 1) >> 1, less 1 if q < 0: also for q = -1, whose quotient is 0 either way.
  wire negative = q_q[QW-1];
  wire [1:0] adjust = {negative & ~q_q[0], negative ^ q_q[0]};  // signed
  wire signed [QW-1:0] twice = {q_q[QW-1], q_q[QW-1:1]} + QW'($signed(adjust));
  reg  signed [QW:0] w_q;
  always_ff @(posedge clk_i) begin
    if (en_i[2]) begin
      w_q <= (single_i || k2_q == 5'd0) ? {q_q[QW-1], q_q} : {twice, 1'b0};
      k3_q <= k2_q;
    end
  end

  wire signed [QW:0] right = w_q >>> k3_q;
  reg  [QW-2:0] z_q;
  always_ff @(posedge clk_i) begin
    if (en_i[3]) z_q <= right[QW-1:1] + (QW-1)'(right[0]);
  end
  wire unused_top = right[QW];
  assign z_o = z_q;
endmodule
`default_nettype wire
