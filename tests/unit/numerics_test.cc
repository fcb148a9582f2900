// SPDX-License-Identifier: Apache-2.0
// model/numerics.h against wide-integer and real-number definitions written independently.

#include "model/numerics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace weft {
namespace {

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
__extension__ using Wide = __int128;

// floor(n / d) and rounding to nearest with ties away from zero, d > 0.
Wide FloorDiv(Wide n, Wide d) { return n / d - (n % d != 0 && n < 0 ? 1 : 0); }
Wide RoundAway(Wide n, Wide d) {
  return n >= 0 ? FloorDiv(2 * n + d, 2 * d) : -FloorDiv(-2 * n + d, 2 * d);
}
// Nearest, ties towards plus infinity: what SRDHM's truncating division amounts to.
Wide RoundUp(Wide n, Wide d) { return FloorDiv(2 * n + d, 2 * d); }

const std::vector<int32_t> kCorners = {
    kMin, kMin + 1, -(1 << 30) - 1, -(1 << 30),    -3,       -2,  -1, 0, 1,
    2,    3,        1 << 30,        (1 << 30) + 1, kMax - 1, kMax};

std::vector<int32_t> Values() {
  std::vector<int32_t> values = kCorners;
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    values.push_back(static_cast<int32_t>(random()) >> (random() % 31));
  }
  return values;
}

TEST(Numerics, WrapsInThirtyTwoBits) {
  EXPECT_EQ(WrapAdd(kMax, 1), kMin);
  EXPECT_EQ(WrapAdd(kMin, -1), kMax);
  EXPECT_EQ(WrapMul(1 << 30, 4), 0);
  EXPECT_EQ(WrapShiftLeft(3, 31), kMin);
  EXPECT_EQ(WrapShiftLeft(-1, 4), -16);
}

TEST(Numerics, SrdhmIsRoundedHighProduct) {
  for (int32_t a : Values()) {
    for (int32_t b : kCorners) {
      if (a == kMin && b == kMin) continue;
      EXPECT_EQ(Srdhm(a, b), RoundUp(Wide{a} * b, Wide{1} << 31)) << a << " x " << b;
    }
  }
  EXPECT_EQ(Srdhm(kMin, kMin), kMax);
}

TEST(Numerics, SrdhmTies) {
  // ab = k * 2^31 + 2^30: towards plus infinity on both sides.
  EXPECT_EQ(Srdhm(1 << 30, 1), 1);    // 0.5
  EXPECT_EQ(Srdhm(1 << 30, -1), 0);   // -0.5
  EXPECT_EQ(Srdhm(1 << 30, 3), 2);    // 1.5
  EXPECT_EQ(Srdhm(1 << 30, -3), -1);  // -1.5
}

TEST(Numerics, DivideByPotRoundsAwayFromZero) {
  for (int32_t x : Values()) {
    for (int e = 0; e <= 31; ++e) {
      EXPECT_EQ(RoundingDivideByPot(x, e), RoundAway(x, Wide{1} << e)) << x << " / 2^" << e;
    }
  }
}

TEST(Numerics, QuantizeMultiplierIsExactWhereItCan) {
  EXPECT_EQ(QuantizeMultiplier(1.0), (Multiplier{1 << 30, 1}));
  EXPECT_EQ(QuantizeMultiplier(0.5), (Multiplier{1 << 30, 0}));
  EXPECT_EQ(QuantizeMultiplier(0.75), (Multiplier{3 << 29, 0}));
  EXPECT_EQ(QuantizeMultiplier(0.0), (Multiplier{0, 0}));
  // Rounds up to the next power of two.
  EXPECT_EQ(QuantizeMultiplier(1.0 - std::ldexp(1.0, -40)), (Multiplier{1 << 30, 1}));
  // The smallest that survives, and the largest that is flushed.
  EXPECT_EQ(QuantizeMultiplier(std::ldexp(0.5, -31)), (Multiplier{1 << 30, -31}));
  EXPECT_EQ(QuantizeMultiplier(std::ldexp(0.75, -32)), (Multiplier{0, 0}));
}

