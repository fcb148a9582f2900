// SPDX-License-Identifier: Apache-2.0
#include "model/numerics.h"

#include <cmath>

namespace weft {

Multiplier QuantizeMultiplier(double real) {
  Multiplier m;
  if (real == 0.0) return m;
  if (!(real > 0.0 && real < 0x1p62)) {  // negative, not a number, absurd: never legal
    m.exponent = kInvalidExponent;
    return m;
  }
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);  // in [0.5, 1)
  int64_t fixed = static_cast<int64_t>(std::round(fraction * static_cast<double>(1LL << 31)));
  if (fixed == int64_t{1} << 31) {
    fixed /= 2;
    ++exponent;
  }
  if (exponent < kMinExponent) return m;  // flushed to 0, as TFLite does
  m.m0 = static_cast<int32_t>(fixed);
  m.exponent = exponent;
  return m;
}

Multiplier ConvMultiplier(float input_scale, float weight_scale, float output_scale) {
  return QuantizeMultiplier(static_cast<double>(input_scale) * static_cast<double>(weight_scale) /
                            static_cast<double>(output_scale));
}

Multiplier FullyConnectedMultiplier(float input_scale, float weight_scale, float output_scale) {
  const float product = input_scale * weight_scale;
  return QuantizeMultiplier(static_cast<double>(product) / static_cast<double>(output_scale));
}

Multiplier RescaleMultiplier(float input_scale, float output_scale) {
  return QuantizeMultiplier(static_cast<double>(input_scale) / static_cast<double>(output_scale));
}

Multiplier ReluMultiplier(float input_scale, float output_scale) {
  const float quotient = input_scale / output_scale;
  return QuantizeMultiplier(static_cast<double>(quotient));
}

namespace {

// round(value) + zero_point saturated to [qmin, qmax], for any float but NaN.
int32_t SaturateRounded(float value, int32_t zero_point, int32_t qmin, int32_t qmax) {
  const double shifted = static_cast<double>(std::round(value)) + zero_point;
  return static_cast<int32_t>(
      std::min<double>(std::max<double>(shifted, static_cast<double>(qmin)), qmax));
}

}  // namespace

int32_t QuantizeBound(float real, float scale, int32_t zero_point, int32_t qmin, int32_t qmax) {
  return SaturateRounded(real / scale, zero_point, qmin, qmax);
}

int32_t QuantizeFloat(float value, float scale, int32_t zero_point, int32_t qmin, int32_t qmax) {
  const float quotient = value / scale;
  if (std::isnan(quotient)) return std::min(std::max(zero_point, qmin), qmax);
  return SaturateRounded(quotient, zero_point, qmin, qmax);
}

bool MakeAddMultipliers(float scale0, float scale1, float output_scale, AddParams* params) {
  const double twice_max = 2.0 * static_cast<double>(std::max(scale0, scale1));
  const double out =
      twice_max / (static_cast<double>(1 << kAddLeftShift) * static_cast<double>(output_scale));
  params->input[0] = QuantizeMultiplier(static_cast<double>(scale0) / twice_max);
  params->input[1] = QuantizeMultiplier(static_cast<double>(scale1) / twice_max);
  params->output = QuantizeMultiplier(out);
  return out < 1.0 && params->output.exponent <= 0;
}

int32_t AddElement(const AddParams& params, int32_t q0, int32_t q1) {
  const int32_t q[2] = {q0, q1};
  int32_t sum = 0;
  for (int i = 0; i < 2; ++i) {
    const int32_t shifted = WrapShiftLeft(q[i] - params.input_zero_point[i], kAddLeftShift);
    const int64_t scaled = params.rounding == Rounding::kDouble
                               ? MultiplyDoubleRounding(shifted, params.input[i])
                               : MultiplySingleRounding(shifted, params.input[i]);
    sum = WrapAdd(sum, static_cast<int32_t>(scaled));
  }
  return Requantize(sum, params.output, params.rounding, params.output_zero_point, params.qmin,
                    params.qmax);
}

Multiplier MeanMultiplier(Multiplier scale, int64_t n) {
  int log2 = 0;
  while ((n >> log2) > 1) ++log2;
  const int shift = std::min(std::min(log2, 32), 31 + scale.exponent);
  Multiplier m;
  m.m0 = static_cast<int32_t>((static_cast<int64_t>(scale.m0) << shift) / n);
  m.exponent = scale.exponent - shift;
  return m;
}

}  // namespace weft
