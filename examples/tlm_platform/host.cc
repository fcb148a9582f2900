// SPDX-License-Identifier: Apache-2.0
#include "examples/tlm_platform/host.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "model/error.h"

namespace platform {

using sc_core::sc_time;

namespace {

constexpr int64_t kLongest = 1'000'000'000'000;  // cycles that fit into sc_time; more is for ever
constexpr size_t kStackBytes = size_t{1} << 20;

}  // namespace

Host::Host(sc_core::sc_module_name name, const Map& map, std::function<void(Host*)> work,
           std::function<void()> reset)
    : sc_module(name),
      bus("bus"),
      interrupt("interrupt"),
      map_(map),
      work_(std::move(work)),
      reset_(std::move(reset)) {
  SC_THREAD(Run);
  set_stack_size(kStackBytes);  // operators of the host run here
}

// SystemC would turn an exception into a report of its own.
void Host::Run() {
  try {
    work_(this);
  } catch (const weft::Error&) {
    error_ = std::current_exception();
  }
  done_ = true;
}

void Host::Check() const {
  if (error_) std::rethrow_exception(error_);
  if (!done_) throw weft::Error("the host waits for ever", weft::ExitStatus::kMachine);
}

void Host::Access(tlm::tlm_command command, uint64_t address, uint8_t* bytes, size_t count) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(bytes);
  payload.set_data_length(static_cast<unsigned>(count));
  payload.set_streaming_width(static_cast<unsigned>(count));
  sc_time delay;
  bus->b_transport(payload, delay);
  wait(delay);
  if (!payload.is_response_ok())
    throw weft::Error(fmt::format("bus: {} for {} bytes at 0x{:x}", payload.get_response_string(),
                                  count, address),
                      weft::ExitStatus::kMachine);
}

uint32_t BusDevice::ReadRegister(uint32_t address) {
  uint8_t bytes[4];
  host_->Access(tlm::TLM_READ_COMMAND, host_->map().registers + address, bytes, sizeof bytes);
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

void BusDevice::WriteRegister(uint32_t address, uint32_t value) {
  uint8_t bytes[4];
  std::memcpy(bytes, &value, sizeof bytes);
  host_->Access(tlm::TLM_WRITE_COMMAND, host_->map().registers + address, bytes, sizeof bytes);
}

void BusDevice::ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) {
  if (count != 0) host_->Access(tlm::TLM_READ_COMMAND, host_->map().memory + offset, bytes, count);
}

void BusDevice::WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) {
  if (count != 0)  // a payload has no pointer to const
    host_->Access(tlm::TLM_WRITE_COMMAND, host_->map().memory + offset,
                  const_cast<uint8_t*>(bytes), count);
}

bool BusDevice::WaitInterrupt(int64_t timeout_cycles) {
  if (host_->interrupt.read()) return true;
  const sc_core::sc_event& rises = host_->interrupt.posedge_event();
  if (timeout_cycles > kLongest) {
    sc_core::wait(rises);
  } else {
    sc_core::wait(static_cast<double>(timeout_cycles) * period_, rises);
  }
  return host_->interrupt.read();
}

}  // namespace platform
