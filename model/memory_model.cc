// SPDX-License-Identifier: Apache-2.0
#include "model/memory_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "model/error.h"

namespace weft {
namespace {

constexpr double kUnit = 65536;  // credit is kept in 1/65536 byte

uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

[[noreturn]] void Refuse(const std::string& text, const std::string& what) {
  throw Error("memory '" + text + "': " + what + "; expected BYTES_PER_CYCLE,LATENCY[,stall=P]",
              ExitStatus::kUsage);
}

double Number(const std::string& text, const std::string& part) {
  char* end = nullptr;
  const double value = std::strtod(part.c_str(), &end);
  if (part.empty() || *end != 0 || !std::isfinite(value))
    Refuse(text, "'" + part + "' is no number");
  return value;
}

void CheckRange(const MemoryParams& p, const std::string& text) {
  if (!(p.bytes_per_cycle >= 1.0 / 1024 && p.bytes_per_cycle <= 1024))
    Refuse(text, "bytes per cycle must be in 1/1024 to 1024");
  if (p.latency_cycles < 1 || p.latency_cycles > 1000000)
    Refuse(text, "latency must be in 1 to 1000000 cycles");
  if (!(p.stall >= 0 && p.stall <= 0.99)) Refuse(text, "stall must be in 0 to 0.99");
}

}  // namespace

MemoryParams ParseMemoryParams(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() < 2 || parts.size() > 3) Refuse(text, "two or three parts");
  MemoryParams params;
  params.bytes_per_cycle = Number(text, parts[0]);
  const double latency = Number(text, parts[1]);
  if (latency != std::floor(latency) || latency < 1 || latency > 1000000)
    Refuse(text, "latency must be a whole number in 1 to 1000000");
  params.latency_cycles = static_cast<int>(latency);
  if (parts.size() == 3) {
    if (parts[2].compare(0, 6, "stall=") != 0) Refuse(text, "'" + parts[2] + "' is not known");
    params.stall = Number(text, parts[2].substr(6));
  }
  CheckRange(params, text);
  return params;
}

void MemoryModel::Queue::push(const Burst& burst) {
  if (size_ == ring_.size()) {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(head_), ring_.end());
    head_ = 0;
    ring_.resize(2 * size_);
  }
  ring_[(head_ + size_++) & (ring_.size() - 1)] = burst;
}

MemoryModel::MemoryModel(const MemoryParams& params, uint64_t base, size_t bytes)
    : params_(params),
      base_(base),
      rate_(std::llround(params.bytes_per_cycle * kUnit)),
      beat_cost_(static_cast<int64_t>(params.beat_bytes * kUnit)),
      credit_max_(beat_cost_ + rate_ - 1),
      bytes_(bytes),
      zeros_(static_cast<size_t>(params.beat_bytes)) {
  CheckRange(params,
             std::to_string(params.bytes_per_cycle) + "," + std::to_string(params.latency_cycles));
  StartSegment(0);
}

void MemoryModel::StartSegment(Cycle cycle) {
  now_ = cycle;
  out_ = Out();
  credit_ = credit_max_;
  last_was_read_ = write_held_up_ = read_asked_ = write_asked_ = false;
  read_shown_ = answer_shown_ = false;
  reads_.clear();
  writes_.clear();
  answers_.clear();
  read_number_ = write_number_ = burst_number_ = 0;
  read_beat_ = write_beat_ = 0;
  read_from_ = answer_from_ = read_free_ = answer_free_ = cycle;
  read_address_from_ = write_address_from_ = write_from_ = cycle;  // the first ones never stall
}

Cycle MemoryModel::Stall(StallKind kind, uint64_t burst, uint64_t beat) const {
  if (params_.stall <= 0) return 0;
  const uint64_t h =
      Mix(Mix(params_.seed * 8 + kind) + 0x9E3779B97F4A7C15ull * (burst * 512 + beat));
  if (static_cast<double>(h >> 11) * 0x1p-53 >= params_.stall) return 0;
  return 1 + static_cast<Cycle>(h & 15);
}

