// SPDX-License-Identifier: Apache-2.0
// The host: a thread that does some work, and the accelerator as the driver wants to see it, by
// transactions on the bus and the interrupt line.
#ifndef WEFT_EXAMPLES_TLM_PLATFORM_HOST_H_
#define WEFT_EXAMPLES_TLM_PLATFORM_HOST_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <systemc>

#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "driver/device.h"

namespace platform {

constexpr uint64_t kRegisterBytes = 4096;

// Addresses on the bus.
struct Map {
  uint64_t registers = 0x40000000;
  uint64_t memory = 0x80000000, memory_bytes = 0;
};

class Host final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Host);
  // reset() stands for a reset controller.
  Host(sc_core::sc_module_name name, const Map& map, std::function<void(Host*)> work,
       std::function<void()> reset);
  tlm_utils::simple_initiator_socket<Host, 32> bus;
  sc_core::sc_in<bool> interrupt;

  // One transaction, and its time. Throws weft::Error (kMachine) for an error response.
  void Access(tlm::tlm_command command, uint64_t address, uint8_t* bytes, size_t count);
  void Reset() { reset_(); }
  const Map& map() const { return map_; }
  // After the simulation: throws what the work has thrown, or that it came to no end.
  void Check() const;

 private:
  void Run();

  const Map map_;
  const std::function<void(Host*)> work_;
  const std::function<void()> reset_;
  bool done_ = false;
  std::exception_ptr error_;
};

// The DMA window is the whole memory. `period` is the accelerator's.
class BusDevice final : public weft::driver::Device {
 public:
  BusDevice(Host* host, const sc_core::sc_time& period) : host_(host), period_(period) {}
  uint32_t ReadRegister(uint32_t address) override;
  void WriteRegister(uint32_t address, uint32_t value) override;
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override;
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override;
  bool WaitInterrupt(int64_t timeout_cycles) override;
  void Reset() override { host_->Reset(); }

 private:
  Host* const host_;
  const sc_core::sc_time period_;
};

}  // namespace platform

#endif  // WEFT_EXAMPLES_TLM_PLATFORM_HOST_H_
