// SPDX-License-Identifier: Apache-2.0
// The best tiling by enumeration: its traffic against a walk through its loops, and what the mapper's choice moves
// against it.
#include "compiler/tiling_bound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "compiler/import_workload.h"
#include "compiler/mapping.h"
#include "compiler/program.h"
#include "compiler/traffic.h"
#include "sim/file_io.h"
#include "sim/judge.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

ArrayLayer Conv(int images, int channels, int height, int width, int filters, int kernel, int stride, int pad) {
  ArrayLayer layer;
  layer.in.n = layer.out.n = images;
  layer.in.h = height;
  layer.in.w = width;
  layer.in.c = channels;
  layer.kernel_h = layer.kernel_w = kernel;
  layer.stride_h = layer.stride_w = stride;
  layer.pad_top = layer.pad_left = pad;
  layer.out.h = (height + 2 * pad - kernel) / stride + 1;
  layer.out.w = (width + 2 * pad - kernel) / stride + 1;
  layer.out.c = filters;
  return layer;
}

// Counts loads by holding sets of elements, tile after tile.
class Walk {
 public:
  Walk(const ArrayLayer& layer, const Tiling& t) : layer_(layer), t_(t) {
    ForEachFilters([&](int f) { ForEachPlace([&](int n, int x, int y) { Visit(n, x, y, f); }); });
  }
  int64_t in = 0, filters = 0;

 private:
  using Element = std::tuple<int, int, int, int>;

  template <class Visitor>
  void ForEachPlace(const Visitor& visit) {
    for (int n = 0; n < layer_.out.n; n += t_.images)
      for (int x = 0; x < layer_.out.w; x += t_.cols)
        for (int y = 0; y < layer_.out.h; y += t_.rows) visit(n, x, y);
  }
  template <class Visitor>
  void ForEachFilters(const Visitor& visit) {
    for (int f = 0; f < layer_.out.c; f += t_.filters) visit(f);
  }

  void Visit(int n, int x, int y, int f) {
    for (int c = 0; c < layer_.in.c; c += t_.channels) {
      std::set<Element> needed;
      for (int i = n; i < std::min(layer_.out.n, n + t_.images); ++i)
        for (int row = y * layer_.stride_h - layer_.pad_top;
             row < (std::min(layer_.out.h, y + t_.rows) - 1) * layer_.stride_h - layer_.pad_top + layer_.kernel_h; ++row)
          for (int col = x * layer_.stride_w - layer_.pad_left;
               col < (std::min(layer_.out.w, x + t_.cols) - 1) * layer_.stride_w - layer_.pad_left + layer_.kernel_w; ++col)
            for (int k = c; k < std::min(layer_.in.c, c + t_.channels); ++k)
              if (row >= 0 && row < layer_.in.h && col >= 0 && col < layer_.in.w) needed.insert({i, row, col, k});
      const bool below = t_.rolling && n == n_ && x == x_ && y > y_;
      for (const Element& e : needed) in += (below || needed == ifmap_) && ifmap_.count(e) != 0 ? 0 : 1;
      ifmap_ = std::move(needed);
      n_ = n;
      x_ = x;
      y_ = y;
      for (int i = f; i < std::min(layer_.out.c, f + t_.filters); ++i)
        for (int k = c; k < std::min(layer_.in.c, c + t_.channels); ++k)
          if (!t_.resident || resident_.insert({i, k, 0, 0}).second) filters += layer_.kernel_h * layer_.kernel_w;
    }
  }

  const ArrayLayer& layer_;
  const Tiling& t_;
  std::set<Element> ifmap_, resident_;
  int n_ = -1, x_ = -1, y_ = -1;
};

TEST(BestTiling, MovesWhatItsLoopsLoad) {
  test::Random r(11);
  int chunks = 0, rolling = 0, resident = 0;
  for (int round = 0; round < 300; ++round) {
    const int kernel = r.Int(1, 4), stride = r.Int(1, kernel);
    const ArrayLayer layer = Conv(r.Int(1, 3), r.Int(1, 6), r.Int(kernel, 12), r.Int(kernel, 12), r.Int(1, 8), kernel,
                                  stride, r.Int(0, kernel - 1));
    const Tiling t = BestTiling(layer, r.Int(40, 1500));
    if (t.images == 0) continue;  // nothing fits
    const Walk walk(layer, t);
    ASSERT_EQ(t.in_bytes, walk.in) << "round " << round << " rolling " << t.rolling;
    ASSERT_EQ(t.filter_bytes, walk.filters) << "round " << round;
    chunks += t.channels < layer.in.c;
    rolling += t.rolling;
    resident += t.resident;
  }
  EXPECT_GT(chunks, 10);
  EXPECT_GT(rolling, 10);
  EXPECT_GT(resident, 10);
}

// Everything fits: each byte once.
TEST(BestTiling, OfALargeBufferIsCompulsory) {
  const Tiling t = BestTiling(Conv(2, 8, 10, 10, 16, 3, 1, 1), 1 << 20);
  EXPECT_EQ(t.dram_bytes(), 2 * 8 * 100 + 16 * 8 * 9 + 2 * 16 * 100);
}

struct Bytes {
  double moved = 0, best = 0;
};

// What the commands of a workload move, commands themselves counted in, and the best tilings' sum.
Bytes BytesOf(const std::string& name) {
  const std::string file = std::string(WEFT_SOURCE_DIR) + "/workloads/" + name + ".yaml";
  const Config config = LoadConfig("weft168");
  CompileOptions options;
  options.one_segment_per_layer = true;
  options.judge = JudgeByModel;
  const Program program = Compile(ImportModel(ReadWholeFile(file), file), config, options);
  const Plan whole = LowerGraph(program.graph, true);  // layers that may have been split
  Bytes sum;
  for (const Segment& segment : program.segments) {
    const double moved = static_cast<double>(DramBytes(segment.words, config));
    double best = 0;
    const Step& step = whole.steps[static_cast<size_t>(segment.first_step)];
    for (const ArrayLayer& layer : step.layers)
      best += static_cast<double>(BestTiling(layer, config.glb_size()).dram_bytes());
    std::printf("%-10s %7.2f MB, best tiling %7.2f MB: %.2f\n", step.name.c_str(), moved / 1e6, best / 1e6, moved / best);
    sum.moved += moved;
    sum.best += best;
  }
  std::printf("%-10s %7.2f MB, best tiling %7.2f MB: %.3f\n", name.c_str(), sum.moved / 1e6, sum.best / 1e6,
              sum.moved / sum.best);
  return sum;
}

TEST(BestTiling, MapperComesNearOnAlexNet) {
  const Bytes bytes = BytesOf("alexnet");
  EXPECT_LE(bytes.moved, 1.15 * bytes.best);
}

TEST(BestTiling, MapperComesNearOnVgg16) {
  const Bytes bytes = BytesOf("vgg16");
  EXPECT_LE(bytes.moved, 1.15 * bytes.best);
}

}  // namespace
}  // namespace weft
