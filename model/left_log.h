// SPDX-License-Identifier: Apache-2.0
// The cycles in which words of the program left their queues (or were dropped), in order of time
// though told queue by queue: fetch asks when the n-th one has left.
#ifndef WEFT_MODEL_LEFT_LOG_H_
#define WEFT_MODEL_LEFT_LOG_H_

#include <algorithm>
#include <cstdint>
#include <deque>

#include "model/time.h"

namespace weft::model {

class LeftLog {
 public:
  void Reset() {
    times_.clear();
    forgotten_ = 0;
    last_ = -1;
  }
  void Add(Cycle cycle) {
    times_.insert(std::upper_bound(times_.begin(), times_.end(), cycle), cycle);
    last_ = std::max(last_, cycle);
  }
  // The n-th one, from 1 on; kNever: not known. One that is added later can come before it unless
  // it lies in the past.
  Cycle At(int64_t n) const {
    const int64_t at = n - 1 - forgotten_;
    if (at < 0) return -1;
    return at < static_cast<int64_t>(times_.size()) ? times_[static_cast<size_t>(at)] : kNever;
  }
  // Those before `cycle`, which lies not in the future, are asked for as "long ago" from here on.
  void ForgetBefore(Cycle cycle) {
    for (; !times_.empty() && times_.front() < cycle; times_.pop_front()) ++forgotten_;
  }
  Cycle last() const { return last_; }

 private:
  std::deque<Cycle> times_;
  int64_t forgotten_ = 0;
  Cycle last_ = -1;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_LEFT_LOG_H_
