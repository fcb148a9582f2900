// SPDX-License-Identifier: Apache-2.0
// Event and class counters, and the layer record made of them: all of them (weft_counters_full), or
// the events of weft_pkg::EventSmall and the layer's length (weft_counters_small). Events come with
// the layer parity that names their bank. Classes and command words belong to the time window that
// layer_end_i closes (its cycle included); windows alternate banks. From layer_end_i to rec_done_i
// no event of a later layer may use the recorded bank. rec_data_o shows word rec_index_i one cycle
// after it changed. In reset the RAM is swept: rst_ni must be low while cycle_i runs through 0..255.
// Twin: model::Counters in model/counters.h.
`default_nettype none
module weft_counters #(
    parameter int CounterBits = 64,  // bits of a counter, 16 to 64
    parameter int CounterSmall = 0,  // 1: only the events of weft_pkg::EventSmall, no classes
    parameter int Pes = 168,         // Rows * Cols
    parameter int PeEvents = 8,      // most events of a kind in a PE in a cycle
    parameter int MemBytes = 8       // CounterSmall: bytes read (all or none) or written (up to) a cycle
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         run_i,         // the cycle belongs to a class
    input  wire [63:0]  cycle_i,
    input  wire [(weft_pkg::EvChain+1)*32-1:0] array_i,  // events mac .. chain; parity 0 low half
    input  wire [(weft_pkg::EventCount-weft_pkg::EvChain-1)*8-1:0] bus_i,   // the others
    input  wire [weft_pkg::EventCount-weft_pkg::EvChain-2:0] bus_parity_i,
    input  wire         fetch_word_i,  // 4 bytes of dram_rd_cmd (whose bus_i is not used)
    input  wire [weft_pkg::EngineCount*3-1:0] class_i,
    input  wire         layer_end_i,
    input  wire [31:0]  rec_layer_i,   // stands in the cycle after layer_end_i
    input  wire         rec_parity_i,
    input  wire         rec_done_i,
    input  wire [7:0]   rec_index_i,   // stands at least two cycles
    output wire [63:0]  rec_data_o
);
  generate
    if (CounterSmall != 0) begin : gen_small
      weft_counters_small #(.CounterBits(CounterBits), .Pes(Pes), .PeEvents(PeEvents),
                            .MemBytes(MemBytes)) u_counters (
          .clk_i, .rst_ni, .run_i, .cycle_i, .array_i, .bus_i, .bus_parity_i, .fetch_word_i,
          .layer_end_i, .rec_layer_i, .rec_parity_i, .rec_done_i, .rec_index_i, .rec_data_o);
      wire unused = &{1'b0, class_i};
    end else begin : gen_full
      weft_counters_full #(.CounterBits(CounterBits), .Pes(Pes), .PeEvents(PeEvents)) u_counters (
          .clk_i, .rst_ni, .run_i, .cycle_i, .array_i, .bus_i, .bus_parity_i, .fetch_word_i,
          .class_i, .layer_end_i, .rec_layer_i, .rec_parity_i, .rec_done_i, .rec_index_i,
          .rec_data_o);
    end
  endgenerate
endmodule
`default_nettype wire
