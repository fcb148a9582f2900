// SPDX-License-Identifier: Apache-2.0
#include "sim/device_runner.h"

#include <chrono>
#include <utility>

#include "model/time.h"

namespace weft {

DeviceRunner::DeviceRunner(const Program& program, std::unique_ptr<driver::Device> device,
                           const Watchdogs& watchdogs, uint64_t window_base)
    : device_(std::move(device)), beat_bytes_(static_cast<uint32_t>(program.config.mem_bytes)) {
  driver::Setup setup;
  setup.window_base = window_base;
  setup.window_bytes = static_cast<uint32_t>(program.window_bytes);
  setup.memory_watchdog = watchdogs.memory;
  setup.token_watchdog = watchdogs.token;
  driver::Prepare(device_.get(), program.config.Hash32(), setup);
}

void DeviceRunner::WriteMemory(int64_t address, const uint8_t* bytes, size_t count) {
  device_->WriteMemory(static_cast<uint64_t>(address), bytes, count);
}

void DeviceRunner::ReadMemory(int64_t address, uint8_t* bytes, size_t count) {
  device_->ReadMemory(static_cast<uint64_t>(address), bytes, count);
}

Fault DeviceRunner::RunSegment(const Segment& segment) {
  // Whole beats are fetched; what lies behind the last command is not read. The watchdogs end what
  // hangs, so there is no limit here.
  const uint32_t bytes = static_cast<uint32_t>(segment.words.size() * 4);
  const auto begin = std::chrono::steady_clock::now();
  const driver::Status status =
      driver::RunSegment(device_.get(), static_cast<uint32_t>(segment.address),
                         (bytes + beat_bytes_ - 1) / beat_bytes_ * beat_bytes_, kNever);
  wall_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  cycles_ += status.cycles;
  Fault fault;
  if (status.done) return fault;
  fault.code = status.fault_code;
  for (const spec::Fault& info : spec::kFaults)
    if (info.code == fault.code) fault.text = info.text;
  fault.address = status.fault_address;
  fault.layer = segment.first_step + status.fault_layer;
  return fault;
}

}  // namespace weft
