// SPDX-License-Identifier: Apache-2.0
// Address walk of a load or store command: rows of runs, each run cut into bursts at multiples of
// MaxBurstBytes in memory. The operands are read in place while cmd_valid_i is up. A command that
// is seen in cycle c shows its first burst in c+1, the next one in the cycle after a burst is
// taken. cmd_ready_o: its last burst is taken in this cycle. A command without bytes (null_o) must
// not be started. Reset forgets the command. Twin: model::MoveWalk in model/move.h.
`default_nettype none
module weft_move #(
    parameter int MemBytes = 8,         // bytes of a beat, 4 or 8
    parameter int MaxBurstBytes = 128,  // power of two, 2 beats to 256 bytes
    parameter int AddrBits = 32         // of memory offsets; those above are taken as 0
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              cmd_valid_i,
    output wire                              cmd_ready_o,
    input  wire [31:0]                       mem_i,
    input  wire [17:0]                       glb_i,
    input  wire [19:0]                       run_i,
    input  wire [15:0]                       n1_i,
    input  wire [15:0]                       n2_i,
    input  wire [31:0]                       mem_stride1_i,
    input  wire [31:0]                       mem_stride2_i,
    input  wire [17:0]                       glb_stride1_i,
    input  wire [17:0]                       glb_stride2_i,
    output wire                              null_o,
    output wire                              active_o,
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
    if ((1 << ByteW) != MemBytes || (1 << BlockW) != MaxBurstBytes || MaxBurstBytes < 2 * MemBytes ||
        MaxBurstBytes > 256 || AddrBits > 32 || AddrBits < 13) begin : gen_guard
      ERROR_MemBytes_or_MaxBurstBytes_or_AddrBits_out_of_range u_error ();
    end
  endgenerate

  reg active_q;
  reg [AddrBits-1:0] run_mem_q, row_mem_q;  // first byte of the run and of the row's first run
  reg [17:0] run_glb_q, row_glb_q;          // the run's are 0 between commands
  reg [19:0] done_q;                        // bytes of the run already in bursts
  reg [15:0] i1_q, i2_q;                    // from 1

  wire [AddrBits-1:0] mem = run_mem_q + AddrBits'(done_q);
  wire [17:0] glb = run_glb_q + 18'(done_q);
  wire [19:0] left = run_i - done_q;
  wire [BlockW:0] space = {1'b1, {BlockW{1'b0}}} - {1'b0, mem[BlockW-1:0]};
  wire run_end = left <= 20'(space);
  wire [BlockW:0] bytes = run_end ? left[BlockW:0] : space;
  wire row_end = i1_q == n1_i;
  wire last = run_end && row_end && i2_q == n2_i;
  wire take = active_q && burst_ready_i;

  // The next run: from this one, from this row, or the first (added to zero).
  wire next_run = !active_q || run_end;
  wire next_row = active_q && row_end;
  wire [AddrBits-1:0] next_mem =
      (next_row ? row_mem_q : run_mem_q) +
      (!active_q ? mem_i[AddrBits-1:0] :
       row_end ? mem_stride2_i[AddrBits-1:0] : mem_stride1_i[AddrBits-1:0]);
  wire [17:0] next_glb = (next_row ? row_glb_q : run_glb_q) +
                         (!active_q ? glb_i : row_end ? glb_stride2_i : glb_stride1_i);
  wire step = active_q ? take : cmd_valid_i;

  always_ff @(posedge clk_i) begin
    if (step && next_run) begin
      run_mem_q <= next_mem;
      run_glb_q <= next_glb;
    end
    if (step && (next_row || !active_q) && next_run) begin
      row_mem_q <= next_mem;
      row_glb_q <= next_glb;
    end
    if (!rst_ni || (take && last)) begin
      active_q <= 1'b0;
      run_mem_q <= '0;
      run_glb_q <= '0;
    end else if (step) begin
      active_q <= 1'b1;
    end
    if (!rst_ni || (step && next_run)) done_q <= '0;
    else if (step) done_q <= done_q + 20'(bytes);
    if (!rst_ni || (step && next_run && (!active_q || row_end))) i1_q <= 16'd1;
    else if (step && next_run) i1_q <= i1_q + 1'b1;
    if (!rst_ni || !active_q) i2_q <= 16'd1;
    else if (step && run_end && row_end) i2_q <= i2_q + 1'b1;
  end

  assign cmd_ready_o = take && last;
  assign null_o = run_i == '0 || n1_i == '0 || n2_i == '0;
  assign active_o = active_q;
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
