// SPDX-License-Identifier: Apache-2.0
// Caps computed by hand, what sets them, and the counts of taps below them.
#include <gtest/gtest.h>

#include "compiler/mapping_cap.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

ArrayLayer ConvLayer(int channels, int size, int filters, int kernel, int pad, int stride = 1) {
  ArrayLayer layer;
  layer.in.h = layer.in.w = size;
  layer.in.c = channels;
  layer.in.w_stride = channels;
  layer.in.h_stride = size * layer.in.w_stride;
  layer.in.n_stride = size * layer.in.h_stride;
  layer.kernel_h = layer.kernel_w = kernel;
  layer.pad_top = layer.pad_left = pad;
  layer.stride_h = layer.stride_w = stride;
  layer.out.h = layer.out.w = (size + 2 * pad - kernel) / stride + 1;
  layer.out.c = filters;
  return layer;
}

LayerCap DenseCap(const ArrayLayer& layer) { return CapOf(layer, LoadConfig("weft168"), CountTaps(layer)); }

// A filter's 3 rows and 3 columns meet 12 + 13 + 12 rows and columns of the ifmap. With PEs in step, the best way
// has filter rows of 64 channels as row blocks, one PE a tap, and the tap in the middle meets all 13 columns:
// 4 channel groups x 37 x 13 steps of 1 + 4 x 64 cycles for each of 96 filter groups of 4, on 56 units. In blocks of 4
// each PE row gets each of the 9 taps once, so that nobody idles: 37 x 37 steps, on 42 units.
TEST(MappingCap, RowsOnPaddingIdleWherePesWorkInStep) {
  const LayerCap cap = DenseCap(ConvLayer(256, 13, 384, 3, 1));
  EXPECT_EQ(cap.sets(), kMultipliers);
  EXPECT_DOUBLE_EQ(cap.effectual_macs, 37.0 * 37 * 256 * 384);
  EXPECT_DOUBLE_EQ(cap.in_step, 180 + 4.0 * 37 * 13 * 257 * 96 / 56);
  EXPECT_DOUBLE_EQ(cap.cycles[kMultipliers], 37.0 * 37 * 257 * 96 / 42);
  EXPECT_DOUBLE_EQ(cap.total(), 180 + cap.cycles[kMultipliers]);
  EXPECT_DOUBLE_EQ(cap.use.padding, 1);
  EXPECT_DOUBLE_EQ(cap.use.rows, 1);
  EXPECT_DOUBLE_EQ(cap.use.setups, 256.0 / 257);
  // What the mapper takes has blocks of whole filters.
  const ArrayLayer layer = ConvLayer(256, 13, 384, 3, 1);
  const Config config = LoadConfig("weft168");
  ArrayWay way = WayOf(ChooseMapping(layer, config));
  ASSERT_EQ(way.array.seg_rows % 3, 0);
  EXPECT_DOUBLE_EQ(UseInStep(layer, config, CountTaps(layer), way).padding, 37.0 / 39);
}

// 11 filter rows of 3 channels in 12 array rows; 33 values x 6 sums a step, 16 groups of 6 filters on 14 units.
TEST(MappingCap, RowsThatNoListFillsIdle) {
  const LayerCap cap = DenseCap(ConvLayer(3, 227, 96, 11, 0, 4));
  EXPECT_EQ(cap.sets(), kMultipliers);
  EXPECT_DOUBLE_EQ(cap.cycles[kMultipliers], 16.0 * 55 * 55 * (1 + 6 * 33) / 14);
  EXPECT_DOUBLE_EQ(cap.use.rows, 11.0 / 12);
  EXPECT_DOUBLE_EQ(cap.use.padding, 1);
}

// A matrix is read once: weights, 12 bytes of parameters a filter, the vectors.
TEST(MappingCap, DramSetsMatrixTimesVector) {
  const LayerCap cap = DenseCap(ConvLayer(1024, 1, 1000, 1, 0));
  EXPECT_EQ(cap.sets(), kDram);
  EXPECT_DOUBLE_EQ(cap.cycles[kDram], (1024 * 1000 + 12 * 1000 + 1024 + 1000) / 8.0);
}

