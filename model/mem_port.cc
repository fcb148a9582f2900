// SPDX-License-Identifier: Apache-2.0
#include "model/mem_port.h"

#include <algorithm>

namespace weft::model {

namespace {
constexpr int kStore = 3;
constexpr int kPriority[4] = {0, kStore, 1, 2};
constexpr Event::Unit kUnits[4] = {Event::kFetch, Event::kFl, Event::kIl, Event::kSt};
}  // namespace

MemPort::MemPort(const Config& config, MemoryModel* memory, ReadClient* fetch, ReadClient* fl,
                 ReadClient* il, WriteClient* store, PlatformMemory* platform)
    : config_(config),
      memory_(memory),
      readers_{fetch, fl, il},
      store_(store),
      platform_(platform) {}

void MemPort::Reset(Cycle cycle) {
  memory_->StartSegment(cycle);
  if (platform_ != nullptr) platform_->StartSegment();
  next_ = cycle;
  stop_at_ = kNever;
  last_moved_ = cycle - 1;
  halt_ = false;
  fault_ = Fault();
  bursts_ = BurstLog();
  ar_up_ = aw_up_ = offered_ = busy_ = false;
  accept_ = kNever;
  read_head_ = write_head_ = data_head_ = 0;
  reads_ = writes_ = datas_ = data_beat_ = 0;
}

Cycle MemPort::RequestAt(int client) const {
  if (client == kStore) return store_ != nullptr ? store_->RequestAt() : kNever;
  return readers_[client] != nullptr ? readers_[client]->RequestAt() : kNever;
}

Cycle MemPort::NextEvent() const {
  if (changed_) return next_;
  Cycle event = std::min(memory_->NextEvent(), stop_at_);
  if (!halt_)
    for (int client = 0; client < 4; ++client) {
      const Cycle at = RequestAt(client);
      if (at >= next_) event = std::min(event, at);  // earlier ones wait for the bus
    }
  if (offered_) event = std::min(event, accept_);
  if (datas_ > 0 || (busy_ && burst_.client == kStore)) {
    const Cycle at = store_->DataAt();
    if (at >= next_) event = std::min(event, at);
  }
  if (watchdog_ != 0 && Outstanding() && fault_.code == 0)
    event = std::min(event, last_moved_ + static_cast<Cycle>(watchdog_));
  return std::max(event, next_);
}

void MemPort::Advance(Cycle until) {
  return_early_ = false;
  while (!return_early_) {
    const Cycle cycle = NextEvent();
    if (cycle >= until) {
      if (until > next_) {
        next_ = until;
        changed_ = true;  // what clients have been told in between counts from here on
      }
      return;
    }
    next_ = cycle + 1;
    if (config_.plain) {
      PlainCycle(cycle);
    } else {
      AxiCycle(cycle);
    }
  }
}

void MemPort::Raise(Cycle c, int code, uint32_t offset) {
  halt_ = true;
  if (fault_.code != 0) return;
  fault_ = {code, base_ + offset, c + 1};
  return_early_ = true;
}

void MemPort::Arbitrate(Cycle c, bool read_open, bool write_open) {
  granted_client_ = -1;
  if (halt_) return;
  for (int client : kPriority) {
    if (!(client == kStore ? write_open : read_open) || RequestAt(client) > c) continue;
    granted_ = client == kStore ? store_->Request() : readers_[client]->Request();
    granted_client_ = client;
    return;
  }
}

void MemPort::LogGrant(Cycle c) {
  if (log_ != nullptr)
    bursts_.Granted(log_, c, kUnits[granted_client_], granted_.offset, granted_.beats);
}

void MemPort::LogReadBeat(Cycle c, int client, const uint8_t* data, bool last) {
  static constexpr uint8_t kNothing[8] = {};  // beside an error answer
  if (log_ != nullptr)
    bursts_.ReadBeat(log_, c, kUnits[client], data != nullptr ? data : kNothing, config_.mem_bytes,
                     last);
}

void MemPort::LogWriteBeat(Cycle c) {
  if (log_ != nullptr) bursts_.WriteBeat(log_, c, in_.w_data, config_.mem_bytes, in_.w_strobe);
}

MemoryModel::Out MemPort::BeginMemory(Cycle c) {
  MemoryModel::Out out = memory_->Begin(c);
  if (platform_ != nullptr) platform_->Begin(&out);
  return out;
}

void MemPort::EndMemory(const MemoryModel::Out& out) {
  memory_->End(in_);
  if (platform_ != nullptr) platform_->End(in_, out);
}

void MemPort::AxiCycle(Cycle c) {
  const MemoryModel::Out out = BeginMemory(c);
  const bool was_busy = Outstanding();
  // Pins, from the state at the start of the cycle.
  Arbitrate(c, !ar_up_ && reads_ < config_.max_reads,
            !aw_up_ && writes_ < config_.max_writes && datas_ < (config_.max_writes > 1 ? 2 : 1));
  in_.ar_valid = ar_up_;
  in_.ar_address = Address(ar_);
  in_.ar_beats = ar_.beats;
  in_.aw_valid = aw_up_;
  in_.aw_address = Address(aw_);
  in_.aw_beats = aw_.beats;
  if (out.r_valid && !offered_ && reads_ > 0) {
    accept_ = readers_[read_ring_[read_head_ % kRing].client]->Beat(c, out.r_data, out.r_last);
    offered_ = true;
  }
  in_.r_ready = offered_ && accept_ == c;
  const MemRequest& data = write_ring_[data_head_ % kRing];
  in_.w_valid = datas_ > 0 && store_->DataAt() <= c;
  if (in_.w_valid) {
    in_.w_data = store_->Data(&in_.w_strobe);
    in_.w_last = data_beat_ == data.beats - 1;
  }
  in_.b_ready = true;
  const bool ar_fire = in_.ar_valid && out.ar_ready;
  const bool aw_fire = in_.aw_valid && out.aw_ready;
  const bool r_fire = in_.r_ready;
  const bool w_fire = in_.w_valid && out.w_ready;
  const bool b_fire = out.b_valid && writes_ > 0;
  const bool moved = ar_fire || aw_fire || r_fire || w_fire || b_fire;
  changed_ = moved || c == stop_at_;
  EndMemory(out);

  if (ar_fire) ar_up_ = false;
  if (aw_fire) aw_up_ = false;
  if (r_fire) {
    offered_ = false;
    const Burst& burst = read_ring_[read_head_ % kRing];
    LogReadBeat(c, burst.client, out.r_data, out.r_last);
    if (out.r_response != 0) Raise(c, spec::kFaultMemRead, burst.request.offset);
    if (out.r_last) {
      ++read_head_;
      --reads_;
    }
  }
  if (b_fire) {
    if (out.b_response != 0)
      Raise(c, spec::kFaultMemWrite, write_ring_[write_head_ % kRing].offset);
    ++write_head_;
    --writes_;
  }
  if (w_fire) {
    LogWriteBeat(c);
    ++data_beat_;
    if (in_.w_last) {
      data_beat_ = 0;
      ++data_head_;
      --datas_;
    }
    store_->Taken(c);
  }
  if (b_fire) {
    if (log_ != nullptr) bursts_.Answered(log_, c);
    store_->Answered(c);
  }
  if (granted_client_ >= 0) {
    const uint64_t end =
        uint64_t{granted_.offset} + static_cast<uint64_t>(granted_.beats * config_.mem_bytes);
    if (end > (size_ & ~static_cast<uint32_t>(config_.mem_bytes - 1))) {
      Raise(c, spec::kFaultWindow, granted_.offset);
    } else if (granted_client_ == kStore) {
      aw_up_ = true;
      aw_ = granted_;
      write_ring_[(write_head_ + static_cast<unsigned>(writes_++)) % kRing] = granted_;
      ++datas_;
      LogGrant(c);
      store_->Granted(c);
    } else {
      ar_up_ = true;
      ar_ = granted_;
      read_ring_[(read_head_ + static_cast<unsigned>(reads_++)) % kRing] = {granted_client_,
                                                                            granted_};
      LogGrant(c);
      readers_[granted_client_]->Granted(c);
    }
    changed_ = true;
  }
  if (moved || !was_busy) last_moved_ = c;
  if (was_busy && watchdog_ != 0 && c - last_moved_ == static_cast<Cycle>(watchdog_)) {
    Raise(c, spec::kFaultMemTimeout,
          reads_ > 0 ? read_ring_[read_head_ % kRing].request.offset
                     : write_ring_[write_head_ % kRing].offset);
  }
  if (c >= stop_at_) halt_ = true;
}

void MemPort::PlainCycle(Cycle c) {
  const MemoryModel::Out out = BeginMemory(c);
  const bool was_busy = busy_;
  Arbitrate(c, !busy_, !busy_);
  const bool write = burst_.client == kStore;
  const bool ask = busy_ && asked_ < burst_.request.beats && (!write || store_->DataAt() <= c);
  in_.ar_valid = ask && !write;
  in_.aw_valid = in_.w_valid = ask && write;
  in_.ar_address = in_.aw_address =
      Address(burst_.request) + static_cast<uint64_t>(asked_ * config_.mem_bytes);
  if (in_.w_valid) in_.w_data = store_->Data(&in_.w_strobe);
  const bool last = answered_ == burst_.request.beats - 1;
  if (out.r_valid && !offered_ && busy_) {
    accept_ = write ? c : readers_[burst_.client]->Beat(c, out.r_data, last);
    offered_ = true;
  }
  in_.r_ready = offered_ && accept_ == c;
  const bool ask_fire = ask && out.ar_ready;
  const bool answer_fire = in_.r_ready;
  changed_ = ask_fire || answer_fire || c == stop_at_;
  EndMemory(out);

  if (ask_fire) {
    ++asked_;
    if (write) {
      LogWriteBeat(c);
      store_->Taken(c);
    }
  }
  if (answer_fire) {
    offered_ = false;
    if (out.r_response != 0)
      Raise(c, write ? spec::kFaultMemWrite : spec::kFaultMemRead, burst_.request.offset);
    ++answered_;
    if (!write) LogReadBeat(c, burst_.client, out.r_data, last);
    if (last) {
      busy_ = false;
      if (write && log_ != nullptr) bursts_.Answered(log_, c);
      if (write) store_->Answered(c);
    }
  }
  if (granted_client_ >= 0) {
    const uint64_t end =
        uint64_t{granted_.offset} + static_cast<uint64_t>(granted_.beats * config_.mem_bytes);
    if (end > (size_ & ~static_cast<uint32_t>(config_.mem_bytes - 1))) {
      Raise(c, spec::kFaultWindow, granted_.offset);
    } else {
      busy_ = true;
      burst_ = {granted_client_, granted_};
      asked_ = answered_ = 0;
      LogGrant(c);
      if (granted_client_ == kStore) {
        store_->Granted(c);
      } else {
        readers_[granted_client_]->Granted(c);
      }
    }
    changed_ = true;
  }
  if (ask_fire || answer_fire || !was_busy) last_moved_ = c;
  if (was_busy && watchdog_ != 0 && c - last_moved_ == static_cast<Cycle>(watchdog_))
    Raise(c, spec::kFaultMemTimeout, burst_.request.offset);
  if (c >= stop_at_) halt_ = true;
}

}  // namespace weft::model
