// SPDX-License-Identifier: Apache-2.0
// One engine's way in for commands: its queue, its front end, and when it waits for tokens.
#ifndef WEFT_MODEL_COMMAND_INPUT_H_
#define WEFT_MODEL_COMMAND_INPUT_H_

#include <algorithm>
#include <cstdint>
#include <deque>

#include "model/front.h"
#include "model/left_log.h"
#include "model/queues.h"
#include "model/sems.h"
#include "model/wait_log.h"

namespace weft::model {

class CommandInput {
 public:
  CommandInput(const Front::Config& config, bool shared, int queue, Semaphores* sems,
               LeftLog* left)
      : shared_(shared), out_(shared, queue), front_(config), sems_(*sems), left_(*left) {}

  void Reset() {
    out_.Reset();
    front_.Reset(0);
    waits_.Reset();
    words_.clear();
    read_told_ = false;
    last_fire_ = last_done_ = -1;
  }

  // ---- the queue ----
  void Push(Cycle cycle, uint32_t word) {
    words_.push_back({cycle, word});
    TellRead();
  }
  bool HasWord() const { return !words_.empty(); }
  uint32_t word() const { return words_.front().word; }
  // The next word goes to the front end, which accepts it from cycle `open` on; returns when it
  // fires.
  Cycle TakeWord(Cycle open) {
    open = std::max(open, front_.WordFrom());
    const QueueOut::Pop pop = out_.Take(words_.front().pushed,
                                        [open](Cycle from) { return std::max(from, open); });
    if (shared_) left_.Add(pop.read);
    front_.Word(pop.fire, words_.front().word);
    words_.pop_front();
    read_told_ = false;
    last_fire_ = pop.fire;
    TellRead();
    return pop.fire;
  }
  // First cycle in which all operand words that the front end passes on are in the queue, none of them
  // taken yet; kNever: they are not.
  Cycle OperandsFrom() const {
    const size_t left = static_cast<size_t>(front_.left());
    return words_.size() < left ? kNever : words_[left - 1].pushed + 1;
  }
  // Takes what belongs to the command, as far as it is there.
  void Collect() {
    while (front_.collecting() && HasWord()) TakeWord(0);
  }

  // ---- the front end ----
  bool waiting() const { return !front_.collecting() && !front_.passing(); }
  // A complete command's first cycle with all tokens, room behind it or not; kNever: not known.
  Cycle TokensFrom() const { return sems_.AllFrom(front_.wait()); }
  // When it is valid; kNever: not known.
  Cycle ValidFrom() const {
    const Cycle tokens = TokensFrom();
    return tokens == kNever || !front_.HasSpace() ? kNever : front_.ValidFrom(tokens);
  }
  void Fire(Cycle cycle) {
    LogWait(cycle);
    sems_.Take(front_.wait());
    front_.Fired(cycle);
    last_fire_ = std::max(last_fire_, cycle);
  }
  // The oldest command is done; returns the semaphores that it gives.
  int Done(Cycle cycle) {
    last_done_ = cycle;
    return front_.Done(cycle);
  }
  Front& front() { return front_; }

  // Waiting before `until` is in waits() from here on.
  void LogWait(Cycle until) {
    if (waiting()) waits_.Add(front_.complete(), std::min(until, TokensFrom()));
  }
  WaitLog& waits() { return waits_; }
  // The fault's cycle if ticks come every `period` cycles from period / 2 on: the second tick that
  // finds it waiting. kNever: none.
  Cycle TimeoutAt(Cycle period) const {
    if (period == 0 || !waiting() || TokensFrom() <= front_.complete() + period) return kNever;
    const Cycle half = period / 2, from = std::max<Cycle>(front_.complete() - half, 0);
    const Cycle second = ((from + period - 1) / period + 1) * period + half;
    return second < TokensFrom() ? second : kNever;
  }

  // With nothing left to come: first cycle in which queue and front end are seen idle.
  bool idle() const { return words_.empty() && front_.idle(); }
  Cycle IdleFrom() const { return std::max(last_fire_, last_done_) + 1; }

 private:
  struct Word {
    Cycle pushed;
    uint32_t word;
  };
  // A word leaves its RAM whether or not the front end takes it then.
  void TellRead() {
    if (shared_ || read_told_ || words_.empty()) return;
    left_.Add(out_.ReadFrom(words_.front().pushed));
    read_told_ = true;
  }

  const bool shared_;
  QueueOut out_;
  Front front_;
  Semaphores& sems_;
  LeftLog& left_;
  WaitLog waits_;
  std::deque<Word> words_;
  bool read_told_ = false;
  Cycle last_fire_ = -1, last_done_ = -1;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_COMMAND_INPUT_H_
