// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc_runner.h"

#include <algorithm>
#include <chrono>

#include "model/accelerator.h"
#include "model/error.h"
#include "model/memory_model.h"

namespace weft {
namespace {

MemoryParams ParamsOf(const Program& program, const SystemcOptions& options) {
  MemoryParams params = ParseMemoryParams(options.memory);
  params.seed = options.seed;
  params.beat_bytes = program.config.mem_bytes;
  params.plain = program.config.plain_memory != 0;
  return params;
}

class Runner : public DeviceRunner {
 public:
  Runner(const Program& program, const SystemcOptions& options)
      : program_(program),
        options_(options),
        memory_(ParamsOf(program, options), 0, static_cast<size_t>(program.window_bytes)) {
    MemoryFaults faults;
    if (options.error_address >= 0)
      faults.error_address = static_cast<uint64_t>(options.error_address);
    if (options.silent_from >= 0) faults.silent_from = static_cast<uint64_t>(options.silent_from);
    memory_.set_faults(faults);
    Reset();
  }

  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override {
    std::copy_n(bytes, count, memory_.bytes().begin() + address);
  }
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override {
    std::copy_n(memory_.bytes().begin() + address, count, bytes);
  }
  Fault RunSegment(const Segment& segment) override;
  void Reset() override;
  double wall_seconds() const override { return wall_seconds_; }
  int64_t segment_cycles() const override { return segment_cycles_; }

 private:
  uint32_t Read(int address) { return device_->Read(static_cast<uint32_t>(address)); }
  void Write(int address, uint32_t value) {
    device_->Write(static_cast<uint32_t>(address), value);
  }
  uint64_t Read64(int lo, int hi) {
    const uint64_t low = Read(lo);
    return low | static_cast<uint64_t>(Read(hi)) << 32;
  }

  const Program& program_;
  const SystemcOptions options_;
  MemoryModel memory_;
  std::unique_ptr<model::Accelerator> device_;
  double wall_seconds_ = 0;
  int64_t segment_cycles_ = 0;
};

void Runner::Reset() {
  device_ = std::make_unique<model::Accelerator>(program_.config, &memory_);
  Write(spec::kRegIrqEnable, 3);
  Write(spec::kRegWindowBaseLo, 0);
  Write(spec::kRegWindowBaseHi, 0);
  Write(spec::kRegWindowSize, static_cast<uint32_t>(program_.window_bytes));
  Write(spec::kRegWatchdogMemory, static_cast<uint32_t>(options_.memory_watchdog_level));
  Write(spec::kRegWatchdogToken, static_cast<uint32_t>(options_.token_watchdog_level));
}

Fault Runner::RunSegment(const Segment& segment) {
  const auto begin = std::chrono::steady_clock::now();
  Write(spec::kRegProgram, static_cast<uint32_t>(segment.address));
  Write(spec::kRegProgramBytes, static_cast<uint32_t>(segment.words.size() * 4));
  Write(spec::kRegDoorbell, 1);
  while (!device_->Wait(1'000'000)) {
  }
  const uint32_t status = Read(spec::kRegStatus);
  Write(spec::kRegIrqStatus, 3);
  wall_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  segment_cycles_ += static_cast<int64_t>(Read64(spec::kRegCyclesLo, spec::kRegCyclesHi));
  Fault fault;
  if ((status >> spec::kRegStatusFaultLsb & 1) == 0) return fault;
  fault.code = static_cast<int>(status >> spec::kRegStatusFaultCodeLsb & 0xFF);
  for (const spec::Fault& info : spec::kFaults)
    if (info.code == fault.code) fault.text = info.text;
  fault.address = Read64(spec::kRegFaultAddrLo, spec::kRegFaultAddrHi);
  fault.layer = segment.first_step + static_cast<int>(Read(spec::kRegFaultLayer));
  return fault;
}

}  // namespace

std::unique_ptr<DeviceRunner> MakeSystemcRunner(const Program& program,
                                                const SystemcOptions& options) {
  return std::make_unique<Runner>(program, options);
}

}  // namespace weft
