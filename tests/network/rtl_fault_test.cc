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

  // Runs a program that `spoil` damaged, expects the fault, resets, and runs a sound one.
  void Expect(int code, const RtlOptions& options, const std::function<void(Program*)>& spoil, int64_t address) {
    Program bad = Compile(case_.graph, config_);
    spoil(&bad);
    const std::unique_ptr<RtlRunner> runner = MakeRtlRunner(bad, options);
    Session session(bad, runner.get());
    try {
      session.Run(case_.inputs);
      FAIL() << "no fault";
    } catch (const Error& e) {
      EXPECT_EQ(e.exit_status(), 3) << e.what();
    }
    EXPECT_EQ(session.fault().code, code) << session.fault().text;
    if (address >= 0) {
      EXPECT_EQ(static_cast<int64_t>(session.fault().address), address);
    }
    if (options.error_address >= 0 || options.silent_from >= 0) return;  // the memory stays broken
    runner->Reset();
    const Program good = Compile(case_.graph, config_);
    Session again(good, runner.get());
    EXPECT_EQ(again.Run(case_.inputs)[0], RunReference(case_.graph, case_.inputs)[static_cast<size_t>(case_.graph.outputs[0])]);
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
  RtlOptions options = test::QuietRtl();
  const Program program = Compile(case_.graph, config_);
  options.error_address = program.segments[0].address;
  Expect(1, options, [](Program*) {}, program.segments[0].address);
}

TEST_P(Faults, SilentMemoryTimesOut) {
  RtlOptions options = test::QuietRtl();
  options.silent_from = 2;
  options.memory_watchdog_level = 2;
  Expect(4, options, [](Program*) {}, -1);
}

TEST_P(Faults, AccessOutsideTheWindow) {
  Expect(3, test::QuietRtl(), [&](Program* p) {
    p->segments[0].words[Find(*p, spec::kOpLoadF) + 2] = static_cast<uint32_t>(p->window_bytes) + 64;
  }, Compile(case_.graph, config_).window_bytes + 64);
}

TEST_P(Faults, CorruptCommand) {
  Expect(6, test::QuietRtl(), [&](Program* p) {
    p->segments[0].words[Find(*p, spec::kOpPass)] ^= 0x01000000;
  }, static_cast<int64_t>(Find(Compile(case_.graph, config_), spec::kOpPass)) * 4);
}

TEST_P(Faults, TokenThatNeverComes) {
  RtlOptions options = test::QuietRtl();
  options.token_watchdog_level = 2;
  // No ifmap load signals anything: the first pass waits, and with it the store (bits 3 and 2).
  Expect(5, options, [](Program* p) {
    std::vector<uint32_t>& words = p->segments[0].words;
    for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
      if (static_cast<int>(words[at] & 0x7F) == spec::kOpLoadI) words[at + 1] &= ~(uint32_t{0xFF} << 8);
  }, 12);
}

INSTANTIATE_TEST_SUITE_P(Configs, Faults, ::testing::Values("odd", "weft168"));

}  // namespace
}  // namespace weft
