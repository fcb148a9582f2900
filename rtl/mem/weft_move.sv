// SPDX-License-Identifier: Apache-2.0
// Address walk of a load or store command: rows of runs, each run cut into bursts at multiples of
// MaxBurstBytes in memory. init_*_i takes the start addresses, in the cycle of start_i or before;
// the other operands are read in place. A command started in cycle c shows its first burst in c+1,
// the next one in the cycle after a burst is taken. end_o: its last burst is taken in this cycle.
// A command without bytes (null_o) must not be started. Reset forgets the command.
// Twin: model::MoveWalk in model/move.h.
`default_nettype none
module weft_move #(
    parameter int MemBytes = 8,         // bytes of a beat, 4 or 8
    parameter int MaxBurstBytes = 128,  // power of two, 2 beats to 256 bytes
    parameter int AddrBits = 32         // of memory offsets; those above are taken as 0
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              start_i,
    input  wire                              init_mem_i,
    input  wire                              init_glb_i,
    input  wire [31:0]                       mem_i,
    input  wire [17:0]                       glb_i,
    input  wire                              single_i,       // one run: n1_i, n2_i do not count
    input  wire [19:0]                       run_i,
    input  wire [15:0]                       n1_i,
    input  wire [15:0]                       n2_i,
    input  wire [31:0]                       mem_stride1_i,
    input  wire [31:0]                       mem_stride2_i,
    input  wire [17:0]                       glb_stride1_i,
    input  wire [17:0]                       glb_stride2_i,
    output wire                              null_o,
    output wire                              end_o,
    output wire                              burst_valid_o,
    input  wire                              burst_ready_i,
    output wire [31:0]                       burst_mem_o,    // first byte
    output wire [17:0]                       burst_glb_o,
    output wire [$clog2(MaxBurstBytes):0]    burst_bytes_o,
    output wire [7:0]                        burst_beats_o,
    output wire                              burst_last_o
);
  localparam int BlockW = $clog2(MaxBurstBytes);
  localparam int ByteW = $clog2(MemBytes);
  generate
    if ((1 << ByteW) != MemBytes || (1 << BlockW) != MaxBurstBytes ||
        MaxBurstBytes < 2 * MemBytes || MaxBurstBytes > 256 ||
        AddrBits > 32 || AddrBits < 13) begin : gen_guard
      ERROR_MemBytes_or_MaxBurstBytes_or_AddrBits_out_of_range u_error ();
    end
  endgenerate

  reg active_q;
  reg [AddrBits-1:0] run_mem_q, row_mem_q;  // first byte of the run and of the row's first run
  reg [17:0] run_glb_q, row_glb_q;
  reg [19:0] done_q;                        // bytes of the run already in bursts
  reg [15:0] i1_q, i2_q;                    // from 1

  wire [AddrBits-1:0] mem = run_mem_q + AddrBits'(done_q);
  wire [17:0] glb = run_glb_q + 18'(done_q);
  wire [BlockW:0] space = {1'b1, {BlockW{1'b0}}} - {1'b0, mem[BlockW-1:0]};
  wire [20:0] next_done = {1'b0, done_q} + 21'(space);
  wire run_end = {1'b0, run_i} <= next_done;
  wire [BlockW:0] left = run_i[BlockW:0] - done_q[BlockW:0];
  wire [BlockW:0] bytes = run_end ? left : space;
  wire row_end = single_i || i1_q == n1_i;
  wire last = run_end && row_end && (single_i || i2_q == n2_i);
  wire take = active_q && burst_ready_i;
  wire next_run = take && run_end;
  wire next_row = next_run && row_end;

  // The next run: from this one or from this row; the start addresses are added to zero.
  wire [AddrBits-1:0] next_mem =
      (init_mem_i ? '0 : row_end ? row_mem_q : run_mem_q) +
      (init_mem_i ? mem_i[AddrBits-1:0] :
       row_end ? mem_stride2_i[AddrBits-1:0] : mem_stride1_i[AddrBits-1:0]);
  wire [17:0] next_glb = (init_glb_i ? 18'd0 : row_end ? row_glb_q : run_glb_q) +
                         (init_glb_i ? glb_i : row_end ? glb_stride2_i : glb_stride1_i);

  always_ff @(posedge clk_i) begin
    if (next_run || init_mem_i) run_mem_q <= next_mem;
    if (next_row || init_mem_i) row_mem_q <= next_mem;
    if (next_run || init_glb_i) run_glb_q <= next_glb;
    if (next_row || init_glb_i) row_glb_q <= next_glb;
    if (!rst_ni || end_o) active_q <= 1'b0;
    else if (start_i) active_q <= 1'b1;
    if (!active_q || next_run) done_q <= '0;
    else if (take) done_q <= next_done[19:0];
    if (!active_q || next_row) i1_q <= 16'd1;
    else if (next_run) i1_q <= i1_q + 1'b1;
    if (!active_q) i2_q <= 16'd1;
    else if (next_row) i2_q <= i2_q + 1'b1;
  end

  assign end_o = take && last;
  assign null_o = run_i == '0 || (!single_i && (n1_i == '0 || n2_i == '0));
  assign burst_valid_o = active_q;
  assign burst_mem_o = 32'(mem);
  assign burst_glb_o = glb;
  assign burst_bytes_o = bytes;
  assign burst_beats_o =
      8'(({1'b0, bytes} + (BlockW+2)'(mem[ByteW-1:0]) + (BlockW+2)'(MemBytes - 1)) >> ByteW);
  assign burst_last_o = last;

  generate
    if (AddrBits < 32) begin : gen_high
      wire unused = &{1'b0, mem_i[31:AddrBits], mem_stride1_i[31:AddrBits],
                      mem_stride2_i[31:AddrBits]};
    end
  endgenerate
endmodule
`default_nettype wire
