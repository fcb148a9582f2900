// SPDX-License-Identifier: Apache-2.0
// Convolutions and matrix products. Each output position gathers its taps once, zero points
// subtracted and padding as 0; every output channel is then one dot product over them.

#include <algorithm>
#include <cstring>

#include "compiler/reference_kernels.h"

namespace weft::reference {
namespace {

// Products of two 9-bit numbers, summed in 32 bits that wrap.
int32_t Dot(const int16_t* a, const int16_t* b, int length) {
  uint32_t sum = 0;
  for (int i = 0; i < length; ++i) {
    sum += static_cast<uint32_t>(static_cast<int32_t>(a[i]) * b[i]);
  }
  return static_cast<int32_t>(sum);
}

// One value per output channel; zeros where the model has no bias.
std::vector<int32_t> Bias(const Op& op, const Inputs& in, int channels) {
  std::vector<int32_t> bias(static_cast<size_t>(channels), 0);
  if (op.has_bias()) std::memcpy(bias.data(), in[2], bias.size() * sizeof(int32_t));
  return bias;
}

uint8_t Finish(const OutputStage& stage, int channel, int32_t sum) {
  return static_cast<uint8_t>(Requantize(sum, stage.multipliers[static_cast<size_t>(channel)],
                                         stage.rounding, stage.zero_point, stage.qmin, stage.qmax));
}

// Calls tap(r, s, y, x) for every tap of output (oy, ox) that falls on the image.
template <typename Tap>
void ForEachTap(const Window& w, int height, int width, int oy, int ox, Tap tap) {
  for (int r = 0; r < w.kernel_h; ++r) {
    const int64_t y = int64_t{oy} * w.stride_h - w.pad_top + int64_t{r} * w.dilation_h;
    if (y < 0 || y >= height) continue;
    for (int s = 0; s < w.kernel_w; ++s) {
      const int64_t x = int64_t{ox} * w.stride_w - w.pad_left + int64_t{s} * w.dilation_w;
      if (x < 0 || x >= width) continue;
      tap(r, s, y, x);
    }
  }
}

}  // namespace

void RunConv2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const ConvAttrs& attrs = op.conv();
  const Window& w = attrs.window;
  const Tensor& input = graph.input_of(op, 0);
  const Tensor& output = graph.output_of(op);
  const int batches = input.dim(0), height = input.dim(1), width = input.dim(2);
  const int in_c = input.dim(3), out_c = output.dim(3);
  const int group_in = in_c / attrs.groups, group_out = out_c / attrs.groups;
  const int taps = w.kernel_h * w.kernel_w;
  const int length = taps * group_in;  // of one filter
  const int8_t* image = reinterpret_cast<const int8_t*>(in[0]);
  const int8_t* raw_weights = reinterpret_cast<const int8_t*>(in[1]);
  const std::vector<int32_t> bias = Bias(op, in, out_c);

  std::vector<int16_t> weights(static_cast<size_t>(out_c) * length);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] =
        static_cast<int16_t>(raw_weights[i] - attrs.weight_zero_points[i / size_t(length)]);
  }
  std::vector<int16_t> patch(static_cast<size_t>(length) * attrs.groups);  // group by group
  for (int n = 0; n < batches; ++n) {
    for (int oy = 0; oy < output.dim(1); ++oy) {
      for (int ox = 0; ox < output.dim(2); ++ox) {
        std::fill(patch.begin(), patch.end(), int16_t{0});
        ForEachTap(w, height, width, oy, ox, [&](int r, int s, int64_t y, int64_t x) {
          const int8_t* pixel = image + ((int64_t{n} * height + y) * width + x) * in_c;
          for (int g = 0; g < attrs.groups; ++g) {
            int16_t* to = &patch[static_cast<size_t>(g) * length +
                                 static_cast<size_t>(r * w.kernel_w + s) * group_in];
            for (int c = 0; c < group_in; ++c) {
              to[c] = static_cast<int16_t>(pixel[g * group_in + c] - attrs.input_zero_point);
            }
          }
        });
        for (int o = 0; o < out_c; ++o) {
          const int16_t* from = &patch[static_cast<size_t>(o / group_out) * length];
          const int32_t sum = Dot(from, &weights[static_cast<size_t>(o) * length], length);
          *out++ = Finish(attrs.output, o, WrapAdd(sum, bias[static_cast<size_t>(o)]));
        }
      }
    }
  }
}

void RunDepthwiseConv2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const ConvAttrs& attrs = op.conv();
  const Window& w = attrs.window;
  const Tensor& input = graph.input_of(op, 0);
  const Tensor& output = graph.output_of(op);
  const int batches = input.dim(0), height = input.dim(1), width = input.dim(2);
  const int in_c = input.dim(3), out_c = output.dim(3), multiplier = attrs.depth_multiplier;
  const int8_t* image = reinterpret_cast<const int8_t*>(in[0]);
  const int8_t* raw_weights = reinterpret_cast<const int8_t*>(in[1]);
  const std::vector<int32_t> bias = Bias(op, in, out_c);

  std::vector<int16_t> weights(static_cast<size_t>(w.kernel_h) * w.kernel_w * out_c);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<int16_t>(raw_weights[i] - attrs.weight_zero_points[i % size_t(out_c)]);
  }
  std::vector<int32_t> sums(static_cast<size_t>(out_c));
  for (int n = 0; n < batches; ++n) {
    for (int oy = 0; oy < output.dim(1); ++oy) {
      for (int ox = 0; ox < output.dim(2); ++ox) {
        sums = bias;
        ForEachTap(w, height, width, oy, ox, [&](int r, int s, int64_t y, int64_t x) {
          const int8_t* pixel = image + ((int64_t{n} * height + y) * width + x) * in_c;
          const int16_t* filter = &weights[static_cast<size_t>(r * w.kernel_w + s) * out_c];
          int32_t* sum = sums.data();
          for (int c = 0; c < in_c; ++c) {
            const int32_t a = pixel[c] - attrs.input_zero_point;
            for (int m = 0; m < multiplier; ++m, ++sum, ++filter) *sum = WrapAdd(*sum, a * *filter);
          }
        });
        for (int o = 0; o < out_c; ++o) {
          *out++ = Finish(attrs.output, o, sums[static_cast<size_t>(o)]);
        }
      }
    }
  }
}

void RunFullyConnected(const Op& op, const Inputs& in, uint8_t* out) {
  const FullyConnectedAttrs& attrs = op.fully_connected();
  const int depth = attrs.depth;
  const int8_t* rows = reinterpret_cast<const int8_t*>(in[0]);
  const int8_t* raw_weights = reinterpret_cast<const int8_t*>(in[1]);
  const std::vector<int32_t> bias = Bias(op, in, attrs.units);

  std::vector<int16_t> weights(static_cast<size_t>(attrs.units) * depth);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<int16_t>(raw_weights[i] - attrs.weight_zero_points[i / size_t(depth)]);
  }
  std::vector<int16_t> row(static_cast<size_t>(depth));
  for (int n = 0; n < attrs.batch; ++n) {
    for (int i = 0; i < depth; ++i) {
      row[static_cast<size_t>(i)] =
          static_cast<int16_t>(rows[int64_t{n} * depth + i] - attrs.input_zero_point);
    }
    for (int o = 0; o < attrs.units; ++o) {
      const int32_t sum = Dot(row.data(), &weights[static_cast<size_t>(o) * depth], depth);
      *out++ = Finish(attrs.output, o, WrapAdd(sum, bias[static_cast<size_t>(o)]));
    }
  }
}

}  // namespace weft::reference
