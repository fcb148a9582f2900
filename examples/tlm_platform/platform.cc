// SPDX-License-Identifier: Apache-2.0
#include "examples/tlm_platform/platform.h"

#include <algorithm>
#include <utility>

namespace platform {

using sc_core::sc_time;
using tlm::tlm_dmi;
using tlm::tlm_generic_payload;

namespace {

sc_time Hop() { return sc_time(10, sc_core::SC_NS); }  // what the bus adds

// Where the memory is: a plain memory port knows no window base.
Map MapOf(const weft::Config& config, uint64_t memory_bytes) {
  Map map;
  map.memory = config.plain_memory != 0 ? 0 : 0x80000000;
  map.memory_bytes = memory_bytes;
  return map;
}

}  // namespace

Memory::Memory(sc_core::sc_module_name name, uint64_t bytes)
    : sc_module(name), socket("socket"), bytes_(bytes) {
  socket.register_b_transport(this, &Memory::Transport);
  socket.register_get_direct_mem_ptr(this, &Memory::Dmi);
}

void Memory::Transport(tlm_generic_payload& payload, sc_time& delay) {
  const uint64_t at = payload.get_address();
  const size_t count = payload.get_data_length();
  if (at > bytes_.size() || count > bytes_.size() - at) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  uint8_t* const data = payload.get_data_ptr();
  const uint8_t* const enables = payload.get_byte_enable_ptr();
  for (size_t i = 0; i < count; ++i) {
    if (enables != nullptr && enables[i % payload.get_byte_enable_length()] == 0) continue;
    if (payload.is_read()) data[i] = bytes_[at + i];
    if (payload.is_write()) bytes_[at + i] = data[i];
  }
  delay += sc_time(static_cast<double>(100 + count / 8), sc_core::SC_NS);
  payload.set_dmi_allowed(true);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

bool Memory::Dmi(tlm_generic_payload& /*payload*/, tlm_dmi& dmi) {
  dmi.init();
  dmi.set_dmi_ptr(bytes_.data());
  dmi.set_start_address(0);
  dmi.set_end_address(bytes_.size() - 1);
  dmi.allow_read_write();
  return true;
}

Bus::Bus(sc_core::sc_module_name name, const Map& map)
    : sc_module(name),
      host("host"),
      accelerator("accelerator"),
      registers("registers"),
      memory("memory"),
      map_(map) {
  host.register_b_transport(this, &Bus::FromHost);
  host.register_transport_dbg(this, &Bus::DebugFromHost);
  accelerator.register_b_transport(this, &Bus::FromAccelerator);
  accelerator.register_get_direct_mem_ptr(this, &Bus::Dmi);
}

bool Bus::ToMemory(const tlm_generic_payload& payload) const {
  return payload.get_address() >= map_.memory &&
         payload.get_address() - map_.memory < map_.memory_bytes;
}

void Bus::FromHost(tlm_generic_payload& payload, sc_time& delay) {
  const uint64_t address = payload.get_address();
  delay += Hop();
  if (ToMemory(payload)) {
    payload.set_address(address - map_.memory);
    memory->b_transport(payload, delay);
  } else if (address >= map_.registers && address - map_.registers < kRegisterBytes) {
    payload.set_address(address - map_.registers);
    registers->b_transport(payload, delay);
  } else {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  payload.set_address(address);
}

// Registers only.
unsigned Bus::DebugFromHost(tlm_generic_payload& payload) {
  const uint64_t address = payload.get_address();
  if (address < map_.registers) return 0;
  payload.set_address(address - map_.registers);
  const unsigned count = registers->transport_dbg(payload);
  payload.set_address(address);
  return count;
}

void Bus::FromAccelerator(tlm_generic_payload& payload, sc_time& delay) {
  if (watcher_) watcher_(delay);
  const uint64_t address = payload.get_address();
  const bool forbidden = forbidden_ && *forbidden_ >= address &&
                         *forbidden_ - address < payload.get_data_length();
  if (forbidden || !ToMemory(payload)) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  payload.set_address(address - map_.memory);
  memory->b_transport(payload, delay);
  payload.set_address(address);
  if (forbidden_ || !pointers_) payload.set_dmi_allowed(false);
}

bool Bus::Dmi(tlm_generic_payload& payload, tlm_dmi& dmi) {
  const uint64_t address = payload.get_address();
  payload.set_address(address - map_.memory);
  const bool given = memory->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  dmi.set_start_address(dmi.get_start_address() + map_.memory);
  dmi.set_end_address(dmi.get_end_address() + map_.memory);
  return given;
}

Platform::Platform(sc_core::sc_module_name name, const weft::Config& config,
                   uint64_t memory_bytes, const weft::systemc::TlmOptions& options, Work work)
    : sc_module(name),
      host("host", MapOf(config, memory_bytes), std::move(work), [this] { accelerator.Reset(); }),
      bus("bus", MapOf(config, memory_bytes)),
      accelerator("accelerator", config, options),
      memory("memory", memory_bytes) {
  host.bus(bus.host);
  accelerator.memory(bus.accelerator);
  bus.registers(accelerator.registers);
  bus.memory(memory.socket);
  accelerator.interrupt(interrupt_);
  host.interrupt(interrupt_);
}

}  // namespace platform
