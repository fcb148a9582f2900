// SPDX-License-Identifier: Apache-2.0
// Reads ifmap tokens from the GLB and sends their nonzeros, WinLanes a beat, over the ifmap bus.
// Three decoupled stages: scan and fetch (one (x, k) and one GLB word a cycle), funnel (words to
// chunks of GlbBytes from the token's first byte), compactor (one beat a cycle). First beat is
// valid 6 cycles after its pass is seen (5 if GlbSinglePort). act_* are registers; act_ready_i is the AND
// of all addressed targets; glb_data_i is valid in the cycle after fire and held until the next.
// Reset clears control state. The pass's slot must stay as it is until feed_done_o.
// Twin: model/feeder.h, with the recurrence.
`default_nettype none
module weft_feeder #(
    parameter int FilterDepth   = 256,  // words, a power of two
    parameter int WinLanes      = 8,    // nonzeros a beat, 1..8
    parameter int GlbBytes      = 16,   // bytes of a GLB word, a power of two from 4
    parameter int MaxStreams    = 168,  // streams of a pattern, 1..255
    parameter int GlbSinglePort = 0,    // 1: a word takes several cycles anyway, so fewer buffers
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
    input  wire                              map_pattern_i,
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
    output logic                             act_eos_o,   // with act_last_o only
    output logic [5:0]                       act_x_o,
    output logic [CountW-1:0]                act_n_o,
    output logic [WinLanes*9-1:0]            act_val_o,
    output logic [WinLanes*OffW-1:0]         act_off_o,
    // status
    output logic                             feed_done_o,
    output logic [2:0]                       class_o,
    output logic [CountW-1:0]                ev_act_bus_o,
    output logic [ByteW:0]                   ev_act_values_o,
    output logic                             ev_par_o,       // parity of the two above
    output logic                             ev_glb_act_o,
    output logic                             ev_glb_par_o    // parity of ev_glb_act_o
);
  if ((FilterDepth & (FilterDepth - 1)) != 0 || FilterDepth < 2) begin : gen_bad_depth
    ERROR_FilterDepth_must_be_a_power_of_two u_error ();
  end
  if (WinLanes < 1 || WinLanes > 8) begin : gen_bad_lanes
    ERROR_WinLanes_must_be_1_to_8 u_error ();
  end
  if ((GlbBytes & (GlbBytes - 1)) != 0 || GlbBytes < 4) begin : gen_bad_word
    ERROR_GlbBytes_must_be_a_power_of_two_from_4 u_error ();
  end
  if (MaxStreams < 1 || MaxStreams > 255) begin : gen_bad_streams
    ERROR_MaxStreams_must_be_1_to_255 u_error ();
  end
  localparam int StreamW = (MaxStreams > 1) ? $clog2(MaxStreams) : 1;
  localparam int WordAddrW = 18 - ByteW;
  localparam int RestW = 8 - ByteW;  // words of a token, less one
  localparam logic [1:0] KindStream = 2'd1;

  // ---- Scan: one (x, k) a cycle; the stream's entry was read in the cycle before.
  localparam logic [1:0] StateIdle = 2'd0, StateRun = 2'd1, StateEnd = 2'd2;
  logic [1:0] state_d, state_q;
  logic [1:0] cnt_d, cnt_q;  // passes taken; slot and phase
  logic [9:0] x_d, x_q;
  logic [StreamW-1:0] k_d, k_q;
  logic [17:0] row_d, row_q;  // act_base + x * xstride
  logic [OffW-1:0] xoff_d, xoff_q;
  wire slot = cnt_q[0];
  wire mine = pass_valid_i[slot] && pass_phase_i[slot] == cnt_q[1];
  wire [weft_pkg::PassBits-1:0] pass =
      slot ? pass_i[weft_pkg::PassBits+:weft_pkg::PassBits] : pass_i[0+:weft_pkg::PassBits];
  wire pass_pattern = pass[weft_pkg::PassPatternLsb];
  wire [7:0] pass_streams = pass[weft_pkg::PassStreamsLsb+:8];
  wire [9:0] pass_xcount = pass[weft_pkg::PassXcountLsb+:10];

  logic entry_re;
  wire [31:0] entry;
  weft_ram_1r1w #(
      .Width(32),
      .Depth(2 << StreamW)
  ) u_streams (
      .clk_i  (clk_i),
      .we_i   (map_we_i && map_kind_i == KindStream),
      .waddr_i({map_pattern_i, map_index_i[StreamW-1:0]}),
      .wdata_i(map_data_i),
      .re_i   (entry_re),
      .raddr_i({pass_pattern, k_d}),
      .rdata_o(entry)
  );
  wire [17:0] entry_offset = entry[weft_pkg::MapStreamOffsetLsb+:18];
  wire [9:0] entry_first = 10'(entry[weft_pkg::MapStreamFirstLsb+:4]);
  wire [9:0] entry_count = 10'(entry[weft_pkg::MapStreamCountLsb+:9]);
  wire entry_short = entry[weft_pkg::MapStreamShortLsb];
  wire [10:0] left = {1'b0, x_q} - {1'b0, entry_first + entry_count};  // negative: not past the end
  wire is_token = x_q >= entry_first && left[10];
  wire is_eos = &left;

  wire [17:0] token_addr = row_q + entry_offset;
  wire [6:0] token_rest = (entry_short ? pass[weft_pkg::PassQShortLsb+:7]
                                       : pass[weft_pkg::PassQLsb+:7]) - 7'd1;
  wire [RestW-1:0] token_words =  // less one
      RestW'((8'(token_addr[ByteW-1:0]) + {1'b0, token_rest}) >> ByteW);

  logic load_ready;  // the fetch register takes a token or the marker
  wire last_k = 8'(k_q) + 8'd1 == pass_streams;
  wire last_x = x_q + 10'd1 == pass_xcount;
  wire step = state_q == StateRun && (!is_token || load_ready);
  wire load = (state_q == StateRun && is_token && load_ready) || (state_q == StateEnd && load_ready);
  wire start = state_q == StateIdle && mine;
  always_comb begin
    state_d = state_q;
    cnt_d = cnt_q;
    x_d = x_q;
    k_d = k_q;
    row_d = row_q;
    xoff_d = xoff_q;
    if (start) begin
      x_d = '0;
      k_d = '0;
      row_d = pass[weft_pkg::PassActBaseLsb+:18];
      xoff_d = '0;
      state_d = (pass_streams == '0 || pass_xcount == '0) ? StateEnd : StateRun;
    end
    if (step) begin
      k_d = k_q + 1'b1;
      if (last_k) begin
        k_d = '0;
        x_d = x_q + 10'd1;
        row_d = row_q + pass[weft_pkg::PassXstrideLsb+:18];
        xoff_d = xoff_q + OffW'(pass[weft_pkg::PassTapStrideLsb+:8]);
        if (last_x) state_d = StateEnd;
      end
    end
    if (state_q == StateEnd && load_ready) begin
      state_d = StateIdle;
      cnt_d = cnt_q + 2'd1;
    end
    entry_re = start || step;
  end
  always_ff @(posedge clk_i) begin
    x_q <= x_d;
    k_q <= k_d;
    row_q <= row_d;
    xoff_q <= xoff_d;
    if (!rst_ni) begin
      state_q <= StateIdle;
      cnt_q <= '0;
    end else begin
      state_q <= state_d;
      cnt_q <= cnt_d;
    end
  end

  // ---- Fetch: the token whose words are being read. A pass ends with a marker: a word that is not read.
  // What a word carries along, from here to the chunks:
  localparam int SlotLsb = 0, EndLsb = 1, FirstLsb = 2, LastLsb = 3, FlushLsb = 4, EosLsb = 5, XLsb = 6;
  localparam int OffLsb = XLsb + 6, IdLsb = OffLsb + OffW, ShiftLsb = IdLsb + StreamW;
  localparam int RestLsb = ShiftLsb + ByteW, MetaW = RestLsb + ByteW;
  logic cur_valid_q, cur_slot_q, cur_end_q, cur_first_q, cur_flush_q, cur_eos_q;
  logic [WordAddrW-1:0] cur_addr_q;
  logic [RestW-1:0] cur_words_q;
  logic [ByteW-1:0] cur_shift_q, cur_rest_q;
  logic [StreamW-1:0] cur_id_q;
  logic [5:0] cur_x_q;
  logic [OffW-1:0] cur_off_q;
  logic port_valid_q;  // glb_data_i is a word (or the marker) that has not been taken
  logic [MetaW-1:0] port_meta_q;
  logic port_take;
  wire fetch_ready = cur_valid_q && (!port_valid_q || port_take);
  wire fetch = fetch_ready && (cur_end_q || glb_ready_i);
  assign load_ready = !cur_valid_q || (fetch && cur_words_q == '0);
  always_comb begin
    glb_valid_o = fetch_ready && !cur_end_q;
    glb_addr_o = {cur_addr_q, {ByteW{1'b0}}};
  end
  always_ff @(posedge clk_i) begin
    if (fetch) begin
      port_meta_q <= {
        cur_rest_q, cur_shift_q, cur_id_q, cur_off_q, cur_x_q, cur_eos_q, cur_flush_q,
        cur_words_q == '0, cur_first_q, cur_end_q, cur_slot_q
      };
      cur_addr_q <= cur_addr_q + 1'b1;
      cur_words_q <= cur_words_q - 1'b1;
      cur_first_q <= 1'b0;
    end
    if (load) begin
      cur_slot_q <= slot;
      cur_end_q <= state_q == StateEnd;
      cur_first_q <= 1'b1;
      // a last chunk that begins behind the word in which the chunk before it began
      cur_flush_q <= token_addr[ByteW-1:0] != '0 && token_words != '0 &&
                     token_words == RestW'(token_rest[6:ByteW]);
      cur_eos_q <= is_eos;
      cur_addr_q <= token_addr[17:ByteW];
      cur_words_q <= (state_q == StateEnd) ? '0 : token_words;
      cur_shift_q <= token_addr[ByteW-1:0];
      cur_rest_q <= token_rest[ByteW-1:0];
      cur_id_q <= k_q;
      cur_x_q <= x_q[5:0];
      cur_off_q <= xoff_q;
    end
    if (!rst_ni) begin
      cur_valid_q <= 1'b0;
      port_valid_q <= 1'b0;
    end else begin
      if (load) cur_valid_q <= 1'b1;
      else if (load_ready) cur_valid_q <= 1'b0;
      if (fetch) port_valid_q <= 1'b1;
      else if (port_take) port_valid_q <= 1'b0;
    end
  end

  // ---- The word at the funnel: the port's, or a register behind it (the GLB's multiplexers are slow).
  logic word_valid;
  logic [GlbBytes*8-1:0] word;
  logic [MetaW-1:0] meta;
  logic word_take;
  if (GlbSinglePort != 0) begin : gen_port_word
    always_comb begin
      word_valid = port_valid_q;
      word = glb_data_i;
      meta = port_meta_q;
      port_take = word_take;
    end
  end else begin : gen_register_word
    logic word_valid_q;
    logic [GlbBytes*8-1:0] word_q;
    logic [MetaW-1:0] meta_q;
    always_comb begin
      word_valid = word_valid_q;
      word = word_q;
      meta = meta_q;
      port_take = port_valid_q && (!word_valid_q || word_take);
    end
    always_ff @(posedge clk_i) begin
      if (port_take) begin
        word_q <= glb_data_i;
        meta_q <= port_meta_q;
      end
      if (!rst_ni) word_valid_q <= 1'b0;
      else if (port_take) word_valid_q <= 1'b1;
      else if (word_take) word_valid_q <= 1'b0;
    end
  end

  // ---- Funnel: at most one chunk a cycle, from this word or from the one before it and this one.
  wire [ByteW-1:0] shift = meta[ShiftLsb+:ByteW];
  wire [ByteW-1:0] rest = meta[RestLsb+:ByteW];
  logic [GlbBytes*8-9:0] before_q;  // all but byte 0 of the word before
  logic flush_q;                    // only the token's last chunk is still in the word
  logic head_q;                     // the next chunk is its token's first
  wire alone = shift == '0 || (meta[FirstLsb] && meta[LastLsb]) || flush_q;
  wire emit = meta[EndLsb] || alone || !meta[FirstLsb];
  wire again = meta[LastLsb] && meta[FlushLsb] && !flush_q;
  wire chunk_last = meta[LastLsb] && !again;
  wire chunk_ready;
  wire funnel_step = word_valid && (!emit || chunk_ready);
  assign word_take = funnel_step && !again;
  logic [GlbBytes*16-1:0] both;
  wire [GlbBytes*8-1:0] aligned = both[GlbBytes*8-1:0];
  wire [9:0] zp_funnel;
  logic [GlbBytes-1:0] nonzero;
  logic [OffW-1:0] off_q;
  wire [OffW-1:0] chunk_off = head_q ? meta[OffLsb+:OffW] : off_q;
  wire [ByteW-1:0] chunk_rest = rest | {ByteW{!chunk_last}};  // bytes of the chunk, less one
  integer i;
  always_comb begin
    both = {word, alone ? word : {before_q, 8'd0}};
    for (i = 0; i < ByteW; i = i + 1) if (shift[i]) both = both >> (8 << i);
    for (i = 0; i < GlbBytes; i = i + 1)
      nonzero[i] = ByteW'(i) <= chunk_rest && !meta[EndLsb] &&
          {aligned[i*8+7] && !zp_funnel[9], aligned[i*8+:8]} != zp_funnel[8:0];
  end
  always_ff @(posedge clk_i) begin
    if (word_take) before_q <= word[GlbBytes*8-1:8];
    if (funnel_step && emit) off_q <= chunk_off + OffW'(GlbBytes);
    if (!rst_ni) begin
      flush_q <= 1'b0;
      head_q <= 1'b1;
    end else if (funnel_step) begin
      flush_q <= again;
      if (emit) head_q <= chunk_last;
    end
  end
  // zero point and signedness of a pass: {act_unsigned, act_zp}
  wire [9:0] zp_cfg0 = {cfg_i[weft_pkg::CfgActUnsignedLsb], cfg_i[weft_pkg::CfgActZpLsb+:9]};
  wire [9:0] zp_cfg1 = {
    cfg_i[weft_pkg::CfgBits+weft_pkg::CfgActUnsignedLsb],
    cfg_i[weft_pkg::CfgBits+weft_pkg::CfgActZpLsb+:9]
  };
  wire [1:0] cfg_of_slot = {
    pass_i[weft_pkg::PassBits+weft_pkg::PassCfgLsb], pass_i[weft_pkg::PassCfgLsb]
  };
  assign zp_funnel = cfg_of_slot[meta[SlotLsb]] ? zp_cfg1 : zp_cfg0;

  // ---- Chunks wait for the compactor.
  localparam int ChunkMetaW = 5 + 6 + OffW + StreamW + ByteW;
  localparam int ChunkW = ChunkMetaW + GlbBytes + GlbBytes * 8;
  wire head_valid, head_ready;
  wire [ChunkMetaW-1:0] head_meta;
  wire [GlbBytes-1:0] head_nonzero;
  wire [GlbBytes*8-1:0] head_data;
  weft_fifo #(
      .Width(ChunkW),
      .Depth((GlbSinglePort != 0) ? 1 : 2)
  ) u_chunks (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .in_valid_i (word_valid && emit),
      .in_ready_o (chunk_ready),
      .in_data_i  ({
        chunk_rest, meta[IdLsb+:StreamW], chunk_off, meta[XLsb+:6], meta[EosLsb] && chunk_last,
        chunk_last, head_q, meta[EndLsb], meta[SlotLsb], nonzero, aligned
      }),
      .out_valid_o(head_valid),
      .out_ready_i(head_ready),
      .out_data_o ({head_meta, head_nonzero, head_data})
  );
  wire head_slot = head_meta[0], head_end = head_meta[1];
  wire head_head = head_meta[2], head_last = head_meta[3], head_eos = head_meta[4];
  wire [5:0] head_x = head_meta[5+:6];
  wire [OffW-1:0] head_off = head_meta[11+:OffW];
  wire [StreamW-1:0] head_id = head_meta[11+OffW+:StreamW];
  wire [ByteW-1:0] head_rest = head_meta[11+OffW+StreamW+:ByteW];
  wire [9:0] zp_head = cfg_of_slot[head_slot] ? zp_cfg1 : zp_cfg0;

  // ---- Compactor: the lowest WinLanes nonzeros that have not been sent.
  logic [GlbBytes-1:0] sent_q;
  logic [GlbBytes-1:0] unsent;
  logic [ByteW-1:0] index;
  logic [GlbBytes*8-1:0] value;
  logic [CountW-1:0] n;
  logic [WinLanes*9-1:0] val;
  logic [WinLanes*OffW-1:0] off;
  integer lane, b;
  always_comb begin
    unsent = head_nonzero & ~sent_q;
    n = '0;
    for (lane = 0; lane < WinLanes; lane = lane + 1) begin
      index = '0;
      for (b = GlbBytes - 1; b >= 0; b = b - 1) if (unsent[b]) index = ByteW'(b);
      value = head_data;
      for (b = 0; b < ByteW; b = b + 1) if (index[b]) value = value >> (8 << b);
      val[lane*9+:9] = {value[7] && !zp_head[9], value[7:0]} - zp_head[8:0];
      off[lane*OffW+:OffW] = head_off + OffW'(index);
      if (unsent != '0) n = CountW'(lane + 1);
      unsent = unsent & (unsent - 1'b1);
    end
  end
  logic act_valid_q, act_slot_q, act_head_q, act_last_q, act_eos_q, done_q;
  logic [StreamW-1:0] act_id_q;
  logic [5:0] act_x_q;
  logic [CountW-1:0] act_n_q;
  logic [WinLanes*9-1:0] act_val_q;
  logic [WinLanes*OffW-1:0] act_off_q;
  logic [ByteW:0] bytes_q;  // of the chunk that the beat ends, else 0
  logic [1:0] done_cnt_q;   // passes fed
  logic middle_q;           // a beat of the chunk has gone
  wire beat_ready = !act_valid_q || act_ready_i;
  wire chunk_done = unsent == '0;
  assign head_ready = beat_ready && chunk_done;
  always_ff @(posedge clk_i) begin
    if (beat_ready && head_valid) begin
      act_slot_q <= head_slot;
      act_head_q <= head_head && !middle_q;
      act_last_q <= head_last && chunk_done;
      act_eos_q <= head_eos && chunk_done;
      act_id_q <= head_id;
      act_x_q <= head_x;
      act_n_q <= n;
      act_val_q <= val;
      act_off_q <= off;
      bytes_q <= chunk_done ? {1'b0, head_rest} + 1'b1 : '0;
    end
    if (!rst_ni) begin
      act_valid_q <= 1'b0;
      done_q <= 1'b0;
      done_cnt_q <= '0;
      sent_q <= '0;
      middle_q <= 1'b0;
    end else begin
      done_q <= beat_ready && head_valid && head_end;
      if (beat_ready) begin
        act_valid_q <= head_valid && !head_end;
        if (head_valid) begin
          if (head_end) done_cnt_q <= done_cnt_q + 2'd1;
          sent_q <= chunk_done ? '0 : ~unsent;
          middle_q <= !chunk_done;
        end
      end
    end
  end

  wire [1:0] parity_of_slot = {
    pass_i[weft_pkg::PassBits+weft_pkg::PassParityLsb], pass_i[weft_pkg::PassParityLsb]
  };
  wire fire = act_valid_q && act_ready_i;
  always_comb begin
    act_valid_o = act_valid_q;
    act_id_o = 8'(act_id_q);
    act_slot_o = act_slot_q;
    act_head_o = act_head_q;
    act_last_o = act_last_q;
    act_eos_o = act_eos_q;
    act_x_o = act_x_q;
    act_n_o = act_n_q;
    act_val_o = act_val_q;
    act_off_o = act_off_q;
    feed_done_o = done_q;
    if (fire) class_o = weft_pkg::ClassBusy;
    else if (act_valid_q) class_o = weft_pkg::ClassOutput;
    else if (state_q != StateIdle || cnt_q != done_cnt_q) class_o = weft_pkg::ClassInput;
    else class_o = weft_pkg::ClassIdle;
    ev_act_bus_o = fire ? act_n_q : '0;
    ev_act_values_o = fire ? bytes_q : '0;
    ev_par_o = parity_of_slot[act_slot_q];
    ev_glb_act_o = fetch && !cur_end_q;
    ev_glb_par_o = parity_of_slot[cur_slot_q];
  end
endmodule
`default_nettype wire
