// SPDX-License-Identifier: Apache-2.0
// Twin of weft_sems: counting semaphores as lists of the cycles in which tokens were given. The
// k-th take can happen from the cycle after the k-th give (in order of time) on.
#ifndef WEFT_MODEL_SEMS_H_
#define WEFT_MODEL_SEMS_H_

#include <algorithm>
#include <cstdint>

#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Semaphores {
 public:
  static constexpr int kMost = 255;  // tokens in a semaphore; more are a fault
  void Reset() {
    for (Tokens& t : tokens_) t.taken = t.given = 0;
  }
  // A token of `semaphore` is given in `cycle`. Order of calls need not be order of time.
  // False: the ring of tokens not taken yet is full.
  bool Give(int semaphore, Cycle cycle) {
    Tokens& t = tokens_[semaphore];
    if (t.given - t.taken > kMost) return false;
    int64_t at = t.given++;
    for (; at > t.taken && t.cycle[(at - 1) % kRing] > cycle; --at)
      t.cycle[at % kRing] = t.cycle[(at - 1) % kRing];
    t.cycle[at % kRing] = cycle;
    return true;
  }
  // First cycle in which the next token can be taken; kNever: not given yet, as far as is known.
  Cycle AvailableFrom(int semaphore) const {
    const Tokens& t = tokens_[semaphore];
    return t.taken == t.given ? kNever : t.cycle[t.taken % kRing] + 1;
  }
  // The same for all of a mask.
  Cycle AllFrom(int mask) const {
    Cycle from = 0;
    for (int s = 0; s < spec::kSemCount; ++s)
      if (mask >> s & 1) from = std::max(from, AvailableFrom(s));
    return from;
  }
  void Take(int mask) {
    for (int s = 0; s < spec::kSemCount; ++s)
      if (mask >> s & 1) ++tokens_[s].taken;
  }

 private:
  static constexpr int kRing = kMost + 1;
  struct Tokens {
    int64_t taken = 0, given = 0;
    Cycle cycle[kRing];
  };
  Tokens tokens_[spec::kSemCount];
};

}  // namespace weft::model

#endif  // WEFT_MODEL_SEMS_H_
