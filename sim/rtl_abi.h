// SPDX-License-Identifier: Apache-2.0
// What a verilated simulator (a shared object of its own, one per configuration) offers to
// `weft`: plain C, so that host and simulator need not agree on anything else.

#ifndef WEFT_SIM_RTL_ABI_H_
#define WEFT_SIM_RTL_ABI_H_

#include <cstdint>

extern "C" {

// As Event in model/event_log.h.
struct WeftRtlEvent {
  int64_t cycle;
  int32_t unit, kind;
  uint64_t value;
};

struct WeftRtlOptions {
  int64_t memory_bytes;        // device window
  double bytes_per_cycle;      // memory model, see model/memory_model.h
  int64_t latency_cycles;
  double stall_probability;
  uint64_t stall_seed;
  int32_t init_seed;           // random initial registers and memories
  const char* trace_path;      // FST file, or null; only if built with a trace
  int64_t error_address;       // for tests: a burst that holds it is answered with an error; -1: none
  int64_t silent_from;         // for tests: this burst and later ones are never answered; -1: none
  void (*event)(void* context, const struct WeftRtlEvent* event);  // null: no event log
  void* event_context;
  int32_t event_bursts;        // the log has the bursts of all engines
};

struct WeftRtl;  // one simulated device

struct WeftRtl* weft_rtl_open(const struct WeftRtlOptions* options);
void weft_rtl_close(struct WeftRtl* rtl);
uint8_t* weft_rtl_memory(struct WeftRtl* rtl);
uint32_t weft_rtl_read(struct WeftRtl* rtl, uint32_t address);
void weft_rtl_write(struct WeftRtl* rtl, uint32_t address, uint32_t value);
// Clocks until the interrupt is high, at most max_cycles; returns whether it is high.
int weft_rtl_wait(struct WeftRtl* rtl, uint64_t max_cycles);

}  // extern "C"

#endif  // WEFT_SIM_RTL_ABI_H_
