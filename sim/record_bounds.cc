// SPDX-License-Identifier: Apache-2.0
#include "sim/record_bounds.h"

#include <algorithm>
#include <cmath>

#include "compiler/mapping_cap.h"
#include "compiler/tiling_bound.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

bool Multiplies(const ArrayLayer& layer) { return layer.mode != LayerMode::kMax; }

// As many nonzero values at every tap as `share` of those that are met.
TapCounts Spread(const ArrayLayer& layer, double share) {
  TapCounts counts = CountTaps(layer);
  if (share >= 1) return counts;
  counts.dense = false;
  for (int64_t& tap : counts.taps) tap = std::llround(static_cast<double>(tap) * share);
  return counts;
}

double VolumeBound(const ArrayLayer& layer, double buffer_bytes) {
  const TapGeometry geometry(layer);
  const double inputs = layer.mode == LayerMode::kConv ? layer.in.c : 1;
  const double macs = static_cast<double>(layer.out.n) * layer.filters() * inputs *
                      static_cast<double>(geometry.RowPairs()) * static_cast<double>(geometry.ColumnPairs());
  const double reuse = std::max(1.0, static_cast<double>(layer.kernel_h) / layer.stride_h) *
                       std::max(1.0, static_cast<double>(layer.kernel_w) / layer.stride_w);
  const double outputs = static_cast<double>(layer.out.n) * layer.out.h * layer.out.w * layer.filters();
  return 2 * macs / std::sqrt(reuse * buffer_bytes) + outputs;
}

}  // namespace

Json CapJson(const Program& program, int step, const LayerNumbers& numbers, int batch) {
  const Step& of = program.plan.steps[static_cast<size_t>(step)];
  const bool counted = numbers.cycles && numbers.effectual_macs && numbers.macs > 0;
  if (!counted || program.options.slice_tiles > 0) return nullptr;
  if (!std::all_of(of.layers.begin(), of.layers.end(), Multiplies)) return nullptr;
  const double share = static_cast<double>(*numbers.effectual_macs) / static_cast<double>(numbers.macs);
  std::vector<LayerCap> caps;
  for (const ArrayLayer& layer : of.layers)
    caps.push_back(CapOf(layer, program.config, Spread(layer, share), caps.empty()));
  if (of.between_tensor >= 0) caps = {CapOfPair(of.layers[0], of.layers[1], program.config, caps[0], caps[1])};
  double cycles = 0;
  ResourceCycles resources{};
  for (const LayerCap& cap : caps) {
    cycles += cap.total();
    for (size_t r = 0; r < kResources; ++r) resources[r] += cap.cycles[r];
  }
  return {{"cycles", cycles * batch}, {"set_by", kResourceNames[Busiest(resources)]}};
}

Json TrafficJson(const Program& program, const WholeLayers& layers, int step, int batch) {
  const Step& of = program.plan.steps[static_cast<size_t>(step)];
  if (!of.on_accelerator || program.options.slice_tiles > 0) return nullptr;
  if (of.between_tensor >= 0) {
    const CompulsoryBytes first = CompulsoryTraffic(of.layers[0]), second = CompulsoryTraffic(of.layers[1]);
    const int64_t least = first.in + first.filters + second.filters + second.out + second.residual;
    return {{"compulsory_bytes", least * batch}, {"bound_bytes", least * batch}, {"best_tiling_bytes", nullptr}};
  }
  int64_t compulsory = 0, best = 0;
  double bound = 0;
  for (const ArrayLayer& layer : layers.Of(step)) {
    const CompulsoryBytes bytes = CompulsoryTraffic(layer);
    const int64_t least = bytes.sum() - bytes.params;
    compulsory += least;
    bound += std::max(static_cast<double>(least), VolumeBound(layer, program.config.glb_size()));
    best += BestTiling(layer, program.config.glb_size()).dram_bytes();
  }
  return {{"compulsory_bytes", compulsory * batch},
          {"bound_bytes", std::llround(bound * batch)},
          {"best_tiling_bytes", best * batch}};
}

void PutDrawing(const ArrayLayer& layer, const Mapping& mapping, Json* json) {
  Json rows = Json::array();
  for (int i = 0; i < std::min(mapping.seg_rows, static_cast<int>(mapping.rows.size())); ++i) {
    const RowEntry& e = mapping.rows[static_cast<size_t>(i)];
    rows.push_back({e.channel, e.count, e.r, e.s});
  }
  (*json)["first_block"] = std::move(rows);
  (*json)["row_blocks"] = mapping.row_blocks();
  (*json)["units"] = mapping.fgs * mapping.positions;
  (*json)["depthwise"] = layer.mode == LayerMode::kConv ? 0 : 1;
}

}  // namespace weft
