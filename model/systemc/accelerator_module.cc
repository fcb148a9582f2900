// SPDX-License-Identifier: Apache-2.0
#include "model/systemc/accelerator_module.h"

#include <algorithm>

namespace weft::systemc {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

MemoryPort::MemoryPort(sc_core::sc_module_name name, const Config& config, MemoryModel* memory,
                       model::PlatformMemory* platform, CommandFetch* fetch, LoadEngines* loads,
                       StoreEngine* store, Cycle quantum, std::function<Cycle(Cycle)> advance,
                       std::function<sc_time()> ahead)
    : sc_module(name),
      port(model::MemPortConfig(config), memory, &fetch->control, &loads->fl, &loads->il,
           &store->st, platform),
      quantum_(quantum),
      advance_(std::move(advance)),
      ahead_(std::move(ahead)) {
  SC_THREAD(Run);
}

void MemoryPort::Run() {
  for (;;) {
    wait(go_);
    while (const Cycle cycles = advance_(std::min(left_, quantum_))) {
      left_ -= cycles;
      wait(ahead_());
    }
  }
}

AcceleratorModule::AcceleratorModule(sc_core::sc_module_name name, const Config& config,
                                     MemoryModel* memory, const ModuleOptions& options)
    : sc_module(name),
      config_(config),
      period_(options.period == sc_core::SC_ZERO_TIME
                  ? sc_time(1.0 / config.clock_mhz, sc_core::SC_US)
                  : options.period),
      glb_(model::GlbConfig(config)),
      fetch_("fetch", config, [this] { memory_port_.port.ReturnEarly(); }),
      loads_("loads", config, &glb_),
      store_("store", config, &glb_),
      array_("array", config, &glb_, &fetch_.control),
      memory_port_(
          "memory_port", config, memory, options.platform, &fetch_, &loads_, &store_,
          options.quantum,
          [this](Cycle cycles) {
            const Turn turn(this);
            return Advance(cycles);
          },
          [this] { return std::max(time_, sc_time_stamp()) - sc_time_stamp(); }) {
  SC_METHOD(DriveInterrupt);
  sensitive << edge_event_;
  dont_initialize();
  Reset();
}

void AcceleratorModule::Reset() {
  accelerator_.emplace(config_, [this] {
    return model::Units{&glb_,
                        &fetch_.control,
                        array_.Start(),
                        {&loads_.fl_ports, &loads_.il_ports, &store_.ports},
                        &loads_.fl,
                        &loads_.il,
                        &store_.st,
                        &memory_port_.port};
  });
  Passed(0);
}

uint32_t AcceleratorModule::Read(uint32_t address) {
  const uint32_t value = accelerator_->Read(address);
  Passed(1);
  return value;
}

void AcceleratorModule::Write(uint32_t address, uint32_t value) {
  accelerator_->Write(address, value);
  Passed(1);
  if (accelerator_->running()) Run(kNever);
}

void AcceleratorModule::Synchronize(const sc_time& time) {
  if (time <= time_) return;
  const uint64_t ticks = (time - time_).value();
  const auto cycles = static_cast<Cycle>((ticks + period_.value() - 1) / period_.value());
  const Cycle run = Advance(cycles);
  accelerator_->Pass(cycles - run);
  Passed(cycles - run);
}

Cycle AcceleratorModule::Advance(Cycle cycles) {
  if (accelerator_->interrupt() || !accelerator_->running()) return 0;
  const Cycle begin = accelerator_->now();
  accelerator_->Wait(cycles);
  const Cycle passed = accelerator_->now() - begin;
  Passed(passed);
  return passed;
}

// The accelerator has got on by so many cycles.
void AcceleratorModule::Passed(Cycle cycles) {
  time_ += static_cast<double>(cycles) * period_;
  if (accelerator_->interrupt() == level_) return;
  level_ = !level_;
  edges_.push_back({time_, level_});
  edge_event_.notify(std::max(edges_.front().time, sc_time_stamp()) - sc_time_stamp());
}

void AcceleratorModule::DriveInterrupt() {
  for (; !edges_.empty() && edges_.front().time <= sc_time_stamp(); edges_.pop_front())
    if (interrupt_port.size() > 0) interrupt_port->write(edges_.front().level);
  if (!edges_.empty()) next_trigger(edges_.front().time - sc_time_stamp());
}

AcceleratorModule::Turn::Turn(AcceleratorModule* module) : module_(module) {
  while (module_->taken_) sc_core::wait(module_->free_event_);
  module_->taken_ = true;
  module_->taken_by_ = sc_core::sc_get_current_process_handle();
}

AcceleratorModule::Turn::~Turn() {
  module_->taken_ = false;
  module_->free_event_.notify();
}

}  // namespace weft::systemc
