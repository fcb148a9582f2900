// SPDX-License-Identifier: Apache-2.0
// Twin of weft_feeder. Pass i is started in s(i) = max(first cycle it is seen valid, end(i-1) + 1).
// The scan has its first (x, k) in s + 1, and the next one in the cycle after the one that it
// leaves: at once where there is no token, else when the back end takes the token; then, in the
// same way, the end, taken in end(i). A pass without columns or streams has its end in s + 1.
//
// Wide back end (weft_feed_wide). For words w of all tokens, an end counting as one without a read:
//   take of a token in the cycle of fire of the last word of the token before, or later
//   fire(w)  = GLB's first open cycle >= max(take + 1, port(w-1))
//   port(w)  = max(fire(w) + 1, done(w-1))        the word leaves the GLB's port
//   done(w)  = its last funnel step; steps in order, one a cycle, the first >= port(w) + 1
// A step pushes a chunk into a FIFO of two, unless the token is not aligned and the word is its
// first of several; such a token's last word has two steps if the last chunk begins in it.
//   beat b loads in max(push + 1, load(b-1) + 1, sent(b-1)), the chunk's last one pops it
//   sent(b)  = bus's first open cycle >= load(b) + 1
// feed_done is in the cycle after the end's load.
//
// Serial back end (weft_feed_serial), a byte a beat:
//   fire = GLB's first open cycle >= the scan's arrival, or the last byte of the word before + 1
//   sent(b) = bus's first open cycle >= max(fire + 1, sent(b-1) + 1)
// The token is taken with its last byte, the end at once; feed_done is in the cycle after.
//
// Ports answers for the neighbours:
//   Cycle GlbFire(Cycle from, uint32_t address, const uint8_t** word)  first cycle >= from in
//       which the read fires, and the word (valid until the next call)
//   Cycle ActFire(Cycle from, const ActBeat& beat)  first cycle >= from in which all targets take
//       it
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "model/class_log.h"
#include "model/fields.h"
#include "model/fifo.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

struct FeederParameters {
  int filter_depth = 256, win_lanes = 8, glb_bytes = 16, max_streams = 168;
  bool single_port = false;
  int patterns = 4;  // a power of two
};

struct ActBeat {
  int id, slot, x;  // x mod 64
  bool head, last, eos;
  int n;  // values in use
  std::array<int16_t, 8> values;
  std::array<uint16_t, 8> offs;
};

struct FeederEvents {  // by layer parity
  uint64_t act_bus[2] = {}, act_values[2] = {}, glb_act[2] = {};
};

template <class Ports>
class Feeder {
 public:
  Feeder(const FeederParameters& parameters, Ports* ports)
      : p_(parameters), ports_(*ports), chunks_(2) {
    for (auto& table : streams_) table.resize(static_cast<size_t>(p_.max_streams));
    classes_.Reset(0);
  }

  void Map(int pattern, int index, uint32_t word) {
    streams_[pattern & (p_.patterns - 1)][static_cast<size_t>(index)] = {
        static_cast<uint32_t>(GetField(&word, spec::kMapStreamOffset)),
        GetField(&word, spec::kMapStreamFirst), GetField(&word, spec::kMapStreamCount),
        GetField(&word, spec::kMapStreamShort)};
  }

  // The next pass: the operand words of its command and of its CFG, valid from cycle `valid` on.
  // Then Step() until it says that the pass is fed; feed_done() is the cycle of that pulse.
  void Begin(Cycle valid, const uint32_t* pass, const uint32_t* cfg) {
    const Cycle start = std::max(valid, end_ + 1);
    classes_.Add(start + 1, spec::kClassIdle);
    scan_ = start + 1;
    slot_ = passes_++ & 1;
    table_ = streams_[GetField(pass, spec::kPassPattern) & (p_.patterns - 1)].data();
    parity_ = GetField(pass, spec::kPassParity);
    streams_count_ = GetField(pass, spec::kPassStreams);
    xcount_ = streams_count_ == 0 ? 0 : GetField(pass, spec::kPassXcount);
    row_ = static_cast<uint32_t>(GetField(pass, spec::kPassActBase));
    xstride_ = static_cast<uint32_t>(GetField(pass, spec::kPassXstride));
    bytes_[0] = GetField(pass, spec::kPassQ);
    bytes_[1] = GetField(pass, spec::kPassQShort);
    tap_stride_ = GetField(pass, spec::kPassTapStride);
    const int zp = GetField(cfg, spec::kCfgActZp);
    for (int raw = 0; raw < 256; ++raw) {
      const int value = GetField(cfg, spec::kCfgActUnsigned) ? raw : static_cast<int8_t>(raw);
      value_[raw] = static_cast<int16_t>(((value - zp + 256) & 511) - 256);
    }
    x_ = k_ = 0;
  }

