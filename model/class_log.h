// SPDX-License-Identifier: Apache-2.0
// The classes of an engine's cycles as its twin finds them out, in order of time but possibly ahead
// of the cycle in which a layer ends. The host counts them into the layer's window when it knows
// it.
#ifndef WEFT_MODEL_CLASS_LOG_H_
#define WEFT_MODEL_CLASS_LOG_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/spec_gen.h"
#include "model/time.h"
#include "model/wait_log.h"

namespace weft::model {

class ClassLog {
 public:
  void Reset(Cycle cycle) {
    spans_.clear();
    first_ = 0;
    begin_ = end_ = cycle;
  }
  // The cycles from end() to before `to` are of class `cls`; nothing when there are none.
  void Add(Cycle to, int cls) {
    if (to <= end_) return;
    if (first_ < spans_.size() && spans_.back().cls == cls) {
      spans_.back().to = to;
    } else {
      spans_.push_back({to, cls});
    }
    end_ = to;
  }
  Cycle end() const { return end_; }
  // Moves the cycles before `until` out of the log and adds them to counts[class]; idle ones in
  // which the front end waits are of class token.
  void Count(Cycle until, int64_t* counts, const WaitLog* waits = nullptr) {
    while (first_ < spans_.size() && begin_ < until) {
      const Cycle to = std::min(spans_[first_].to, until);
      const int cls = spans_[first_].cls;
      const Cycle token =
          waits != nullptr && cls == spec::kClassIdle ? waits->Overlap(begin_, to) : 0;
      counts[spec::kClassToken] += token;
      counts[cls] += to - begin_ - token;
      begin_ = to;
      if (to == spans_[first_].to) ++first_;
    }
    if (first_ == spans_.size()) {
      spans_.clear();
      first_ = 0;
    } else if (first_ > 4096) {
      spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

 private:
  struct Span {
    Cycle to;
    int cls;
  };
  std::vector<Span> spans_;
  size_t first_ = 0;
  Cycle begin_ = 0, end_ = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_CLASS_LOG_H_