const MemoryModel::Out& MemoryModel::Begin(Cycle cycle) {
  const Cycle passed = cycle - now_;
  now_ = cycle;
  credit_ = passed >= credit_max_ / rate_ + 1 ? credit_max_
                                              : std::min(credit_max_, credit_ + passed * rate_);

  if (!answers_.empty() && !answers_.front().silent && cycle >= answer_from_) answer_shown_ = true;
  out_.b_valid = answer_shown_;
  if (answer_shown_) out_.b_response = answers_.front().response;

  const bool write_open = params_.plain ? cycle >= std::max(write_from_, read_address_from_)
                                        : !writes_.empty() && cycle >= write_from_;
  const bool write_first = write_held_up_ && write_open && last_was_read_;
  if (!read_shown_ && !reads_.empty() && !reads_.front().silent && cycle >= read_from_ &&
      credit_ >= (write_first ? 2 : 1) * beat_cost_) {
    credit_ -= beat_cost_;
    last_was_read_ = true;
    read_shown_ = true;
    const Burst& burst = reads_.front();
    const uint64_t address = burst.address + static_cast<uint64_t>(read_beat_ * params_.beat_bytes);
    const uint8_t* data = Find(address);
    out_.r_data = data != nullptr ? data : zeros_.data();
    out_.r_response = burst.response != 0 ? burst.response : data == nullptr ? 3 : 0;
    out_.r_last = read_beat_ == burst.beats - 1;
  }
  out_.r_valid = read_shown_;
  out_.w_ready = write_open && credit_ >= beat_cost_;
  out_.ar_ready = params_.plain ? out_.w_ready : cycle >= read_address_from_;
  out_.aw_ready = params_.plain ? out_.w_ready : cycle >= write_address_from_;
  if (params_.plain && answer_shown_) {  // one stream of answers: writes are answered on it too
    out_.r_valid = out_.r_last = true;
    out_.r_response = out_.b_response;
    out_.r_data = zeros_.data();
  }
  return out_;
}

void MemoryModel::End(const In& in) {
  const bool r_fire = read_shown_ && in.r_ready;
  const bool b_fire = answer_shown_ && (params_.plain ? in.r_ready : in.b_ready);
  const bool w_fire = in.w_valid && out_.w_ready;
  const bool ar_fire = in.ar_valid && out_.ar_ready;
  const bool aw_fire = in.aw_valid && out_.aw_ready;
  read_asked_ = in.ar_valid && !ar_fire;
  write_asked_ = in.aw_valid && !aw_fire;
  write_held_up_ = !params_.plain && in.w_valid && !w_fire;

  if (r_fire) {
    uint64_t data = 0;
    std::memcpy(&data, out_.r_data, static_cast<size_t>(params_.beat_bytes));
    Record(params_.plain ? MemoryEvent::kAnswer : MemoryEvent::kR,
           static_cast<uint64_t>(out_.r_response), data);
    ++read_beats_;
    read_shown_ = false;
    read_free_ = now_ + 1;
    if (out_.r_last) {
      reads_.pop();
      read_beat_ = 0;
    } else {
      ++read_beat_;
    }
    SetReadTime();
  }
  if (b_fire) {
    Record(params_.plain ? MemoryEvent::kAnswer : MemoryEvent::kB,
           static_cast<uint64_t>(out_.b_response), 0);
    answer_shown_ = false;
    answer_free_ = now_ + 1;
    answers_.pop();
    SetAnswerTime();
  }
  if (params_.plain) {
    if (ar_fire) AcceptAddress(false, in.ar_address, 1);
    if (aw_fire) {
      AcceptAddress(true, in.aw_address, 1);
      AcceptWriteBeat(in);
    }
    return;
  }
  if (w_fire) AcceptWriteBeat(in);
  if (ar_fire) AcceptAddress(false, in.ar_address, in.ar_beats);
  if (aw_fire) AcceptAddress(true, in.aw_address, in.aw_beats);
}