TEST(Numerics, QuantizeMultiplierIsWithinHalfAStep) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> exponent(-31.0, 30.0);
  for (int i = 0; i < 10000; ++i) {
    const double real = std::exp2(exponent(random));
    const Multiplier m = QuantizeMultiplier(real);
    EXPECT_GE(m.m0, 1 << 30);
    const double step = std::ldexp(1.0, m.exponent - 31);
    EXPECT_LE(std::abs(m.m0 * step - real), step / 2) << real;
  }
}

TEST(Numerics, QuantizeMultiplierMarksNonsense) {
  for (double real : {-1.0, std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) {
    EXPECT_GT(QuantizeMultiplier(real).exponent, kMaxExponent) << real;
  }
}

TEST(Numerics, DoubleRoundingIsTwoRoundings) {
  for (int32_t acc : Values()) {
    for (int e = kMinExponent; e <= kMaxExponent; ++e) {
      for (int32_t m0 : {0, 1 << 29, 1 << 30, 1518500250, kMax}) {
        const int32_t shifted =
            static_cast<int32_t>(static_cast<uint32_t>(Wide{acc} * (Wide{1} << std::max(e, 0))));
        const Wide high = RoundUp(Wide{shifted} * m0, Wide{1} << 31);
        EXPECT_EQ(MultiplyDoubleRounding(acc, {m0, e}), RoundAway(high, Wide{1} << std::max(-e, 0)))
            << acc << " x " << m0 << " 2^" << e;
      }
    }
  }
}

TEST(Numerics, SingleRoundingIsOneRounding) {
  for (int32_t acc : Values()) {
    for (int e = kMinExponent; e <= kMaxExponent; ++e) {
      for (int32_t m0 : {0, 1 << 29, 1 << 30, 1518500250, kMax}) {
        EXPECT_EQ(MultiplySingleRounding(acc, {m0, e}),
                  static_cast<int64_t>(RoundUp(Wide{acc} * m0, Wide{1} << (31 - e))))
            << acc << " x " << m0 << " 2^" << e;
      }
    }
  }
}

TEST(Numerics, RoundingModesDifferByAtMostOneStepAndDoDiffer) {
  std::mt19937 random(3);
  int differences = 0;
  for (int i = 0; i < 100000; ++i) {
    const int32_t acc = static_cast<int32_t>(random()) >> 8;
    const Multiplier m{static_cast<int32_t>((1u << 30) | (random() >> 2)), -12};
    const int32_t a = Requantize(acc, m, Rounding::kDouble, 0, kMin, kMax);
    const int32_t b = Requantize(acc, m, Rounding::kSingle, 0, kMin, kMax);
    EXPECT_LE(std::abs(a - b), 1);
    differences += a != b;
  }
  EXPECT_GT(differences, 0);
  EXPECT_LT(differences, 1000);
  // 1.5 - 2^-24 exactly: the first rounding makes a tie of it, the second rounds that up.
  const Multiplier m{kMax, -23};
  EXPECT_EQ(MultiplyDoubleRounding(3 << 22, m), 2);
  EXPECT_EQ(MultiplySingleRounding(3 << 22, m), 1);
}

TEST(Numerics, RequantizeClampsWithoutWrapping) {
  const Multiplier one{1 << 30, 1};
  for (Rounding rounding : {Rounding::kDouble, Rounding::kSingle}) {
    EXPECT_EQ(Requantize(5, one, rounding, -3, -128, 127), 2);
    EXPECT_EQ(Requantize(1000, one, rounding, 0, -128, 127), 127);
    EXPECT_EQ(Requantize(-1000, one, rounding, 0, -128, 100), -128);
    EXPECT_EQ(Requantize(kMax, {kMax, 0}, rounding, 127, -128, 127), 127);
    EXPECT_EQ(Requantize(kMin, {kMax, 0}, rounding, -128, -128, 127), -128);
    EXPECT_EQ(Requantize(kMax, {0, 0}, rounding, 9, -128, 127), 9);
  }
}

TEST(Numerics, FullyConnectedRoundsTheProductToFloat) {
  int differences = 0;
  for (int i = 1; i < 1000; ++i) {
    const float in = 0.001f * static_cast<float>(i), weight = 0.0037f, out = 0.043f;
    differences +=
        ConvMultiplier(in, weight, out) != FullyConnectedMultiplier(in, weight, out) ? 1 : 0;
  }
  EXPECT_GT(differences, 500);
}

TEST(Numerics, Bounds) {
  EXPECT_EQ(QuantizeBound(6.0f, 0.0235294122f, -128, -128, 127), 127);
  EXPECT_EQ(QuantizeBound(6.0f, 0.1f, -128, -128, 127), -68);
  EXPECT_EQ(QuantizeBound(0.0f, 0.1f, 7, -128, 127), 7);
  EXPECT_EQ(QuantizeBound(1.0f, 1e-30f, 0, -128, 127), 127);    // beyond 32 bits
  EXPECT_EQ(QuantizeBound(-1.0f, 1e-45f, 0, -128, 127), -128);  // infinite
  EXPECT_EQ(QuantizeBound(1.5f, 1.0f, 0, -128, 127), 2);        // ties away from zero
  EXPECT_EQ(QuantizeBound(-1.5f, 1.0f, 0, -128, 127), -2);
}

TEST(Numerics, FloatBorders) {
  EXPECT_EQ(QuantizeFloat(2.5f, 1.0f, 0, -128, 127), 3);
  EXPECT_EQ(QuantizeFloat(-2.5f, 1.0f, 0, -128, 127), -3);
  EXPECT_EQ(QuantizeFloat(1e30f, 1.0f, 0, -128, 127), 127);
  EXPECT_EQ(QuantizeFloat(-HUGE_VALF, 1.0f, 0, 0, 255), 0);
  EXPECT_EQ(QuantizeFloat(std::nanf(""), 1.0f, 17, -128, 127), 17);
  for (int q = -128; q < 128; ++q) {
    EXPECT_EQ(QuantizeFloat(DequantizeFloat(q, 0.0371f, -7), 0.0371f, -7, -128, 127), q);
  }
}

TEST(Numerics, AddIsWithinHalfAStepAndABit) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> scale(0.001f, 0.5f);
  for (int i = 0; i < 20000; ++i) {
    const float s0 = scale(random), s1 = scale(random), out = scale(random);
    AddParams p;
    ASSERT_TRUE(MakeAddMultipliers(s0, s1, out, &p));
    p.input_zero_point[0] = static_cast<int32_t>(random() % 256) - 128;
    p.input_zero_point[1] = static_cast<int32_t>(random() % 256) - 128;
    p.output_zero_point = static_cast<int32_t>(random() % 256) - 128;
    const int32_t q0 = static_cast<int32_t>(random() % 256) - 128;
    const int32_t q1 = static_cast<int32_t>(random() % 256) - 128;
    const double real =
        (double{s0} * (q0 - p.input_zero_point[0]) + double{s1} * (q1 - p.input_zero_point[1])) /
            out +
        p.output_zero_point;
    const double clamped = std::min(127.0, std::max(-128.0, real));
    EXPECT_LE(std::abs(AddElement(p, q0, q1) - clamped), 0.502) << s0 << " " << s1 << " " << out;
  }
}

