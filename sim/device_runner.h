// SPDX-License-Identifier: Apache-2.0
// Any device of the driver, verilated, modelled or on a board, as the back end of a session.

#ifndef WEFT_SIM_DEVICE_RUNNER_H_
#define WEFT_SIM_DEVICE_RUNNER_H_

#include <memory>

#include "driver/run.h"
#include "sim/session.h"

namespace weft {

struct Watchdogs {  // levels, see docs/registers.md
  int memory = 4, token = 7;
};

class DeviceRunner final : public SegmentRunner {
 public:
  // Prepares the device for the program. window_base: memory address of the DMA window.
  DeviceRunner(const Program& program, std::unique_ptr<driver::Device> device,
               const Watchdogs& watchdogs = {}, uint64_t window_base = 0);

  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override;
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override;
  // After a fault the device is ready for the next segment.
  Fault RunSegment(const Segment& segment) override;

  double wall_seconds() const { return wall_seconds_; }  // in RunSegment
  int64_t cycles() const { return cycles_; }             // of the segments run

 private:
  const std::unique_ptr<driver::Device> device_;
  const uint32_t beat_bytes_;  // of the memory port
  double wall_seconds_ = 0;
  int64_t cycles_ = 0;
};

}  // namespace weft

#endif  // WEFT_SIM_DEVICE_RUNNER_H_
