// SPDX-License-Identifier: Apache-2.0
// Twin of weft_front. A command's words fire in f(0), f(1), .., one a cycle at most, from the cycle
// after the last command's fire on. With all words there (engine C: with the header there)
//
//   valid = max(f(last) + 1, cycle from which all tokens can be taken, done(k - SignalDepth) + 1)
//   fire  = first ready cycle of the engine >= valid    (engine C: valid); the tokens are taken
//
// Operand words that the header says are kept do not come: words() has those of the command before.
// Engine C's operand words follow from fire + 1 on; the next header from the last one + 1 on.
#ifndef WEFT_MODEL_FRONT_H_
#define WEFT_MODEL_FRONT_H_

#include <algorithm>
#include <cstdint>

#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Front {
 public:
  struct Config {
    int operands = 8;      // 0: engine C
    int signal_depth = 4;  // commands issued and not done, at most 31
  };
  explicit Front(const Config& config) : config_(config) {}
  void Reset(Cycle cycle) {
    state_ = kHeader;
    index_ = 0;
    word_from_ = cycle;
    fired_ = finished_ = 0;
  }

  // First cycle in which the next word is accepted (engine C's operands: by the sequencer too).
  Cycle WordFrom() const { return word_from_; }
  bool collecting() const { return state_ == kHeader; }  // else: waits to fire, or passes operands
  bool passing() const { return state_ == kPassing; }
  bool idle() const { return state_ == kHeader && index_ == 0 && fired_ == finished_; }

  void Word(Cycle fire, uint32_t word) {
    if (index_ == 0) {
      opcode_ = static_cast<int>(word & 127);
      parity_ = static_cast<int>(word >> 7 & 1);
      left_ = static_cast<int>(word >> 8 & 0xffff);
    } else if (index_ == 1) {
      wait_ = static_cast<int>(word & 255);
      signal_ = static_cast<int>(word >> 8 & 255);
      feed_ = static_cast<int>(word >> 16 & 255);
      keep_ = static_cast<int>(word >> spec::kHeaderKeep.lsb);
      operand_ = 0;
    } else if (config_.operands > 0) {
      words_[operand_] = word;
      do ++operand_;
      while (keep_ >> (operand_ - 1) & 1);
    }
    ++index_;
    --left_;
    word_from_ = fire + 1;
    if (state_ == kPassing) {
      if (left_ == 0) Next();
    } else if (config_.operands > 0 ? left_ == 0 : index_ == 2) {
      state_ = kWaiting;
      complete_ = fire + 1;
    }
  }

  int opcode() const { return opcode_; }
  int parity() const { return parity_; }
  int wait() const { return wait_; }
  int signal() const { return signal_; }
  int feed() const { return feed_; }
  int keep() const { return keep_; }  // bit i: operand word i+1 does not come
  bool last_word_next() const { return left_ == 1; }
  int left() const { return left_; }  // words of the command still to come
  const uint32_t* words() const { return words_; }
  Cycle complete() const { return complete_; }  // waits from here on

  // False: the command must wait for a done that is not known yet.
  bool HasSpace() const { return fired_ - finished_ < config_.signal_depth; }
  Cycle ValidFrom(Cycle tokens) const {
    const Cycle space = config_.operands > 0 && fired_ >= config_.signal_depth
                            ? done_[(fired_ - config_.signal_depth) % kRing] + 1
                            : 0;
    return std::max({complete_, tokens, space});
  }
  void Fired(Cycle cycle) {
    word_from_ = cycle + 1;
    if (config_.operands == 0) {
      state_ = kPassing;
    } else {
      signals_[fired_++ % kRing] = signal_;
      Next();
    }
  }
  // The oldest command is done; returns the semaphores that it gives.
  int Done(Cycle cycle) {
    done_[finished_ % kRing] = cycle;
    return signals_[finished_++ % kRing];
  }

 private:
  enum State { kHeader, kWaiting, kPassing };
  static constexpr int kRing = 32;
  void Next() {
    state_ = kHeader;
    index_ = 0;
  }

  const Config config_;
  State state_ = kHeader;
  int index_ = 0, left_ = 0;
  int operand_ = 0;  // operands > 0: the next word's
  int opcode_ = 0, parity_ = 0, wait_ = 0, signal_ = 0, feed_ = 0, keep_ = 0;
  uint32_t words_[8] = {};
  Cycle word_from_ = 0, complete_ = 0;
  int64_t fired_ = 0, finished_ = 0;
  int signals_[kRing] = {};
  Cycle done_[kRing] = {};
};

}  // namespace weft::model

#endif  // WEFT_MODEL_FRONT_H_
