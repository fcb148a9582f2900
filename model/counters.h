// SPDX-License-Identifier: Apache-2.0
// Twin of weft_counters: events by layer parity, classes and command words by time window, and the
// record made of them. The host adds events in any order; before LayerEnd it must have added all
// class cycles and fetched words of the window (first cycle after the last layer's end to `cycle`).
#ifndef WEFT_MODEL_COUNTERS_H_
#define WEFT_MODEL_COUNTERS_H_

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Counters {
 public:
  struct Config {
    int counter_bits = 64, counter_small = 0;
  };
  explicit Counters(const Config& config) : config_(config) {}
  void Reset() { *this = Counters(config_); }

  void Add(int event, int parity, uint64_t count) { events_[parity][event] += count; }
  void AddClass(int engine, int cls, uint64_t cycles) {
    live_[engine * spec::kClassCount + cls] += cycles;
  }
  void AddFetchWords(uint64_t words) { fetch_bytes_ += 4 * words; }

  // The layer ends in `cycle` (its last).
  void LayerEnd(Cycle cycle) {
    std::copy(std::begin(live_), std::end(live_), std::begin(kept_));
    std::fill(std::begin(live_), std::end(live_), 0);
    kept_bytes_ = fetch_bytes_;
    fetch_bytes_ = 0;
    start_ = end_;
    end_ = cycle + 1;
  }
  // Makes the record of the layer ended last and clears its bank.
  void Record(int parity, uint32_t layer, uint64_t* words) {
    const bool small = config_.counter_small != 0;
    words[spec::kRecordLayer] = layer;
    words[spec::kRecordStart] = small ? 0 : static_cast<uint64_t>(start_);
    words[spec::kRecordEnd] = small ? Limit(static_cast<uint64_t>(end_ - start_))
                                    : static_cast<uint64_t>(end_);
    words[spec::kRecordFlags] = static_cast<uint64_t>(saturated_) << spec::kRecordFlagSaturated |
                                static_cast<uint64_t>(small) << spec::kRecordFlagSmall;
    if (small) saturated_ |= words[spec::kRecordEnd] == Most();
    uint64_t* events = words + spec::kRecordEvents;
    for (int e = 0; e < spec::kEventCount; ++e) {
      const uint64_t count = e == spec::kEvDramRdCmd ? kept_bytes_ : events_[parity][e];
      events[e] = small && !spec::kEvents[e].small ? 0 : Limit(count);
      saturated_ |= events[e] == Most();
    }
    uint64_t* classes = words + spec::kRecordClasses;
    for (int k = 0; k < kClasses; ++k) {
      classes[k] = small ? 0 : Limit(kept_[k]);
      saturated_ |= classes[k] == Most();
    }
    std::fill(std::begin(events_[parity]), std::end(events_[parity]), 0);
  }

 private:
  static constexpr int kClasses = spec::kEngineCount * spec::kClassCount;
  uint64_t Most() const { return ~uint64_t{0} >> (64 - config_.counter_bits); }
  uint64_t Limit(uint64_t count) const { return std::min(count, Most()); }

  Config config_;
  uint64_t events_[2][spec::kEventCount] = {};
  uint64_t live_[kClasses] = {}, kept_[kClasses] = {};
  uint64_t fetch_bytes_ = 0, kept_bytes_ = 0;
  Cycle start_ = 0, end_ = 0;
  bool saturated_ = false;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_COUNTERS_H_
