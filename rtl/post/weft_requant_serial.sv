// SPDX-License-Identifier: Apache-2.0
// Requantization by shift and add, one operand bit a cycle: values as weft_requant, for an operand
// of 32 bits or (short_i) of 12 bits that stands for itself shifted left by 20. start_i in
// cycle c clears the sum. Then n cycles add M0 where the operand's bit index_o is set (n = 32 or
// 12), 2 - e cycles shift right and round (a left shift that wraps at 32 bits: one bit less, one
// shift more), and from cycle c + n + 3 - e on done_o is 1 and z_o the result, until the next
// start. While done, shift_i shifts z_o right and counts index_o. The sum has three guard bits
// below: product / 2^29 after the last bit, rounded as in weft_requant. m_i, e_i, single_i and
// short_i hold from the cycle after start to done. Reset: done. Twin: model/requant.h.
`default_nettype none
module weft_requant_serial (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         start_i,
    input  wire         shift_i,
    input  wire         short_i,
    input  wire         single_i,
    input  wire         x_bit_i,   // operand bit index_o, this cycle
    input  wire [30:0]  m_i,
    input  wire [6:0]   e_i,       // signed
    output wire [4:0]   index_o,
    output wire         done_o,
    output wire [34:0]  z_o
);
  reg mul_q, shift_q;
  reg [5:0] count_q;  // bit of the operand; in the shifts, e (0 if it wraps) up to 1
  reg first_q, second_q, third_q;  // shifts
  reg [34:0] acc_q;

  wire wraps = !e_i[6] && e_i[0] && !single_i;  // e = 1
  // 31 or 11, one less if it wraps
  wire last_bit = count_q[4] != short_i && count_q[3] && count_q[2] != short_i && count_q[1] &&
                  count_q[0] != wraps;
  wire last_shift = count_q == 6'd1;

  wire add = mul_q && x_bit_i;
  wire sign = add && last_bit;  // the operand's last bit has negative weight
  wire subtract = sign || (third_q && !single_i && acc_q[34]);
  wire carry = sign || (shift_q && (last_shift || (second_q && !single_i)));
  wire [35:0] addend = {2'b0, add ? m_i : 31'd0, 3'b0} ^ {36{subtract}};
  wire [35:0] sum = {acc_q[34], acc_q} + addend + 36'(carry);
  wire unused_bits = &{1'b0, sum[0], e_i[5]};

  wire count_en = mul_q || shift_q || shift_i;
  always_ff @(posedge clk_i) begin
    if (start_i) acc_q <= '0;
    else if (count_en) acc_q <= sum[35:1];

    if (start_i || (shift_q && last_shift)) count_q <= '0;
    else if (mul_q && last_bit) count_q <= {e_i[6], e_i[4:1], e_i[0] && !wraps};
    else if (count_en) count_q <= count_q + 1'b1;

    first_q <= mul_q && last_bit;
    second_q <= first_q && !last_shift;
    third_q <= second_q && !last_shift;
    if (!rst_ni) begin
      mul_q <= 1'b0;
      shift_q <= 1'b0;
    end else begin
      mul_q <= start_i || (mul_q && !last_bit);
      shift_q <= !start_i && ((mul_q && last_bit) || (shift_q && !last_shift));
    end
  end
  assign index_o = count_q[4:0];
  assign done_o = !mul_q && !shift_q;
  assign z_o = acc_q;
endmodule
`default_nettype wire