  // The stream of the next token; -1: none is left, the pass ends with the next Step().
  int NextStream() {
    for (; x_ < xcount_; k_ = 0, ++x_, row_ += xstride_) {
      for (; k_ < streams_count_; ++k_, ++scan_) {
        const int past = x_ - table_[k_].first;
        if (past >= 0 && past < table_[k_].count) return k_;
      }
    }
    return -1;
  }

  // Feeds the next token; false: there was none, the pass is fed.
  bool Step() {
    const int k = NextStream();
    if (k >= 0) {
      const Stream& stream = table_[k];
      ++k_;
      const Token token = {k,
                           x_ & 63,
                           (row_ + stream.offset) & 0x3FFFF,
                           bytes_[stream.is_short],
                           x_ * tap_stride_,
                           x_ - stream.first == stream.count - 1};
      if (p_.single_port) {
        FeedSerial(token);
      } else {
        FeedWide(token);
      }
      return true;
    }
    if (p_.single_port) {
      end_ = scan_;
      classes_.Add(end_ + 1, spec::kClassInput);
      feed_done_ = end_ + 1;
    } else {
      end_ = std::max(scan_, last_fire_);
      const Cycle fire = std::max(end_ + 1, port_);
      last_fire_ = fire;
      port_ = std::max(fire + 1, done_);
      done_ = chunks_.PushAt(std::max(port_, done_) + 1);
      chunks_.Push(done_);
      const Cycle load = std::max(chunks_.PopAt(0), std::max(load_ + 1, sent_));
      chunks_.Pop(load);
      load_ = load;
      classes_.Add(load + 1, spec::kClassInput);
      feed_done_ = load + 1;
    }
    return false;
  }
  Cycle feed_done() const { return feed_done_; }

  const FeederEvents& events() const { return events_; }
  ClassLog& classes() { return classes_; }

 private:
  struct Stream {
    uint32_t offset;
    int first, count, is_short;
  };
  struct Token {
    int id, x;
    uint32_t address;
    int bytes, off;
    bool eos;
  };

  void Send(Cycle from, const ActBeat& beat) {
    sent_ = ports_.ActFire(from, beat);
    events_.act_bus[parity_] += static_cast<uint64_t>(beat.n);
    classes_.Add(from, spec::kClassInput);
    classes_.Add(sent_, spec::kClassOutput);
    classes_.Add(sent_ + 1, spec::kClassBusy);
  }
  // The word at the address, read at `from` or later.
  Cycle Read(Cycle from, uint32_t address, const uint8_t** word) {
    ++events_.glb_act[parity_];
    return ports_.GlbFire(from, address & ~static_cast<uint32_t>(p_.glb_bytes - 1) & 0x3FFFF, word);
  }

