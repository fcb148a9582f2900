// SPDX-License-Identifier: Apache-2.0
// A layer's parts (compiler/split.h) compute its sums, each once, from the same bytes, with no filter row on padding.
#include "compiler/split.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "compiler/plan.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

int64_t At(const View& v, int n, int y, int x) {
  return v.offset + n * v.n_stride + y * v.h_stride + x * v.w_stride;
}

int8_t ByteAt(int64_t address) { return static_cast<int8_t>((static_cast<uint64_t>(address) * 0x9e3779b97f4a7c15u) >> 56); }

// An output byte's address, and that of its residual, with its sum.
using Sums = std::map<std::array<int64_t, 2>, int64_t>;

void AddSums(const ArrayLayer& l, Sums* sums) {
  for (int n = 0; n < l.out.n; ++n)
    for (int y = 0; y < l.out.h; ++y)
      for (int x = 0; x < l.out.w; ++x)
        for (int f = 0; f < l.filters(); ++f) {
          int64_t sum = l.bias[static_cast<size_t>(f)];
          for (int r = 0; r < l.kernel_h; ++r)
            for (int s = 0; s < l.kernel_w; ++s) {
              const int row = y * l.stride_h - l.pad_top + r * l.dilation_h;
              const int col = x * l.stride_w - l.pad_left + s * l.dilation_w;
              if (row < 0 || row >= l.in.h || col < 0 || col >= l.in.w) continue;
              for (int c = 0; c < l.channels(); ++c) {
                const size_t at = static_cast<size_t>(((f * l.kernel_h + r) * l.kernel_w + s) * l.channels() + c);
                sum += static_cast<int8_t>(l.weights[at]) * (ByteAt(At(l.in, n, row, col) + c) - l.act_zp);
              }
            }
          const int64_t residual = l.has_residual ? At(l.residual, n, y, x) + f : -1;
          EXPECT_TRUE(sums->insert({{At(l.out, n, y, x) + f, residual}, sum}).second) << "computed twice";
        }
}

TEST(Split, PartsComputeTheLayersSums) {
  int split = 0, with_residual = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(90000 + seed, 12);
    SCOPED_TRACE(c.text);
    for (const Step& step : LowerGraph(c.graph, true).steps)
      for (const ArrayLayer& layer : step.layers) {
        const std::vector<ArrayLayer> parts = SplitAtPadding(layer);
        if (parts.size() == 1) continue;
        Sums expected, got;
        AddSums(layer, &expected);
        for (const ArrayLayer& part : parts) {
          EXPECT_EQ(RowsOnPadding(part), 0);
          AddSums(part, &got);
        }
        ASSERT_EQ(expected, got);
        ++split;
        with_residual += layer.has_residual;
      }
  }
  EXPECT_GT(split, 100);
  EXPECT_GT(with_residual, 10);
  std::printf("%d layers in parts, %d of them with a residual\n", split, with_residual);
}

ArrayLayer Padded(int rows, int kernel, int pad) {
  ArrayLayer layer;
  layer.kernel_h = kernel;
  layer.pad_top = pad;
  layer.in.h = rows;
  layer.out.h = rows + 2 * pad - kernel + 1;
  layer.weights.assign(static_cast<size_t>(kernel), 1);
  return layer;
}

TEST(Split, CountsRowsOnPadding) {
  EXPECT_NEAR(RowsOnPadding(Padded(13, 3, 1)), 2.0 / 39, 1e-12);
  EXPECT_NEAR(RowsOnPadding(Padded(27, 5, 2)), 6.0 / 135, 1e-12);
  EXPECT_EQ(RowsOnPadding(Padded(13, 3, 0)), 0);
  EXPECT_EQ(SplitAtPadding(Padded(13, 3, 1)).size(), 3u);
  EXPECT_EQ(SplitAtPadding(Padded(27, 5, 2)).size(), 5u);
  EXPECT_EQ(SplitAtPadding(Padded(13, 3, 0)).size(), 1u);
  EXPECT_EQ(SplitAtPadding(Padded(5, 3, 3)).size(), 1u);  // its first row sees padding only
}

}  // namespace
}  // namespace weft
