// SPDX-License-Identifier: Apache-2.0
// What the event log of a simulation is made of: signals of weft_top gathered under names that the
// harness reads before each clock edge (sim/harness/event_tap.h), so that they are its one tie to
// the inside. No outputs, no state, nothing that another module could depend on: synthesis removes
// all of it. Engines in the order of their queues: FL, IL, ST, C.
// Twin: the calls of EventLog in model/segment.cc, compute.cc, glb.h, mem_port.cc.
`default_nettype none
module weft_trace #(
    parameter int MemBytes = 8
) (
    input wire                    run_i,
    input wire                    fault_i,
    input wire [3:0]              cmd_i,        // the engine has a command: rises with each one
    input wire [27:0]             opcode_i,     // its opcode, from then on
    input wire [2:0]              done_i,       // FL, IL, ST: the oldest one ends
    input wire                    c_last_i,     // C: its last operand word
    input wire                    filter_done_i,
    input wire                    feed_done_i,
    input wire                    pass_done_i,
    input wire                    row_i,        // a row leaves the array
    input wire                    layer_end_i,
    input wire [4:0]              glb_read_i,   // accesses
    input wire [3:0]              glb_write_i,
    input wire [3:0]              grant_i,      // of a burst: fetch, FL, IL, ST
    input wire [127:0]            addr_i,
    input wire [31:0]             beats_i,
    input wire [2:0]              beat_i,       // a read beat is taken
    input wire                    beat_last_i,
    input wire [MemBytes*8-1:0]   beat_data_i,
    input wire                    out_i,        // a write beat is taken
    input wire [MemBytes*8-1:0]   out_data_i,
    input wire [MemBytes-1:0]     out_strb_i,
    input wire                    answer_i      // to a write burst
);
  wire [63:0] flags /*verilator public_flat_rd */ = {
      2'd0, opcode_i, fault_i, run_i, cmd_i, done_i, c_last_i, filter_done_i, feed_done_i, pass_done_i, row_i,
      layer_end_i, glb_read_i, glb_write_i, grant_i, beat_i, beat_last_i, out_i, answer_i};
  wire [127:0] addr /*verilator public_flat_rd*/ = addr_i;
  wire [31:0] beats /*verilator public_flat_rd*/ = beats_i;
  wire [63:0] beat_data /*verilator public_flat_rd*/ = 64'(beat_data_i);
  wire [63:0] out_data /*verilator public_flat_rd*/ = 64'(out_data_i);
  wire [7:0] out_strb /*verilator public_flat_rd*/ = 8'(out_strb_i);
endmodule
`default_nettype wire
