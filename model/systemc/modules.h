// SPDX-License-Identifier: Apache-2.0
// One SystemC module per group of units. A module owns its units; what goes between two of them is
// a call with a cycle in it. Only the memory port has a process (docs/model.md).
#ifndef WEFT_MODEL_SYSTEMC_MODULES_H_
#define WEFT_MODEL_SYSTEMC_MODULES_H_

#include <functional>
#include <optional>
#include <systemc>

#include "model/units.h"

namespace weft::systemc {

// Command fetch, queues, front ends, semaphores.
class CommandFetch final : public sc_core::sc_module {
 public:
  CommandFetch(sc_core::sc_module_name name, const Config& config, std::function<void()> news)
      : sc_module(name), control(config, std::move(news)) {}
  model::Control control;
};

class LoadEngines final : public sc_core::sc_module {
 public:
  LoadEngines(sc_core::sc_module_name name, const Config& config, model::Glb* glb)
      : sc_module(name),
        fl_ports(model::EnginePorts::kFl, glb),
        il_ports(model::EnginePorts::kIl, glb),
        fl(model::LoadConfig(config), &fl_ports, &fl_ports),
        il(model::LoadConfig(config), &il_ports, &il_ports) {}
  model::EnginePorts fl_ports, il_ports;
  model::Load fl, il;
};

class StoreEngine final : public sc_core::sc_module {
 public:
  StoreEngine(sc_core::sc_module_name name, const Config& config, model::Glb* glb)
      : sc_module(name),
        ports(model::EnginePorts::kSt, glb),
        st(model::StoreConfig(config), &ports, &ports) {}
  model::EnginePorts ports;
  model::Store st;
};

// Sequencer, filter bus, feeder, array, collector, post-processing.
class ArrayEngine final : public sc_core::sc_module {
 public:
  ArrayEngine(sc_core::sc_module_name name, const Config& config, model::Glb* glb,
              model::Control* control)
      : sc_module(name), config_(config), glb_(glb), control_(control) {}
  // As after the core's reset.
  model::Compute* Start() {
    return &compute_.emplace(config_, glb_, &control_->input(spec::kQueueC), &control_->sems());
  }

 private:
  const Config config_;
  model::Glb* const glb_;
  model::Control* const control_;
  std::optional<model::Compute> compute_;
};

// Takes the accelerator from cycle to cycle: `advance` runs it in a plain loop for at most so many
// cycles and says how many it were; 0: it waits for the host. `ahead` is how far it then is ahead
// of SystemC's time.
class MemoryPort final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(MemoryPort);
  MemoryPort(sc_core::sc_module_name name, const Config& config, MemoryModel* memory,
             model::PlatformMemory* platform, CommandFetch* fetch, LoadEngines* loads,
             StoreEngine* store, Cycle quantum, std::function<Cycle(Cycle)> advance,
             std::function<sc_core::sc_time()> ahead);
  // For about so many cycles from now on.
  void Go(Cycle cycles) {
    left_ = cycles;
    go_.notify(sc_core::SC_ZERO_TIME);
  }
  model::MemPort port;

 private:
  void Run();
  const Cycle quantum_;
  const std::function<Cycle(Cycle)> advance_;
  const std::function<sc_core::sc_time()> ahead_;
  sc_core::sc_event go_;
  Cycle left_ = 0;
};

}  // namespace weft::systemc

#endif  // WEFT_MODEL_SYSTEMC_MODULES_H_
