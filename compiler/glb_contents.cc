// SPDX-License-Identifier: Apache-2.0
#include "compiler/glb_contents.h"

#include <algorithm>

namespace weft {

int GlbContents::Load(int64_t from, int64_t to, int load) {
  int reader = kNone;
  auto piece = pieces_.upper_bound(from);
  if (piece != pieces_.begin()) --piece;
  while (piece != pieces_.end() && piece->first < to) {
    const int64_t first = piece->first;
    const Piece old = piece->second;
    if (old.to <= from) {
      ++piece;
      continue;
    }
    reader = std::max(reader, old.reader);
    piece = pieces_.erase(piece);
    if (first < from) pieces_[first] = {from, old.load, old.reader};
    if (old.to > to) pieces_[to] = old;
  }
  pieces_[from] = {to, load, kNone};
  return reader;
}

int GlbContents::Read(int64_t from, int64_t to, int reader) {
  int load = kNone;
  auto piece = pieces_.upper_bound(from);
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && piece->first < to; ++piece) {
    if (piece->second.to <= from) continue;
    load = std::max(load, piece->second.load);
    piece->second.reader = std::max(piece->second.reader, reader);
  }
  return load;
}

}  // namespace weft
