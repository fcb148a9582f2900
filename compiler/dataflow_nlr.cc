// SPDX-License-Identifier: Apache-2.0
// No local reuse. The PEs are multipliers without storage: p filters times r channels. A pixel goes to the p of its
// channel over the array, psums add up over the r channels, and each filter word goes from the GLB to its multiplier
// for every use. The GLB keeps the psums of n images, m filters and e rows until they are complete, and ifmaps and
// filters of the r channels at work.
#include <algorithm>

#include "compiler/dataflow_kinds.h"

namespace weft {

std::optional<DataflowMapping> MapNoLocalReuse(const DataflowTask& task, const DataflowTile& tile) {
  const DataflowLayer& layer = task.layer;
  const int64_t channel_words = tile.n * layer.window(tile.e) * layer.h + tile.m * layer.r * layer.r;
  const int64_t psum_words = tile.n * tile.m * tile.e * layer.e;
  if (tile.p * tile.r > task.hardware.pes || tile.p > tile.m) return std::nullopt;
  if (psum_words + tile.r * channel_words > task.hardware.glb_words) return std::nullopt;

  const int64_t strips = layer.strips(tile.e), filter_groups = CeilDivLong(layer.m, tile.m);
  const int64_t filter_passes = filter_groups * CeilDivLong(tile.m, tile.p);
  const int64_t channel_passes = CeilDivLong(layer.c, tile.r);
  const int64_t loaded_rows = (layer.e - strips) * layer.u + strips * layer.r;
  LevelWords ifmap, filter, psum;
  filter.dram = static_cast<double>(layer.filters() * CeilDivLong(task.batch, tile.n) * strips);
  filter.glb = filter.array = static_cast<double>(layer.macs(task.batch));
  filter.by_array = false;
  ifmap.dram = static_cast<double>(task.batch * layer.c * loaded_rows * layer.h * filter_groups);
  ifmap.glb = static_cast<double>(layer.macs(task.batch) / layer.m * filter_passes);
  ifmap.array = static_cast<double>(layer.macs(task.batch));
  psum.dram = static_cast<double>(layer.ofmaps(task.batch));
  psum.glb = psum.dram * static_cast<double>(layer.r * layer.r * channel_passes);
  psum.array = static_cast<double>(layer.macs(task.batch));
  const double cycles = static_cast<double>(filter_passes * channel_passes * task.batch * layer.e * layer.e) *
                        static_cast<double>(layer.r * layer.r);
  return MakeMapping(task, tile, cycles, ifmap, filter, psum);
}

void TilesNoLocalReuse(const DataflowTask& task, const TileVisitor& visit) {
  const DataflowLayer& layer = task.layer;
  const std::vector<int64_t> images = Parts(task.batch), filters = Parts(layer.m), strips = Parts(layer.e);
  for (int64_t r = 1; r <= std::min(task.hardware.pes, layer.c); ++r) {
    for (const int64_t m : filters) {
      const int64_t p = Balanced(m, std::min(m, task.hardware.pes / r));
      for (const int64_t e : strips) {
        for (const int64_t n : images) {
          DataflowTile tile;
          tile.n = n, tile.m = m, tile.e = e, tile.p = p, tile.r = r;
          visit(tile);
        }
      }
    }
  }
}

}  // namespace weft
