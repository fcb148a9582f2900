// SPDX-License-Identifier: Apache-2.0
// Drain and psum chain of a PE. The link register loads the own word plus the word of the PE below
// in the cycle in which the own word is at the head, the one below is valid (or this PE is the
// chain's beginning) and the register is empty or being taken: ready ripples combinationally from
// the gather buffers down the column, valid comes from registers. A void PE's words are zero and
// at the head once the pass's filters are loaded; a disabled PE spends one cycle a pass. PassSlots=1: a word that is
// not valid is zero, below too. Reset clears counters and valid.
// Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_link #(
    parameter int Lanes = 1,  // words a psum row
    parameter int ChW = 4,    // bits of a psum index in dw mode
    parameter int PassSlots = 2  // passes in flight
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    // Fields of the two pass slots
    input  wire [1:0]          pass_valid_i,
    input  wire [1:0]          pass_phase_i,
    input  wire [1:0]          filter_ok_i,
    input  wire [1:0]          enable_i,
    input  wire [1:0]          void_i,
    input  wire [1:0]          bottom_i,
    input  wire [19:0]         step_last_i,
    input  wire [13:0]         word_last_i,
    input  wire [1:0]          dw_i,
    input  wire [1:0]          max_i,
    // Psum spad
    input  wire                head_valid_i,
    input  wire                head_stored_i,
    input  wire [Lanes*32-1:0] head_data_i,
    output wire                next_void_o,
    output wire                next_slot_o,
    output wire [ChW-1:0]      next_word_o,
    output wire                row_done_o,
    output wire                step_done_o,
    output wire                done_slot_o,
    // Chain
    input  wire                cin_valid_i,
    output wire                cin_ready_o,
    input  wire [31:0]         cin_data_i,
    output wire                cout_valid_o,
    input  wire                cout_ready_i,
    output wire [31:0]         cout_data_o,
    output wire                cout_last_o,   // last word of its step
    output wire                cout_end_o,    // last word of its pass
    output wire                cout_slot_o,   // pass slot of the word
    output wire                load_o,        // the link register loads
    output wire                read_o,        // a stored word leaves
    output wire                slot_o         // pass slot that load_o and read_o belong to
);
  reg [1:0] count_q;
  reg [9:0] step_q;
  reg [6:0] word_q;
  reg valid_q, last_q, end_q, slot_q;
  reg [31:0] data_q;

  wire slot = count_q[0];
  wire mine = pass_valid_i[slot] && pass_phase_i[slot] == count_q[1];
  wire skip = mine && !enable_i[slot];
  wire zeros = mine && enable_i[slot] && void_i[slot] && filter_ok_i[slot];
  wire ok = (head_valid_i || zeros) && (!valid_q || cout_ready_i);
  wire load = ok && (bottom_i[slot] || cin_valid_i);
  assign cin_ready_o = ok && !bottom_i[slot];

  wire word_last = word_q == (slot ? word_last_i[13:7] : word_last_i[6:0]);
  wire step_last = step_q == (slot ? step_last_i[19:10] : step_last_i[9:0]);
  wire pass_done = skip || (load && word_last && step_last);
  wire [6:0] word_d = !load ? word_q : word_last ? 7'd0 : word_q + 1'b1;
  wire lane_last = (Lanes == 1) || word_q[0];

  assign next_slot_o = slot ^ pass_done;
  assign next_void_o = !enable_i[next_slot_o] || void_i[next_slot_o];
  assign next_word_o = ChW'(word_d);
  assign row_done_o = load && head_valid_i && (dw_i[slot] || lane_last || word_last);
  assign step_done_o = load && head_valid_i && word_last;
  assign done_slot_o = slot;

  wire [31:0] stored;
  generate
    if (Lanes == 1) begin : gen_one
      assign stored = head_data_i;
    end else begin : gen_two
      assign stored = (word_q[0] && !dw_i[slot]) ? head_data_i[63:32] : head_data_i[31:0];
    end
  endgenerate
  wire [31:0] own = head_stored_i && head_valid_i ? stored : 32'd0;
  // A PE that is its chain's beginning for the only pass in flight has no valid word below it.
  wire [31:0] below = PassSlots > 1 && bottom_i[slot] ? 32'd0 : cin_data_i;
  wire [31:0] sum;
  weft_pe_sum u_sum (.max_i(max_i[slot]), .a_i(own), .b_i(below), .sum_o(sum));

  always_ff @(posedge clk_i) begin
    word_q <= word_d;
    if (load) begin
      data_q <= sum;
      last_q <= word_last;
      end_q <= word_last && step_last;
      slot_q <= slot;
      if (word_last) step_q <= step_last ? '0 : step_q + 1'b1;
    end
    if (load || cout_ready_i) valid_q <= load;
    if (PassSlots == 1 && cout_ready_i && !load) data_q <= '0;
    if (pass_done) count_q <= count_q + 1'b1;
    if (!rst_ni) begin
      count_q <= '0;
      step_q <= '0;
      word_q <= '0;
      valid_q <= 1'b0;
      if (PassSlots == 1) data_q <= '0;
    end
  end

  assign cout_valid_o = valid_q;
  assign cout_data_o = data_q;
  assign cout_last_o = last_q;
  assign cout_end_o = end_q;
  assign cout_slot_o = slot_q;
  assign load_o = load;
  assign read_o = load && head_valid_i && head_stored_i;
  assign slot_o = slot;
endmodule
`default_nettype wire
