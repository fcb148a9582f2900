// SPDX-License-Identifier: Apache-2.0
// The mapper's choice against every mapping of its space, on the exact model: nothing is better by more than
// 1 % in cycles. Compared are cycles of the layer alone, so the mapper is asked for cycles only.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/import_workload.h"
#include "compiler/mapper.h"
#include "compiler/mapping_space.h"
#include "compiler/pass_loops.h"
#include "compiler/plan.h"
#include "compiler/traffic.h"
#include "sim/judge.h"
#include "sim/layer_bench.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

struct Case {
  const char* config;
  const char* layer;  // of a workload
  bool always;        // not only with --long
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.config << ", " << c.layer; }

constexpr Case kCases[] = {
    {"ecp5", "type: conv, C: 4, H: 7, W: 7, M: 8, R: 3, S: 3, pad: 1", false},
    {"ecp5", "type: conv, C: 3, H: 12, W: 12, M: 8, R: 3, S: 3, stride: 2", false},
    {"ecp5", "type: conv, C: 8, H: 5, W: 5, M: 8, R: 3, S: 3, pad: 1, activation_zeros: 0.5", false},
    {"ecp5", "type: conv, C: 16, H: 4, W: 4, M: 16, R: 1, S: 1", false},
    {"ecp5", "type: depthwise, C: 12, H: 9, W: 9, R: 3, S: 3, pad: 1", true},
    {"ecp5", "type: conv, C: 4, H: 6, W: 6, M: 6, R: 5, S: 5, pad: 2", false},
    {"ecp5", "type: matmul, M: 4, K: 32, N: 16", true},
    {"nano", "type: conv, C: 4, H: 5, W: 5, M: 4, R: 3, S: 3, pad: 1", false},
    {"nano", "type: conv, C: 8, H: 4, W: 4, M: 8, R: 1, S: 1", false},
    {"nano", "type: depthwise, C: 6, H: 6, W: 6, R: 3, S: 3", true},
    {"nano", "type: conv, C: 2, H: 8, W: 8, M: 4, R: 3, S: 3, stride: 2, activation_zeros: 0.4", true},
    {"odd", "type: conv, C: 6, H: 6, W: 6, M: 6, R: 3, S: 3, pad: 1", false},
    {"odd", "type: conv, C: 16, H: 6, W: 6, M: 12, R: 1, S: 1, stride: 2", false},
    {"odd", "type: depthwise, C: 10, H: 8, W: 8, R: 3, S: 3, stride: 2, pad: same", true},
    {"weft168", "type: conv, C: 6, H: 6, W: 6, M: 8, R: 3, S: 3, pad: 1", false},
    {"weft168", "type: conv, C: 3, H: 9, W: 9, M: 8, R: 3, S: 3, stride: 2", false},
    {"weft168", "type: conv, C: 16, H: 3, W: 3, M: 12, R: 1, S: 1, activation_zeros: 0.6", false},
    {"weft168", "type: depthwise, C: 6, H: 7, W: 7, R: 3, S: 3, pad: same", true},
    {"weft168", "type: conv, C: 3, H: 9, W: 9, M: 4, R: 5, S: 5, stride: 2, pad: 2", false},
    {"weft168", "type: conv, C: 4, H: 5, W: 5, M: 6, R: 3, S: 3, activation_zeros: 0.3", true},
};

ArrayLayer LayerOf(const Case& c) {
  const std::string images = std::string(c.layer).find("matmul") == std::string::npos ? "N: 1, " : "";
  const std::string yaml =
      fmt::format("name: small\nsource: test\nlayers: [{{name: l, {}{}}}]\n", images, c.layer);
  const Graph graph = ImportWorkload(ParseWorkload(yaml, "small.yaml"), "small.yaml");
  return Canonical(LowerGraph(graph, true).steps[0].layers[0]);
}

