// SPDX-License-Identifier: Apache-2.0
// Front end of an engine: collects a command from its queue and issues it once every semaphore it
// waits for has a token. Takes one word a cycle; after the last one in cycle c, cmd_valid from c+1.
// The tokens are taken when the command fires; the next header can be taken in the cycle after.
// Signals of fired commands wait in a FIFO and are given when done_i says that the oldest ended.
// Operand words that the header says are kept do not come: cmd_words has those of the command before.
// Operands=0 (engine C): the command fires after its header, operand words then pass through pay_*,
// cmd_valid stays up until the last (pay_last); the sequencer gives the signals.
// Reset forgets everything. Twin: model::Front in model/front.h.
`default_nettype none
module weft_front #(
    parameter int Operands = 8,      // operand words held, 0: passed through
    parameter int LeftBits = 10,     // Operands=0: bits of the number of a command's words
    parameter int SignalDepth = 4,   // commands issued and not done
    parameter int Waits = 255,       // semaphores that this engine may wait for
    parameter int Gives = 255        // semaphores that it may give
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         stop_i,            // issue nothing more
    input  wire         word_valid_i,
    output wire         word_ready_o,
    input  wire [31:0]  word_data_i,
    input  wire [7:0]   sem_avail_i,
    output wire [7:0]   sem_take_o,
    output wire [7:0]   sem_give_o,
    output wire         cmd_valid_o,
    input  wire         cmd_ready_i,
    output wire [6:0]   cmd_opcode_o,
    output wire         cmd_parity_o,
    output wire [(Operands > 0 ? Operands : 1)*32-1:0] cmd_words_o,
    output wire [7:0]   cmd_signal_o,
    output wire [7:0]   cmd_signal_feed_o,
    output wire [7:0]   cmd_keep_o,        // Operands=0: operand words 1.. that do not come
    output wire         pay_valid_o,
    input  wire         pay_ready_i,
    output wire [31:0]  pay_data_o,
    output wire         pay_last_o,
    input  wire [15:0]  level_i,           // words that wait in the queue
    output wire         pay_all_o,         // Operands=0: they are all that the command still needs
    input  wire         done_i,
    input  wire         tick_i,            // watchdog period
    output wire         timeout_o,         // waited for a token for a whole period
    output wire         token_o,           // waits for a token
    output wire         idle_o
);
  localparam int LeftW = (Operands > 0) ? $clog2(Operands + 2) : LeftBits;
  localparam logic [1:0] Head0 = 2'd0;
  localparam logic [1:0] Head1 = 2'd1;
  localparam logic [1:0] Body = 2'd2;    // operand words come; Operands=0: they pass through
  localparam logic [1:0] Wait = 2'd3;    // complete; Operands=0: header complete
  reg [1:0] state_q;
  reg [LeftW-1:0] left_q;                // words to come
  reg [6:0] opcode_q;
  reg parity_q;
  reg [7:0] wait_q, signal_q;
  wire tokens = ((wait_q & ~sem_avail_i) & 8'(Waits)) == '0;
  wire waiting = state_q == Wait;
  wire space;
  wire fire = waiting && tokens && space && !stop_i && (cmd_ready_i || Operands == 0);
  wire word_fire = word_valid_i && word_ready_o;
  wire last = left_q == LeftW'(1);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Head0;
    end else begin
      case (state_q)
        Head0: if (word_fire) state_q <= Head1;
        Head1: if (word_fire) state_q <= (Operands > 0) ? Body : Wait;
        Body: if (word_fire && last) state_q <= (Operands > 0) ? Wait : Head0;
        default: if (fire) state_q <= (Operands > 0) ? Head0 : Body;
      endcase
    end
    if (word_fire) begin
      if (state_q == Head0) begin
        opcode_q <= word_data_i[weft_pkg::HeaderOpcodeLsb+:7];
        parity_q <= word_data_i[weft_pkg::HeaderParityLsb];
      end
      if (state_q == Head1) begin
        wait_q <= word_data_i[weft_pkg::HeaderWaitLsb-32+:8];
        signal_q <= word_data_i[weft_pkg::HeaderSignalLsb-32+:8] & 8'(Gives);
      end
      left_q <= (state_q == Head0) ? word_data_i[weft_pkg::HeaderWordsLsb+:LeftW] - 1'b1 : left_q - 1'b1;
    end
  end
  assign sem_take_o = fire ? (wait_q & 8'(Waits)) : 8'd0;
  assign cmd_opcode_o = opcode_q;
  assign cmd_parity_o = parity_q;
  assign cmd_signal_o = signal_q;
  assign pay_data_o = word_data_i;
  assign pay_last_o = last;
  assign token_o = waiting && !tokens;

  generate
    if (Operands > 0) begin : gen_operands
      reg [Operands*32-1:0] words_q;
      reg [Operands-1:0] todo_q;           // operand words that have not come
      wire [Operands-1:0] next = todo_q & (~todo_q + 1'b1);
      integer k;
      always_ff @(posedge clk_i) begin
        if (word_fire) begin
          todo_q <= (state_q == Body) ? todo_q & ~next :
                    Operands'({~word_data_i[weft_pkg::HeaderKeepLsb-32+:8], 1'b1});
          for (k = 0; k < Operands; k = k + 1)
            if (state_q == Body && next[k]) words_q[k*32+:32] <= word_data_i;
        end
      end
      wire signal_valid;
      wire [7:0] signal;
      weft_fifo #(.Width(8), .Depth(SignalDepth)) u_signals (
          .clk_i, .rst_ni, .in_valid_i(fire), .in_ready_o(space), .in_data_i(signal_q),
          .out_valid_o(signal_valid), .out_ready_i(done_i), .out_data_o(signal));
      assign sem_give_o = done_i ? (signal & 8'(Gives)) : 8'd0;
      assign word_ready_o = !waiting;
      assign cmd_valid_o = waiting && tokens && space && !stop_i;
      assign cmd_words_o = words_q;
      assign cmd_signal_feed_o = '0;
      assign cmd_keep_o = '0;
      assign pay_valid_o = 1'b0;
      assign pay_all_o = 1'b0;
      assign idle_o = state_q == Head0 && !signal_valid;
      wire unused = &{1'b0, pay_ready_i, level_i};
    end else begin : gen_pass_through
      reg [7:0] feed_q, keep_q;
      always_ff @(posedge clk_i)
        if (word_fire && state_q == Head1) begin
          feed_q <= word_data_i[weft_pkg::HeaderSignalFeedLsb-32+:8] & 8'(Gives);
          keep_q <= word_data_i[weft_pkg::HeaderKeepLsb-32+:8];
        end
      assign space = 1'b1;
      assign sem_give_o = '0;
      assign cmd_valid_o = state_q == Body;
      assign cmd_words_o = '0;
      assign cmd_signal_feed_o = feed_q;
      assign cmd_keep_o = keep_q;
      assign pay_valid_o = state_q == Body && word_valid_i;
      assign pay_all_o = 16'(left_q) <= level_i;
      assign word_ready_o = (state_q == Body) ? pay_ready_i : !waiting;
      assign idle_o = state_q == Head0;
      wire unused = &{1'b0, done_i, cmd_ready_i};
    end
  endgenerate

  // A wait is too long when it lasts from one tick to the next.
  reg waited_q;
  assign timeout_o = tick_i && token_o && waited_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || !token_o) waited_q <= 1'b0;
    else if (tick_i) waited_q <= 1'b1;
  end
endmodule
`default_nettype wire
