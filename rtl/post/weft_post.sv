// SPDX-License-Identifier: Apache-2.0
// Post-processing: bias, requantize, zero point, clamp, optional residual add, bytes to the GLB.
// Holds the parameter memory (two halves of ParamRows rows of PostLanes channels, 71 bits: bias 32,
// M0 32, e 7), written one channel a cycle, read when a beat is accepted (PostSerial: see there). A
// beat of count sums uses the channels post_lane_i .. of row post_row_i and goes to count
// consecutive bytes. Beats of another pass (cfg, parity, residual or not) may come only after
// post_done_o of the pass before. Latency: see weft_post_pipe (one beat a cycle) and
// weft_post_serial (one sum at a time). Reset clears all beats in flight, not the parameters.
// Twin: model/post.h.
`default_nettype none
module weft_post #(
    parameter int PostLanes = 8,    // sums a beat, power of two, at most GlbBytes
    parameter int PostSerial = 0,   // 1: one shared serial requantizer, PostLanes 1
    parameter int GlbBytes = 16,    // power of two >= 4
    parameter int ParamRows = 64    // rows of a half, power of two
) (
    input  wire                                  clk_i,
    input  wire                                  rst_ni,
    input  wire [2*weft_pkg::CfgBits-1:0]        cfg_i,
    // Parameter writes
    input  wire                                  par_we_i,
    input  wire [$clog2(2*ParamRows)-1:0]        par_row_i,   // half on top
    input  wire [(PostLanes > 1 ? $clog2(PostLanes) : 1)-1:0] par_lane_i,
    input  wire [1:0]                            par_kind_i,  // PostSerial
    input  wire [70:0]                           par_data_i,  // {e, M0, bias}
    // CFG words 1.. (PostSerial; never together with par_we_i)
    input  wire                                  cfg_we_i,
    input  wire [2:0]                            cfg_index_i,
    input  wire [31:0]                           cfg_data_i,
    // Sums from the collector
    input  wire                                  post_valid_i,
    output wire                                  post_ready_o,
    input  wire [PostLanes*32-1:0]               post_data_i,
    input  wire [$clog2(PostLanes+1)-1:0]        post_count_i,
    input  wire [(PostLanes > 1 ? $clog2(PostLanes) : 1)-1:0] post_lane_i,
    input  wire [$clog2(2*ParamRows)-1:0]        post_row_i,
    input  wire [17:0]                           post_addr_i,
    input  wire                                  post_res_en_i,
    input  wire [17:0]                           post_res_addr_i,
    input  wire                                  post_cfg_i,
    input  wire                                  post_parity_i,
    input  wire                                  post_end_i,
    output wire                                  post_done_o,
    output wire                                  busy_o,
    // GLB: residual read, output write
    output wire                                  res_valid_o,
    input  wire                                  res_ready_i,
    output wire [17:0]                           res_addr_o,
    input  wire [GlbBytes*8-1:0]                 res_data_i,
    output wire                                  out_valid_o,
    input  wire                                  out_ready_i,
    output wire [17:0]                           out_addr_o,
    output wire [GlbBytes-1:0]                   out_be_o,
    output wire [GlbBytes*8-1:0]                 out_data_o,
    // Events
    output wire [$clog2(PostLanes+1)-1:0]        ev_post_o,
    output wire [$clog2(PostLanes+1)-1:0]        ev_add_o,
    output wire                                  ev_glb_res_o,
    output wire                                  ev_glb_out_o,
    output wire                                  ev_par_o
);
  localparam int LaneW = (PostLanes > 1) ? $clog2(PostLanes) : 1;
  if (PostLanes < 1 || PostLanes > GlbBytes || (PostLanes & (PostLanes - 1)) != 0 ||
      (PostLanes > 1 && PostLanes < GlbBytes / 4) ||
      (PostSerial != 0 && PostLanes != 1)) begin : gen_guard_lanes
    ERROR_post_PostLanes u_error ();
  end
  if (GlbBytes < 4 || (GlbBytes & (GlbBytes - 1)) != 0) begin : gen_guard_bytes
    ERROR_post_GlbBytes u_error ();
  end
  if (ParamRows < 2 || (ParamRows & (ParamRows - 1)) != 0) begin : gen_guard_rows
    ERROR_post_ParamRows u_error ();
  end

  if (PostSerial != 0) begin : gen_serial
    weft_post_serial #(.GlbBytes(GlbBytes), .ParamRows(ParamRows)) u_post (
        .clk_i, .rst_ni, .cfg_i(cfg_i[31:0]), .par_we_i, .par_row_i, .par_kind_i,
        .par_data_i(par_data_i[31:0]), .cfg_we_i, .cfg_index_i, .cfg_data_i,
        .post_valid_i, .post_row_i, .post_ready_o, .post_data_i, .post_addr_i, .post_res_en_i,
        .post_res_addr_i, .post_parity_i, .post_end_i, .post_done_o, .busy_o,
        .res_valid_o, .res_ready_i, .res_addr_o, .res_data_i,
        .out_valid_o, .out_ready_i, .out_addr_o, .out_be_o, .out_data_o,
        .ev_post_o, .ev_add_o, .ev_glb_res_o, .ev_glb_out_o, .ev_par_o
    );
    wire unused_ports = &{1'b0, cfg_i, par_lane_i, par_data_i, post_count_i, post_lane_i, post_cfg_i};
  end else begin : gen_pipe
    wire par_re;
    wire [PostLanes*71-1:0] par_data;
    for (genvar l = 0; l < PostLanes; l = l + 1) begin : gen_par
      weft_ram_1r1w #(.Width(71), .Depth(2 * ParamRows)) u_ram (
          .clk_i,
          .we_i(par_we_i && par_lane_i == LaneW'(l)),
          .waddr_i(par_row_i),
          .wdata_i(par_data_i),
          .re_i(par_re),
          .raddr_i(post_row_i),
          .rdata_o(par_data[l*71+:71])
      );
    end
    wire unused_ports = &{1'b0, par_kind_i, cfg_we_i, cfg_index_i, cfg_data_i};
    weft_post_pipe #(.PostLanes(PostLanes), .GlbBytes(GlbBytes)) u_post (
        .clk_i, .rst_ni, .cfg_i,
        .par_re_o(par_re), .par_data_i(par_data),
        .post_valid_i, .post_ready_o, .post_data_i, .post_count_i, .post_lane_i, .post_addr_i,
        .post_res_en_i, .post_res_addr_i, .post_cfg_i, .post_parity_i, .post_end_i, .post_done_o,
        .busy_o,
        .res_valid_o, .res_ready_i, .res_addr_o, .res_data_i,
        .out_valid_o, .out_ready_i, .out_addr_o, .out_be_o, .out_data_o,
        .ev_post_o, .ev_add_o, .ev_glb_res_o, .ev_glb_out_o, .ev_par_o
    );
  end
endmodule
`default_nettype wire
