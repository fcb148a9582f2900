// SPDX-License-Identifier: Apache-2.0
// Executes the commands of engine C in order: MAP words to the pattern tables, CFG and PASS words
// to their registers, FILTER and PARAM to the filter unit. Each command's operand word 0 is read
// first; the others once nothing in flight uses what the command replaces, one word a cycle. A pass
// is valid in the cycle after its last word and leaves when the collector and the feeder have
// ended it. Its words that are kept come from the pass before, in the other slot; where only word 0
// is sent, that one waits for the slot, and the pass is valid a cycle later (in which the front end
// is at a header). PassSlots=1 (nano): one pass in flight, one register, seen by both slots.
// CfgSlots=1: both slot numbers name one register, which holds operand word 0; the other words go to
// map_* as kind 3, while no filter command is in flight. Reset empties the slots.
// Twin: model::Sequencer in model/sequencer.h.
`default_nettype none
module weft_sequencer #(
    parameter int Rows = 12,
    parameter int Cols = 14,
    parameter int PassSlots = 2,
    parameter int CfgSlots = 2
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         cmd_valid_i,
    input  wire [6:0]   cmd_opcode_i,
    input  wire         cmd_parity_i,
    input  wire [7:0]   cmd_signal_i,
    input  wire [7:0]   cmd_signal_feed_i,
    input  wire [7:0]   cmd_keep_i,        // PASS: operand words 1.. that do not come
    input  wire         pay_valid_i,
    output wire         pay_ready_o,
    input  wire [31:0]  pay_data_i,
    input  wire         pay_last_i,
    output wire         map_we_o,
    output wire [1:0]   map_kind_o,
    output wire [1:0]   map_pattern_o,
    output wire [8:0]   map_index_o,
    output wire [31:0]  map_data_o,
    output wire [1:0]   pass_valid_o,
    output wire [1:0]   pass_phase_o,
    output wire [2*weft_pkg::PassBits-1:0] pass_o,
    output wire [1:0]   filter_ok_o,
    output wire [2*weft_pkg::CfgBits-1:0] cfg_o,
    output wire         flt_valid_o,
    input  wire         flt_ready_i,
    output wire         flt_param_o,
    output wire [63:0]  flt_words_o,
    output wire         flt_parity_o,
    input  wire         flt_done_i,
    input  wire         feed_done_i,
    input  wire         pass_done_i,
    output wire [8*3-1:0] give_o,          // tokens given, per semaphore
    output wire         idle_o
);
  localparam int PassBits = weft_pkg::PassBits;
  localparam int CfgBits = weft_pkg::CfgBits;
  localparam int PeWords = (Rows * Cols + 1) / 2;
  localparam int FilterDepth = 2;          // filter commands in flight
  localparam logic [7:0] Gives = weft_pkg::SemGivesC;
  integer k;
  genvar s;

  // ---- operand words ----
  reg [31:0] op0_q;                        // operand word 0
  reg first_q;                             // operand word 0 has not been read
  reg [8:0] index_q;                       // MAP: of the word in its kind; CFG: operand word - 1
  reg [7:0] todo_q;                        // PASS, CFG: operand words 1.. that have not come
  wire [7:0] next = todo_q & (~todo_q + 8'd1);
  reg [1:0] kind_q;
  wire is_map = cmd_opcode_i == weft_pkg::OpMap;
  wire is_cfg = cmd_opcode_i == weft_pkg::OpCfg;
  wire is_pass = cmd_opcode_i == weft_pkg::OpPass;
  wire is_filter = cmd_opcode_i == weft_pkg::OpFilter;
  wire is_param = cmd_opcode_i == weft_pkg::OpParam;
  wire go;                                 // nothing in flight forbids the command
  wire pay_fire = pay_valid_i && pay_ready_o;
  wire op_fire = pay_fire && !first_q;
  wire end_fire = op_fire && pay_last_i;
  wire alone = is_pass && first_q && pay_last_i;
  assign pay_ready_o = cmd_valid_i && ((first_q && !alone) || go);
  wire no_streams = op0_q[weft_pkg::MapStreamsLsb+:8] == '0;
  reg [8:0] kind_last;                     // last index of the kind
  always_comb begin
    case (kind_q)
      2'd0: kind_last = 9'(PeWords - 1);
      2'd1: kind_last = {1'b0, op0_q[weft_pkg::MapStreamsLsb+:8]} - 9'd1;
      default: kind_last = '1;
    endcase
  end
  wire kind_end = index_q == kind_last;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) first_q <= 1'b1;
    else if (pay_fire) first_q <= pay_last_i;
    if (pay_fire && first_q) begin
      op0_q <= pay_data_i;
      index_q <= '0;
      todo_q <= ~cmd_keep_i;
      kind_q <= '0;
    end else if (op_fire) begin
      index_q <= (is_map && kind_end) ? '0 : index_q + 1'b1;
      todo_q <= todo_q & ~next;
      if (kind_end) kind_q <= (kind_q == 2'd0 && !no_streams) ? 2'd1 : 2'd2;
    end
  end
  wire cfg_map = CfgSlots == 1 && is_cfg;
  assign map_we_o = op_fire && (is_map || cfg_map);
  assign map_kind_o = cfg_map ? 2'd3 : kind_q;
  assign map_pattern_o = op0_q[weft_pkg::MapPatternLsb+:2];
  assign map_index_o = index_q;
  assign map_data_o = pay_data_i;

  // ---- pass slots ----
  reg [1:0] number_q;                      // of the next pass
  reg feed_slot_q, done_slot_q;            // of the pass that the feeder and the collector end next
  reg [1:0] valid_q, phase_q, fed_q, done_q;
  wire slot = number_q[0];
  wire pass_write = op_fire && is_pass;
  wire pass_end = pay_fire && pay_last_i && is_pass;
  reg alone_q;                             // word 0 was all, in the cycle before
  wire pass_start = (pass_end && !first_q) || alone_q;
  wire [1:0] fed = fed_q | (feed_done_i ? 2'd1 << feed_slot_q : 2'd0);
  wire [1:0] done = done_q | (pass_done_i ? 2'd1 << done_slot_q : 2'd0);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      number_q <= '0;
      feed_slot_q <= 1'b0;
      done_slot_q <= 1'b0;
      valid_q <= '0;
      fed_q <= '0;
      done_q <= '0;
      alone_q <= 1'b0;
    end else begin
      alone_q <= pass_end && first_q;
      if (pass_start) number_q <= number_q + 1'b1;
      feed_slot_q <= feed_slot_q ^ feed_done_i;
      done_slot_q <= done_slot_q ^ pass_done_i;
      fed_q <= fed & ~(fed & done);
      done_q <= done & ~(fed & done);
      valid_q <= (valid_q & ~(fed & done)) | (pass_start ? 2'd1 << slot : 2'd0);
    end
    if (pass_start) phase_q[slot] <= number_q[1];
  end
  assign pass_valid_o = valid_q;
  assign pass_phase_o = phase_q;
  wire [2*8-1:0] signal, feed;             // per slot
  wire [1:0] loaded;
  generate
    for (s = 0; s < PassSlots; s = s + 1) begin : gen_pass
      reg [PassBits-1:0] pass_q;
      reg [7:0] signal_q, feed_q;
      reg [1:0] pend_q;                    // filter commands before the pass that are not done
      wire mine = PassSlots == 1 || slot == 1'(s);
      always_ff @(posedge clk_i) begin
        for (k = 1; k < PassBits / 32; k = k + 1)
          if (pass_write && mine && next[k-1]) pass_q[k*32+:32] <= pay_data_i;
          else if (PassSlots > 1 && pass_end && mine && cmd_keep_i[k-1])
            pass_q[k*32+:32] <= pass_o[(1-s)*PassBits+k*32+:32];
        if (pass_end && mine) begin
          signal_q <= cmd_signal_i & Gives;
          feed_q <= cmd_signal_feed_i & Gives;
        end
        if (pass_start && mine) begin
          pass_q[31:0] <= op0_q;
          pend_q <= flying;
        end else if (flt_done_i && pend_q != '0) begin
          pend_q <= pend_q - 1'b1;
        end
      end
      if (PassSlots == 1) begin : gen_both
        assign pass_o = {2{pass_q}};
        assign signal = {2{signal_q}};
        assign feed = {2{feed_q}};
        assign loaded = {2{pend_q == '0}};
      end else begin : gen_own
        assign pass_o[s*PassBits+:PassBits] = pass_q;
        assign signal[s*8+:8] = signal_q;
        assign feed[s*8+:8] = feed_q;
        assign loaded[s] = pend_q == '0;
      end
    end
  endgenerate
  assign filter_ok_o = loaded;

  // ---- configuration slots ----
  wire cfg_slot = op0_q[weft_pkg::CfgSlotLsb];
  generate
    for (s = 0; s < CfgSlots; s = s + 1) begin : gen_cfg
      reg [CfgBits-1:0] cfg_q;
      wire mine = CfgSlots == 1 || cfg_slot == 1'(s);
      always_ff @(posedge clk_i) begin
        for (k = 1; k < CfgBits / 32; k = k + 1)
          if (CfgSlots > 1 && op_fire && is_cfg && mine && next[k-1])
            cfg_q[k*32+:32] <= pay_data_i;
        if (end_fire && is_cfg && mine) cfg_q[31:0] <= op0_q;
      end
      if (CfgSlots == 1) begin : gen_both
        assign cfg_o = {2{CfgBits'(cfg_q[31:0])}};
        wire unused = &{1'b0, cfg_q};
      end else begin : gen_own
        assign cfg_o[s*CfgBits+:CfgBits] = cfg_q;
      end
    end
  endgenerate

  // ---- filter unit ----
  reg [1:0] flying_q;                      // commands in the filter unit
  wire [1:0] flying = flying_q - {1'b0, flt_done_i};
  wire [7:0] flt_signal;
  wire flt_space, flt_signal_valid;
  wire is_load = is_filter || is_param;
  assign flt_valid_o = pay_valid_i && cmd_valid_i && !first_q && is_load && free && flt_space;
  assign flt_param_o = is_param;
  assign flt_words_o = {pay_data_i, op0_q};
  assign flt_parity_o = cmd_parity_i;
  weft_fifo #(.Width(8), .Depth(FilterDepth)) u_signals (
      .clk_i, .rst_ni, .in_valid_i(flt_valid_o && flt_ready_i), .in_ready_o(flt_space),
      .in_data_i(cmd_signal_i & Gives), .out_valid_o(flt_signal_valid), .out_ready_i(flt_done_i),
      .out_data_o(flt_signal));
  always_ff @(posedge clk_i)
    flying_q <= rst_ni ? flying + {1'b0, flt_valid_o && flt_ready_i} : '0;

  // ---- what passes in flight use ----
  reg free;
  reg [1:0] uses;
  always_comb begin
    for (k = 0; k < 2; k = k + 1) begin
      case (1'b1)
        is_map: uses[k] = pass_o[k*PassBits+weft_pkg::PassPatternLsb+:2] ==
                          op0_q[weft_pkg::MapPatternLsb+:2];
        is_cfg: uses[k] = CfgSlots == 1 || pass_o[k*PassBits+weft_pkg::PassCfgLsb] == cfg_slot;
        is_filter: uses[k] = pass_o[k*PassBits+weft_pkg::PassCopyLsb] ==
                             op0_q[weft_pkg::FilterCopyLsb];
        is_param: uses[k] = pass_o[k*PassBits+weft_pkg::PassHalfLsb] ==
                            op0_q[weft_pkg::ParamHalfLsb];
        default: uses[k] = PassSlots == 1 || slot == 1'(k);   // PASS
      endcase
    end
    free = (uses & valid_q) == '0;
  end
  assign go = free && (!is_load || (flt_ready_i && flt_space)) && !(cfg_map && flying_q != '0);

  // ---- tokens ----
  wire [7:0] give_done = pass_done_i ? signal[done_slot_q*8+:8] : 8'd0;
  wire [7:0] give_feed = feed_done_i ? feed[feed_slot_q*8+:8] : 8'd0;
  wire [7:0] give_flt = flt_done_i ? flt_signal : 8'd0;
  wire [7:0] give_cmd = (end_fire && (is_map || is_cfg)) ? (cmd_signal_i & Gives) : 8'd0;
  generate
    for (s = 0; s < 8; s = s + 1) begin : gen_give
      assign give_o[s*3+:3] = {2'd0, give_done[s]} + {2'd0, give_feed[s]} + {2'd0, give_flt[s]} +
                              {2'd0, give_cmd[s]};
    end
  endgenerate
  assign idle_o = !cmd_valid_i && !alone_q && valid_q == '0 && !flt_signal_valid;
endmodule
`default_nettype wire
