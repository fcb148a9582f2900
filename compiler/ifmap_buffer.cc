// SPDX-License-Identifier: Apache-2.0
#include "compiler/ifmap_buffer.h"

#include <algorithm>

namespace weft {

std::vector<IfmapBuffer::Part> IfmapBuffer::Use(const IfmapTile& tile) {
  if (used_ && tile_ == tile) return {};
  std::vector<Part> parts = m_.ring ? UseRing(tile) : UseSlot(tile);
  used_ = true;
  return parts;
}

std::vector<IfmapBuffer::Part> IfmapBuffer::UseSlot(const IfmapTile& tile) {
  tile_ = tile;
  at_ = m_.act_at + fills_++ % m_.act_slots * m_.act_bytes;
  std::vector<Part> parts;
  for (int n = tile.n0; n < tile.n1; ++n) parts.push_back({n, tile.y0, tile.y1, RowAt(n, tile.y0)});
  return parts;
}

std::vector<IfmapBuffer::Part> IfmapBuffer::UseRing(const IfmapTile& tile) {
  const bool goes_on = used_ && tile.n0 == tile_.n0 && tile.x0 == tile_.x0 && tile.x1 == tile_.x1 &&
                       tile.channel0 == tile_.channel0 && tile.channel1 == tile_.channel1 &&
                       tile.y0 >= tile_.y0 && tile.y0 <= tile_.y1;
  const int64_t held = first_ + tile_.y1 - tile_.y0;  // end of the rows that are there
  first_ = goes_on ? first_ + tile.y0 - tile_.y0 : held;
  tile_ = tile;
  const int64_t end = first_ + tile.y1 - tile.y0;
  std::vector<Part> parts;
  for (int64_t row = held; row < end;) {
    const int64_t to = std::min(end, (row / m_.ring_rows + 1) * m_.ring_rows);  // as far as the ring goes
    const int y = tile.y0 + static_cast<int>(row - first_);
    parts.push_back({tile.n0, y, y + static_cast<int>(to - row), RowAt(tile.n0, y)});
    row = to;
  }
  return parts;
}

int64_t IfmapBuffer::RowAt(int n, int y) const {
  if (!m_.ring)
    return at_ + (static_cast<int64_t>(n - tile_.n0) * (tile_.y1 - tile_.y0) + y - tile_.y0) * row_bytes();
  const int64_t row = (first_ + y - tile_.y0) % m_.ring_rows;
  return m_.act_at + (row < 0 ? row + m_.ring_rows : row) * row_bytes();
}

}  // namespace weft
