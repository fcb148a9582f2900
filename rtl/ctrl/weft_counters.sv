// SPDX-License-Identifier: Apache-2.0
// Event and class counters, and the layer record made of them. They live in a RAM, two banks of
// one word each; short counters in front of it collect increments and are added to their word in
// turn. Events come with the layer parity that names their bank. Classes and command words belong
// to the time window that layer_end_i closes (its cycle included); windows alternate banks. A word
// is cleared when it is read for the record: from layer_end_i to rec_done_i no event of a later
// layer may use the recorded bank. rec_data_o shows word rec_index_i one cycle after it changed.
// In reset the RAM is swept: rst_ni must be low while cycle_i runs through 0..255.
// Twin: model::Counters in model/counters.h.
`default_nettype none
module weft_counters #(
    parameter int CounterBits = 64,  // bits of a counter, 16 to 64
    parameter int CounterSmall = 0,  // 1: only the events of weft_pkg::EventSmall, no classes
    parameter int Pes = 168,         // Rows * Cols
    parameter int PeEvents = 8       // most events of a kind in a PE in a cycle
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         run_i,         // the cycle belongs to a class
    input  wire [63:0]  cycle_i,
    input  wire [2*weft_pkg::EventCount*16-1:0] inc_i,   // per parity (0 low) and event
    input  wire         fetch_word_i,  // event dram_rd_cmd: 4 bytes (its inc_i is not used)
    input  wire [weft_pkg::EngineCount*3-1:0] class_i,
    input  wire         layer_end_i,
    input  wire [31:0]  rec_layer_i,   // stands while the record's first words are read
    input  wire         rec_parity_i,
    input  wire         rec_done_i,
    input  wire [7:0]   rec_index_i,   // stands at least two cycles
    output wire [63:0]  rec_data_o
);
  localparam int Events = weft_pkg::EventCount;
  // After the events: classes, or with CounterSmall one word, the cycles of the window.
  localparam int Classes = CounterSmall != 0 ? 1 : weft_pkg::EngineCount * weft_pkg::ClassCount;
  localparam logic [Events-1:0] Keep = CounterSmall != 0 ? weft_pkg::EventSmall : '1;
  localparam int KeptEvents = $countones(Keep);
  localparam int N = KeptEvents + Classes;      // words of a bank
  localparam int KW = $clog2(N);
  localparam int Visit = $clog2(4 * N);         // a word is visited within 2^Visit cycles
  localparam int ArrayW = $clog2(Pes * PeEvents + 1);
  localparam int BusW = 6;                      // events outside of the array, in a cycle
  localparam int ShortW = (ArrayW > BusW ? ArrayW : BusW) + Visit;
  localparam int C = CounterBits;
  localparam int CycleW = C < 32 ? 32 : C;
  localparam int SumW = (C > ShortW ? C : ShortW) + 1;
  generate
    if (C < 16 || C > 64 || ShortW > 32 || KW > 7) begin : gen_guard
      ERROR_CounterBits_or_Pes_out_of_range u_error ();
    end
  endgenerate
  genvar b, k;

  // ---- short counters ----
  reg window_q;                        // bank of the time window
  wire [KW-1:0] at;                    // one is read and cleared
  wire bank;
  wire [2*(1<<KW)*32-1:0] shorts;
  generate
    for (b = 0; b < 2; b = b + 1) begin : gen_bank
      for (k = 0; k < Events + Classes; k = k + 1) begin : gen_word
        if (k >= Events || Keep[k < Events ? k : 0]) begin : gen_kept
          localparam int Place =
              k < Events ? $countones(Keep & ((Events'(1) << k) - 1'b1)) : k - Events + KeptEvents;
          localparam int IncW = k >= Events ? 1 : k == weft_pkg::EvDramRdCmd ? 3 :
                                k <= weft_pkg::EvChain ? ArrayW : BusW;
          localparam int W = IncW + Visit;
          wire [IncW-1:0] inc;
          if (k >= Events) begin : gen_class
            localparam int Class = (k - Events) % weft_pkg::ClassCount;
            localparam int Engine = (k - Events) / weft_pkg::ClassCount;
            assign inc = run_i && window_q == 1'(b) &&
                         (CounterSmall != 0 || class_i[Engine*3+:3] == 3'(Class));
          end else if (k == weft_pkg::EvDramRdCmd) begin : gen_fetch
            assign inc = {fetch_word_i && window_q == 1'(b), 2'b00};
          end else begin : gen_event
            assign inc = inc_i[(b*Events+k)*16+:IncW];
          end
          reg [W-1:0] short_q;
          wire [W-1:0] next = short_q + W'(inc);
          wire clear = !rst_ni || (bank == 1'(b) && at == KW'(Place));
          always_ff @(posedge clk_i) short_q <= clear ? '0 : next;
          assign shorts[(b*(1<<KW)+Place)*32+:32] = 32'(next);
        end
      end
      for (k = N; k < (1 << KW); k = k + 1) begin : gen_unused
        assign shorts[(b*(1<<KW)+k)*32+:32] = '0;
      end
    end
  endgenerate

  // ---- whose turn it is: the record's word, else round robin ----
  reg [7:0] seen_q;
  reg active_q;                        // a record is being written
  reg turn_bank_q;
  reg [KW-1:0] turn_q;
  reg [KW:0] rec_place;                // top bit: kept
  wire rec_new = rec_index_i != seen_q;
  wire rec = rec_new && rec_place[KW];
  integer i, n;
  always_comb begin
    rec_place = '0;
    n = 0;
    for (i = 0; i < Events; i = i + 1)
      if (Keep[i]) begin
        if (32'(rec_index_i) == weft_pkg::RecordEvents + i) rec_place = {1'b1, KW'(n)};
        n = n + 1;
      end
    if (CounterSmall != 0) begin
      if (rec_index_i == 8'(weft_pkg::RecordEnd)) rec_place = {1'b1, KW'(N - 1)};
    end else if (rec_index_i >= 8'(weft_pkg::RecordClasses) &&
                 rec_index_i < 8'(weft_pkg::RecordWords)) begin
      rec_place = {1'b1, KW'(32'(rec_index_i) - weft_pkg::RecordEvents)};
    end
  end
  localparam int FetchPlace = $countones(Keep & ((Events'(1) << weft_pkg::EvDramRdCmd) - 1'b1));
  assign at = rec ? rec_place[KW-1:0] : turn_q;
  wire in_window = 32'(at) >= KeptEvents || 32'(at) == FetchPlace;
  assign bank = rec ? (in_window ? !window_q : rec_parity_i) :
                active_q ? (in_window ? window_q : !rec_parity_i) : turn_bank_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      seen_q <= '1;
      window_q <= 1'b0;
      active_q <= 1'b0;
      turn_q <= '0;
      turn_bank_q <= 1'b0;
    end else begin
      seen_q <= layer_end_i ? '1 : rec_index_i;
      window_q <= window_q ^ layer_end_i;
      active_q <= layer_end_i || (active_q && !rec_done_i);
      if (!rec) begin
        turn_q <= (turn_q == KW'(N - 1)) ? '0 : turn_q + 1'b1;
        if (turn_q == KW'(N - 1)) turn_bank_q <= !turn_bank_q;
      end
    end
  end

  // ---- add to the RAM's word ----
  reg [ShortW-1:0] add_q;
  reg rec_q, bank_q;
  reg [KW-1:0] at_q;
  wire [C-1:0] old;
  wire [SumW-1:0] sum = SumW'(old) + SumW'(add_q);
  wire [C-1:0] total = |sum[SumW-1:C] ? '1 : sum[C-1:0];
  reg go_q;                            // a word has been read
  always_ff @(posedge clk_i) go_q <= rst_ni;
  weft_ram_1r1w #(.Width(C), .Depth(2 << KW)) u_ram (
      .clk_i, .we_i(go_q || !rst_ni), .waddr_i(rst_ni ? {bank_q, at_q} : cycle_i[KW:0]),
      .wdata_i((rec_q || !rst_ni) ? '0 : total), .re_i(1'b1), .raddr_i({bank, at}), .rdata_o(old));
  always_ff @(posedge clk_i) begin
    rec_q <= rec && rst_ni;
    bank_q <= bank;
    at_q <= at;
    add_q <= ShortW'(shorts[{bank, at}*32+:32]);
  end

  // ---- the record ----
  wire [63:0] layer_start, layer_end;
  generate
    if (CounterSmall == 0) begin : gen_times
      reg [CycleW-1:0] start_q, end_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) end_q <= '0;
        else if (layer_end_i) end_q <= CycleW'(cycle_i) + 1'b1;
        if (layer_end_i) start_q <= end_q;
      end
      assign layer_start = 64'(start_q);
      assign layer_end = 64'(end_q);
    end else begin : gen_length
      assign layer_start = '0;
      assign layer_end = '0;
    end
  endgenerate
  reg [63:0] hold_q;
  reg [63:0] head;
  always_comb begin
    case (rec_index_i)
      8'(weft_pkg::RecordLayer): head = {32'd0, rec_layer_i};
      8'(weft_pkg::RecordStart): head = layer_start;
      8'(weft_pkg::RecordEnd): head = layer_end;
      8'(weft_pkg::RecordFlags): head = (64'(CounterSmall) << weft_pkg::RecordFlagSmall) |
                                         (64'(saturated_q) << weft_pkg::RecordFlagSaturated);
      default: head = '0;
    endcase
  end
  assign rec_data_o = rec_q ? 64'(total) : hold_q;
  reg saturated_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) saturated_q <= 1'b0;
    else if (rec_q && total == '1) saturated_q <= 1'b1;
    if (rec_q) hold_q <= rec_data_o;
    else if (rec_new) hold_q <= head;
  end
  wire unused = &{1'b0, run_i, class_i, inc_i, cycle_i, shorts};
endmodule
`default_nettype wire
