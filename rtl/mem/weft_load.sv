// SPDX-License-Identifier: Apache-2.0
// Load engine: moves runs from memory to the GLB. Requests run ahead of the data by up to MaxReads
// bursts, also into the next command; a burst's data come two cycles after its request fires or
// later. A beat is written to the GLB in the cycle in which it is offered, in two cycles if its
// bytes lie in two GLB words (rs_ready_o comes with the last one); rs_ready_o depends on
// glb_ready_i and registers. done_o: the command's last write is accepted in this cycle; a command
// without bytes waits until all earlier ones are done and is done in the cycle after it fires.
// Reset clears control state. Twin: model::Load in model/load.h.
`default_nettype none
module weft_load #(
    parameter int GlbBytes = 16,        // bytes of a GLB word, at least MemBytes
    parameter int MemBytes = 8,         // bytes of a memory beat
    parameter int MaxBurstBytes = 128,  // longest burst
    parameter int MaxReads = 8,         // bursts requested and not yet written
    parameter int AddrBits = 32         // of memory offsets
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              cmd_valid_i,
    output wire                              cmd_ready_o,
    input  wire [weft_pkg::MoveBits-1:0]     cmd_words_i,    // stay while cmd_valid_i is up
    input  wire                              cmd_parity_i,
    output wire                              rq_valid_o,
    input  wire                              rq_ready_i,
    output wire [31:0]                       rq_addr_o,
    output wire [7:0]                        rq_beats_o,
    input  wire                              rs_valid_i,
    output wire                              rs_ready_o,
    input  wire [MemBytes*8-1:0]             rs_data_i,
    output wire                              glb_valid_o,
    input  wire                              glb_ready_i,
    output wire [17:0]                       glb_addr_o,     // of the word
    output wire [GlbBytes-1:0]               glb_be_o,
    output wire [GlbBytes*8-1:0]             glb_data_o,
    output wire                              done_o,
    output wire [2:0]                        class_o,
    output wire                              ev_glb_o,       // a GLB word written
    output wire [7:0]                        ev_bytes_o,     // of beats taken
    output wire                              ev_par_o
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int LeftW = $clog2(MaxBurstBytes) + 1;
  localparam int DescW = 2 + 18 + ByteW + LeftW;
  generate
    if (MaxReads < 1) begin : gen_guard
      ERROR_MaxReads_must_be_at_least_1 u_error ();
    end
  endgenerate

  // ---- requests ----
  wire null_cmd, move_end, move_active, burst_last, room;
  wire [31:0] burst_mem;
  wire [17:0] burst_glb;
  wire [LeftW-1:0] burst_bytes;
  wire fire = rq_valid_o && rq_ready_i;
  wire start = cmd_valid_i && !null_cmd && !move_active;
  weft_move #(.MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes), .AddrBits(AddrBits)) u_move (
      .clk_i, .rst_ni, .start_i(start), .init_mem_i(start), .init_glb_i(start),
      .mem_i(cmd_words_i[weft_pkg::MoveMemLsb+:32]), .glb_i(cmd_words_i[weft_pkg::MoveGlbLsb+:18]),
      .single_i(1'b0), .run_i(cmd_words_i[weft_pkg::MoveRunLsb+:20]),
      .n1_i(cmd_words_i[weft_pkg::MoveN1Lsb+:16]), .n2_i(cmd_words_i[weft_pkg::MoveN2Lsb+:16]),
      .mem_stride1_i(cmd_words_i[weft_pkg::MoveMemStride1Lsb+:32]),
      .mem_stride2_i(cmd_words_i[weft_pkg::MoveMemStride2Lsb+:32]),
      .glb_stride1_i(cmd_words_i[weft_pkg::MoveGlbStride1Lsb+:18]),
      .glb_stride2_i(cmd_words_i[weft_pkg::MoveGlbStride2Lsb+:18]),
      .null_o(null_cmd), .end_o(move_end), .burst_valid_o(move_active), .burst_ready_i(fire),
      .burst_mem_o(burst_mem), .burst_glb_o(burst_glb), .burst_bytes_o(burst_bytes),
      .burst_beats_o(rq_beats_o), .burst_last_o(burst_last));
  assign rq_valid_o = move_active && room;
  assign rq_addr_o = {burst_mem[31:ByteW], {ByteW{1'b0}}};

  // ---- data: a FIFO of bursts, then the one being written ----
  wire [DescW-1:0] desc = {cmd_parity_i, burst_last, burst_glb, burst_mem[ByteW-1:0], burst_bytes};
  wire next_valid, next_ready, ahead, valid, last, parity, beat, finish;
  wire [DescW-1:0] next;
  generate
    if (MaxReads > 1) begin : gen_ahead
      weft_fifo #(.Width(DescW), .Depth(MaxReads - 1)) u_desc (
          .clk_i, .rst_ni, .in_valid_i(fire), .in_ready_o(room), .in_data_i(desc),
          .out_valid_o(next_valid), .out_ready_i(next_ready), .out_data_o(next));
      assign ahead = next_valid;
    end else begin : gen_single
      assign room = !valid;
      assign next_valid = fire;
      assign next = desc;
      assign ahead = 1'b0;
      wire unused = &{1'b0, next_ready};
    end
  endgenerate
  weft_load_data #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                   .TagW(2)) u_data (
      .clk_i, .rst_ni, .burst_valid_i(next_valid), .burst_ready_o(next_ready),
      .burst_glb_i(next[LeftW+ByteW+:18]), .burst_lane_i(next[LeftW+:ByteW]),
      .burst_bytes_i(next[LeftW-1:0]), .burst_tag_i(next[DescW-1-:2]), .valid_o(valid),
      .tag_o({parity, last}), .beat_o(beat), .finish_o(finish), .rs_valid_i, .rs_ready_o,
      .rs_data_i, .glb_valid_o, .glb_ready_i, .glb_addr_o, .glb_be_o, .glb_data_o);

  // ---- commands ----
  reg null_q;
  wire null_fire = cmd_valid_i && null_cmd && !valid && !ahead;
  always_ff @(posedge clk_i) null_q <= rst_ni && null_fire;
  assign cmd_ready_o = move_end || null_fire;
  assign done_o = null_q || (finish && last);
  assign class_o = glb_valid_o ? (glb_ready_i ? weft_pkg::ClassBusy : weft_pkg::ClassOutput) :
                   (cmd_valid_i || valid || ahead) ? weft_pkg::ClassMemory : weft_pkg::ClassIdle;
  assign ev_glb_o = glb_valid_o && glb_ready_i;
  assign ev_bytes_o = beat ? 8'(MemBytes) : 8'd0;
  assign ev_par_o = parity;
  wire unused = &{1'b0, burst_mem[ByteW-1:0], cmd_words_i};
endmodule
`default_nettype wire
