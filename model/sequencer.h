// SPDX-License-Identifier: Apache-2.0
// Twin of weft_sequencer. Operand words of a command whose front end fired in F:
//
//   word 0 from F + 1; word 1 from max(word 0 + 1, go); word i from word i-1 + 1
//   go: MAP, CFG, FILTER, PARAM: free(s) + 1 of every pass s in flight that uses the pattern, CFG
//       slot, copy, half; FILTER and PARAM also done + 1 of the filter command before the last one,
//       and the filter unit's ready (it takes the command with word 1); PASS k: free(k-2) + 1
//   pass valid = its last word + 1, where that is word 0 (the others are kept: as in the pass before, and
//   word 0 comes from go on) + 2;  free = max(collector's done, feeder's done)
//   filter_ok  = done + 1 of the last FILTER or PARAM before the pass, or at once
//
// Tokens: `signal` of MAP and CFG with the last word, of FILTER and PARAM with the filter unit's done, of PASS
// with the collector's done, `signal_feed` with the feeder's.
#ifndef WEFT_MODEL_SEQUENCER_H_
#define WEFT_MODEL_SEQUENCER_H_

#include <algorithm>
#include <cstdint>

#include "model/fields.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Sequencer {
 public:
  struct Config {
    int rows = 12, cols = 14;
    int pass_slots = 2, cfg_slots = 2;
  };
  // What happens at the outputs.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void MapWord(Cycle cycle, int kind, int pattern, int index, uint32_t word) = 0;
    virtual void CfgLoaded(Cycle valid, int slot, const uint32_t* words) = 0;
    virtual void FilterCommand(Cycle cycle, bool param, const uint32_t* words, int parity) = 0;
    virtual void PassStarted(Cycle valid, int slot, int phase, const uint32_t* words) = 0;
    virtual void FilterOk(Cycle from, int slot) = 0;  // of a started pass
    virtual void PassFreed(Cycle from, int slot) = 0;
    virtual void Give(Cycle cycle, int semaphores) = 0;
  };
  Sequencer(const Config& config, Listener* listener) : config_(config), listener_(listener) {}

  void Reset() {
    passes_ = done_ = fed_ = 0;
    issued_ = loaded_ = 0;
    for (Pass& p : slots_) p = Pass();
  }

  // keep: bit i says that operand word i+1 does not come.
  void Command(int opcode, int parity, int signal, int feed, int keep) {
    opcode_ = opcode, parity_ = parity, signal_ = signal, feed_ = feed, keep_ = keep;
    taken_ = index_ = 0;
    kind_ = place_ = 0;
  }
  // Whether the next word's GoFrom is known: else a pass or filter command must end first.
  bool GoKnown() const {
    if (!AtGo()) return true;
    if (IsLoad() && issued_ - loaded_ >= kFilterCommands) return false;
    if (OneCfg() && issued_ != loaded_) return false;
    for (int s = 0; s < 2; ++s)
      if (Uses(s) && slots_[s].free == kNever) return false;
    return true;
  }
  // First cycle in which the next word is accepted, but for its own order and the filter unit.
  Cycle GoFrom() const {
    if (!AtGo()) return 0;
    Cycle from = 0;
    if (IsLoad() && issued_ >= kFilterCommands)
      from = load_done_[(issued_ - kFilterCommands) % kRing] + 1;
    if (OneCfg() && issued_ > 0) from = std::max(from, load_done_[(issued_ - 1) % kRing] + 1);
    for (int s = 0; s < 2; ++s)
      if (Uses(s)) from = std::max(from, slots_[s].free + 1);
    return from;
  }
  bool NeedsFilterUnit() const { return AtGo() && IsLoad(); }

  void Word(Cycle cycle, uint32_t word, bool last) {
    if (opcode_ == spec::kOpMap && index_ > 0) {
      MapWord(cycle, word);
    } else if (opcode_ == spec::kOpPass) {
      pass_words_[index_] = word;
    } else {
      words_[index_] = word;
      if (OneCfg() && index_ > 0)
        listener_->MapWord(cycle, 3, Operand(spec::kMapPattern), index_ - 1, word);
    }
    ++taken_;
    do ++index_;
    while (index_ < spec::kPassOperandWords && (keep_ >> (index_ - 1) & 1));
    if (last) Finish(cycle);
  }

  // The collector, the feeder, the filter unit end the oldest pass or command of theirs.
  void PassDone(Cycle cycle) {
    Pass& p = slots_[done_++ & 1];
    p.done = cycle;
    if (p.signal != 0) listener_->Give(cycle, p.signal);
    TryFree(static_cast<int>((done_ - 1) & 1));
  }
  void FeedDone(Cycle cycle) {
    Pass& p = slots_[fed_++ & 1];
    p.fed = cycle;
    if (p.feed != 0) listener_->Give(cycle, p.feed);
    TryFree(static_cast<int>((fed_ - 1) & 1));
  }
  void FilterDone(Cycle cycle) {
    load_done_[loaded_ % kRing] = cycle;
    const int signal = load_signal_[loaded_++ % kRing];
    if (signal != 0) listener_->Give(cycle, signal);
    for (int s = 0; s < 2; ++s)
      if (slots_[s].started && slots_[s].waits_for == loaded_ && slots_[s].free == kNever)
        listener_->FilterOk(std::max(slots_[s].valid, cycle + 1), s);
  }

 private:
  static constexpr int kFilterCommands = 2;  // in the filter unit
  static constexpr int kRing = 4;
  struct Pass {
    bool started = false;
    uint32_t word0 = 0;
    Cycle valid = 0, done = kNever, fed = kNever, free = -1;
    int signal = 0, feed = 0;
    int64_t waits_for = 0;  // filter commands
  };

  // The next word waits until nothing in flight uses what the command replaces.
  bool AtGo() const { return taken_ == (Alone() ? 0 : 1); }
  // A pass of which only word 0 comes.
  bool Alone() const { return opcode_ == spec::kOpPass && keep_ == (1 << (spec::kPassOperandWords - 1)) - 1; }
  // A CFG whose words share the parameters' memory.
  bool OneCfg() const { return opcode_ == spec::kOpCfg && config_.cfg_slots == 1; }
  bool IsLoad() const { return opcode_ == spec::kOpFilter || opcode_ == spec::kOpParam; }
  int Operand(const spec::Field& f) const { return GetField(words_, f); }
  bool Uses(int slot) const {
    const Pass& p = slots_[slot];
    if (!p.started) return false;
    switch (opcode_) {
      case spec::kOpMap: return GetField(&p.word0, spec::kPassPattern) == Operand(spec::kMapPattern);
      case spec::kOpCfg:
        return config_.cfg_slots == 1 ||
               GetField(&p.word0, spec::kPassCfg) == Operand(spec::kCfgSlot);
      case spec::kOpFilter: return GetField(&p.word0, spec::kPassCopy) == Operand(spec::kFilterCopy);
      case spec::kOpParam: return GetField(&p.word0, spec::kPassHalf) == Operand(spec::kParamHalf);
      default: return config_.pass_slots == 1 || slot == (passes_ & 1);
    }
  }
  void TryFree(int slot) {
    Pass& p = slots_[slot];
    if (p.done == kNever || p.fed == kNever || p.free != kNever) return;
    p.free = std::max(p.done, p.fed);
    listener_->PassFreed(p.free + 1, slot);
  }
  void MapWord(Cycle cycle, uint32_t word) {
    const int pe_words = (config_.rows * config_.cols + 1) / 2;
    const int streams = Operand(spec::kMapStreams);
    listener_->MapWord(cycle, kind_, Operand(spec::kMapPattern), place_, word);
    ++place_;
    if ((kind_ == 0 && place_ == pe_words) || (kind_ == 1 && place_ == streams)) {
      kind_ = kind_ == 0 && streams > 0 ? 1 : 2;
      place_ = 0;
    }
  }
  void Finish(Cycle cycle) {
    switch (opcode_) {
      case spec::kOpCfg:
        listener_->CfgLoaded(cycle + 1, config_.cfg_slots == 1 ? 0 : Operand(spec::kCfgSlot) & 1,
                             words_);
        [[fallthrough]];
      case spec::kOpMap:
        if (signal_ != 0) listener_->Give(cycle, signal_);
        break;
      case spec::kOpPass: {
        const int slot = static_cast<int>(passes_ & 1), phase = static_cast<int>(passes_ >> 1 & 1);
        Pass& p = slots_[slot];
        p.started = true;
        p.word0 = pass_words_[0];
        p.valid = cycle + (Alone() ? 2 : 1);
        p.done = p.fed = p.free = kNever;
        p.signal = signal_;
        p.feed = feed_;
        p.waits_for = issued_;
        ++passes_;
        listener_->PassStarted(p.valid, slot, phase, pass_words_);
        if (loaded_ == issued_)
          listener_->FilterOk(
              std::max(p.valid, loaded_ > 0 ? load_done_[(loaded_ - 1) % kRing] + 1 : 0), slot);
        break;
      }
      default:
        listener_->FilterCommand(cycle, opcode_ == spec::kOpParam, words_, parity_);
        load_signal_[issued_++ % kRing] = signal_;
    }
  }

  const Config config_;
  Listener* const listener_;
  int opcode_ = 0, parity_ = 0, signal_ = 0, feed_ = 0, keep_ = 0;
  int taken_ = 0, index_ = 0;  // operand words; the next one's place, kept ones counted in
  int kind_ = 0, place_ = 0;
  uint32_t words_[spec::kPassOperandWords] = {};       // of the command, but a pass
  uint32_t pass_words_[spec::kPassOperandWords] = {};  // of the last pass
  int64_t passes_ = 0, done_ = 0, fed_ = 0, issued_ = 0, loaded_ = 0;
  Pass slots_[2];
  Cycle load_done_[kRing] = {};
  int load_signal_[kRing] = {};
};

}  // namespace weft::model

#endif  // WEFT_MODEL_SEQUENCER_H_
