// SPDX-License-Identifier: Apache-2.0
// One verilated accelerator with its memory, behind the functions of rtl_abi.h. Linked with the
// verilated code into a shared object by rtl_cache.cc.
#include <verilated.h>
#ifdef WEFT_TRACE
#include <verilated_fst_c.h>
#endif

#include <cstring>
#include <memory>

#include "Vweft_top.h"
#include "Vweft_top___024root.h"
#include "model/memory_model.h"
#include "model/spec_gen.h"
#include "sim/harness/event_tap.h"
#include "sim/rtl_abi.h"

namespace {

constexpr int kBeat = WEFT_MEM_BYTES;
constexpr uint32_t kAddressMask = WEFT_PLAIN_MEMORY != 0 ? 0xffffff : 0xffffffff;
using weft::Cycle;
using weft::MemoryModel;

uint64_t LoadBeat(const uint8_t* bytes) {
  uint64_t word = 0;
  if (bytes != nullptr) std::memcpy(&word, bytes, kBeat);
  return word;
}

}  // namespace

struct WeftRtl {
  explicit WeftRtl(const WeftRtlOptions& options)
      : memory(Params(options), 0, static_cast<size_t>(options.memory_bytes)) {
    context.randReset(2);
    context.randSeed(options.init_seed);
#ifdef WEFT_TRACE
    context.traceEverOn(options.trace_path != nullptr);
#endif
    top = std::make_unique<Vweft_top>(&context);
#ifdef WEFT_TRACE
    if (options.trace_path != nullptr) {
      trace = std::make_unique<VerilatedFstC>();
      top->trace(trace.get(), 99);
      trace->open(options.trace_path);
    }
#endif
    weft::MemoryFaults faults;
    if (options.error_address >= 0) faults.error_address = static_cast<uint64_t>(options.error_address);
    if (options.silent_from >= 0) faults.silent_from = static_cast<uint64_t>(options.silent_from);
    memory.set_faults(faults);
    if (options.event != nullptr) {
      const auto sink = [tell = options.event,
                         context = options.event_context](const weft::Event& e) {
        const WeftRtlEvent event{e.cycle, e.unit, e.kind, e.value};
        tell(context, &event);
      };
      tap = std::make_unique<weft::EventTap>(options.event_bursts != 0, sink);
    }
    top->rst_ni = 0;
    for (int i = 0; i < 4; ++i) Clock();
    top->rst_ni = 1;
  }

  ~WeftRtl() {
    // Verilator's destructors use the thread's context, which is that of the device opened last.
    Verilated::threadContextp(&context);
#ifdef WEFT_TRACE
    if (trace) trace->close();
#endif
    top->final();
  }

  static weft::MemoryParams Params(const WeftRtlOptions& options) {
    weft::MemoryParams params;
    params.bytes_per_cycle = options.bytes_per_cycle;
    params.latency_cycles = static_cast<int>(options.latency_cycles);
    params.stall = options.stall_probability;
    params.seed = options.stall_seed;
    params.beat_bytes = kBeat;
    params.plain = WEFT_PLAIN_MEMORY != 0;
    return params;
  }

  void Clock() {
    const MemoryModel::Out& out = memory.Begin(cycle);
#if WEFT_PLAIN_MEMORY
    top->p_ready_i = out.ar_ready;
    top->p_rvalid_i = out.r_valid;
    top->p_rdata_i = LoadBeat(out.r_data);
    top->p_rerr_i = out.r_response != 0;
#else
    top->m_axi_arready_i = out.ar_ready;
    top->m_axi_rvalid_i = out.r_valid;
    top->m_axi_rdata_i = LoadBeat(out.r_data);
    top->m_axi_rresp_i = out.r_response;
    top->m_axi_rlast_i = out.r_last;
    top->m_axi_awready_i = out.aw_ready;
    top->m_axi_wready_i = out.w_ready;
    top->m_axi_bvalid_i = out.b_valid;
    top->m_axi_bresp_i = out.b_response;
#endif
    top->clk_i = 0;
    top->eval();
    Dump(2 * static_cast<uint64_t>(cycle));
    MemoryModel::In in;
    uint64_t data = 0;
#if WEFT_PLAIN_MEMORY
    in.ar_valid = top->p_valid_o && !top->p_write_o;
    in.aw_valid = in.w_valid = top->p_valid_o && top->p_write_o;
    in.ar_address = in.aw_address = top->p_addr_o;
    in.ar_beats = in.aw_beats = 1;
    in.w_last = true;
    in.r_ready = top->p_rready_o;
    data = top->p_wdata_o;
    in.w_strobe = top->p_wstrb_o;
#else
    in.ar_valid = top->m_axi_arvalid_o;
    in.ar_address = top->m_axi_araddr_o;
    in.ar_beats = top->m_axi_arlen_o + 1;
    in.aw_valid = top->m_axi_awvalid_o;
    in.aw_address = top->m_axi_awaddr_o;
    in.aw_beats = top->m_axi_awlen_o + 1;
    in.w_valid = top->m_axi_wvalid_o;
    in.w_last = top->m_axi_wlast_o;
    in.r_ready = top->m_axi_rready_o;
    in.b_ready = top->m_axi_bready_o;
    data = top->m_axi_wdata_o;
    in.w_strobe = top->m_axi_wstrb_o;
#endif
    uint8_t beat[8];
    std::memcpy(beat, &data, sizeof beat);
    in.w_data = beat;
    if (!top->rst_ni) in = {};  // random until reset
    if (tap && top->rst_ni) tap->Sample(*top->rootp, kBeat, kAddressMask);
    memory.End(in);
    top->clk_i = 1;
    top->eval();
    Dump(2 * static_cast<uint64_t>(cycle) + 1);
    ++cycle;
  }

