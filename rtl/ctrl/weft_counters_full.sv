// SPDX-License-Identifier: Apache-2.0
// Event and class counters, and the layer record made of them. They live in a RAM, two banks of
// the record's words; short counters in front of it collect increments and are added to their word
// in turn. Events come with the layer parity that names their bank. Classes and command words belong
// to the time window that layer_end_i closes (its cycle included); windows alternate banks. A word
// is cleared when it is read for the record: from layer_end_i to rec_done_i no event of a later
// layer may use the recorded bank. rec_data_o shows word rec_index_i one cycle after it changed.
// In reset the RAM is swept: rst_ni must be low while cycle_i runs through 0..255.
// Twin: model::Counters in model/counters.h.
`default_nettype none
module weft_counters_full #(
    parameter int CounterBits = 64,  // bits of a counter, 16 to 64
    parameter int Pes = 168,         // Rows * Cols
    parameter int PeEvents = 8       // most events of a kind in a PE in a cycle
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
  localparam int Arrays = weft_pkg::EvChain + 1;             // events of the array
  localparam int Buses = weft_pkg::EventCount - Arrays;      // other events
  localparam int Engines = weft_pkg::EngineCount;
  localparam int PerEngine = weft_pkg::ClassCount;
  localparam int ArrayAt = weft_pkg::RecordEvents;           // their places in the record
  localparam int BusAt = ArrayAt + Arrays;
  localparam int ClassAt = weft_pkg::RecordClasses;
  localparam int FetchAt = ArrayAt + weft_pkg::EvDramRdCmd;
  localparam int Classes = Engines * PerEngine;
  localparam int Kept = weft_pkg::EventCount + Classes;
  localparam int Visit = $clog2(4 * Kept);      // a word is visited within 2^Visit cycles
  localparam int ArrayW = $clog2(Pes * PeEvents + 1) + Visit;
  localparam int BusW = 6 + Visit;              // at most 63 in a cycle
  localparam int ClassW = 1 + Visit;
  localparam int AddW = ArrayW > BusW ? ArrayW : BusW;
  localparam int C = CounterBits;
  localparam int CycleW = C < 32 ? 32 : C;
  localparam int SumW = (C > AddW ? C : AddW) + 1;
  generate
    if (C < 16 || C > 64 || AddW > 32 || Arrays > 8 || Buses > 32 || Engines * PerEngine > 64 ||
        weft_pkg::RecordWords > 128) begin : gen_guard
      ERROR_CounterBits_or_Pes_out_of_range u_error ();
    end
  endgenerate

  // ---- whose turn it is: the record's word, else round robin ----
  reg window_q;                        // bank of the time window
  reg [7:0] seen_q;
  reg active_q;                        // a record is being written
  reg turn_bank_q;
  reg [6:0] turn_q, turn_d;
  reg kept;                            // the record's word is in the RAM
  wire rec_new = rec_index_i != seen_q;
  wire rec = rec_new && kept;
  wire [6:0] at = rec ? rec_index_i[6:0] : turn_q;
  wire in_window = at == 7'(FetchAt) || at >= 7'(ClassAt);
  wire bank = rec ? (in_window ? !window_q : rec_parity_i) :
              active_q ? (in_window ? window_q : !rec_parity_i) : turn_bank_q;
  always_comb begin
    kept = rec_index_i >= 8'(ArrayAt) && 32'(rec_index_i) < weft_pkg::RecordWords;
    turn_d = 32'(turn_q) < weft_pkg::RecordWords - 1 ? turn_q + 1'b1 : 7'(ArrayAt);
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      seen_q <= '1;
      window_q <= 1'b0;
      active_q <= 1'b0;
      turn_q <= 7'(ArrayAt);
      turn_bank_q <= 1'b0;
    end else begin
      seen_q <= layer_end_i ? '1 : rec_index_i;
      window_q <= window_q ^ layer_end_i;
      active_q <= layer_end_i || (active_q && !rec_done_i);
      if (!rec) begin
        turn_q <= turn_d;
        if (turn_d == 7'(ArrayAt)) turn_bank_q <= !turn_bank_q;
      end
    end
  end

  // ---- short counters, 32 bits each of which some are used; the one whose turn it is is read and
  // cleared. Bank 1 is the upper half. ----
  reg [16*32-1:0] array_q, array_d;
  reg [64*32-1:0] bus_q, bus_d;
  reg [128*32-1:0] class_q, class_d;
  wire [3:0] array_at = {bank, 3'(at - 7'(ArrayAt))};
  wire [5:0] bus_at = {bank, 5'(at - 7'(BusAt))};
  wire [6:0] class_at = {bank, 6'(at - 7'(ClassAt))};
  wire is_array = at >= 7'(ArrayAt) && at < 7'(BusAt);
  wire is_bus = at >= 7'(BusAt) && at < 7'(ClassAt);
  wire is_class = !is_array && !is_bus;
  integer i, b;
  always_comb begin
    array_d = '0;
    bus_d = '0;
    class_d = '0;
    for (b = 0; b < 2; b = b + 1) begin
      for (i = 0; i < Arrays; i = i + 1)
        array_d[(b*8+i)*32+:ArrayW] =
            array_q[(b*8+i)*32+:ArrayW] + ArrayW'(array_i[i*32+b*16+:16]);
      for (i = 0; i < Buses; i = i + 1) begin
        if (i == FetchAt - BusAt)
          bus_d[(b*32+i)*32+:BusW] = bus_q[(b*32+i)*32+:BusW] +
                                     BusW'({fetch_word_i && window_q == 1'(b), 2'b00});
        else
          bus_d[(b*32+i)*32+:BusW] = bus_q[(b*32+i)*32+:BusW] +
                                     (bus_parity_i[i] == 1'(b) ? BusW'(bus_i[i*8+:6]) : '0);
      end
      for (i = 0; i < Classes; i = i + 1)
        class_d[(b*64+i)*32+:ClassW] =
            class_q[(b*64+i)*32+:ClassW] +
            ClassW'(run_i && window_q == 1'(b) && class_i[(i/PerEngine)*3+:3] == 3'(i % PerEngine));
    end
  end
  always_ff @(posedge clk_i) begin
    array_q <= array_d;
    bus_q <= bus_d;
    class_q <= class_d;
    for (i = 0; i < 16; i = i + 1)
      if (!rst_ni || (is_array && array_at == 4'(i))) array_q[i*32+:32] <= '0;
    for (i = 0; i < 64; i = i + 1)
      if (!rst_ni || (is_bus && bus_at == 6'(i))) bus_q[i*32+:32] <= '0;
    for (b = 0; b < 2; b = b + 1)
      for (i = 0; i < 64; i = i + 1)
        if (!rst_ni || (is_class && class_at == 7'(b * 64 + i))) class_q[(b*64+i)*32+:32] <= '0;
  end

  // ---- add to the RAM's word ----
  reg [AddW-1:0] add_q;
  reg go_q, rec_q, bank_q;
  reg [6:0] at_q;
  wire [C-1:0] old;
  wire [SumW-1:0] sum = SumW'(old) + SumW'(add_q);
  wire [C-1:0] total = |sum[SumW-1:C] ? {C{1'b1}} : sum[C-1:0];
  weft_ram_1r1w #(.Width(C), .Depth(256)) u_ram (
      .clk_i, .we_i(go_q || !rst_ni), .waddr_i(rst_ni ? {bank_q, at_q} : cycle_i[7:0]),
      .wdata_i((rec_q || !rst_ni) ? '0 : total), .re_i(1'b1), .raddr_i({bank, at}),
      .rdata_o(old));
  always_ff @(posedge clk_i) begin
    go_q <= rst_ni;
    rec_q <= rec && rst_ni;
    bank_q <= bank;
    at_q <= at;
    add_q <= is_array ? array_d[array_at*32+:AddW] :
             is_bus ? bus_d[bus_at*32+:AddW] : class_d[class_at*32+:AddW];
  end

  // ---- the record ----
  reg [CycleW-1:0] start_q, end_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) end_q <= '0;
    else if (layer_end_i) end_q <= CycleW'(cycle_i) + 1'b1;
    if (layer_end_i) start_q <= end_q;
  end
  reg [63:0] hold_q, head;
  reg saturated_q;
  always_comb begin
    case (rec_index_i)
      8'(weft_pkg::RecordLayer): head = {32'd0, rec_layer_i};
      8'(weft_pkg::RecordStart): head = 64'(start_q);
      8'(weft_pkg::RecordEnd): head = 64'(end_q);
      8'(weft_pkg::RecordFlags): head = 64'(saturated_q) << weft_pkg::RecordFlagSaturated;
      default: head = '0;
    endcase
  end
  assign rec_data_o = rec_q ? 64'(total) : hold_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) saturated_q <= 1'b0;
    else if (rec_q && total == '1) saturated_q <= 1'b1;
    if (rec_q) hold_q <= rec_data_o;
    else if (rec_new) hold_q <= head;
  end
  wire unused = &{1'b0, class_i, array_i, bus_i, bus_parity_i, cycle_i};
endmodule
`default_nettype wire