// An addition reads both operands and writes the sum.
TEST(MappingCap, DramSetsAdditions) {
  ArrayLayer layer = ConvLayer(64, 28, 64, 1, 0);
  layer.mode = LayerMode::kDepthwise;
  layer.has_residual = true;
  layer.residual = layer.in;
  const LayerCap cap = DenseCap(layer);
  EXPECT_EQ(cap.sets(), kDram);
  EXPECT_DOUBLE_EQ(cap.cycles[kDram], (3 * 28 * 28 * 64 + 64 * (1 + 12)) / 8.0);
  // A broadcast operand is a single row of bytes.
  layer.residual.h_stride = layer.residual.w_stride = 0;
  EXPECT_DOUBLE_EQ(DenseCap(layer).cycles[kDram], (2 * 28 * 28 * 64 + 64 + 64 * (1 + 12)) / 8.0);
}

// A layer with one value a sum makes outputs as fast as the collector takes rows of 8 sums, at best.
TEST(MappingCap, CollectorSetsShortSums) {
  const ArrayLayer layer = ConvLayer(1, 64, 512, 1, 0);
  const LayerCap cap = DenseCap(layer);
  EXPECT_DOUBLE_EQ(cap.cycles[kCollectorPort], 64 * 64 * 512 / 8.0);
  EXPECT_GE(cap.cycles[kDram], 64 * 64 * 512 / 8.0);  // each output is also a byte to DRAM
}

// Rows and columns that a stride passes over need not be read.
TEST(MappingCap, CompulsoryTrafficLeavesOutWhatNoTapMeets) {
  const CompulsoryBytes bytes = CompulsoryTraffic(ConvLayer(16, 9, 8, 1, 0, 2));
  EXPECT_EQ(bytes.in, 5 * 5 * 16);
  EXPECT_EQ(bytes.filters, 8 * 16);
  EXPECT_EQ(bytes.params, 8 * 12);
  EXPECT_EQ(bytes.out, 5 * 5 * 8);
}

// Half the values zero: half the work, at least as many cycles as effectual MACs need, and fewer than dense.
TEST(MappingCap, ZerosLowerIt) {
  const ArrayLayer layer = ConvLayer(64, 28, 128, 3, 1);
  std::vector<uint8_t> ifmap(28 * 28 * 64);
  for (size_t i = 0; i < ifmap.size(); i += 2) ifmap[i] = 1;
  const TapCounts counts = CountTaps(layer, ifmap.data());
  EXPECT_FALSE(counts.dense);
  EXPECT_EQ(counts.sum() * 2, CountTaps(layer).sum());
  const LayerCap cap = CapOf(layer, LoadConfig("weft168"), counts), dense = DenseCap(layer);
  EXPECT_GE(cap.cycles[kMultipliers], cap.ideal);
  EXPECT_LT(cap.total(), 0.55 * dense.total());
}

TEST(TapCounts, EqualThePlainestLoops) {
  test::Random r(7);
  for (int round = 0; round < 60; ++round) {
    ArrayLayer l = ConvLayer(r.Int(1, 5), r.Int(1, 12), 1, r.Int(1, 4), r.Int(0, 3), r.Int(1, 3));
    l.in.n = l.out.n = r.Int(1, 2);
    l.dilation_h = r.Int(1, 2);
    l.dilation_w = r.Int(1, 2);
    l.in.is_unsigned = r.Chance(0.5);
    l.act_zp = r.Int(0, 3);
    if (l.out.h < 1) l.out.h = l.out.w = 1;
    std::vector<uint8_t> bytes(static_cast<size_t>(IfmapSpan(l)));
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(r.Int(0, 3));
    std::vector<int64_t> expected, geometric;
    for (int c = 0; c < l.in.c; ++c)
      for (int kr = 0; kr < l.kernel_h; ++kr)
        for (int ks = 0; ks < l.kernel_w; ++ks) {
          int64_t met = 0, inside = 0;
          for (int n = 0; n < l.in.n; ++n)
            for (int y = 0; y < l.out.h; ++y)
              for (int x = 0; x < l.out.w; ++x) {
                const int row = y * l.stride_h - l.pad_top + kr * l.dilation_h;
                const int column = x * l.stride_w - l.pad_left + ks * l.dilation_w;
                if (row < 0 || row >= l.in.h || column < 0 || column >= l.in.w) continue;
                ++inside;
                met += bytes[static_cast<size_t>(((n * l.in.h + row) * l.in.w + column) * l.in.c + c)] != l.act_zp;
              }
          expected.push_back(met);
          geometric.push_back(inside);
        }
    EXPECT_EQ(CountTaps(l, bytes.data()).taps, expected);
    EXPECT_EQ(CountTaps(l).taps, geometric);
  }
}

}  // namespace
}  // namespace weft
