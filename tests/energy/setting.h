// SPDX-License-Identifier: Apache-2.0
// What a window of the energy calibration may be made of: shape of the passes, fractions of zeros, widths of
// the values, place in the chain. Shapes of fitted and of held-out windows are disjoint.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tests/lockstep/array_stimulus.h"

namespace weft::energy {

using lockstep::Random;
using lockstep::Shape;

enum class Set { kFitted, kHeldOut };

struct Setting {
  Shape shape;
  bool is_void;    // in the chain only
  bool bottom;     // the chain's beginning
  bool rectified;  // activations are not negative
  double act_zeros, weight_zeros;  // fractions
  double act_width, weight_width;  // standard deviations
};

inline double Uniform(Random* r, double lo, double hi) {
  return lo + (hi - lo) * (static_cast<double>(r->Next() >> 11) * 0x1p-53);
}

// Sum of twelve uniform numbers: nearly normal.
inline double Normal(Random* r, double width) {
  double sum = -6;
  for (int k = 0; k < 12; ++k) sum += Uniform(r, 0, 1);
  return width * sum;
}

// Nonzero and within +-limit.
inline int16_t Value(Random* r, double width, bool rectified, int limit) {
  while (true) {
    const int value = static_cast<int>(std::lround(Normal(r, width)));
    if (value != 0 && std::abs(value) <= limit) return static_cast<int16_t>(rectified ? std::abs(value) : value);
  }
}

// The rule of the split: by the shape, so that no held-out shape has been fitted.
inline Set SetOf(const Shape& shape) {
  const model::PePass& f = shape.f;
  const int sum = f.p + 3 * shape.q + 5 * f.taps + 7 * f.stride + 11 * f.dw;
  return sum % 2 == 0 ? Set::kFitted : Set::kHeldOut;
}

// A pass as the compiler makes them: convolution (1 to 11 taps), matrix product (a tap, few steps),
// depthwise, maximum. Filters and channels fill half of the spad or more where they can.
inline Shape RandomLayerShape(Random* r, const model::PeParams& pe) {
  Shape s;
  model::PePass& f = s.f;
  const int kind = r->Int(0, 9);
  f.dw = kind >= 7;
  f.max = kind == 9;
  const int conv_taps[] = {1, 2, 3, 3, 3, 4, 5, 7, 11}, dw_taps[] = {2, 3, 3, 5};
  f.taps = kind == 0 ? 1 : f.dw ? dw_taps[r->Int(0, 3)] : conv_taps[r->Int(0, 8)];
  f.stride = r->Int(1, std::min(f.taps, 4));
  f.steps = kind == 0 ? r->Int(1, 4) : r->Int(5, 56);
  const int rows = pe.win_rows / f.taps;  // that a token may take
  if (f.dw) {
    f.p = s.q = r->Int(4, std::min(pe.psum_rows / pe.psum_banks, rows * pe.win_lanes));
    f.tap_stride = 1;
    while (f.tap_stride < f.p) f.tap_stride *= 2;
  } else {
    s.q = r->Int(1, std::min({32, pe.filter_depth / f.taps, rows * pe.win_lanes}));
    f.tap_stride = s.q;
    const int most = std::min(pe.psum_rows, pe.filter_depth / (f.taps * s.q));
    f.p = f.groups = r->Int((most + 1) / 2, most);
  }
  s.rpt = (s.q + pe.win_lanes - 1) / pe.win_lanes;
  f.filter_stride = f.taps * f.tap_stride;
  f.step_stride = f.stride * f.tap_stride & (pe.filter_depth - 1);
  return s;
}

inline Shape DrawShape(Random* r, const model::PeParams& pe, Set set) {
  while (true) {
    const Shape s = RandomLayerShape(r, pe);
    if (SetOf(s) == set) return s;
  }
}

inline Setting DrawSetting(Random* r, const model::PeParams& pe, Set set) {
  Setting s;
  s.shape = DrawShape(r, pe, set);
  s.is_void = r->Chance(0.05);
  s.bottom = r->Chance(0.35);
  s.rectified = s.shape.f.max || r->Chance(0.7);
  s.act_zeros = r->Chance(0.3) ? 0.0 : Uniform(r, 0, 0.9);
  s.weight_zeros = r->Chance(0.5) ? Uniform(r, 0, 0.05) : Uniform(r, 0, 0.9);
  s.act_width = 6 * std::exp2(Uniform(r, 0, 3.5));
  s.weight_width = 6 * std::exp2(Uniform(r, 0, 2.8));
  return s;
}

}  // namespace weft::energy
