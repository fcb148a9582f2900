// SPDX-License-Identifier: Apache-2.0
// Collects the sums of one output unit to rows of PostLanes words. A word is accepted while a row
// is partly filled or free (in_ready_o from registers). A row is complete with PostLanes words or
// with the last word of a step, is visible in the cycle after, and its words beyond the last one
// are undefined. row_pop_i (only with row_valid_o) frees a row for the next cycle. Reset empties
// it. Twin: model/gather.h.
`default_nettype none
module weft_gather #(
    parameter int PostLanes = 8,  // words a row
    parameter int OutRows = 4,    // rows
    parameter int LaneRams = 0    // 1: a memory a lane, for small RAMs without write enables within
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    input  wire                     in_valid_i,
    output wire                     in_ready_o,
    input  wire [31:0]              in_data_i,
    input  wire                     in_last_i,
    output wire                     row_valid_o,
    output wire [PostLanes*32-1:0]  row_data_o,
    input  wire                     row_pop_i
);
  localparam int RowW = (OutRows > 1) ? $clog2(OutRows) : 1;
  localparam int LaneW = (PostLanes > 1) ? $clog2(PostLanes) : 1;
  localparam int LevelW = $clog2(OutRows + 1);
  reg [RowW-1:0] wr_q, rd_q;
  reg [LaneW-1:0] lane_q;
  reg [LevelW-1:0] level_q;  // complete rows

  assign in_ready_o = lane_q != '0 || level_q != LevelW'(OutRows);
  assign row_valid_o = level_q != '0;
  wire take = in_valid_i && in_ready_o;
  wire complete = take && (in_last_i || lane_q == LaneW'(PostLanes - 1));

  genvar l;
  generate
    if (LaneRams == 0) begin : gen_rows
      reg [PostLanes*32-1:0] row_q[OutRows];
      assign row_data_o = row_q[rd_q];
      always_ff @(posedge clk_i) if (take) row_q[wr_q][lane_q*32+:32] <= in_data_i;
    end else begin : gen_lanes
      for (l = 0; l < PostLanes; l = l + 1) begin : gen_lane
        reg [31:0] word_q[OutRows];
        assign row_data_o[l*32+:32] = word_q[rd_q];
        always_ff @(posedge clk_i) if (take && lane_q == LaneW'(l)) word_q[wr_q] <= in_data_i;
      end
    end
    if (OutRows < 1) begin : gen_guard
      ERROR_OutRows_must_be_at_least_1 u_error ();
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (take) lane_q <= complete ? '0 : lane_q + 1'b1;
    if (complete) wr_q <= (wr_q == RowW'(OutRows - 1)) ? '0 : wr_q + 1'b1;
    if (row_pop_i) rd_q <= (rd_q == RowW'(OutRows - 1)) ? '0 : rd_q + 1'b1;
    if (complete && !row_pop_i) level_q <= level_q + 1'b1;
    if (row_pop_i && !complete) level_q <= level_q - 1'b1;
    if (!rst_ni) begin
      wr_q <= '0;
      rd_q <= '0;
      lane_q <= '0;
      level_q <= '0;
    end
  end
endmodule
`default_nettype wire
