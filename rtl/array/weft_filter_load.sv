// SPDX-License-Identifier: Apache-2.0
// Loads filters and channel parameters from the GLB. FILTER: weights packed from a GLB word's
// start on; one beat of Rows*Lanes values less the zero point a cycle on the filter bus (registers;
// PEs always take it), addresses 0..beats-1 of sets 0..sets-1. PARAM: 12 bytes a channel, 4 a
// cycle.
// A word is asked for in the cycle in which the one before is used up, so one word a cycle at best;
// a beat is on the bus 2 cycles after its word's fire. A command is taken when the one before has
// its last beat formed; done_o is in the cycle of the last write. Reset clears control state.
// Twin: model/filter_load.h, with the recurrence.
`default_nettype none
module weft_filter_load #(
    parameter int Rows        = 12,
    parameter int Lanes       = 1,
    parameter int FilterDepth = 256,  // words, a power of two
    parameter int GlbBytes    = 16,   // bytes of a GLB word, a power of two from 4, >= Rows * Lanes
    parameter int PostLanes   = 8,    // channels of a parameter row, a power of two
    parameter int ParamRows   = 64,   // rows of one half, a power of two
    parameter int ParSplit    = 0,    // 1: 4 bytes a write, in their step
    localparam int OffW       = $clog2(FilterDepth),
    localparam int RowW       = $clog2(ParamRows),
    localparam int LaneW      = (PostLanes > 1) ? $clog2(PostLanes) : 1
) (
    input  wire                      clk_i,
    input  wire                      rst_ni,
    // command, taken at once
    input  wire                      cmd_valid_i,
    output logic                     cmd_ready_o,
    input  wire                      cmd_param_i,   // PARAM, else FILTER
    input  wire  [63:0]              cmd_words_i,
    input  wire                      cmd_parity_i,
    // GLB read port
    output logic                     glb_valid_o,
    input  wire                      glb_ready_i,
    output logic [17:0]              glb_addr_o,
    input  wire  [GlbBytes*8-1:0]    glb_data_i,
    // filter bus
    output logic                     flt_valid_o,
    output logic [5:0]               flt_set_o,
    output logic                     flt_copy_o,
    output logic [1:0]               flt_pattern_o,
    output logic [OffW-1:0]          flt_addr_o,
    output logic [Rows*Lanes*9-1:0]  flt_data_o,
    // parameter memory, one channel a write: {exponent, M0, bias}; ParSplit: the kind, low 32 bits
    output logic                     par_we_o,
    output logic [RowW:0]            par_row_o,     // half is the top bit
    output logic [LaneW-1:0]         par_lane_o,
    output logic [1:0]               par_kind_o,    // ParSplit: 0 bias, 1 M0, 2 exponent
    output logic [70:0]              par_data_o,
    // status
    output logic                     done_o,
    output logic [2:0]               class_o,
    output logic                     ev_flt_bus_o,
    output logic                     ev_glb_flt_o,
    output logic                     ev_par_o
);
  localparam int Beat = Rows * Lanes;
  localparam int ByteW = $clog2(GlbBytes);
  if (Beat > GlbBytes) begin : gen_bad_beat
    ERROR_Rows_times_Lanes_must_not_exceed_GlbBytes u_error ();
  end
  if ((GlbBytes & (GlbBytes - 1)) != 0 || GlbBytes < 4 || GlbBytes > 32) begin : gen_bad_word
    ERROR_GlbBytes_must_be_4_8_16_or_32 u_error ();
  end
  if ((FilterDepth & (FilterDepth - 1)) != 0 || (PostLanes & (PostLanes - 1)) != 0 ||
      (ParamRows & (ParamRows - 1)) != 0 || ParamRows < 2) begin : gen_bad_depth
    ERROR_FilterDepth_PostLanes_and_ParamRows_must_be_powers_of_two u_error ();
  end

  localparam int Grain = Beat & -Beat;      // bytes; beats begin at multiples of it
  localparam int Places = GlbBytes / Grain;
  localparam int PlaceW = (Places > 1) ? $clog2(Places) : 1;
  localparam int Before = Beat - Grain;     // bytes kept of the word before
  localparam int CntW = (OffW > RowW) ? OffW : RowW;
  localparam int Parts = GlbBytes / 4;
  localparam int PartW = (Parts > 1) ? $clog2(Parts) : 1;

  // ---- Command
  logic active_q;                          // the last beat or channel has not been formed
  logic [1:0] pattern_q;
  logic param_q, copy_q, unsigned_q, parity_q;  // copy: half of a PARAM
  logic [8:0] zp_q;
  logic [CntW-1:0] count_q;                // beats of a set, rows; 0 is 2**CntW
  logic [5:0] sets_q;                      // 0 is 64
  wire take = cmd_valid_i && cmd_ready_o;
  wire [RowW:0] cmd_rows = cmd_words_i[weft_pkg::ParamRowsLsb+:RowW+1];
  wire [OffW:0] cmd_beats = cmd_words_i[weft_pkg::FilterBeatsLsb+:OffW+1];
  wire [CntW:0] cmd_count = cmd_param_i ? (CntW + 1)'(cmd_rows) : (CntW + 1)'(cmd_beats);
  wire [6:0] cmd_sets = cmd_param_i ? 7'd1 : cmd_words_i[weft_pkg::FilterSetsLsb+:7];
  wire cmd_none = cmd_count == '0 || cmd_sets == '0;

  // ---- Words and steps: with a word on the port, every cycle makes a beat or takes 4 bytes.
  logic [17-ByteW:0] addr_q;  // next word to read
  logic word_valid_q;
  logic word_end;             // this step uses up the word
  logic last;                 // last step of the command
  wire fire = glb_valid_o && glb_ready_i;
  assign glb_valid_o = active_q && (!word_valid_q || (word_end && !last));
  assign glb_addr_o = {addr_q, {ByteW{1'b0}}};

  // FILTER: where in {word, end of the word before} the beat begins
  logic [PlaceW-1:0] place_q;
  wire [Beat*8-1:0] beat;
  wire beat_end;
  if (Places > 1) begin : gen_cut
    wire [PlaceW:0] place_sum = {1'b0, place_q} + (PlaceW + 1)'(Beat / Grain);
    logic [(GlbBytes+Before)*8-1:0] both;
    if (Before > 0) begin : gen_before
      logic [Before*8-1:0] before_q;
      always_ff @(posedge clk_i) if (word_end) before_q <= glb_data_i[GlbBytes*8-1-:Before*8];
      assign both = {glb_data_i, before_q};
    end else begin : gen_no_before
      assign both = glb_data_i;
    end
    logic [(GlbBytes+Before)*8-1:0] cut;
    integer i;
    always_comb begin
      cut = both;
      for (i = 0; i < PlaceW; i = i + 1) if (place_q[i]) cut = cut >> (8 * Grain << i);
    end
    assign beat = cut[Beat*8-1:0];
    assign beat_end = place_sum[PlaceW];
    always_ff @(posedge clk_i) begin
      if (take) place_q <= PlaceW'(Before / Grain);
      else if (word_valid_q) place_q <= place_sum[PlaceW-1:0];
    end
    wire unused = &{1'b0, cut};
  end else begin : gen_whole
    assign place_q = '0;
    assign beat = glb_data_i;
    assign beat_end = 1'b1;
    wire unused = &{1'b0, place_q};
  end

  // PARAM: which 4 bytes of the word, and what they are
  wire [31:0] part;
  wire part_end;
  logic [1:0] kind_q;  // 0 bias, 1 M0, 2 exponent
  if (Parts > 1) begin : gen_parts
    logic [PartW-1:0] part_q;
    logic [GlbBytes*8-1:0] cut;
    integer i;
    always_comb begin
      cut = glb_data_i;
      for (i = 0; i < PartW; i = i + 1) if (part_q[i]) cut = cut >> (32 << i);
    end
    assign part = cut[31:0];
    assign part_end = part_q == '1;
    always_ff @(posedge clk_i) begin
      if (take) part_q <= '0;
      else if (word_valid_q) part_q <= part_q + 1'b1;
    end
    wire unused = &{1'b0, cut};
  end else begin : gen_part
    assign part = glb_data_i;
    assign part_end = 1'b1;
  end

  // ---- Counters
  logic [CntW-1:0] cnt_q;  // address, row
  logic [5:0] set_q;
  logic [LaneW-1:0] lane_q;
  wire [CntW-1:0] cnt_next = cnt_q + 1'b1;
  wire [5:0] set_next = set_q + 1'b1;
  wire channel = kind_q == 2'd2;
  wire row_end = !param_q || (channel && (PostLanes == 1 || lane_q == '1));
  wire cnt_end = cnt_next == count_q;
  always_comb begin
    word_end = word_valid_q && (param_q ? part_end : beat_end);
    last = row_end && cnt_end && set_next == sets_q;
    cmd_ready_o = !active_q;
  end

  logic flt_valid_q, par_we_q, done_q;
  logic [CntW-1:0] out_cnt_q;
  logic [5:0] out_set_q;
  logic [LaneW-1:0] out_lane_q;
  logic [Beat*9-1:0] data_q;
  integer v;
  always_ff @(posedge clk_i) begin
    if (take) begin
      param_q <= cmd_param_i;
      copy_q <= cmd_words_i[weft_pkg::FilterCopyLsb];
      pattern_q <= cmd_words_i[weft_pkg::FilterPatternLsb+:2];
      unsigned_q <= cmd_words_i[weft_pkg::FilterUnsignedLsb];
      zp_q <= cmd_words_i[weft_pkg::FilterZpLsb+:9];
      parity_q <= cmd_parity_i;
      count_q <= cmd_count[CntW-1:0];
      sets_q <= cmd_sets[5:0];
      addr_q <= cmd_words_i[weft_pkg::FilterGlbLsb+ByteW+:18-ByteW];
      cnt_q <= '0;
      set_q <= '0;
      lane_q <= '0;
      kind_q <= '0;
    end
    if (fire) addr_q <= addr_q + 1'b1;
    if (word_valid_q) begin
      kind_q <= channel ? 2'd0 : kind_q + 2'd1;
      if (channel) lane_q <= lane_q + 1'b1;
      if (row_end) begin
        cnt_q <= cnt_end ? '0 : cnt_next;
        if (cnt_end) set_q <= set_next;
      end
      out_cnt_q <= cnt_q;
      out_set_q <= set_q;
      out_lane_q <= lane_q;
      for (v = 0; v < Beat; v = v + 1)
        data_q[v*9+:9] <= {beat[v*8+7] && !unsigned_q, beat[v*8+:8]} - zp_q;
    end
    if (!rst_ni) begin
      active_q <= 1'b0;
      word_valid_q <= 1'b0;
      flt_valid_q <= 1'b0;
      par_we_q <= 1'b0;
      done_q <= 1'b0;
    end else begin
      if (take && !cmd_none) active_q <= 1'b1;
      else if (word_valid_q && last) active_q <= 1'b0;
      if (fire) word_valid_q <= 1'b1;
      else if (word_end || last) word_valid_q <= 1'b0;
      flt_valid_q <= word_valid_q && !param_q;
      par_we_q <= word_valid_q && param_q && channel;
      done_q <= (word_valid_q && last) || (take && cmd_none);
    end
  end
  always_comb begin
    flt_valid_o = flt_valid_q;
    flt_set_o = out_set_q;
    flt_copy_o = copy_q;
    flt_pattern_o = pattern_q;
    flt_addr_o = out_cnt_q[OffW-1:0];
    flt_data_o = data_q;
    done_o = done_q;
    if (word_valid_q) class_o = weft_pkg::ClassBusy;
    else if (active_q) class_o = weft_pkg::ClassInput;
    else class_o = weft_pkg::ClassIdle;
    ev_flt_bus_o = flt_valid_q;
    ev_glb_flt_o = fire;
    ev_par_o = parity_q;
  end
  if (ParSplit != 0) begin : gen_split
    assign par_we_o = word_valid_q && param_q;
    assign par_row_o = {copy_q, cnt_q[RowW-1:0]};
    assign par_lane_o = (PostLanes == 1) ? '0 : lane_q;
    assign par_kind_o = kind_q;
    assign par_data_o = 71'(part);
    wire unused_par = &{1'b0, par_we_q, out_lane_q};
  end else begin : gen_channel
    logic [31:0] bias_q, m0_q;
    logic [6:0] exp_q;
    always_ff @(posedge clk_i)
      if (word_valid_q) begin
        if (kind_q == 2'd0) bias_q <= part;
        if (kind_q == 2'd1) m0_q <= part;
        if (kind_q == 2'd2) exp_q <= part[6:0];
      end
    assign par_we_o = par_we_q;
    assign par_row_o = {copy_q, out_cnt_q[RowW-1:0]};
    assign par_lane_o = (PostLanes == 1) ? '0 : out_lane_q;
    assign par_kind_o = 2'd0;
    assign par_data_o = {exp_q, m0_q, bias_q};
  end
  wire unused = &{1'b0, cmd_words_i};
endmodule
`default_nettype wire
