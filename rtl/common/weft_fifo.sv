// SPDX-License-Identifier: Apache-2.0
// First-word-fall-through FIFO of registers, any depth >= 1. A word pushed in cycle c can be
// popped in cycle c+1; a slot popped in cycle c can be filled in cycle c+1 (ready comes from the
// registered level alone). Reset clears the level. Twin: model::Fifo in model/fifo.h.
`default_nettype none
module weft_fifo #(
    parameter int Width = 8,   // bits
    parameter int Depth = 2    // words
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              in_valid_i,
    output wire              in_ready_o,
    input  wire [Width-1:0]  in_data_i,
    output wire              out_valid_o,
    input  wire              out_ready_i,
    output wire [Width-1:0]  out_data_o
);
  localparam int PtrW = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int LevelW = $clog2(Depth + 1);
  reg [Width-1:0] mem_q[Depth];
  reg [PtrW-1:0] wr_q, rd_q;
  reg [LevelW-1:0] level_q;
  wire push = in_valid_i && in_ready_o;
  wire pop = out_valid_o && out_ready_i;
  assign in_ready_o = level_q != LevelW'(Depth);
  assign out_valid_o = level_q != '0;
  assign out_data_o = mem_q[rd_q];
  always_ff @(posedge clk_i) begin
    if (push) mem_q[wr_q] <= in_data_i;
    if (!rst_ni) begin
      wr_q <= '0;
      rd_q <= '0;
      level_q <= '0;
    end else begin
      if (push) wr_q <= (wr_q == PtrW'(Depth - 1)) ? '0 : wr_q + 1'b1;
      if (pop) rd_q <= (rd_q == PtrW'(Depth - 1)) ? '0 : rd_q + 1'b1;
      if (push && !pop) level_q <= level_q + 1'b1;
      if (pop && !push) level_q <= level_q - 1'b1;
    end
  end
endmodule
`default_nettype wire
