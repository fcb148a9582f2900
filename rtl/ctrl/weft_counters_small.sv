// SPDX-License-Identifier: Apache-2.0
// The counters of weft_pkg::EventSmall and the length of the layer, in little logic: a short counter
// a word in front of a RAM of two banks, added to it in turn, one word in 8 cycles (a word of the
// record goes first). A short counter keeps its events' parity, so events of one kind change it only
// when none has come for 32 cycles (one pass and one move are in flight). The record's events
// are read 10 cycles after layer_end_i or later. The window's words have
// a short counter a bank; that of the window closed is added when it is read for the record.
// Interface as weft_counters. Twin: model::Counters in model/counters.h.
`default_nettype none
module weft_counters_small #(
    parameter int CounterBits = 32,  // bits of a counter, 16 to 64
    parameter int Pes = 2,           // Rows * Cols
    parameter int PeEvents = 2,      // most multiplications of a PE in a cycle
    parameter int MemBytes = 4       // bytes read (all or none) or written (up to) a cycle
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         run_i,
    input  wire [63:0]  cycle_i,
    input  wire [(weft_pkg::EvChain+1)*32-1:0] array_i,  // parity 0 low half
    input  wire [(weft_pkg::EventCount-weft_pkg::EvChain-1)*8-1:0] bus_i,
    input  wire [weft_pkg::EventCount-weft_pkg::EvChain-2:0] bus_parity_i,
    input  wire         fetch_word_i,
    input  wire         layer_end_i,
    input  wire [31:0]  rec_layer_i,
    input  wire         rec_parity_i,
    input  wire         rec_done_i,
    input  wire [7:0]   rec_index_i,
    output wire [63:0]  rec_data_o
);
  localparam int C = CounterBits;
  localparam int FirstBus = weft_pkg::EvChain + 1;
  localparam int Visit = 16;                   // most cycles between two turns of a word
  localparam int MacW = $clog2(Visit * Pes * PeEvents + 1);
  localparam int ByteW = $clog2(Visit * MemBytes + 1);
  localparam int BeatW = $clog2(Visit + 1);
  localparam int AddW = MacW > ByteW ? MacW : ByteW;
  localparam int SumW = (C > AddW ? C : AddW) + 1;
  // Words: mac, gated, bytes read by FL and IL, stored; of the window: fetched, its length.
  localparam int Own = 5, Words = 7;
  localparam logic [2:0] Fetched = 3'd5;
  generate
    if (C < 16 || C > 64 || weft_pkg::EventSmall != (1 << weft_pkg::EvMac |
        1 << weft_pkg::EvMacGated | 1 << weft_pkg::EvDramRdCmd | 1 << weft_pkg::EvDramRdFl |
        1 << weft_pkg::EvDramRdIl | 1 << weft_pkg::EvDramWrSt)) begin : gen_guard
      ERROR_CounterBits_or_EventSmall_out_of_range u_error ();
    end
  endgenerate

  // ---- whose turn it is: the record's word, else round robin ----
  reg window_q;                                // bank of the time window
  reg [7:0] seen_q;
  reg [2:0] turn_q;
  reg [2:0] rec_at;
  reg kept;                                    // the record's word is in the RAM
  always_comb begin
    kept = 1'b1;
    case (rec_index_i)
      8'(weft_pkg::RecordEvents + weft_pkg::EvMac): rec_at = 3'd0;
      8'(weft_pkg::RecordEvents + weft_pkg::EvMacGated): rec_at = 3'd1;
      8'(weft_pkg::RecordEvents + weft_pkg::EvDramRdFl): rec_at = 3'd2;
      8'(weft_pkg::RecordEvents + weft_pkg::EvDramRdIl): rec_at = 3'd3;
      8'(weft_pkg::RecordEvents + weft_pkg::EvDramWrSt): rec_at = 3'd4;
      8'(weft_pkg::RecordEvents + weft_pkg::EvDramRdCmd): rec_at = 3'd5;
      8'(weft_pkg::RecordEnd): rec_at = 3'd6;
      default: begin
        rec_at = 3'd7;
        kept = 1'b0;
      end
    endcase
  end
  wire rec = rec_index_i != seen_q && kept;
  wire [2:0] at = rec ? rec_at : turn_q;

  // ---- short counters ----
  reg [Own-1:0] parity_q;
  reg [Words*2-1:0] clear;                     // of the window's words: {bank 1, bank 0}
  wire [Words*AddW-1:0] pending;
  wire [Words-1:0] bank_of;
  genvar k, b;
  generate
    for (k = 0; k < Own; k = k + 1) begin : gen_own
      localparam int W = k < 2 ? MacW : k < 4 ? BeatW : ByteW;
      localparam int Bus = weft_pkg::EvDramRdFl + k - 2 - FirstBus;
      wire [W-1:0] more;
      wire parity;
      if (k < 2) begin : gen_mac
        localparam int Event = k == 0 ? weft_pkg::EvMac : weft_pkg::EvMacGated;
        assign more = array_i[Event*32+:W] | array_i[Event*32+16+:W];
        assign parity = array_i[Event*32+16+:W] != '0;
      end else begin : gen_bus
        assign more = k < 4 ? W'(bus_i[Bus*8+$clog2(MemBytes)]) : bus_i[Bus*8+:W];
        assign parity = bus_parity_i[Bus];
      end
      reg [W-1:0] count_q;
      wire [W-1:0] count = count_q + more;
      always_ff @(posedge clk_i) begin
        if (!rst_ni || clear[k]) count_q <= '0;
        else count_q <= count;
        if (more != '0) parity_q[k] <= parity;
      end
      assign bank_of[k] = more != '0 ? parity : parity_q[k];
      assign pending[k*AddW+:AddW] =
          k < 2 || k == 4 ? AddW'(count) : AddW'(count) << $clog2(MemBytes);
    end
    for (k = Own; k < Words; k = k + 1) begin : gen_window
      wire [2*BeatW-1:0] counts;
      for (b = 0; b < 2; b = b + 1) begin : gen_bank
        reg [BeatW-1:0] count_q;
        wire [BeatW-1:0] count =
            count_q + BeatW'(window_q == 1'(b) && (k == 32'(Fetched) ? fetch_word_i : run_i));
        always_ff @(posedge clk_i)
          if (!rst_ni || clear[k+b*Words]) count_q <= '0;
          else count_q <= count;
        assign counts[b*BeatW+:BeatW] = count;
      end
      assign bank_of[k] = rec ^ window_q;
      wire [BeatW-1:0] count = bank_of[k] ? counts[BeatW+:BeatW] : counts[0+:BeatW];
      assign pending[k*AddW+:AddW] = k == 32'(Fetched) ? AddW'(count) << 2 : AddW'(count);
    end
  endgenerate
  wire own = at < Fetched;
  wire bank = own && rec ? rec_parity_i : bank_of[at < 3'd7 ? at : 3'd0];
  wire other = own && bank_of[at] != bank;     // the record's word has nothing in the short counter
  integer i;
  always_comb begin
    clear = '0;
    for (i = 0; i < Words; i = i + 1) begin
      clear[i] = at == 3'(i) && (i < Own ? !other : !bank);
      clear[Words+i] = at == 3'(i) && i >= Own && bank;
    end
  end

  // ---- add to the RAM's word: nothing to add is not written, or it might undo the clearing of a
  // word that was read for the record in the cycle before ----
  reg [AddW-1:0] add_q;
  reg rec_q, bank_q;
  reg [2:0] at_q;
  wire [C-1:0] old;
  wire [SumW-1:0] sum = SumW'(old) + SumW'(add_q);
  wire [C-1:0] total = |sum[SumW-1:C] ? {C{1'b1}} : sum[C-1:0];
  weft_ram_1r1w #(.Width(C), .Depth(16)) u_ram (
      .clk_i, .we_i(rec_q || add_q != '0 || !rst_ni), .waddr_i(rst_ni ? {bank_q, at_q} : cycle_i[3:0]),
      .wdata_i((rec_q || !rst_ni) ? '0 : total), .re_i(1'b1), .raddr_i({bank, at}),
      .rdata_o(old));
  always_ff @(posedge clk_i) begin
    window_q <= rst_ni && (window_q ^ layer_end_i);
    seen_q <= (!rst_ni || layer_end_i) ? '1 : rec_index_i;
    turn_q <= !rst_ni ? '0 : turn_q + 3'(!rec);
    rec_q <= rec && rst_ni;
    bank_q <= bank;
    at_q <= at;
    add_q <= (!rst_ni || at == 3'd7 || other) ? '0 : pending[at*AddW+:AddW];
  end

  // ---- the record ----
  localparam int HoldW = C > 32 ? C : 32;
  reg [HoldW-1:0] hold_q;
  reg saturated_q;
  reg end_q;                                   // the layer has ended in the cycle before
  wire held = kept || rec_index_i == 8'(weft_pkg::RecordLayer);
  wire [31:0] head = rec_index_i == 8'(weft_pkg::RecordFlags) ?
                     (32'd1 << weft_pkg::RecordFlagSmall) |
                     (32'(saturated_q) << weft_pkg::RecordFlagSaturated) : 32'd0;
  assign rec_data_o = rec_q ? 64'(total) : held ? 64'(hold_q) : 64'(head);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) saturated_q <= 1'b0;
    else if (rec_q && total == '1) saturated_q <= 1'b1;
    end_q <= rst_ni && layer_end_i;
    if (rec_q || end_q) hold_q <= end_q ? HoldW'(rec_layer_i) : HoldW'(total);
  end
  wire unused = &{1'b0, array_i, bus_i, bus_parity_i, cycle_i, rec_done_i};
endmodule
`default_nettype wire
