// SPDX-License-Identifier: Apache-2.0
// What the sockets of model/systemc/weft_tlm.h answer, and when.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/systemc_device.h"
#include "tests/support/platform.h"
#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

using sc_core::sc_time;

// A host that works by hand on a program whose commands and weights are loaded.
class TlmByHand : public ::testing::TestWithParam<Cycle> {
 protected:
  void Run(const std::function<void(platform::Host*, platform::BusDevice*)>& work,
           const std::function<void(platform::Platform*)>& change = {}) {
    const test::Context context;
    systemc::TlmOptions options = test::TlmOf("8,60", GetParam());
    options.period = kPeriod;
    platform::Platform platform(
        "platform", program_.config, static_cast<uint64_t>(program_.window_bytes), options,
        [&](platform::Host* host) {
          DeviceRunner runner(program_, std::make_unique<platform::BusDevice>(host, kPeriod), {},
                              host->map().memory);
          const Session session(program_, &runner);
          platform::BusDevice device(host, kPeriod);
          const Segment& segment = program_.segments[0];
          const size_t bytes = (segment.words.size() * 4 + 7) / 8 * 8;
          device.WriteRegister(spec::kRegProgram, static_cast<uint32_t>(segment.address));
          device.WriteRegister(spec::kRegProgramBytes, static_cast<uint32_t>(bytes));
          work(host, &device);
        });
    if (change) change(&platform);
    sc_core::sc_start();
    platform.host.Check();
  }
  // The cycle register of engine systemc, on inputs of zeros too.
  int64_t Expected() {
    DeviceRunner runner(program_,
                        MakeSystemcDevice(program_.config, program_.window_bytes, DeviceOptions()));
    const Session session(program_, &runner);
    runner.RunSegment(program_.segments[0]);
    return runner.cycles();
  }
  // A register access of any kind.
  static tlm::tlm_response_status Access(platform::Host* host, tlm::tlm_command command,
                                         uint64_t address, unsigned length, bool enables = false,
                                         unsigned width = 4) {
    uint8_t bytes[8] = {}, enable[8] = {};
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(host->map().registers + address);
    payload.set_data_ptr(bytes);
    payload.set_data_length(length);
    payload.set_streaming_width(width);
    if (enables) {
      payload.set_byte_enable_ptr(enable);
      payload.set_byte_enable_length(sizeof enable);
    }
    sc_time delay;
    host->bus->b_transport(payload, delay);
    return payload.get_response_status();
  }
  static uint32_t Peek(platform::Host* host, uint64_t address) {
    uint32_t value = 0;
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(host->map().registers + address);
    payload.set_data_ptr(reinterpret_cast<uint8_t*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    EXPECT_EQ(host->bus->transport_dbg(payload), 4u);
    return value;
  }
  // From the end of the doorbell's access to the interrupt.
  sc_time ToInterrupt(int64_t cycles) const {
    return static_cast<double>(cycles + model::Csr::kSweepCycles) * kPeriod;
  }

  const sc_time kPeriod{7, sc_core::SC_NS};  // the configuration's is 5
  const test::RandomCase layer_ = test::MakeRandomLayer(7, 8);
  const Program program_ = Compile(layer_.graph, LoadConfig("weft168"));
};

TEST_P(TlmByHand, TheInterruptIsExact) {
  const int64_t expected = Expected();
  Run([&](platform::Host* host, platform::BusDevice* device) {
    device->WriteRegister(spec::kRegDoorbell, 1);
    const sc_time start = sc_core::sc_time_stamp();
    EXPECT_TRUE(device->WaitInterrupt(kNever));
    EXPECT_EQ(sc_core::sc_time_stamp() - start, ToInterrupt(expected));
    EXPECT_EQ(device->ReadRegister(spec::kRegCyclesLo), expected);
    device->WriteRegister(spec::kRegIrqStatus, 3);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_FALSE(host->interrupt.read());
  });
}

TEST_P(TlmByHand, BurstsComeWithTheirTime) {
  std::vector<sc_time> bursts;
  sc_time begin, end;
  Run(
      [&](platform::Host*, platform::BusDevice* device) {
        device->WriteRegister(spec::kRegDoorbell, 1);
        begin = sc_core::sc_time_stamp();
        EXPECT_TRUE(device->WaitInterrupt(kNever));
        end = sc_core::sc_time_stamp();
      },
      [&](platform::Platform* platform) {
        platform->bus.ForbidPointers();
        platform->bus.Watch(
            [&](const sc_time& delay) { bursts.push_back(sc_core::sc_time_stamp() + delay); });
      });
  ASSERT_GT(bursts.size(), 2u);
  // The first burst of commands: asked for soon after the core's reset, answered 60 cycles later.
  EXPECT_GE(bursts.front() - begin, ToInterrupt(60));
  EXPECT_LE(bursts.front() - begin, ToInterrupt(70));
  EXPECT_TRUE(std::is_sorted(bursts.begin(), bursts.end()));
  // The record's last burst is answered, and then it is over.
  EXPECT_GE(end - bursts.back(), 60 * kPeriod);
  EXPECT_LE(end - bursts.back(), 70 * kPeriod);
}

TEST_P(TlmByHand, WhoAsksAgainAndAgainSeesTheEndWhenItHasCome) {
  const int64_t expected = Expected();
  Run([&](platform::Host*, platform::BusDevice* device) {
    device->WriteRegister(spec::kRegIrqEnable, 0);
    device->WriteRegister(spec::kRegDoorbell, 1);
    const sc_time start = sc_core::sc_time_stamp();
    while ((device->ReadRegister(spec::kRegStatus) & 1) != 0) continue;
    EXPECT_GE(sc_core::sc_time_stamp() - start, ToInterrupt(expected));
    EXPECT_LE(sc_core::sc_time_stamp() - start, ToInterrupt(expected + 10));
    EXPECT_EQ(device->ReadRegister(spec::kRegCyclesLo), expected);
  });
}

TEST_P(TlmByHand, AHostThatDoesNotClearTheInterruptStillGetsItsSegment) {
  const int64_t expected = Expected();
  Run([&](platform::Host* host, platform::BusDevice* device) {
    for (int run = 0; run < 2; ++run) {
      device->WriteRegister(spec::kRegDoorbell, 1);
      EXPECT_TRUE(device->WaitInterrupt(kNever));
      while ((device->ReadRegister(spec::kRegStatus) & 1) != 0) continue;
      EXPECT_TRUE(host->interrupt.read());
      EXPECT_EQ(device->ReadRegister(spec::kRegCyclesLo), expected);
    }
  });
}

TEST_P(TlmByHand, AMemoryThatWaitsLeavesTheCyclesAlone) {
  const int64_t expected = Expected();
  Run(
      [&](platform::Host*, platform::BusDevice* device) {
        device->WriteRegister(spec::kRegDoorbell, 1);
        while ((device->ReadRegister(spec::kRegStatus) & 1) != 0) continue;
        EXPECT_EQ(device->ReadRegister(spec::kRegCyclesLo), expected);
        EXPECT_TRUE(device->WaitInterrupt(kNever));
      },
      [&](platform::Platform* platform) {
        platform->bus.ForbidPointers();
        platform->bus.Watch([this](const sc_time&) { sc_core::wait(777 * kPeriod); });
      });
}

TEST_P(TlmByHand, PeeksChangeNothing) {
  Run([&](platform::Host* host, platform::BusDevice* device) {
    const sc_time before = sc_core::sc_time_stamp();
    for (int i = 0; i < 1000; ++i) Peek(host, spec::kRegCyclesLo);
    EXPECT_EQ(Peek(host, spec::kRegMagic), spec::kDeviceMagic);
    EXPECT_EQ(sc_core::sc_time_stamp(), before);
    device->WriteRegister(spec::kRegDoorbell, 1);
    const uint32_t status = Peek(host, spec::kRegStatus);
    EXPECT_NE(status, 0u);
    EXPECT_EQ(status, device->ReadRegister(spec::kRegStatus));
  });
}

TEST_P(TlmByHand, WrongAccessesAreRefused) {
  Run([](platform::Host* host, platform::BusDevice*) {
    const auto read = tlm::TLM_READ_COMMAND;
    EXPECT_EQ(Access(host, read, spec::kRegMagic, 4), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(Access(host, read, spec::kRegMagic, 4, false, 8), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(Access(host, read, 2, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, read, 0, 1), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, read, 0, 8), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, read, 0, 4, false, 2), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, read, 0, 4, true), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, tlm::TLM_IGNORE_COMMAND, 0, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(Access(host, read, 0x1000, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

TEST_P(TlmByHand, RegistersCannotBeReachedFromInsideTheModel) {
  platform::Host* host = nullptr;
  int refused = 0;
  Run(
      [&](platform::Host* h, platform::BusDevice* device) {
        host = h;
        device->WriteRegister(spec::kRegDoorbell, 1);
        EXPECT_TRUE(device->WaitInterrupt(kNever));
      },
      [&](platform::Platform* platform) {
        platform->bus.Watch([&](const sc_time&) {
          refused += Access(host, tlm::TLM_READ_COMMAND, 0, 4) == tlm::TLM_GENERIC_ERROR_RESPONSE;
        });
      });
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Quanta, TlmByHand, ::testing::Values(1, 1000, 1'000'000));

}  // namespace
}  // namespace weft
