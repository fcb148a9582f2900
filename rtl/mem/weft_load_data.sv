// SPDX-License-Identifier: Apache-2.0
// Data side of a load: writes the beats of one burst after the other to the GLB. A GLB write moves
// the bytes that one beat and one GLB word share, in the cycle in which the beat is offered; a beat
// that lies in two GLB words takes two writes and is accepted (rs_ready_o) with the second. A
// description taken in cycle c counts from c+1; the next one can be taken with the last write.
// rs_ready_o depends on glb_ready_i and registers alone. Reset clears valid_o.
// Twin: model::Load::Beat in model/load.h.
`default_nettype none
module weft_load_data #(
    parameter int GlbBytes = 16,        // bytes of a GLB word, a power of two, at least MemBytes
    parameter int MemBytes = 8,         // bytes of a beat
    parameter int MaxBurstBytes = 128,  // longest burst
    parameter int TagW = 2              // bits that travel with a burst
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              burst_valid_i,
    output wire                              burst_ready_o,
    input  wire [17:0]                       burst_glb_i,    // first byte
    input  wire [$clog2(MemBytes)-1:0]       burst_lane_i,   // its place in the first beat
    input  wire [$clog2(MaxBurstBytes):0]    burst_bytes_i,
    input  wire [TagW-1:0]                   burst_tag_i,
    output wire                              valid_o,        // has a burst, with this tag
    output wire [TagW-1:0]                   tag_o,
    output wire                              beat_o,         // a beat is accepted
    output wire                              finish_o,       // the burst's last one
    input  wire                              rs_valid_i,
    output wire                              rs_ready_o,
    input  wire [MemBytes*8-1:0]             rs_data_i,
    output wire                              glb_valid_o,
    input  wire                              glb_ready_i,
    output wire [17:0]                       glb_addr_o,     // of the word
    output wire [GlbBytes-1:0]               glb_be_o,
    output wire [GlbBytes*8-1:0]             glb_data_o
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int WordW = $clog2(GlbBytes);
  localparam int LeftW = $clog2(MaxBurstBytes) + 1;
  generate
    if (GlbBytes < MemBytes || (1 << WordW) != GlbBytes) begin : gen_guard
      ERROR_GlbBytes_below_MemBytes_or_no_power_of_two u_error ();
    end
  endgenerate

  reg valid_q;
  reg [TagW-1:0] tag_q;
  reg [17:0] glb_q;                // next byte's GLB address
  reg [ByteW-1:0] lane_q;          // and its place in the beat
  reg [LeftW-1:0] left_q;          // bytes left in the burst

  wire [ByteW:0] beat_left = (ByteW+1)'(MemBytes) - {1'b0, lane_q};
  wire burst_end = left_q <= LeftW'(beat_left);
  wire [ByteW:0] count = burst_end ? left_q[ByteW:0] : beat_left;  // bytes left in the beat
  wire [WordW-1:0] pos = glb_q[WordW-1:0];
  wire [WordW:0] sum = {1'b0, pos} + (WordW+1)'(count);
  wire split = sum[WordW] && sum[WordW-1:0] != '0;   // the beat goes on in the next word
  wire [ByteW-1:0] word_left = ByteW'(0) - pos[ByteW-1:0];
  wire [ByteW:0] move = split ? {1'b0, word_left} : count;
  wire write = glb_valid_o && glb_ready_i;
  wire take = burst_valid_i && burst_ready_o;

  always_ff @(posedge clk_i) begin
    if (take) begin
      glb_q <= burst_glb_i;
      lane_q <= burst_lane_i;
      left_q <= burst_bytes_i;
      tag_q <= burst_tag_i;
    end else if (write) begin
      glb_q <= {glb_q[17:WordW] + (18-WordW)'(sum[WordW]), split ? WordW'(0) : sum[WordW-1:0]};
      lane_q <= split ? lane_q + word_left : '0;
      left_q <= left_q - LeftW'(move);
    end
    if (!rst_ni) valid_q <= 1'b0;
    else if (take) valid_q <= 1'b1;
    else if (finish_o) valid_q <= 1'b0;
  end

  wire [ByteW-1:0] rotate = lane_q - pos[ByteW-1:0];
  reg [MemBytes*8-1:0] rotated;
  reg [MemBytes-1:0] lanes;
  integer j;
  always_comb begin
    for (j = 0; j < MemBytes; j = j + 1) begin
      rotated[j*8+:8] = rs_data_i[ByteW'(ByteW'(j)+rotate)*8+:8];
      lanes[j] = (ByteW+1)'(j) < count;
    end
  end
  assign glb_valid_o = valid_q && rs_valid_i;
  assign glb_addr_o = {glb_q[17:WordW], {WordW{1'b0}}};
  assign glb_be_o = GlbBytes'(lanes) << pos;
  assign glb_data_o = {(GlbBytes/MemBytes){rotated}};
  assign rs_ready_o = valid_q && glb_ready_i && !split;
  assign burst_ready_o = !valid_q || finish_o;
  assign valid_o = valid_q;
  assign tag_o = tag_q;
  assign beat_o = write && !split;
  assign finish_o = beat_o && burst_end;
endmodule
`default_nettype wire
