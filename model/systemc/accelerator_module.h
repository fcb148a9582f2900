// SPDX-License-Identifier: Apache-2.0
// The accelerator as a SystemC module. Inside, time is found out ahead of SystemC's, by a quantum
// at most; the interrupt rises at its exact time. Register accesses take effect at once.
#ifndef WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_
#define WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_

#include <cstdint>
#include <systemc>

#include "model/accelerator.h"
#include "model/systemc/modules.h"

namespace weft::systemc {

class AcceleratorModule final : public sc_core::sc_module {
 public:
  // The clock has the configuration's frequency.
  AcceleratorModule(sc_core::sc_module_name name, const Config& config, MemoryModel* memory);

  void set_log(EventLog* log) { accelerator_.set_log(log); }
  uint32_t Read(uint32_t address) { return accelerator_.Read(address); }
  void Write(uint32_t address, uint32_t value);  // a doorbell runs it
  // Runs it for about so many cycles from now on, or until the interrupt is high.
  void Run(Cycle cycles) { memory_port_.Go(cycles); }
  const sc_core::sc_time& period() const { return period_; }
  bool interrupt() const { return accelerator_.interrupt(); }
  // Rises with the interrupt.
  const sc_core::sc_event& interrupt_event() const { return interrupt_event_; }

 private:
  Cycle Advance(Cycle cycles);

  const sc_core::sc_time period_;
  model::Glb glb_;
  CommandFetch fetch_;
  LoadEngines loads_;
  StoreEngine store_;
  ArrayEngine array_;
  MemoryPort memory_port_;
  model::Accelerator accelerator_;
  sc_core::sc_event interrupt_event_;
};

}  // namespace weft::systemc

#endif  // WEFT_MODEL_SYSTEMC_ACCELERATOR_MODULE_H_
