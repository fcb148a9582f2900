// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic, defined once: constant folding, the reference engine, the exact
// model and the tests call these functions, and the RTL is tested against them.
//
// A quantized value q stands for the real number scale * (q - zero_point). A real
// multiplier m is the pair (M0, e) with m = M0 / 2^31 * 2^e. Accumulators are 32 bits
// and wrap. Two ways of multiplying an accumulator by (M0, e) exist:
//
//   kDouble  RoundingDivideByPot(Srdhm(acc << max(e, 0), M0), max(-e, 0))
//            TFLite's reference kernels (MultiplyByQuantizedMultiplier without
//            TFLITE_SINGLE_ROUNDING); the shift left wraps.
//   kSingle  (acc * M0 + 2^(30 - e)) >> (31 - e), in 64 bits; for ONNX.
//
// Sources: gemmlowp fixedpoint/fixedpoint.h and public/fixedpoint (SRDHM, division by a
// power of two, exponential, reciprocal); TFLite kernels/internal/{common,
// quantization_util}.* and reference/*. Nothing here is undefined for any input.

#ifndef WEFT_MODEL_NUMERICS_H_
#define WEFT_MODEL_NUMERICS_H_

#include <algorithm>
#include <cstdint>
#include <limits>

namespace weft {

enum class Rounding : uint8_t { kDouble = 0, kSingle = 1 };

// Real multiplier M0 / 2^31 * 2^exponent. M0 is 0 or in [2^30, 2^31) when it comes from
// QuantizeMultiplier, and may be smaller after MeanMultiplier; exponent in [-31, 30].
struct Multiplier {
  int32_t m0 = 0;
  int32_t exponent = 0;
};
inline bool operator==(const Multiplier& a, const Multiplier& b) {
  return a.m0 == b.m0 && a.exponent == b.exponent;
}
inline bool operator!=(const Multiplier& a, const Multiplier& b) { return !(a == b); }

// Largest exponent any engine accepts: the shift left must stay inside 32 bits.
constexpr int32_t kMaxExponent = 30;
constexpr int32_t kMinExponent = -31;
constexpr int32_t kInvalidExponent = 127;  // QuantizeMultiplier of what is no multiplier

// --- 32-bit wrapping arithmetic ------------------------------------------------------

inline int32_t WrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
inline int32_t WrapMul(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}
inline int32_t WrapShiftLeft(int32_t a, int bits) {  // 0 <= bits <= 31
  return static_cast<int32_t>(static_cast<uint32_t>(a) << bits);
}

// --- Multiplication by (M0, e) -------------------------------------------------------

// Saturating rounding doubling high multiply: (ab + nudge) / 2^31 with "/" truncating and
// nudge = 2^30 for ab >= 0, 1 - 2^30 below. That is ab / 2^31 to nearest with ties towards
// plus infinity, the same as (ab + 2^30) >> 31. The only overflow, a = b = -2^31, gives
// 2^31 - 1.
inline int32_t Srdhm(int32_t a, int32_t b) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t ab = static_cast<int64_t>(a) * b;
  const int64_t nudge = ab >= 0 ? (int64_t{1} << 30) : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((ab + nudge) / (int64_t{1} << 31));
}

