// SPDX-License-Identifier: Apache-2.0
// Reads ifmap tokens from the GLB and sends their nonzeros over the ifmap bus. Scans one (x, k) a
// cycle, also where the stream has no token, and hands tokens to weft_feed_wide (one GLB word and
// one beat a cycle) or, if GlbSinglePort, to weft_feed_serial (one byte a beat). The first beat is
// valid 6 cycles after the pass is seen (serial: in the cycle after its word's fire). act_ready_i
// is the AND of all addressed targets; glb_data_i is valid in the cycle after fire and held until
// the next. Reset clears control state. A pass's slot must not change before its feed_done_o.
// Twin: model/feeder.h, with the recurrence.
`default_nettype none
module weft_feeder #(
    parameter int FilterDepth   = 256,  // words, a power of two
    parameter int WinLanes      = 8,    // nonzeros a beat, 1..8
    parameter int GlbBytes      = 16,   // bytes of a GLB word, a power of two from 4
    parameter int MaxStreams    = 168,  // streams of a pattern, 1..255
    parameter int GlbSinglePort = 0,    // 1: the serial feeder
    parameter int Patterns      = 4,    // 2 or 4
    localparam int PatternW     = $clog2(Patterns),
    localparam int OffW         = $clog2(FilterDepth),
    localparam int CountW       = $clog2(WinLanes + 1),
    localparam int ByteW        = $clog2(GlbBytes)
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    // pass table
    input  wire  [1:0]                       pass_valid_i,
    input  wire  [1:0]                       pass_phase_i,
    input  wire  [2*weft_pkg::PassBits-1:0]  pass_i,
    input  wire  [2*weft_pkg::CfgBits-1:0]   cfg_i,
    // pattern tables
    input  wire                              map_we_i,
    input  wire  [1:0]                       map_kind_i,
    input  wire  [1:0]                       map_pattern_i,
    input  wire  [8:0]                       map_index_i,
    input  wire  [31:0]                      map_data_i,
    // GLB read port
    output logic                             glb_valid_o,
    input  wire                              glb_ready_i,
    output logic [17:0]                      glb_addr_o,
    input  wire  [GlbBytes*8-1:0]            glb_data_i,
    // ifmap bus
    output logic                             act_valid_o,
    input  wire                              act_ready_i,
    output logic [7:0]                       act_id_o,
    output logic                             act_slot_o,
    output logic                             act_head_o,
    output logic                             act_last_o,
    output logic                             act_eos_o,        // with act_last_o only
    output logic [5:0]                       act_x_o,
    output logic [CountW-1:0]                act_n_o,
    output logic [WinLanes*9-1:0]            act_val_o,
    output logic [WinLanes*OffW-1:0]         act_off_o,
    // status
    output logic                             feed_done_o,
    output logic [2:0]                       class_o,
    output logic [CountW-1:0]                ev_act_bus_o,
    output logic [ByteW:0]                   ev_act_values_o,  // with a chunk's last beat
    output logic                             ev_par_o,         // parity of the two above
    output logic                             ev_glb_act_o,
    output logic                             ev_glb_par_o      // parity of ev_glb_act_o
);
  if ((FilterDepth & (FilterDepth - 1)) != 0 || FilterDepth < 2) begin : gen_bad_depth
    ERROR_FilterDepth_must_be_a_power_of_two u_error ();
  end
  if (WinLanes < 1 || WinLanes > 8) begin : gen_bad_lanes
    ERROR_WinLanes_must_be_1_to_8 u_error ();
  end
  if ((GlbBytes & (GlbBytes - 1)) != 0 || GlbBytes < 4 || GlbBytes > 32) begin : gen_bad_word
    ERROR_GlbBytes_must_be_4_8_16_or_32 u_error ();
  end
  if (MaxStreams < 1 || MaxStreams > 255) begin : gen_bad_streams
    ERROR_MaxStreams_must_be_1_to_255 u_error ();
  end
  localparam int StreamW = (MaxStreams > 1) ? $clog2(MaxStreams) : 1;
  // At least 16 entries, so that targets take a block of RAM and not registers.
  localparam int TableW = (StreamW > 3) ? StreamW : 3;
  localparam logic [1:0] KindStream = 2'd1;
  localparam logic [1:0] StateIdle = 2'd0, StateRun = 2'd1, StateEnd = 2'd2;

  logic [1:0] state_d, state_q;
  logic [1:0] cnt_d, cnt_q;  // passes taken: slot and phase
  logic [9:0] x_d, x_q;
  logic [StreamW-1:0] k_d, k_q;
  logic [17:0] row_d, row_q;        // act_base + x * xstride
  logic [OffW-1:0] xoff_d, xoff_q;  // x * qs
  wire slot = cnt_q[0];
  wire mine = pass_valid_i[slot] && pass_phase_i[slot] == cnt_q[1];
  wire [weft_pkg::PassBits-1:0] pass =
      slot ? pass_i[weft_pkg::PassBits+:weft_pkg::PassBits] : pass_i[0+:weft_pkg::PassBits];
  wire [7:0] pass_streams = pass[weft_pkg::PassStreamsLsb+:8];
  wire [9:0] pass_xcount = pass[weft_pkg::PassXcountLsb+:10];

  // The entry of stream k is read one cycle ahead.
  logic entry_re;
  wire [31:0] entry;
  weft_ram_1r1w #(
      .Width(32),
      .Depth(Patterns << TableW)
  ) u_streams (
      .clk_i  (clk_i),
      .we_i   (map_we_i && map_kind_i == KindStream),
      .waddr_i({map_pattern_i[PatternW-1:0], map_index_i[TableW-1:0]}),
      .wdata_i(map_data_i),
      .re_i   (entry_re),
      .raddr_i({pass[weft_pkg::PassPatternLsb+:PatternW], TableW'(k_d)}),
      .rdata_o(entry)
  );
  wire [3:0] entry_first = entry[weft_pkg::MapStreamFirstLsb+:4];
  wire [8:0] entry_count = entry[weft_pkg::MapStreamCountLsb+:9];
  wire [10:0] past = {1'b0, x_q} - (11'(entry_first) + 11'(entry_count));  // < 0: a token may be
  wire is_token = (x_q[9:4] != '0 || x_q[3:0] >= entry_first) && past[10];

  // The token (or the marker behind a pass's last one), held until taken
  wire tok_end = state_q == StateEnd;
  wire tok_valid = tok_end || (state_q == StateRun && is_token);
  wire tok_ready;
  wire tok_eos = past[9:0] == '1;
  wire [17:0] tok_addr = row_q + entry[weft_pkg::MapStreamOffsetLsb+:18];
  wire [6:0] tok_bytes = entry[weft_pkg::MapStreamShortLsb] ? pass[weft_pkg::PassQShortLsb+:7]
                                                            : pass[weft_pkg::PassQLsb+:7];

  wire last_k = StreamW'(k_q + 1'b1) == pass_streams[StreamW-1:0];  // streams <= 2**StreamW
  wire last_x = x_q + 10'd1 == pass_xcount;
  wire start = state_q == StateIdle && mine;
  wire step = state_q == StateRun && (!is_token || tok_ready);
  wire [17:0] row_sum = row_q + (state_q == StateIdle ? pass[weft_pkg::PassActBaseLsb+:18]
                                                      : pass[weft_pkg::PassXstrideLsb+:18]);
  always_comb begin
    state_d = state_q;
    cnt_d = cnt_q;
    x_d = x_q;
    k_d = k_q;
    row_d = row_q;
    xoff_d = xoff_q;
    entry_re = start || step;
    if (start) begin
      row_d = row_sum;
      state_d = (pass_streams == '0 || pass_xcount == '0) ? StateEnd : StateRun;
    end
    if (step) begin
      k_d = k_q + 1'b1;
      if (last_k) begin
        k_d = '0;
        x_d = x_q + 10'd1;
        row_d = row_sum;
        xoff_d = xoff_q + OffW'(pass[weft_pkg::PassTapStrideLsb+:8]);
        if (last_x) state_d = StateEnd;
      end
    end
    if (tok_end && tok_ready) begin
      state_d = StateIdle;
      cnt_d = cnt_q + 2'd1;
      x_d = '0;
      row_d = '0;
      xoff_d = '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      cnt_q <= '0;
      x_q <= '0;
      k_q <= '0;
      row_q <= '0;
      xoff_q <= '0;
    end else begin
      state_q <= state_d;
      cnt_q <= cnt_d;
      x_q <= x_d;
      k_q <= k_d;
      row_q <= row_d;
      xoff_q <= xoff_d;
    end
  end

  // By CFG slot {act_unsigned, act_zp}; by pass slot its CFG slot and its layer's parity
  wire [9:0] zp_cfg0 = {cfg_i[weft_pkg::CfgActUnsignedLsb], cfg_i[weft_pkg::CfgActZpLsb+:9]};
  wire [9:0] zp_cfg1 = {
    cfg_i[weft_pkg::CfgBits+weft_pkg::CfgActUnsignedLsb],
    cfg_i[weft_pkg::CfgBits+weft_pkg::CfgActZpLsb+:9]
  };
  wire [19:0] zp = {zp_cfg1, zp_cfg0};
  wire [1:0] zp_slot = {
    pass_i[weft_pkg::PassBits+weft_pkg::PassCfgLsb], pass_i[weft_pkg::PassCfgLsb]
  };
  wire [1:0] parity = {
    pass_i[weft_pkg::PassBits+weft_pkg::PassParityLsb], pass_i[weft_pkg::PassParityLsb]
  };
  wire [StreamW-1:0] act_id;
  wire glb_slot;
  wire active;  // a marker has not come out yet
  wire [ByteW:0] chunk_bytes;
  if (GlbSinglePort != 0) begin : gen_serial
    weft_feed_serial #(
        .FilterDepth(FilterDepth),
        .WinLanes   (WinLanes),
        .GlbBytes   (GlbBytes),
        .StreamW    (StreamW)
    ) u_back (
        .clk_i        (clk_i),
        .rst_ni       (rst_ni),
        .tok_valid_i  (tok_valid),
        .tok_ready_o  (tok_ready),
        .tok_end_i    (tok_end),
        .tok_slot_i   (slot),
        .tok_id_i     (k_q),
        .tok_addr_i   (tok_addr),
        .tok_bytes_i  (tok_bytes),
        .tok_x_i      (x_q),
        .tok_off_i    (xoff_q),
        .tok_eos_i    (tok_eos),
        .zp_i         (zp),
        .zp_slot_i    (zp_slot),
        .glb_valid_o  (glb_valid_o),
        .glb_ready_i  (glb_ready_i),
        .glb_addr_o   (glb_addr_o),
        .glb_slot_o   (glb_slot),
        .glb_data_i   (glb_data_i),
        .act_valid_o  (act_valid_o),
        .act_ready_i  (act_ready_i),
        .act_id_o     (act_id),
        .act_slot_o   (act_slot_o),
        .act_head_o   (act_head_o),
        .act_last_o   (act_last_o),
        .act_eos_o    (act_eos_o),
        .act_x_o      (act_x_o),
        .act_n_o      (act_n_o),
        .act_val_o    (act_val_o),
        .act_off_o    (act_off_o),
        .chunk_bytes_o(chunk_bytes),
        .feed_done_o  (feed_done_o),
        .active_o     (active)
    );
  end else begin : gen_wide
    weft_feed_wide #(
        .FilterDepth(FilterDepth),
        .WinLanes   (WinLanes),
        .GlbBytes   (GlbBytes),
        .StreamW    (StreamW)
    ) u_back (
        .clk_i        (clk_i),
        .rst_ni       (rst_ni),
        .tok_valid_i  (tok_valid),
        .tok_ready_o  (tok_ready),
        .tok_end_i    (tok_end),
        .tok_slot_i   (slot),
        .tok_id_i     (k_q),
        .tok_addr_i   (tok_addr),
        .tok_bytes_i  (tok_bytes),
        .tok_x_i      (x_q),
        .tok_off_i    (xoff_q),
        .tok_eos_i    (tok_eos),
        .zp_i         (zp),
        .zp_slot_i    (zp_slot),
        .glb_valid_o  (glb_valid_o),
        .glb_ready_i  (glb_ready_i),
        .glb_addr_o   (glb_addr_o),
        .glb_slot_o   (glb_slot),
        .glb_data_i   (glb_data_i),
        .act_valid_o  (act_valid_o),
        .act_ready_i  (act_ready_i),
        .act_id_o     (act_id),
        .act_slot_o   (act_slot_o),
        .act_head_o   (act_head_o),
        .act_last_o   (act_last_o),
        .act_eos_o    (act_eos_o),
        .act_x_o      (act_x_o),
        .act_n_o      (act_n_o),
        .act_val_o    (act_val_o),
        .act_off_o    (act_off_o),
        .chunk_bytes_o(chunk_bytes),
        .feed_done_o  (feed_done_o),
        .active_o     (active)
    );
  end

  wire fire = act_valid_o && act_ready_i;
  always_comb begin
    act_id_o = 8'(act_id);
    if (fire) class_o = weft_pkg::ClassBusy;
    else if (act_valid_o) class_o = weft_pkg::ClassOutput;
    else if (state_q != StateIdle || active) class_o = weft_pkg::ClassInput;
    else class_o = weft_pkg::ClassIdle;
    ev_act_bus_o = fire ? act_n_o : '0;
    ev_act_values_o = fire ? chunk_bytes : '0;
    ev_par_o = parity[act_slot_o];
    ev_glb_act_o = glb_valid_o && glb_ready_i;
    ev_glb_par_o = parity[glb_slot];
  end
  wire unused = &{1'b0, map_index_i, map_pattern_i, pass_streams, pass};
endmodule
`default_nettype wire
