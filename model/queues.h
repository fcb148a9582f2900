// SPDX-License-Identifier: Apache-2.0
// Twin of weft_queues. Word k of queue q, pushed in cycle p(k), leaves the RAM in read(k) and the
// queue in fire(k), when its reader accepts it:
//
//   read(k) = max(p(k) + 1, fire(k-1))           fire(k) = first ready cycle >= read(k) + 1
//   shared:  read(k) = first cycle >= p(k) + 1 with cycle mod 4 == q that is ready
//            fire(k) = read(k) + 1               (a ready reader stays ready until it has a word)
#ifndef WEFT_MODEL_QUEUES_H_
#define WEFT_MODEL_QUEUES_H_

#include <algorithm>

#include "model/time.h"

namespace weft::model {

// The output of one queue.
class QueueOut {
 public:
  struct Pop {
    Cycle read, fire;
  };
  QueueOut(bool shared, int queue) : shared_(shared), queue_(queue) {}
  void Reset() { last_fire_ = -1; }

  // The cycle in which the next word leaves the RAM; not shared: that depends on no reader.
  Cycle ReadFrom(Cycle pushed) const { return std::max(pushed + 1, last_fire_); }

  // Takes the next word, pushed in cycle `pushed`. ready(c): first cycle >= c in which the reader
  // accepts a word.
  template <class Ready>
  Pop Take(Cycle pushed, Ready&& ready) {
    Pop pop;
    if (shared_) {
      pop.read = Slot(pushed + 1);
      for (Cycle open; (open = ready(pop.read)) != pop.read;) pop.read = Slot(open);
      pop.fire = pop.read + 1;
    } else {
      pop.read = ReadFrom(pushed);
      pop.fire = ready(pop.read + 1);
    }
    last_fire_ = pop.fire;
    return pop;
  }

 private:
  Cycle Slot(Cycle from) const { return from + ((queue_ - from) & 3); }

  const bool shared_;
  const int queue_;
  Cycle last_fire_ = -1;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_QUEUES_H_
