// SPDX-License-Identifier: Apache-2.0
// Data side of a store: makes the beats of one burst after the other from GLB words or from the
// layer record. A word is cut into parts of MemBytes; a step takes a part into the carry register,
// and with it makes a beat of the part before (carry) and this one. A burst whose bytes start
// higher in their part than in their beat has one step more, which makes no beat. One word is read
// ahead: the read fires in the cycle that uses up the word before, at the earliest in the cycle
// after the burst is taken; its data can be used in the cycle after. Beats leave through a FIFO of
// OutBeats (2: one beat a cycle). Record words: the index stands two cycles before its use.
// Reset clears control state. Twin: model::Store::RunData in model/store.cc.
`default_nettype none
module weft_store_data #(
    parameter int GlbBytes = 16,        // bytes of a GLB word, a power of two, at least MemBytes
    parameter int MemBytes = 8,         // bytes of a beat, 4 or 8
    parameter int MaxBurstBytes = 128,  // longest burst
    parameter int OutBeats = 2          // beats between GLB and memory
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              burst_valid_i,
    output wire                              burst_ready_o,
    input  wire [17:0]                       burst_glb_i,    // first byte
    input  wire [$clog2(MemBytes)-1:0]       burst_lane_i,   // its place in the first beat
    input  wire [$clog2(MemBytes)-1:0]       burst_end_i,    // the last byte's in the last beat
    input  wire [$clog2(MaxBurstBytes/MemBytes):0] burst_beats_i,
    input  wire                              burst_rec_i,    // from the record
    input  wire                              burst_parity_i,
    output wire                              valid_o,        // has a burst
    output wire [2:0]                        class_o,        // while valid_o
    output wire                              glb_valid_o,
    input  wire                              glb_ready_i,
    output wire [17:0]                       glb_addr_o,     // of the word
    input  wire [GlbBytes*8-1:0]             glb_data_i,     // from the cycle after to the next one
    input  wire                              rec_restart_i,
    output wire [7:0]                        rec_index_o,
    input  wire [63:0]                       rec_data_i,     // at the latest in the cycle after
    output wire                              wd_valid_o,
    input  wire                              wd_ready_i,
    output wire [MemBytes*8-1:0]             wd_data_o,
    output wire [MemBytes-1:0]               wd_strb_o,
    output wire [7:0]                        ev_bytes_o,     // of strobes
    output wire                              ev_rec_o,       // they are the record's
    output wire                              ev_par_o
);
  localparam int ByteW = $clog2(MemBytes);
  localparam int WordW = $clog2(GlbBytes);
  localparam int BeatsW = $clog2(MaxBurstBytes) - ByteW + 1;
  localparam int PartsW = BeatsW + 1;
  generate
    if (GlbBytes < MemBytes || (1 << WordW) != GlbBytes || (MemBytes != 4 && MemBytes != 8) ||
        OutBeats < 1) begin : gen_guard
      ERROR_GlbBytes_or_MemBytes_out_of_range u_error ();
    end
  endgenerate

  reg valid_q, rec_q, parity_q;
  reg first_q;                     // no beat of the burst made yet
  reg prime_q;                     // the next step makes no beat
  reg [ByteW-1:0] lane_q, end_q;
  reg [ByteW-1:0] rotate_q;        // lane 0 of every beat is this byte of a part
  reg [BeatsW-1:0] beats_q;        // to be made
  reg [PartsW-1:0] parts_q;        // to be taken
  reg [17-WordW:0] word_q;         // next word to read
  reg held_q;                      // the GLB shows a word with parts left
  wire part_last;                  // of the word
  wire [MemBytes*8-1:0] part;

  wire room;
  wire part_needed = parts_q != '0;
  wire rec_ok;
  wire source_ok = rec_q ? rec_ok : (held_q || !part_needed);
  wire step = valid_q && source_ok && (prime_q || room);
  wire push = step && !prime_q;
  wire use_part = step && part_needed;
  wire finish = push && beats_q == BeatsW'(1);
  wire take = burst_valid_i && burst_ready_o;
  wire release_word = use_part && part_last;
  wire more_words = held_q ? (release_word && parts_q != PartsW'(1)) : part_needed;
  assign glb_valid_o = valid_q && !rec_q && more_words;
  assign glb_addr_o = {word_q, {WordW{1'b0}}};
  wire read = glb_valid_o && glb_ready_i;
  assign burst_ready_o = !valid_q || finish;

  // Parts that a burst touches: beats, one less if its last bytes lie in the carry, one more if its
  // first step makes no beat.
  wire [ByteW-1:0] pos = burst_glb_i[ByteW-1:0];
  wire signed [ByteW+1:0] last_pos = $signed({2'b00, burst_end_i}) + $signed({2'b00, pos}) -
                                     $signed({2'b00, burst_lane_i});
  wire [PartsW-1:0] parts = PartsW'(burst_beats_i) + {{(PartsW-1){last_pos[ByteW+1]}},
                                                      last_pos[ByteW+1] | last_pos[ByteW]};
  always_ff @(posedge clk_i) begin
    if (take) begin
      rec_q <= burst_rec_i;
      parity_q <= burst_parity_i;
      lane_q <= burst_lane_i;
      end_q <= burst_end_i;
      rotate_q <= burst_rec_i ? '0 : pos - burst_lane_i;
      prime_q <= !burst_rec_i && pos > burst_lane_i;
      beats_q <= burst_beats_i;
      parts_q <= burst_rec_i ? '0 : parts;
      word_q <= burst_glb_i[17:WordW];
      first_q <= 1'b1;
    end else begin
      if (step) prime_q <= 1'b0;
      if (push) begin
        first_q <= 1'b0;
        beats_q <= beats_q - 1'b1;
      end
      if (use_part) parts_q <= parts_q - 1'b1;
      if (read) word_q <= word_q + 1'b1;
    end
    if (!rst_ni) valid_q <= 1'b0;
    else if (take) valid_q <= 1'b1;
    else if (finish) valid_q <= 1'b0;
    if (!rst_ni || take) held_q <= 1'b0;
    else if (read) held_q <= 1'b1;
    else if (release_word) held_q <= 1'b0;
  end
  generate
    if (GlbBytes > MemBytes) begin : gen_parts
      reg [WordW-ByteW-1:0] part_q;
      always_ff @(posedge clk_i) begin
        if (take) part_q <= burst_glb_i[WordW-1:ByteW];
        else if (use_part) part_q <= part_q + 1'b1;
      end
      assign part = glb_data_i[part_q*MemBytes*8+:MemBytes*8];
      assign part_last = part_q == '1;
    end else begin : gen_part
      assign part = glb_data_i;
      assign part_last = 1'b1;
    end
  endgenerate

  // ---- record words ----
  reg [7:0] rec_index_q;
  reg rec_new_q;                   // the index has changed in the cycle before
  wire rec_last;                   // the word's last beat
  wire [MemBytes*8-1:0] rec_beat;
  wire rec_step = step && rec_q;
  generate
    if (MemBytes == 4) begin : gen_halves
      reg half_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni || rec_restart_i) half_q <= 1'b0;
        else if (rec_step) half_q <= !half_q;
      end
      assign rec_last = half_q;
      assign rec_beat = half_q ? rec_data_i[63:32] : rec_data_i[31:0];
    end else begin : gen_whole
      assign rec_last = 1'b1;
      assign rec_beat = rec_data_i;
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    rec_new_q <= rst_ni && rec_step && rec_last;
    if (!rst_ni || rec_restart_i) rec_index_q <= '0;
    else if (rec_step && rec_last) rec_index_q <= rec_index_q + 1'b1;
  end
  assign rec_ok = !rec_new_q;
  assign rec_index_o = rec_index_q;

  // ---- beats ----
  reg [MemBytes*8-1:0] carry_q;    // the part before, already rotated
  wire [MemBytes*8-1:0] source = rec_q ? rec_beat : part;  // a record is not rotated
  reg [MemBytes*8-1:0] rotated, beat;
  reg [MemBytes-1:0] strobe;
  wire last = beats_q == BeatsW'(1);
  integer j;
  always_comb begin
    for (j = 0; j < MemBytes; j = j + 1) begin
      rotated[j*8+:8] = source[ByteW'(ByteW'(j)+rotate_q)*8+:8];
      // Lanes below MemBytes - rotate come from the carry.
      beat[j*8+:8] = (rotate_q != '0 && (ByteW+1)'(j) + {1'b0, rotate_q} < (ByteW+1)'(MemBytes)) ?
                     carry_q[j*8+:8] : rotated[j*8+:8];
      strobe[j] = !(first_q && ByteW'(j) < lane_q) && !(last && ByteW'(j) > end_q);
    end
  end
  always_ff @(posedge clk_i) if (use_part) carry_q <= rotated;
  weft_fifo #(.Width(MemBytes * 9), .Depth(OutBeats)) u_beats (
      .clk_i, .rst_ni, .in_valid_i(push), .in_ready_o(room), .in_data_i({strobe, beat}),
      .out_valid_o(wd_valid_o), .out_ready_i(wd_ready_i), .out_data_o({wd_strb_o, wd_data_o}));

  wire [ByteW:0] count = {1'b0, last ? end_q : {ByteW{1'b1}}} -
                         {1'b0, first_q ? lane_q : ByteW'(0)} + 1'b1;
  assign valid_o = valid_q;
  assign class_o = step ? weft_pkg::ClassBusy :
                   (!prime_q && !room) ? weft_pkg::ClassMemory : weft_pkg::ClassInput;
  assign ev_bytes_o = push ? 8'(count) : 8'd0;
  assign ev_rec_o = rec_q;
  assign ev_par_o = parity_q;
endmodule
`default_nettype wire
