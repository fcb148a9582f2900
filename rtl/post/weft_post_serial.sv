// SPDX-License-Identifier: Apache-2.0
// The small datapath of weft_post: one sum at a time through one weft_requant_serial, also the
// three requantizations of a residual add. One memory of 32-bit words holds the parameters (row,
// then bias, M0, exponent) and, in the fourth places, words 1.. of the one CFG; before a
// requantization its operand, exponent and multiplier are read, after it the bounds. A sum is begun
// in cycle b, held at the port, written to the GLB and accepted (post_ready_o) in the cycle after
// the write, so nothing of the beat is stored. With R(n, e) = n + 3 - e (see weft_requant_serial)
// its output is known at the end of cycle d = b + R(32, e) + 3, with residual
// max(b + R(32, e) + R(12, e1) + 5, v) + R(12, e2) + R(32, e3) + 68, v the cycle after the residual
// read, whose valid is raised in b + 1; the write's valid is raised in the cycle after. post_done_o
// comes in the cycle after the end beat was accepted, in which the next sum may begin. Reset: no
// sum in work. Twin: model/post.h.
`default_nettype none
module weft_post_serial #(
    parameter int GlbBytes = 4,   // power of two >= 4
    parameter int ParamRows = 32  // rows of a half, power of two >= 4
) (
    input  wire                            clk_i,
    input  wire                            rst_ni,
    input  wire [31:0]                     cfg_i,         // word 0 of the CFG
    input  wire                            par_we_i,
    input  wire [$clog2(2*ParamRows)-1:0]  par_row_i,
    input  wire [1:0]                      par_kind_i,    // 0 bias, 1 M0, 2 exponent
    input  wire [31:0]                     par_data_i,
    input  wire                            cfg_we_i,      // not together with par_we_i
    input  wire [2:0]                      cfg_index_i,   // of the word, less one
    input  wire [31:0]                     cfg_data_i,
    input  wire                            post_valid_i,
    input  wire [$clog2(2*ParamRows)-1:0]  post_row_i,
    output wire                            post_ready_o,
    input  wire [31:0]                     post_data_i,
    input  wire [17:0]                     post_addr_i,
    input  wire                            post_res_en_i,
    input  wire [17:0]                     post_res_addr_i,
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
  localparam int RowW = $clog2(2 * ParamRows);
  if (ParamRows < 4) begin : gen_guard
    ERROR_ParamRows_must_be_at_least_4 u_error ();
  end
  // Places of the CFG's words
  localparam logic [2:0] Bounds = 3'd0, Zeros = 3'd1, M1 = 3'd2, Exponents = 3'd5, AddBounds = 3'd6;
  localparam logic [1:0] Bias = 2'd0, M0 = 2'd1, Exponent = 2'd2, Cfg = 2'd3;
  // Of a requantization: Load takes the operand that is added or subtracted, Exp the exponent, Mul
  // works, Bound limits the result. Sum stores the first operand of the add, and adds the second to it,
  // bit by bit.
  typedef enum logic [2:0] {Idle, Load, Exp, Mul, Bound, Sum, Write, Accept} state_e;
  // Conv: the sum. First, Second: the operands of the add. Third: their sum.
  typedef enum logic [1:0] {Conv, First, Second, Third} phase_e;
  state_e state_q, state_d;
  phase_e phase_q, phase_d;
  reg  res_pending_q, res_here_q, done_q, carry_q;
  reg  [8:0] out_q;
  reg  [8:0] zero_q;      // zero point, in First and Second
  reg  [31:0] operand_q;  // bias; first operand of the add, then the sum of both
  reg  [6:0] e_q;
  wire single = cfg_i[weft_pkg::CfgSingleRoundingLsb];
  wire res_unsigned = cfg_i[weft_pkg::CfgResUnsignedLsb];
  wire unused_cfg = &{1'b0, cfg_i};

  // ---- parameters and constants: read in the cycle before they are needed, and held ----
  reg  read;
  reg  [1:0] kind;
  reg  [2:0] place;
  wire [31:0] word;
  weft_ram_1r1w #(.Width(32), .Depth(8 * ParamRows)) u_ram (
      .clk_i,
      .we_i(par_we_i || cfg_we_i),
      .waddr_i(cfg_we_i ? {RowW'(cfg_index_i), Cfg} : {par_row_i, par_kind_i}),
      .wdata_i(cfg_we_i ? cfg_data_i : par_data_i),
      .re_i(read),
      .raddr_i({kind == Cfg ? RowW'(place) : post_row_i, kind}),
      .rdata_o(word)
  );

  // ---- operand, bit by bit: sum + bias, output - z1, residual - z2, operand_q ----
  wire start = state_q == Exp;
  wire done;
  wire [4:0] index;
  wire [34:0] z;
  wire in_add = phase_q == First || phase_q == Second;
  wire summing = state_q == Sum;
  wire shift = (state_q == Mul && !done) || summing;
  wire [3:0] index9 = (index[4:3] == 2'd0) ? {1'b0, index[2:0]} : 4'd8;  // then the sign
  reg  [7:0] res_byte_q;             // stored in the cycle after the read
  reg  res_fired_q;
  wire [8:0] res = {res_byte_q[7] && !res_unsigned, res_byte_q};
  reg  a;
  always_comb begin
    case (phase_q)
      Conv: a = post_data_i[index];
      First: a = summing ? z[0] : out_q[index9];
      Second: a = summing ? z[0] : res[index9];
      default: a = 1'b0;
    endcase
  end
  wire b = in_add && !summing ? !zero_q[0] : operand_q[0] && phase_q != First;
  wire x_bit = a ^ b ^ carry_q;
  weft_requant_serial u_requant (
      .clk_i, .rst_ni,
      .start_i(start), .shift_i(summing), .short_i(in_add),
      .single_i(single), .x_bit_i(x_bit), .m_i(word[30:0]), .e_i(e_q),
      .index_o(index), .done_o(done), .z_o(z)
  );

  // ---- output of the first and of the last requantization ----
  wire [8:0] zp = word[8:0];
  wire signed [8:0] lo = word[17:9];
  wire signed [8:0] hi = word[26:18];
  wire fits = z[34:9] == '0 || &z[34:9];
  wire signed [10:0] shifted = 11'($signed(z[9:0])) + 11'($signed(zp));
  wire under = fits ? shifted < 11'(lo) : z[34];
  wire over = fits ? shifted > 11'(hi) : !z[34];
  wire res_fire = res_valid_o && res_ready_i;
  wire out_fire = out_valid_o && out_ready_i;
  always_comb begin
    state_d = state_q;
    phase_d = phase_q;
    read = 1'b1;
    kind = Cfg;
    place = Zeros;
    case (state_q)
      Idle: begin
        phase_d = Conv;
        kind = Bias;
        read = post_valid_i;
        if (post_valid_i) state_d = Load;
      end
      Load: begin
        kind = phase_q == Conv ? Exponent : Cfg;
        place = Exponents;
        state_d = Exp;
      end
      Exp: begin
        kind = phase_q == Conv ? M0 : Cfg;
        place = M1 + 3'(phase_q) - 3'd1;
        state_d = Mul;
      end
      Mul: begin
        read = done;
        place = phase_q == Conv ? Bounds : phase_q == Third ? AddBounds : Zeros;
        if (done) begin
          case (phase_q)
            First: if (res_here_q) state_d = Sum;
            Second: state_d = Sum;
            default: state_d = Bound;
          endcase
        end
      end
      Bound: begin
        if (phase_q == Conv && post_res_en_i) begin
          state_d = Load;
          phase_d = First;
        end else begin
          state_d = Write;
        end
      end
      Sum: begin
        place = phase_q == First ? Zeros : Exponents;
        if (&index) begin
          state_d = phase_q == First ? Load : Exp;
          phase_d = phase_q == First ? Second : Third;
        end
      end
      Write: begin
        read = 1'b0;
        if (out_ready_i) state_d = Accept;
      end
      default: begin
        read = 1'b0;
        state_d = Idle;
      end
    endcase
  end
  always_ff @(posedge clk_i) begin
    if (state_q == Bound) out_q <= under ? lo : over ? hi : shifted[8:0];
    if (state_q == Load && phase_q == Conv) operand_q <= word;
    else if (shift && (summing || !in_add)) operand_q <= {x_bit, operand_q[31:1]};
    if (state_q == Load)
      zero_q <= phase_q == First ? word[weft_pkg::CfgAddZ1Lsb%32+:9] : word[weft_pkg::CfgAddZ2Lsb%32+:9];
    else if (shift) zero_q <= {zero_q[8], zero_q[8:1]};
    if (state_q == Exp)
      e_q <= phase_q == Second ? word[weft_pkg::CfgAddE2Lsb%32+:7]
           : phase_q == Third  ? word[weft_pkg::CfgAddE3Lsb%32+:7] : word[6:0];
    // A subtraction begins with a carry.
    if (start) carry_q <= in_add;
    else if (state_q == Mul && done) carry_q <= 1'b0;
    else if (shift) carry_q <= (a && b) || (carry_q && (a || b));
    phase_q <= phase_d;
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
    res_fired_q <= rst_ni && res_fire;
    if (res_fired_q) res_byte_q <= res_data_i[{post_res_addr_i[ByteW-1:0], 3'b0}+:8];
    res_here_q <= (state_q == Idle) ? 1'b0 : res_here_q || res_fire;
  end

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
