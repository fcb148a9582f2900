// SPDX-License-Identifier: Apache-2.0
#include "model/systemc/weft_tlm.h"

#include <algorithm>
#include <cstring>

#include "model/spec_gen.h"

namespace weft::systemc {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

namespace {

MemoryParams ParamsOf(const Config& config, MemoryParams params) {
  params.beat_bytes = config.mem_bytes;
  params.plain = config.plain_memory != 0;
  return params;
}

ModuleOptions OptionsOf(const TlmOptions& options, model::PlatformMemory* bytes) {
  ModuleOptions module;
  module.period = options.period;
  module.quantum = options.quantum;
  module.platform = bytes;
  return module;
}

constexpr size_t kWord = 4;

// What is wrong with a register access, or OK.
tlm::tlm_response_status Check(const tlm_generic_payload& payload) {
  const uint64_t address = payload.get_address();
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (payload.get_data_length() != kWord || payload.get_streaming_width() < kWord)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (address % kWord != 0 || address >= spec::kRegWindowBytes)
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

int AxiResponse(tlm::tlm_response_status status) {
  if (status == tlm::TLM_OK_RESPONSE) return 0;
  return status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? 3 : 2;
}

// A transaction by pointer instead.
void Copy(tlm::tlm_command command, uint8_t* memory, uint8_t* bytes, const uint8_t* enables,
          size_t count) {
  if (command == tlm::TLM_READ_COMMAND) {
    std::memcpy(bytes, memory, count);
  } else {
    for (size_t i = 0; i < count; ++i)
      if (enables[i] != 0) memory[i] = bytes[i];
  }
}

}  // namespace

TlmAccelerator::TlmAccelerator(sc_core::sc_module_name name, const Config& config,
                               const TlmOptions& options)
    : sc_module(name),
      registers("registers"),
      memory("memory"),
      interrupt("interrupt"),
      timing_(ParamsOf(config, options.memory), 0, 0),
      bytes_(
          config.mem_bytes, config.plain_memory != 0,
          [this](uint64_t address, uint8_t* bytes, size_t count) {
            return Burst(tlm::TLM_READ_COMMAND, address, bytes, nullptr, count);
          },
          [this](uint64_t address, const uint8_t* bytes, const uint8_t* enables, size_t count) {
            // A payload has no pointer to const; a target does not change what is written.
            return Burst(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(bytes), enables,
                         count);
          }),
      accelerator_("accelerator", config, &timing_, OptionsOf(options, &bytes_)) {
  accelerator_.interrupt_port(interrupt);
  registers.register_b_transport(this, &TlmAccelerator::Transport);
  registers.register_transport_dbg(this, &TlmAccelerator::Debug);
  memory.register_invalidate_direct_mem_ptr(this, &TlmAccelerator::ForgetDmi);
  ForgetDmi(0, 0);
}

void TlmAccelerator::Transport(tlm_generic_payload& payload, sc_time& delay) {
  payload.set_response_status(Check(payload));
  if (!payload.is_response_ok()) return;
  if (accelerator_.InMyTurn()) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
  const sc_time asked = sc_core::sc_time_stamp() + delay;
  const AcceleratorModule::Turn turn(&accelerator_);
  accelerator_.Synchronize(asked);
  const auto address = static_cast<uint32_t>(payload.get_address());
  uint32_t value = 0;
  if (payload.is_read()) {
    value = accelerator_.Read(address);
    std::memcpy(payload.get_data_ptr(), &value, kWord);
  } else {
    std::memcpy(&value, payload.get_data_ptr(), kWord);
    accelerator_.Write(address, value);
  }
  const sc_time now = sc_core::sc_time_stamp();  // later if it had to wait for its turn
  delay = std::max(accelerator_.time(), now) - now;
}

unsigned TlmAccelerator::Debug(tlm_generic_payload& payload) {
  payload.set_response_status(Check(payload));
  if (!payload.is_response_ok() || !payload.is_read()) return 0;
  const uint32_t value = accelerator_.Peek(static_cast<uint32_t>(payload.get_address()));
  std::memcpy(payload.get_data_ptr(), &value, kWord);
  return kWord;
}

void TlmAccelerator::Reset() {
  const AcceleratorModule::Turn turn(&accelerator_);
  accelerator_.Synchronize(sc_core::sc_time_stamp());
  accelerator_.Reset();
}

// One burst of the memory port; returns the response as AXI has it.
int TlmAccelerator::Burst(tlm::tlm_command command, uint64_t address, uint8_t* bytes,
                          const uint8_t* enables, size_t count) {
  if (InDmi(command, address, count)) {
    Copy(command, dmi_.get_dmi_ptr() + (address - dmi_.get_start_address()), bytes, enables, count);
    return 0;
  }
  tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(bytes);
  payload.set_data_length(static_cast<unsigned>(count));
  payload.set_streaming_width(static_cast<unsigned>(count));
  const bool partial = enables != nullptr && std::count(enables, enables + count, 0) > 0;
  payload.set_byte_enable_ptr(partial ? const_cast<uint8_t*>(enables) : nullptr);
  payload.set_byte_enable_length(partial ? static_cast<unsigned>(count) : 0);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const sc_time now = sc_core::sc_time_stamp();
  sc_time delay = std::max(accelerator_.memory_time(), now) - now;
  memory->b_transport(payload, delay);
  if (payload.is_dmi_allowed() && !memory->get_direct_mem_ptr(payload, dmi_)) ForgetDmi(0, 0);
  return AxiResponse(payload.get_response_status());
}

bool TlmAccelerator::InDmi(tlm::tlm_command command, uint64_t address, size_t count) const {
  return address >= dmi_.get_start_address() && address <= dmi_.get_end_address() &&
         count - 1 <= dmi_.get_end_address() - address &&
         (command == tlm::TLM_READ_COMMAND ? dmi_.is_read_allowed() : dmi_.is_write_allowed());
}

// None is left whatever part of it is meant: the next burst asks again.
void TlmAccelerator::ForgetDmi(sc_dt::uint64 /*begin*/, sc_dt::uint64 /*end*/) {
  dmi_.init();
  dmi_.set_start_address(1);
  dmi_.set_end_address(0);
}

}  // namespace weft::systemc