// x / 2^exponent, rounded to nearest, ties away from zero; 0 <= exponent <= 31.
inline int32_t RoundingDivideByPot(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((uint32_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

inline int32_t MultiplyDoubleRounding(int32_t acc, Multiplier m) {
  const int left = m.exponent > 0 ? m.exponent : 0;
  const int right = m.exponent > 0 ? 0 : -m.exponent;
  return RoundingDivideByPot(Srdhm(WrapShiftLeft(acc, left), m.m0), right);
}

// At most 63 bits wide, never overflows for m0 >= 0.
inline int64_t MultiplySingleRounding(int32_t acc, Multiplier m) {
  const int shift = 31 - m.exponent;
  return (static_cast<int64_t>(acc) * m.m0 + (int64_t{1} << (shift - 1))) >> shift;
}

// The output stage of every layer: multiply, add the zero point (without wrapping), clamp.
inline int32_t Requantize(int32_t acc, Multiplier m, Rounding rounding, int32_t zero_point,
                          int32_t qmin, int32_t qmax) {
  const int64_t scaled = rounding == Rounding::kDouble
                             ? static_cast<int64_t>(MultiplyDoubleRounding(acc, m))
                             : MultiplySingleRounding(acc, m);
  return static_cast<int32_t>(
      std::min<int64_t>(std::max<int64_t>(scaled + zero_point, qmin), qmax));
}

// --- Resolving real numbers, once, at import -----------------------------------------

// real = M0 / 2^31 * 2^e with M0 rounded half away from zero; 0 for real = 0 and for
// exponents below -31. The exponent returned may exceed kMaxExponent (it is
// kInvalidExponent if real is negative, not finite or above 2^62): the caller must refuse it.
Multiplier QuantizeMultiplier(double real);

// Convolution (and fully connected per channel): double(s_in) * s_w / s_out.
Multiplier ConvMultiplier(float input_scale, float weight_scale, float output_scale);

// Fully connected with one weight scale: s_in * s_w is rounded to float32 first.
Multiplier FullyConnectedMultiplier(float input_scale, float weight_scale, float output_scale);

// QUANTIZE between integers: double(s_in) / s_out.
Multiplier RescaleMultiplier(float input_scale, float output_scale);

// Free-standing RELU and RELU6: the quotient is rounded to float32 first.
Multiplier ReluMultiplier(float input_scale, float output_scale);

// Quantized value of a real bound (activation limits): zero_point + round(real / scale),
// float32 division, half away from zero, saturated to [qmin, qmax].
int32_t QuantizeBound(float real, float scale, int32_t zero_point, int32_t qmin, int32_t qmax);

// --- ADD -----------------------------------------------------------------------------

// q = clamp(mul(mul((q0 - zp0) << 20, M_0) + mul((q1 - zp1) << 20, M_1), M_out) + zp_out),
// M_i = s_i / (2 max(s_0, s_1)), M_out = 2 max(s_0, s_1) / (2^20 s_out); all exponents <= 0.
constexpr int kAddLeftShift = 20;

struct AddParams {
  Multiplier input[2];
  Multiplier output;
  int32_t input_zero_point[2] = {0, 0};
  int32_t output_zero_point = 0;
  int32_t qmin = -128;
  int32_t qmax = 127;
  Rounding rounding = Rounding::kDouble;
};

// Fills the three multipliers. False if M_out >= 1, which TFLite refuses too.
bool MakeAddMultipliers(float scale0, float scale1, float output_scale, AddParams* params);

int32_t AddElement(const AddParams& params, int32_t q0, int32_t q1);

// --- Pooling and mean ----------------------------------------------------------------

// AVERAGE_POOL_2D: sum of raw values (zero points are equal and not subtracted) over the
// taps inside the image, divided by their number, half away from zero.
inline int32_t AveragePoolRound(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

// MEAN: folds 1/n into s_in / s_out: s = min(floor(log2 n), 32, 31 + e),
// ((M0 << s) / n, e - s). n >= 1. The sum it multiplies is sum(q) - n * zero_point.
Multiplier MeanMultiplier(Multiplier scale, int64_t n);

// --- Softmax -------------------------------------------------------------------------

// TFLite's int8 softmax: differences to the row's maximum as Q5.26, gemmlowp exponential,
// sum in Q12.19, three-step Newton reciprocal. Output scale 1/256, zero point -128.
struct SoftmaxParams {
  Multiplier input;      // beta * s_in * 2^26, exponent >= 0
  int32_t diff_min = 0;  // differences below it give probability 0
};

// The sum of exponentials is exact up to this row length; longer rows are refused.
constexpr int kMaxSoftmaxDepth = 8191;

// False if beta * scale * 2^26 <= 1, which TFLite refuses too.
bool MakeSoftmaxParams(float beta, float input_scale, SoftmaxParams* params);

void SoftmaxRow(const SoftmaxParams& params, const int8_t* in, int8_t* out, int depth);

// exp(a) for a <= 0 in Q5.26, result in Q0.31 (gemmlowp exp_on_negative_values).
int32_t ExpOnNegativeValues(int32_t a);

// 1 / (1 + a) for a in [0, 1) as Q0.31 (gemmlowp one_over_one_plus_x_for_x_in_0_1).
int32_t OneOverOnePlusX(int32_t a);

// --- Float borders of a network ------------------------------------------------------

// round(value / scale) + zero_point, float32 division, half away from zero, saturated.
// Beyond TFLite's definition: infinities saturate, NaN gives the zero point.
int32_t QuantizeFloat(float value, float scale, int32_t zero_point, int32_t qmin, int32_t qmax);

// float(double(scale) * (q - zero_point)).
inline float DequantizeFloat(int32_t q, float scale, int32_t zero_point) {
  return static_cast<float>(static_cast<double>(scale) * (q - zero_point));
}

}  // namespace weft

#endif  // WEFT_MODEL_NUMERICS_H_
