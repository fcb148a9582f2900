// SPDX-License-Identifier: Apache-2.0
// The driver on a device whose registers are those of the model and whose programs end as told.
#include "driver/run.h"

#include <gtest/gtest.h>

#include <cstring>

#include "model/csr.h"
#include "model/error.h"

namespace weft::driver {
namespace {

constexpr uint32_t kHash = 0x12345678;

// How the next programs end.
struct Plan {
  Cycle run_cycles = 1000;    // until done or fault; kNever: neither
  int fault = spec::kFaultNone;
  uint64_t address = 0;
  int layers = 0;             // records written before that
  Cycle drain_cycles = 50;    // until nothing is outstanding; kNever: the memory is silent
};

class FakeDevice final : public Device {
 public:
  FakeDevice() : memory(1 << 16) { Reset(); }

  uint32_t ReadRegister(uint32_t address) override {
    Advance(1);
    return csr_->Read(now_, address);
  }
  void WriteRegister(uint32_t address, uint32_t value) override {
    Advance(1);
    model::Csr::Inputs in;
    in.write = true;
    in.address = address;
    in.data = value;
    csr_->Step(now_, in);
    ++now_;
  }
  void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) override {
    std::memcpy(bytes, memory.data() + offset, count);
  }
  void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) override {
    std::memcpy(memory.data() + offset, bytes, count);
  }
  bool WaitInterrupt(int64_t timeout_cycles) override {
    for (int64_t c = 0; c < timeout_cycles && !csr_->irq(); ++c) Advance(1);
    return csr_->irq();
  }
  void Reset() override {
    model::Csr::Config config;
    config.config_hash = kHash;
    csr_ = std::make_unique<model::Csr>(config);
    running_ = -1;
    ++resets;
  }

  Plan plan;
  std::vector<uint8_t> memory;
  int resets = 0;

 private:
  void Advance(Cycle cycles) {
    for (; cycles > 0; --cycles) {
      model::Csr::Inputs in;
      const bool run = csr_->running(now_);
      if (!run) {
        if (running_ >= 0) drained_ = plan.drain_cycles == kNever ? kNever : now_ + plan.drain_cycles;
        running_ = -1;
        in.mem_idle = now_ >= drained_;
      } else {
        if (running_ < 0) running_ = now_;
        in.record = now_ - running_ < plan.layers;
        if (plan.run_cycles != kNever && now_ - running_ == plan.run_cycles) {
          in.idle = plan.fault == spec::kFaultNone;
          in.fault_mem = !in.idle;
          in.fault_mem_code = plan.fault;
          in.fault_mem_address = plan.address;
        }
      }
      csr_->Step(now_++, in);
    }
  }

  std::unique_ptr<model::Csr> csr_;
  Cycle now_ = 0, running_ = -1, drained_ = 0;
};

Setup SmallSetup() {
  Setup setup;
  setup.window_base = 0x1'4000'0000;
  setup.window_bytes = 1 << 16;
  return setup;
}