// Multiplications that one PE of a row block does for all positions and one filter, if no activation is zero.
int64_t MostMacs(const ArrayLayer& layer, const Mapping& m, int block) {
  const auto inside = [](int out, int size, int stride, int offset, int pad) {  // positions whose tap is no padding
    int count = 0;
    for (int i = 0; i < out; ++i) {
      const int at = i * stride + offset - pad;
      count += at >= 0 && at < size;
    }
    return int64_t{count};
  };
  int64_t most = 0;
  const size_t first = static_cast<size_t>(block) * static_cast<size_t>(m.seg_rows);
  for (size_t e = first; e < std::min(m.rows.size(), first + static_cast<size_t>(m.seg_rows)); ++e) {
    const RowEntry& entry = m.rows[e];
    int64_t columns = 0;
    for (int s = entry.s; s < std::min(layer.kernel_w, entry.s + m.taps); ++s)
      columns += inside(layer.out.w, layer.in.w, layer.stride_w, s * layer.dilation_w, layer.pad_left);
    const int64_t rows = inside(layer.out.h, layer.in.h, layer.stride_h, entry.r * layer.dilation_h, layer.pad_top);
    most = std::max(most, layer.out.n * rows * columns * entry.count);
  }
  return most;
}

// Cycles that no run of the mapping is below: a PASS has 3 words, the collector takes so many sums a cycle,
// a PE of a dense layer does a multiplication (of all lanes) a cycle.
int64_t LeastCycles(const ArrayLayer& layer, const Config& c, const Mapping& m) {
  const int64_t width = std::max(c.psum_words_per_glb_word(), c.post_lanes);
  const int64_t blocks = PositionTiles(layer, m) * TileBlocks(m);  // at most, of positions
  const int64_t all = layer.out.n * layer.out.h;
  const int64_t rows = all * CeilDiv(layer.out.w, m.tile_cols) * CeilDiv(m.tile_cols, m.steps);
  const int64_t sums = std::min(blocks, rows) * m.steps * m.total_fgs * m.row_blocks() * CeilDiv(m.p, width);
  int64_t macs = 0;
  if (layer.density == 1) {
    for (int k = 0; k < m.row_blocks(); ++k) macs += MostMacs(layer, m, k);
    macs = macs * m.groups * m.total_fgs / (m.fgs * m.positions);
  }
  return std::max({3 * PassLoopsOf(layer, m).all, sums, macs});
}

class MappingSearch : public ::testing::TestWithParam<Case> {};

TEST_P(MappingSearch, NothingIsBetter) {
  if (!GetParam().always && !test::LongTests()) GTEST_SKIP() << "runs with scripts/test --long";
  const Config config = LoadConfig(GetParam().config);
  const ArrayLayer layer = LayerOf(GetParam());
  const LayerBench bench(layer, config);
  const auto cycles_of = [&](const Mapping& m) { return bench.Run(bench.Schedule(m)); };
  const int64_t ranked = cycles_of(ChooseMapping(layer, config, Objective::kLatency));
  const int64_t chosen = cycles_of(Mapper(config, JudgeByModel, Objective::kLatency).Choose(layer));
  int64_t mappings = 0, run = 0, best = chosen;
  for (const ArrayWay& way : ArrayWays(layer, config)) {
    ForEachTile(layer, config, way, [&](const Mapping& tile) {
      Mapping m = tile;
      if (!PlaceInGlb(layer, config, way, &m)) return;
      ++mappings;
      m.rows = *way.table;
      const int64_t least = LeastCycles(layer, config, m);
      if (least > best) return;
      const LayerBench::Commands commands = bench.Schedule(m);
      // The memory gives 8 bytes a cycle.
      if (DramBytes(commands.words, config) > LayerBench::kBytesPerCycle * best) return;
      ++run;
      const int64_t cycles = bench.Run(commands, best);
      EXPECT_LE(least, cycles);
      best = std::min(best, cycles);
    });
  }
  std::printf("%s, %s: %lld mappings, %lld run; chosen %lld cycles (by the closed form %lld), best %lld\n",
              GetParam().config, GetParam().layer, static_cast<long long>(mappings), static_cast<long long>(run),
              static_cast<long long>(chosen), static_cast<long long>(ranked), static_cast<long long>(best));
  EXPECT_GT(mappings, 100);
  EXPECT_LE(static_cast<double>(chosen), 1.01 * static_cast<double>(best));
}
INSTANTIATE_TEST_SUITE_P(Layers, MappingSearch, ::testing::ValuesIn(kCases));

}  // namespace
}  // namespace weft
