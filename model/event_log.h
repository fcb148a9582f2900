// SPDX-License-Identifier: Apache-2.0
// What happened when, told alike by the RTL's harness and by the model: the log that timelines and
// the search for a first difference are made of (docs/trace.md). Events may be added in any order;
// they come out by cycle, unit and kind. Who has no log pays for a test of a pointer.
#ifndef WEFT_MODEL_EVENT_LOG_H_
#define WEFT_MODEL_EVENT_LOG_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <vector>

#include "model/time.h"

namespace weft {

struct Event {
  // FL, IL, ST and C have the numbers of their queues; C is the sequencer.
  enum Unit : uint8_t { kFl, kIl, kSt, kC, kFetch, kFilter, kFeeder, kArray, kPost, kLayer, kUse };
  enum Kind : uint8_t {
    kStart,     // a command's first cycle in its engine (value: opcode); post: a pass's first row
    kEnd,       // its last one; C: the last operand word (value: opcode); feeder, array: of a PASS
    kBurst,     // a memory burst is granted (value: offset in the window, beats from bit 32 on)
    kData,      // the last beat of its data (value: hash of the data; fetch 0)
    kAnswer,    // the answer to a write burst
    kGlbReads,  // unit kUse, at the end of a window of kWindow cycles: words, words, bytes, bytes
    kGlbWrites,
    kMemReads,
    kMemWrites,
  };
  static constexpr int kUnits = kUse + 1, kCounters = 4;
  static constexpr Cycle kWindow = 256;

  Cycle cycle = 0;
  Unit unit = kFl;
  Kind kind = kStart;
  uint64_t value = 0;

  bool operator==(const Event& o) const {
    return cycle == o.cycle && unit == o.unit && kind == o.kind && value == o.value;
  }
  // The order in which events are told.
  static bool Earlier(const Event& a, const Event& b) {
    if (a.cycle != b.cycle) return a.cycle < b.cycle;
    return a.unit != b.unit ? a.unit < b.unit : a.kind < b.kind;
  }
};

class EventLog {
 public:
  using Sink = std::function<void(const Event&)>;

  // With `bursts` also the memory bursts of FL, IL and ST, with hashes of their data.
  EventLog(bool bursts, Sink sink) : bursts_(bursts), sink_(std::move(sink)) {}

  bool bursts() const { return bursts_; }
  void Add(Cycle cycle, Event::Unit unit, Event::Kind kind, uint64_t value = 0) {
    if (cycle < told_) throw std::logic_error("event log: an event comes too late");
    waiting_.push_back({cycle, unit, kind, value});
  }
  // Use of the GLB or of memory, told per window.
  void Count(Cycle cycle, Event::Kind kind, int amount) {
    if (cycle < told_) throw std::logic_error("event log: a count comes too late");
    const auto window = static_cast<size_t>(cycle / Event::kWindow - first_window_);
    if (window >= windows_.size()) windows_.resize(window + 1);
    windows_[window].count[kind - Event::kGlbReads] += static_cast<uint32_t>(amount);
  }

  // All events before `until` have been added: they may be told.
  void Advance(Cycle until) {
    if (until - told_ >= kPatience) Tell(until);
  }
  // The segment ends: tells what is before `until` and forgets the rest. At a fault the model's
  // array is ahead, so that nobody knows what belongs to the last window.
  void Finish(Cycle until, bool fault) {
    Tell(until);
    if (!fault && first_window_ * Event::kWindow < until) {
      EndWindow(until - 1);
      TellWaiting(until);
    }
    *this = EventLog(bursts_, std::move(sink_));
  }

 private:
  static constexpr Cycle kPatience = 16 * Event::kWindow;  // so that sorting is worth it
  struct Window {
    uint32_t count[Event::kCounters] = {};
  };

  void Tell(Cycle until) {
    while ((first_window_ + 1) * Event::kWindow <= until)
      EndWindow((first_window_ + 1) * Event::kWindow - 1);
    TellWaiting(until);
    told_ = until;
  }
  void TellWaiting(Cycle until) {
    const auto end = std::stable_partition(waiting_.begin(), waiting_.end(),
                                           [until](const Event& e) { return e.cycle < until; });
    std::stable_sort(waiting_.begin(), end, Event::Earlier);
    for (auto event = waiting_.begin(); event != end; ++event) sink_(*event);
    waiting_.erase(waiting_.begin(), end);
  }
  // Its counts become events, as far as they have changed.
  void EndWindow(Cycle cycle) {
    Window now;
    if (!windows_.empty()) {
      now = windows_.front();
      windows_.pop_front();
    }
    for (int k = 0; k < Event::kCounters; ++k) {
      if (first_window_ != 0 && now.count[k] == last_.count[k]) continue;
      const auto kind = static_cast<Event::Kind>(Event::kGlbReads + k);
      waiting_.push_back({cycle, Event::kUse, kind, now.count[k]});
    }
    last_ = now;
    ++first_window_;
  }

  bool bursts_;
  Sink sink_;
  std::vector<Event> waiting_;
  std::deque<Window> windows_;  // from first_window_ on
  Cycle first_window_ = 0;
  Window last_;
  Cycle told_ = 0;
};

// The bursts of the memory port. Engines by their units; fetch has no data worth a hash.
class BurstLog {
 public:
  void Granted(EventLog* log, Cycle cycle, Event::Unit unit, uint32_t offset, int beats) {
    if (!Wanted(*log, unit)) return;
    if (unit == Event::kSt) store_beats_.push_back(beats);
    log->Add(cycle, unit, Event::kBurst, offset | static_cast<uint64_t>(beats) << 32);
  }
  void ReadBeat(EventLog* log, Cycle cycle, Event::Unit unit, const uint8_t* data, int bytes,
                bool last) {
    log->Count(cycle, Event::kMemReads, bytes);
    if (!Wanted(*log, unit)) return;
    if (unit != Event::kFetch) Hash(data, bytes, ~uint64_t{0}, &read_hash_);
    if (!last) return;
    log->Add(cycle, unit, Event::kData, unit == Event::kFetch ? 0 : read_hash_);
    read_hash_ = kSeed;
  }
  void WriteBeat(EventLog* log, Cycle cycle, const uint8_t* data, int bytes, uint64_t strobe) {
    int count = 0;
    for (int b = 0; b < bytes; ++b) count += static_cast<int>(strobe >> b & 1);
    log->Count(cycle, Event::kMemWrites, count);
    if (!log->bursts()) return;
    Hash(data, bytes, strobe, &write_hash_);
    if (store_beats_.empty() || --store_beats_.front() > 0) return;
    store_beats_.pop_front();
    log->Add(cycle, Event::kSt, Event::kData, write_hash_);
    write_hash_ = kSeed;
  }
  void Answered(EventLog* log, Cycle cycle) {
    if (log->bursts()) log->Add(cycle, Event::kSt, Event::kAnswer);
  }

 private:
  static constexpr uint64_t kSeed = 0xcbf29ce484222325;  // FNV-1a
  static bool Wanted(const EventLog& log, Event::Unit unit) {
    return unit == Event::kFetch || log.bursts();
  }
  static void Hash(const uint8_t* data, int bytes, uint64_t strobe, uint64_t* hash) {
    for (int b = 0; b < bytes; ++b)
      if ((strobe >> b & 1) != 0) *hash = (*hash ^ data[b]) * 0x100000001b3;
  }

  std::deque<int> store_beats_;  // of write bursts with data to come
  uint64_t read_hash_ = kSeed, write_hash_ = kSeed;
};

}  // namespace weft

#endif  // WEFT_MODEL_EVENT_LOG_H_
