// SPDX-License-Identifier: Apache-2.0
// The waveform of engine rtl: a whole FST file with the signals in it, and a run that is the same as
// without it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "sim/compare.h"
#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

// FST: blocks of a type, a big-endian length that counts itself, and contents.
struct Block {
  int type;
  std::vector<uint8_t> contents;
};
constexpr int kHeader = 0, kHierarchyLz4 = 6;

uint64_t BigEndian(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

std::vector<Block> BlocksOf(const std::vector<uint8_t>& file) {
  std::vector<Block> blocks;
  for (size_t at = 0; at < file.size();) {
    if (file.size() - at < 9) throw std::runtime_error("FST: a block's head is cut off");
    const uint64_t length = BigEndian(&file[at + 1]);
    if (length < 8 || length > file.size() - at - 1)
      throw std::runtime_error("FST: a block is cut off");
    const auto begin = file.begin() + static_cast<int64_t>(at);
    blocks.push_back({file[at], {begin + 9, begin + 1 + static_cast<int64_t>(length)}});
    at += 1 + length;
  }
  return blocks;
}

// A raw LZ4 block: literals, then copies of what was already written, in turn.
std::string DecodeLz4(const uint8_t* at, const uint8_t* end) {
  std::string out;
  const auto length = [&at](size_t count) {
    if (count != 15) return count;
    do count += *at;
    while (*at++ == 255);
    return count;
  };
  while (at < end) {
    const uint8_t token = *at++;
    const size_t literals = length(token >> 4);
    if (literals > static_cast<size_t>(end - at)) throw std::runtime_error("LZ4: cut off");
    out.append(reinterpret_cast<const char*>(at), literals);
    at += literals;
    if (end - at < 2) break;
    const size_t distance = at[0] | static_cast<size_t>(at[1]) << 8;
    at += 2;
    const size_t copied = length(token & 15) + 4;
    for (size_t i = 0; i < copied; ++i) out += out.at(out.size() - distance);
  }
  return out;
}

class Waveform : public ::testing::Test {
 protected:
  ~Waveform() override { fs::remove(path_); }
  DeviceReport Run(const DeviceOptions& options) {
    DeviceRunner runner(program_, MakeRtlDevice(program_.config, program_.window_bytes, options));
    return ReportOf(program_, &runner, RunOnDevice(program_, &runner, case_.inputs, {}));
  }
  DeviceOptions Traced() const {
    DeviceOptions options = test::QuietRtl();
    options.trace = path_;
    return options;
  }
  // Throws if the file is none.
  std::string Hierarchy(uint64_t* end_time) {
    const std::vector<Block> blocks = BlocksOf(test::ReadFile(path_));
    if (blocks.empty() || blocks[0].type != kHeader || blocks[0].contents.size() < 24)
      throw std::runtime_error("FST: no header");
    double e = 0;
    std::memcpy(&e, &blocks[0].contents[16], sizeof e);
    if (e != 2.7182818284590452354) throw std::runtime_error("FST: another byte order");
    *end_time = BigEndian(&blocks[0].contents[8]);
    for (const Block& b : blocks)
      if (b.type == kHierarchyLz4)
        return DecodeLz4(b.contents.data() + 8, b.contents.data() + b.contents.size());
    throw std::runtime_error("FST: no signals");
  }

  const test::RandomCase case_ = test::MakeRandomLayer(7, 8);
  const Program program_ = Compile(case_.graph, LoadConfig("nano"));
  const std::string path_ =
      ::testing::TempDir() + "weft_waveform_" + std::to_string(::getpid()) + ".fst";
};

TEST_F(Waveform, IsWholeAndHoldsTheSignals) {
  const DeviceReport plain = Run(test::QuietRtl()), traced = Run(Traced());
  EXPECT_EQ(Compare(program_, plain, traced).difference, "");
  uint64_t end_time = 0;
  const std::string hierarchy = Hierarchy(&end_time);
  for (const char* name : {"weft_top", "irq_o", "u_sequencer", "pass_valid_o"})
    EXPECT_NE(hierarchy.find(name), std::string::npos) << name;
  EXPECT_GE(static_cast<int64_t>(end_time), 2 * traced.cycles);  // two points of time a cycle
}

// After a fault the driver resets the device; what led there is what one wants to see.
TEST_F(Waveform, SurvivesAFault) {
  DeviceOptions options = Traced();
  options.silent_from = 6;
  DeviceReport report;
  {
    DeviceRunner runner(program_, MakeRtlDevice(program_.config, program_.window_bytes, options),
                        {2, 7});
    report = ReportOf(program_, &runner, RunOnDevice(program_, &runner, case_.inputs, {}));
  }
  ASSERT_EQ(report.result.fault.code, spec::kFaultMemTimeout);
  uint64_t end_time = 0;
  Hierarchy(&end_time);
  EXPECT_GE(static_cast<int64_t>(end_time), 2 * report.cycles);
}

}  // namespace
}  // namespace weft
