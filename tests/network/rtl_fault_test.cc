// SPDX-License-Identifier: Apache-2.0
// Faults surface as a code and an address, never as a hang, and the next run works.
#include <gtest/gtest.h>

#include <functional>

#include "model/error.h"
#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

class Faults : public ::testing::TestWithParam<const char*> {
 protected:
  Faults() : case_(test::MakeRandomLayer(7, 8)), config_(LoadConfig(GetParam())) {}

  // Runs a program that `spoil` damaged, expects the fault, and then a sound one on the same
  // device. Where the memory itself is at fault the sound one has to fail too, and run elsewhere.
  // Returns the fault's address.
  uint64_t Expect(int code, const DeviceOptions& options, const Watchdogs& watchdogs,
              const std::function<void(Program*)>& spoil, int64_t address) {
    Program bad = Compile(case_.graph, config_);
    spoil(&bad);
    DeviceRunner runner(bad, MakeRtlDevice(config_, bad.window_bytes, options), watchdogs);
    Session session(bad, &runner);
    try {
      session.Run(case_.inputs);
      ADD_FAILURE() << "no fault";
    } catch (const Error& e) {
      EXPECT_EQ(e.status(), ExitStatus::kDevice) << e.what();
    }
    const Fault fault = session.fault();
    EXPECT_EQ(fault.code, code) << fault.text;
    if (address >= 0) {
      EXPECT_EQ(static_cast<int64_t>(fault.address), address);
    }
    const Program good = Compile(case_.graph, config_);
    Session again(good, &runner);
    if (options.error_address >= 0 || options.silent_from >= 0) {
      EXPECT_THROW(again.Run(case_.inputs), Error);
      EXPECT_EQ(again.fault().code, code) << again.fault().text;
      test::RtlNetwork elsewhere(case_.graph, config_);
      EXPECT_EQ(elsewhere.session().Run(case_.inputs)[0], Expected());
    } else {
      EXPECT_EQ(again.Run(case_.inputs)[0], Expected());
    }
    return fault.address;
  }

  TensorData Expected() const {
    return RunReference(case_.graph, case_.inputs)[static_cast<size_t>(case_.graph.outputs[0])];
  }

  // Word of the first command with this opcode.
  static size_t Find(const Program& program, int opcode) {
    const std::vector<uint32_t>& words = program.segments[0].words;
    for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
      if (static_cast<int>(words[at] & 0x7F) == opcode) return at;
    throw Error("no such command");
  }

  const test::RandomCase case_;
  const Config config_;
};

TEST_P(Faults, MemoryErrorNamesTheBurst) {
  DeviceOptions options = test::QuietRtl();
  const Program program = Compile(case_.graph, config_);
  options.error_address = program.segments[0].address;
  Expect(spec::kFaultMemRead, options, {}, [](Program*) {}, program.segments[0].address);
}

TEST_P(Faults, SilentMemoryTimesOut) {
  DeviceOptions options = test::QuietRtl();
  options.silent_from = 2;
  Watchdogs watchdogs;
  watchdogs.memory = 2;
  Expect(spec::kFaultMemTimeout, options, watchdogs, [](Program*) {}, -1);
}

TEST_P(Faults, AccessOutsideTheWindow) {
  const int64_t end = Compile(case_.graph, config_).window_bytes;
  Expect(spec::kFaultWindow, test::QuietRtl(), {}, [&](Program* p) {
    p->segments[0].words[Find(*p, spec::kOpLoadF) + 2] = static_cast<uint32_t>(end) + 64;
  }, end + 64);
}

TEST_P(Faults, CorruptCommand) {
  const size_t at = Find(Compile(case_.graph, config_), spec::kOpPass);
  Expect(spec::kFaultCommand, test::QuietRtl(), {}, [&](Program* p) {
    p->segments[0].words[at] ^= 0x01000000;
  }, static_cast<int64_t>(at) * 4);
}

// Kept words that the length does not leave out, that the command has not, or that its kind cannot keep.
TEST_P(Faults, WronglyKeptWords) {
  const Program good = Compile(case_.graph, config_);
  const uint32_t keep = 1u << spec::kHeaderKeep.lsb, word = 1u << spec::kHeaderWords.lsb;
  const struct {
    int opcode;
    uint32_t fewer, kept;
    size_t wrong;
  } cases[] = {{spec::kOpPass, 0, keep, 1},
               {spec::kOpPass, word, 0, 1},
               {spec::kOpFilter, 0, keep, 1},
               {spec::kOpFilter, word, keep, 0},
               {spec::kOpEndLayer, 0, keep, 1},
               {spec::kOpLoadF, word, keep << 7, config_.keeps_moves() ? size_t{1} : size_t{0}},
               {spec::kOpLoadF, word, 0, config_.keeps_moves() ? size_t{1} : size_t{0}}};
  for (const auto& c : cases) {
    const size_t at = Find(good, c.opcode);
    Expect(spec::kFaultCommand, test::QuietRtl(), {}, [&](Program* p) {
      p->segments[0].words[at] -= c.fewer;
      p->segments[0].words[at + 1] |= c.kept;
    }, static_cast<int64_t>(at + c.wrong) * 4);
  }
}

TEST_P(Faults, TokenThatNeverComes) {
  Watchdogs watchdogs;
  watchdogs.token = 3;  // longer than any wait of a sound run
  // No ifmap load signals anything: the first pass waits (bit 3), the store perhaps and later loads
  // too, but not the filter load (bit 0).
  const uint64_t waiting =
      Expect(spec::kFaultToken, test::QuietRtl(), watchdogs, [](Program* p) {
        std::vector<uint32_t>& words = p->segments[0].words;
        for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
          if (static_cast<int>(words[at] & 0x7F) == spec::kOpLoadI)
            words[at + 1] &= ~(uint32_t{0xFF} << 8);
      }, -1);
  EXPECT_EQ(waiting & 0x19, 0x08u) << waiting;
}

INSTANTIATE_TEST_SUITE_P(Configs, Faults, ::testing::Values("odd", "weft168", "nano"));

}  // namespace
}  // namespace weft
