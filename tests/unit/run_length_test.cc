// SPDX-License-Identifier: Apache-2.0
// Run-length coding: words by hand, round trips, sizes expected and measured, damaged streams.
#include "compiler/run_length.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/random.h"
#include "model/error.h"

namespace weft {
namespace {

const RunLengthCode kEyeriss;
const RunLengthCode kCodes[] = {kEyeriss, {5, 8, 4, 64}, {4, 8, 5, 64}, {1, 3, 1, 8}, {3, 32, 1, 48}};

std::vector<uint32_t> Stream(const RunLengthCode& code, size_t count, double zeros, uint64_t seed) {
  SplitMix64 random(StreamKey(seed, 0));
  std::vector<uint32_t> values(count);
  const uint64_t mask = (uint64_t{1} << code.value_bits) - 1;
  for (uint32_t& value : values) {
    const bool zero = static_cast<double>(random.Next() >> 11) * 0x1p-53 < zeros;
    value = zero ? 0 : std::max<uint32_t>(1, static_cast<uint32_t>(random.Next() & mask));
  }
  return values;
}

TEST(RunLength, WordsByHand) {
  // Runs of 2, 4 and 0 zeros before 12, 53 and 22.
  const std::vector<uint32_t> values = {0, 0, 12, 0, 0, 0, 0, 53, 22};
  const uint64_t pairs = (2 | 12 << 5) | (uint64_t{4 | 53 << 5} << 21) | (uint64_t{0 | 22 << 5} << 42);
  EXPECT_EQ(RunLengthEncode(kEyeriss, values), std::vector<uint64_t>{pairs | uint64_t{1} << 63});
  // A run of 31 takes the zero behind it as its value; zeros at the end are a run and a zero.
  EXPECT_EQ(RunLengthEncode(kEyeriss, std::vector<uint32_t>(32, 0)), std::vector<uint64_t>{31 | uint64_t{1} << 63});
  EXPECT_EQ(RunLengthEncode(kEyeriss, {7, 0, 0}),
            std::vector<uint64_t>{7 << 5 | uint64_t{1} << 21 | uint64_t{1} << 63});
  const auto two = RunLengthEncode(kEyeriss, {1, 2, 3, 4});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0] >> 63, 0u);
  EXPECT_EQ(two[1], 4u << 5 | uint64_t{1} << 63);
}

TEST(RunLength, RoundTrips) {
  for (const RunLengthCode& code : kCodes)
    for (double zeros : {0.0, 0.3, 0.9, 0.995, 1.0})
      for (size_t count : {0, 1, 2, 3, 31, 32, 33, 1000}) {
        const auto values = Stream(code, count, zeros, count);
        EXPECT_EQ(RunLengthDecode(code, RunLengthEncode(code, values), count), values)
            << code.run_bits << " " << code.value_bits << " " << zeros << " " << count;
      }
}

TEST(RunLength, ExpectedSizeIsThatOfLongStreams) {
  for (const RunLengthCode& code : kCodes)
    for (double zeros : {0.0, 0.01, 0.387, 0.725, 0.885, 0.99, 1.0}) {
      constexpr size_t kCount = 200000;
      const double words = static_cast<double>(RunLengthEncode(code, Stream(code, kCount, zeros, 1)).size());
      const double expected = RunLengthExpectedBytes(code, kCount, zeros);
      EXPECT_NEAR(words * code.word_bits / 8 / expected, 1, 0.01) << code.run_bits << " " << zeros;
    }
  EXPECT_DOUBLE_EQ(RunLengthExpectedBytes(kEyeriss, 300, 0), 800);
  EXPECT_DOUBLE_EQ(RunLengthExpectedBytes(kEyeriss, 9600, 1), 800);
}

TEST(RunLength, DamagedStreams) {
  auto words = RunLengthEncode(kEyeriss, {1, 2, 3, 4});
  EXPECT_THROW(RunLengthDecode(kEyeriss, words, 7), Error);
  EXPECT_THROW(RunLengthDecode(kEyeriss, words, 3), Error);
  EXPECT_THROW(RunLengthDecode(kEyeriss, {words[0]}, 3), Error);
  EXPECT_THROW(RunLengthDecode(kEyeriss, {}, 1), Error);
  words[0] |= uint64_t{1} << 63;
  EXPECT_THROW(RunLengthDecode(kEyeriss, words, 4), Error);
}

TEST(RunLength, CodesAndValuesOutOfRange) {
  EXPECT_THROW(RunLengthEncode({5, 16, 4, 64}, {1}), Error);
  EXPECT_THROW(RunLengthEncode({0, 16, 3, 64}, {1}), Error);
  EXPECT_THROW(RunLengthEncode({5, 33, 1, 64}, {1}), Error);
  EXPECT_THROW(RunLengthEncode({5, 8, 1, 65}, {1}), Error);
  EXPECT_THROW(RunLengthEncode({5, 8, 4, 64}, {256}), Error);
  EXPECT_THROW(RunLengthExpectedBytes(kEyeriss, 1, 1.1), Error);
}

}  // namespace
}  // namespace weft
