// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc_device.h"

#include <algorithm>

#include "model/accelerator.h"
#include "model/memory_model.h"

namespace weft {
namespace {

MemoryParams ParamsOf(const Config& config, const DeviceOptions& options) {
  MemoryParams params = ParseMemoryParams(options.memory);
  params.seed = options.seed;
  params.beat_bytes = config.mem_bytes;
  params.plain = config.plain_memory != 0;
  return params;
}

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
    Reset();
  }

  uint32_t ReadRegister(uint32_t address) override { return accelerator_->Read(address); }
  void WriteRegister(uint32_t address, uint32_t value) override {
    accelerator_->Write(address, value);
  }
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override {
    std::copy_n(memory_.bytes().data() + offset, count, bytes);
  }
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override {
    std::copy_n(bytes, count, memory_.bytes().data() + offset);
  }
  bool WaitInterrupt(int64_t timeout_cycles) override { return accelerator_->Wait(timeout_cycles); }
  void Reset() override { accelerator_ = std::make_unique<model::Accelerator>(config_, &memory_); }

 private:
  const Config config_;
  MemoryModel memory_;
  std::unique_ptr<model::Accelerator> accelerator_;
};

}  // namespace

std::unique_ptr<driver::Device> MakeSystemcDevice(const Config& config, int64_t window_bytes,
                                                  const DeviceOptions& options) {
  return std::make_unique<Modelled>(config, window_bytes, options);
}

}  // namespace weft
