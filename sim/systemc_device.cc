// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc_device.h"

#include <algorithm>

#include "model/memory_model.h"
#include "model/systemc/accelerator_module.h"

// libsystemc's own main() wants it; nothing calls that. Weak: a platform has its own.
__attribute__((weak)) int sc_main(int, char*[]) { return 0; }

namespace weft {
namespace {

MemoryParams ParamsOf(const Config& config, const DeviceOptions& options) {
  MemoryParams params = ParseMemoryParams(options.memory);
  params.seed = options.seed;
  params.beat_bytes = config.mem_bytes;
  params.plain = config.plain_memory != 0;
  return params;
}

// A SystemC simulation of its own: contexts let several live in one program.
class Simulation {
 public:
  class Scope {
   public:
    explicit Scope(const Simulation& simulation) : before_(sc_core::sc_curr_simcontext) {
      sc_core::sc_curr_simcontext = simulation.context_.get();
    }
    ~Scope() { sc_core::sc_curr_simcontext = before_; }

   private:
    sc_core::sc_simcontext* const before_;
  };

  Simulation(const Config& config, MemoryModel* memory)
      : context_(std::make_unique<sc_core::sc_simcontext>()) {
    const Scope scope(*this);
    accelerator_ = std::make_unique<systemc::AcceleratorModule>("weft", config, memory);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~Simulation() {
    const Scope scope(*this);
    accelerator_.reset();
    context_.reset();
  }
  systemc::AcceleratorModule& accelerator() { return *accelerator_; }

 private:
  std::unique_ptr<sc_core::sc_simcontext> context_;
  std::unique_ptr<systemc::AcceleratorModule> accelerator_;
};

class Modelled final : public driver::Device {
 public:
  Modelled(const Config& config, int64_t window_bytes, const DeviceOptions& options)
      : config_(config),
        memory_(ParamsOf(config, options), 0, static_cast<size_t>(window_bytes)) {
    MemoryFaults faults;
    if (options.error_address >= 0)
      faults.error_address = static_cast<uint64_t>(options.error_address);
    if (options.silent_from >= 0) faults.silent_from = static_cast<uint64_t>(options.silent_from);
    memory_.set_faults(faults);
    if (options.events) log_ = std::make_unique<EventLog>(options.event_bursts, options.events);
    Reset();
  }

  uint32_t ReadRegister(uint32_t address) override {
    const Simulation::Scope scope(*simulation_);
    return simulation_->accelerator().Read(address);
  }
  void WriteRegister(uint32_t address, uint32_t value) override {
    const Simulation::Scope scope(*simulation_);
    simulation_->accelerator().Write(address, value);
  }
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override {
    std::copy_n(memory_.bytes().data() + offset, count, bytes);
  }
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override {
    std::copy_n(bytes, count, memory_.bytes().data() + offset);
  }
  bool WaitInterrupt(int64_t timeout_cycles) override {
    const Simulation::Scope scope(*simulation_);
    systemc::AcceleratorModule& accelerator = simulation_->accelerator();
    if (accelerator.interrupt()) return true;
    accelerator.Run(timeout_cycles);
    sc_core::sc_start();  // until nothing is left to do
    return accelerator.interrupt();
  }
  void Reset() override {
    simulation_ = std::make_unique<Simulation>(config_, &memory_);
    simulation_->accelerator().set_log(log_.get());
  }

 private:
  const Config config_;
  MemoryModel memory_;
  std::unique_ptr<EventLog> log_;  // null: none
  std::unique_ptr<Simulation> simulation_;
};

}  // namespace

std::unique_ptr<driver::Device> MakeSystemcDevice(const Config& config, int64_t window_bytes,
                                                  const DeviceOptions& options) {
  return std::make_unique<Modelled>(config, window_bytes, options);
}

}  // namespace weft
