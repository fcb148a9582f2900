// SPDX-License-Identifier: Apache-2.0
// The four command queues (FL, IL, ST, C) between fetch and the front ends, 32-bit words.
// A word pushed in cycle c is on its output in cycle c+2 at the earliest, then one a cycle. Fetch
// counts what it has asked for, minus pops_o, and never pushes more than fits: no input ready.
// Shared=1: one RAM for all; queue q is read in cycles with (cycle mod 4) == q, at most one word in
// four cycles, and only while its ready is up: then valid follows ready (which must stay up).
// level_o: words in the RAM of each queue (Shared=0: not told).
// Reset empties the queues. Twin: model::Queues in model/queues.h.
`default_nettype none
module weft_queues #(
    parameter int QueueWords = 128,  // words of a queue, a power of two; QueueWords-1 are used
    parameter int Shared = 0         // 1: one RAM, read in time slots
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         in_valid_i,
    input  wire [1:0]   in_queue_i,
    input  wire [31:0]  in_data_i,
    output wire [2:0]   pops_o,          // words read in this cycle
    output wire         empty_o,         // no word on an output
    output wire [63:0]  level_o,         // 16 bits a queue
    output wire [3:0]   out_valid_o,
    input  wire [3:0]   out_ready_i,
    output wire [127:0] out_data_o
);
  localparam int PtrW = $clog2(QueueWords);
  genvar q;
  reg [3:0] valid_q;
  reg [4*16-1:0] wr_q, rd_q;              // 16 bits each, PtrW used
  wire [PtrW-1:0] wr = wr_q[in_queue_i*16+:PtrW];
  wire [PtrW-1:0] wr_next = wr + 1'b1;
  wire [3:0] push = in_valid_i ? 4'd1 << in_queue_i : 4'd0;
  generate
    if (QueueWords != (1 << PtrW) || QueueWords < 16) begin : gen_guard
      ERROR_QueueWords_must_be_a_power_of_two_and_at_least_16 u_error ();
    end
    for (q = 0; q < 4; q = q + 1) begin : gen_wr
      always_ff @(posedge clk_i) begin
        if (!rst_ni) wr_q[q*16+:16] <= '0;
        else if (push[q]) wr_q[q*16+:16] <= 16'(wr_next);
      end
    end
    if (Shared == 0) begin : gen_separate
      wire [3:0] read;
      for (q = 0; q < 4; q = q + 1) begin : gen_queue
        wire [PtrW-1:0] rd = rd_q[q*16+:PtrW];
        wire [PtrW-1:0] rd_next = rd + 1'b1;
        assign read[q] = wr_q[q*16+:PtrW] != rd && (!valid_q[q] || out_ready_i[q]);
        weft_ram_1r1w #(.Width(32), .Depth(QueueWords)) u_ram (
            .clk_i, .we_i(push[q]), .waddr_i(wr), .wdata_i(in_data_i), .re_i(read[q]),
            .raddr_i(rd), .rdata_o(out_data_o[q*32+:32]));
        always_ff @(posedge clk_i) begin
          if (!rst_ni) rd_q[q*16+:16] <= '0;
          else if (read[q]) rd_q[q*16+:16] <= 16'(rd_next);
        end
      end
      always_ff @(posedge clk_i) valid_q <= rst_ni ? (read | (valid_q & ~out_ready_i)) : '0;
      assign level_o = '0;
      assign pops_o = {2'd0, read[0]} + {2'd0, read[1]} + {2'd0, read[2]} + {2'd0, read[3]};
    end else begin : gen_shared
      reg [1:0] slot_q;
      wire [31:0] rdata;
      wire [PtrW-1:0] rd = rd_q[slot_q*16+:PtrW];
      wire [PtrW-1:0] rd_next = rd + 1'b1;
      wire read = wr_q[slot_q*16+:PtrW] != rd && out_ready_i[slot_q];
      weft_ram_1r1w #(.Width(32), .Depth(4 * QueueWords)) u_ram (
          .clk_i, .we_i(in_valid_i), .waddr_i({in_queue_i, wr}), .wdata_i(in_data_i),
          .re_i(read), .raddr_i({slot_q, rd}), .rdata_o(rdata));
      assign out_data_o = {4{rdata}};
      for (q = 0; q < 4; q = q + 1) begin : gen_rd
        wire [PtrW-1:0] level = wr_q[q*16+:PtrW] - rd_q[q*16+:PtrW];
        assign level_o[q*16+:16] = 16'(level);
        always_ff @(posedge clk_i) begin
          if (!rst_ni) rd_q[q*16+:16] <= '0;
          else if (read && slot_q == 2'(q)) rd_q[q*16+:16] <= 16'(rd_next);
        end
      end
      always_ff @(posedge clk_i) begin
        slot_q <= rst_ni ? slot_q + 2'd1 : 2'd0;
        valid_q <= rst_ni ? ({3'd0, read} << slot_q) : '0;
      end
      assign pops_o = {2'd0, read};
    end
  endgenerate
  assign out_valid_o = valid_q;
  assign empty_o = valid_q == '0;
  wire unused = &{1'b0, wr_q, rd_q};
endmodule
`default_nettype wire
