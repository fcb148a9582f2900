// SPDX-License-Identifier: Apache-2.0
// Address walk of weft_mover: weft_move with one adder an address, that takes its operands one by
// one from a small memory. word_we_i stores an operand word; record_i, in the cycle before start_i,
// makes it one run of RecBytes. A command started in cycle c (all words are stored) shows its first
// burst in c+14, or null_o in c+6. After a burst is taken in c the next one of the run shows in c+2,
// that of another run in c+14; end_o: the command's last one is taken. layer_o is the word stored
// with word_layer_i, from two cycles after that to the cycle of start_i. Reset forgets the command.
// Twin: model::MoveWalk in model/move.h.
`default_nettype none
module weft_move_serial #(
    parameter int MemBytes = 4,        // bytes of a beat, 4 or 8
    parameter int MaxBurstBytes = 32,  // power of two, 2 beats to 256 bytes
    parameter int RecBytes = 624,      // bytes of a layer record
    parameter int AddrBits = 24        // of memory offsets; those above are taken as 0
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire                              word_we_i,
    input  wire                              word_layer_i,   // the layer, not an operand
    input  wire [2:0]                        word_index_i,   // of a move's operand word
    input  wire [31:0]                       word_i,
    input  wire                              record_i,
    input  wire                              single_i,       // one run: counts do not matter
    input  wire                              start_i,
    output wire                              null_o,
    output wire                              end_o,
    output wire                              burst_valid_o,
    input  wire                              burst_ready_i,
    output wire [31:0]                       burst_mem_o,    // first byte
    output wire [17:0]                       burst_glb_o,
    output wire [$clog2(MaxBurstBytes):0]    burst_bytes_o,
    output wire [7:0]                        burst_beats_o,
    output wire                              burst_last_o,
    output wire [31:0]                       layer_o
);
  localparam int BlockW = $clog2(MaxBurstBytes);
  localparam int ByteW = $clog2(MemBytes);
  generate
    if ((1 << ByteW) != MemBytes || (1 << BlockW) != MaxBurstBytes ||
        MaxBurstBytes < 2 * MemBytes || MaxBurstBytes > 256 || AddrBits > 32 || AddrBits < 13 ||
        weft_pkg::MoveN2Lsb != weft_pkg::MoveN1Lsb + 16 || weft_pkg::MoveN1Lsb % 32 != 0) begin : gen_guard
      ERROR_MemBytes_or_MaxBurstBytes_or_AddrBits_out_of_range u_error ();
    end
  endgenerate

  // ---- memory: operand words (of the row: memory and GLB address; the counts and the run's length
  // inverted, so that counting up ends with all ones), the same of the run, zero, the layer ----
  localparam logic [3:0] Mem = 4'(weft_pkg::MoveMemLsb / 32), Glb = 4'(weft_pkg::MoveGlbLsb / 32);
  localparam logic [3:0] Run = 4'(weft_pkg::MoveRunLsb / 32), Counts = 4'(weft_pkg::MoveN1Lsb / 32);
  localparam logic [3:0] Mem1 = 4'(weft_pkg::MoveMemStride1Lsb / 32);
  localparam logic [3:0] Mem2 = 4'(weft_pkg::MoveMemStride2Lsb / 32);
  localparam logic [3:0] Glb1 = 4'(weft_pkg::MoveGlbStride1Lsb / 32);
  localparam logic [3:0] Glb2 = 4'(weft_pkg::MoveGlbStride2Lsb / 32);
  localparam logic [3:0] RunMem = 4'd8, RunGlb = 4'd9, RunCounts = 4'd10, Zero = 4'd11, Layer = 4'd12;
  // Steps 0..12 of the way to a run; then its bursts.
  localparam logic [3:0] Idle = 4'd13, Burst = 4'd14, Advance = 4'd15;
  reg [3:0] step_q;
  reg run_q, row_q;                // to the next run of the row; to the next row; neither: the first
  reg end1_q, end2_q, null_q;      // last run of the row, last row; no runs
  reg [31:0] sum_q;                // counts, addresses; in Burst the memory address
  reg [17:0] glb_q;
  reg [19:0] left_q;               // bytes of the run not in bursts, inverted
  wire [31:0] word;
  reg [3:0] raddr, waddr;
  reg we;
  wire invert = word_we_i ? word_index_i == Counts[2:0] || word_index_i == Run[2:0] : record_i;
  wire [31:0] data = word_we_i ? word_i : sum_q;    // sum_q is 0 with record_i
  wire [31:0] wdata = data ^ {32{invert && !word_layer_i}} ^ (record_i ? 32'(RecBytes) : 32'd0);
  weft_ram_1r1w #(.Width(32), .Depth(16)) u_ram (
      .clk_i, .we_i(we || word_we_i || record_i), .waddr_i(waddr), .wdata_i(wdata), .re_i(1'b1),
      .raddr_i(raddr), .rdata_o(word));
  wire take = step_q == Burst && burst_ready_i;
  always_comb begin
    we = 1'b0;
    waddr = word_layer_i ? Layer : {1'b0, word_index_i};
    case (step_q)
      4'd3: begin we = !run_q; waddr = Counts; end
      4'd4: begin we = 1'b1; waddr = RunCounts; end
      4'd7: begin we = 1'b1; waddr = RunGlb; end
      4'd8: begin we = !run_q; waddr = Glb; end
      4'd11: begin we = 1'b1; waddr = RunMem; end
      4'd12: begin we = !run_q; waddr = Mem; end
      Idle: begin
        we = 1'b1;
        if (record_i) waddr = Run;
        else if (!word_we_i) waddr = Zero;
      end
      default: ;
    endcase
    case (step_q)
      4'd0: raddr = run_q ? RunCounts : Counts;
      4'd3: raddr = Run;
      4'd4: raddr = run_q ? RunGlb : Glb;
      4'd5: raddr = run_q ? Glb1 : row_q ? Glb2 : Zero;
      4'd8: raddr = run_q ? RunMem : Mem;
      4'd9: raddr = run_q ? Mem1 : row_q ? Mem2 : Zero;
      Idle: raddr = Layer;
      default: raddr = Zero;
    endcase
  end

  // ---- the run's place in its block ----
  wire [BlockW:0] space = {1'b1, {BlockW{1'b0}}} - {1'b0, sum_q[BlockW-1:0]};
  wire [BlockW:0] left = ~left_q[BlockW:0];
  wire run_end = &left_q[19:BlockW+1] && left <= space;
  wire row_end = single_i || end1_q;
  assign burst_last_o = run_end && row_end && (single_i || end2_q);

  // ---- adders: all add the memory's word, or what is set here if that is zero ----
  wire advance = step_q == Advance;
  wire [31:0] more = {15'd0, step_q == 4'd2 && !run_q, 15'd0, step_q == 4'd3} |
                     (advance ? 32'(space) : 32'd0);
  wire [31:0] addend = word | more;
  wire clear = step_q == 4'd0 || step_q == Idle;
  wire add_sum = step_q == 4'd1 || step_q == 4'd2 || step_q == 4'd3 || step_q == 4'd5 ||
                 step_q == 4'd6 || step_q == 4'd9 || step_q == 4'd10 || advance;
  wire ones_low = &sum_q[15:0];
  wire ones_high = &sum_q[31:16];
  always_ff @(posedge clk_i) begin
    if (clear || step_q == 4'd4 || step_q == 4'd8) sum_q <= '0;
    else if (add_sum) sum_q <= sum_q + addend;
    if (clear) glb_q <= '0;
    else if (step_q == 4'd5 || step_q == 4'd6 || advance) glb_q <= glb_q + addend[17:0];
    if (clear) left_q <= '0;
    else if (step_q == 4'd4 || advance) left_q <= left_q + addend[19:0];
    if (step_q == 4'd2) null_q <= !single_i && (ones_low || ones_high);
    if (step_q == 4'd3 && !run_q) end2_q <= ones_high;
    if (step_q == 4'd4) end1_q <= ones_low;
    if (step_q == Idle) begin
      run_q <= 1'b0;
      row_q <= 1'b0;
    end else if (take) begin
      run_q <= !row_end;
      row_q <= row_end;
    end
    if (!rst_ni || null_o || end_o) step_q <= Idle;
    else if (step_q == Idle) step_q <= start_i ? 4'd0 : Idle;
    else if (step_q == Burst) step_q <= !burst_ready_i ? Burst : run_end ? 4'd0 : Advance;
    else if (step_q == 4'd12 || advance) step_q <= Burst;
    else step_q <= step_q + 4'd1;
    if (!rst_ni) sum_q <= '0;
  end
  assign null_o = step_q == 4'd5 && !run_q && !row_q && (null_q || &left_q);
  assign end_o = take && burst_last_o;
  assign burst_valid_o = step_q == Burst;
  assign burst_mem_o = 32'(sum_q[AddrBits-1:0]);
  assign burst_glb_o = glb_q;
  assign burst_bytes_o = run_end ? left : space;
  assign burst_beats_o =
      8'(({1'b0, burst_bytes_o} + (BlockW+2)'(sum_q[ByteW-1:0]) + (BlockW+2)'(MemBytes - 1)) >> ByteW);
  assign layer_o = word;
endmodule
`default_nettype wire
