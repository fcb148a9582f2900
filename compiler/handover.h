// SPDX-License-Identifier: Apache-2.0
// What an array layer leaves to the next one, whose loads and passes may begin while it still runs: until when it
// uses which bytes of the GLB, and which of its stores write what to memory. Ranges of the GLB are whole banks, so that
// two engines do not meet on one either.

#ifndef WEFT_COMPILER_HANDOVER_H_
#define WEFT_COMPILER_HANDOVER_H_

#include <cstdint>
#include <vector>

namespace weft {

// Pixels `pixel` bytes apart, of which each has `channels` bytes: the first one begins at `begin`, the last one at
// `last`. Pixels that are not moved may lie between them.
struct MemoryExtent {
  int64_t begin = 0, last = 0, pixel = 0, channels = 0;
  bool Meets(const MemoryExtent& other) const;
};

class Handover {
 public:
  explicit Handover(int64_t bank_bytes = 1) : bank_bytes_(bank_bytes) {}

  // The layer uses these bytes until C command `user`: a pass that the feeder reads them for, or a command that loads
  // filters from them. Those held to the end are in use until the last store.
  void Fed(int64_t begin, int64_t bytes, int user) {
    Add(kFed, begin, bytes, user);
    passes_.push_back(user);
  }
  void LoadsFilters(int64_t begin, int64_t bytes, int user) { Add(kFilters, begin, bytes, user); }
  void HoldsToTheEnd(int64_t begin, int64_t bytes) { Add(kHeld, begin, bytes, -1); }
  void Stores(const MemoryExtent& to, int store) { stores_.push_back({to, store}); }
  // As many objects of filters can be ahead of the sequencer.
  void FiltersAhead(int64_t objects) { filters_ahead_ += objects; }
  // `pass` is the last one that takes a token of IL.
  void End(int pass) { taker_ = pass; }

  int last_store() const { return stores_.empty() ? -1 : stores_.back().index; }

  // What a load of the next layer to these bytes of the GLB waits for: a C command, a store; -1: for none.
  struct Needs {
    int user = -1, store = -1;
  };
  Needs OfFilters(int64_t begin, int64_t bytes) const;
  Needs OfIfmap(int64_t begin, int64_t bytes, const MemoryExtent& from) const;
  // The store that a pass of the next layer waits for that writes these bytes of the GLB.
  int StoreBeforeWrite(int64_t begin, int64_t bytes) const;

 private:
  enum Use { kFed, kFilters, kHeld };
  struct Range {
    Use use;
    int64_t begin, end;
    int user;
  };
  struct Stored {
    MemoryExtent to;
    int index;
  };
  void Add(Use use, int64_t begin, int64_t bytes, int user);
  bool Meets(const Range& range, int64_t begin, int64_t bytes) const;
  int Checkpoint(int store) const;
  int PassThatStartsBehind(int filters) const;

  int64_t bank_bytes_;
  std::vector<Range> ranges_;
  std::vector<Stored> stores_;
  int64_t filters_ahead_ = 0;
  std::vector<int> passes_;  // all that are fed, in order
  int taker_ = -1;
};

}  // namespace weft

#endif  // WEFT_COMPILER_HANDOVER_H_
