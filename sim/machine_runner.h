// SPDX-License-Identifier: Apache-2.0
// The untimed machine as a back end: for tests of the compiler.
#ifndef WEFT_SIM_MACHINE_RUNNER_H_
#define WEFT_SIM_MACHINE_RUNNER_H_

#include <algorithm>
#include <vector>

#include "model/machine.h"
#include "sim/session.h"

namespace weft {

class MachineRunner : public SegmentRunner {
 public:
  explicit MachineRunner(const Program& program)
      : memory_(static_cast<size_t>(program.window_bytes)), machine_(program.config, &memory_) {}
  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override {
    std::copy_n(bytes, count, memory_.begin() + address);
  }
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override {
    std::copy_n(memory_.begin() + address, count, bytes);
  }
  Fault RunSegment(const Segment& segment) override {
    machine_.Run(segment.words.data(), segment.words.size());
    return {};
  }
  const Machine& machine() const { return machine_; }

 private:
  std::vector<uint8_t> memory_;
  Machine machine_;
};

}  // namespace weft

#endif  // WEFT_SIM_MACHINE_RUNNER_H_