void MemoryModel::AcceptAddress(bool write, uint64_t address, int beats) {
  const uint64_t last = address + static_cast<uint64_t>(beats * params_.beat_bytes) - 1;
  const bool hit = faults_.error_address >= address && faults_.error_address <= last;
  Burst burst{address,
              beats,
              now_ + params_.latency_cycles,
              write ? write_number_ : read_number_,
              hit ? faults_.error_response : 0,
              burst_number_++ >= faults_.silent_from};
  Record(params_.plain ? MemoryEvent::kAsk
         : write       ? MemoryEvent::kAw
                       : MemoryEvent::kAr,
         address, static_cast<uint64_t>(beats));
  if (write) {
    ++write_number_;
    if (params_.plain) {
      read_address_from_ = now_ + 1 + Stall(kReadAddress, read_number_ + write_number_, 0);
    } else {
      write_address_from_ = now_ + 1 + Stall(kWriteAddress, write_number_, 0);
    }
    writes_.push(burst);
    return;
  }
  ++read_number_;
  read_address_from_ =
      now_ + 1 + Stall(kReadAddress, read_number_ + (params_.plain ? write_number_ : 0), 0);
  const bool first = reads_.empty();
  reads_.push(burst);
  if (first) SetReadTime();
}

void MemoryModel::AcceptWriteBeat(const In& in) {
  Burst& burst = writes_.front();
  const uint64_t address = burst.address + static_cast<uint64_t>(write_beat_ * params_.beat_bytes);
  uint8_t* to = Find(address);
  if (to == nullptr && burst.response == 0) burst.response = 3;
  uint64_t data = 0;
  for (int i = 0; i < params_.beat_bytes; ++i) {
    if (((in.w_strobe >> i) & 1) == 0) continue;
    if (to != nullptr) to[i] = in.w_data[i];
    data |= static_cast<uint64_t>(in.w_data[i]) << (8 * i);
  }
  if (!params_.plain) Record(MemoryEvent::kW, in.w_strobe, data);
  credit_ -= beat_cost_;
  last_was_read_ = false;
  ++write_beats_;
  const uint64_t number = burst.number;
  if (++write_beat_ == burst.beats) {
    const bool first = answers_.empty();
    burst.due = now_ + params_.latency_cycles;
    answers_.push(burst);
    writes_.pop();
    write_beat_ = 0;
    if (first) SetAnswerTime();
  }
  write_from_ =
      now_ + 1 +
      Stall(kWriteBeat, write_beat_ == 0 ? number + 1 : number, static_cast<uint64_t>(write_beat_));
}

void MemoryModel::SetReadTime() {
  if (reads_.empty()) return;
  const Burst& burst = reads_.front();
  read_from_ = (read_beat_ == 0 ? std::max(burst.due, read_free_) : read_free_) +
               Stall(kReadBeat, burst.number, static_cast<uint64_t>(read_beat_));
}

void MemoryModel::SetAnswerTime() {
  if (answers_.empty()) return;
  const Burst& burst = answers_.front();
  answer_from_ = std::max(burst.due, answer_free_) + Stall(kAnswerBeat, burst.number, 0);
}

Cycle MemoryModel::CreditTime() const {
  if (credit_ >= beat_cost_) return now_ + 1;
  return now_ + std::max<Cycle>(1, (beat_cost_ - credit_ + rate_ - 1) / rate_);
}

Cycle MemoryModel::NextEvent() const {
  Cycle next = kNever;
  auto at = [&](Cycle cycle) { next = std::min(next, std::max(cycle, now_ + 1)); };
  if (!read_shown_ && !reads_.empty() && !reads_.front().silent) {
    at(std::max(read_from_, CreditTime()));
  }
  if (!answer_shown_ && !answers_.empty() && !answers_.front().silent) at(answer_from_);
  if (write_held_up_ && !writes_.empty()) at(std::max(write_from_, CreditTime()));
  if (params_.plain) {
    if (read_asked_ || write_asked_)
      at(std::max(std::max(read_address_from_, write_from_), CreditTime()));
  } else {
    if (read_asked_) at(read_address_from_);
    if (write_asked_) at(write_address_from_);
  }
  return next;
}

uint8_t* MemoryModel::Find(uint64_t address) {
  const uint64_t at = address - base_;
  if (address < base_ || at + static_cast<uint64_t>(params_.beat_bytes) > bytes_.size())
    return nullptr;
  return bytes_.data() + at;
}

void MemoryModel::Record(MemoryEvent::Kind kind, uint64_t address, uint64_t data) {
  if (trace_ != nullptr) trace_->push_back({now_, kind, address, data});
}

}  // namespace weft
