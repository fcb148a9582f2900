// SPDX-License-Identifier: Apache-2.0
// The fixed-point exponential, reciprocal and softmax of gemmlowp and TFLite. Qi.f below
// means i integer and f fractional bits beside the sign; the product of two values by
// Srdhm() adds their integer bits.

#include <cmath>

#include "model/numerics.h"

namespace weft {
namespace {

constexpr int kDiffIntegerBits = 5;              // input of the exponential: Q5.26
constexpr int kSumIntegerBits = 12;              // sum of exponentials: Q12.19
constexpr int32_t kOne = 0x7fffffff;             // 1 in Q0.31, as close as it gets
constexpr int32_t kExpMinusEighth = 1895147668;  // exp(-1/8) in Q0.31
constexpr int32_t kOneThird = 715827883;         // 1/3 in Q0.31

int32_t SaturatingShiftLeft(int32_t x, int bits) {
  const int64_t wide = static_cast<int64_t>(x) * (int64_t{1} << bits);
  return static_cast<int32_t>(
      std::min<int64_t>(std::max<int64_t>(wide, std::numeric_limits<int32_t>::min()), kOne));
}

// exp(a) for a in [-1/4, 0), Q0.31 to Q0.31: Taylor polynomial around -1/8.
int32_t ExpOnLastQuarter(int32_t a) {
  const int32_t x = WrapAdd(a, 1 << 28);  // + 1/8
  const int32_t x2 = Srdhm(x, x);
  const int32_t x3 = Srdhm(x2, x);
  const int32_t x4_over_4 = RoundingDivideByPot(Srdhm(x2, x2), 2);
  // x^4/24 + x^3/6 + x^2/2
  const int32_t tail =
      RoundingDivideByPot(WrapAdd(Srdhm(WrapAdd(x4_over_4, x3), kOneThird), x2), 1);
  return WrapAdd(kExpMinusEighth, Srdhm(kExpMinusEighth, WrapAdd(x, tail)));
}

// The scaled difference the exponential takes; the multiplier's exponent is >= 0.
int32_t ScaledDiff(const SoftmaxParams& params, int32_t diff) {
  return Srdhm(WrapShiftLeft(diff, params.input.exponent), params.input.m0);
}

}  // namespace

int32_t ExpOnNegativeValues(int32_t a) {
  constexpr int kFractionalBits = 31 - kDiffIntegerBits;
  constexpr int32_t kOneQuarter = 1 << (kFractionalBits - 2);
  if (a == 0) return kOne;
  // a = -(k/4) + r with r in [-1/4, 0): the polynomial for r, a factor per bit of k.
  const int32_t r = (a & (kOneQuarter - 1)) - kOneQuarter;
  int32_t result = ExpOnLastQuarter(SaturatingShiftLeft(r, kDiffIntegerBits));
  const int32_t remainder = WrapAdd(r, WrapMul(a, -1));
  struct Factor {
    int bit;        // weight 2^bit in units of 1
    int32_t value;  // exp(-2^bit) in Q0.31
  };
  static constexpr Factor kFactors[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084},
                                        {1, 290630308},   {2, 39332535},    {3, 720401},
                                        {4, 242}};
  for (const Factor& factor : kFactors) {
    if (remainder & (int32_t{1} << (kFractionalBits + factor.bit))) {
      result = Srdhm(result, factor.value);
    }
  }
  return result;
}

int32_t OneOverOnePlusX(int32_t a) {
  constexpr int32_t k48Over17 = 1515870810;        // Q2.29
  constexpr int32_t kMinus32Over17 = -1010580540;  // Q2.29
  constexpr int32_t kOneQ2 = 1 << 29;
  // Half of the denominator 1 + a, in Q0.31: (a + 1) / 2 rounded.
  const int64_t sum = static_cast<int64_t>(a) + kOne;
  const int32_t half = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t x = WrapAdd(k48Over17, Srdhm(half, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const int32_t error = WrapAdd(kOneQ2, WrapMul(Srdhm(half, x), -1));
    x = WrapAdd(x, SaturatingShiftLeft(Srdhm(x, error), 2));
  }
  return SaturatingShiftLeft(x, 1);  // x / 2 as Q1.30, then to Q0.31
}

bool MakeSoftmaxParams(float beta, float input_scale, SoftmaxParams* params) {
  const double real = std::min(static_cast<double>(beta) * static_cast<double>(input_scale) *
                                   static_cast<double>(1 << (31 - kDiffIntegerBits)),
                               static_cast<double>((1LL << 31) - 1));
  if (!(real > 1.0)) return false;
  params->input = QuantizeMultiplier(real);
  // Differences so small that they leave Q5.26 after scaling.
  const double radius = static_cast<double>((1 << kDiffIntegerBits) - 1) *
                        static_cast<double>(1LL << (31 - kDiffIntegerBits)) /
                        static_cast<double>(1LL << params->input.exponent);
  params->diff_min = -static_cast<int32_t>(std::floor(radius));
  return true;
}

void SoftmaxRow(const SoftmaxParams& params, const int8_t* in, int8_t* out, int depth) {
  int32_t max = std::numeric_limits<int8_t>::min();
  for (int c = 0; c < depth; ++c) max = std::max<int32_t>(max, in[c]);

  uint32_t sum = 0;  // Q12.19; below 2^32 for depth <= kMaxSoftmaxDepth
  for (int c = 0; c < depth; ++c) {
    const int32_t diff = in[c] - max;
    if (diff < params.diff_min) continue;
    sum += static_cast<uint32_t>(
        RoundingDivideByPot(ExpOnNegativeValues(ScaledDiff(params, diff)), kSumIntegerBits));
  }
  int headroom = 0;  // leading zeros of the sum, at most kSumIntegerBits since exp(0) = 1
  while (!(sum & (uint32_t{0x80000000} >> headroom))) ++headroom;
  const int32_t fraction = static_cast<int32_t>((sum << headroom) - 0x80000000u);
  const int32_t reciprocal = OneOverOnePlusX(fraction);
  // TFLite stops when the sum reaches 512, a shift of 32; then every output rounds to 0.
  const int shift = kSumIntegerBits - headroom + 31 - 8;

  for (int c = 0; c < depth; ++c) {
    const int32_t diff = in[c] - max;
    int32_t q = std::numeric_limits<int8_t>::min();
    if (diff >= params.diff_min && shift <= 31) {
      const int32_t exp = ExpOnNegativeValues(ScaledDiff(params, diff));
      q += RoundingDivideByPot(Srdhm(reciprocal, exp), shift);
    }
    out[c] = static_cast<int8_t>(std::min(std::max(q, -128), 127));
  }
}

}  // namespace weft
