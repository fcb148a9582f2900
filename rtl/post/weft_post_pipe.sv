// SPDX-License-Identifier: Apache-2.0
// The pipelined datapath of weft_post. Stages 1..5 requantize (1 sums and parameters, 5 results),
// 6 holds outputs that wait for their residual, 7..14 add it. All stages move together in a cycle
// without stall; a stall is a beat in stage 6 without its residual bytes, or one in the last
// stage (5, with residual 14) and two beats in the output queue. post_ready_o is "no stall".
// A beat accepted in cycle c is in stage 1 in c+1; moving from stage 3 to 4 in cycle r it asks
// for its residual: reads of one or two words from r+1 on, bytes ready two cycles after the last.
// Leaving the last stage in cycle x, it is written from x+1 on, one or two words. post_done_o
// comes with the last write of the end beat. Reset clears valid bits and queues.
// Twin: model/post.h.
`default_nettype none
module weft_post_pipe #(
    parameter int PostLanes = 8,  // power of two, at most GlbBytes
    parameter int GlbBytes = 16   // power of two >= 4
) (
    input  wire                                  clk_i,
    input  wire                                  rst_ni,
    input  wire [2*weft_pkg::CfgBits-1:0]        cfg_i,
    output wire                                  par_re_o,
    input  wire [PostLanes*71-1:0]               par_data_i,  // of the beat in stage 1
    input  wire                                  post_valid_i,
    output wire                                  post_ready_o,
    input  wire [PostLanes*32-1:0]               post_data_i,
    input  wire [$clog2(PostLanes+1)-1:0]        post_count_i,
    input  wire [(PostLanes > 1 ? $clog2(PostLanes) : 1)-1:0] post_lane_i,
    input  wire [17:0]                           post_addr_i,
    input  wire                                  post_res_en_i,
    input  wire [17:0]                           post_res_addr_i,
    input  wire                                  post_cfg_i,
    input  wire                                  post_parity_i,
    input  wire                                  post_end_i,
    output wire                                  post_done_o,
    output wire                                  busy_o,
    output wire                                  res_valid_o,
    input  wire                                  res_ready_i,
    output wire [17:0]                           res_addr_o,
    input  wire [GlbBytes*8-1:0]                 res_data_i,
    output wire                                  out_valid_o,
    input  wire                                  out_ready_i,
    output wire [17:0]                           out_addr_o,
    output wire [GlbBytes-1:0]                   out_be_o,
    output wire [GlbBytes*8-1:0]                 out_data_o,
    output wire [$clog2(PostLanes+1)-1:0]        ev_post_o,
    output wire [$clog2(PostLanes+1)-1:0]        ev_add_o,
    output wire                                  ev_glb_res_o,
    output wire                                  ev_glb_out_o,
    output wire                                  ev_par_o
);
  localparam int PL = PostLanes;
  localparam int W = GlbBytes;
  localparam int ByteW = $clog2(W);
  localparam int WordW = 18 - ByteW;
  localparam int CntW = $clog2(PL + 1);
  localparam int LaneW = (PL > 1) ? $clog2(PL) : 1;
  localparam int PW = (PL > 1) ? W / 4 : 1;  // sums of a chunk
  localparam int MetaW = 1 + CntW + 18;  // end, count, address

  // All beats in flight are of one pass.
  reg res_en_q, cfg_q, parity_q;
  wire [weft_pkg::CfgBits-1:0] cfg =
      cfg_q ? cfg_i[2*weft_pkg::CfgBits-1:weft_pkg::CfgBits] : cfg_i[weft_pkg::CfgBits-1:0];
  wire unused_cfg = &{1'b0, cfg};
  wire single = cfg[weft_pkg::CfgSingleRoundingLsb];
  wire res_unsigned = cfg[weft_pkg::CfgResUnsignedLsb];
  wire signed [8:0] out_zp = cfg[weft_pkg::CfgOutZpLsb+:9];
  wire signed [8:0] lo = cfg[weft_pkg::CfgLoLsb+:9];
  wire signed [8:0] hi = cfg[weft_pkg::CfgHiLsb+:9];
  wire signed [8:0] add_z1 = cfg[weft_pkg::CfgAddZ1Lsb+:9];
  wire signed [8:0] add_z2 = cfg[weft_pkg::CfgAddZ2Lsb+:9];
  wire signed [8:0] add_zp = cfg[weft_pkg::CfgAddZpLsb+:9];
  wire signed [8:0] add_lo = cfg[weft_pkg::CfgAddLoLsb+:9];
  wire signed [8:0] add_hi = cfg[weft_pkg::CfgAddHiLsb+:9];

  // Movement
  reg  [14:1] valid_q;
  wire last_valid = res_en_q ? valid_q[14] : valid_q[5];
  wire queue_ready, bytes_valid;
  wire move = !(valid_q[6] && !bytes_valid) && !(last_valid && !queue_ready);
  wire accept = post_valid_i && move;
  assign post_ready_o = move;
  assign par_re_o = accept;
  always_ff @(posedge clk_i) begin
    if (move)
      valid_q <= {valid_q[13:6], valid_q[5] && res_en_q, valid_q[4:1], post_valid_i};
    if (!rst_ni) valid_q <= '0;
    if (accept) begin
      res_en_q <= post_res_en_i;
      cfg_q <= post_cfg_i;
      parity_q <= post_parity_i;
    end
  end
  reg [14*MetaW-1:0] meta_q;  // stage 1 in the low bits
  reg [3*18-1:0] res_addr_q;
  always_ff @(posedge clk_i) begin
    if (move) begin
      meta_q <= {meta_q[13*MetaW-1:0], post_end_i, post_count_i, post_addr_i};
      res_addr_q <= {res_addr_q[2*18-1:0], post_res_addr_i};
    end
  end

  // Residual reads. At most three beats are between stage 3 and stage 6's exit, so neither
  // queue can overflow.
  wire req_valid, req_pop, unused_req_ready;
  wire [17:0] req_addr;
  wire [CntW-1:0] req_count;
  weft_fifo #(.Width(18 + CntW), .Depth(3)) u_requests (
      .clk_i, .rst_ni,
      .in_valid_i(move && valid_q[3] && res_en_q), .in_ready_o(unused_req_ready),
      .in_data_i({meta_q[2*MetaW+18+:CntW], res_addr_q[2*18+:18]}),
      .out_valid_o(req_valid), .out_ready_i(req_pop), .out_data_o({req_count, req_addr})
  );
  reg req_second_q, got_q, got_second_q, got_last_q;
  reg [ByteW-1:0] got_byte_q;
  wire req_straddles = 6'(req_addr[ByteW-1:0]) + 6'(req_count) > 6'(W);
  wire req_last = req_second_q || !req_straddles;
  wire res_fire = res_valid_o && res_ready_i;
  assign res_valid_o = req_valid;
  assign res_addr_o = {req_addr[17:ByteW] + WordW'(req_second_q), {ByteW{1'b0}}};
  assign req_pop = res_fire && req_last;
  always_ff @(posedge clk_i) begin
    if (res_fire) begin
      got_second_q <= req_second_q;
      got_last_q <= req_last;
      got_byte_q <= req_addr[ByteW-1:0];
    end
    if (!rst_ni) begin
      req_second_q <= 1'b0;
      got_q <= 1'b0;
    end else begin
      got_q <= res_fire;
      if (res_fire) req_second_q <= !req_last;
    end
  end
  // Lane l is byte got_byte + l of the first word, or of the second, W bytes less.
  wire [2*W*8-1:0] rotated = {res_data_i, res_data_i} >> {got_byte_q, 3'b0};
  wire unused_rotated = &{1'b0, rotated};
  reg  [PL*8-1:0] first_q;
  reg  [PL*8-1:0] bytes_d;
  integer l;
  always_comb begin
    for (l = 0; l < PL; l = l + 1)
      bytes_d[l*8+:8] = (got_second_q && 6'(got_byte_q) + 6'(l) < 6'(W)) ? first_q[l*8+:8]
                                                                         : rotated[l*8+:8];
  end
  always_ff @(posedge clk_i) begin
    if (got_q && !got_last_q) first_q <= rotated[PL*8-1:0];
  end
  wire [PL*8-1:0] res_bytes;
  wire unused_bytes_ready;
  weft_fifo #(.Width(PL * 8), .Depth(3)) u_bytes (
      .clk_i, .rst_ni,
      .in_valid_i(got_q && got_last_q), .in_ready_o(unused_bytes_ready), .in_data_i(bytes_d),
      .out_valid_o(bytes_valid), .out_ready_i(move && valid_q[6]), .out_data_o(res_bytes)
  );

  // Datapath
  wire [3:0] en = valid_q[4:1] & {4{move}};
  wire [3:0] add_en = valid_q[9:6] & {4{move}};
  wire [3:0] sum_en = valid_q[13:10] & {4{move}};
  wire out_en = move && valid_q[5] && res_en_q;
  reg  [PL*32-1:0] data_q;
  reg  [LaneW-1:0] lane_q;
  always_ff @(posedge clk_i) begin
    if (accept) begin
      data_q <= post_data_i;
      lane_q <= post_lane_i;
    end
  end
  // A chunk of PW sums may begin at any multiple of PW, a longer beat begins at lane 0.
  reg  [PL*71-1:0] par_d;
  integer h;
  always_comb begin
    par_d = par_data_i;
    for (h = 1; h < PL / PW; h = h + 1)
      if (lane_q == LaneW'(h * PW)) par_d[PW*71-1:0] = par_data_i[h*PW*71+:PW*71];
  end
  wire unused_lane = &{1'b0, lane_q};
  wire [PL*8-1:0] result;
  for (genvar i = 0; i < PL; i = i + 1) begin : gen_lane
    wire [70:0] par = par_d[i*71+:71];
    wire [31:0] biased = data_q[i*32+:32] + par[31:0];
    wire unused_par = par[63];
    wire [32:0] z;
    weft_requant #(.InW(32), .Shl(0)) u_requant (
        .clk_i, .en_i(en), .x_i(biased), .m_i(par[62:32]), .e_i(par[70:64]), .single_i(single),
        .z_o(z)
    );
    wire signed [33:0] shifted = 34'($signed(z)) + 34'(out_zp);
    wire signed [8:0] clamped =
        (shifted < 34'(lo)) ? lo : (shifted > 34'(hi)) ? hi : shifted[8:0];

    reg signed [8:0] out_q;
    always_ff @(posedge clk_i) if (out_en) out_q <= clamped;
    wire signed [8:0] res = {res_bytes[i*8+7] && !res_unsigned, res_bytes[i*8+:8]};
    wire [30:0] z1, z2;
    weft_requant #(.InW(10), .Shl(20)) u_requant_1 (
        .clk_i, .en_i(add_en), .x_i(10'(out_q) - 10'(add_z1)),
        .m_i(cfg[weft_pkg::CfgAddM1Lsb+:31]), .e_i(cfg[weft_pkg::CfgAddE1Lsb+:7]),
        .single_i(single), .z_o(z1)
    );
    weft_requant #(.InW(10), .Shl(20)) u_requant_2 (
        .clk_i, .en_i(add_en), .x_i(10'(res) - 10'(add_z2)),
        .m_i(cfg[weft_pkg::CfgAddM2Lsb+:31]), .e_i(cfg[weft_pkg::CfgAddE2Lsb+:7]),
        .single_i(single), .z_o(z2)
    );
    wire [32:0] z3;
    weft_requant #(.InW(32), .Shl(0)) u_requant_3 (
        .clk_i, .en_i(sum_en), .x_i(32'($signed(z1)) + 32'($signed(z2))),
        .m_i(cfg[weft_pkg::CfgAddM3Lsb+:31]), .e_i(cfg[weft_pkg::CfgAddE3Lsb+:7]),
        .single_i(single), .z_o(z3)
    );
    wire signed [33:0] add_shifted = 34'($signed(z3)) + 34'(add_zp);
    wire signed [8:0] add_clamped = (add_shifted < 34'(add_lo)) ? add_lo
                                  : (add_shifted > 34'(add_hi)) ? add_hi : add_shifted[8:0];
    wire unused_sign = &{1'b0, clamped[8], add_clamped[8]};
    assign result[i*8+:8] = res_en_q ? add_clamped[7:0] : clamped[7:0];
  end

  // Output queue and writes
  wire [MetaW-1:0] last_meta =
      res_en_q ? meta_q[13*MetaW+:MetaW] : meta_q[4*MetaW+:MetaW];
  wire head_valid, head_end, head_pop;
  wire [CntW-1:0] head_count;
  wire [17:0] head_addr;
  wire [PL*8-1:0] head_bytes;
  weft_fifo #(.Width(MetaW + PL * 8), .Depth(2)) u_queue (
      .clk_i, .rst_ni,
      .in_valid_i(last_valid && move), .in_ready_o(queue_ready), .in_data_i({last_meta, result}),
      .out_valid_o(head_valid), .out_ready_i(head_pop),
      .out_data_o({head_end, head_count, head_addr, head_bytes})
  );
  reg out_second_q;
  wire out_straddles = 6'(head_addr[ByteW-1:0]) + 6'(head_count) > 6'(W);
  wire out_last = out_second_q || !out_straddles;
  wire out_fire = out_valid_o && out_ready_i;
  wire [2*W*8-1:0] placed = (2*W*8)'(head_bytes) << {head_addr[ByteW-1:0], 3'b0};
  wire [2*W-1:0] placed_be = ~({2*W{1'b1}} << head_count) << head_addr[ByteW-1:0];
  assign out_valid_o = head_valid;
  assign out_addr_o = {head_addr[17:ByteW] + WordW'(out_second_q), {ByteW{1'b0}}};
  assign out_data_o = out_second_q ? placed[2*W*8-1:W*8] : placed[W*8-1:0];
  assign out_be_o = out_second_q ? placed_be[2*W-1:W] : placed_be[W-1:0];
  assign head_pop = out_fire && out_last;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) out_second_q <= 1'b0;
    else if (out_fire) out_second_q <= !out_last;
  end

  assign post_done_o = head_pop && head_end;
  assign busy_o = valid_q != '0 || head_valid;
  assign ev_post_o = head_pop ? head_count : '0;
  assign ev_add_o = (head_pop && res_en_q) ? head_count : '0;
  assign ev_glb_res_o = res_fire;
  assign ev_glb_out_o = out_fire;
  assign ev_par_o = parity_q;
endmodule
`default_nettype wire