  void Dump(uint64_t time) {
#ifdef WEFT_TRACE
    if (trace) trace->dump(time);
#else
    (void)time;
#endif
  }

  uint32_t Read(uint32_t address) {
    top->s_axil_araddr_i = address;
    top->s_axil_arvalid_i = 1;
    top->s_axil_rready_i = 1;
    bool accepted = false;
    for (;;) {
      top->clk_i = 0;
      top->eval();
      const bool fire = top->s_axil_arvalid_i && top->s_axil_arready_o;
      const bool answer = top->s_axil_rvalid_o;
      const uint32_t data = top->s_axil_rdata_o;
      Clock();
      if (fire) {
        top->s_axil_arvalid_i = 0;
        accepted = true;
      }
      if (answer && accepted) {
        top->s_axil_rready_i = 0;
        return data;
      }
    }
  }

  void Write(uint32_t address, uint32_t value) {
    top->s_axil_awaddr_i = address;
    top->s_axil_awvalid_i = 1;
    top->s_axil_wdata_i = value;
    top->s_axil_wstrb_i = 15;
    top->s_axil_wvalid_i = 1;
    top->s_axil_bready_i = 1;
    bool answered = false;
    while (top->s_axil_awvalid_i || top->s_axil_wvalid_i || !answered) {
      top->clk_i = 0;
      top->eval();
      const bool aw = top->s_axil_awvalid_i && top->s_axil_awready_o;
      const bool w = top->s_axil_wvalid_i && top->s_axil_wready_o;
      const bool b = top->s_axil_bvalid_o;
      Clock();
      if (aw) top->s_axil_awvalid_i = 0;
      if (w) top->s_axil_wvalid_i = 0;
      answered = answered || b;
    }
    top->s_axil_bready_i = 0;
  }

  VerilatedContext context;
  std::unique_ptr<Vweft_top> top;
#ifdef WEFT_TRACE
  std::unique_ptr<VerilatedFstC> trace;
#endif
  MemoryModel memory;
  std::unique_ptr<weft::EventTap> tap;  // null: no event log
  Cycle cycle = 0;
};

extern "C" {

WeftRtl* weft_rtl_open(const WeftRtlOptions* options) { return new WeftRtl(*options); }
void weft_rtl_close(WeftRtl* rtl) { delete rtl; }
uint8_t* weft_rtl_memory(WeftRtl* rtl) { return rtl->memory.bytes().data(); }
uint32_t weft_rtl_read(WeftRtl* rtl, uint32_t address) { return rtl->Read(address); }

void weft_rtl_write(WeftRtl* rtl, uint32_t address, uint32_t value) {
  // The memory's state at a doorbell is defined too, so that equal segments take equal cycles.
  if (address == weft::spec::kRegDoorbell && rtl->memory.idle()) rtl->memory.StartSegment(rtl->cycle);
  rtl->Write(address, value);
}

int weft_rtl_wait(WeftRtl* rtl, uint64_t max_cycles) {
  for (uint64_t i = 0; i < max_cycles && !rtl->top->irq_o; ++i) rtl->Clock();
  return rtl->top->irq_o;
}

}  // extern "C"
