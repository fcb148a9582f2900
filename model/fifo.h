// SPDX-License-Identifier: Apache-2.0
// Twin of weft_fifo, `depth` deep: push and pop of word n fire at
//   push(n) = max(offered(n), push(n-1) + 1, pop(n-depth) + 1)
//   pop(n)  = max(wanted(n), push(n) + 1, pop(n-1) + 1)
// so the pop of word n-depth has to be known before word n is pushed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/time.h"

namespace weft::model {

class Fifo {
 public:
  static constexpr int kMaxDepth = 64;
  explicit Fifo(int depth) : depth_(depth) { Reset(); }

  void Reset() {
    pushed_ = popped_ = 0;
    last_push_ = last_pop_ = -1;
    pop_.fill(-1);
  }
  int64_t level() const { return pushed_ - popped_; }  // words pushed and not known to be popped

  // First cycle >= from in which the next word can be pushed; level() < depth.
  Cycle PushAt(Cycle from) const {
    return std::max({from, last_push_ + 1, pop_[Slot(pushed_)] + 1});
  }
  void Push(Cycle cycle) {
    push_[Slot(pushed_++)] = cycle;
    last_push_ = cycle;
  }
  // First cycle >= from in which the oldest word can be popped; level() > 0.
  Cycle PopAt(Cycle from) const {
    return std::max({from, push_[Slot(popped_)] + 1, last_pop_ + 1});
  }
  void Pop(Cycle cycle) {
    pop_[Slot(popped_++)] = cycle;
    last_pop_ = cycle;
  }

 private:
  size_t Slot(int64_t n) const { return static_cast<size_t>(n % depth_); }

  int depth_;
  int64_t pushed_, popped_;
  Cycle last_push_, last_pop_;
  std::array<Cycle, kMaxDepth> push_, pop_;
};

}  // namespace weft::model
