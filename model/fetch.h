// SPDX-License-Identifier: Apache-2.0
// Twin of weft_fetch. Bursts of B words (64 bytes at most; the last one may be shorter):
//
//   ask(j)   = max(grant(j-1) + 1, start, left(n(j)) + 1), never after `end` or a fault was routed
//   grant(j) = first cycle >= ask(j) + 1 in which the memory port grants
//   route    = beats of one word: the beat's fire; else fire + 1, fire + 2, .. for its words
//   fire(b)  = first cycle >= fire(b-1) + words of a beat in which the memory offers beat b
//
// left(n) is the cycle in which the n-th word has left: popped from its queue or dropped; n(j) is
// as many as must have left for the burst to fit into any one queue: words asked for + B - (Q-1).
// The host asks and delivers in order of time.
#ifndef WEFT_MODEL_FETCH_H_
#define WEFT_MODEL_FETCH_H_

#include <algorithm>
#include <cstdint>

#include "model/class_log.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Fetch {
 public:
  struct Config {
    int rows = 12, cols = 14, max_streams = 168, max_units = 56;
    int mem_bytes = 8, max_burst_bytes = 128, queue_words = 128;
    bool keep_moves = true;  // loads and stores may keep operand words
  };
  static constexpr int kDropped = -1;

  explicit Fetch(const Config& config)
      : config_(config),
        words_(config.mem_bytes / 4),
        burst_words_(std::min({64, config.max_burst_bytes, config.queue_words * 2}) / 4) {}

  void Start(Cycle cycle, uint32_t program_bytes) {
    *this = Fetch(config_);
    total_words_ = program_bytes / static_cast<uint32_t>(config_.mem_bytes) *
                   static_cast<uint32_t>(words_);
    want_from_ = cycle;
    last_grant_ = cycle - 1;
    classes_.Reset(cycle);
    CheckAll();
  }

  // ---- requests ----
  // Words that must have left before the next request; <= 0: none.
  int64_t LeftNeeded() const { return asked_ + burst_words_ - (config_.queue_words - 1); }
  // Cycle in which the next request is asked for when the LeftNeeded()-th word left in `left`;
  // valid one cycle later. kNever: there is no next one.
  Cycle AskAt(Cycle left) const {
    if (want_from_ == kNever) return kNever;
    const Cycle ask = LeftNeeded() <= 0 ? want_from_ : std::max(want_from_, left + 1);
    return ask > stopped_ ? kNever : ask;
  }
  int64_t request_word() const { return asked_; }
  int request_beats() const {
    return static_cast<int>(std::min<int64_t>(burst_words_, total_words_ - asked_)) / words_;
  }
  void Ask(Cycle ask) {
    Classify(ask);
    want_from_ = kNever;
    if (memory_from_ == kNever) memory_from_ = ask + 1;
    const int words = request_beats() * words_;
    asked_ += words;
    short_ = words < burst_words_;
  }
  void Granted(Cycle cycle) {
    last_grant_ = cycle;
    want_from_ = cycle + 1;
    CheckAll();
  }

  // ---- data ----
  Cycle BeatFrom() const { return last_beat_ + words_; }
  // A beat fires; route(cycle, queue, word) for each of its words.
  template <class Route>
  void Beat(Cycle fire, const uint32_t* words, Route&& route) {
    last_beat_ = fire;
    for (int i = 0; i < words_; ++i) {
      const Cycle cycle = words_ == 1 ? fire : fire + 1 + i;
      Classify(cycle);
      classes_.Add(cycle + 1, spec::kClassBusy);
      ++routed_;
      last_route_ = cycle;
      if (routed_ == asked_) memory_from_ = kNever;
      route(cycle, Decode(cycle, words[i]), words[i]);
    }
  }

  int64_t routed() const { return routed_; }      // event dram_rd_cmd: 4 bytes each
  bool ended() const { return ended_at_ != kNever; }
  // The fault's cycle, and the offset of the wrong word; kNever: none. Known when nothing comes any more.
  Cycle FaultAt() const {
    if (fault_at_ != kNever || ended() || routed_ != asked_) return fault_at_;
    return all_from_ == kNever ? kNever : std::max(all_from_, last_route_ + 1);
  }
  uint32_t fault_offset() const { return static_cast<uint32_t>(good_) * 4; }
  // First cycle in which idle_o is up when the last word leaves in `left`.
  Cycle IdleFrom(Cycle left) const { return std::max({ended_at_, left, last_grant_}) + 1; }

  // Cycles up to before `cycle` get their class: nothing will be routed or asked for before it.
  void Classify(Cycle cycle) {
    while (classes_.end() < cycle) {
      const Cycle from = classes_.end();
      Cycle to = cycle;
      int cls = spec::kClassIdle;
      const Cycle wait_to = stopped_ == kNever ? kNever : stopped_ + 1;
      if (from >= want_from_ && from < wait_to) {
        cls = spec::kClassOutput;
        to = std::min(to, wait_to);
      } else {
        if (from < want_from_ && want_from_ < wait_to) to = std::min(to, want_from_);
        if (from >= memory_from_) {
          cls = spec::kClassMemory;
        } else {
          to = std::min(to, memory_from_);
        }
      }
      classes_.Add(to, cls);
    }
  }
  ClassLog& classes() { return classes_; }

 private:
  // Nothing more to ask for: known in the cycle after the grant if the last burst was short.
  void CheckAll() {
    if (asked_ < total_words_) return;
    all_from_ = short_ ? last_grant_ + 1 : last_grant_ + 2;
    want_from_ = kNever;
  }

  // Where a word goes.
  int Decode(Cycle cycle, uint32_t word) {
    if (cycle > stopped_) return kDropped;
    const bool header = left_ == 0;
    if (!Good(word, header)) {
      fault_at_ = stopped_ = cycle;
      return kDropped;
    }
    ++good_;
    if (!header) {
      --left_;
      ++index_;
      return queue_;
    }
    const int opcode = Get(word, spec::kHeaderOpcode);
    left_ = Get(word, spec::kHeaderWords) - 1;
    index_ = 1;
    map_ = opcode == spec::kOpMap;
    kind_ = Find(opcode);
    if (opcode == spec::kOpEnd) {
      ended_at_ = stopped_ = cycle;
      return kDropped;
    }
    return queue_ = QueueOf(opcode);
  }
  static int Get(uint32_t word, const spec::Field& f) {
    return static_cast<int>(word >> f.lsb & ((1u << f.width) - 1));
  }
  static int QueueOf(int opcode) {
    switch (opcode) {
      case spec::kOpLoadF: return spec::kQueueFl;
      case spec::kOpLoadI: return spec::kQueueIl;
      case spec::kOpStore:
      case spec::kOpEndLayer: return spec::kQueueSt;
      default: return spec::kQueueC;
    }
  }
  static const spec::Command* Find(int opcode) {
    for (const spec::Command& c : spec::kCommands)
      if (c.opcode == opcode) return &c;
    return nullptr;
  }
  bool Keeps(const spec::Command& c) const {
    return c.keeps && (c.opcode == spec::kOpPass || config_.keep_moves);
  }
  bool Good(uint32_t word, bool header) const {
    const int map_words = 3 + (config_.rows * config_.cols + 1) / 2;
    if (header) {
      if (Get(word, spec::kHeaderMagic) != spec::kCommandMagic) return false;
      const spec::Command* c = Find(Get(word, spec::kHeaderOpcode));
      const int words = Get(word, spec::kHeaderWords);
      if (c == nullptr) return false;
      if (c->operand_words < 0)
        return words > map_words && words <= map_words + config_.max_streams + config_.max_units;
      const int whole = spec::kCommandHeaderWords + c->operand_words;
      return words == whole || (Keeps(*c) && words > spec::kCommandHeaderWords && words < whole);
    }
    if (index_ == 1) {
      static constexpr int kWaits[] = {spec::kSemWaitsFl, spec::kSemWaitsIl, spec::kSemWaitsSt,
                                       spec::kSemWaitsC};
      static constexpr int kGives[] = {spec::kSemGivesFl, spec::kSemGivesIl, spec::kSemGivesSt,
                                       spec::kSemGivesC};
      const int feed = queue_ == spec::kQueueC ? spec::kSemGivesC : 0;
      const int keep = Get(word, spec::kHeaderKeep);
      if (Keeps(*kind_)) {
        int kept = 0;
        for (int i = 1; i < kind_->operand_words; ++i) kept += keep >> (i - 1) & 1;
        if (keep >> (kind_->operand_words - 1) != 0 || left_ - 1 + kept != kind_->operand_words)
          return false;
      } else if (keep != 0) {
        return false;
      }
      return ((Get(word, spec::kHeaderWait) & ~kWaits[queue_]) |
              (Get(word, spec::kHeaderSignal) & ~kGives[queue_]) |
              (Get(word, spec::kHeaderSignalFeed) & ~feed)) == 0;
    }
    if (index_ == 2 && map_) {
      const int streams = Get(word, spec::kMapStreams), units = Get(word, spec::kMapUnits);
      return left_ == map_words - 2 + streams + units && units > 0 &&
             streams <= config_.max_streams && units <= config_.max_units;
    }
    return true;
  }

  Config config_;
  int words_, burst_words_;  // of a beat, of a burst
  int64_t asked_ = 0, total_words_ = 0, routed_ = 0, good_ = 0;
  bool short_ = false;
  Cycle want_from_ = kNever, last_grant_ = -1, all_from_ = kNever;
  Cycle last_beat_ = -64, last_route_ = -1, memory_from_ = kNever;
  Cycle ended_at_ = kNever, fault_at_ = kNever, stopped_ = kNever;
  int left_ = 0, index_ = 0, queue_ = 0;
  bool map_ = false;
  const spec::Command* kind_ = nullptr;
  ClassLog classes_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_FETCH_H_
