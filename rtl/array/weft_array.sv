// SPDX-License-Identifier: Apache-2.0
// Rows x Cols PEs, their identifiers for each pattern, the networks that connect them, and one
// gather buffer per output unit (column j, segment g: unit j * Segs + g).
// Ifmap bus: a beat goes to all active PEs of the pattern with its id; a token's first beat waits
// until every one of them is ready (formed here, once), later beats never wait. Filter bus: a beat
// goes to all enabled PEs with its set's id. Nothing is registered on the buses; a beat is stored
// in its cycle. Event sums are registered, parity 0 in the low half. Reset clears control state.
// Twin: model/array.h.
`default_nettype none
module weft_array #(
    parameter int Rows = 12,
    parameter int Cols = 14,
    parameter int Lanes = 1,
    parameter int Segs = 4,           // most segments of a column
    parameter int FilterDepth = 256,
    parameter int WinRows = 16,
    parameter int WinLanes = 8,
    parameter int ColSlots = 16,
    parameter int PsumRows = 64,
    parameter int PsumBanks = 4,
    parameter int StepSlots = 16,
    parameter int PostLanes = 8,
    parameter int OutRows = 4,
    parameter int PassSlots = 2,      // passes in flight; 1: both slots show the same fields
    parameter int MacGate = 1,        // hold the operands of a multiplier without work
    parameter int Patterns = 4        // 2 or 4
) (
    input  wire                                             clk_i,
    input  wire                                             rst_ni,
    // Pass table
    input  wire [1:0]                                       pass_valid_i,
    input  wire [1:0]                                       pass_phase_i,
    input  wire [1:0]                                       filter_ok_i,
    input  wire [2*weft_pkg::PassBits-1:0]                  pass_i,
    // Pattern tables
    input  wire                                             map_we_i,
    input  wire [1:0]                                       map_kind_i,   // 0: PE identifiers
    input  wire [1:0]                                       map_pattern_i,
    input  wire [8:0]                                       map_index_i,
    input  wire [31:0]                                      map_data_i,
    // Ifmap bus
    input  wire                                             act_valid_i,
    output wire                                             act_ready_o,
    input  wire [7:0]                                       act_id_i,
    input  wire                                             act_slot_i,
    input  wire                                             act_head_i,
    input  wire                                             act_last_i,
    input  wire                                             act_eos_i,
    input  wire [5:0]                                       act_x_i,
    input  wire [$clog2(WinLanes+1)-1:0]                    act_n_i,
    input  wire [WinLanes*9-1:0]                            act_val_i,
    input  wire [WinLanes*$clog2(FilterDepth)-1:0]          act_off_i,
    // Filter bus
    input  wire                                             flt_valid_i,
    input  wire [1:0]                                       flt_pattern_i,
    input  wire                                             flt_parity_i,
    input  wire [5:0]                                       flt_set_i,
    input  wire                                             flt_copy_i,
    input  wire [$clog2(FilterDepth)-1:0]                   flt_addr_i,
    input  wire [Rows*Lanes*9-1:0]                          flt_data_i,
    // Collector
    input  wire [((Cols*Segs > 1) ? $clog2(Cols*Segs) : 1)-1:0] unit_i,
    output wire                                             row_valid_o,
    output wire [PostLanes*32-1:0]                          row_data_o,
    input  wire                                             row_pop_i,
    // Events and class
    output wire [31:0]                                      ev_mac_o,
    output wire [31:0]                                      ev_gated_o,
    output wire [31:0]                                      ev_fw_o,
    output wire [31:0]                                      ev_ifw_o,
    output wire [31:0]                                      ev_psum_rd_o,
    output wire [31:0]                                      ev_psum_wr_o,
    output wire [31:0]                                      ev_chain_o,
    output wire [2:0]                                       class_o
);
  localparam int OffW = $clog2(FilterDepth);
  localparam int ChW = $clog2(PsumRows / PsumBanks);
  localparam int SumW = $clog2(2 * Rows * Lanes + 1);
  localparam int PassBits = weft_pkg::PassBits;
  // Identifiers: of one of Rows*Cols streams, of one of Cols*Segs filter sets
  localparam int ActIdW = (Rows * Cols > 2) ? $clog2(Rows * Cols) : 1;
  localparam int FidW = (Cols * Segs > 32) ? 6 : (Cols * Segs > 2) ? $clog2(Cols * Segs) : 1;

  // Fields of the two pass slots, shared by all PEs
  localparam int PatternW = $clog2(Patterns);
  wire [2*PatternW-1:0] pattern;
  wire [1:0] dw, max, copy, parity;
  wire [7:0] segs, taps, stride;
  wire [9:0] rpt;
  wire [19:0] step_last;
  wire [15:0] group_last;
  wire [13:0] word_last;
  wire [2*OffW-1:0] filter_stride, step_stride;
  wire [2*ChW-1:0] ch_mask;
  wire [2*Rows-1:0] top;        // rows where a segment begins
  wire [2*Segs*Rows-1:0] unit_top;  // of each slot and segment, one-hot
  wire unused_fields = &{1'b0, pass_i, act_x_i[5:4], act_id_i, flt_set_i, map_pattern_i,
                         flt_pattern_i};
  genvar s, r, c, g, k, e;
  generate
    for (s = 0; s < 2; s = s + 1) begin : gen_slot
      wire [PassBits-1:0] fields = pass_i[s*PassBits+:PassBits];
      assign pattern[s*PatternW+:PatternW] = fields[weft_pkg::PassPatternLsb+:PatternW];
      assign dw[s] = fields[weft_pkg::PassDwLsb];
      assign max[s] = fields[weft_pkg::PassMaxLsb];
      assign copy[s] = fields[weft_pkg::PassCopyLsb];
      assign parity[s] = fields[weft_pkg::PassParityLsb];
      assign segs[s*4+:4] = fields[weft_pkg::PassSegsLsb+:4];
      assign taps[s*4+:4] = fields[weft_pkg::PassTapsLsb+:4];
      assign stride[s*4+:4] = fields[weft_pkg::PassStrideLsb+:4];
      assign rpt[s*5+:5] = fields[weft_pkg::PassRptLsb+:5];
      assign step_last[s*10+:10] = fields[weft_pkg::PassStepsLsb+:10] - 1'b1;
      assign group_last[s*8+:8] = fields[weft_pkg::PassGroupsLsb+:8] - 1'b1;
      assign word_last[s*7+:7] = fields[weft_pkg::PassPLsb+:7] - 1'b1;
      assign filter_stride[s*OffW+:OffW] =
          OffW'(fields[weft_pkg::PassFilterStrideLsb+:weft_pkg::PassFilterStrideW]);
      assign step_stride[s*OffW+:OffW] =
          OffW'(fields[weft_pkg::PassStepStrideLsb+:weft_pkg::PassStepStrideW]);
      assign ch_mask[s*ChW+:ChW] = ChW'(fields[weft_pkg::PassTapStrideLsb+:weft_pkg::PassTapStrideW] - 1'b1);
      // Segment g of k begins in row g * (Rows / k).
      for (r = 0; r < Rows; r = r + 1) begin : gen_top
        wire [Segs-1:0] begins;
        for (g = 0; g < Segs; g = g + 1) begin : gen_seg
          wire [Segs:1] begins_of;
          for (k = 1; k <= Segs; k = k + 1) begin : gen_segs
            assign begins_of[k] = g < k && r == g * (Rows / k) && segs[s*4+:4] == 4'(k);
          end
          assign begins[g] = |begins_of;
          assign unit_top[(s*Segs+g)*Rows+r] = begins[g];
        end
        assign top[s*Rows+r] = |begins;
      end
    end
    if (Segs > Rows || Segs > 15) begin : gen_guard
      ERROR_Segs_must_be_at_most_Rows_and_15 u_error ();
    end
  endgenerate

  wire [Cols-1:0] ready, busy, full, mine;
  assign act_ready_o = !act_head_i || &ready;
  wire act_fire = act_valid_i && act_ready_o;
  wire [WinLanes*(9+OffW)-1:0] act_row;
  wire [Cols-1:0] row_valid;
  wire [Cols*SumW-1:0] hits, filters;
  wire [Cols*2*SumW-1:0] mac, gated, psum_rd, psum_wr, chain;
  generate
    for (e = 0; e < WinLanes; e = e + 1) begin : gen_entry
      assign act_row[e*(9+OffW)+:9+OffW] = {act_off_i[e*OffW+:OffW], act_val_i[e*9+:9]};
    end
    for (c = 0; c < Cols; c = c + 1) begin : gen_col
      wire [Rows-1:0] map_we, map_high;
      for (r = 0; r < Rows; r = r + 1) begin : gen_map
        localparam int Pe = r * Cols + c;
        assign map_we[r] = map_we_i && map_kind_i == 2'd0 && map_index_i == 9'(Pe / 2);
        assign map_high[r] = Pe % 2 == 1;
      end
      wire [Segs-1:0] unit_sel;
      for (g = 0; g < Segs; g = g + 1) begin : gen_sel
        assign unit_sel[g] = 32'(unit_i) == c * Segs + g;
      end
      wire [PostLanes*32-1:0] row_data;
      wire [PostLanes*32-1:0] any_row;  // of this column or one before
      if (c == 0) begin : gen_first
        assign any_row = row_data;
      end else begin : gen_next
        assign any_row = unit_sel == '0 ? gen_col[c-1].any_row : row_data;
      end
      weft_array_column #(
          .Rows(Rows),
          .Lanes(Lanes),
          .Segs(Segs),
          .FilterDepth(FilterDepth),
          .WinRows(WinRows),
          .WinLanes(WinLanes),
          .ColSlots(ColSlots),
          .PsumRows(PsumRows),
          .PsumBanks(PsumBanks),
          .StepSlots(StepSlots),
          .PostLanes(PostLanes),
          .OutRows(OutRows),
          .ActIdW(ActIdW),
          .FidW(FidW),
          .PassSlots(PassSlots),
          .MacGate(MacGate),
          .Patterns(Patterns),
          .SumW(SumW)
      ) u_column (
          .clk_i,
          .rst_ni,
          .pass_valid_i,
          .pass_phase_i,
          .filter_ok_i,
          .pattern_i(pattern),
          .top_i(top),
          .unit_top_i(unit_top),
          .step_last_i(step_last),
          .group_last_i(group_last),
          .word_last_i(word_last),
          .taps_i(taps),
          .stride_i(stride),
          .filter_stride_i(filter_stride),
          .step_stride_i(step_stride),
          .ch_mask_i(ch_mask),
          .dw_i(dw),
          .max_i(max),
          .copy_i(copy),
          .parity_i(parity),
          .map_we_i(map_we),
          .map_high_i(map_high),
          .map_pattern_i(map_pattern_i[PatternW-1:0]),
          .map_data_i,
          .act_pattern_i(act_slot_i ? pattern[PatternW+:PatternW] : pattern[0+:PatternW]),
          .act_id_i(act_id_i[ActIdW-1:0]),
          .act_ready_o(ready[c]),
          .act_fire_i(act_fire),
          .act_slot_i,
          .act_last_i,
          .act_eos_i,
          .act_x_i(act_x_i[3:0]),
          .act_rpt_i(act_slot_i ? rpt[9:5] : rpt[4:0]),
          .act_n_i,
          .act_row_i(act_row),
          .flt_valid_i,
          .flt_pattern_i(flt_pattern_i[PatternW-1:0]),
          .flt_set_i(flt_set_i[FidW-1:0]),
          .flt_copy_i,
          .flt_addr_i,
          .flt_data_i,
          .unit_sel_i(unit_sel),
          .row_valid_o(row_valid[c]),
          .row_data_o(row_data),
          .row_pop_i,
          .hits_o(hits[c*SumW+:SumW]),
          .filters_o(filters[c*SumW+:SumW]),
          .mac_o(mac[c*2*SumW+:2*SumW]),
          .gated_o(gated[c*2*SumW+:2*SumW]),
          .psum_rd_o(psum_rd[c*2*SumW+:2*SumW]),
          .psum_wr_o(psum_wr[c*2*SumW+:2*SumW]),
          .chain_o(chain[c*2*SumW+:2*SumW]),
          .busy_o(busy[c]),
          .full_o(full[c]),
          .mine_o(mine[c])
      );
    end
  endgenerate
  assign row_valid_o = |row_valid;
  assign row_data_o = gen_col[Cols-1].any_row;

  assign class_o = |busy ? weft_pkg::ClassBusy :
                   |full ? weft_pkg::ClassOutput :
                   |mine ? weft_pkg::ClassInput : weft_pkg::ClassIdle;

  reg [31:0] mac_d, gated_d, psum_rd_d, psum_wr_d, chain_d;
  reg [15:0] hits_d, filters_d;
  integer p;
  always_comb begin
    mac_d = '0;
    gated_d = '0;
    psum_rd_d = '0;
    psum_wr_d = '0;
    chain_d = '0;
    hits_d = '0;
    filters_d = '0;
    for (p = 0; p < Cols; p = p + 1) begin
      hits_d = hits_d + 16'(hits[p*SumW+:SumW]);
      filters_d = filters_d + 16'(filters[p*SumW+:SumW]);
    end
    // Halves never carry into each other: at most 2 * Rows * Cols * Lanes a cycle.
    for (p = 0; p < 2 * Cols; p = p + 1) begin
      mac_d[(p%2)*16+:16] = mac_d[(p%2)*16+:16] + 16'(mac[p*SumW+:SumW]);
      gated_d[(p%2)*16+:16] = gated_d[(p%2)*16+:16] + 16'(gated[p*SumW+:SumW]);
      psum_rd_d[(p%2)*16+:16] = psum_rd_d[(p%2)*16+:16] + 16'(psum_rd[p*SumW+:SumW]);
      psum_wr_d[(p%2)*16+:16] = psum_wr_d[(p%2)*16+:16] + 16'(psum_wr[p*SumW+:SumW]);
      chain_d[(p%2)*16+:16] = chain_d[(p%2)*16+:16] + 16'(chain[p*SumW+:SumW]);
    end
  end
  reg [31:0] mac_q, gated_q, psum_rd_q, psum_wr_q, chain_q;
  reg [15:0] filters_q, entries_q;
  reg filters_par_q, entries_par_q;
  always_ff @(posedge clk_i) begin
    mac_q <= mac_d;
    gated_q <= gated_d;
    psum_rd_q <= psum_rd_d;
    psum_wr_q <= psum_wr_d;
    chain_q <= chain_d;
    filters_q <= filters_d;
    filters_par_q <= flt_parity_i;
    entries_q <= act_fire ? hits_d * 16'(act_n_i) : 16'd0;
    entries_par_q <= parity[act_slot_i];
    if (!rst_ni) begin
      mac_q <= '0;
      gated_q <= '0;
      psum_rd_q <= '0;
      psum_wr_q <= '0;
      chain_q <= '0;
      filters_q <= '0;
      entries_q <= '0;
    end
  end
  assign ev_mac_o = mac_q;
  assign ev_gated_o = gated_q;
  assign ev_psum_rd_o = psum_rd_q;
  assign ev_psum_wr_o = psum_wr_q;
  assign ev_chain_o = chain_q;
  assign ev_fw_o = filters_par_q ? {filters_q, 16'd0} : {16'd0, filters_q};
  assign ev_ifw_o = entries_par_q ? {entries_q, 16'd0} : {16'd0, entries_q};
endmodule
`default_nettype wire
