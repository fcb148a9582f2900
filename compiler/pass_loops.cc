// SPDX-License-Identifier: Apache-2.0
#include "compiler/pass_loops.h"

#include <algorithm>

#include "compiler/mapping_space.h"

namespace weft {

PassLoops PassLoopsOf(const ArrayLayer& layer, const Mapping& m) {
  const auto passes = [&m](int64_t images, int64_t rows) {
    return int64_t{CeilDiv(images * rows * CeilDiv(m.tile_cols, m.steps), m.positions)};
  };
  int64_t places = 0;  // of all tiles of positions, for one row block and one batch of filter groups
  for (int n = 0; n < layer.out.n; n += m.tile_images)
    for (int y = 0; y < layer.out.h; y += m.tile_rows)
      places += passes(std::min(m.tile_images, layer.out.n - n), std::min(m.tile_rows, layer.out.h - y));
  places *= CeilDiv(layer.out.w, m.tile_cols);
  int64_t batches = 0;
  for (int fg = 0; fg < m.total_fgs; fg += m.tile_fgs)
    batches += CeilDiv(std::min(m.tile_fgs, m.total_fgs - fg), m.fgs);
  PassLoops loops;
  loops.run = passes(m.tile_images, m.tile_rows);
  loops.batch = loops.run * std::min(m.chunk_blocks, m.row_blocks());
  loops.chunk = loops.batch * CeilDiv(m.tile_fgs, m.fgs);
  loops.tile = loops.chunk * CeilDiv(m.row_blocks(), m.chunk_blocks);
  loops.inner = loops.tile * (m.keep_ifmap ? FilterTiles(m) : PositionTiles(layer, m));
  loops.all = places * batches * m.row_blocks();
  return loops;
}

}  // namespace weft
