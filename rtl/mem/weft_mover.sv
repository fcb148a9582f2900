// SPDX-License-Identifier: Apache-2.0
// One engine in place of FL, IL and ST, for the smallest configurations: runs the commands of the
// three front ends (Operands=0) one after the other, in falling priority ST, FL, IL among those
// whose cmd_valid_i and pay_all_i are up when it is free: words still to be fetched could be behind
// ones that wait for another of its commands. A command chosen in cycle c has its operand words taken
// from c+1 on (pay_*, one a cycle); after the last one in cycle w it runs as in weft_load
// (MaxReads=1) or weft_store (MaxWrites=1) with cmd_valid_i up from w+1, but for the time that
// weft_move_serial takes from burst to burst. done_o, with the
// command's signal on give_o: it ends in this cycle; free from the next one on. Reset clears
// control state. Twin: model::Mover in model/mover.h.
`default_nettype none
module weft_mover #(
    parameter int GlbBytes = 4,        // bytes of a GLB word, at least MemBytes
    parameter int MemBytes = 4,        // bytes of a memory beat
    parameter int MaxBurstBytes = 32,  // longest burst
    parameter int RecWords = 78,       // 64-bit words of a layer record
    parameter int OutBeats = 1,        // beats between GLB and memory
    parameter int AddrBits = 24        // of memory offsets
) (
    input  wire                      clk_i,
    input  wire                      rst_ni,
    // Front ends 0 FL, 1 IL, 2 ST
    input  wire [2:0]                cmd_valid_i,
    input  wire [6:0]                cmd_opcode_i,   // of ST
    input  wire [2:0]                cmd_parity_i,
    input  wire [23:0]               cmd_signal_i,
    input  wire [2:0]                pay_all_i,      // all operand words are in the queue
    input  wire [2:0]                pay_valid_i,
    output wire [2:0]                pay_ready_o,
    input  wire [95:0]               pay_data_i,
    input  wire [2:0]                pay_last_i,
    output wire [2:0]                done_o,
    output wire [7:0]                give_o,
    output wire                      idle_o,
    // Memory port, readers FL and IL share address and data
    output wire [1:0]                rq_valid_o,
    input  wire [1:0]                rq_ready_i,
    output wire [31:0]               mq_addr_o,      // of rq and wq
    output wire [7:0]                mq_beats_o,
    input  wire [1:0]                rs_valid_i,
    output wire [1:0]                rs_ready_o,
    input  wire [MemBytes*8-1:0]     rs_data_i,
    output wire                      wq_valid_o,
    input  wire                      wq_ready_i,
    output wire                      wd_valid_o,
    input  wire                      wd_ready_i,
    output wire [MemBytes*8-1:0]     wd_data_o,
    output wire [MemBytes-1:0]       wd_strb_o,
    input  wire                      wb_i,
    // GLB: writers lf and li share address and data; reader str
    output wire [1:0]                wr_valid_o,
    input  wire [1:0]                wr_ready_i,
    output wire [17:0]               wr_addr_o,
    output wire [GlbBytes-1:0]       wr_be_o,
    output wire [GlbBytes*8-1:0]     wr_data_o,
    output wire                      rd_valid_o,
    input  wire                      rd_ready_i,
    output wire [17:0]               rd_addr_o,
    input  wire [GlbBytes*8-1:0]     rd_data_i,
    // Layer record
    output wire                      layer_end_o,
    output wire [31:0]               rec_layer_o,    // with layer_end_o and in the cycle after
    output wire                      rec_parity_o,
    output wire [7:0]                rec_index_o,
    input  wire [63:0]               rec_data_i,
    output wire                      rec_done_o,
    // Counters, by engine
    output wire [8:0]                class_o,
    output wire [2:0]                ev_glb_o,       // a GLB word written, read by ST
    output wire [1:0]                ev_beat_o,      // a beat read
    output wire [7:0]                ev_bytes_o,     // of strobes
    output wire                      ev_rec_o,       // those bytes are a record's
    output wire                      ev_par_o
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int LeftW = $clog2(MaxBurstBytes) + 1;
  localparam int BeatsW = $clog2(MaxBurstBytes / MemBytes) + 1;

  // ---- the command in hand ----
  reg [2:0] owner_q;               // whose command it is, none: free
  reg words_q, run_q;              // its words come; it is to make requests
  reg end_q, parity_q;             // end_layer
  reg [7:0] signal_q;
  reg [2:0] index_q;
  wire free = owner_q == '0;
  wire [2:0] ready = cmd_valid_i & pay_all_i;
  wire [2:0] choice = ready[2] ? 3'b100 : ready[0] ? 3'b001 : {1'b0, ready[1], 1'b0};
  wire [31:0] word = owner_q[2] ? pay_data_i[95:64] : owner_q[1] ? pay_data_i[63:32] :
                     pay_data_i[31:0];
  assign pay_ready_o = owner_q & {3{words_q}};
  wire word_fire = |(pay_ready_o & pay_valid_i);
  wire word_last = word_fire && |(owner_q & pay_last_i);
  wire done, cmd_end;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || done) owner_q <= '0;
    else if (free) owner_q <= choice;
    words_q <= rst_ni && (free ? choice != '0 : words_q && !word_last);
    run_q <= rst_ni && (word_last || (run_q && !cmd_end));
    if (free) begin
      end_q <= choice[2] && cmd_opcode_i == weft_pkg::OpEndLayer;
      parity_q <= |(choice & cmd_parity_i);
      signal_q <= choice[2] ? cmd_signal_i[23:16] : choice[0] ? cmd_signal_i[7:0] :
                  cmd_signal_i[15:8];
      index_q <= '0;
    end else if (word_fire) begin
      index_q <= index_q + 1'b1;
    end
  end
  wire is_load = !owner_q[2];

  // ---- requests: one burst at a time ----
  reg record_q, null_q, answer_q, last_q;  // answer: a write burst is not answered yet
  wire move_end, move_active, burst_last, load_busy;
  wire [31:0] burst_mem;
  wire [17:0] burst_glb;
  wire [LeftW-1:0] burst_bytes;
  wire request = move_active && !load_busy && !answer_q;
  wire read_fire = |(rq_valid_o & rq_ready_i);
  wire write_fire = wq_valid_o && wq_ready_i;
  wire null_fire;
  localparam int LayerWord = weft_pkg::EndLayerLayerLsb / 32;
  localparam int MemWord = weft_pkg::MoveMemLsb / 32;
  weft_move_serial #(.MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes), .RecBytes(RecWords * 8),
                     .AddrBits(AddrBits)) u_move (
      .clk_i, .rst_ni, .word_we_i(word_fire), .word_layer_i(end_q && index_q == 3'(LayerWord)),
      .word_index_i(end_q ? 3'(MemWord) : index_q), .word_i(word), .record_i(layer_end_o),
      .single_i(end_q), .start_i(end_q ? record_q : run_q), .null_o(null_fire), .end_o(move_end),
      .burst_valid_o(move_active), .burst_ready_i(read_fire || write_fire),
      .burst_mem_o(burst_mem), .burst_glb_o(burst_glb), .burst_bytes_o(burst_bytes),
      .burst_beats_o(mq_beats_o), .burst_last_o(burst_last), .layer_o(rec_layer_o));
  assign rq_valid_o = owner_q[1:0] & {2{request}};
  assign wq_valid_o = owner_q[2] && request;
  assign mq_addr_o = {burst_mem[31:ByteW], {ByteW{1'b0}}};
  assign cmd_end = move_end || null_fire;
  assign layer_end_o = run_q && end_q && !record_q;
  always_ff @(posedge clk_i) begin
    null_q <= rst_ni && null_fire;
    record_q <= rst_ni && (layer_end_o || (record_q && !move_end));
    answer_q <= rst_ni && (write_fire || (answer_q && !wb_i));
    if (read_fire || write_fire) last_q <= burst_last;
  end

  // ---- data ----
  wire load_beat, load_finish, load_ready, write_valid, rs_ready;
  wire load_tag, store_valid, store_ready, store_par;
  wire [2:0] store_class;
  weft_load_data #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                   .TagW(1)) u_load (
      .clk_i, .rst_ni, .burst_valid_i(read_fire), .burst_ready_o(load_ready),
      .burst_glb_i(burst_glb), .burst_lane_i(burst_mem[ByteW-1:0]), .burst_bytes_i(burst_bytes),
      .burst_tag_i(1'b0), .valid_o(load_busy), .tag_o(load_tag), .beat_o(load_beat),
      .finish_o(load_finish), .rs_valid_i(|(rs_valid_i & owner_q[1:0])), .rs_ready_o(rs_ready),
      .rs_data_i, .glb_valid_o(write_valid), .glb_ready_i(|(wr_ready_i & owner_q[1:0])),
      .glb_addr_o(wr_addr_o), .glb_be_o(wr_be_o), .glb_data_o(wr_data_o));
  assign wr_valid_o = owner_q[1:0] & {2{write_valid}};
  assign rs_ready_o = owner_q[1:0] & {2{rs_ready}};
  wire [ByteW-1:0] lane_end = burst_mem[ByteW-1:0] + burst_bytes[ByteW-1:0] - 1'b1;
  weft_store_data #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                    .OutBeats(OutBeats)) u_store (
      .clk_i, .rst_ni, .burst_valid_i(write_fire), .burst_ready_o(store_ready),
      .burst_glb_i(burst_glb), .burst_lane_i(burst_mem[ByteW-1:0]), .burst_end_i(lane_end),
      .burst_beats_i(mq_beats_o[BeatsW-1:0]), .burst_rec_i(end_q), .burst_parity_i(1'b0),
      .valid_o(store_valid), .class_o(store_class), .glb_valid_o(rd_valid_o),
      .glb_ready_i(rd_ready_i), .glb_addr_o(rd_addr_o), .glb_data_i(rd_data_i),
      .rec_restart_i(layer_end_o), .rec_index_o, .rec_data_i, .wd_valid_o, .wd_ready_i,
      .wd_data_o, .wd_strb_o, .ev_bytes_o, .ev_rec_o, .ev_par_o(store_par));

  // ---- end, counters ----
  assign done = null_q || (last_q && (load_finish || (wb_i && answer_q)));
  assign done_o = owner_q & {3{done}};
  assign give_o = done ? signal_q : 8'd0;
  assign idle_o = free;
  assign rec_done_o = wb_i && answer_q && last_q && end_q;
  assign rec_parity_o = parity_q;
  wire busy = run_q || load_busy || answer_q;
  wire [2:0] load_class = !write_valid ? weft_pkg::ClassMemory :
                          |(wr_valid_o & wr_ready_i) ? weft_pkg::ClassBusy : weft_pkg::ClassOutput;
  wire [2:0] own_class = is_load ? load_class : store_valid ? store_class : weft_pkg::ClassMemory;
  genvar e;
  generate
    for (e = 0; e < 3; e = e + 1) begin : gen_class
      assign class_o[e*3+:3] = (owner_q[e] && busy) ? own_class :
                               (cmd_valid_i[e] || (owner_q[e] && !null_q)) ? weft_pkg::ClassMemory :
                               weft_pkg::ClassIdle;
    end
  endgenerate
  assign ev_glb_o = {rd_valid_o && rd_ready_i, wr_valid_o & wr_ready_i};
  assign ev_beat_o = owner_q[1:0] & {2{load_beat}};
  assign ev_par_o = parity_q;
  wire unused = &{1'b0, load_tag, load_ready, store_ready, store_par, burst_mem[ByteW-1:0], word};
endmodule
`default_nettype wire
