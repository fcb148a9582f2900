// SPDX-License-Identifier: Apache-2.0
// One port that reads or writes, synchronous, one write enable a byte. rdata_o shows the word
// read in the cycle before and holds it while nothing is read. No reset; contents start random.
// A target may replace this file. Twin: none (storage).
`default_nettype none
module weft_ram_1rw_be #(
    parameter int Bytes = 4,   // bytes of a word
    parameter int Depth = 16   // words, at least 2
) (
    input  wire                      clk_i,
    input  wire                      en_i,
    input  wire                      we_i,     // with en_i: write, else read
    input  wire [Bytes-1:0]          wbe_i,
    input  wire [$clog2(Depth)-1:0]  addr_i,
    input  wire [Bytes*8-1:0]        wdata_i,
    output reg  [Bytes*8-1:0]        rdata_o
);
  (* no_rw_check *) reg [Bytes*8-1:0] mem_q[Depth];
  integer b;
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i) begin
        for (b = 0; b < Bytes; b = b + 1)
          if (wbe_i[b]) mem_q[addr_i][b*8+:8] <= wdata_i[b*8+:8];
      end else begin
        rdata_o <= mem_q[addr_i];
      end
    end
  end
endmodule
`default_nettype wire
