// SPDX-License-Identifier: Apache-2.0
#include "model/systemc/accelerator_module.h"

#include <algorithm>

namespace weft::systemc {

using sc_core::sc_time;

namespace {

constexpr Cycle kQuantum = 1'000'000;  // cycles found out at a time

}  // namespace

MemoryPort::MemoryPort(sc_core::sc_module_name name, const Config& config, MemoryModel* memory,
                       CommandFetch* fetch, LoadEngines* loads, StoreEngine* store,
                       const sc_time& period, std::function<Cycle(Cycle)> advance)
    : sc_module(name),
      port(model::MemPortConfig(config), memory, &fetch->control, &loads->fl, &loads->il,
           &store->st),
      period_(period),
      advance_(std::move(advance)) {
  SC_THREAD(Run);
}

void MemoryPort::Run() {
  for (;;) {
    wait(go_);
    while (const Cycle cycles = advance_(std::min(left_, kQuantum))) {
      left_ -= cycles;
      wait(static_cast<double>(cycles) * period_);
    }
  }
}

AcceleratorModule::AcceleratorModule(sc_core::sc_module_name name, const Config& config,
                                     MemoryModel* memory)
    : sc_module(name),
      period_(1.0 / config.clock_mhz, sc_core::SC_US),
      glb_(model::GlbConfig(config)),
      fetch_("fetch", config, [this] { memory_port_.port.ReturnEarly(); }),
      loads_("loads", config, &glb_),
      store_("store", config, &glb_),
      array_("array", config, &glb_, &fetch_.control),
      memory_port_("memory_port", config, memory, &fetch_, &loads_, &store_, period_,
                   [this](Cycle cycles) { return Advance(cycles); }),
      accelerator_(config, [this] {
        return model::Units{&glb_,
                            &fetch_.control,
                            array_.Start(),
                            {&loads_.fl_ports, &loads_.il_ports, &store_.ports},
                            &loads_.fl,
                            &loads_.il,
                            &store_.st,
                            &memory_port_.port};
      }) {}

void AcceleratorModule::Write(uint32_t address, uint32_t value) {
  accelerator_.Write(address, value);
  if (address == spec::kRegDoorbell) Run(kNever);
}

Cycle AcceleratorModule::Advance(Cycle cycles) {
  if (accelerator_.interrupt() || !accelerator_.running()) return 0;
  const Cycle begin = accelerator_.now();
  accelerator_.Wait(cycles);
  const Cycle passed = accelerator_.now() - begin;
  if (accelerator_.interrupt())
    interrupt_event_.notify(static_cast<double>(passed) * period_);
  return passed;
}

}  // namespace weft::systemc
