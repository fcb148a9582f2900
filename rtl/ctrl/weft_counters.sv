// SPDX-License-Identifier: Apache-2.0
// Event and class counters, and the layer record made of them. Events come with the layer parity
// that names their bank; a bank is cleared when its record is done, until then no later layer of
// that parity may cause events. Classes and command words belong to the time window that
// layer_end_i closes (its cycle included): they are copied then and start again. rec_data_o shows
// word rec_index_i one cycle later. Counters saturate (flag in the record). Reset clears all.
// CounterSmall uses weft_counters_small instead. Twin: model::Counters in model/counters.h.
`default_nettype none
module weft_counters #(
    parameter int CounterBits = 64   // bits of a counter, 16 to 64
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         run_i,         // the cycle belongs to a class
    input  wire [63:0]  cycle_i,
    input  wire [2*weft_pkg::EventCount*16-1:0] inc_i,   // per parity (0 low) and event
    input  wire         fetch_word_i,  // event dram_rd_cmd: 4 bytes (its inc_i is not used)
    input  wire [weft_pkg::EngineCount*3-1:0] class_i,
    input  wire         layer_end_i,
    input  wire [31:0]  rec_layer_i,
    input  wire         rec_parity_i,
    input  wire         rec_done_i,
    input  wire [7:0]   rec_index_i,
    output wire [63:0]  rec_data_o
);
  localparam int E = weft_pkg::EventCount;
  localparam int Classes = weft_pkg::EngineCount * weft_pkg::ClassCount;
  localparam int Words = weft_pkg::RecordWords;
  localparam int C = CounterBits;
  genvar p, e, g;

  wire [2*E-1:0] over;                 // counter would overflow
  wire [2*E*64-1:0] count;
  wire [Words*64-1:0] record;
  generate
    for (p = 0; p < 2; p = p + 1) begin : gen_bank
      for (e = 0; e < E; e = e + 1) begin : gen_event
        if (e == weft_pkg::EvDramRdCmd) begin : gen_window
          assign over[p*E+e] = 1'b0;
          assign count[(p*E+e)*64+:64] = '0;
        end else begin : gen_count
          reg [C-1:0] count_q;
          wire [C:0] sum = {1'b0, count_q} + (C+1)'(inc_i[(p*E+e)*16+:16]);
          assign over[p*E+e] = sum[C];
          assign count[(p*E+e)*64+:64] = 64'(count_q);
          always_ff @(posedge clk_i) begin
            if (!rst_ni || (rec_done_i && rec_parity_i == 1'(p))) count_q <= '0;
            else count_q <= sum[C] ? '1 : sum[C-1:0];
          end
        end
      end
    end
  endgenerate

  reg [1:0] flag_q;
  reg [C-1:0] start_q, end_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      flag_q <= '0;
      end_q <= '0;
    end else begin
      flag_q <= (flag_q & ~(rec_done_i ? 2'd1 << rec_parity_i : 2'd0)) |
                {|over[2*E-1:E], |over[E-1:0]};
      if (layer_end_i) end_q <= C'(cycle_i) + 1'b1;
    end
    if (layer_end_i) start_q <= end_q;
  end

  // ---- the time window ----
  generate
    for (g = 0; g < Classes + 1; g = g + 1) begin : gen_class
      reg [C-1:0] live_q, kept_q;
      wire [C-1:0] sum;
      if (g < Classes) begin : gen_add
        assign sum = live_q + C'(run_i && class_i[(g/weft_pkg::ClassCount)*3+:3] ==
                                          3'(g % weft_pkg::ClassCount));
        assign record[(weft_pkg::RecordClasses+g)*64+:64] = 64'(kept_q);
      end else begin : gen_fetch
        assign sum = live_q + (fetch_word_i ? C'(4) : '0);
        assign record[(weft_pkg::RecordEvents+weft_pkg::EvDramRdCmd)*64+:64] = 64'(kept_q);
      end
      always_ff @(posedge clk_i) begin
        live_q <= (!rst_ni || layer_end_i) ? '0 : sum;
        if (layer_end_i) kept_q <= sum;
      end
    end
  endgenerate

  // ---- the record ----
  assign record[weft_pkg::RecordLayer*64+:64] = {32'd0, rec_layer_i};
  assign record[weft_pkg::RecordStart*64+:64] = 64'(start_q);
  assign record[weft_pkg::RecordEnd*64+:64] = 64'(end_q);
  assign record[weft_pkg::RecordFlags*64+:64] = {63'd0, flag_q[rec_parity_i]};
  generate
    for (e = 0; e < E; e = e + 1) begin : gen_record
      if (e != weft_pkg::EvDramRdCmd) begin : gen_word
        assign record[(weft_pkg::RecordEvents+e)*64+:64] =
            rec_parity_i ? count[(E+e)*64+:64] : count[e*64+:64];
      end
    end
  endgenerate
  reg [63:0] rec_data_q;
  always_ff @(posedge clk_i)
    rec_data_q <= (32'(rec_index_i) < Words) ? record[rec_index_i*64+:64] : '0;
  assign rec_data_o = rec_data_q;
  wire unused = &{1'b0, inc_i, cycle_i};
endmodule
`default_nettype wire
