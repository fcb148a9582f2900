// SPDX-License-Identifier: Apache-2.0
// Row stationary. A set of r x e PEs convolves one plane: a PE has a filter row, an ifmap row and a psum row. Its RF
// folds p filters and q channels; r sets work on further channels, t on further filters. In a pass n images follow
// one another under the same filter rows. The GLB keeps ifmaps and psums; filters pass it by.
#include <algorithm>
#include <tuple>

#include "compiler/dataflow_kinds.h"

namespace weft {

std::optional<DataflowMapping> MapRowStationary(const DataflowTask& task, const DataflowTile& tile) {
  const auto& [layer, batch, hardware] = std::tie(task.layer, task.batch, task.hardware);
  const auto& [n, m, e, q, p, r, t] = std::tie(tile.n, tile.m, tile.e, tile.q, tile.p, tile.r, tile.t);
  const int64_t height = layer.r, rows = layer.window(e);
  if (height * e * r * t > hardware.pes) return std::nullopt;
  if (p > hardware.rf_psum_words || p * q * height + q * height + p > hardware.rf_words) return std::nullopt;
  if (n * m * e * layer.e + n * q * r * rows * layer.h > hardware.glb_words) return std::nullopt;

  const int64_t strips = layer.strips(e), image_groups = CeilDivLong(batch, n), filter_groups = CeilDivLong(layer.m, m);
  const int64_t filter_passes = CeilDivLong(m, p * t), channel_passes = CeilDivLong(layer.c, q * r);
  LevelWords ifmap, filter, psum;
  filter.dram = static_cast<double>(layer.filters() * image_groups * strips);
  filter.glb = filter.dram;
  filter.by_glb = false;
  filter.array = static_cast<double>(layer.filters() * image_groups * layer.e);
  const int64_t loaded_rows = (layer.e - strips) * layer.u + strips * height;
  ifmap.dram = static_cast<double>(batch * layer.c * loaded_rows * layer.h * filter_groups);
  ifmap.glb = ifmap.dram * static_cast<double>(filter_passes);
  ifmap.array = static_cast<double>(batch * layer.c * layer.e * height * layer.h * filter_groups * CeilDivLong(m, p));
  psum.dram = static_cast<double>(layer.ofmaps(batch));
  psum.glb = psum.dram * static_cast<double>(channel_passes);
  psum.array = psum.dram * static_cast<double>(height * CeilDivLong(layer.c, q));
  const double cycles = static_cast<double>(strips * filter_groups * filter_passes * channel_passes * batch) *
                        static_cast<double>(p * q * height * layer.e);
  return MakeMapping(task, tile, cycles, ifmap, filter, psum);
}

// More filters, in an RF or across PEs, never take more energy; the least of all sizes that need as many passes takes
// the least room and cycles.
void TilesRowStationary(const DataflowTask& task, const TileVisitor& visit) {
  const DataflowLayer& layer = task.layer;
  const std::vector<int64_t> images = Parts(task.batch), filters = Parts(layer.m);
  for (const int64_t e : Parts(layer.e)) {
    const int64_t sets = task.hardware.pes / (layer.r * e);
    for (int64_t q = 1; q <= layer.c && 2 * q * layer.r + 1 <= task.hardware.rf_words; ++q) {
      const int64_t most_p =
          std::min(task.hardware.rf_psum_words, (task.hardware.rf_words - q * layer.r) / (q * layer.r + 1));
      for (const int64_t r : Parts(CeilDivLong(layer.c, q))) {
        if (r > sets) break;
        for (const int64_t m : filters) {
          DataflowTile tile;
          tile.m = m, tile.e = e, tile.q = q, tile.r = r;
          tile.p = Balanced(m, std::min(most_p, m));
          tile.t = Balanced(CeilDivLong(m, tile.p), std::min(sets / r, CeilDivLong(m, tile.p)));
          for (const int64_t n : images) {
            if (n * m * e * layer.e > task.hardware.glb_words) break;
            tile.n = n;
            visit(tile);
          }
        }
      }
    }
  }
}

}  // namespace weft
