// SPDX-License-Identifier: Apache-2.0
// The bytes of a memory that someone else keeps. A MemoryModel (of no bytes) goes on saying when a
// beat goes over the bus; here its data and responses are replaced by those of whole bursts: a read
// is fetched when its first beat is shown, a write is handed over with its last beat. No program
// can tell: what a burst carries is settled before it is asked for (docs/model.md, 3).
#ifndef WEFT_MODEL_PLATFORM_MEMORY_H_
#define WEFT_MODEL_PLATFORM_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "model/memory_model.h"

namespace weft::model {

class PlatformMemory {
 public:
  // Both return the response of the whole burst as AXI has it: 0, 2 (SLVERR) or 3 (DECERR).
  using Read = std::function<int(uint64_t address, uint8_t* bytes, size_t count)>;
  // enables: 0xff for a byte that is written, else 0.
  using Write = std::function<int(uint64_t address, const uint8_t* bytes, const uint8_t* enables,
                                  size_t count)>;

  PlatformMemory(int beat_bytes, bool plain, Read read, Write write)
      : beat_(static_cast<size_t>(beat_bytes)),
        plain_(plain),
        read_(std::move(read)),
        write_(std::move(write)) {}

  void StartSegment() {
    reads_.clear();
    writes_.clear();
    answers_.clear();
    read_bytes_.clear();
    ClearWrite();
    read_beat_ = 0;
  }

  // After MemoryModel::Begin.
  void Begin(MemoryModel::Out* out) {
    if (out->b_valid) out->b_response = answers_.front();
    if (!out->r_valid) return;
    if (AnswersWrite()) {
      out->r_response = answers_.front();
      return;
    }
    if (read_bytes_.empty()) {
      read_bytes_.resize(reads_.front().beats * beat_);
      response_ = read_(reads_.front().address, read_bytes_.data(), read_bytes_.size());
    }
    out->r_data = read_bytes_.data() + read_beat_ * beat_;
    out->r_response = response_;
  }

  // Beside MemoryModel::End; `out` is what Begin left.
  void End(const MemoryModel::In& in, const MemoryModel::Out& out) {
    if (out.r_valid && in.r_ready) {
      if (AnswersWrite()) {
        answers_.pop_front();
      } else {
        NextReadBeat();
      }
    }
    if (!plain_ && out.b_valid && in.b_ready) answers_.pop_front();
    if (plain_) {  // bursts of one beat, which a write brings along
      if (in.ar_valid && out.ar_ready) reads_.push_back({in.ar_address, 1});
      if (!in.aw_valid || !out.aw_ready) return;
      writes_.push_back({in.aw_address, 1});
      TakeBeat(in);
      return;
    }
    if (in.w_valid && out.w_ready) TakeBeat(in);
    if (in.ar_valid && out.ar_ready)
      reads_.push_back({in.ar_address, static_cast<size_t>(in.ar_beats)});
    if (in.aw_valid && out.aw_ready)
      writes_.push_back({in.aw_address, static_cast<size_t>(in.aw_beats)});
  }

 private:
  struct Burst {
    uint64_t address;
    size_t beats;
  };

  // The plain port's one stream of answers; it never has reads and writes open together.
  bool AnswersWrite() const { return plain_ && !answers_.empty(); }

  void NextReadBeat() {
    if (++read_beat_ < reads_.front().beats) return;
    reads_.pop_front();
    read_bytes_.clear();
    read_beat_ = 0;
  }

  void TakeBeat(const MemoryModel::In& in) {
    for (size_t i = 0; i < beat_; ++i) {
      write_bytes_.push_back(in.w_data[i]);
      enables_.push_back((in.w_strobe >> i & 1) != 0 ? 0xff : 0);
    }
    const Burst& burst = writes_.front();
    if (write_bytes_.size() < burst.beats * beat_) return;
    answers_.push_back(
        write_(burst.address, write_bytes_.data(), enables_.data(), write_bytes_.size()));
    writes_.pop_front();
    ClearWrite();
  }

  void ClearWrite() {
    write_bytes_.clear();
    enables_.clear();
  }

  const size_t beat_;
  const bool plain_;
  const Read read_;
  const Write write_;
  std::deque<Burst> reads_, writes_;  // accepted; in order
  std::deque<int> answers_;           // of writes handed over
  std::vector<uint8_t> read_bytes_;   // of the oldest read once its first beat is shown
  std::vector<uint8_t> write_bytes_, enables_;  // of the oldest write
  size_t read_beat_ = 0;
  int response_ = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_PLATFORM_MEMORY_H_
