// SPDX-License-Identifier: Apache-2.0
// The fixed-point exponential, reciprocal and softmax against real arithmetic. That they
// are TFLite's to the last bit is shown by the golden outputs in tests/network.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "model/numerics.h"

namespace weft {
namespace {

TEST(Softmax, ExponentialIsCloseEverywhere) {
  EXPECT_EQ(ExpOnNegativeValues(0), 0x7fffffff);
  for (int64_t a = -1; a > -(int64_t{1} << 31); a -= 99991) {
    const double real = std::exp(static_cast<double>(a) / (1 << 26));
    const double got = ExpOnNegativeValues(static_cast<int32_t>(a)) / 2147483648.0;
    EXPECT_NEAR(got, real, 3e-7) << a;
  }
}

TEST(Softmax, ReciprocalIsCloseEverywhere) {
  for (int64_t a = 0; a < int64_t{1} << 31; a += 99991) {
    const double real = 1.0 / (1.0 + static_cast<double>(a) / 2147483648.0);
    EXPECT_NEAR(OneOverOnePlusX(static_cast<int32_t>(a)) / 2147483648.0, real, 2e-8) << a;
  }
}

TEST(Softmax, RowsAreWithinOneStep) {
  std::mt19937 random(5);
  for (int depth : {1, 2, 3, 10, 1000, kMaxSoftmaxDepth}) {
    for (float scale : {0.001f, 0.05f, 0.3f, 4.0f}) {
      SoftmaxParams params;
      ASSERT_TRUE(MakeSoftmaxParams(1.0f, scale, &params));
      std::vector<int8_t> in(static_cast<size_t>(depth)), out(in.size());
      for (int8_t& q : in) q = static_cast<int8_t>(random());
      SoftmaxRow(params, in.data(), out.data(), depth);
      int max = -128;
      for (int8_t q : in) max = std::max<int>(max, q);
      double sum = 0;
      for (int8_t q : in) sum += std::exp(double{scale} * (q - max));
      for (size_t i = 0; i < in.size(); ++i) {
        const double p = std::exp(double{scale} * (in[i] - max)) / sum;
        EXPECT_NEAR(out[i], std::min(127.0, p * 256 - 128), 1.0) << depth << " " << scale;
      }
    }
  }
}

TEST(Softmax, EqualInputsAtTheLongestRowDoNotOverflow) {
  SoftmaxParams params;
  ASSERT_TRUE(MakeSoftmaxParams(1.0f, 0.1f, &params));
  std::vector<int8_t> in(kMaxSoftmaxDepth, 5), out(in.size());
  SoftmaxRow(params, in.data(), out.data(), kMaxSoftmaxDepth);
  for (int8_t q : out) EXPECT_EQ(q, -128);
  SoftmaxRow(params, in.data(), out.data(), 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(out[static_cast<size_t>(i)], 64 - 128);
}

TEST(Softmax, HugeScaleLeavesOnlyTheMaximum) {
  SoftmaxParams params;
  ASSERT_TRUE(MakeSoftmaxParams(1.0f, 1e6f, &params));
  const std::vector<int8_t> in = {3, 4, 3};
  std::vector<int8_t> out(3);
  SoftmaxRow(params, in.data(), out.data(), 3);
  EXPECT_EQ(out, (std::vector<int8_t>{-128, 127, -128}));
}

TEST(Softmax, RefusesScalesTooSmallToRepresent) {
  SoftmaxParams params;
  EXPECT_FALSE(MakeSoftmaxParams(1.0f, 1e-9f, &params));
  EXPECT_FALSE(MakeSoftmaxParams(-1.0f, 0.1f, &params));
  EXPECT_FALSE(MakeSoftmaxParams(std::nanf(""), 0.1f, &params));
}

}  // namespace
}  // namespace weft