TEST(Numerics, AddRefusesMultipliersAboveOne) {
  AddParams p;
  EXPECT_FALSE(MakeAddMultipliers(1.0f, 1.0f, 1e-6f, &p));
  EXPECT_TRUE(MakeAddMultipliers(1.0f, 0.1f, 3e-6f, &p));
}

TEST(Numerics, AveragePoolRoundsHalfAwayFromZero) {
  for (int count = 1; count < 50; ++count) {
    for (int sum = -300; sum <= 300; ++sum) {
      // With an odd count there are no ties; TFLite adds count / 2 truncated.
      EXPECT_EQ(AveragePoolRound(sum, count), RoundAway(sum, count)) << sum << " / " << count;
    }
  }
}

TEST(Numerics, MeanMultiplierIsScaleOverCount) {
  for (int64_t n : {1, 2, 3, 7, 9, 49, 64, 100, 1000, 65535, 1 << 20}) {
    for (double real : {0.01, 0.4999, 0.5, 1.0, 1.7, 2.0}) {
      const Multiplier m = MeanMultiplier(QuantizeMultiplier(real), n);
      const double value = std::ldexp(static_cast<double>(m.m0), m.exponent - 31);
      EXPECT_NEAR(value * static_cast<double>(n) / real, 1.0, 1e-8) << n;
      EXPECT_GE(m.m0, 1 << 29);
    }
  }
  EXPECT_EQ(MeanMultiplier({1 << 30, -31}, 64), (Multiplier{1 << 24, -31}));  // no room to shift
}

}  // namespace
}  // namespace weft
