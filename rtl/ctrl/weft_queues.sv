// SPDX-License-Identifier: Apache-2.0
// The four command queues (FL, IL, ST, C) between fetch and the front ends, 32-bit words.
// A word pushed in cycle c is on its output in cycle c+2 at the earliest, then one a cycle. Fetch
// never pushes more than fits (see room_o there), so the input has no ready.
// Shared=1: one RAM for all; queue q is read in cycles with (cycle mod 4) == q, at most one word in
// four cycles, and only while its ready is up: then valid follows ready (which must stay up).
// Reset empties the queues. Twin: model::Queues in model/queues.h.
`default_nettype none
module weft_queues #(
    parameter int QueueWords = 128,  // words of a queue, a power of two
    parameter int Shared = 0         // 1: one RAM, read in time slots
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         in_valid_i,
    input  wire [1:0]   in_queue_i,
    input  wire [31:0]  in_data_i,
    output wire         room_o,        // every queue is less than half full
    output wire         empty_o,
    output wire [3:0]   out_valid_o,
    input  wire [3:0]   out_ready_i,
    output wire [127:0] out_data_o
);
  localparam int PtrW = $clog2(QueueWords);
  generate
    if (QueueWords != (1 << PtrW) || QueueWords < 4) begin : gen_guard
      ERROR_QueueWords_must_be_a_power_of_two_and_at_least_4 u_error ();
    end
  endgenerate

  reg [3:0] valid_q;
  wire [3:0] filled, half, read;
  wire [4*PtrW-1:0] wr_ptr, rd_ptr;
  genvar q;
  generate
    for (q = 0; q < 4; q = q + 1) begin : gen_queue
      reg [PtrW:0] wr_q, rd_q;   // one bit more than the address: full and empty differ
      wire [1:0] level_top = 2'((wr_q - rd_q) >> (PtrW - 1));
      assign filled[q] = wr_q != rd_q;
      assign half[q] = level_top != 2'd0;
      assign wr_ptr[q*PtrW+:PtrW] = wr_q[PtrW-1:0];
      assign rd_ptr[q*PtrW+:PtrW] = rd_q[PtrW-1:0];
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          wr_q <= '0;
          rd_q <= '0;
        end else begin
          if (in_valid_i && in_queue_i == 2'(q)) wr_q <= wr_q + 1'b1;
          if (read[q]) rd_q <= rd_q + 1'b1;
        end
      end
    end
    if (Shared == 0) begin : gen_separate
      assign read = filled & (~valid_q | out_ready_i);
      for (q = 0; q < 4; q = q + 1) begin : gen_ram
        weft_ram_1r1w #(.Width(32), .Depth(QueueWords)) u_ram (
            .clk_i, .we_i(in_valid_i && in_queue_i == 2'(q)), .waddr_i(wr_ptr[q*PtrW+:PtrW]),
            .wdata_i(in_data_i), .re_i(read[q]), .raddr_i(rd_ptr[q*PtrW+:PtrW]),
            .rdata_o(out_data_o[q*32+:32]));
      end
      always_ff @(posedge clk_i) valid_q <= rst_ni ? (read | (valid_q & ~out_ready_i)) : '0;
    end else begin : gen_shared
      reg [1:0] slot_q;
      wire [31:0] rdata;
      assign read = filled & out_ready_i & (4'd1 << slot_q);
      weft_ram_1r1w #(.Width(32), .Depth(4 * QueueWords)) u_ram (
          .clk_i, .we_i(in_valid_i), .waddr_i({in_queue_i, wr_ptr[in_queue_i*PtrW+:PtrW]}),
          .wdata_i(in_data_i), .re_i(|read), .raddr_i({slot_q, rd_ptr[slot_q*PtrW+:PtrW]}),
          .rdata_o(rdata));
      assign out_data_o = {4{rdata}};
      always_ff @(posedge clk_i) begin
        slot_q <= rst_ni ? slot_q + 2'd1 : 2'd0;
        valid_q <= rst_ni ? read : '0;
      end
    end
  endgenerate
  assign out_valid_o = valid_q;
  assign room_o = half == '0;
  assign empty_o = filled == '0 && valid_q == '0;
endmodule
`default_nettype wire
