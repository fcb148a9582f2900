// SPDX-License-Identifier: Apache-2.0
#include "compiler/handover.h"

#include <algorithm>

namespace weft {

bool MemoryExtent::Meets(const MemoryExtent& other) const {
  if (begin >= other.last + other.channels || other.begin >= last + channels) return false;
  if (pixel != other.pixel) return true;
  // Channels of the same pixels.
  const int64_t a = begin % pixel, b = other.begin % pixel;
  if (a + channels > pixel || b + other.channels > pixel) return true;
  return a < b + other.channels && b < a + channels;
}

void Handover::Add(Use use, int64_t begin, int64_t bytes, int user) {
  if (bytes == 0) return;
  for (Range& range : ranges_) {
    if (range.use != use || range.begin != begin || range.end != begin + bytes) continue;
    range.user = user;
    return;
  }
  ranges_.push_back({use, begin, begin + bytes, user});
}

bool Handover::Meets(const Range& range, int64_t begin, int64_t bytes) const {
  const auto bank = [&](int64_t at) { return at / bank_bytes_; };
  return bank(begin) <= bank(range.end - 1) && bank(range.begin) <= bank(begin + bytes - 1);
}

// Tokens of few stores only are taken, so that not too many wait.
int Handover::Checkpoint(int store) const {
  constexpr int kCheckpoints = 16;
  const int first = stores_.front().index, step = (last_store() - first) / kCheckpoints + 1;
  return std::min(last_store(), first + (store - first + step - 1) / step * step);
}

// Only commands that load filters give tokens to FL, in their order. Of FL's own tokens 255 may wait; the next layer
// has up to 200.
Handover::Needs Handover::OfFilters(int64_t begin, int64_t bytes) const {
  constexpr int64_t kMostAhead = 50;
  Needs needs;
  for (const Range& range : ranges_) {
    const bool all = range.use == kFilters && filters_ahead_ > kMostAhead;
    if (!all && !Meets(range, begin, bytes)) continue;
    if (range.use == kFilters) {
      needs.user = std::max(needs.user, range.user);
    } else {
      needs.store = last_store();
    }
  }
  return needs;
}

// A pass can be fed before its filters are loaded, but two passes are in flight at most: the next but one starts when
// it has ended. -1: there is none.
int Handover::PassThatStartsBehind(int filters) const {
  const auto first = std::upper_bound(passes_.begin(), passes_.end(), filters);
  return passes_.end() - first > 2 ? first[2] : -1;
}

// Only passes give tokens to IL, when they are fed or when they have ended; they come in the order of the passes
// because the one waited for is not before the one that takes IL's last token.
Handover::Needs Handover::OfIfmap(int64_t begin, int64_t bytes, const MemoryExtent& from) const {
  Needs needs;
  for (const Range& range : ranges_) {
    if (!Meets(range, begin, bytes)) continue;
    const int user = range.use == kFed ? range.user : range.use == kFilters ? PassThatStartsBehind(range.user) : -1;
    if (user < 0) {
      needs.store = last_store();
    } else {
      needs.user = std::max({needs.user, taker_, user});
    }
  }
  for (const Stored& stored : stores_)
    if (stored.index > needs.store && stored.to.Meets(from)) needs.store = Checkpoint(stored.index);
  return needs;
}

int Handover::StoreBeforeWrite(int64_t begin, int64_t bytes) const {
  int store = -1;
  for (const Range& range : ranges_)
    if (range.use == kHeld && Meets(range, begin, bytes)) store = last_store();
  return store;
}

}  // namespace weft
