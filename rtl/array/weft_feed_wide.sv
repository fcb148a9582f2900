// SPDX-License-Identifier: Apache-2.0
// Back end of weft_feeder at full rate. Fetch: one GLB word a cycle. Funnel: at most one chunk a
// cycle, GlbBytes bytes counted from the token's first (an unaligned token of several words takes
// one cycle more than it has chunks). Compactor: WinLanes nonzeros a beat, at least a beat a chunk.
// From a word's fire to its first beat's valid 4 cycles: data, word register, chunk, beat register.
// act_* are registers. A marker passes as a word that is not read; feed_done_o follows it out.
// Reset clears control state. Twin: FeederWide in model/feeder.h.
`default_nettype none
module weft_feed_wide #(
    parameter int FilterDepth = 256,  // words, a power of two
    parameter int WinLanes    = 8,
    parameter int GlbBytes    = 16,
    parameter int StreamW     = 8,    // bits of a stream's number
    localparam int OffW       = $clog2(FilterDepth),
    localparam int CountW     = $clog2(WinLanes + 1),
    localparam int ByteW      = $clog2(GlbBytes)
) (
    input  wire                      clk_i,
    input  wire                      rst_ni,
    // token, or marker of a pass's end
    input  wire                      tok_valid_i,
    output logic                     tok_ready_o,
    input  wire                      tok_end_i,
    input  wire                      tok_slot_i,
    input  wire  [StreamW-1:0]       tok_id_i,
    input  wire  [17:0]              tok_addr_i,
    input  wire  [6:0]               tok_bytes_i,
    input  wire  [9:0]               tok_x_i,
    input  wire  [OffW-1:0]          tok_off_i,
    input  wire                      tok_eos_i,
    input  wire  [19:0]              zp_i,         // by CFG slot: {unsigned, zero point}
    input  wire  [1:0]               zp_slot_i,    // by pass slot: its CFG slot
    // GLB read port
    output logic                     glb_valid_o,
    input  wire                      glb_ready_i,
    output logic [17:0]              glb_addr_o,
    output logic                     glb_slot_o,
    input  wire  [GlbBytes*8-1:0]    glb_data_i,
    // ifmap bus
    output logic                     act_valid_o,
    input  wire                      act_ready_i,
    output logic [StreamW-1:0]       act_id_o,
    output logic                     act_slot_o,
    output logic                     act_head_o,
    output logic                     act_last_o,
    output logic                     act_eos_o,
    output logic [5:0]               act_x_o,
    output logic [CountW-1:0]        act_n_o,
    output logic [WinLanes*9-1:0]    act_val_o,
    output logic [WinLanes*OffW-1:0] act_off_o,
    output logic [ByteW:0]           chunk_bytes_o,  // of the chunk that this beat ends, else 0
    output logic                     feed_done_o,
    output logic                     active_o        // a marker has not come out yet
);
  localparam int WordAddrW = 18 - ByteW;
  localparam int RestW = 8 - ByteW;   // bits of a token's words, less one

  // What a word carries along. Rest: bytes of the token's last chunk, less one.
  localparam int TagW = 6 + OffW + StreamW + 3;  // {off, id, x, eos, end, slot}
  localparam int MetaW = TagW + 2 * ByteW + 3;   // {tag, rest, shift, flush, last, first}

  // ---- Fetch
  logic cur_valid_q, cur_first_q, cur_flush_q;
  logic [WordAddrW-1:0] cur_addr_q;
  logic [RestW-1:0] cur_words_q;  // still to read, less one
  logic [ByteW-1:0] cur_shift_q, cur_rest_q;
  logic [TagW-1:0] cur_tag_q;
  wire cur_end = cur_tag_q[1];
  logic port_valid_q;  // glb_data_i is a word (or stands for the marker) not yet taken
  logic [MetaW-1:0] port_meta_q;
  logic word_valid_q;
  logic [GlbBytes*8-1:0] word_q;
  logic [MetaW-1:0] meta_q;
  logic word_take;
  wire port_take = port_valid_q && (!word_valid_q || word_take);
  wire fetch_ready = cur_valid_q && (!port_valid_q || port_take);
  wire fetch = fetch_ready && (cur_end || glb_ready_i);
  assign tok_ready_o = !cur_valid_q || (fetch && cur_words_q == '0);
  wire load = tok_valid_i && tok_ready_o;
  wire [ByteW-1:0] tok_shift = tok_addr_i[ByteW-1:0];
  wire [6:0] tok_rest = tok_bytes_i - 7'd1;
  wire [RestW-1:0] tok_words = RestW'((8'(tok_shift) + {1'b0, tok_rest}) >> ByteW);
  always_comb begin
    glb_valid_o = fetch_ready && !cur_end;
    glb_addr_o = {cur_addr_q, {ByteW{1'b0}}};
    glb_slot_o = cur_tag_q[0];
  end
  always_ff @(posedge clk_i) begin
    if (fetch) begin
      port_meta_q <= {
        cur_tag_q, cur_rest_q, cur_shift_q, cur_flush_q, cur_words_q == '0, cur_first_q
      };
      cur_addr_q <= cur_addr_q + 1'b1;
      cur_words_q <= cur_words_q - 1'b1;
      cur_first_q <= 1'b0;
    end
    if (load) begin
      cur_first_q <= 1'b1;
      // The token's last chunk begins in its last word, behind the end of the chunk before.
      cur_flush_q <= !tok_end_i && tok_shift != '0 && tok_words != '0 &&
                     tok_words == RestW'(tok_rest[6:ByteW]);
      cur_addr_q <= tok_addr_i[17:ByteW];
      cur_words_q <= tok_end_i ? '0 : tok_words;
      cur_shift_q <= tok_shift;
      cur_rest_q <= tok_rest[ByteW-1:0];
      cur_tag_q <= {tok_off_i, tok_id_i, tok_x_i[5:0], tok_eos_i, tok_end_i, tok_slot_i};
    end
    if (port_take) begin
      word_q <= glb_data_i;
      meta_q <= port_meta_q;
    end
    if (!rst_ni) begin
      cur_valid_q <= 1'b0;
      port_valid_q <= 1'b0;
      word_valid_q <= 1'b0;
    end else begin
      if (tok_ready_o) cur_valid_q <= tok_valid_i;
      if (fetch) port_valid_q <= 1'b1;
      else if (port_take) port_valid_q <= 1'b0;
      if (port_take) word_valid_q <= 1'b1;
      else if (word_take) word_valid_q <= 1'b0;
    end
  end

  // ---- Funnel: words are rotated so that the token's first byte is lowest; a chunk is part of the
  // word before and part of this one, or lies in this word alone.
  wire meta_first = meta_q[0];
  wire meta_last = meta_q[1];
  wire meta_flush = meta_q[2];
  wire [ByteW-1:0] shift = meta_q[3+:ByteW];
  wire [TagW-1:0] tag = meta_q[MetaW-1-:TagW];
  wire tag_slot = tag[0];
  wire tag_end = tag[1];
  logic [GlbBytes*8-1:0] before_q;  // word before, rotated
  logic flush_q;                    // only the token's last chunk is left in the word
  logic head_q;                     // the next chunk is its token's first
  logic [OffW-1:0] off_q;           // of the next chunk
  wire alone = shift == '0 || (meta_first && meta_last) || flush_q;
  wire emit = tag_end || alone || !meta_first;
  wire again = meta_last && meta_flush && !flush_q;
  wire chunk_last = meta_last && !again;
  wire [ByteW-1:0] chunk_rest = meta_q[3+ByteW+:ByteW] | {ByteW{!chunk_last}};
  wire [OffW-1:0] chunk_off = head_q ? tag[TagW-1-:OffW] : off_q;
  wire chunk_ready;
  wire funnel_step = word_valid_q && (!emit || chunk_ready);
  assign word_take = funnel_step && !again;
  wire [9:0] zp_word = zp_slot_i[tag_slot] ? zp_i[19:10] : zp_i[9:0];
  logic [GlbBytes*8-1:0] turned, chunk;
  logic [GlbBytes-1:0] nonzero, used, from_before;
  integer i;
  always_comb begin
    turned = word_q;
    for (i = 0; i < ByteW; i = i + 1)
      if (shift[i]) turned = (turned >> (8 << i)) | (turned << (8 * (GlbBytes - (1 << i))));
    used = tag_end ? '0 : {GlbBytes{1'b1}} >> ~chunk_rest;
    from_before = alone ? '0 : {GlbBytes{1'b1}} >> shift;
    for (i = 0; i < GlbBytes; i = i + 1) begin
      chunk[i*8+:8] = from_before[i] ? before_q[i*8+:8] : turned[i*8+:8];
      nonzero[i] = used[i] && {chunk[i*8+7] && !zp_word[9], chunk[i*8+:8]} != zp_word[8:0];
    end
  end
  always_ff @(posedge clk_i) begin
    if (word_take) before_q <= turned;
    if (funnel_step && emit) off_q <= chunk_off + OffW'(GlbBytes);
    if (!rst_ni) begin
      flush_q <= 1'b0;
      head_q <= 1'b1;
    end else if (funnel_step) begin
      flush_q <= again;
      if (emit) head_q <= chunk_last;
    end
  end

  // ---- Compactor: the lowest WinLanes nonzeros of the oldest chunk that have not been sent
  wire in_valid, in_ready, in_last, in_head;
  wire [TagW-1:0] in_tag;  // off is the chunk's, eos only with the token's last chunk
  wire [ByteW-1:0] in_rest;
  wire [GlbBytes-1:0] in_nonzero;
  wire [GlbBytes*8-1:0] in_data;
  weft_fifo #(
      .Width(TagW + 2 + ByteW + GlbBytes * 9),
      .Depth(2)
  ) u_chunks (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .in_valid_i (word_valid_q && emit),
      .in_ready_o (chunk_ready),
      .in_data_i  ({chunk_off, tag[TagW-OffW-1:0], chunk_last, head_q, chunk_rest, nonzero, chunk}),
      .out_valid_o(in_valid),
      .out_ready_i(in_ready),
      .out_data_o ({in_tag, in_last, in_head, in_rest, in_nonzero, in_data})
  );
  wire in_slot = in_tag[0];
  wire in_end = in_tag[1];
  wire in_eos = in_tag[2];
  wire [9:0] zp_chunk = zp_slot_i[in_slot] ? zp_i[19:10] : zp_i[9:0];
  logic [GlbBytes-1:0] sent_q, unsent;
  logic middle_q;  // a beat of the chunk has been sent
  logic [ByteW-1:0] index;
  logic [GlbBytes*8-1:0] value;
  logic [CountW-1:0] n;
  logic [WinLanes*9-1:0] val;
  logic [WinLanes*OffW-1:0] off;
  integer lane, b;
  always_comb begin
    unsent = in_nonzero & ~sent_q;
    n = '0;
    for (lane = 0; lane < WinLanes; lane = lane + 1) begin
      if (unsent != '0) n = CountW'(lane + 1);
      index = '0;
      for (b = GlbBytes - 1; b >= 0; b = b - 1) if (unsent[b]) index = ByteW'(b);
      value = in_data;
      for (b = 0; b < ByteW; b = b + 1) if (index[b]) value = value >> (8 << b);
      val[lane*9+:9] = {value[7] && !zp_chunk[9], value[7:0]} - zp_chunk[8:0];
      off[lane*OffW+:OffW] = in_tag[TagW-1-:OffW] + OffW'(index);
      unsent = unsent & (unsent - 1'b1);
    end
  end
  wire chunk_done = unsent == '0;

  logic act_valid_q, act_slot_q, act_head_q, act_last_q, act_eos_q, done_q;
  logic [StreamW-1:0] act_id_q;
  logic [5:0] act_x_q;
  logic [CountW-1:0] act_n_q;
  logic [WinLanes*9-1:0] act_val_q;
  logic [WinLanes*OffW-1:0] act_off_q;
  logic [ByteW:0] chunk_bytes_q;
  logic [1:0] markers_q;
  wire beat_ready = !act_valid_q || act_ready_i;
  wire beat = beat_ready && in_valid;
  assign in_ready = beat_ready && chunk_done;
  wire marker_in = load && tok_end_i;
  wire marker_out = beat && in_end;
  always_ff @(posedge clk_i) begin
    if (beat) begin
      act_slot_q <= in_slot;
      act_head_q <= in_head && !middle_q;
      act_last_q <= in_last && chunk_done;
      act_eos_q <= in_last && chunk_done && in_eos;
      act_id_q <= in_tag[9+:StreamW];
      act_x_q <= in_tag[3+:6];
      act_n_q <= n;
      act_val_q <= val;
      act_off_q <= off;
      chunk_bytes_q <= chunk_done ? {1'b0, in_rest} + 1'b1 : '0;
      sent_q <= chunk_done ? '0 : ~unsent;
      middle_q <= !chunk_done;
    end
    if (!rst_ni) begin
      act_valid_q <= 1'b0;
      done_q <= 1'b0;
      markers_q <= '0;
      sent_q <= '0;
      middle_q <= 1'b0;
    end else begin
      done_q <= marker_out;
      if (beat_ready) act_valid_q <= in_valid && !in_end;
      if (marker_in && !marker_out) markers_q <= markers_q + 1'b1;
      if (marker_out && !marker_in) markers_q <= markers_q - 1'b1;
    end
  end
  always_comb begin
    act_valid_o = act_valid_q;
    act_id_o = act_id_q;
    act_slot_o = act_slot_q;
    act_head_o = act_head_q;
    act_last_o = act_last_q;
    act_eos_o = act_eos_q;
    act_x_o = act_x_q;
    act_n_o = act_n_q;
    act_val_o = act_val_q;
    act_off_o = act_off_q;
    chunk_bytes_o = chunk_bytes_q;
    feed_done_o = done_q;
    active_o = markers_q != '0;
  end
  wire unused = &{1'b0, tok_x_i[9:6], value};
endmodule
`default_nettype wire
