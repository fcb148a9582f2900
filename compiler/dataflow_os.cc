// SPDX-License-Identifier: Apache-2.0
// Output stationary. A PE keeps the psum of one output value until it is complete; filter words and ifmap pixels come
// over the array for every multiplication. Across PEs are, for s images,
//   A: e x w outputs of one channel; pixels under several windows come from the GLB once for all of them, and rows
//      stay in the GLB until all windows over them are done
//   B: w outputs of a row in p channels; the same along the row, but the next row of outputs loads its rows again
//   C: one output in p channels; every window is loaded for itself
// The GLB keeps all words of m filters, which DRAM gives once, and the ifmap rows (C: windows) under the outputs; the
// ifmaps come once for every m filters. With ifmaps_stay it keeps n whole ifmaps and the filters at work.
#include <algorithm>

#include "compiler/dataflow_kinds.h"

namespace weft {
namespace {

// Words under the outputs at work, in all channels of one image.
int64_t IfmapAtWork(const DataflowTask& task, const DataflowTile& tile) {
  const DataflowLayer& layer = task.layer;
  if (task.dataflow == Dataflow::kOutputC) return layer.c * layer.r * layer.r;
  return layer.c * layer.window(tile.e) * layer.h;
}

bool Fits(const DataflowTask& task, const DataflowTile& tile) {
  const DataflowLayer& layer = task.layer;
  const int64_t filter = layer.c * layer.r * layer.r;
  if (tile.e * tile.w * tile.s * tile.p > task.hardware.pes || task.hardware.rf_words < 1) return false;
  if (!tile.ifmaps_stay && tile.p > tile.m) return false;
  const int64_t words = tile.ifmaps_stay ? tile.p * filter + layer.ifmaps(tile.n)
                                         : tile.m * filter + tile.s * IfmapAtWork(task, tile);
  return words <= task.hardware.glb_words;
}

}  // namespace

std::optional<DataflowMapping> MapOutputStationary(const DataflowTask& task, const DataflowTile& tile) {
  if (!Fits(task, tile)) return std::nullopt;
  const DataflowLayer& layer = task.layer;
  const int64_t rows = layer.strips(tile.e), columns = layer.strips(tile.w);
  const int64_t image_groups = tile.ifmaps_stay ? CeilDivLong(task.batch, tile.n) : 1;
  const int64_t image_passes = image_groups * CeilDivLong(CeilDivLong(task.batch, image_groups), tile.s);
  const int64_t filter_groups = tile.ifmaps_stay ? 1 : CeilDivLong(layer.m, tile.m);
  const int64_t filter_passes = filter_groups * CeilDivLong(CeilDivLong(layer.m, filter_groups), tile.p);
  // Words of a row and column of ifmap pixels that the passes over a plane take from the GLB.
  const int64_t all = layer.e * layer.r;
  const auto covered = [&](int64_t tiles) { return (layer.e - tiles) * layer.u + tiles * layer.r; };
  const int64_t read_rows = task.dataflow == Dataflow::kOutputA ? covered(rows) : all;
  const int64_t read_columns = task.dataflow == Dataflow::kOutputC ? all : covered(columns);

  LevelWords ifmap, filter, psum;
  filter.dram = static_cast<double>(layer.filters() * image_groups);
  filter.glb = static_cast<double>(layer.filters() * image_passes * rows * columns);
  filter.array = static_cast<double>(layer.macs(task.batch));
  const int64_t loaded_rows = task.dataflow == Dataflow::kOutputA || tile.ifmaps_stay ? layer.h : all;
  const int64_t loaded_columns = task.dataflow != Dataflow::kOutputC || tile.ifmaps_stay ? layer.h : all;
  ifmap.dram = static_cast<double>(task.batch * layer.c * loaded_rows * loaded_columns * filter_groups);
  ifmap.glb = static_cast<double>(task.batch * layer.c * read_rows * read_columns * filter_passes);
  ifmap.array = static_cast<double>(layer.macs(task.batch));
  psum.dram = psum.glb = psum.array = static_cast<double>(layer.ofmaps(task.batch));
  const double cycles = static_cast<double>(filter_passes * image_passes * rows * columns * layer.c) *
                        static_cast<double>(layer.r * layer.r);
  return MakeMapping(task, tile, cycles, ifmap, filter, psum);
}

void TilesOutputStationary(const DataflowTask& task, const TileVisitor& visit) {
  const DataflowLayer& layer = task.layer;
  const int64_t pes = task.hardware.pes, filter = layer.c * layer.r * layer.r;
  const int64_t most_e = task.dataflow == Dataflow::kOutputA ? layer.e : 1;
  const int64_t most_w = task.dataflow == Dataflow::kOutputC ? 1 : layer.e;
  const int64_t most_p = task.dataflow == Dataflow::kOutputA ? 1 : layer.m;
  for (int64_t e = 1; e <= most_e; ++e) {
    for (int64_t w = 1; w <= std::min(most_w, pes / e); ++w) {
      for (int64_t s = 1; s <= std::min(task.batch, pes / (e * w)); ++s) {
        for (int64_t p = 1; p <= std::min(most_p, pes / (e * w * s)); ++p) {
          DataflowTile tile;
          tile.e = e, tile.w = w, tile.s = s, tile.p = p;
          const int64_t room = task.hardware.glb_words - s * IfmapAtWork(task, tile);
          tile.m = std::min(layer.m, room / filter);
          if (tile.m >= p) visit(tile);
          if (!task.ifmaps_stay) continue;
          tile.m = 1;
          tile.ifmaps_stay = true;
          tile.n = std::min(task.batch, (task.hardware.glb_words - p * filter) / layer.ifmaps(1));
          if (tile.n >= s) visit(tile);
        }
      }
    }
  }
}

}  // namespace weft