TEST(Driver, RunsToTheEnd) {
  FakeDevice device;
  Prepare(&device, kHash, SmallSetup());
  for (Cycle cycles : {1000, 1, 5000}) {
    device.plan.run_cycles = cycles;
    const Status status = RunSegment(&device, 0x400, 800, 100'000);
    EXPECT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(status.cycles, cycles + 1);
    EXPECT_EQ(status.fault_code, spec::kFaultNone);
  }
  EXPECT_EQ(device.resets, 1);
}

TEST(Driver, ReportsAFaultAndRunsAgain) {
  FakeDevice device;
  Prepare(&device, kHash, SmallSetup());
  device.plan.fault = spec::kFaultMemRead;
  device.plan.address = 0x1'4000'1080;
  device.plan.layers = 3;
  const Status status = RunSegment(&device, 0, 64, 100'000);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.fault_code, spec::kFaultMemRead);
  EXPECT_EQ(status.fault_address, 0x1'4000'1080u);
  EXPECT_EQ(status.fault_layer, 3);
  EXPECT_EQ(status.text(), "the memory answered a read with an error at address 0x140001080, layer 3");
  device.plan = Plan();
  EXPECT_TRUE(RunSegment(&device, 0, 64, 100'000).ok());
  EXPECT_EQ(device.resets, 1);
}

TEST(Driver, SilentMemoryNeedsAReset) {
  FakeDevice device;
  Prepare(&device, kHash, SmallSetup());
  device.plan.fault = spec::kFaultMemTimeout;
  device.plan.drain_cycles = kNever;
  EXPECT_EQ(RunSegment(&device, 0, 64, 100'000).fault_code, spec::kFaultMemTimeout);
  EXPECT_EQ(device.resets, 2);
  device.plan = Plan();  // the window is set up still
  EXPECT_TRUE(RunSegment(&device, 0, 64, 100'000).ok());
  EXPECT_EQ(device.ReadRegister(spec::kRegWindowSize), 1u << 16);
  EXPECT_EQ(device.ReadRegister(spec::kRegWindowBaseHi), 1u);
}

TEST(Driver, AbortsWhatDoesNotEnd) {
  FakeDevice device;
  Prepare(&device, kHash, SmallSetup());
  device.plan.run_cycles = kNever;
  const Status status = RunSegment(&device, 0, 64, 5000);
  EXPECT_TRUE(status.timed_out);
  EXPECT_FALSE(status.ok());
  EXPECT_GE(status.cycles, 4700);
  device.plan = Plan();
  EXPECT_TRUE(RunSegment(&device, 0, 64, 100'000).ok());
}

TEST(Driver, TakesOverABusyDevice) {
  FakeDevice device;
  Prepare(&device, kHash, SmallSetup());
  device.plan.run_cycles = kNever;
  device.WriteRegister(spec::kRegDoorbell, 1);
  device.WaitInterrupt(1000);
  Prepare(&device, kHash, SmallSetup());
  device.plan = Plan();
  EXPECT_TRUE(RunSegment(&device, 0, 64, 100'000).ok());
}

// The text of the error that a call throws.
template <class F>
std::string ErrorOf(F call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Driver, RefusesTheWrongDevice) {
  FakeDevice device;
  EXPECT_EQ(ErrorOf([&] { Prepare(&device, 1, SmallSetup()); }),
            "device: its configuration is 0x12345678, the program's 0x00000001");
  auto setup = SmallSetup();
  setup.window_base = 0x1234;
  EXPECT_EQ(ErrorOf([&] { Prepare(&device, kHash, setup); }),
            "device: no window of 65536 bytes at 0x1234; it can be 65536 bytes at 0x1000");
  Prepare(&device, kHash, SmallSetup());
  EXPECT_NE(ErrorOf([&] { RunSegment(&device, 0x20, 64, 1000); }), "");
  device.plan.run_cycles = kNever;
  device.WriteRegister(spec::kRegDoorbell, 1);
  EXPECT_EQ(ErrorOf([&] { RunSegment(&device, 0, 64, 1000); }), "device: busy");
}

TEST(Driver, ReadsRecords) {
  FakeDevice device;
  for (int k = 0; k < spec::kRecordWords; ++k) {
    const uint64_t value = 0x0102030405060708u + 1000 * static_cast<uint64_t>(k);
    for (int b = 0; b < 8; ++b)
      device.memory[static_cast<size_t>(256 + k * 8 + b)] = static_cast<uint8_t>(value >> (8 * b));
  }
  const Record record = ReadRecord(&device, 256);
  EXPECT_EQ(record.layer, 0x0102030405060708);
  EXPECT_EQ(record.cycles(), 1000);
  EXPECT_EQ(record.events[spec::kEvMac], 0x0102030405060708 + 1000 * spec::kRecordEvents);
  constexpr int kAt = spec::kEngineArray * spec::kClassCount + spec::kClassIdle;
  EXPECT_EQ(record.classes[kAt], 0x0102030405060708 + 1000 * (spec::kRecordClasses + kAt));
}

}  // namespace
}  // namespace weft::driver
