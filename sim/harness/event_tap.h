// SPDX-License-Identifier: Apache-2.0
// Makes the event log out of what weft_trace.sv gathers: sampled in every cycle, before its edge.
#ifndef WEFT_SIM_HARNESS_EVENT_TAP_H_
#define WEFT_SIM_HARNESS_EVENT_TAP_H_

#include <cstdint>
#include <cstring>

#include "Vweft_top___024root.h"
#include "model/event_log.h"

namespace weft {

class EventTap {
 public:
  EventTap(bool bursts, EventLog::Sink sink) : log_(bursts, std::move(sink)) {}

  // With all inputs of the cycle applied and settled.
  void Sample(const Vweft_top___024root& top, int mem_bytes, uint32_t address_mask) {
    flags_ = top.weft_top__DOT__u_trace__DOT__flags;
    if (!Flag(kRun)) return Stop();
    fault_ = Flag(kFault);
    Commands();
    Compute();
    if (Flag(kLayerEnd)) log_.Add(cycle_, Event::kLayer, Event::kEnd);
    Bursts(top, mem_bytes, address_mask);
    const auto count = [this](Event::Kind kind, int first, int bits) {
      if (const int accesses = __builtin_popcount(Bits(first, bits)); accesses > 0)
        log_.Count(cycle_, kind, accesses);
    };
    count(Event::kGlbReads, kGlbRead, 5);
    count(Event::kGlbWrites, kGlbWrite, 4);
    log_.Advance(cycle_);
    ++cycle_;
  }

 private:
  // Bits of `flags`, in the order of weft_trace.sv from below.
  enum {
    kAnswer, kOut, kBeatLast, kBeat, kGrant = kBeat + 3, kGlbWrite = kGrant + 4,
    kGlbRead = kGlbWrite + 4, kLayerEnd = kGlbRead + 5, kRow, kPassDone, kFeedDone, kFilterDone,
    kCLast, kDone, kCommand = kDone + 3, kRun = kCommand + 4, kFault, kOpcode
  };

  bool Flag(int bit) const { return (flags_ >> bit & 1) != 0; }
  uint32_t Bits(int first, int count) const {
    return static_cast<uint32_t>(flags_ >> first) & ((1u << count) - 1);
  }

  void Commands() {
    for (int queue = 0; queue < 4; ++queue) {
      const auto unit = static_cast<Event::Unit>(queue);
      const uint32_t opcode = Bits(kOpcode + 7 * queue, 7);
      const bool has = Flag(kCommand + queue);
      if (has && !had_[queue]) log_.Add(cycle_, unit, Event::kStart, opcode);
      had_[queue] = has;
      if (queue < 3 && Flag(kDone + queue)) log_.Add(cycle_, unit, Event::kEnd);
      if (queue == 3 && Flag(kCLast)) log_.Add(cycle_, unit, Event::kEnd, opcode);
    }
  }
  void Compute() {
    if (Flag(kFilterDone)) log_.Add(cycle_, Event::kFilter, Event::kEnd);
    if (Flag(kFeedDone)) log_.Add(cycle_, Event::kFeeder, Event::kEnd);
    if (Flag(kRow) && !row_seen_) {
      log_.Add(cycle_, Event::kPost, Event::kStart);
      row_seen_ = true;
    }
    if (Flag(kPassDone)) {
      log_.Add(cycle_, Event::kArray, Event::kEnd);
      row_seen_ = false;
    }
  }
  void Bursts(const Vweft_top___024root& top, int mem_bytes, uint32_t address_mask) {
    if (Bits(kAnswer, kGlbWrite - kAnswer) == 0) return;
    uint8_t data[8];
    for (int client = 0; client < 3; ++client) {
      if (!Flag(kBeat + client)) continue;
      std::memcpy(data, &top.weft_top__DOT__u_trace__DOT__beat_data, sizeof data);
      bursts_.ReadBeat(&log_, cycle_, kClients[client], data, mem_bytes, Flag(kBeatLast));
    }
    if (Flag(kOut)) {
      std::memcpy(data, &top.weft_top__DOT__u_trace__DOT__out_data, sizeof data);
      bursts_.WriteBeat(&log_, cycle_, data, mem_bytes,
                        top.weft_top__DOT__u_trace__DOT__out_strb);
    }
    if (Flag(kAnswer)) bursts_.Answered(&log_, cycle_);
    for (int client = 0; client < 4; ++client) {
      if (!Flag(kGrant + client)) continue;
      const uint32_t offset = top.weft_top__DOT__u_trace__DOT__addr[client] & address_mask;
      const int beats = top.weft_top__DOT__u_trace__DOT__beats >> (8 * client) & 255;
      bursts_.Granted(&log_, cycle_, kClients[client], offset, beats);
    }
  }
  // Nothing happens in the cycle that ends a segment, or it is a fault's.
  void Stop() {
    if (cycle_ == 0) return;
    log_.Finish(cycle_ - 1, fault_);
    cycle_ = 0;
    row_seen_ = false;
    for (bool& had : had_) had = false;
    bursts_ = BurstLog();
  }

  static constexpr Event::Unit kClients[] = {Event::kFetch, Event::kFl, Event::kIl, Event::kSt};
  EventLog log_;
  BurstLog bursts_;
  uint64_t flags_ = 0;
  Cycle cycle_ = 0;
  bool fault_ = false, row_seen_ = false;
  bool had_[4] = {};  // a command in the cycle before
};

}  // namespace weft

#endif  // WEFT_SIM_HARNESS_EVENT_TAP_H_
