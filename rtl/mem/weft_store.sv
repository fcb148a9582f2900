// SPDX-License-Identifier: Apache-2.0
// Store engine: moves runs from the GLB to memory and writes layer records. The data of a burst
// follow its request (which fires in cycle g) from g+2 on (MaxWrites=1: g+1), see weft_store_data.
// done_o: the command's last burst is answered in this cycle; a command without bytes waits until
// all earlier ones are answered and is done in the cycle after it fires. end_layer waits until all
// earlier bursts are answered (layer_end_o, in the cycle of the last answer) and then writes
// RecWords 64-bit words to memory; rec_index_o asks for one, rec_data_i must show it one cycle
// later at the latest. Reset clears control state. Twin: model::Store in model/store.h.
`default_nettype none
module weft_store #(
    parameter int GlbBytes = 16,        // bytes of a GLB word, at least MemBytes
    parameter int MemBytes = 8,         // bytes of a memory beat
    parameter int MaxBurstBytes = 128,  // longest burst
    parameter int MaxWrites = 8,        // bursts requested and not yet answered
    parameter int RecWords = 78,        // 64-bit words of a layer record
    parameter int OutBeats = 2,         // beats between GLB and memory
    parameter int AddrBits = 32         // of memory offsets
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              cmd_valid_i,
    output wire                              cmd_ready_o,
    input  wire [6:0]                        cmd_opcode_i,
    input  wire [weft_pkg::MoveBits-1:0]     cmd_words_i,    // stay while cmd_valid_i is up
    input  wire                              cmd_parity_i,
    output wire                              wq_valid_o,
    input  wire                              wq_ready_i,
    output wire [31:0]                       wq_addr_o,
    output wire [7:0]                        wq_beats_o,
    output wire                              wd_valid_o,
    input  wire                              wd_ready_i,
    output wire [MemBytes*8-1:0]             wd_data_o,
    output wire [MemBytes-1:0]               wd_strb_o,
    input  wire                              wb_i,           // the oldest burst is answered
    output wire                              glb_valid_o,
    input  wire                              glb_ready_i,
    output wire [17:0]                       glb_addr_o,
    input  wire [GlbBytes*8-1:0]             glb_data_i,
    output wire                              layer_end_o,
    output wire                              rec_parity_o,   // of the record being written
    output wire [7:0]                        rec_index_o,
    input  wire [63:0]                       rec_data_i,
    output wire                              rec_done_o,     // its last burst is answered
    output wire                              done_o,
    output wire [2:0]                        class_o,
    output wire                              ev_glb_o,       // a GLB word read
    output wire [7:0]                        ev_bytes_o,     // of strobes
    output wire                              ev_rec_o,       // those bytes are a record's
    output wire                              ev_par_o
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int LeftW = $clog2(MaxBurstBytes) + 1;
  localparam int BeatsW = $clog2(MaxBurstBytes / MemBytes) + 1;
  localparam int DescW = 2 + 18 + 2 * ByteW + BeatsW;
  localparam int CountW = $clog2(MaxWrites + 1);
  generate
    if (MaxWrites < 1 || RecWords < 1 || RecWords > 256) begin : gen_guard
      ERROR_MaxWrites_or_RecWords_out_of_range u_error ();
    end
  endgenerate

  // ---- requests ----
  reg rec_q;                       // the command in hand is writing its record
  reg rec_parity_q;
  reg [CountW-1:0] count_q;        // bursts requested and not answered
  wire is_end = cmd_opcode_i == weft_pkg::OpEndLayer;
  wire null_cmd, move_end, move_active, burst_last, data_room, answer_room;
  wire [31:0] burst_mem;
  wire [17:0] burst_glb;
  wire [LeftW-1:0] burst_bytes;
  wire fire = wq_valid_o && wq_ready_i;
  wire start = cmd_valid_i && (is_end ? rec_q : !null_cmd) && !move_active;
  weft_move #(.MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes), .AddrBits(AddrBits)) u_move (
      .clk_i, .rst_ni, .start_i(start), .init_mem_i(start), .init_glb_i(start),
      .mem_i(is_end ? cmd_words_i[weft_pkg::EndLayerMemLsb+:32] :
                      cmd_words_i[weft_pkg::MoveMemLsb+:32]),
      .glb_i(cmd_words_i[weft_pkg::MoveGlbLsb+:18]), .single_i(is_end),
      .run_i(is_end ? 20'(RecWords * 8) : cmd_words_i[weft_pkg::MoveRunLsb+:20]),
      .n1_i(cmd_words_i[weft_pkg::MoveN1Lsb+:16]), .n2_i(cmd_words_i[weft_pkg::MoveN2Lsb+:16]),
      .mem_stride1_i(cmd_words_i[weft_pkg::MoveMemStride1Lsb+:32]),
      .mem_stride2_i(cmd_words_i[weft_pkg::MoveMemStride2Lsb+:32]),
      .glb_stride1_i(cmd_words_i[weft_pkg::MoveGlbStride1Lsb+:18]),
      .glb_stride2_i(cmd_words_i[weft_pkg::MoveGlbStride2Lsb+:18]),
      .null_o(null_cmd), .end_o(move_end), .burst_valid_o(move_active), .burst_ready_i(fire),
      .burst_mem_o(burst_mem), .burst_glb_o(burst_glb), .burst_bytes_o(burst_bytes),
      .burst_beats_o(wq_beats_o), .burst_last_o(burst_last));
  assign wq_valid_o = move_active && data_room && answer_room;
  assign wq_addr_o = {burst_mem[31:ByteW], {ByteW{1'b0}}};

  // ---- data: at most one burst waits behind the one being moved ----
  wire [ByteW-1:0] lane_end = burst_mem[ByteW-1:0] + burst_bytes[ByteW-1:0] - 1'b1;
  wire [DescW-1:0] desc = {cmd_parity_i, rec_q, burst_glb, burst_mem[ByteW-1:0], lane_end,
                           wq_beats_o[BeatsW-1:0]};
  wire next_valid, next_ready, valid;
  wire [DescW-1:0] next;
  wire [2:0] data_class;
  generate
    if (MaxWrites > 1) begin : gen_ahead
      weft_fifo #(.Width(DescW), .Depth(1)) u_desc (
          .clk_i, .rst_ni, .in_valid_i(fire), .in_ready_o(data_room), .in_data_i(desc),
          .out_valid_o(next_valid), .out_ready_i(next_ready), .out_data_o(next));
    end else begin : gen_single
      assign data_room = 1'b1;     // no burst is unanswered, so none has data to move
      assign next_valid = fire;
      assign next = desc;
      wire unused = &{1'b0, next_ready};
    end
  endgenerate
  weft_store_data #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                    .OutBeats(OutBeats)) u_data (
      .clk_i, .rst_ni, .burst_valid_i(next_valid), .burst_ready_o(next_ready),
      .burst_glb_i(next[BeatsW+2*ByteW+:18]), .burst_lane_i(next[BeatsW+ByteW+:ByteW]),
      .burst_end_i(next[BeatsW+:ByteW]), .burst_beats_i(next[BeatsW-1:0]),
      .burst_rec_i(next[DescW-2]), .burst_parity_i(next[DescW-1]), .valid_o(valid), .class_o(data_class), .glb_valid_o,
      .glb_ready_i, .glb_addr_o, .glb_data_i, .rec_restart_i(layer_end_o), .rec_index_o,
      .rec_data_i, .wd_valid_o, .wd_ready_i, .wd_data_o, .wd_strb_o, .ev_bytes_o, .ev_rec_o,
      .ev_par_o);

  // ---- answers ----
  wire answer_last, answer_rec, answer_valid;
  weft_fifo #(.Width(2), .Depth(MaxWrites)) u_answers (
      .clk_i, .rst_ni, .in_valid_i(fire), .in_ready_o(answer_room),
      .in_data_i({burst_last, rec_q}), .out_valid_o(answer_valid), .out_ready_i(wb_i),
      .out_data_o({answer_last, answer_rec}));
  wire none = count_q == '0;
  wire last_answer = wb_i && count_q == CountW'(1);
  reg null_q;
  wire null_fire = cmd_valid_i && !is_end && null_cmd && none;
  assign layer_end_o = cmd_valid_i && is_end && !rec_q && (none || last_answer);
  always_ff @(posedge clk_i) begin
    null_q <= rst_ni && null_fire;
    if (!rst_ni) begin
      rec_q <= 1'b0;
      count_q <= '0;
    end else begin
      if (layer_end_o) rec_q <= 1'b1;
      else if (move_end) rec_q <= 1'b0;
      if (fire && !wb_i) count_q <= count_q + 1'b1;
      if (wb_i && !fire) count_q <= count_q - 1'b1;
    end
    if (layer_end_o) rec_parity_q <= cmd_parity_i;
  end
  assign cmd_ready_o = move_end || null_fire;
  assign done_o = null_q || (wb_i && answer_last);
  assign rec_done_o = wb_i && answer_last && answer_rec;
  assign rec_parity_o = rec_parity_q;
  assign class_o = valid ? data_class :
                   (cmd_valid_i || !none) ? weft_pkg::ClassMemory : weft_pkg::ClassIdle;
  assign ev_glb_o = glb_valid_o && glb_ready_i;
  wire unused = &{1'b0, answer_valid, burst_mem[ByteW-1:0], burst_bytes, cmd_words_i};
endmodule
`default_nettype wire
