// SPDX-License-Identifier: Apache-2.0
// The accelerator as a SystemC module. Inside, time is found out ahead of SystemC's, by a quantum
// at most; the interrupt changes at its exact time.
#ifndef WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_
#define WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <systemc>

#include "model/accelerator.h"
#include "model/systemc/modules.h"

namespace weft::systemc {

struct ModuleOptions {
  sc_core::sc_time period;     // zero: that of the configuration's clock
  Cycle quantum = 1'000'000;   // cycles found out at a time
  model::PlatformMemory* platform = nullptr;  // as in model::MemPort
};

class AcceleratorModule final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(AcceleratorModule);
  AcceleratorModule(sc_core::sc_module_name name, const Config& config, MemoryModel* memory,
                    const ModuleOptions& options = {});

  void set_log(EventLog* log) { accelerator_->set_log(log); }

  // Need not be bound.
  sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>
      interrupt_port;

  // Register accesses: in the next cycle of `time()`, which takes them to the one after.
  uint32_t Read(uint32_t address);
  void Write(uint32_t address, uint32_t value);  // a doorbell runs it
  uint32_t Peek(uint32_t address) const { return accelerator_->Peek(address); }
  // Runs it for about so many cycles from now on, or until the interrupt is high.
  void Run(Cycle cycles) { memory_port_.Go(cycles); }
  // Runs it up to the first clock edge at `time` or later, if it is not there yet.
  void Synchronize(const sc_core::sc_time& time);
  void Reset();  // to the power-on state

  const sc_core::sc_time& period() const { return period_; }
  bool interrupt() const { return accelerator_->interrupt(); }
  // The clock edge up to which everything has happened.
  const sc_core::sc_time& time() const { return time_; }
  // Called back by the memory: when the cycle begins that the memory port is in.
  sc_core::sc_time memory_time() const {
    const Cycle ahead = accelerator_->memory_cycle() - accelerator_->now();
    return time_ + static_cast<double>(ahead) * period_;
  }

  // A memory that waits lets other processes in, whose register accesses must wait for their turn:
  // one at a time is in the model.
  class Turn {
   public:
    explicit Turn(AcceleratorModule* module);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    AcceleratorModule* const module_;
  };
  // The memory asks for a register from inside the model: it would wait for ever.
  bool InMyTurn() const { return taken_ && taken_by_ == sc_core::sc_get_current_process_handle(); }

 private:
  struct Edge {
    sc_core::sc_time time;
    bool level;
  };

  Cycle Advance(Cycle cycles);
  void Passed(Cycle cycles);
  void DriveInterrupt();

  const Config config_;
  const sc_core::sc_time period_;
  model::Glb glb_;
  CommandFetch fetch_;
  LoadEngines loads_;
  StoreEngine store_;
  ArrayEngine array_;
  MemoryPort memory_port_;
  std::optional<model::Accelerator> accelerator_;
  sc_core::sc_time time_;
  std::deque<Edge> edges_;  // of the interrupt, to come
  bool level_ = false;      // after them
  sc_core::sc_event edge_event_, free_event_;
  bool taken_ = false;
  sc_core::sc_process_handle taken_by_;
};

}  // namespace weft::systemc

#endif  // WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_
