// SPDX-License-Identifier: Apache-2.0
// The search: ways of filling the array in the order of their bound, tiles for each, until no way
// that is left can be better.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/mapping_cost.h"
#include "compiler/mapping_value.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr size_t kMostWays = 600;  // that are tiled

// Of so many mappings, each fills the array another way; of more, several tiles of a way are ranked.
constexpr size_t kWaysRanked = 8;

// Mappings are ranked up to so many times the least value: one, some, many. Many are wanted of short layers.
double WorthTrying(size_t count) { return count == 1 ? 1 : count <= kWaysRanked ? 1.1 : 1.25; }

struct Bounded {
  double bound;   // of the value
  double cycles;  // of the cycles
  double on_chip;  // of the energy without DRAM
  const ArrayWay* way;
};

struct Costed {
  double value;
  Mapping mapping;
  const ArrayWay* way;
};

// Into a list of at most `count`, the least first.
void Insert(const Costed& costed, size_t count, std::vector<Costed>* list) {
  const auto at = std::upper_bound(list->begin(), list->end(), costed.value,
                                   [](double value, const Costed& c) { return value < c.value; });
  list->insert(at, costed);
  if (list->size() > count) list->pop_back();
}

}  // namespace

std::vector<Mapping> RankMappings(const ArrayLayer& layer, const Config& config, size_t count, Objective objective) {
  const std::vector<ArrayWay> ways = ArrayWays(layer, config);
  CostModel model(layer, config);
  MappingValue value(layer, config, objective);
  std::vector<Bounded> bounded;
  for (const ArrayWay& way : ways) {
    const Bound least = model.LeastOf(way);
    const double on_chip = value.LeastOnChip(way);
    bounded.push_back({value.AtLeast(least.cycles, on_chip, least.dram_bytes), least.cycles, on_chip, &way});
  }
  std::stable_sort(bounded.begin(), bounded.end(),
                   [](const Bounded& a, const Bounded& b) { return a.bound < b.bound; });
  const size_t tiles = std::max<size_t>(1, count / kWaysRanked);  // of a way, at most
  std::vector<Costed> best;
  size_t tiled = 0;
  for (const Bounded& b : bounded) {
    // No tile of a value from here on is wanted.
    double most = std::numeric_limits<double>::infinity();
    if (best.size() >= count) most = best.back().value;
    if (!best.empty()) most = std::min(most, best.front().value * WorthTrying(count));
    if (!best.empty() && (b.bound >= most || ++tiled > kMostWays)) break;
    std::vector<Costed> found;  // of this way
    ForEachTile(layer, config, *b.way, [&](const Mapping& tile) {
      const double limit = found.size() < tiles ? most : found.back().value;
      if (value.AtLeast(b.cycles, b.on_chip, model.Bytes(*b.way, tile).sum()) >= limit) return;
      Mapping m = tile;
      if (!PlaceInGlb(layer, config, *b.way, &m)) return;
      const Cost cost = model.Estimate(*b.way, m);
      const double of_tile = value.Of(*b.way, m, cost);
      if (of_tile >= limit) return;
      m.cycles = static_cast<int64_t>(cost.cycles);
      m.dram_bytes = cost.dram_bytes;
      Insert({of_tile, m, b.way}, tiles, &found);
    });
    for (const Costed& c : found) Insert(c, count, &best);
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
    if (c.value > best.front().value * WorthTrying(count)) break;
    ranked.push_back(std::move(c.mapping));
    ranked.back().rows = *c.way->table;
  }
  return ranked;
}

Mapping ChooseMapping(const ArrayLayer& layer, const Config& config, Objective objective) {
  return RankMappings(layer, config, 1, objective).front();
}

}  // namespace weft