  void FeedWide(const Token& token) {
    const int width = p_.glb_bytes;
    const int shift = static_cast<int>(token.address) & (width - 1);
    const int words = (shift + token.bytes + width - 1) / width;
    const int chunks = (token.bytes + width - 1) / width;
    const Cycle take = std::max(scan_, last_fire_);
    scan_ = take + 1;
    uint8_t bytes[160];
    int chunk = 0;
    for (int w = 0; w < words; ++w) {
      const uint8_t* word;
      last_fire_ =
          Read(std::max(take + 1, port_), token.address + static_cast<uint32_t>(w * width), &word);
      std::memcpy(bytes + w * width, word, static_cast<size_t>(width));
      port_ = std::max(last_fire_ + 1, done_);
      done_ = std::max(port_, done_) + 1;
      // Chunks that lie in the words so far: none, one or (behind the last word) two.
      const int up_to = shift == 0 ? w + 1 : w == words - 1 ? chunks : w;
      if (chunk == up_to) continue;
      done_ = FeedChunk(done_, token, bytes + shift, chunk++, chunks);
      if (chunk < up_to) done_ = FeedChunk(done_ + 1, token, bytes + shift, chunk++, chunks);
    }
  }
  // A funnel step, possible from cycle `from` on, and all beats of its chunk. Returns the step's
  // cycle.
  Cycle FeedChunk(Cycle from, const Token& token, const uint8_t* bytes, int chunk, int chunks) {
    const Cycle push = chunks_.PushAt(from);
    chunks_.Push(push);
    const int begin = chunk * p_.glb_bytes, end = std::min(begin + p_.glb_bytes, token.bytes);
    ActBeat beat;
    beat.id = token.id;
    beat.slot = slot_;
    beat.x = token.x;
    beat.head = chunk == 0;
    beat.last = beat.eos = false;
    beat.n = 0;
    Cycle ready = push + 1;
    auto load = [&] {
      load_ = std::max({ready, load_ + 1, sent_});
      ready = load_ + 1;
    };
    for (int c = begin; c < end; ++c) {
      const int16_t value = value_[bytes[c]];
      if (value == 0) continue;
      if (beat.n == p_.win_lanes) {  // and there is more
        load();
        Send(load_ + 1, beat);
        beat.head = false;
        beat.n = 0;
      }
      beat.values[static_cast<size_t>(beat.n)] = value;
      beat.offs[static_cast<size_t>(beat.n++)] =
          static_cast<uint16_t>((token.off + c) & (p_.filter_depth - 1));
    }
    load();
    beat.last = chunk == chunks - 1;
    beat.eos = beat.last && token.eos;
    chunks_.Pop(load_);
    Send(load_ + 1, beat);
    events_.act_values[parity_] += static_cast<uint64_t>(end - begin);
    return push;
  }

  void FeedSerial(const Token& token) {
    const uint8_t* word = nullptr;
    ActBeat beat;
    beat.id = token.id;
    beat.slot = slot_;
    beat.x = token.x;
    for (int c = 0; c < token.bytes; ++c) {
      const uint32_t address = token.address + static_cast<uint32_t>(c);
      const uint32_t lane = address & static_cast<uint32_t>(p_.glb_bytes - 1);
      if (c == 0 || lane == 0) {
        const Cycle fire = Read(c == 0 ? scan_ : sent_ + 1, address, &word);
        sent_ = fire;
      }
      const int16_t value = value_[word[lane]];
      beat.head = c == 0;
      beat.last = c == token.bytes - 1;
      beat.eos = beat.last && token.eos;
      beat.n = value != 0;
      beat.values[0] = value;
      beat.offs[0] = static_cast<uint16_t>((token.off + c) & (p_.filter_depth - 1));
      Send(sent_ + 1, beat);
      ++events_.act_values[parity_];
    }
    scan_ = sent_ + 1;
  }

  const FeederParameters p_;
  Ports& ports_;
  std::vector<Stream> streams_[1 << spec::kPassPattern.width];

  // The pass
  int64_t passes_ = 0;
  int slot_ = 0, parity_ = 0, streams_count_ = 0, xcount_ = 0, tap_stride_ = 0;
  int bytes_[2] = {};
  uint32_t row_ = 0, xstride_ = 0;
  const Stream* table_ = nullptr;
  int16_t value_[256];  // of a byte, less the zero point
  int x_ = 0, k_ = 0;

  // Cycles of the last ..., named as in the recurrence
  Cycle scan_ = 0;  // when the scan has the next (x, k)
  Cycle end_ = -1, last_fire_ = -1, port_ = -1, done_ = -1, load_ = -1, sent_ = -1, feed_done_ = -1;
  Fifo chunks_;
  FeederEvents events_;
  ClassLog classes_;
};

}  // namespace weft::model
