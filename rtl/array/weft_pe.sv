// SPDX-License-Identifier: Apache-2.0
// Processing element: step control, with window spad, multipliers, psum spad and psum chain as
// parts. A step takes 1 + groups * nonzeros cycles (1 + nonzeros in dw mode), 1 if there are no
// nonzeros; a psum word whose last entry issues in cycle t can enter the chain in t+6. Pass fields
// come per pass slot, slot 0 in the low bits; *_last are counts less one. Handshakes: act_ready_o
// and cout_valid_o come from registers, ready ripples along the chain (cin_ready_o from
// cout_ready_i). Reset clears control state, not the spads, whose stale contents are never used.
// Twin: model/pe.h.
`default_nettype none
module weft_pe #(
    parameter int Lanes = 1,          // multipliers, 1 or 2
    parameter int FilterDepth = 256,  // words of one filter copy, power of two
    parameter int WinRows = 16,       // window rows, power of two
    parameter int WinLanes = 8,       // entries of a window row and of a bus beat
    parameter int ColSlots = 16,      // ifmap columns held, power of two
    parameter int PsumRows = 64,      // psum rows of Lanes words, power of two
    parameter int PsumBanks = 4,      // psum banks, power of two
    parameter int StepSlots = 16,     // steps in flight
    parameter int PassSlots = 2,      // passes in flight; 1: both slots show the same fields
    parameter int MacGate = 1         // hold the operands of a multiplier without work
) (
    input  wire                                     clk_i,
    input  wire                                     rst_ni,
    // Pass table
    input  wire [1:0]                               pass_valid_i,
    input  wire [1:0]                               pass_phase_i,
    input  wire [1:0]                               filter_ok_i,
    input  wire [1:0]                               enable_i /*verilator public_flat_rd*/,
    input  wire [1:0]                               void_i /*verilator public_flat_rd*/,
    input  wire [1:0]                               bottom_i /*verilator public_flat_rd*/,
    input  wire [19:0]                              step_last_i,
    input  wire [15:0]                              group_last_i,
    input  wire [13:0]                              word_last_i,
    input  wire [7:0]                               taps_i,
    input  wire [7:0]                               stride_i,
    input  wire [2*$clog2(FilterDepth)-1:0]         filter_stride_i,
    input  wire [2*$clog2(FilterDepth)-1:0]         step_stride_i,
    input  wire [2*$clog2(PsumRows/PsumBanks)-1:0]  ch_mask_i,
    input  wire [1:0]                               dw_i,
    input  wire [1:0]                               max_i,
    input  wire [1:0]                               copy_i,
    input  wire [1:0]                               parity_i,
    // Ifmap bus
    input  wire                                     act_hit_i /*verilator public_flat_rd*/,
    input  wire                                     act_fire_i,
    output wire                                     act_ready_o,
    input  wire                                     act_slot_i,
    input  wire                                     act_last_i,
    input  wire                                     act_eos_i,
    input  wire [3:0]                               act_x_i,
    input  wire [4:0]                               act_rpt_i,
    input  wire [$clog2(WinLanes+1)-1:0]            act_n_i,
    input  wire [WinLanes*(9+$clog2(FilterDepth))-1:0] act_row_i,  // {offset, value} each
    // Filter bus
    input  wire                                     flt_we_i /*verilator public_flat_rd*/,
    input  wire                                     flt_copy_i,
    input  wire [$clog2(FilterDepth)-1:0]           flt_addr_i,
    input  wire [Lanes*9-1:0]                       flt_data_i /*verilator public_flat_rd*/,
    // Psum chain
    input  wire                                     cin_valid_i /*verilator public_flat_rd*/,
    output wire                                     cin_ready_o,
    input  wire [31:0]                              cin_data_i /*verilator public_flat_rd*/,
    output wire                                     cout_valid_o,
    input  wire                                     cout_ready_i /*verilator public_flat_rd*/,
    output wire [31:0]                              cout_data_o,
    output wire                                     cout_last_o,
    output wire                                     cout_end_o,
    output wire                                     cout_slot_o,
    // Events, counted in the cycle in which they are high
    output wire [$clog2(Lanes+1)-1:0]               ev_mac_o,       // parity ev_par_o
    output wire [$clog2(Lanes+1)-1:0]               ev_gated_o,     // parity ev_par_o
    output wire [$clog2(Lanes+1)-1:0]               ev_psum_wr_o,   // parity ev_ppar_o: Lanes words a row, dw 1
    output wire                                     ev_psum_rmw_o,  // parity ev_ppar_o: dw, added to a word of the step
    output wire                                     ev_psum_rd_o,   // parity ev_dpar_o: stored word leaves
    output wire                                     ev_chain_o,     // parity ev_dpar_o: link register loads
    output wire                                     ev_par_o,
    output wire                                     ev_ppar_o,
    output wire                                     ev_dpar_o,
    // State at the start of the cycle
    output wire                                     busy_o,         // setup or issue
    output wire                                     full_o,         // no room for the step's sums
    output wire                                     mine_o          // the pass of the next step is valid
);
  /*verilator no_inline_module*/
  localparam int OffW = $clog2(FilterDepth);
  localparam int RowW = $clog2(WinRows);
  localparam int CntW = $clog2(WinLanes + 1);
  localparam int EntW = (WinLanes > 1) ? $clog2(WinLanes) : 1;
  localparam int ChW = $clog2(PsumRows / PsumBanks);
  generate
    if ((1 << OffW) != FilterDepth || (1 << RowW) != WinRows) begin : gen_guard_rows
      ERROR_FilterDepth_and_WinRows_must_be_powers_of_two u_error ();
    end
    if ((1 << $clog2(ColSlots)) != ColSlots) begin : gen_guard_cols
      ERROR_ColSlots_must_be_a_power_of_two u_error ();
    end
  endgenerate

  // Step control
  reg [1:0] count_q;              // passes begun
  reg [9:0] step_q;
  reg issuing_q;
  reg [7:0] group_q;
  reg [RowW:0] row_q, hi_q;
  reg [EntW-1:0] ent_q;
  reg [OffW-1:0] base_q, adj_q;   // - step * step_stride, and that + group * filter_stride

  wire slot = count_q[0];
  wire mine = pass_valid_i[slot] && pass_phase_i[slot] == count_q[1];
  wire active = enable_i[slot] && !void_i[slot];
  wire skip = mine && !active;
  wire have, room;
  wire [RowW:0] lo, hi;
  wire [CntW-1:0] row_n;
  wire setup = mine && active && !issuing_q && filter_ok_i[slot] && have && room;
  wire empty = lo == hi;

  wire dw = dw_i[slot];
  wire [OffW-1:0] filter_stride =
      slot ? filter_stride_i[2*OffW-1:OffW] : filter_stride_i[OffW-1:0];
  wire [OffW-1:0] step_stride = slot ? step_stride_i[2*OffW-1:OffW] : step_stride_i[OffW-1:0];
  wire step_last = step_q == (slot ? step_last_i[19:10] : step_last_i[9:0]);
  wire group_last = dw || group_q == (slot ? group_last_i[15:8] : group_last_i[7:0]);
  wire row_end = CntW'(ent_q) + 1'b1 == row_n;
  wire window_end = row_end && row_q + 1'b1 == hi_q;
  wire finish = issuing_q ? window_end && group_last : setup && empty;

  always_ff @(posedge clk_i) begin
    if (issuing_q) begin
      ent_q <= row_end ? '0 : ent_q + 1'b1;
      if (row_end) row_q <= window_end ? lo : row_q + 1'b1;
      if (window_end) begin
        group_q <= group_q + 1'b1;
        adj_q <= adj_q + filter_stride;
        if (group_last) issuing_q <= 1'b0;
      end
    end else if (setup) begin
      issuing_q <= !empty;
      row_q <= lo;
      hi_q <= hi;
      ent_q <= '0;
      group_q <= '0;
      adj_q <= base_q;
    end
    if (finish) begin
      step_q <= step_last ? '0 : step_q + 1'b1;
      base_q <= step_last ? '0 : base_q - step_stride;
    end
    if (skip || (finish && step_last)) count_q <= count_q + 1'b1;
    if (!rst_ni) begin
      count_q <= '0;
      step_q <= '0;
      issuing_q <= 1'b0;
      base_q <= '0;
    end
  end
  assign busy_o = issuing_q || setup;
  assign full_o = mine && active && !issuing_q && !room;
  assign mine_o = mine;

  wire [WinLanes*(9+OffW)-1:0] row_data;
  weft_pe_window #(
      .FilterDepth(FilterDepth),
      .WinRows(WinRows),
      .WinLanes(WinLanes),
      .ColSlots(ColSlots),
      .PassSlots(PassSlots)
  ) u_window (
      .clk_i,
      .rst_ni,
      .act_take_i(act_hit_i && act_fire_i),
      .act_ready_o,
      .act_slot_i,
      .act_last_i,
      .act_eos_i,
      .act_x_i,
      .act_rpt_i,
      .act_n_i,
      .act_row_i,
      .slot_i(slot),
      .taps_i(slot ? taps_i[7:4] : taps_i[3:0]),
      .stride_i(slot ? stride_i[7:4] : stride_i[3:0]),
      .last_step_i(step_last),
      .issuing_i(issuing_q),
      .finish_i(finish),
      .have_o(have),
      .lo_o(lo),
      .hi_o(hi),
      .row_re_i(issuing_q && ent_q == '0),
      .row_i(row_q[RowW-1:0]),
      .row_n_o(row_n),
      .row_data_o(row_data)
  );

  wire pre_valid, pre_slot, mac_valid, mac_last, mac_jump, mac_slot;
  wire [ChW-1:0] pre_ch, mac_ch;
  wire [Lanes*18-1:0] mac_product;
  weft_pe_mac #(
      .Lanes(Lanes),
      .FilterDepth(FilterDepth),
      .WinLanes(WinLanes),
      .ChW(ChW),
      .Gate(MacGate)
  ) u_mac (
      .clk_i,
      .rst_ni,
      .flt_we_i,
      .flt_copy_i,
      .flt_addr_i,
      .flt_data_i,
      .dw_i,
      .copy_i,
      .ch_mask_i,
      .issue_i(issuing_q),
      .last_i(window_end),
      .jump_i(finish && (dw || !issuing_q)),
      .slot_i(slot),
      .ent_i(ent_q),
      .adj_i(adj_q),
      .row_data_i(row_data),
      .pre_valid_o(pre_valid),
      .pre_slot_o(pre_slot),
      .pre_ch_o(pre_ch),
      .mac_o(ev_mac_o),
      .gated_o(ev_gated_o),
      .valid_o(mac_valid),
      .last_o(mac_last),
      .jump_o(mac_jump),
      .slot_o(mac_slot),
      .ch_o(mac_ch),
      .product_o(mac_product)
  );

  wire head_valid, head_stored, next_void, next_slot, row_done, step_done, done_slot, link_slot;
  wire [Lanes*32-1:0] head_data;
  wire [ChW-1:0] next_word;
  generate
    if (PassSlots == 1 && PsumBanks == 1) begin : gen_psum_one
      weft_pe_psum_one #(
          .Lanes(Lanes),
          .PsumRows(PsumRows),
          .StepSlots(StepSlots),
          .ChW(ChW)
      ) u_psum (
          .clk_i,
          .rst_ni,
          .group_last_i(group_last_i[7:0]),
          .dw_i(dw_i[0]),
          .max_i(max_i[0]),
          .setup_i(setup),
          .setup_empty_i(empty),
          .room_o(room),
          .pre_valid_i(pre_valid),
          .pre_ch_i(pre_ch),
          .mac_valid_i(mac_valid),
          .mac_last_i(mac_last),
          .mac_jump_i(mac_jump),
          .mac_ch_i(mac_ch),
          .mac_product_i(mac_product),
          .written_o(ev_psum_wr_o),
          .rmw_o(ev_psum_rmw_o),
          .next_void_i(next_void),
          .next_word_i(next_word),
          .row_done_i(row_done),
          .step_done_i(step_done),
          .head_valid_o(head_valid),
          .head_stored_o(head_stored),
          .head_data_o(head_data)
      );
      wire unused = &{1'b0, next_slot, done_slot};
    end else begin : gen_psum
      weft_pe_psum #(
          .Lanes(Lanes),
          .PsumRows(PsumRows),
          .PsumBanks(PsumBanks),
          .StepSlots(StepSlots),
          .ChW(ChW)
      ) u_psum (
          .clk_i,
          .rst_ni,
          .group_last_i,
          .dw_i,
          .max_i,
          .slot_i(slot),
          .setup_i(setup),
          .setup_empty_i(empty),
          .room_o(room),
          .pre_valid_i(pre_valid),
          .pre_slot_i(pre_slot),
          .pre_ch_i(pre_ch),
          .mac_valid_i(mac_valid),
          .mac_last_i(mac_last),
          .mac_jump_i(mac_jump),
          .mac_slot_i(mac_slot),
          .mac_ch_i(mac_ch),
          .mac_product_i(mac_product),
          .written_o(ev_psum_wr_o),
          .rmw_o(ev_psum_rmw_o),
          .next_void_i(next_void),
          .next_slot_i(next_slot),
          .next_word_i(next_word),
          .row_done_i(row_done),
          .step_done_i(step_done),
          .done_slot_i(done_slot),
          .head_valid_o(head_valid),
          .head_stored_o(head_stored),
          .head_data_o(head_data)
      );
    end
  endgenerate
  weft_pe_link #(
      .Lanes(Lanes),
      .ChW(ChW),
      .PassSlots(PassSlots)
  ) u_link (
      .clk_i,
      .rst_ni,
      .pass_valid_i,
      .pass_phase_i,
      .filter_ok_i,
      .enable_i,
      .void_i,
      .bottom_i,
      .step_last_i,
      .word_last_i,
      .dw_i,
      .max_i,
      .head_valid_i(head_valid),
      .head_stored_i(head_stored),
      .head_data_i(head_data),
      .next_void_o(next_void),
      .next_slot_o(next_slot),
      .next_word_o(next_word),
      .row_done_o(row_done),
      .step_done_o(step_done),
      .done_slot_o(done_slot),
      .cin_valid_i,
      .cin_ready_o,
      .cin_data_i,
      .cout_valid_o,
      .cout_ready_i,
      .cout_data_o,
      .cout_last_o,
      .cout_end_o,
      .cout_slot_o,
      .load_o(ev_chain_o),
      .read_o(ev_psum_rd_o),
      .slot_o(link_slot)
  );
  assign ev_par_o = parity_i[pre_slot];
  assign ev_ppar_o = parity_i[mac_slot];
  assign ev_dpar_o = parity_i[link_slot];
endmodule
`default_nettype wire
