// SPDX-License-Identifier: Apache-2.0
// The host's registers (docs/registers.md) behind AXI4-Lite, and the machine's life: a doorbell
// resets the core for 256 cycles (the counters' RAM is swept) and runs it until everything is idle
// (done), or until a fault, abort or soft reset stops it; then outstanding bursts end and the core is
// reset. cycle_o is 0 in the first cycle that runs. A write takes effect in the cycle after address
// and data are both there, and is answered in that cycle; strobes must be all ones (else SLVERR).
// A read answers in the cycle after its address. Reset clears everything. Twin: model::Csr in
// model/csr.h.
`default_nettype none
module weft_csr #(
    parameter int Rows = 12,
    parameter int Cols = 14,
    parameter int Lanes = 1,
    parameter int Segs = 4,
    parameter int GlbSize = 110592,   // bytes
    parameter int MemBytes = 8,
    parameter int PlainMemory = 0,    // 1: no window base, memory starts at 0
    parameter int CounterSmall = 0,
    parameter int CounterBits = 64,   // bits of the cycle counter
    parameter int AddrBits = 32,      // bits of an offset in the DMA window
    parameter [31:0] ConfigHash = 0
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire [11:0]  s_axil_awaddr_i,
    input  wire         s_axil_awvalid_i,
    output wire         s_axil_awready_o,
    input  wire [31:0]  s_axil_wdata_i,
    input  wire [3:0]   s_axil_wstrb_i,
    input  wire         s_axil_wvalid_i,
    output wire         s_axil_wready_o,
    output wire [1:0]   s_axil_bresp_o,
    output wire         s_axil_bvalid_o,
    input  wire         s_axil_bready_i,
    input  wire [11:0]  s_axil_araddr_i,
    input  wire         s_axil_arvalid_i,
    output wire         s_axil_arready_o,
    output wire [31:0]  s_axil_rdata_o,
    output wire [1:0]   s_axil_rresp_o,
    output wire         s_axil_rvalid_o,
    input  wire         s_axil_rready_i,
    output wire         irq_o,
    output wire         core_rst_no,       // everything but this unit
    output wire         run_o,             // else: issue nothing, drain
    output wire [63:0]  cycle_o,           // since the accepted doorbell
    output wire [63:0]  window_base_o,
    output wire [31:0]  window_size_o,
    output wire [31:0]  program_o,
    output wire [31:0]  program_bytes_o,
    output wire [31:0]  watchdog_memory_o, // cycles, less one; all ones: never
    output wire         tick_o,            // period of the token watchdog
    input  wire         idle_i,            // program ended, nothing in flight
    input  wire         mem_idle_i,        // no burst outstanding
    input  wire         record_i,          // a layer record has been written
    input  wire         fault_mem_i,
    input  wire [7:0]   fault_mem_code_i,
    input  wire [63:0]  fault_mem_addr_i,
    input  wire         fault_cmd_i,
    input  wire [31:0]  fault_cmd_addr_i,
    input  wire [4:0]   fault_token_i,     // engines fl, il, st, c; semaphore overflow
    input  wire         fault_glb_i
);
  localparam int FaultBits = PlainMemory != 0 ? AddrBits : 64;
  localparam int MemW = $clog2(MemBytes);
  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Start = 3'd1;     // core reset, then run
  localparam logic [2:0] Run = 3'd2;
  localparam logic [2:0] Drain = 3'd3;
  localparam logic [2:0] Clear = 3'd4;     // core reset, then idle

  // ---- writes ----
  reg bvalid_q, berr_q;
  wire aw_fire = s_axil_awvalid_i && s_axil_wvalid_i && !bvalid_q;
  wire we = aw_fire && s_axil_wstrb_i == 4'hf;
  wire [31:0] wdata = s_axil_wdata_i;
  wire [11:0] waddr = {s_axil_awaddr_i[11:2], 2'b00};
  assign s_axil_awready_o = aw_fire;
  assign s_axil_wready_o = aw_fire;
  assign s_axil_bvalid_o = bvalid_q;
  assign s_axil_bresp_o = {berr_q, 1'b0};
  always_ff @(posedge clk_i) begin
    bvalid_q <= rst_ni && (aw_fire || (bvalid_q && !s_axil_bready_i));
    if (aw_fire) berr_q <= !we;
  end

  // ---- life ----
  reg [2:0] state_q;
  reg done_q, fault_q, ignored_q, wipe_q;  // wipe_q: soft reset asked for
  wire doorbell = we && waddr == weft_pkg::RegDoorbell && wdata[weft_pkg::RegDoorbellStartLsb];
  wire control = we && waddr == weft_pkg::RegControl;
  wire wipe = control && wdata[weft_pkg::RegControlSoftResetLsb];
  wire abort = control && wdata[weft_pkg::RegControlAbortLsb];
  wire fault = state_q == Run &&
               (fault_mem_i || fault_cmd_i || fault_token_i != '0 || fault_glb_i);
  wire accept = state_q == Idle && doorbell;
  wire forget = accept || (state_q == Clear && wipe_q);
  wire swept;
  wire finish = state_q == Run && !fault && idle_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      done_q <= 1'b0;
      fault_q <= 1'b0;
      ignored_q <= 1'b0;
      wipe_q <= 1'b0;
    end else begin
      case (state_q)
        Start: begin
          if (abort || wipe) state_q <= Clear;
          else if (swept) state_q <= Run;
        end
        Run: begin
          if (fault || abort || wipe) state_q <= Drain;
          else if (idle_i) state_q <= Idle;
        end
        Drain: if (mem_idle_i) state_q <= Clear;
        Clear: state_q <= wipe ? Clear : Idle;
        default: begin
          if (wipe) state_q <= Clear;
          else if (accept) state_q <= Start;
        end
      endcase
      if (wipe) wipe_q <= 1'b1;
      else if (state_q == Clear) wipe_q <= 1'b0;
      if (forget) begin
        done_q <= 1'b0;
        fault_q <= 1'b0;
        ignored_q <= 1'b0;
      end else begin
        if (finish) done_q <= 1'b1;
        if (fault) fault_q <= 1'b1;
        if (doorbell && state_q != Idle) ignored_q <= 1'b1;
      end
    end
  end
  assign core_rst_no = rst_ni && state_q != Start && state_q != Clear;
  assign run_o = state_q == Run;

  // ---- fault ----
  reg [3:0] code_q;
  reg [FaultBits-1:0] fault_addr_q;
  reg [15:0] layer_q;
  wire [31:0] other_addr = fault_cmd_i ? fault_cmd_addr_i : {27'd0, fault_token_i};
  always_ff @(posedge clk_i) begin
    if (!rst_ni || forget) begin
      code_q <= 4'(weft_pkg::FaultNone);
      layer_q <= '0;
    end else begin
      if (fault) begin
        code_q <= fault_mem_i ? fault_mem_code_i[3:0] :
                  fault_cmd_i ? 4'(weft_pkg::FaultCommand) :
                  fault_glb_i ? 4'(weft_pkg::FaultGlb) : 4'(weft_pkg::FaultToken);
      end
      if (record_i) layer_q <= layer_q + 1'b1;
    end
    if (!rst_ni) fault_addr_q <= '0;
    else if (fault) fault_addr_q <= FaultBits'(fault_mem_i ? fault_mem_addr_i : {32'd0, other_addr});
  end

  // ---- cycle counter ----
  reg [CounterBits-1:0] cycle_q;           // in Start: sweeps the counters' RAM
  assign swept = cycle_q[7:0] == '1;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || accept || (state_q == Start && swept)) cycle_q <= '0;
    else if (run_o || state_q == Start) cycle_q <= cycle_q + 1'b1;
  end
  assign cycle_o = 64'(cycle_q);
  wire [31:0] cycles_hi;
  wire read_lo;
  generate
    if (CounterBits > 32) begin : gen_hi
      reg [31:0] hi_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) hi_q <= '0;
        else if (read_lo) hi_q <= 32'(cycle_q >> 32);
      end
      assign cycles_hi = hi_q;
    end else begin : gen_no_hi
      assign cycles_hi = '0;
    end
  endgenerate

  // ---- configuration ----
  reg [63:12] base_q;
  reg [AddrBits-1:6] size_q, program_q;
  reg [AddrBits-1:MemW] bytes_q;
  reg [2:0] watchdog_memory_q, watchdog_token_q;
  reg [1:0] irq_status_q, irq_enable_q;
  always_ff @(posedge clk_i) begin
    if (we && waddr == weft_pkg::RegWindowBaseLo) base_q[31:12] <= wdata[31:12];
    if (we && waddr == weft_pkg::RegWindowBaseHi) base_q[63:32] <= wdata;
    if (we && waddr == weft_pkg::RegWindowSize) size_q <= wdata[AddrBits-1:6];
    if (we && waddr == weft_pkg::RegProgram) program_q <= wdata[AddrBits-1:6];
    if (we && waddr == weft_pkg::RegProgramBytes) bytes_q <= wdata[AddrBits-1:MemW];
    if (we && waddr == weft_pkg::RegWatchdogMemory) watchdog_memory_q <= wdata[2:0];
    if (we && waddr == weft_pkg::RegWatchdogToken) watchdog_token_q <= wdata[2:0];
    if (we && waddr == weft_pkg::RegIrqEnable) irq_enable_q <= wdata[1:0];
    if (!rst_ni || PlainMemory != 0) base_q <= '0;
    if (!rst_ni) begin
      program_q <= '0;
      bytes_q <= '0;
      size_q <= '0;
      watchdog_memory_q <= '0;
      watchdog_token_q <= '0;
      irq_enable_q <= '0;
      irq_status_q <= '0;
    end else if (state_q == Clear && wipe_q) begin
      irq_status_q <= '0;
    end else begin
      irq_status_q <= (irq_status_q & ~(we && waddr == weft_pkg::RegIrqStatus ? wdata[1:0] : 2'd0))
                      | {fault, finish};
    end
  end
  assign irq_o = |(irq_status_q & irq_enable_q);
  assign window_base_o = {base_q, 12'd0};
  assign window_size_o = 32'({size_q, 6'd0});
  assign program_o = 32'({program_q, 6'd0});
  assign program_bytes_o = 32'({bytes_q, MemW'(0)});
  // Level n is 2^(3n+6) cycles; half of that is when the cycle counter's bit 3n+5 rises.
  reg half_q;
  wire [7:0] halves;
  wire never = watchdog_memory_q == '0;
  genvar n;
  generate
    assign halves[0] = 1'b0;
    for (n = 1; n < 8; n = n + 1) begin : gen_level
      assign halves[n] = cycle_o[3*n+5];
      assign watchdog_memory_o[3*n+5:3*n+3] = {3{never || watchdog_memory_q >= 3'(n)}};
    end
  endgenerate
  assign watchdog_memory_o[5:0] = '1;
  assign watchdog_memory_o[31:27] = {5{never}};
  wire half = halves[watchdog_token_q];
  always_ff @(posedge clk_i) half_q <= half;
  assign tick_o = half && !half_q && run_o;

  // ---- reads ----
  reg rvalid_q;
  reg [31:0] rdata_q, rdata;
  wire ar_fire = s_axil_arvalid_i && !rvalid_q;
  wire [11:0] raddr = {5'd0, s_axil_araddr_i[6:2], 2'b00};
  assign read_lo = ar_fire && s_axil_araddr_i[11:2] == weft_pkg::RegCyclesLo[11:2];
  wire [63:0] fault_addr = 64'(fault_addr_q);
  always_comb begin
    case (raddr)
      weft_pkg::RegMagic: rdata = weft_pkg::DeviceMagic;
      weft_pkg::RegVersion: rdata = weft_pkg::DeviceVersion;
      weft_pkg::RegArray: rdata = {6'd0, PlainMemory != 0, CounterSmall != 0, 4'(Segs), 4'(Lanes),
                                   8'(Cols), 8'(Rows)};
      weft_pkg::RegGlbSize: rdata = 32'(GlbSize);
      weft_pkg::RegConfigHash: rdata = ConfigHash;
      weft_pkg::RegStatus: rdata = {20'd0, code_q, 4'd0, ignored_q, fault_q, done_q,
                                    state_q != Idle};
      weft_pkg::RegFaultAddrLo: rdata = fault_addr[31:0];
      weft_pkg::RegFaultAddrHi: rdata = fault_addr[63:32];
      weft_pkg::RegFaultLayer: rdata = {16'd0, layer_q};
      weft_pkg::RegIrqStatus: rdata = {30'd0, irq_status_q};
      weft_pkg::RegIrqEnable: rdata = {30'd0, irq_enable_q};
      weft_pkg::RegCyclesLo: rdata = cycle_o[31:0];
      weft_pkg::RegCyclesHi: rdata = cycles_hi;
      weft_pkg::RegWatchdogMemory: rdata = {29'd0, watchdog_memory_q};
      weft_pkg::RegWatchdogToken: rdata = {29'd0, watchdog_token_q};
      weft_pkg::RegWindowBaseLo: rdata = window_base_o[31:0];
      weft_pkg::RegWindowBaseHi: rdata = window_base_o[63:32];
      weft_pkg::RegWindowSize: rdata = window_size_o;
      weft_pkg::RegProgram: rdata = program_o;
      weft_pkg::RegProgramBytes: rdata = program_bytes_o;
      default: rdata = '0;
    endcase
    if (s_axil_araddr_i[11:7] != '0) rdata = '0;
  end
  always_ff @(posedge clk_i) begin
    rvalid_q <= rst_ni && (ar_fire || (rvalid_q && !s_axil_rready_i));
    if (ar_fire) rdata_q <= rdata;
  end
  assign s_axil_arready_o = !rvalid_q;
  assign s_axil_rdata_o = rdata_q;
  assign s_axil_rresp_o = 2'b00;
  assign s_axil_rvalid_o = rvalid_q;
  wire unused = &{1'b0, read_lo, s_axil_awaddr_i, s_axil_araddr_i, fault_mem_code_i, fault_mem_addr_i};
endmodule
`default_nettype wire
