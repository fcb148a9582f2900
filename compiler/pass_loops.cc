// SPDX-License-Identifier: Apache-2.0
#include "compiler/pass_loops.h"

#include <algorithm>

#include "compiler/mapping_space.h"

namespace weft {

PassLoops PassLoopsOf(const ArrayLayer& layer, const Mapping& m) {
  const auto passes = [&m](int64_t images, int64_t rows, int positions) {
    return int64_t{CeilDiv(images * rows * CeilDiv(m.tile_cols, m.steps), positions)};
  };
  // Of all tiles of positions, for one row block and one batch of filter groups.
  const auto places = [&](int positions) {
    int64_t count = 0;
    for (int n = 0; n < layer.out.n; n += m.tile_images)
      for (int y = 0; y < layer.out.h; y += m.tile_rows)
        count += passes(std::min(m.tile_images, layer.out.n - n), std::min(m.tile_rows, layer.out.h - y), positions);
    return count * CeilDiv(layer.out.w, m.tile_cols);
  };
  // Only the last tile of filter groups has fewer in its last batch.
  const int64_t last = m.last_fgs() > 0 ? 1 : 0;
  const auto last_run = [&](int64_t run) { return m.tile_fgs % m.fgs > 0 ? run : 0; };
  PassLoops loops;
  loops.run = passes(m.tile_images, m.tile_rows, m.positions);
  const int64_t blocks = std::min(m.chunk_blocks, m.row_blocks());
  loops.batch = loops.run * blocks;
  loops.chunk = loops.batch * (m.tile_fgs / m.fgs) +
                last_run(passes(m.tile_images, m.tile_rows, m.last_positions) * blocks);
  loops.tile = loops.chunk * CeilDiv(m.row_blocks(), m.chunk_blocks);
  loops.inner = loops.tile * (m.keep_ifmap ? FilterTiles(m) : PositionTiles(layer, m));
  loops.all = (places(m.positions) * (m.total_fgs / m.fgs) + last * places(m.last_positions)) * m.row_blocks();
  return loops;
}

}  // namespace weft
