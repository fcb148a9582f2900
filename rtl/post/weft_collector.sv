// SPDX-License-Identifier: Apache-2.0
// Takes the sums of each pass from the gather buffers in the order step, unit, row. Adds stored
// sums (acc_in; max passes: maximum), and writes them to the GLB (not last) or hands them to post
// (last). Beats are chunks of PW sums if stored sums or write-back are involved, else rows. A beat
// fires in the first cycle in which its row and its stored word are there and psw or post is
// ready; nothing is stored in between. A pass seen valid in cycle c has its first beat in c+2 at
// the earliest. Stored words are read ahead in order, from c+2, at most PsrDepth beyond the last
// beat. pass_done_o comes with the last psw write or with post_done_i. Reset: no pass in work,
// counter 0. Twin: model/collector.h.
`default_nettype none
module weft_collector #(
    parameter int PostLanes = 8,   // sums of a gather row, power of two
    parameter int GlbBytes = 16,   // power of two >= 4
    parameter int MaxUnits = 56,   // 1..64
    parameter int ParamRows = 64,  // power of two
    parameter int Patterns = 4     // 2 or 4
) (
    input  wire                                  clk_i,
    input  wire                                  rst_ni,
    // Pass table and pattern tables
    input  wire [1:0]                            pass_valid_i,
    input  wire [1:0]                            pass_phase_i,
    input  wire [2*weft_pkg::PassBits-1:0]       pass_i,
    input  wire                                  map_we_i,
    input  wire [1:0]                            map_kind_i,
    input  wire [1:0]                            map_pattern_i,
    input  wire [8:0]                            map_index_i,
    input  wire [31:0]                           map_data_i,
    output wire                                  pass_done_o,
    output wire                                  pass_done_slot_o,
    // Gather buffers
    output wire [(MaxUnits > 1 ? $clog2(MaxUnits) : 1)-1:0] unit_o,
    input  wire                                  row_valid_i,
    input  wire [PostLanes*32-1:0]               row_data_i,
    output wire                                  row_pop_o,
    // GLB: stored sums
    output wire                                  psr_valid_o,
    input  wire                                  psr_ready_i,
    output wire [17:0]                           psr_addr_o,
    input  wire [GlbBytes*8-1:0]                 psr_data_i,
    output wire                                  psw_valid_o,
    input  wire                                  psw_ready_i,
    output wire [17:0]                           psw_addr_o,
    output wire [GlbBytes-1:0]                   psw_be_o,
    output wire [GlbBytes*8-1:0]                 psw_data_o,
    // Post
    output wire                                  post_valid_o,
    input  wire                                  post_ready_i,
    output wire [PostLanes*32-1:0]               post_data_o,
    output wire [$clog2(PostLanes+1)-1:0]        post_count_o,
    output wire [(PostLanes > 1 ? $clog2(PostLanes) : 1)-1:0] post_lane_o,
    output wire [$clog2(2*ParamRows)-1:0]        post_row_o,
    output wire [17:0]                           post_addr_o,
    output wire                                  post_res_en_o,
    output wire [17:0]                           post_res_addr_o,
    output wire                                  post_cfg_o,
    output wire                                  post_parity_o,
    output wire                                  post_end_o,
    input  wire                                  post_done_i,
    // Classes and events
    output wire [2:0]                            class_o,
    output wire                                  ev_glb_psr_o,
    output wire                                  ev_glb_psw_o,
    output wire                                  ev_par_o
);
  localparam int PL = PostLanes;
  localparam int W = GlbBytes;
  localparam int PW = (PL > 1) ? W / 4 : 1;  // sums of a chunk
  localparam int ByteW = $clog2(W);
  localparam int WordW = 18 - ByteW;
  localparam int CntW = $clog2(PL + 1);
  localparam int RowW = $clog2(ParamRows);
  localparam int UnitW = (MaxUnits > 1) ? $clog2(MaxUnits) : 1;
  localparam int LaneW = (PL > 1) ? $clog2(PL) : 1;
  localparam int SumW = weft_pkg::PassPW;
  localparam int PsrDepth = (PL > 1) ? 3 : 1;
  // At least 16 entries, so that targets take a block of RAM and not registers.
  localparam int TableW = (UnitW > 3) ? UnitW : 3;
  if (PL < 1 || PL > W || (PL & (PL - 1)) != 0 || (PL > 1 && PL < W / 4)) begin : gen_guard_lanes
    ERROR_collector_PostLanes u_error ();
  end
  if (W < 4 || (W & (W - 1)) != 0) begin : gen_guard_bytes
    ERROR_collector_GlbBytes u_error ();
  end
  if (MaxUnits < 1 || MaxUnits > 64) begin : gen_guard_units
    ERROR_collector_MaxUnits u_error ();
  end
  if (ParamRows < 2 || ParamRows > 256 || (ParamRows & (ParamRows - 1)) != 0) begin : gen_guard_rows
    ERROR_collector_ParamRows u_error ();
  end

  // Fields of the pass in work
  reg  [1:0] pass_q;
  wire slot = pass_q[0];
  wire mine = slot ? pass_valid_i[1] && pass_phase_i[1] == pass_q[1]
                   : pass_valid_i[0] && pass_phase_i[0] == pass_q[1];
  localparam int PassBits = weft_pkg::PassBits;
  wire [PassBits-1:0] pass = slot ? pass_i[2*PassBits-1:PassBits] : pass_i[PassBits-1:0];
  localparam int PatternW = $clog2(Patterns);
  wire [PatternW-1:0] pattern = pass[weft_pkg::PassPatternLsb+:PatternW];
  wire acc_in = pass[weft_pkg::PassAccInLsb];
  wire last = pass[weft_pkg::PassLastLsb];
  wire maximum = pass[weft_pkg::PassMaxLsb];
  wire [weft_pkg::PassUnitsW-1:0] units = pass[weft_pkg::PassUnitsLsb+:weft_pkg::PassUnitsW];
  wire [weft_pkg::PassStepsW-1:0] steps = pass[weft_pkg::PassStepsLsb+:weft_pkg::PassStepsW];
  wire [SumW-1:0] p = pass[weft_pkg::PassPLsb+:SumW];
  wire [WordW-1:0] psum_base = pass[weft_pkg::PassPsumBaseLsb+ByteW+:WordW];
  wire [17:0] out_base = pass[weft_pkg::PassOutBaseLsb+:18];
  wire [17:0] out_stride = pass[weft_pkg::PassOutStrideLsb+:18];
  wire [17:0] res_delta = pass[weft_pkg::PassResDeltaLsb+:18];
  wire unused_pass = &{1'b0, pass};
  wire chunked = acc_in || !last;

  // Walk over steps, units and beats
  typedef enum logic [1:0] {Idle, Load, Run, Drain} state_e;
  state_e state_q;
  reg  [weft_pkg::PassStepsW-1:0] step_q;
  reg  [UnitW-1:0] unit_q;
  reg  [SumW-1:0] sum_q;           // first sum of the beat
  reg  [17:0] out_q;               // out_base + step * out_stride
  reg  [WordW-1:0] psum_q;         // word of the beat
  wire start = state_q == Idle && mine;
  wire load = state_q == Load;
  wire fire;
  wire [SumW:0] beat = (SumW+1)'(chunked ? PW : PL);
  wire [SumW:0] sum_d = (SumW+1)'(sum_q) + beat;
  wire [weft_pkg::PassStepsW-1:0] step_d = step_q + 1'b1;
  wire unit_end = (PL > 1) ? sum_d >= (SumW+1)'(p) : sum_d[SumW-1:0] == p;
  wire [CntW-1:0] count = (PL > 1 && unit_end) ? CntW'(p - sum_q) : CntW'(beat);
  wire step_end, pass_end;
  if (MaxUnits > 1) begin : gen_units
    assign step_end = unit_end && 8'(unit_q) == units - 8'd1;
  end else begin : gen_unit
    assign step_end = unit_end;
    wire unused_units = &{1'b0, units};
  end
  assign pass_end = step_end && step_d == steps;
  wire done = (fire && pass_end && !last) || (state_q == Drain && post_done_i);

  wire [31:0] entry;
  weft_ram_1r1w #(.Width(32), .Depth(Patterns << TableW)) u_units (
      .clk_i,
      .we_i(map_we_i && map_kind_i == 2'd2),
      .waddr_i({map_pattern_i[PatternW-1:0], map_index_i[TableW-1:0]}),
      .wdata_i(map_data_i),
      .re_i(load || (fire && unit_end)),
      .raddr_i({pattern, (load || step_end) ? TableW'(0) : TableW'(unit_q) + 1'b1}),
      .rdata_o(entry)
  );
  wire unused_index = &{1'b0, map_index_i[8:TableW], map_pattern_i, entry};

  always_ff @(posedge clk_i) begin
    if (start) begin
      step_q <= '0;
      unit_q <= '0;
      sum_q <= '0;
      out_q <= '0;
      psum_q <= '0;
    end else begin
      if (fire) begin
        sum_q <= unit_end ? '0 : sum_d[SumW-1:0];
        if (unit_end) unit_q <= step_end ? '0 : unit_q + 1'b1;
        if (step_end) step_q <= step_d;
      end
      if (load || (fire && step_end)) out_q <= out_q + (load ? out_base : out_stride);
      if (load || fire) psum_q <= psum_q + (load ? psum_base : '0) + WordW'(fire);
    end
    if (!rst_ni) begin
      state_q <= Idle;
      pass_q <= '0;
    end else begin
      if (start) state_q <= Load;
      else if (load) state_q <= Run;
      else if (done) state_q <= Idle;
      else if (fire && pass_end) state_q <= Drain;
      if (done) pass_q <= pass_q + 1'b1;
    end
  end

  // Stored sums
  wire stored_valid;
  wire [W*8-1:0] stored;
  wire psr_fire = psr_valid_o && psr_ready_i;
  reg  held_q;  // a word that was read stands on psr_data_i
  if (PsrDepth == 1) begin : gen_hold
    always_ff @(posedge clk_i) begin
      if (!rst_ni) held_q <= 1'b0;
      else held_q <= psr_fire || (held_q && !fire);
    end
    assign psr_valid_o = state_q == Run && acc_in && !held_q;
    assign psr_addr_o = {psum_q, {ByteW{1'b0}}};
    assign stored_valid = held_q;
    assign stored = psr_data_i;
  end else begin : gen_ahead
    wire queue_ready;
    reg  active_q;
    reg  [weft_pkg::PassStepsW-1:0] ahead_step_q;
    reg  [UnitW-1:0] ahead_unit_q;
    reg  [SumW-1:0] ahead_sum_q;
    reg  [WordW-1:0] ahead_q;
    wire ahead_unit_end = p - ahead_sum_q <= SumW'(PW);
    wire ahead_step_end;
    if (MaxUnits > 1) begin : gen_units
      assign ahead_step_end = ahead_unit_end && 8'(ahead_unit_q) == units - 8'd1;
    end else begin : gen_unit
      assign ahead_step_end = ahead_unit_end;
      wire unused_unit = ahead_unit_q;
    end
    always_ff @(posedge clk_i) begin
      if (start) begin
        ahead_step_q <= '0;
        ahead_unit_q <= '0;
        ahead_sum_q <= '0;
      end else if (load) begin
        ahead_q <= psum_base;
      end else if (psr_fire) begin
        ahead_q <= ahead_q + 1'b1;
        ahead_sum_q <= ahead_unit_end ? '0 : ahead_sum_q + SumW'(PW);
        if (ahead_unit_end) ahead_unit_q <= ahead_step_end ? '0 : ahead_unit_q + 1'b1;
        if (ahead_step_end) ahead_step_q <= ahead_step_q + 1'b1;
      end
      if (!rst_ni) begin
        active_q <= 1'b0;
        held_q <= 1'b0;
      end else begin
        if (load) active_q <= acc_in;
        else if (psr_fire && ahead_step_end && ahead_step_q == steps - 1'b1) active_q <= 1'b0;
        held_q <= psr_fire || (held_q && !queue_ready);
      end
    end
    assign psr_valid_o = active_q && (!held_q || queue_ready);
    assign psr_addr_o = {ahead_q, {ByteW{1'b0}}};
    weft_fifo #(.Width(W * 8), .Depth(PsrDepth - 1)) u_stored (
        .clk_i, .rst_ni,
        .in_valid_i(held_q), .in_ready_o(queue_ready), .in_data_i(psr_data_i),
        .out_valid_o(stored_valid), .out_ready_i(fire && acc_in), .out_data_o(stored)
    );
  end

  // Sums of the beat. In max passes all sums are 0..511, and nothing is stored in the high bits.
  wire [LaneW-1:0] lane = (PL > 1) ? sum_q[LaneW-1:0] : '0;
  reg  [PL*32-1:0] sums;
  reg  [PW*32-1:0] chunk;
  integer i;
  always_comb begin
    chunk = row_data_i[PW*32-1:0];
    for (i = 1; i < PL / PW; i = i + 1)
      if (lane == LaneW'(i * PW)) chunk = row_data_i[i*PW*32+:PW*32];
    sums = row_data_i;
    for (i = 0; i < PW; i = i + 1)
      sums[i*32+:32] = Combine(chunk[i*32+:32], stored[i*32+:32], acc_in, maximum);
  end
  function automatic [31:0] Combine(input [31:0] row, input [31:0] old, input with_old,
                                    input take_max);
    reg larger;
    begin
      larger = row[8:0] > old[8:0];
      Combine = {row[31:9], row[8:0] & {9{!(take_max && with_old && !larger)}}} +
                (old & {{23{with_old}}, {9{with_old && !(take_max && larger)}}});
    end
  endfunction

  wire beat_valid = state_q == Run && row_valid_i && (!acc_in || stored_valid);
  assign fire = beat_valid && (last ? post_ready_i : psw_ready_i);
  assign unit_o = UnitW'(entry[weft_pkg::MapUnitUnitLsb+:weft_pkg::MapUnitUnitW]);
  assign row_pop_o = fire && (unit_end || !chunked || lane == LaneW'(PL - PW));
  assign psw_valid_o = beat_valid && !last;
  assign psw_addr_o = {psum_q, {ByteW{1'b0}}};
  assign psw_be_o = ~({W{1'b1}} << {count, 2'b0});
  assign psw_data_o = (W*8)'(sums[PW*32-1:0]);

  assign post_valid_o = beat_valid && last;
  assign post_data_o = sums;
  assign post_count_o = count;
  assign post_lane_o = lane;
  assign post_row_o = {pass[weft_pkg::PassHalfLsb],
                       RowW'(entry[weft_pkg::MapUnitParamRowLsb+:weft_pkg::MapUnitParamRowW]) +
                       RowW'(sum_q >> (PL > 1 ? LaneW : 0))};
  assign post_addr_o = out_q + entry[weft_pkg::MapUnitOffsetLsb+:18] + 18'(sum_q);
  assign post_res_en_o = pass[weft_pkg::PassResEnLsb];
  assign post_res_addr_o = post_addr_o + res_delta;
  assign post_cfg_o = pass[weft_pkg::PassCfgLsb];
  assign post_parity_o = pass[weft_pkg::PassParityLsb];
  assign post_end_o = pass_end;

  assign pass_done_o = done;
  assign pass_done_slot_o = slot;
  assign class_o = (start || load || fire)            ? weft_pkg::ClassBusy
                 : (beat_valid || state_q == Drain) ? weft_pkg::ClassOutput
                 : (state_q == Run)                 ? weft_pkg::ClassInput
                                                    : weft_pkg::ClassIdle;
  assign ev_glb_psr_o = psr_fire;
  assign ev_glb_psw_o = psw_valid_o && psw_ready_i;
  assign ev_par_o = pass[weft_pkg::PassParityLsb];
endmodule
`default_nettype wire
