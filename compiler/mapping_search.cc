// SPDX-License-Identifier: Apache-2.0
// The search: ways of filling the array in the order of their bound, tiles for each, until no way
// that is left can be better.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/mapping_cost.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr size_t kMostWays = 1500;  // that are tiled
// What a byte of DRAM traffic may cost in cycles. By the closed form, 0.1, 0.25 and 0.75 give 259, 233 and 229 MB
// in 121, 126 and 128 million cycles on workloads/vgg16.yaml (sums of dram_bytes and cycles of `weft inspect
// --json`).
constexpr double kCyclesPerByte = 0.25;

double Value(double cycles, double dram_bytes) { return cycles + kCyclesPerByte * dram_bytes; }

struct Ranked {
  double bound;   // of the value
  double cycles;  // of the cycles
  const ArrayWay* way;
};

}  // namespace

Mapping ChooseMapping(const ArrayLayer& layer, const Config& config) {
  const std::vector<ArrayWay> ways = ArrayWays(layer, config);
  CostModel model(layer, config);
  std::vector<Ranked> ranked;
  for (const ArrayWay& way : ways) {
    const Bound least = model.LeastOf(way);
    ranked.push_back({Value(least.cycles, least.dram_bytes), least.cycles, &way});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.bound < b.bound; });
  Mapping best;
  const ArrayWay* best_way = nullptr;
  double best_cost = 0;
  size_t tiled = 0;
  for (const Ranked& r : ranked) {
    if (best_way != nullptr && (r.bound >= best_cost || ++tiled > kMostWays)) break;
    ForEachTile(layer, config, *r.way, [&](const Mapping& tile) {
      if (best_way != nullptr && Value(r.cycles, model.Bytes(*r.way, tile).sum()) >= best_cost) return;
      Mapping m = tile;
      if (!PlaceInGlb(layer, config, *r.way, &m)) return;
      const Cost cost = model.Estimate(*r.way, m);
      const double value = Value(cost.cycles, static_cast<double>(cost.dram_bytes));
      if (best_way != nullptr && value >= best_cost) return;
      best_cost = value;
      best_way = r.way;
      best = m;
      best.cycles = static_cast<int64_t>(cost.cycles);
      best.dram_bytes = cost.dram_bytes;
    });
  }
  if (best_way == nullptr) {
    throw Error(fmt::format(
        "configuration {}: no position of one filter of a {}x{} layer with {} channels fits; "
        "enlarge {}",
        config.name, layer.kernel_h, layer.kernel_w, layer.channels(),
        ways.empty() ? "FilterDepth or WinRows" : "GlbBanks or GlbBankBytes"));
  }
  best.rows = *best_way->table;
  return best;
}

}  // namespace weft
