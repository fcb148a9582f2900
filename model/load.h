// SPDX-License-Identifier: Apache-2.0
// Twin of weft_load. With D = max_reads - 1 bursts waiting behind the one being written:
//
//   request k up = max(grant(k-1) + 1 or command + 1, pop(k-D) + 1)
//   pop(k)       = max(grant(k) + 1, finish(k-1))       the burst's data count from pop(k) + 1
//   GLB write    = first cycle >= max(beat offered, pop(k) + 1, last write + 1) the GLB grants
//   finish(k)    = its last write
//   D = 0: request k up = max(.., finish(k-1) + 1), pop(k) = grant(k)
//
// A command without bytes fires in max(valid, last finish + 1) and is done in the cycle after.
#ifndef WEFT_MODEL_LOAD_H_
#define WEFT_MODEL_LOAD_H_

#include <cstdint>

#include "model/class_log.h"
#include "model/move.h"

namespace weft::model {

class Load final : public ReadClient {
 public:
  struct Config {
    int glb_bytes = 16, mem_bytes = 8, max_burst_bytes = 128, max_reads = 8, addr_bits = 32;
    WalkCycles walk = {};
  };
  Load(const Config& config, GlbWritePort* glb, MoveListener* listener);
  void Reset(Cycle cycle);

  // cmd_valid_i is up from cycle `valid` on, later than the last command's fire. One at a time.
  // Cycles from `since` on are no longer idle (weft_mover: its front end waits for the mover).
  void Command(Cycle valid, const uint32_t* words, int parity) {
    Command(valid, words, parity, valid);
  }
  void Command(Cycle valid, const uint32_t* words, int parity, Cycle since);
  bool has_command() const { return state_ != kNone; }
  Cycle command_fired() const { return fired_; }  // cmd fire of the last one, when !has_command()
  bool idle() const { return state_ == kNone && granted_ == finished_; }

  Cycle RequestAt() const override;
  MemRequest Request() const override { return walk_.burst().Request(config_.mem_bytes); }
  void Granted(Cycle cycle) override;
  Cycle Beat(Cycle offered, const uint8_t* data, bool last) override;

  // Events by parity of the command.
  int64_t glb_words(int parity) const { return glb_words_[parity]; }
  int64_t beat_bytes(int parity) const { return beat_bytes_[parity]; }
  void ClearEvents(int parity) { glb_words_[parity] = beat_bytes_[parity] = 0; }
  ClassLog& classes() { return classes_; }

 private:
  enum State { kNone, kNull, kActive };
  static constexpr int kRing = 32;  // more than max_reads + 1
  struct Burst {
    Cycle granted, pop;
    MoveBurst move;
    int parity;
  };

  Burst& burst(int64_t k) { return bursts_[k % kRing]; }
  const Burst& burst(int64_t k) const { return bursts_[k % kRing]; }
  void StartBurst();
  void Settle();

  const Config config_;
  GlbWritePort* const glb_;
  MoveListener* const listener_;
  State state_ = kNone;
  Cycle valid_ = 0, since_ = 0, fired_ = -1, request_from_ = 0;
  int parity_ = 0;
  MoveWalk walk_;
  Burst bursts_[kRing];
  int64_t granted_ = 0, popped_ = 0, finished_ = 0;
  Cycle last_finish_ = -1, last_write_ = -1;
  uint32_t glb_at_ = 0;
  int lane_ = 0, left_ = 0;  // of the burst being written
  int64_t glb_words_[2] = {}, beat_bytes_[2] = {};
  ClassLog classes_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_LOAD_H_
