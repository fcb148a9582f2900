// SPDX-License-Identifier: Apache-2.0
// Reads the command stream and routes its words to the four queues, in order. Bursts of at most
// 64 bytes are requested ahead while all words requested and not yet popped would fit into any one
// queue, so a word that arrives is never stalled: a beat fired in cycle c is pushed in cycles c+1,
// c+2, .. (one word each; beats of 4 bytes: in cycle c). Checks magic, opcode, length, semaphore
// masks and kept words; words after `end` are dropped. An error: fault_o with the wrong word's offset
// from the program's start. Reset stops; runs while run_i. Twin: model::Fetch in model/fetch.h.
`default_nettype none
module weft_fetch #(
    parameter int Rows = 12,
    parameter int Cols = 14,
    parameter int MaxStreams = 168,
    parameter int MaxUnits = 56,
    parameter int MemBytes = 8,
    parameter int MaxBurstBytes = 128,
    parameter int QueueWords = 128,
    parameter int KeepMoves = 1,     // 1: loads and stores may keep operand words
    parameter int AddrBits = 32      // bits of an offset in the window, at most 32
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    input  wire                   run_i,            // ask for more bursts
    input  wire [31:0]            program_i,        // offset in the window, multiple of 64
    input  wire [31:0]            program_bytes_i,  // multiple of MemBytes
    output wire                   rq_valid_o,
    input  wire                   rq_ready_i,
    output wire [31:0]            rq_addr_o,
    output wire [7:0]             rq_beats_o,
    input  wire                   rs_valid_i,
    output wire                   rs_ready_o,
    input  wire [MemBytes*8-1:0]  rs_data_i,
    output wire                   word_valid_o,     // to the queues
    output wire [1:0]             word_queue_o,
    output wire [31:0]            word_data_o,
    input  wire [2:0]             pops_i,           // words read from the queues
    output wire                   ev_word_o,        // a word of 4 bytes taken from memory
    output wire [2:0]             class_o,
    output wire                   fault_o,
    output wire [31:0]            fault_addr_o,
    output wire                   idle_o            // `end` seen and all words gone from the queues
);
  localparam int QueueBytes = QueueWords * 2;  // half a queue
  localparam int BurstCap = (MaxBurstBytes < 64) ? MaxBurstBytes : 64;
  localparam int BurstBytes = (BurstCap < QueueBytes) ? BurstCap : QueueBytes;
  localparam int BurstW = $clog2(BurstBytes);
  localparam int Beats = BurstBytes / MemBytes;
  localparam int BeatsW = $clog2(Beats + 1);
  localparam int UsedW = $clog2(QueueWords);
  localparam int Words = MemBytes / 4;             // of a beat
  localparam int PeWords = (Rows * Cols + 1) / 2;
  localparam int MapWords = 3 + PeWords;           // without streams and units
  localparam int Longest = MapWords + MaxStreams + MaxUnits;
  localparam int LeftW = Longest < 16 ? 4 : $clog2(Longest + 1);
  localparam int MemW = $clog2(MemBytes);
  localparam int H = weft_pkg::CommandHeaderWords;
  generate
    if (MemBytes < 4 || MaxBurstBytes < MemBytes || QueueBytes < MemBytes) begin : gen_guard
      ERROR_MemBytes_does_not_fit_burst_or_queue u_error ();
    end
  endgenerate
  reg ended_q, fault_q;
  wire word_valid, word_last;             // a word of the stream is here; the last one of its beat
  wire drop;                              // it goes to no queue

  // ---- requests ----
  reg all_q, rq_valid_q;
  reg [AddrBits-1-BurstW:0] burst_q;      // bursts granted
  reg [UsedW-1:0] used_q;                 // words asked for and not yet popped or dropped
  reg [UsedW-1:0] pend_q;                 // of these, words that have not come yet
  wire last = burst_q == program_bytes_i[AddrBits-1:BurstW];
  wire [BeatsW-1:0] tail;                 // beats of the last burst
  generate
    if (Beats > 1) begin : gen_tail
      assign tail = BeatsW'(program_bytes_i[BurstW-1:MemW]);
    end else begin : gen_no_tail
      assign tail = '0;
    end
  endgenerate
  wire [BeatsW-1:0] beats = last ? tail : BeatsW'(Beats);
  wire nothing = last && tail == '0;
  wire want = run_i && !all_q && !ended_q && !rq_valid_q && !nothing;
  wire room = used_q < UsedW'(QueueWords - Beats * Words);
  wire ask = want && room;
  wire [UsedW-1:0] asked = ask ? UsedW'(32'(beats) * Words) : '0;
  wire [AddrBits-1:0] offset = {burst_q, {BurstW{1'b0}}};
  wire granted = rq_valid_q && rq_ready_i;
  assign rq_valid_o = rq_valid_q;
  wire [AddrBits-1:0] addr = program_i[AddrBits-1:0] + offset;
  assign rq_addr_o = 32'(addr);
  assign rq_beats_o = 8'(beats);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      all_q <= 1'b0;
      rq_valid_q <= 1'b0;
      burst_q <= '0;
      used_q <= '0;
      pend_q <= '0;
    end else begin
      if (run_i && nothing && !rq_valid_q) all_q <= 1'b1;
      if (granted && last) all_q <= 1'b1;
      rq_valid_q <= ask || (rq_valid_q && !rq_ready_i);
      if (granted && !last) burst_q <= burst_q + 1'b1;
      pend_q <= pend_q + asked - UsedW'(word_valid);
      used_q <= used_q + asked - UsedW'(pops_i) - UsedW'(drop);
    end
  end

  // ---- words ----
  generate
    if (Words == 1) begin : gen_direct
      assign rs_ready_o = 1'b1;
      assign word_valid = rs_valid_i;
      assign word_last = 1'b1;
      assign word_data_o = rs_data_i;
    end else begin : gen_beat
      reg beat_valid_q;
      reg [MemBytes*8-1:0] beat_q;
      reg [$clog2(Words)-1:0] word_q;
      wire fire = rs_valid_i && rs_ready_o;
      assign rs_ready_o = !beat_valid_q || word_last;
      assign word_valid = beat_valid_q;
      assign word_last = word_q == '1;
      assign word_data_o = beat_q[word_q*32+:32];
      always_ff @(posedge clk_i) begin
        if (fire) beat_q <= rs_data_i;
        beat_valid_q <= rst_ni && (fire || (beat_valid_q && !word_last));
        if (!rst_ni) word_q <= '0;
        else if (beat_valid_q) word_q <= word_q + 1'b1;
      end
    end
  endgenerate

  // ---- commands ----
  reg [LeftW-1:0] left_q;                 // words of the command still to come
  reg [1:0] index_q;                      // 1: header word 1 comes, 2: operand word 0, 0: later
  reg map_q;
  reg keeps_q;                            // the command may keep operand words
  reg [1:0] queue_q;
  reg [AddrBits-3:0] pos_q;               // word number
  wire [31:0] w = word_data_o;
  wire header = left_q == '0;
  wire [6:0] opcode = w[weft_pkg::HeaderOpcodeLsb+:7];
  wire [15:0] words = w[weft_pkg::HeaderWordsLsb+:16];
  wire is_end = opcode == weft_pkg::OpEnd;
  wire is_map = opcode == weft_pkg::OpMap;
  reg [1:0] queue;
  reg [3:0] operands;
  reg known;
  always_comb begin
    known = 1'b1;
    queue = 2'(weft_pkg::QueueC);
    operands = 4'(weft_pkg::LoadFOperandWords);
    case (opcode)
      weft_pkg::OpEnd: operands = 4'(weft_pkg::EndOperandWords);
      weft_pkg::OpLoadF: queue = 2'(weft_pkg::QueueFl);
      weft_pkg::OpLoadI: queue = 2'(weft_pkg::QueueIl);
      weft_pkg::OpStore: queue = 2'(weft_pkg::QueueSt);
      weft_pkg::OpEndLayer: begin
        queue = 2'(weft_pkg::QueueSt);
        operands = 4'(weft_pkg::EndLayerOperandWords);
      end
      weft_pkg::OpMap: ;
      weft_pkg::OpCfg: operands = 4'(weft_pkg::CfgOperandWords);
      weft_pkg::OpFilter, weft_pkg::OpParam: operands = 4'(weft_pkg::FilterOperandWords);
      weft_pkg::OpPass: operands = 4'(weft_pkg::PassOperandWords);
      default: known = 1'b0;
    endcase
  end
  wire is_move = opcode == weft_pkg::OpLoadF || opcode == weft_pkg::OpLoadI || opcode == weft_pkg::OpStore;
  wire keeps = opcode == weft_pkg::OpPass || (KeepMoves != 0 && is_move);
  // A MAP's length is right if streams and units are, which operand word 0 tells; a shorter command's
  // if the words that are not there are kept, which header word 1 tells.
  wire [15:0] whole = 16'(operands) + 16'(H);
  wire fits = is_map ? words > 16'(MapWords) && words <= 16'(Longest)
                     : words == whole || (keeps && words > 16'(H) && words < whole);
  wire bad_header = w[weft_pkg::HeaderMagicLsb+:8] != weft_pkg::CommandMagic || !known || !fits;
  reg [15:0] legal;                       // semaphores that the engine can give and wait for
  always_comb begin
    case (queue_q)
      2'(weft_pkg::QueueFl): legal = {weft_pkg::SemGivesFl, weft_pkg::SemWaitsFl};
      2'(weft_pkg::QueueIl): legal = {weft_pkg::SemGivesIl, weft_pkg::SemWaitsIl};
      2'(weft_pkg::QueueSt): legal = {weft_pkg::SemGivesSt, weft_pkg::SemWaitsSt};
      default: legal = {weft_pkg::SemGivesC, weft_pkg::SemWaitsC};
    endcase
  end
  wire for_c = queue_q == 2'(weft_pkg::QueueC);
  wire [7:0] legal_feed = for_c ? weft_pkg::SemGivesC : 8'd0;
  wire bad_masks = |(w[23:0] & ~{legal_feed, legal});
  wire [7:0] keep = w[weft_pkg::HeaderKeepLsb-32+:8];
  wire [3:0] rest = for_c ? 4'(weft_pkg::PassOperandWords + H - 1)
                          : 4'(weft_pkg::LoadFOperandWords + H - 1);
  reg [3:0] kept;
  integer k;
  always_comb begin
    kept = '0;
    for (k = 0; k < 8; k = k + 1) kept = kept + {3'd0, keep[k]};
  end
  wire bad_keep = keeps_q ? left_q[3:0] + kept != rest || (keep[7] && !for_c) : keep != '0;
  wire [7:0] streams = w[weft_pkg::MapStreamsLsb+:8];
  wire [7:0] units = w[weft_pkg::MapUnitsLsb+:8];
  wire bad_map = left_q != LeftW'(1 + PeWords) + LeftW'(streams) + LeftW'(units) ||
                 units == '0 || 32'(streams) > MaxStreams || 32'(units) > MaxUnits;
  wire active = word_valid && !ended_q && !fault_q;
  wire bad = active && (header ? bad_header :
                        (index_q == 2'd1 && (bad_masks || bad_keep)) ||
                        (index_q == 2'd2 && map_q && bad_map));
  wire ran_out = all_q && pend_q == '0 && !ended_q && !fault_q;
  assign word_valid_o = active && !bad && !(header && is_end);
  assign drop = word_valid && !word_valid_o;
  assign word_queue_o = header ? queue : queue_q;
  assign ev_word_o = word_valid;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ended_q <= 1'b0;
      fault_q <= 1'b0;
      left_q <= '0;
      pos_q <= '0;
    end else begin
      if (bad || ran_out) fault_q <= 1'b1;
      if (active && !bad) begin
        if (header && is_end) ended_q <= 1'b1;
        left_q <= header ? LeftW'(words) - 1'b1 : left_q - 1'b1;
        pos_q <= pos_q + 1'b1;
      end
    end
    if (active) begin
      index_q <= header ? 2'd1 : (index_q == 2'd1) ? 2'd2 : 2'd0;
      if (header) begin
        queue_q <= queue;
        map_q <= is_map;
        keeps_q <= keeps;
      end
    end
  end
  assign fault_o = bad || ran_out;
  assign fault_addr_o = 32'({pos_q, 2'b00});
  assign idle_o = ended_q && used_q == '0 && !rq_valid_q;
  assign class_o = word_valid ? weft_pkg::ClassBusy :
                   (want && !room) ? weft_pkg::ClassOutput :
                   (rq_valid_q || pend_q != '0) ? weft_pkg::ClassMemory : weft_pkg::ClassIdle;
  wire unused = &{1'b0, program_i, program_bytes_i, word_last};
endmodule
`default_nettype wire
