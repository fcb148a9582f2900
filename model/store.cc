// SPDX-License-Identifier: Apache-2.0
#include "model/store.h"

#include <cstring>

namespace weft::model {

Store::Store(const Config& config, GlbReadPort* glb, MoveListener* listener)
    : config_(config), glb_(glb), listener_(listener) {}

void Store::Reset(Cycle cycle) {
  state_ = kNone;
  record_ = false;
  granted_ = started_ = moved_ = answered_ = pushed_ = taken_ = 0;
  fired_ = last_answer_ = last_finish_ = cycle - 1;
  record_index_ = 0;
  record_half_ = false;
  record_from_ = cycle;
  classes_.Reset(cycle);
}

void Store::Command(Cycle valid, int opcode, const uint32_t* words, int parity, Cycle since) {
  valid_ = valid;
  since_ = since;
  parity_ = parity;
  if (granted_ == answered_) classes_.Add(since, spec::kClassIdle);
  if (opcode == spec::kOpEndLayer) {
    record_mem_ = words[spec::kEndLayerMem.word];
    state_ = kEndLayer;
    Settle();
    return;
  }
  const Move move = Move::Decode(words);
  if (move.null()) {
    state_ = kNull;
    Settle();
  } else {
    Start(move, valid);
  }
}

void Store::Start(const Move& move, Cycle cycle) {
  state_ = kActive;
  const uint32_t mask = config_.addr_bits == 32 ? 0xffffffffu : (1u << config_.addr_bits) - 1;
  walk_.Start(move, config_.max_burst_bytes, mask);
  request_from_ = cycle + config_.walk.first;
}

// When nothing is unanswered: what waits for that happens, and cycles without a command are idle.
void Store::Settle() {
  if (granted_ != answered_) return;
  if (state_ != kNone) classes_.Add(since_, spec::kClassIdle);
  if (state_ == kNull) {
    fired_ = std::max(valid_, last_answer_ + 1) + config_.walk.null;
    classes_.Add(fired_ + 1, spec::kClassMemory);
    state_ = kNone;
    listener_->Done(fired_ + 1, parity_);
  } else if (state_ == kEndLayer) {
    const Cycle end = std::max(valid_, last_answer_);
    record_ = true;
    record_index_ = 0;
    record_half_ = false;
    Move move;
    move.mem = record_mem_;
    move.run = static_cast<uint32_t>(config_.rec_words) * 8;
    move.n1 = move.n2 = 1;
    Start(move, end + 1);
    listener_->LayerEnd(end, parity_);
  }
}

Cycle Store::RequestAt() const {
  if (state_ != kActive) return kNever;
  Cycle from = request_from_;
  const int64_t k = granted_ - config_.max_writes;
  if (k >= 0) {
    if (answered_ <= k) return kNever;
    from = std::max(from, burst(k).answered + 1);
  }
  if (config_.max_writes > 1 && granted_ > 0) {
    if (started_ < granted_) return kNever;
    from = std::max(from, burst(granted_ - 1).valid);
  }
  return from;
}

void Store::Granted(Cycle cycle) {
  burst(granted_) = {cycle, 0, 0, walk_.burst(), parity_, record_};
  ++granted_;
  if (walk_.burst().last) {
    state_ = kNone;
    record_ = false;
    fired_ = cycle;
    listener_->CommandFired(cycle);
  } else {
    walk_.Next();
    request_from_ = cycle + (walk_.begins_run() ? config_.walk.run : config_.walk.burst);
  }
  RunData();
}

void Store::StartBurst() {
  Burst& b = burst(started_++);
  b.valid = config_.max_writes > 1 ? std::max(b.granted + 2, last_finish_ + 1) : b.granted + 1;
  classes_.Add(b.valid, spec::kClassMemory);
  step_from_ = read_from_ = b.valid;
  first_ = true;
  held_ = false;
  beats_left_ = b.move.Request(config_.mem_bytes).beats;
  parts_left_ = 0;
  prime_ = false;
  rotate_ = 0;
  if (b.record) return;
  const int mem_bytes = config_.mem_bytes;
  const int pos = static_cast<int>(b.move.glb) & (mem_bytes - 1);
  const int lane = b.move.lane(mem_bytes);
  prime_ = pos > lane;
  rotate_ = (pos - lane) & (mem_bytes - 1);
  parts_left_ = (pos + b.move.bytes + mem_bytes - 1) / mem_bytes;
  part_at_ = b.move.glb - static_cast<uint32_t>(pos);
}

// Makes beats until the next step waits for a grant or for a beat to be taken.
void Store::RunData() {
  const int mem_bytes = config_.mem_bytes;
  for (;;) {
    if (started_ == moved_) {
      if (started_ == granted_) return;
      StartBurst();
    }
    const Burst& b = burst(moved_);
    if (parts_left_ > 0 && !held_) {
      const uint32_t mask = ~static_cast<uint32_t>(config_.glb_bytes - 1);
      part_from_ = glb_->Read(read_from_, part_at_ & mask, &word_) + 1;
      held_ = true;
      ++glb_words_[b.parity];
    }
    Cycle source = b.record ? record_from_ : parts_left_ > 0 ? part_from_ : 0;
    Cycle room = 0;
    if (!prime_ && pushed_ >= config_.out_beats) {
      const int64_t before = pushed_ - config_.out_beats;
      if (taken_ <= before) return;
      room = beat(before).taken + 1;
    }
    const Cycle step = std::max(step_from_, std::max(source, room));
    classes_.Add(std::min(step, room), spec::kClassMemory);
    classes_.Add(step, spec::kClassInput);
    classes_.Add(step + 1, spec::kClassBusy);

    uint8_t part[8] = {};
    const bool use_part = parts_left_ > 0;
    if (use_part) {
      const uint32_t in_word = part_at_ & static_cast<uint32_t>(config_.glb_bytes - 1);
      for (int j = 0; j < mem_bytes; ++j)
        part[j] = word_[in_word + static_cast<uint32_t>((j + rotate_) & (mem_bytes - 1))];
    }
    if (prime_) {
      prime_ = false;
    } else {
      MakeBeat(step, part);
    }
    step_from_ = step + 1;
    if (use_part) {
      std::memcpy(carry_, part, sizeof(carry_));
      --parts_left_;
      part_at_ = (part_at_ + static_cast<uint32_t>(mem_bytes)) & 0x3ffff;
      if ((part_at_ & static_cast<uint32_t>(config_.glb_bytes - 1)) == 0) {
        held_ = false;
        read_from_ = step;
      }
    }
    if (beats_left_ == 0) {
      last_finish_ = step;
      ++moved_;
    }
  }
}

void Store::MakeBeat(Cycle step, const uint8_t* part) {
  const Burst& b = burst(moved_);
  const int mem_bytes = config_.mem_bytes;
  Beat& out = beat(pushed_++);
  out.pushed = step;
  const int lane = first_ ? b.move.lane(mem_bytes) : 0;
  const int end =
      --beats_left_ > 0 ? mem_bytes : (b.move.lane(mem_bytes) + b.move.bytes - 1) % mem_bytes + 1;
  first_ = false;
  out.strobe = ((1ull << end) - 1) & ~((1ull << lane) - 1);
  if (b.record) {
    const uint64_t word = listener_->RecordWord(step, record_index_);
    const uint64_t data = record_half_ ? word >> 32 : word;
    std::memcpy(out.data, &data, 8);
    record_bytes_[b.parity] += mem_bytes;
    if (mem_bytes == 4) record_half_ = !record_half_;
    if (!record_half_) {
      ++record_index_;
      record_from_ = step + 2;
    }
    return;
  }
  for (int j = 0; j < mem_bytes; ++j)
    out.data[j] = rotate_ != 0 && j + rotate_ < mem_bytes ? carry_[j] : part[j];
  store_bytes_[b.parity] += end - lane;
}

Cycle Store::DataAt() const {
  if (taken_ == pushed_) return kNever;
  return std::max(beat(taken_).pushed, taken_ > 0 ? beat(taken_ - 1).taken : 0) + 1;
}

const uint8_t* Store::Data(uint64_t* strobe) const {
  *strobe = beat(taken_).strobe;
  return beat(taken_).data;
}

void Store::Taken(Cycle cycle) {
  beat(taken_).taken = cycle;
  ++taken_;
  RunData();
}

void Store::Answered(Cycle cycle) {
  Burst& b = burst(answered_++);
  b.answered = cycle;
  last_answer_ = cycle;
  if (b.move.last) {
    listener_->Done(cycle, b.parity);
    if (b.record) listener_->RecordDone(cycle);
  }
  if (granted_ == answered_) classes_.Add(cycle + 1, spec::kClassMemory);
  Settle();
}

}  // namespace weft::model
