// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapper.h"

#include <algorithm>
#include <cmath>

namespace weft {
namespace {

// Mappings of a layer that are judged: more of a short one, whose fixed costs the closed form knows badly.
constexpr size_t kJudged = 8, kMostJudged = 128;
constexpr int64_t kShortCycles = 400'000;  // of all of them, by the closed form
constexpr int64_t kViewAlign = 64;  // of buffers

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

}  // namespace

const Mapping& Mapper::Choose(const ArrayLayer& layer) {
  const std::vector<int64_t> key = KeyOf(layer);
  const auto found = chosen_.find(key);
  if (found != chosen_.end()) return found->second;
  return chosen_.emplace(key, Decide(layer)).first->second;
}

Mapping Mapper::Decide(const ArrayLayer& layer) const {
  if (!judge_) return ChooseMapping(layer, config_, objective_);
  std::vector<Mapping> ranked = RankMappings(layer, config_, kJudged, objective_);
  const auto count = static_cast<size_t>(kShortCycles / std::max<int64_t>(1, ranked.front().cycles));
  if (count > kJudged) ranked = RankMappings(layer, config_, std::min(count, kMostJudged), objective_);
  if (ranked.size() == 1) return ranked.front();
  const std::vector<Judgement> judged = judge_(layer, config_, ranked);
  size_t best = 0;
  const auto value = [&](size_t i) {
    return objective_.Value(static_cast<double>(judged[i].cycles), static_cast<double>(judged[i].dram_bytes));
  };
  for (size_t i = 1; i < ranked.size(); ++i)
    if (value(i) < value(best)) best = i;
  return ranked[best];
}

}  // namespace weft
