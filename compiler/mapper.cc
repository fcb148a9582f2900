// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapper.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include "compiler/mapping_cost.h"
#include "compiler/mapping_value.h"
#include "compiler/split.h"
#include "compiler/tap_counts.h"

namespace weft {
namespace {

// Mappings of a layer that are judged: more of a short one, whose fixed costs the closed form knows badly.
constexpr size_t kJudged = 8, kMostJudged = 128;
constexpr int64_t kShortCycles = 400'000;  // of all of them, by the closed form
// A few are judged again.
constexpr size_t kFinal = 3;
constexpr int64_t kFirstCycles = 30'000, kFinalCycles = 100'000;
constexpr int64_t kViewAlign = 64;  // of buffers

// A layer is tried in parts if they can save so much, and it is long: they follow one another. They are taken if the
// closed form says that they save more than it may err.
constexpr double kSplitCanSave = 0.015, kSplitSaves = 0.005;
constexpr int64_t kSplitCycles = 50'000;

void Append(const View& v, std::vector<int64_t>* key) {
  key->insert(key->end(), {v.offset % kViewAlign, v.n, v.h, v.w, v.c, v.n_stride, v.h_stride, v.w_stride, v.is_unsigned});
}

// All that cycles and traffic depend on.
std::vector<int64_t> KeyOf(const ArrayLayer& l) {
  std::vector<int64_t> key = {static_cast<int64_t>(l.mode), l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.dilation_h,
                              l.dilation_w, l.pad_top, l.pad_left, l.act_zp, std::llround(std::ldexp(l.density, 40)),
                              l.clustered, l.has_residual};
  Append(l.in, &key);
  Append(l.out, &key);
  if (l.has_residual) Append(l.residual, &key);
  return key;
}

// Cycles below which no mapping comes, about: products, or filters from memory.
double LeastCycles(const ArrayLayer& layer, const Config& config) {
  const TapGeometry geometry(layer);
  const double taps = static_cast<double>(layer.out.n * geometry.RowPairs() * geometry.ColumnPairs());
  const double products = taps * layer.channels() * layer.filters() * layer.density;
  return std::max(products / config.multipliers(), static_cast<double>(layer.weights.size()) / config.mem_bytes);
}

}  // namespace

const Mapping& Mapper::Choose(const ArrayLayer& layer) {
  const std::vector<int64_t> key = KeyOf(layer);
  const auto found = chosen_.find(key);
  if (found != chosen_.end()) return found->second;
  return chosen_.emplace(key, Decide(layer)).first->second;
}

// None if they cannot pay.
std::vector<ArrayLayer> Mapper::PartsToTry(const ArrayLayer& layer, const Mapping& whole) const {
  if (objective_ != Objective::kCycles && objective_ != Objective::kLatency) return {};
  if (whole.cycles < kSplitCycles || RowsOnPadding(layer) < kSplitCanSave) return {};
  std::vector<ArrayLayer> parts = SplitAtPadding(layer);
  double least = 0;
  for (const ArrayLayer& part : parts) least += LeastCycles(part, config_);
  if (parts.size() < 2 || least > (1 - kSplitSaves) * static_cast<double>(whole.cycles)) return {};
  return parts;
}

std::vector<Mapping> Mapper::MapAll(std::vector<ArrayLayer>* layers) {
  std::vector<ArrayLayer> mapped;
  std::vector<Mapping> mappings;
  for (ArrayLayer& layer : *layers) {
    const Mapping whole = Choose(layer);
    std::vector<ArrayLayer> parts = PartsToTry(layer, whole);
    std::vector<Mapping> of_parts;
    double left = (1 - kSplitSaves) * ValueOf(whole, CyclesPerByte(layer, objective_));
    for (const ArrayLayer& part : parts) {
      of_parts.push_back(Choose(part));
      of_parts.back().parts = static_cast<int>(parts.size());
      left -= ValueOf(of_parts.back(), CyclesPerByte(part, objective_));
      if (left < 0) break;
    }
    if (parts.empty() || left < 0) {
      mapped.push_back(std::move(layer));
      mappings.push_back(whole);
    } else {
      std::move(parts.begin(), parts.end(), std::back_inserter(mapped));
      std::move(of_parts.begin(), of_parts.end(), std::back_inserter(mappings));
    }
  }
  *layers = std::move(mapped);
  return mappings;
}

// Of the mappings the best by the judge, the very best first.
void Mapper::KeepBest(const ArrayLayer& layer, int64_t most_cycles, size_t count, std::vector<Mapping>* mappings) const {
  const std::vector<Judgement> judged = judge_(layer, config_, *mappings, most_cycles);
  CostModel model(layer, config_);
  MappingValue value(layer, config_, objective_);
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < judged.size(); ++i) {
    const Mapping& m = (*mappings)[i];
    const ArrayWay way{m, std::make_shared<const std::vector<RowEntry>>(m.rows)};
    Cost cost = model.Estimate(way, m);
    cost.cycles = static_cast<double>(judged[i].cycles);
    cost.dram_bytes = judged[i].dram_bytes;
    order.emplace_back(value.Of(way, m, cost), i);
  }
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), count));
  std::vector<Mapping> best;
  for (const auto& [value, i] : order) best.push_back((*mappings)[i]);
  *mappings = std::move(best);
}

Mapping Mapper::Decide(const ArrayLayer& layer) const {
  if (!judge_) return ChooseMapping(layer, config_, objective_);
  std::vector<Mapping> mappings = RankMappings(layer, config_, kJudged, objective_);
  const auto count = static_cast<size_t>(kShortCycles / std::max<int64_t>(1, mappings.front().cycles));
  if (count > kJudged) mappings = RankMappings(layer, config_, std::min(count, kMostJudged), objective_);
  if (mappings.size() > kFinal) KeepBest(layer, kFirstCycles, kFinal, &mappings);
  if (mappings.size() > 1) KeepBest(layer, kFinalCycles, 1, &mappings);
  return mappings.front();
}

}  // namespace weft
