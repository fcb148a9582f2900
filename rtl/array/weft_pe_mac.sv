// SPDX-License-Identifier: Apache-2.0
// Filter spad and multipliers of a PE. An entry issued in cycle t (its window row is read in t) is
// selected and its weights are read in t+1, operands are registered in t+2, the product in t+3;
// product_o is valid in t+4 with the marks of its entry. A weight of zero holds the operands of
// its multiplier and counts as gated (Gate=0: it is multiplied, so that a DSP block can take all
// registers of the multiplier). No handshake: nothing stalls. Reset clears the valid bits.
// Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_mac #(
    parameter int Lanes = 1,          // multipliers
    parameter int FilterDepth = 256,  // words of one copy, power of two
    parameter int WinLanes = 8,       // entries a window row
    parameter int ChW = 4,            // bits of a psum index in dw mode
    parameter int Gate = 1            // hold the operands of a multiplier without work
) (
    input  wire                                         clk_i,
    input  wire                                         rst_ni,
    // Filter bus
    input  wire                                         flt_we_i,
    input  wire                                         flt_copy_i,
    input  wire [$clog2(FilterDepth)-1:0]               flt_addr_i,
    input  wire [Lanes*9-1:0]                           flt_data_i,
    // Fields of the two pass slots
    input  wire [1:0]                                   dw_i,
    input  wire [1:0]                                   copy_i,
    input  wire [2*ChW-1:0]                             ch_mask_i,
    // Issue, cycle t
    input  wire                                         issue_i,
    input  wire                                         last_i,    // last entry of a psum word (conv)
    input  wire                                         jump_i,    // all words of the step are complete
    input  wire                                         slot_i,
    input  wire [((WinLanes > 1) ? $clog2(WinLanes) : 1)-1:0] ent_i,
    input  wire [$clog2(FilterDepth)-1:0]               adj_i,     // added to the offset
    input  wire [WinLanes*(9+$clog2(FilterDepth))-1:0]  row_data_i,  // cycle t+1
    // Cycle t+3
    output wire                                         pre_valid_o,
    output wire                                         pre_slot_o,
    output wire [ChW-1:0]                               pre_ch_o,
    output wire [$clog2(Lanes+1)-1:0]                   mac_o,
    output wire [$clog2(Lanes+1)-1:0]                   gated_o,
    // Cycle t+4
    output wire                                         valid_o,
    output wire                                         last_o,
    output wire                                         jump_o,
    output wire                                         slot_o,
    output wire [ChW-1:0]                               ch_o,
    output wire [Lanes*18-1:0]                          product_o
);
  localparam int OffW = $clog2(FilterDepth);
  localparam int EntryW = 9 + OffW;
  localparam int EntW = (WinLanes > 1) ? $clog2(WinLanes) : 1;

  // Element k-1 belongs to stage k, cycle t+k.
  reg [3:0] valid_q, last_q, jump_q, slot_q;
  always_ff @(posedge clk_i) begin
    valid_q <= {valid_q[2:0], issue_i};
    last_q <= {last_q[2:0], last_i};
    jump_q <= {jump_q[2:0], jump_i};
    slot_q <= {slot_q[2:0], slot_i};
    if (!rst_ni) begin
      valid_q <= '0;
      last_q <= '0;
      jump_q <= '0;
    end
  end

  // t+1
  reg [EntW-1:0] ent1_q;
  reg [OffW-1:0] adj1_q;
  wire [EntryW-1:0] entry1;
  generate
    if (WinLanes == 1) begin : gen_one
      assign entry1 = row_data_i;
      wire unused = ent1_q[0];
    end else begin : gen_select
      assign entry1 = row_data_i[ent1_q*EntryW+:EntryW];
    end
  endgenerate
  wire [OffW-1:0] off1 = entry1[9+:OffW];
  wire [Lanes*9-1:0] weight2;
  weft_ram_1r1w #(
      .Width(Lanes * 9),
      .Depth(2 * FilterDepth)
  ) u_filter (
      .clk_i,
      .we_i(flt_we_i),
      .waddr_i({flt_copy_i, flt_addr_i}),
      .wdata_i(flt_data_i),
      .re_i(valid_q[0]),
      .raddr_i({copy_i[slot_q[0]], off1 + adj1_q}),
      .rdata_o(weight2)
  );

  // t+2, t+3
  reg [8:0] val2_q;
  reg [ChW-1:0] ch2_q, ch3_q, ch4_q;
  wire dw2 = dw_i[slot_q[1]];
  always_ff @(posedge clk_i) begin
    ent1_q <= ent_i;
    adj1_q <= adj_i;
    val2_q <= entry1[8:0];
    ch2_q <= ChW'(off1) & (slot_q[0] ? ch_mask_i[2*ChW-1:ChW] : ch_mask_i[ChW-1:0]);
    ch3_q <= ch2_q;
    ch4_q <= ch3_q;
  end

  wire [Lanes-1:0] mac, gated;
  genvar l;
  generate
    for (l = 0; l < Lanes; l = l + 1) begin : gen_lane
      reg signed [8:0] a3_q, w3_q;
      reg signed [17:0] product4_q;
      reg mac3_q, gated3_q;
      wire take2 = valid_q[1] && (l == 0 || !dw2);
      wire zero2 = weight2[l*9+:9] == 9'd0;
      always_ff @(posedge clk_i) begin
        mac3_q <= take2 && !zero2;
        gated3_q <= take2 && zero2;
        if (Gate == 0 || (take2 && !zero2)) begin
          a3_q <= val2_q;
          w3_q <= weight2[l*9+:9];
        end
        if (Gate == 0 || mac3_q) product4_q <= a3_q * w3_q;
        else product4_q <= '0;
        if (!rst_ni) begin
          mac3_q <= 1'b0;
          gated3_q <= 1'b0;
        end
      end
      assign mac[l] = mac3_q;
      assign gated[l] = gated3_q;
      assign product_o[l*18+:18] = product4_q;
    end
    if (Lanes == 1) begin : gen_count_one
      assign mac_o = mac;
      assign gated_o = gated;
    end else begin : gen_count_two
      assign mac_o = {1'b0, mac[0]} + {1'b0, mac[1]};
      assign gated_o = {1'b0, gated[0]} + {1'b0, gated[1]};
    end
    if (Lanes > 2) begin : gen_guard
      ERROR_Lanes_must_be_1_or_2 u_error ();
    end
  endgenerate

  assign pre_valid_o = valid_q[2];
  assign pre_slot_o = slot_q[2];
  assign pre_ch_o = ch3_q;
  assign valid_o = valid_q[3];
  assign last_o = last_q[3];
  assign jump_o = jump_q[3];
  assign slot_o = slot_q[3];
  assign ch_o = ch4_q;
endmodule
`default_nettype wire
