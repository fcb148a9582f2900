// SPDX-License-Identifier: Apache-2.0
#include "model/load.h"

namespace weft::model {

Load::Load(const Config& config, GlbWritePort* glb, MoveListener* listener)
    : config_(config), glb_(glb), listener_(listener) {}

void Load::Reset(Cycle cycle) {
  state_ = kNone;
  granted_ = popped_ = finished_ = 0;
  fired_ = last_finish_ = last_write_ = cycle - 1;
  classes_.Reset(cycle);
}

void Load::Command(Cycle valid, const uint32_t* words, int parity, Cycle since) {
  const Move move = Move::Decode(words);
  valid_ = valid;
  since_ = since;
  parity_ = parity;
  if (granted_ == finished_) classes_.Add(since, spec::kClassIdle);
  if (move.null()) {
    state_ = kNull;
    Settle();
    return;
  }
  state_ = kActive;
  const uint32_t mask = config_.addr_bits == 32 ? 0xffffffffu : (1u << config_.addr_bits) - 1;
  walk_.Start(move, config_.max_burst_bytes, mask);
  request_from_ = valid + config_.walk.first;
}

// When nothing is outstanding: a command without bytes fires, and cycles without a command are
// idle.
void Load::Settle() {
  if (granted_ != finished_) return;
  if (state_ != kNone) classes_.Add(since_, spec::kClassIdle);
  if (state_ != kNull) return;
  fired_ = std::max(valid_, last_finish_ + 1) + config_.walk.null;
  classes_.Add(fired_ + 1, spec::kClassMemory);
  state_ = kNone;
  listener_->Done(fired_ + 1, parity_);
}

Cycle Load::RequestAt() const {
  if (state_ != kActive) return kNever;
  if (config_.max_reads == 1) {
    return finished_ < granted_ ? kNever : std::max(request_from_, last_finish_ + 1);
  }
  const int64_t k = granted_ - (config_.max_reads - 1);
  if (k < 0) return request_from_;
  return popped_ <= k ? kNever : std::max(request_from_, burst(k).pop + 1);
}

void Load::Granted(Cycle cycle) {
  burst(granted_) = {cycle, 0, walk_.burst(), parity_};
  ++granted_;
  if (walk_.burst().last) {
    state_ = kNone;
    fired_ = cycle;
    listener_->CommandFired(cycle);
  } else {
    walk_.Next();
    request_from_ = cycle + (walk_.begins_run() ? config_.walk.run : config_.walk.burst);
  }
  StartBurst();
}

// The oldest unfinished burst becomes the one being written, as soon as both times are known.
void Load::StartBurst() {
  if (popped_ != finished_ || popped_ == granted_) return;
  Burst& b = burst(popped_++);
  b.pop = config_.max_reads == 1 ? b.granted : std::max(b.granted + 1, last_finish_);
  glb_at_ = b.move.glb;
  lane_ = b.move.lane(config_.mem_bytes);
  left_ = b.move.bytes;
}

Cycle Load::Beat(Cycle offered, const uint8_t* data, bool /*last*/) {
  const Burst& b = burst(finished_);
  Cycle from = std::max(offered, b.pop + 1);
  classes_.Add(from, spec::kClassMemory);
  const int word = config_.glb_bytes;
  for (;;) {
    const int pos = static_cast<int>(glb_at_) & (word - 1);
    const int in_beat = std::min(config_.mem_bytes - lane_, left_);
    const int count = std::min(in_beat, word - pos);
    last_write_ = glb_->Write(from, glb_at_, data + lane_, count);
    classes_.Add(last_write_, spec::kClassOutput);
    classes_.Add(last_write_ + 1, spec::kClassBusy);
    ++glb_words_[b.parity];
    from = last_write_ + 1;
    glb_at_ = (glb_at_ + static_cast<uint32_t>(count)) & 0x3ffff;
    lane_ = (lane_ + count) & (config_.mem_bytes - 1);
    left_ -= count;
    if (count == in_beat) break;
  }
  beat_bytes_[b.parity] += config_.mem_bytes;
  if (left_ == 0) {
    last_finish_ = last_write_;
    if (b.move.last) listener_->Done(last_finish_, b.parity);
    ++finished_;
    StartBurst();
    Settle();
  }
  return last_write_;
}

}  // namespace weft::model
