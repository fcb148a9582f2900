// SPDX-License-Identifier: Apache-2.0
// One column of the array: its PEs with their identifiers for each pattern, the psum chain, and
// the gather buffers of its output units (one per segment). Words go up to the top PE of their
// segment and from there to the unit's buffer. A unit takes the words of one pass after the other:
// with different numbers of segments they come from different PEs. Ready ripples combinationally
// up the column, everything else comes from registers. Reset clears control state; the
// identifiers keep their contents. Part of weft_array; twin: model/array.h.
`default_nettype none
module weft_array_column #(
    parameter int Rows = 12,
    parameter int Lanes = 1,
    parameter int Segs = 4,
    parameter int FilterDepth = 256,
    parameter int WinRows = 16,
    parameter int WinLanes = 8,
    parameter int ColSlots = 16,
    parameter int PsumRows = 64,
    parameter int PsumBanks = 4,
    parameter int StepSlots = 16,
    parameter int PostLanes = 8,
    parameter int OutRows = 4,
    parameter int PassSlots = 2,       // passes in flight
    parameter int MacGate = 1,
    parameter int Patterns = 4,        // 2 or 4
    parameter int ActIdW = 8,          // bits of a stream's number, 1..8
    parameter int FidW = 6,            // bits of a filter set's number, 1..6
    parameter int SumW = 8,            // bits of an event sum
    localparam int PatternW = $clog2(Patterns)
) (
    input  wire                                     clk_i,
    input  wire                                     rst_ni,
    // Pass table: fields of the two slots, slot 0 in the low bits; see weft_pe
    input  wire [1:0]                               pass_valid_i,
    input  wire [1:0]                               pass_phase_i,
    input  wire [1:0]                               filter_ok_i,
    input  wire [2*PatternW-1:0]                    pattern_i,
    input  wire [2*Rows-1:0]                        top_i,       // rows where a segment begins
    input  wire [2*Segs*Rows-1:0]                   unit_top_i,  // of each unit: the row, one-hot
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
    // Identifiers
    input  wire [Rows-1:0]                          map_we_i /*verilator public_flat_rd*/,
    input  wire [Rows-1:0]                          map_high_i /*verilator public_flat_rd*/,  // entry is the high half of the word
    input  wire [PatternW-1:0]                      map_pattern_i,
    input  wire [31:0]                              map_data_i,
    // Ifmap bus
    input  wire [PatternW-1:0]                      act_pattern_i,
    input  wire [ActIdW-1:0]                        act_id_i,
    output wire                                     act_ready_o,  // all PEs addressed here are ready
    input  wire                                     act_fire_i,
    input  wire                                     act_slot_i,
    input  wire                                     act_last_i,
    input  wire                                     act_eos_i,
    input  wire [3:0]                               act_x_i,
    input  wire [4:0]                               act_rpt_i,
    input  wire [$clog2(WinLanes+1)-1:0]            act_n_i,
    input  wire [WinLanes*(9+$clog2(FilterDepth))-1:0] act_row_i,
    // Filter bus
    input  wire                                     flt_valid_i,
    input  wire [PatternW-1:0]                      flt_pattern_i,
    input  wire [FidW-1:0]                          flt_set_i,
    input  wire                                     flt_copy_i,
    input  wire [$clog2(FilterDepth)-1:0]           flt_addr_i,
    input  wire [Rows*Lanes*9-1:0]                  flt_data_i,
    // Row of sums of the unit that is selected, else zero
    input  wire [Segs-1:0]                          unit_sel_i /*verilator public_flat_rd*/,
    output wire                                     row_valid_o,
    output wire [PostLanes*32-1:0]                  row_data_o,
    input  wire                                     row_pop_i,
    // Sums over the PEs, parity 0 in the low half
    output wire [SumW-1:0]                          hits_o,       // PEs addressed by the beat
    output wire [SumW-1:0]                          filters_o,    // filter words written
    output wire [2*SumW-1:0]                        mac_o,
    output wire [2*SumW-1:0]                        gated_o,
    output wire [2*SumW-1:0]                        psum_rd_o,
    output wire [2*SumW-1:0]                        psum_wr_o,
    output wire [2*SumW-1:0]                        chain_o,
    output wire                                     busy_o,
    output wire                                     full_o,
    output wire                                     mine_o
);
  /*verilator no_inline_module*/
  localparam int LaneCntW = $clog2(Lanes + 1);
  // Element s*Rows + r: row r of pass slot s
  wire [2*Rows-1:0] enable, is_void;

  wire [Rows-1:0] hit, missing, flt_we;
  wire [Rows*LaneCntW-1:0] mac, gated, psum_wr;
  wire [Segs-1:0] row_valid;
  wire [Rows-1:0] valids, lasts, ends, slots;
  wire [Rows-1:0] psum_rmw, psum_rd, chain, par, ppar, dpar, busy, full, mine;
  assign act_ready_o = missing == '0;

  genvar r, g, t;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
      reg [Patterns-1:0] enable_q, void_q;
      reg [Patterns*ActIdW-1:0] id_q;
      reg [Patterns*FidW-1:0] fid_q;
      wire [15:0] map_entry = map_high_i[r] ? map_data_i[31:16] : map_data_i[15:0];
      for (t = 0; t < Patterns; t = t + 1) begin : gen_pattern
        always_ff @(posedge clk_i)
          if (map_we_i[r] && map_pattern_i == PatternW'(t)) begin
            id_q[t*ActIdW+:ActIdW] <= map_entry[weft_pkg::MapPeActIdLsb+:ActIdW];
            fid_q[t*FidW+:FidW] <= map_entry[weft_pkg::MapPeFidLsb+:FidW];
            void_q[t] <= map_entry[weft_pkg::MapPeVoidLsb];
            enable_q[t] <= map_entry[weft_pkg::MapPeEnabledLsb];
          end
      end
      assign enable[r] = enable_q[pattern_i[0+:PatternW]];
      assign enable[Rows+r] = enable_q[pattern_i[PatternW+:PatternW]];
      assign is_void[r] = void_q[pattern_i[0+:PatternW]];
      assign is_void[Rows+r] = void_q[pattern_i[PatternW+:PatternW]];
      wire ready;
      assign hit[r] = enable_q[act_pattern_i] && !void_q[act_pattern_i] &&
                      id_q[act_pattern_i*ActIdW+:ActIdW] == act_id_i;
      assign missing[r] = hit[r] && !ready;
      assign flt_we[r] = flt_valid_i && enable_q[flt_pattern_i] &&
                         fid_q[flt_pattern_i*FidW+:FidW] == flt_set_i;

      // Chain: the word below comes up unless it is its segment's sum.
      wire cout_valid, cout_last, cout_end, cout_slot, cin_ready, cin_valid, up_ready;
      wire [31:0] cout_data, cin_data;
      wire [1:0] bottom;
      assign valids[r] = cout_valid;
      assign lasts[r] = cout_last;
      assign ends[r] = cout_end;
      assign slots[r] = cout_slot;
      wire is_top = cout_slot ? top_i[Rows+r] : top_i[r];
      if (r == Rows - 1) begin : gen_last
        assign bottom = 2'b11;
        wire unused = cin_ready;
        assign cin_valid = 1'b0;
        assign cin_data = '0;
      end else begin : gen_below
        assign bottom = {top_i[Rows+r+1] || !enable[Rows+r+1], top_i[r+1] || !enable[r+1]};
        assign cin_valid = gen_row[r+1].cout_valid && !gen_row[r+1].is_top;
        assign cin_data =
            (PassSlots == 1 && Segs > 1 && !cin_valid) ? 32'd0 : gen_row[r+1].cout_data;
      end
      if (r == 0) begin : gen_first
        assign up_ready = 1'b0;
      end else begin : gen_above
        assign up_ready = gen_row[r-1].cin_ready;
      end
      // Units that this row can be the top of, by the segments of the word's pass
      wire [Segs-1:0] unit_takes;
      for (g = 0; g < Segs; g = g + 1) begin : gen_takes
        assign unit_takes[g] =
            gen_unit[g].in_ready && gen_unit[g].slot == cout_slot &&
            (cout_slot ? unit_top_i[(Segs+g)*Rows+r] : unit_top_i[g*Rows+r]);
      end

      weft_pe #(
          .Lanes(Lanes),
          .FilterDepth(FilterDepth),
          .WinRows(WinRows),
          .WinLanes(WinLanes),
          .ColSlots(ColSlots),
          .PsumRows(PsumRows),
          .PsumBanks(PsumBanks),
          .StepSlots(StepSlots),
          .PassSlots(PassSlots),
          .MacGate(MacGate)
      ) u_pe (
          .clk_i,
          .rst_ni,
          .pass_valid_i,
          .pass_phase_i,
          .filter_ok_i,
          .enable_i({enable[Rows+r], enable[r]}),
          .void_i({is_void[Rows+r], is_void[r]}),
          .bottom_i(bottom),
          .step_last_i,
          .group_last_i,
          .word_last_i,
          .taps_i,
          .stride_i,
          .filter_stride_i,
          .step_stride_i,
          .ch_mask_i,
          .dw_i,
          .max_i,
          .copy_i,
          .parity_i,
          .act_hit_i(hit[r]),
          .act_fire_i,
          .act_ready_o(ready),
          .act_slot_i,
          .act_last_i,
          .act_eos_i,
          .act_x_i,
          .act_rpt_i,
          .act_n_i,
          .act_row_i,
          .flt_we_i(flt_we[r]),
          .flt_copy_i,
          .flt_addr_i,
          .flt_data_i(flt_data_i[r*Lanes*9+:Lanes*9]),
          .cin_valid_i(cin_valid),
          .cin_ready_o(cin_ready),
          .cin_data_i(cin_data),
          .cout_valid_o(cout_valid),
          .cout_ready_i(is_top ? |unit_takes : up_ready),
          .cout_data_o(cout_data),
          .cout_last_o(cout_last),
          .cout_end_o(cout_end),
          .cout_slot_o(cout_slot),
          .ev_mac_o(mac[r*LaneCntW+:LaneCntW]),
          .ev_gated_o(gated[r*LaneCntW+:LaneCntW]),
          .ev_psum_wr_o(psum_wr[r*LaneCntW+:LaneCntW]),
          .ev_psum_rmw_o(psum_rmw[r]),
          .ev_psum_rd_o(psum_rd[r]),
          .ev_chain_o(chain[r]),
          .ev_par_o(par[r]),
          .ev_ppar_o(ppar[r]),
          .ev_dpar_o(dpar[r]),
          .busy_o(busy[r]),
          .full_o(full[r]),
          .mine_o(mine[r])
      );
    end

    for (g = 0; g < Segs; g = g + 1) begin : gen_unit
      reg [1:0] count_q;  // passes taken
      wire slot = count_q[0];
      wire [Rows-1:0] row =
          slot ? unit_top_i[(Segs+g)*Rows+:Rows] : unit_top_i[g*Rows+:Rows];
      wire [Rows-1:0] valid = valids & row & (slot ? slots : ~slots);
      wire in_valid = |valid;
      wire in_ready;
      wire pass_end = in_valid && in_ready && |(ends & row);
      wire skip = pass_valid_i[slot] && pass_phase_i[slot] == count_q[1] &&
                  (row & (slot ? enable[2*Rows-1:Rows] : enable[Rows-1:0])) == '0;
      always_ff @(posedge clk_i) begin
        if (skip || pass_end) count_q <= count_q + 1'b1;
        if (!rst_ni) count_q <= '0;
      end
      for (r = 0; r < Rows; r = r + 1) begin : gen_word
        wire [31:0] word = row[r] ? gen_row[r].cout_data : 32'd0;
        wire [31:0] any;  // or of the words down to this row
        if (r == 0) begin : gen_first
          assign any = word;
        end else begin : gen_next
          assign any = gen_word[r-1].any | word;
        end
      end
      wire [PostLanes*32-1:0] row_data;
      wire [PostLanes*32-1:0] selected;  // row of this unit or of one before
      if (g == 0) begin : gen_first
        assign selected = unit_sel_i[g] ? row_data : '0;
      end else begin : gen_next
        assign selected = unit_sel_i[g] ? row_data : gen_unit[g-1].selected;
      end
      weft_gather #(
          .PostLanes(PostLanes),
          .OutRows(OutRows),
          .LaneRams(Lanes > 1 ? 1 : 0)  // FPGAs' configurations have two lanes
      ) u_gather (
          .clk_i,
          .rst_ni,
          .in_valid_i(in_valid),
          .in_ready_o(in_ready),
          .in_data_i(gen_word[Rows-1].any),
          .in_last_i(|(lasts & row)),
          .row_valid_o(row_valid[g]),
          .row_data_o(row_data),
          .row_pop_i(row_pop_i && unit_sel_i[g])
      );
    end
  endgenerate

  assign row_valid_o = |(row_valid & unit_sel_i);
  assign row_data_o = gen_unit[Segs-1].selected;

  // Sums. Total and parity-1 part; the parity-0 part is the difference.
  reg [SumW-1:0] hits, filters, mac_all, mac_odd, gated_all, gated_odd, rd_all, rd_odd;
  reg [SumW-1:0] wr_all, wr_odd, chain_all, chain_odd;
  integer p;
  always_comb begin
    hits = '0;
    filters = '0;
    mac_all = '0;
    mac_odd = '0;
    gated_all = '0;
    gated_odd = '0;
    rd_all = '0;
    rd_odd = '0;
    wr_all = '0;
    wr_odd = '0;
    chain_all = '0;
    chain_odd = '0;
    for (p = 0; p < Rows; p = p + 1) begin
      hits = hits + SumW'(hit[p]);
      filters = filters + SumW'(flt_we[p]);
      mac_all = mac_all + SumW'(mac[p*LaneCntW+:LaneCntW]);
      mac_odd = mac_odd + (par[p] ? SumW'(mac[p*LaneCntW+:LaneCntW]) : '0);
      gated_all = gated_all + SumW'(gated[p*LaneCntW+:LaneCntW]);
      gated_odd = gated_odd + (par[p] ? SumW'(gated[p*LaneCntW+:LaneCntW]) : '0);
      rd_all = rd_all + SumW'(psum_rmw[p]) + SumW'(psum_rd[p]);
      rd_odd = rd_odd + SumW'(psum_rmw[p] && ppar[p]) + SumW'(psum_rd[p] && dpar[p]);
      wr_all = wr_all + SumW'(psum_wr[p*LaneCntW+:LaneCntW]);
      wr_odd = wr_odd + (ppar[p] ? SumW'(psum_wr[p*LaneCntW+:LaneCntW]) : '0);
      chain_all = chain_all + SumW'(chain[p]);
      chain_odd = chain_odd + SumW'(chain[p] && dpar[p]);
    end
  end
  assign hits_o = hits;
  assign filters_o = filters;
  assign mac_o = {mac_odd, mac_all - mac_odd};
  assign gated_o = {gated_odd, gated_all - gated_odd};
  assign psum_rd_o = {rd_odd, rd_all - rd_odd};
  assign psum_wr_o = {wr_odd, wr_all - wr_odd};
  assign chain_o = {chain_odd, chain_all - chain_odd};
  assign busy_o = |busy;
  assign full_o = |full;
  assign mine_o = |mine;
endmodule
`default_nettype wire
