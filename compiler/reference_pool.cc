// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D, MAX_POOL_2D, MEAN.

#include <algorithm>

#include "compiler/reference_kernels.h"

namespace weft::reference {
namespace {

// First and one past the last row (or column) of a window that falls on the image.
struct Range {
  int begin, end;
};

Range Clip(int o, int stride, int pad, int kernel, int length) {
  const int64_t begin = int64_t{o} * stride - pad;
  return {static_cast<int>(std::max<int64_t>(begin, 0)),
          static_cast<int>(std::min<int64_t>(begin + kernel, length))};
}

}  // namespace

void RunPool2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const PoolAttrs& attrs = op.pool();
  const Window& w = attrs.window;
  const Tensor& input = graph.input_of(op, 0);
  const Tensor& output = graph.output_of(op);
  const int height = input.dim(1), width = input.dim(2), channels = input.dim(3);
  const bool average = op.kind == OpKind::kAveragePool2d;
  const int8_t* image = reinterpret_cast<const int8_t*>(in[0]);
  for (int n = 0; n < output.dim(0); ++n) {
    for (int oy = 0; oy < output.dim(1); ++oy) {
      const Range rows = Clip(oy, w.stride_h, w.pad_top, w.kernel_h, height);
      for (int ox = 0; ox < output.dim(2); ++ox) {
        const Range cols = Clip(ox, w.stride_w, w.pad_left, w.kernel_w, width);
        const int count = (rows.end - rows.begin) * (cols.end - cols.begin);
        for (int c = 0; c < channels; ++c) {
          int32_t sum = 0;
          int32_t max = -128;
          for (int y = rows.begin; y < rows.end; ++y) {
            for (int x = cols.begin; x < cols.end; ++x) {
              const int32_t q = image[((int64_t{n} * height + y) * width + x) * channels + c];
              sum += q;
              max = std::max(max, q);
            }
          }
          const int32_t q = average ? AveragePoolRound(sum, count) : max;
          *out++ = static_cast<uint8_t>(std::min(std::max(q, attrs.qmin), attrs.qmax));
        }
      }
    }
  }
}

void RunMean(const Op& op, const Inputs& in, uint8_t* out) {
  const MeanAttrs& attrs = op.mean();
  const OutputStage& stage = attrs.output;
  const int8_t* data = reinterpret_cast<const int8_t*>(in[0]);
  for (int64_t o = 0; o < attrs.outer; ++o) {
    for (int64_t i = 0; i < attrs.inner; ++i) {
      int32_t sum = 0;
      for (int64_t k = 0; k < attrs.count; ++k) {
        sum = WrapAdd(sum, data[(o * attrs.count + k) * attrs.inner + i] - attrs.input_zero_point);
      }
      *out++ = static_cast<uint8_t>(Requantize(sum, stage.multipliers[0], stage.rounding,
                                               stage.zero_point, stage.qmin, stage.qmax));
    }
  }
}

}  // namespace weft::reference
