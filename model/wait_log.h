// SPDX-License-Identifier: Apache-2.0
// The cycles in which a front end waits for a token: idle cycles of its engine are then in class
// token.
#ifndef WEFT_MODEL_WAIT_LOG_H_
#define WEFT_MODEL_WAIT_LOG_H_

#include <algorithm>
#include <vector>

#include "model/time.h"

namespace weft::model {

class WaitLog {
 public:
  struct Span {
    Cycle from, to;
  };
  void Reset() {
    spans_.clear();
    end_ = 0;
  }
  // The cycles from .. to-1, in order; what has been told already is left out.
  void Add(Cycle from, Cycle to) {
    from = std::max(from, end_);
    if (to <= from) return;
    spans_.push_back({from, to});
    end_ = to;
  }
  const std::vector<Span>& spans() const { return spans_; }
  // How many of the cycles from .. to-1.
  Cycle Overlap(Cycle from, Cycle to) const {
    auto span = std::upper_bound(spans_.begin(), spans_.end(), from,
                                 [](Cycle c, const Span& s) { return c < s.to; });
    Cycle sum = 0;
    for (; span != spans_.end() && span->from < to; ++span)
      sum += std::min(to, span->to) - std::max(from, span->from);
    return sum;
  }
  void ForgetBefore(Cycle cycle) {
    spans_.erase(spans_.begin(),
                 std::find_if(spans_.begin(), spans_.end(),
                              [cycle](const Span& s) { return s.to > cycle; }));
  }

 private:
  std::vector<Span> spans_;
  Cycle end_ = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_WAIT_LOG_H_
