// SPDX-License-Identifier: Apache-2.0
// Twin of weft_mover: who of FL, IL and ST runs, over a Load (max_reads = 1) each for FL and IL and
// a Store (max_writes = 1), both with kSerialWalk, of which one works at a time:
//
//   chosen  = first cycle >= max(a command is valid and all its operand words are in the queue,
//                                last done + 1); ST, FL, IL
//   command = (cycle in which its last operand word fires, offered from chosen + 1 on) + 1
//
// It decides in order of time: a command that becomes valid before a cycle must be offered before
// the mover is advanced over it.
#ifndef WEFT_MODEL_MOVER_H_
#define WEFT_MODEL_MOVER_H_

#include <algorithm>
#include <cstdint>

#include "model/load.h"
#include "model/store.h"

namespace weft::model {

class Mover {
 public:
  enum Engine { kFl, kIl, kSt, kEngines };
  // The front ends' operand words.
  class Words {
   public:
    virtual ~Words() = default;
    // pay_ready_o of the engine is up from cycle `from` on; returns when its last word fires.
    virtual Cycle LastWord(int engine, Cycle from) = 0;
  };

  Mover(Load* fl, Load* il, Store* st, Words* words) : fl_(fl), il_(il), st_(st), words_(words) {}
  void Reset(Cycle cycle) {
    free_from_ = cycle;
    running_ = false;
    for (Offer& o : offers_) o.ready = kNever;
  }

  // cmd_valid_i of a front end is up from cycle `valid` on, pay_all_i too from `all` on (kNever: not known yet;
  // it is told again). `words` stays until Advance takes it.
  void Command(int engine, Cycle valid, Cycle all, int opcode, const uint32_t* words, int parity) {
    offers_[engine] = {valid, std::max(valid, all), opcode, words, parity};
  }
  bool idle() const { return !running_ && NextEvent() == kNever; }
  // From the listener's Done of any of the three engines.
  void Done(Cycle cycle) {
    free_from_ = cycle + 1;
    running_ = false;
  }

  Cycle NextEvent() const {
    if (running_) return kNever;
    Cycle first = kNever;
    for (const Offer& o : offers_) first = std::min(first, o.ready);
    return first == kNever ? kNever : std::max(first, free_from_);
  }
  // Chooses in the cycles before `until`.
  void Advance(Cycle until) {
    for (Cycle c = NextEvent(); c < until; c = NextEvent()) {
      const int chosen = Choice(c);
      const Offer offer = offers_[chosen];
      offers_[chosen].ready = kNever;
      running_ = true;
      const Cycle valid = words_->LastWord(chosen, c + 1) + 1;
      if (chosen == kSt) {
        st_->Command(valid, offer.opcode, offer.words, offer.parity, offer.valid);
      } else {
        (chosen == kFl ? fl_ : il_)->Command(valid, offer.words, offer.parity, offer.valid);
      }
    }
  }

 private:
  // The engine in cycle NextEvent().
  int Choice(Cycle cycle) const {
    for (int engine : {kSt, kFl})
      if (offers_[engine].ready <= cycle) return engine;
    return kIl;
  }
  struct Offer {
    Cycle valid = kNever, ready = kNever;
    int opcode = 0;
    const uint32_t* words = nullptr;
    int parity = 0;
  };
  Load* const fl_;
  Load* const il_;
  Store* const st_;
  Words* const words_;
  Offer offers_[kEngines];
  Cycle free_from_ = 0;
  bool running_ = false;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_MOVER_H_
