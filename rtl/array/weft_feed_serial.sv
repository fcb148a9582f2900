// SPDX-License-Identifier: Apache-2.0
// Back end of weft_feeder for a single-ported GLB, whose words come several cycles apart: a beat a
// byte, with its value if it is not the zero point. A token's word is asked for when the byte
// before it has been sent; beats are formed from the word that the GLB holds (no register), from
// the cycle after its fire. The token is taken with its last byte, the marker at once.
// Reset clears control state. Twin: FeederSerial in model/feeder.h.
`default_nettype none
module weft_feed_serial #(
    parameter int FilterDepth = 128,  // words, a power of two
    parameter int WinLanes    = 1,    // only lane 0 is used
    parameter int GlbBytes    = 4,
    parameter int StreamW     = 1,    // bits of a stream's number
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
    output logic [ByteW:0]           chunk_bytes_o,
    output logic                     feed_done_o,
    output logic                     active_o
);
  logic [6:0] byte_q;   // of the token, the next to send
  logic word_valid_q;   // the GLB holds the word of that byte
  logic done_q;
  wire [17:0] addr = tok_addr_i + 18'(byte_q);
  wire last = byte_q + 7'd1 == tok_bytes_i;
  wire fire = word_valid_q && act_ready_i;
  wire [9:0] zp = zp_slot_i[tok_slot_i] ? zp_i[19:10] : zp_i[9:0];
  logic [GlbBytes*8-1:0] word;
  integer i;
  always_comb begin
    word = glb_data_i;
    for (i = 0; i < ByteW; i = i + 1) if (addr[i]) word = word >> (8 << i);
    glb_valid_o = tok_valid_i && !tok_end_i && !word_valid_q;
    glb_addr_o = {addr[17:ByteW], {ByteW{1'b0}}};
    glb_slot_o = tok_slot_i;
    tok_ready_o = tok_end_i || (fire && last);
    act_valid_o = word_valid_q;
    act_id_o = tok_id_i;
    act_slot_o = tok_slot_i;
    act_head_o = byte_q == '0;
    act_last_o = last;
    act_eos_o = last && tok_eos_i;
    act_x_o = tok_x_i[5:0];
    act_val_o = '0;
    act_val_o[8:0] = {word[7] && !zp[9], word[7:0]} - zp[8:0];
    act_n_o = '0;
    act_n_o[0] = act_val_o[8:0] != '0;
    act_off_o = '0;
    act_off_o[OffW-1:0] = tok_off_i + OffW'(byte_q);
    chunk_bytes_o = '0;
    chunk_bytes_o[0] = 1'b1;
    feed_done_o = done_q;
    active_o = 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      byte_q <= '0;
      word_valid_q <= 1'b0;
      done_q <= 1'b0;
    end else begin
      done_q <= tok_valid_i && tok_end_i;
      if (glb_valid_o && glb_ready_i) word_valid_q <= 1'b1;
      if (fire) begin
        byte_q <= last ? '0 : byte_q + 7'd1;
        if (last || addr[ByteW-1:0] == '1) word_valid_q <= 1'b0;
      end
    end
  end
  wire unused = &{1'b0, tok_x_i[9:6], word};
endmodule
`default_nettype wire
