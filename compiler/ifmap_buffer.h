// SPDX-License-Identifier: Apache-2.0
// What the ifmap buffer of a layer holds in the GLB, and what must be loaded for the next tile.
// Either slots, each with the whole ifmap of a tile, or (ring) rows of one image that stay until
// no later tile needs them: then only rows that were not there yet are loaded. Row v of the ring, counted
// over the whole layer, lies in place v mod ring_rows.

#ifndef WEFT_COMPILER_IFMAP_BUFFER_H_
#define WEFT_COMPILER_IFMAP_BUFFER_H_

#include <cstdint>
#include <vector>

#include "compiler/mapping.h"

namespace weft {

// The part of the ifmap that a tile reads: images, rows, columns and channels [first, end).
struct IfmapTile {
  int n0 = 0, n1 = 0, y0 = 0, y1 = 0, x0 = 0, x1 = 0, channel0 = 0, channel1 = 0;
  int channels() const { return channel1 - channel0; }
  int cols() const { return x1 - x0; }
  bool operator==(const IfmapTile& o) const {
    return n0 == o.n0 && n1 == o.n1 && y0 == o.y0 && y1 == o.y1 && x0 == o.x0 && x1 == o.x1 &&
           channel0 == o.channel0 && channel1 == o.channel1;
  }
};

class IfmapBuffer {
 public:
  // Rows [y0, y1) of image n go to GLB address glb, row_bytes() apart.
  struct Part {
    int n, y0, y1;
    int64_t glb;
  };

  // `columns` x `channels` bytes are the longest row of a tile.
  IfmapBuffer(const Mapping& m, int columns, int channels)
      : m_(m), ring_row_bytes_(columns * channels) {}

  // The buffer holds `tile` once the parts are loaded; none: it does so already.
  std::vector<Part> Use(const IfmapTile& tile);

  const IfmapTile& tile() const { return tile_; }
  int row_bytes() const { return m_.ring ? ring_row_bytes_ : tile_.cols() * tile_.channels(); }
  // Of the slot in use, or the ring.
  int64_t at() const { return m_.ring ? m_.act_at : at_; }
  // GLB address of (n, y), first column and channel of the tile; of rows beside the image, where they would be.
  int64_t RowAt(int n, int y) const;

 private:
  std::vector<Part> UseSlot(const IfmapTile& tile);
  std::vector<Part> UseRing(const IfmapTile& tile);

  const Mapping& m_;
  const int ring_row_bytes_;
  bool used_ = false;
  IfmapTile tile_;
  int64_t fills_ = 0;  // slots: tiles so far
  int64_t at_ = 0;     // slots: of the tile
  int64_t first_ = 0;  // ring: number of the tile's first row
};

}  // namespace weft

#endif  // WEFT_COMPILER_IFMAP_BUFFER_H_
