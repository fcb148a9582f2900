// SPDX-License-Identifier: Apache-2.0
// Twin of weft_store. A burst granted in cycle g has its data made from v on, by steps:
//
//   request k up = max(grant(k-1) + 1 or command + 1, answer(k - max_writes) + 1, v(k-1))
//   v(k)         = max(grant(k) + 2, finish(k-1) + 1)
//                  (max_writes = 1: grant(k) + 1, and no v(k-1) above)
//   read i       = first cycle the GLB grants, from v(k) or the step that uses up word i-1 on
//   step         = max(last step + 1, v(k), read of its part's word + 1 if it needs a part,
//                      taken(b - out_beats) + 1 if it makes beat b)
//   beat b up    = step + 1;  finish(k) = the step of its last beat
//   record word  : step >= the last step of the word before + 2
//   layer end    = max(end_layer valid, last answer); its requests are up from layer end + 2 on
//
// A command without bytes fires in max(valid, last answer + 1) and is done in the cycle after.
#ifndef WEFT_MODEL_STORE_H_
#define WEFT_MODEL_STORE_H_

#include <cstdint>

#include "model/class_log.h"
#include "model/move.h"

namespace weft::model {

class Store final : public WriteClient {
 public:
  struct Config {
    int glb_bytes = 16, mem_bytes = 8, max_burst_bytes = 128, max_writes = 8;
    int rec_words = spec::kRecordWords, out_beats = 2, addr_bits = 32;
    WalkCycles walk = {};
  };
  Store(const Config& config, GlbReadPort* glb, MoveListener* listener);
  void Reset(Cycle cycle);

  // cmd_valid_i is up from cycle `valid` on, later than the last command's fire. One at a time.
  // Cycles from `since` on are no longer idle (weft_mover: its front end waits for the mover).
  void Command(Cycle valid, int opcode, const uint32_t* words, int parity) {
    Command(valid, opcode, words, parity, valid);
  }
  void Command(Cycle valid, int opcode, const uint32_t* words, int parity, Cycle since);
  bool has_command() const { return state_ != kNone; }
  Cycle command_fired() const { return fired_; }  // cmd fire of the last one, when !has_command()
  bool idle() const { return state_ == kNone && granted_ == answered_; }

  Cycle RequestAt() const override;
  MemRequest Request() const override { return walk_.burst().Request(config_.mem_bytes); }
  void Granted(Cycle cycle) override;
  Cycle DataAt() const override;
  const uint8_t* Data(uint64_t* strobe) const override;
  void Taken(Cycle cycle) override;
  void Answered(Cycle cycle) override;

  // Events by parity of the command.
  int64_t glb_words(int parity) const { return glb_words_[parity]; }
  int64_t store_bytes(int parity) const { return store_bytes_[parity]; }
  int64_t record_bytes(int parity) const { return record_bytes_[parity]; }
  void ClearEvents(int parity) {
    glb_words_[parity] = store_bytes_[parity] = record_bytes_[parity] = 0;
  }
  ClassLog& classes() { return classes_; }

 private:
  enum State { kNone, kNull, kEndLayer, kActive };
  static constexpr int kRing = 32;  // more than max_writes
  struct Burst {
    Cycle granted, valid, answered;
    MoveBurst move;
    int parity;
    bool record;
  };
  struct Beat {
    Cycle pushed, taken;
    uint8_t data[8];
    uint64_t strobe;
  };

  Burst& burst(int64_t k) { return bursts_[k % kRing]; }
  const Burst& burst(int64_t k) const { return bursts_[k % kRing]; }
  Beat& beat(int64_t b) { return beats_[b % kRing]; }
  const Beat& beat(int64_t b) const { return beats_[b % kRing]; }
  void Start(const Move& move, Cycle cycle);
  void Settle();
  void StartBurst();
  void RunData();
  void MakeBeat(Cycle step, const uint8_t* part);

  const Config config_;
  GlbReadPort* const glb_;
  MoveListener* const listener_;
  State state_ = kNone;
  Cycle valid_ = 0, since_ = 0, fired_ = -1, request_from_ = 0, last_answer_ = -1;
  int parity_ = 0;
  bool record_ = false;  // the command in hand writes its record
  uint32_t record_mem_ = 0;
  MoveWalk walk_;
  Burst bursts_[kRing];
  int64_t granted_ = 0, started_ = 0, moved_ = 0, answered_ = 0;
  // The burst whose data are being made, while moved_ < started_.
  Cycle step_from_ = 0, read_from_ = 0, part_from_ = 0, last_finish_ = -1;
  bool prime_ = false, held_ = false, first_ = false;
  int rotate_ = 0, beats_left_ = 0, parts_left_ = 0;
  uint32_t part_at_ = 0;  // GLB address of the next part
  const uint8_t* word_ = nullptr;
  uint8_t carry_[8] = {};
  int record_index_ = 0;
  bool record_half_ = false;
  Cycle record_from_ = 0;
  Beat beats_[kRing];
  int64_t pushed_ = 0, taken_ = 0;
  int64_t glb_words_[2] = {}, store_bytes_[2] = {}, record_bytes_[2] = {};
  ClassLog classes_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_STORE_H_
