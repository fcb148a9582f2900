// SPDX-License-Identifier: Apache-2.0
// Psum spad and accumulators of a PE with one bank, for one pass in flight: weft_pe_psum in less
// logic. All steps in flight are of one pass, so room is a limit on their number. A conv step
// writes all of its rows or none, which empty_q tells; a dw step owns the spad, with channel c in
// row c, and marks the rows it writes with one bit more, cleared when the row leaves (nothing is
// written then). Timing and ports as weft_pe_psum, except that setup_empty_i comes with setup_i.
// Reset clears pointers and accumulators, and a mark a cycle: it must last PsumRows cycles.
// Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_psum_one #(
    parameter int Lanes = 2,      // words a row
    parameter int PsumRows = 16,  // rows, power of two
    parameter int StepSlots = 4,  // steps between setup and the leaving of their last word
    parameter int ChW = 4         // log2 of the rows
) (
    input  wire                        clk_i,
    input  wire                        rst_ni,
    // Fields of the pass
    input  wire [7:0]                  group_last_i,
    input  wire                        dw_i,
    input  wire                        max_i,
    // Allocation
    input  wire                        setup_i,
    input  wire                        setup_empty_i,  // the step has no nonzero
    output wire                        room_o,
    // Multipliers: cycle t+3, then t+4
    input  wire                        pre_valid_i,
    input  wire [ChW-1:0]              pre_ch_i,
    input  wire                        mac_valid_i,
    input  wire                        mac_last_i,
    input  wire                        mac_jump_i,
    input  wire [ChW-1:0]              mac_ch_i,
    input  wire [Lanes*18-1:0]         mac_product_i,
    output wire [$clog2(Lanes+1)-1:0]  written_o,    // words written in this cycle
    output wire                        rmw_o,        // a word was read to be added to
    // Drain: the head after this cycle, and what leaves in this cycle
    input  wire                        next_void_i,  // no rows of this PE in the next word's pass
    input  wire [ChW-1:0]              next_word_i,
    input  wire                        row_done_i,
    input  wire                        step_done_i,
    output wire                        head_valid_o,
    output wire                        head_stored_o,  // else its words are zero
    output wire [Lanes*32-1:0]         head_data_o
);
  localparam int StepW = $clog2(StepSlots + 1);
  localparam int SlotW = StepSlots > 1 ? $clog2(StepSlots) : 1;
  localparam int Width = Lanes * 32;
  generate
    if (ChW < 1 || (1 << ChW) != PsumRows || (1 << SlotW) != StepSlots) begin : gen_guard
      ERROR_PsumRows_and_StepSlots_must_be_powers_of_two_and_at_least_2 u_error ();
    end
  endgenerate

  // ---- steps in flight ----
  reg [StepW-1:0] steps_q;
  reg [SlotW-1:0] setup_q, head_q;      // slot of the next step, of the head's
  reg [StepSlots-1:0] empty_q;
  wire [StepSlots:1] fits;              // k steps in flight leave room for one more
  genvar k;
  generate
    for (k = 1; k <= StepSlots; k = k + 1) begin : gen_fits
      assign fits[k] = k < StepSlots && steps_q == StepW'(k) && !dw_i &&
                       32'(group_last_i) < PsumRows / (k + 1);
    end
  endgenerate
  assign room_o = steps_q == '0 || |fits;

  // ---- rows: pointers carry a wrap bit; a dw step has all ----
  reg [ChW:0] write_q, read_q;
  wire write = mac_valid_i && (dw_i || mac_last_i);
  // Added behind the 1 of a row written, or of a dw step's end: to the wrap bit.
  wire [ChW:0] write_more = !mac_jump_i ? '0 : dw_i ? (ChW + 1)'(PsumRows - 1) : (ChW + 1)'(group_last_i);
  wire read_step = dw_i ? step_done_i : row_done_i;
  wire [ChW:0] read_d = read_q + (dw_i ? {step_done_i, ChW'(0)} : (ChW + 1)'(row_done_i));
  wire unmark = dw_i && row_done_i;
  wire [SlotW-1:0] head_d = head_q + SlotW'(step_done_i);
  wire head_valid_d = write_q != read_d && !next_void_i;
  wire read_re = head_valid_d && (row_done_i || !head_valid_q);
  reg head_valid_q, head_empty_q;
  reg [ChW-1:0] head_row_q;
  wire mark;                            // of the row read last
  assign head_valid_o = head_valid_q;
  assign head_stored_o = dw_i ? mark : !head_empty_q;
  always_ff @(posedge clk_i) begin
    if (setup_i) empty_q[setup_q] <= setup_empty_i;
    if (mac_jump_i || (write && !dw_i)) write_q <= write_q + write_more + 1'b1;
    head_valid_q <= head_valid_d;
    if (read_re) begin
      head_empty_q <= empty_q[head_d];
      head_row_q <= next_word_i;
    end
    if (!rst_ni) begin
      setup_q <= '0;
      head_q <= '0;
      steps_q <= '0;
      write_q <= read_q + 1'b1;
      read_q <= read_q + 1'b1;
      head_valid_q <= 1'b0;
    end else begin
      if (setup_i) setup_q <= setup_q + 1'b1;
      head_q <= head_d;
      if (read_step) read_q <= read_d;
      if (setup_i != step_done_i) steps_q <= setup_i ? steps_q + 1'b1 : steps_q - 1'b1;
    end
  end

  // ---- storage ----
  wire rmw_re = pre_valid_i && dw_i;
  wire [Width-1:0] write_data;
  weft_ram_1r1w #(
      .Width(Width + 1),
      .Depth(PsumRows)
  ) u_bank (
      .clk_i,
      .we_i(write || unmark || !rst_ni),
      .waddr_i(!rst_ni ? read_q[ChW-1:0] : !dw_i ? write_q[ChW-1:0] : write ? mac_ch_i : head_row_q),
      .wdata_i({write && dw_i && rst_ni, write_data}),
      .re_i(rmw_re || read_re),
      .raddr_i(rmw_re ? pre_ch_i : dw_i ? next_word_i : read_d[ChW-1:0]),
      .rdata_o({mark, head_data_o})
  );

  // ---- accumulators, as in weft_pe_psum ----
  wire done = dw_i ? mac_jump_i : mac_last_i;
  reg again_q;                          // same word as in the cycle before
  always_ff @(posedge clk_i) again_q <= mac_valid_i && mac_ch_i == pre_ch_i;
  wire stored = again_q || mark;
  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : gen_lane
      reg [31:0] acc_q;
      wire [31:0] product = {{14{mac_product_i[l*18+17]}}, mac_product_i[l*18+:18]};
      wire [31:0] sum;
      if (l == 0) begin : gen_rmw
        wire use_acc = !dw_i || again_q;
        wire use_bank = dw_i && stored && !again_q;
        wire [31:0] base = (use_acc ? acc_q : 32'd0) | (use_bank ? head_data_o[31:0] : 32'd0);
        weft_pe_sum u_sum (.max_i(max_i), .a_i(base), .b_i(product), .sum_o(sum));
      end else begin : gen_plain
        assign sum = acc_q + product;
      end
      always_ff @(posedge clk_i) begin
        if (!rst_ni || (mac_valid_i && done)) acc_q <= '0;
        else if (mac_valid_i) acc_q <= sum;
      end
      assign write_data[l*32+:32] = sum;
    end
  endgenerate
  localparam int CountW = $clog2(Lanes + 1);
  assign written_o = !write ? '0 : dw_i ? CountW'(1) : CountW'(Lanes);
  assign rmw_o = mac_valid_i && dw_i && stored;
  wire unused = &{1'b0, read_d[ChW]};
endmodule
`default_nettype wire
