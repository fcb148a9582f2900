// SPDX-License-Identifier: Apache-2.0
// Psum spad of a PE: accumulators, banks, and the ring of rows from allocation (setup of a step)
// over writing (cycle t+4 of an entry) and reading (a row written in c is at the head in c+2) to
// freeing (all rows of a step, when its last word leaves). In dw mode a step owns a bank, a word is
// read in t+3 and written in t+4. Rows that were never written in their step must be told; stale
// contents are never used. One lane: by a flip-flop a row. Two lanes (FPGAs, where those and their
// multiplexers would be half of the spad): a conv step writes all of its rows or none, which a bit a
// step tells; a dw step marks the rows it writes in a memory, and each row that leaves clears its mark
// (nothing else is written to the bank then). Reset clears pointers, accumulators, and a mark of every
// bank a cycle: it must last as many cycles as a bank has rows.
// Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_psum #(
    parameter int Lanes = 1,      // words a row
    parameter int PsumRows = 64,  // rows, power of two
    parameter int PsumBanks = 4,  // banks, power of two, at least two rows each
    parameter int StepSlots = 16, // steps between setup and the leaving of their last word
    parameter int ChW = 4         // log2 of the rows of a bank
) (
    input  wire                        clk_i,
    input  wire                        rst_ni,
    // Fields of the two pass slots
    input  wire [15:0]                 group_last_i,
    input  wire [1:0]                  dw_i,
    input  wire [1:0]                  max_i,
    // Allocation
    input  wire                        slot_i,
    input  wire                        setup_i,
    input  wire                        setup_empty_i,  // the step has no nonzero
    output wire                        room_o,
    // Multipliers: cycle t+3, then t+4
    input  wire                        pre_valid_i,
    input  wire                        pre_slot_i,
    input  wire [ChW-1:0]              pre_ch_i,
    input  wire                        mac_valid_i,
    input  wire                        mac_last_i,
    input  wire                        mac_jump_i,
    input  wire                        mac_slot_i,
    input  wire [ChW-1:0]              mac_ch_i,
    input  wire [Lanes*18-1:0]         mac_product_i,
    output wire [$clog2(Lanes+1)-1:0]  written_o,    // words written in this cycle
    output wire                        rmw_o,        // a word was read to be added to
    // Drain: the head after this cycle, and what leaves in this cycle
    input  wire                        next_void_i,  // no rows of this PE in the next word's pass
    input  wire                        next_slot_i,
    input  wire [ChW-1:0]              next_word_i,
    input  wire                        row_done_i,
    input  wire                        step_done_i,
    input  wire                        done_slot_i,
    output wire                        head_valid_o,
    output wire                        head_stored_o,  // else its words are zero
    output wire [Lanes*32-1:0]         head_data_o
);
  localparam int PtrW = $clog2(PsumRows);
  localparam int BankW = PtrW - ChW;
  localparam int StepW = $clog2(StepSlots + 1);
  localparam int Width = Lanes * 32;
  localparam logic [PtrW:0] BankRows = (PtrW + 1)'(1 << ChW);
  localparam logic [PtrW:0] LowMask = BankRows - 1'b1;

  // Allocation. Pointers carry a wrap bit; *_base is the pointer rounded up to a bank.
  reg [PtrW:0] alloc_q, write_q, read_q, free_q;
  reg [StepW-1:0] steps_q;
  wire [PtrW:0] groups = (PtrW + 1)'(slot_i ? group_last_i[15:8] : group_last_i[7:0]) + 1'b1;
  wire [PtrW:0] alloc_base = (alloc_q + LowMask) & ~LowMask;
  wire [PtrW:0] need = dw_i[slot_i] ? alloc_base + BankRows - alloc_q : groups;
  wire [PtrW:0] used = alloc_q - free_q;
  assign room_o = (used == '0 || {1'b0, used} + {1'b0, need} <= (PtrW + 2)'(PsumRows)) &&
                  steps_q != StepW'(StepSlots);

  // Write side
  wire dw = dw_i[mac_slot_i];
  wire [PtrW:0] write_base = (write_q + LowMask) & ~LowMask;
  wire write = mac_valid_i && (dw || mac_last_i);
  wire [PtrW-1:0] write_row =
      dw ? write_base[PtrW-1:0] | PtrW'(mac_ch_i) : write_q[PtrW-1:0];
  wire [PtrW:0] write_groups =
      (PtrW + 1)'(mac_slot_i ? group_last_i[15:8] : group_last_i[7:0]) + 1'b1;

  // Read side
  wire [PtrW:0] read_base_q = (read_q + LowMask) & ~LowMask;
  wire [PtrW:0] read_d = step_done_i && dw_i[done_slot_i] ? read_base_q + BankRows :
                         row_done_i && !dw_i[done_slot_i] ? read_q + 1'b1 : read_q;
  wire [PtrW-1:0] read_base = PtrW'((read_d + LowMask) & ~LowMask);
  wire [PtrW-1:0] read_row_d =
      dw_i[next_slot_i] ? read_base | PtrW'(next_word_i) : read_d[PtrW-1:0];
  wire head_valid_d = write_q != read_d && !next_void_i;
  wire read_re = head_valid_d && (row_done_i || !head_valid_q);
  reg head_valid_q;
  reg [PtrW-1:0] read_row_q;
  assign head_valid_o = head_valid_q;

  always_ff @(posedge clk_i) begin
    if (setup_i) alloc_q <= alloc_q + need;
    if (mac_jump_i) write_q <= dw ? write_base + BankRows : write_q + write_groups;
    else if (write && !dw) write_q <= write_q + 1'b1;
    read_q <= read_d;
    if (step_done_i) free_q <= read_d;
    if (setup_i && !step_done_i) steps_q <= steps_q + 1'b1;
    if (step_done_i && !setup_i) steps_q <= steps_q - 1'b1;
    head_valid_q <= head_valid_d;
    if (read_re) read_row_q <= read_row_d;
    if (!rst_ni) begin
      alloc_q <= '0;
      write_q <= '0;
      read_q <= '0;
      free_q <= '0;
      steps_q <= '0;
      head_valid_q <= 1'b0;
    end
  end

  // Banks: in the bank that a dw step accumulates in there is nothing to drain.
  wire rmw_re = pre_valid_i && dw_i[pre_slot_i];
  wire [Width-1:0] write_data;
  genvar b;
  generate
    for (b = 0; b < PsumBanks; b = b + 1) begin : gen_bank
      wire write_here, rmw_here, read_here;
      wire [Width-1:0] data, head;  // of this bank; of the one selected, up to this one
      wire [31:0] rmw;
      if (PsumBanks == 1) begin : gen_only
        assign write_here = write;
        assign rmw_here = rmw_re;
        assign read_here = read_re;
      end else begin : gen_one_of
        assign write_here = write && write_row[PtrW-1:ChW] == BankW'(b);
        assign rmw_here = rmw_re && write_base[PtrW-1:ChW] == BankW'(b);
        assign read_here = read_re && read_row_d[PtrW-1:ChW] == BankW'(b);
      end
      weft_ram_1r1w #(
          .Width(Width),
          .Depth(1 << ChW)
      ) u_bank (
          .clk_i,
          .we_i(write_here),
          .waddr_i(write_row[ChW-1:0]),
          .wdata_i(write_data),
          .re_i(rmw_here || read_here),
          .raddr_i(rmw_here ? pre_ch_i : read_row_d[ChW-1:0]),
          .rdata_o(data)
      );
      if (b == 0) begin : gen_first
        assign head = data;
        assign rmw = data[31:0];
      end else begin : gen_next
        assign head = read_row_q[PtrW-1:ChW] == BankW'(b) ? data : gen_bank[b-1].head;
        assign rmw = write_base[PtrW-1:ChW] == BankW'(b) ? data[31:0] : gen_bank[b-1].rmw;
      end
    end
    if (ChW < 1 || (1 << PtrW) != PsumRows || (1 << BankW) != PsumBanks) begin : gen_guard
      ERROR_PsumRows_and_PsumBanks_must_be_powers_of_two_with_two_rows_a_bank u_error ();
    end
  endgenerate

  wire [31:0] rmw_data = gen_bank[PsumBanks-1].rmw;
  assign head_data_o = gen_bank[PsumBanks-1].head;

  // Rows that their step has written: the one that mac_* is about, the head.
  wire stored;
  reg again_q;  // same word as in the cycle before
  always_ff @(posedge clk_i) again_q <= mac_valid_i && mac_ch_i == pre_ch_i;
  generate
    if (Lanes == 1) begin : gen_touched
      reg [PsumRows-1:0] touched_q;
      reg head_stored_q;
      always_ff @(posedge clk_i) begin
        if (read_re) head_stored_q <= touched_q[read_row_d];
        if (write) touched_q[write_row] <= 1'b1;
        if (row_done_i) touched_q[read_row_q] <= 1'b0;
        if (!rst_ni) touched_q <= '0;
      end
      assign stored = touched_q[write_row];
      assign head_stored_o = head_stored_q;
      wire unused = &{1'b0, setup_empty_i};
    end else begin : gen_marks
      localparam int SlotW = StepSlots > 1 ? $clog2(StepSlots) : 1;
      localparam logic [SlotW-1:0] LastSlot = SlotW'(StepSlots - 1);
      reg [SlotW-1:0] setup_q, head_q;     // slot of the next step, of the head's
      reg [StepSlots-1:0] empty_q;         // by slot
      reg head_dw_q, head_empty_q;
      reg [ChW-1:0] sweep_q;
      wire [SlotW-1:0] head_next = head_q == LastSlot ? '0 : head_q + 1'b1;
      wire [SlotW-1:0] head_d = step_done_i ? head_next : head_q;
      wire unmark = row_done_i && head_dw_q;
      wire [ChW-1:0] mark_row = !rst_ni ? sweep_q : unmark ? read_row_q[ChW-1:0] : write_row[ChW-1:0];
      always_ff @(posedge clk_i) begin
        sweep_q <= sweep_q + 1'b1;
        if (setup_i) empty_q[setup_q] <= setup_empty_i;
        if (read_re) begin
          head_dw_q <= dw_i[next_slot_i];
          head_empty_q <= empty_q[head_d];
        end
        if (!rst_ni) begin
          setup_q <= '0;
          head_q <= '0;
        end else begin
          if (setup_i) setup_q <= setup_q == LastSlot ? '0 : setup_q + 1'b1;
          head_q <= head_d;
        end
      end
      for (b = 0; b < PsumBanks; b = b + 1) begin : gen_bank_marks
        wire unmark_here = unmark && (PsumBanks == 1 || read_row_q[PtrW-1:ChW] == BankW'(b));
        wire mark, head, rmw;              // of this bank; of the one selected, up to this one
        weft_ram_1r1w #(
            .Width(1),
            .Depth(1 << ChW)
        ) u_marks (
            .clk_i,
            .we_i((gen_bank[b].write_here && dw) || unmark_here || !rst_ni),
            .waddr_i(unmark_here || !rst_ni ? mark_row : write_row[ChW-1:0]),
            .wdata_i(rst_ni && !unmark_here),
            .re_i(gen_bank[b].rmw_here || gen_bank[b].read_here),
            .raddr_i(gen_bank[b].rmw_here ? pre_ch_i : read_row_d[ChW-1:0]),
            .rdata_o(mark)
        );
        if (b == 0) begin : gen_first
          assign head = mark;
          assign rmw = mark;
        end else begin : gen_next
          assign head = read_row_q[PtrW-1:ChW] == BankW'(b) ? mark : gen_bank_marks[b-1].head;
          assign rmw = write_base[PtrW-1:ChW] == BankW'(b) ? mark : gen_bank_marks[b-1].rmw;
        end
      end
      assign stored = again_q || gen_bank_marks[PsumBanks-1].rmw;
      assign head_stored_o = head_dw_q ? gen_bank_marks[PsumBanks-1].head : !head_empty_q;
    end
  endgenerate

  // Accumulators: cleared behind a word (conv) or a step (dw), so that a word begins with zero.
  // Lane 0 adds to the stored word in dw mode; the one written a cycle ago is still in acc_q.
  wire done = dw ? mac_jump_i : mac_last_i;
  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : gen_lane
      reg [31:0] acc_q;
      wire [31:0] product = {{14{mac_product_i[l*18+17]}}, mac_product_i[l*18+:18]};
      wire [31:0] sum;
      if (l == 0) begin : gen_rmw
        wire use_acc = !dw || (stored && again_q);
        wire use_bank = dw && stored && !again_q;
        wire [31:0] base = (use_acc ? acc_q : 32'd0) | (use_bank ? rmw_data : 32'd0);
        weft_pe_sum u_sum (.max_i(max_i[mac_slot_i]), .a_i(base), .b_i(product), .sum_o(sum));
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
  assign written_o = !write ? '0 : dw ? CountW'(1) : CountW'(Lanes);
  assign rmw_o = mac_valid_i && dw && stored;
endmodule
`default_nettype wire
