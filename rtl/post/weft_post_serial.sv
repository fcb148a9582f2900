// SPDX-License-Identifier: Apache-2.0
// The small datapath of weft_post: one sum at a time through one weft_requant_serial, also the
// three requantizations of a residual add. A sum is begun in cycle s, held at the port, written
// to the GLB and accepted (post_ready_o) in the cycle after the write, so nothing of the beat is
// stored. With R(n, e) = n + 3 - e (see weft_requant_serial) its output is known at the end of
// cycle d = s + R(32, e), with residual max(d + R(12, e1), v) + R(12, e2) + 32 + R(32, e3), v the
// cycle after the residual read, whose valid is raised in s + 1; the write's valid is raised in
// the cycle after. post_done_o comes in the cycle after the end beat was accepted, in which the
// next sum may begin. Reset: no sum in work. Twin: model/post.h.
`default_nettype none
module weft_post_serial #(
    parameter int GlbBytes = 4  // power of two >= 4
) (
    input  wire                            clk_i,
    input  wire                            rst_ni,
    input  wire [2*weft_pkg::CfgBits-1:0]  cfg_i,
    output wire                            par_re_o,
    input  wire [70:0]                     par_data_i,
    input  wire                            post_valid_i,
    output wire                            post_ready_o,
    input  wire [31:0]                     post_data_i,
    input  wire [17:0]                     post_addr_i,
    input  wire                            post_res_en_i,
    input  wire [17:0]                     post_res_addr_i,
    input  wire                            post_cfg_i,
    input  wire                            post_parity_i,
    input  wire                            post_end_i,
    output wire                            post_done_o,
    output wire                            busy_o,
    output wire                            res_valid_o,
    input  wire                            res_ready_i,
    output wire [17:0]                     res_addr_o,
    input  wire [GlbBytes*8-1:0]           res_data_i,
    output wire                            out_valid_o,
    input  wire                            out_ready_i,
    output wire [17:0]                     out_addr_o,
    output wire [GlbBytes-1:0]             out_be_o,
    output wire [GlbBytes*8-1:0]           out_data_o,
    output wire                            ev_post_o,
    output wire                            ev_add_o,
    output wire                            ev_glb_res_o,
    output wire                            ev_glb_out_o,
    output wire                            ev_par_o
);
  localparam int ByteW = $clog2(GlbBytes);
  // Conv: the sum. First, Second: the add's operands. Sum: adds them bit by bit. Third: the sum's.
  typedef enum logic [2:0] {Idle, Conv, First, Second, Sum, Third, Write, Accept} state_e;
  state_e state_q, state_d;
  reg  res_pending_q, res_here_q, done_q, carry_q;
  reg  [8:0] out_q;
  reg  [31:0] operand_q;  // first operand, then the sum of both

  // Constants of both slots. The selection is written as mux4(mux4(..), ..) because a four-to-one
  // multiplexer in this form is two LUTs of four inputs.
  localparam int CfgBits = weft_pkg::CfgBits;
  wire [CfgBits-1:0] cfg0 = cfg_i[CfgBits-1:0];
  wire [CfgBits-1:0] cfg1 = cfg_i[2*CfgBits-1:CfgBits];
  wire unused_cfg = &{1'b0, cfg0, cfg1, par_data_i[63]};
  function automatic [37:0] mux4(input [1:0] sel, input [37:0] d0, input [37:0] d1,
                                 input [37:0] d2, input [37:0] d3);
    reg [37:0] low;
    begin
      low = sel[1] ? {38{sel[0]}} : sel[0] ? d1 : d0;
      mux4 = sel[1] ? (low & d3) | (~low & d2) : low;
    end
  endfunction
  wire in_conv = state_q == Conv;
  wire in_first = state_q == First;
  wire in_second = state_q == Second;
  wire in_third = state_q == Third;
  wire single = post_cfg_i ? cfg1[weft_pkg::CfgSingleRoundingLsb]
                           : cfg0[weft_pkg::CfgSingleRoundingLsb];
  wire res_unsigned = post_cfg_i ? cfg1[weft_pkg::CfgResUnsignedLsb]
                                 : cfg0[weft_pkg::CfgResUnsignedLsb];
  wire [37:0] factor_add = mux4(
      {in_second, post_cfg_i},
      {cfg0[weft_pkg::CfgAddE1Lsb+:7], cfg0[weft_pkg::CfgAddM1Lsb+:31]},
      {cfg1[weft_pkg::CfgAddE1Lsb+:7], cfg1[weft_pkg::CfgAddM1Lsb+:31]},
      {cfg0[weft_pkg::CfgAddE2Lsb+:7], cfg0[weft_pkg::CfgAddM2Lsb+:31]},
      {cfg1[weft_pkg::CfgAddE2Lsb+:7], cfg1[weft_pkg::CfgAddM2Lsb+:31]});
  wire [37:0] factor = mux4(
      {in_third, in_third ? post_cfg_i : in_conv},
      factor_add,
      {par_data_i[70:64], par_data_i[62:32]},
      {cfg0[weft_pkg::CfgAddE3Lsb+:7], cfg0[weft_pkg::CfgAddM3Lsb+:31]},
      {cfg1[weft_pkg::CfgAddE3Lsb+:7], cfg1[weft_pkg::CfgAddM3Lsb+:31]});
  wire [30:0] m = factor[30:0];
  wire [6:0] e = factor[37:31];
  wire [37:0] bounds = mux4(
      {in_conv, post_cfg_i},
      {11'b0, cfg0[weft_pkg::CfgAddZpLsb+:27]}, {11'b0, cfg1[weft_pkg::CfgAddZpLsb+:27]},
      {11'b0, cfg0[weft_pkg::CfgOutZpLsb+:27]}, {11'b0, cfg1[weft_pkg::CfgOutZpLsb+:27]});
  wire unused_bounds = &{1'b0, bounds[37:27]};
  wire [8:0] zp = bounds[8:0];
  wire signed [8:0] lo = bounds[17:9];
  wire signed [8:0] hi = bounds[26:18];
  wire [37:0] inputs = mux4(
      {in_second, post_cfg_i},
      {29'b0, cfg0[weft_pkg::CfgAddZ1Lsb+:9]}, {29'b0, cfg1[weft_pkg::CfgAddZ1Lsb+:9]},
      {29'b0, cfg0[weft_pkg::CfgAddZ2Lsb+:9]}, {29'b0, cfg1[weft_pkg::CfgAddZ2Lsb+:9]});
  wire unused_inputs = &{1'b0, inputs[37:9]};
  wire [8:0] add_z = inputs[8:0];
  wire [31:0] bias = par_data_i[31:0];

  // Operand, bit by bit: sum + bias, output - z1, residual - z2, operand_q.
  wire start, done;
  wire [4:0] index;
  wire [34:0] z;
  wire short_bits = in_first || in_second;
  wire [3:0] index9 = (index[4:3] == 2'd0) ? {1'b0, index[2:0]} : 4'd8;  // then the sign
  wire [7:0] res_byte = res_data_i[{post_res_addr_i[ByteW-1:0], 3'b0}+:8];
  wire [8:0] res = {res_byte[7] && !res_unsigned, res_byte};
  reg  a, b;
  always_comb begin
    case (state_q)
      Conv: begin
        a = post_data_i[index];
        b = bias[index];
      end
      First: begin
        a = out_q[index9];
        b = !add_z[index9];
      end
      Second: begin
        a = res[index9];
        b = !add_z[index9];
      end
      Sum: begin
        a = z[0];
        b = operand_q[0];
      end
      default: begin
        a = 1'b0;
        b = operand_q[0];
      end
    endcase
  end
  wire x_bit = a ^ b ^ carry_q;
  wire summing = state_q == Sum;
  weft_requant_serial u_requant (
      .clk_i, .rst_ni,
      .start_i(start), .shift_i(summing), .short_i(short_bits),
      .single_i(single), .x_bit_i(x_bit), .m_i(m), .e_i(e),
      .index_o(index), .done_o(done), .z_o(z)
  );

  // Output of the first and of the last requantization
  wire fits = z[34:9] == '0 || &z[34:9];
  wire signed [10:0] shifted = 11'($signed(z[9:0])) + 11'($signed(zp));
  wire under = fits ? shifted < 11'(lo) : z[34];
  wire over = fits ? shifted > 11'(hi) : !z[34];
  wire out_we = done && (in_conv || in_third);

  wire res_fire = res_valid_o && res_ready_i;
  wire out_fire = out_valid_o && out_ready_i;
  reg  start_d;
  always_comb begin
    state_d = state_q;
    start_d = 1'b0;
    case (state_q)
      Idle: if (post_valid_i) begin
        state_d = Conv;
        start_d = 1'b1;
      end
      Conv: if (done) begin
        state_d = post_res_en_i ? First : Write;
        start_d = post_res_en_i;
      end
      First: if (done && res_here_q) begin
        state_d = Second;
        start_d = 1'b1;
      end
      Second: if (done) state_d = Sum;
      Sum: if (&index) begin
        state_d = Third;
        start_d = 1'b1;
      end
      Third: if (done) state_d = Write;
      Write: if (out_ready_i) state_d = Accept;
      default: state_d = Idle;
    endcase
  end
  assign start = start_d;
  always_ff @(posedge clk_i) begin
    if (out_we) out_q <= under ? lo : over ? hi : shifted[8:0];
    if (in_first) operand_q <= z[31:0];
    else if (summing || in_third) operand_q <= {x_bit, operand_q[31:1]};
    // A subtraction begins with a carry.
    if (start || (in_second && done)) carry_q <= in_conv || in_first;
    else if (!done || summing) carry_q <= (a && b) || (carry_q && (a || b));
    if (!rst_ni) begin
      state_q <= Idle;
      res_pending_q <= 1'b0;
      done_q <= 1'b0;
    end else begin
      state_q <= state_d;
      res_pending_q <= (state_q == Idle) ? post_valid_i && post_res_en_i
                                         : res_pending_q && !res_fire;
      done_q <= post_ready_o && post_end_i;
    end
    res_here_q <= (state_q == Idle) ? 1'b0 : res_here_q || res_fire;
  end

  assign par_re_o = state_q == Idle && post_valid_i;
  assign post_ready_o = state_q == Accept;
  assign post_done_o = done_q;
  assign busy_o = state_q != Idle;
  assign res_valid_o = res_pending_q;
  assign res_addr_o = {post_res_addr_i[17:ByteW], {ByteW{1'b0}}};
  assign out_valid_o = state_q == Write;
  assign out_addr_o = {post_addr_i[17:ByteW], {ByteW{1'b0}}};
  assign out_be_o = GlbBytes'(1) << post_addr_i[ByteW-1:0];
  assign out_data_o = {GlbBytes{out_q[7:0]}};
  assign ev_post_o = post_ready_o;
  assign ev_add_o = post_ready_o && post_res_en_i;
  assign ev_glb_res_o = res_fire;
  assign ev_glb_out_o = out_fire;
  assign ev_par_o = post_parity_i;
endmodule
`default_nettype wire
