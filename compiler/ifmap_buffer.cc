// SPDX-License-Identifier: Apache-2.0
#include "compiler/ifmap_buffer.h"

#include <algorithm>

namespace weft {

std::vector<IfmapBuffer::Part> IfmapBuffer::Use(const IfmapTile& tile) {
  if (used_ && tile_ == tile) return {};
  std::vector<Part> parts = m_.ring ? UseRing(tile) : UseSlot(tile);
  used_ = true;
  if (!parts.empty()) AddLoad();
  return parts;
}

std::vector<IfmapBuffer::Part> IfmapBuffer::UseSlot(const IfmapTile& tile) {
  const size_t fill = fills_.size(), slots = static_cast<size_t>(m_.act_slots);
  fills_.push_back(loads());
  // The slot is free when the fill after its last one begins.
  const int release = fill < slots ? -1 : fills_[fill - slots + 1] - 1;
  tile_ = tile;
  at_ = m_.act_at + static_cast<int64_t>(fill % slots) * m_.act_bytes;
  std::vector<Part> parts;
  for (int n = tile.n0; n < tile.n1; ++n)
    parts.push_back({n, tile.y0, tile.y1, RowAt(n, tile.y0), release});
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
    // As far as the ring goes, and as far as what is overwritten is free at the same time.
    int64_t to = std::min(end, (row / m_.ring_rows + 1) * m_.ring_rows);
    if (!loads_.empty() && row < loads_.back() + m_.ring_rows)
      to = std::min(to, loads_.back() + m_.ring_rows);
    const int y = tile.y0 + static_cast<int>(row - first_);
    parts.push_back({tile.n0, y, y + static_cast<int>(to - row), RowAt(tile.n0, y), Release(to)});
    row = to;
  }
  return parts;
}

// The last load whose tile needs a row before `end` less the ring's length.
int IfmapBuffer::Release(int64_t end) const {
  int load = loads() - 1;
  while (load >= 0 && loads_[static_cast<size_t>(load)] >= end - m_.ring_rows) --load;
  return load;
}

int64_t IfmapBuffer::RowAt(int n, int y) const {
  if (!m_.ring)
    return at_ + (static_cast<int64_t>(n - tile_.n0) * (tile_.y1 - tile_.y0) + y - tile_.y0) * row_bytes();
  const int64_t row = (first_ + y - tile_.y0) % m_.ring_rows;
  return m_.act_at + (row < 0 ? row + m_.ring_rows : row) * row_bytes();
}

}  // namespace weft
