// SPDX-License-Identifier: Apache-2.0
// Weight stationary. A PE keeps one weight until all pixels of the batch have met it; r x r PEs hold a plane of a
// filter, p filters and r channels at a time. Ifmap pixels come from DRAM to all of them. Psums move along a row of a
// filter plane and on through the rows of the other channels; from row to row of a plane they wait in the GLB, which
// has nothing but psums: those of p filters and the whole batch.
#include <algorithm>

#include "compiler/dataflow_kinds.h"

namespace weft {

std::optional<DataflowMapping> MapWeightStationary(const DataflowTask& task, const DataflowTile& tile) {
  const DataflowLayer& layer = task.layer;
  if (tile.p * tile.r * layer.r * layer.r > task.hardware.pes || task.hardware.rf_words < 1) return std::nullopt;
  if (task.batch * tile.p * layer.e * layer.e > task.hardware.glb_words) return std::nullopt;

  const int64_t filter_passes = CeilDivLong(layer.m, tile.p), channel_passes = CeilDivLong(layer.c, tile.r);
  LevelWords ifmap, filter, psum;
  filter.dram = filter.glb = filter.array = static_cast<double>(layer.filters());
  ifmap.dram = ifmap.glb = static_cast<double>(layer.ifmaps(task.batch) * filter_passes);
  ifmap.array = static_cast<double>(layer.macs(task.batch));
  ifmap.by_glb = filter.by_glb = false;
  psum.dram = static_cast<double>(layer.ofmaps(task.batch));
  psum.glb = psum.dram * static_cast<double>(layer.r * channel_passes);
  psum.array = static_cast<double>(layer.macs(task.batch));
  const double cycles = static_cast<double>(filter_passes * channel_passes * task.batch * layer.e * layer.e);
  return MakeMapping(task, tile, cycles, ifmap, filter, psum);
}

void TilesWeightStationary(const DataflowTask& task, const TileVisitor& visit) {
  const int64_t planes = task.hardware.pes / (task.layer.r * task.layer.r);
  for (int64_t p = 1; p <= std::min(planes, task.layer.m); ++p) {
    for (int64_t r = 1; r <= std::min(planes / p, task.layer.c); ++r) {
      DataflowTile tile;
      tile.p = p, tile.r = r;
      visit(tile);
    }
  }
}

}  // namespace weft
