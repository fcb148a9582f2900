// SPDX-License-Identifier: Apache-2.0
// A small platform: a host, the accelerator and a memory on one bus.
//
//        host ----32----> bus ----32----> registers, accelerator ----> interrupt, host
//     accelerator --64--> bus ----64----> memory
#ifndef WEFT_EXAMPLES_TLM_PLATFORM_PLATFORM_H_
#define WEFT_EXAMPLES_TLM_PLATFORM_PLATFORM_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "examples/tlm_platform/host.h"
#include "model/systemc/weft_tlm.h"

namespace platform {

// Byte-addressed memory from address 0 of its socket on.
class Memory final : public sc_core::sc_module {
 public:
  Memory(sc_core::sc_module_name name, uint64_t bytes);
  tlm_utils::simple_target_socket<Memory, 64> socket;

 private:
  void Transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool Dmi(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  std::vector<uint8_t> bytes_;
};

// Sends a transaction to whom its address belongs, with the address from there on.
class Bus final : public sc_core::sc_module {
 public:
  Bus(sc_core::sc_module_name name, const Map& map);
  tlm_utils::simple_target_socket<Bus, 32> host;
  tlm_utils::simple_target_socket<Bus, 64> accelerator;
  tlm_utils::simple_initiator_socket<Bus, 32> registers;
  tlm_utils::simple_initiator_socket<Bus, 64> memory;

  // The accelerator gets an error for what holds this byte, and no pointers.
  void Forbid(uint64_t address) { forbidden_ = address; }
  void ForbidPointers() { pointers_ = false; }
  // Called before every access of the accelerator, in its process.
  using Watcher = std::function<void(const sc_core::sc_time& delay)>;
  void Watch(Watcher watcher) { watcher_ = std::move(watcher); }

 private:
  void FromHost(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned DebugFromHost(tlm::tlm_generic_payload& payload);
  void FromAccelerator(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool Dmi(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  bool ToMemory(const tlm::tlm_generic_payload& payload) const;

  const Map map_;
  std::optional<uint64_t> forbidden_;
  bool pointers_ = true;
  Watcher watcher_;
};

class Platform final : public sc_core::sc_module {
 public:
  // What the host does, once.
  using Work = std::function<void(Host* host)>;
  Platform(sc_core::sc_module_name name, const weft::Config& config, uint64_t memory_bytes,
           const weft::systemc::TlmOptions& options, Work work);

  Host host;
  Bus bus;
  weft::systemc::TlmAccelerator accelerator;
  Memory memory;

 private:
  sc_core::sc_signal<bool> interrupt_;
};

}  // namespace platform

#endif  // WEFT_EXAMPLES_TLM_PLATFORM_PLATFORM_H_
