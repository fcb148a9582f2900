// SPDX-License-Identifier: Apache-2.0
// The search: ways of filling the array in the order of their bound, tiles for each, until no way
// that is left can be better.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/mapping_cost.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr size_t kMostWays = 1500;  // that are tiled
// Mappings are ranked up to so many times the least value.
constexpr double kWorthTrying = 1.1;

struct Bounded {
  double bound;   // of the value
  double cycles;  // of the cycles
  const ArrayWay* way;
};

struct Costed {
  double value;
  Mapping mapping;
  const ArrayWay* way;
};

}  // namespace

std::vector<Mapping> RankMappings(const ArrayLayer& layer, const Config& config, size_t count) {
  const std::vector<ArrayWay> ways = ArrayWays(layer, config);
  CostModel model(layer, config);
  std::vector<Bounded> bounded;
  for (const ArrayWay& way : ways) {
    const Bound least = model.LeastOf(way);
    bounded.push_back({Value(least.cycles, least.dram_bytes), least.cycles, &way});
  }
  std::stable_sort(bounded.begin(), bounded.end(),
                   [](const Bounded& a, const Bounded& b) { return a.bound < b.bound; });
  std::vector<Costed> best;  // of each way its best tile, the least first
  size_t tiled = 0;
  for (const Bounded& b : bounded) {
    // No tile of a value from here on is wanted.
    double most = std::numeric_limits<double>::infinity();
    if (best.size() >= count) most = best.back().value;
    if (!best.empty()) most = std::min(most, best.front().value * (count > 1 ? kWorthTrying : 1));
    if (!best.empty() && (b.bound >= most || ++tiled > kMostWays)) break;
    Costed found{most, {}, nullptr};
    ForEachTile(layer, config, *b.way, [&](const Mapping& tile) {
      if (Value(b.cycles, model.Bytes(*b.way, tile).sum()) >= found.value) return;
      Mapping m = tile;
      if (!PlaceInGlb(layer, config, *b.way, &m)) return;
      const Cost cost = model.Estimate(*b.way, m);
      const double value = Value(cost.cycles, static_cast<double>(cost.dram_bytes));
      if (value >= found.value) return;
      m.cycles = static_cast<int64_t>(cost.cycles);
      m.dram_bytes = cost.dram_bytes;
      found = {value, m, b.way};
    });
    if (found.way == nullptr) continue;
    const auto at = std::upper_bound(best.begin(), best.end(), found.value,
                                     [](double value, const Costed& c) { return value < c.value; });
    best.insert(at, found);
    if (best.size() > count) best.pop_back();
  }
  if (best.empty()) {
    throw Error(fmt::format(
        "configuration {}: no position of one filter of a {}x{} layer with {} channels fits; "
        "enlarge {}",
        config.name, layer.kernel_h, layer.kernel_w, layer.channels(),
        ways.empty() ? "FilterDepth or WinRows" : "GlbBanks or GlbBankBytes"));
  }
  std::vector<Mapping> ranked;
  for (Costed& c : best) {
    if (c.value > best.front().value * kWorthTrying) break;
    ranked.push_back(std::move(c.mapping));
    ranked.back().rows = *c.way->table;
  }
  return ranked;
}

Mapping ChooseMapping(const ArrayLayer& layer, const Config& config) {
  return RankMappings(layer, config, 1).front();
}

}  // namespace weft
