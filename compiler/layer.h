// SPDX-License-Identifier: Apache-2.0
// What the array runs: every accelerated operator is lowered to this one form, a convolution
// over a dense NHWC view with an output stage, an optional residual add and a destination view.
// Matrix products are R = S = 1; depthwise layers keep one channel a sum; pooling, mean, add
// and rescaling are depthwise layers with weights of one.

#ifndef WEFT_COMPILER_LAYER_H_
#define WEFT_COMPILER_LAYER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"

namespace weft {

// Bytes in memory, seen as [n][h][w][c]: channels are adjacent; the other strides are free
// (a slice of a concatenation has a larger w_stride). Strides may be 0 (broadcast operand).
struct View {
  int buffer = -1;     // index into Plan::buffers
  int64_t offset = 0;  // bytes from the buffer's start
  int n = 1, h = 1, w = 1, c = 1;
  int64_t n_stride = 0, h_stride = 0, w_stride = 0;
  bool is_unsigned = false;
};

enum class LayerMode : uint8_t { kConv, kDepthwise, kMax };

// A tap r (s) of output row y (column x) reads input row y*stride_h - pad_top + r*dilation_h.
struct ArrayLayer {
  LayerMode mode = LayerMode::kConv;
  View in, out;
  int kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int pad_top = 0, pad_left = 0;
  int act_zp = 0;
  // What is to be expected of the ifmap; only the mapper reads it.
  double density = 1;      // nonzero fraction
  bool clustered = false;  // its zeros lie as in feature maps (docs/workloads.md), not anywhere alike

  // Weights, raw bytes [filter][r][s][channel] (conv) or [r][s][channel] (depthwise, max), all
  // with one zero point; unsigned or signed.
  std::vector<uint8_t> weights;
  int weight_zp = 0;
  bool weight_unsigned = false;
  std::vector<int32_t> bias;             // one per output channel
  std::vector<Multiplier> multipliers;   // one per output channel
  Rounding rounding = Rounding::kDouble;
  int out_zp = 0, lo = -128, hi = 127;

  bool has_residual = false;
  View residual;
  AddParams add;  // input[0]: this layer's value, input[1]: the residual

  int filters() const { return out.c; }
  int channels() const { return in.c; }
};

}  // namespace weft

#endif  // WEFT_COMPILER_LAYER_H_
