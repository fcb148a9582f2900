// SPDX-License-Identifier: Apache-2.0
// Twin of weft_post, pipelined and serial: bias, requantization, clamp, residual add, bytes to
// the GLB. A beat is one token; Accept() says in which cycle post takes it.
//
// Pipelined (PostSerial 0): stages move together. Time is kept in ticks, cycles in which they
// move; a beat accepted in tick v asks for its residual when tick v+3 passes, needs the bytes in
// tick v+6 and leaves in tick v+14 (without residual: v+5). A tick waits for
//   residual bytes: last read of the beat + 2; reads follow each other, first from the ask + 1
//   output queue: pop of the beat before the last + 1
// and the beat is written from its leaving + 1 and the previous pop + 1 on. One or two words each.
//
// Serial (PostSerial 1): see weft_post_serial.
//
// Ports answers for the GLB:
//   Cycle ResFire(Cycle from, uint32_t address, const uint8_t** word)    first cycle >= from in
//       which the read fires, and the GlbBytes bytes read
//   Cycle OutFire(Cycle from, uint32_t address, uint32_t enables, const uint8_t* word)
#pragma once

#include <cstdint>
#include <vector>

#include "model/fields.h"
#include "model/numerics.h"
#include "model/requant.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

constexpr int kMaxPostLanes = 16;
constexpr int kMaxGlbBytes = 32;
constexpr uint32_t kGlbAddressMask = (1u << 18) - 1;

struct PostParameters {
  int post_lanes = 8, glb_bytes = 16, param_rows = 64;
  bool post_serial = false;
};

// What the collector hands over in one cycle. All beats up to `end` agree in res_en, cfg, parity.
struct PostBeat {
  const int32_t* sums = nullptr;  // count of them
  int count = 0;                  // 1..post_lanes
  int lane = 0, row = 0;          // parameters: first lane, row with the half on top
  uint32_t address = 0, res_address = 0;
  bool res_en = false, end = false;
  int cfg = 0, parity = 0;
};

struct PostEvents {  // by layer parity
  uint64_t post[2] = {}, post_add[2] = {}, glb_res[2] = {}, glb_out[2] = {};
};

// The layer constants of CFG that post uses.
struct PostConstants {
  Rounding rounding = Rounding::kDouble;
  bool res_unsigned = false;
  int32_t out_zp = 0, lo = 0, hi = 0;
  AddParams add;

  static PostConstants FromWords(const uint32_t* words) {
    PostConstants c;
    c.rounding = GetField(words, spec::kCfgSingleRounding) ? Rounding::kSingle : Rounding::kDouble;
    c.res_unsigned = GetField(words, spec::kCfgResUnsigned) != 0;
    c.out_zp = GetField(words, spec::kCfgOutZp);
    c.lo = GetField(words, spec::kCfgLo);
    c.hi = GetField(words, spec::kCfgHi);
    c.add.input[0] = {GetField(words, spec::kCfgAddM1), GetField(words, spec::kCfgAddE1)};
    c.add.input[1] = {GetField(words, spec::kCfgAddM2), GetField(words, spec::kCfgAddE2)};
    c.add.output = {GetField(words, spec::kCfgAddM3), GetField(words, spec::kCfgAddE3)};
    c.add.input_zero_point[0] = GetField(words, spec::kCfgAddZ1);
    c.add.input_zero_point[1] = GetField(words, spec::kCfgAddZ2);
    c.add.output_zero_point = GetField(words, spec::kCfgAddZp);
    c.add.qmin = GetField(words, spec::kCfgAddLo);
    c.add.qmax = GetField(words, spec::kCfgAddHi);
    c.add.rounding = c.rounding;
    return c;
  }
};

template <class Ports>
class Post {
 public:
  Post(const PostParameters& parameters, Ports* ports)
      : p_(parameters),
        ports_(*ports),
        channels_(static_cast<size_t>(2 * parameters.param_rows * parameters.post_lanes)) {}

  // A write of the parameter memory; the row carries the half on top.
  void WriteParam(int row, int lane, int32_t bias, int32_t m0, int32_t exponent) {
    channels_[static_cast<size_t>(row * p_.post_lanes + lane)] = {bias, {m0, exponent}};
  }
  void SetCfg(int slot, const uint32_t* words) {
    constants_[p_.post_serial ? 0 : slot] = PostConstants::FromWords(words);
  }

  // The beat is offered from cycle `from` on; returns the cycle in which it is accepted.
  Cycle Accept(Cycle from, const PostBeat& beat) {
    return p_.post_serial ? AcceptSerial(from, beat) : AcceptPiped(from, beat);
  }

  // After the end beat: the cycle of post_done, before which no beat of the next pass may come.
  Cycle Done() {
    if (p_.post_serial) return last_accept_ + 1;
    Cycle never = kNever;
    while (left_ < accepted_) Step(&never);
    return pop_[(left_ - 1) & kRing];
  }

  const PostEvents& events() const { return events_; }

 private:
  struct Channel {
    int32_t bias = 0;
    Multiplier m;
  };
  struct Token {
    Cycle tick = 0;       // of acceptance
    Cycle res_ready = 0;  // first cycle in which its residual bytes show
    uint32_t address = 0, res_address = 0;
    int count = 0;
    int32_t v[kMaxPostLanes];  // outputs before the add
    uint8_t residual[kMaxPostLanes];
  };
  static constexpr int kRing = 31;  // tokens in flight and two pops
  static constexpr int kAskTick = 3, kAddTick = 6, kLeaveTick = 5, kLeaveAddTick = 14;
  static constexpr int kQueue = 2;

  int32_t Requantized(const PostBeat& beat, int lane, const PostConstants& c) const {
    const Channel& ch = channels_[static_cast<size_t>(beat.row * p_.post_lanes + beat.lane + lane)];
    return Requantize(WrapAdd(beat.sums[lane], ch.bias), ch.m, c.rounding, c.out_zp, c.lo, c.hi);
  }
  static uint8_t Added(int32_t v, uint8_t residual, const PostConstants& c) {
    const int32_t r = c.res_unsigned ? residual : static_cast<int8_t>(residual);
    return static_cast<uint8_t>(AddElement(c.add, v, r));
  }

  // Reads count bytes at an address, one or two words; returns the cycle of the last read.
  Cycle Read(Cycle from, uint32_t address, int count, uint8_t* bytes) {
    const uint32_t width = static_cast<uint32_t>(p_.glb_bytes), offset = address & (width - 1);
    const uint8_t* word = nullptr;
    Cycle at = ports_.ResFire(from, address - offset, &word);
    ++events_.glb_res[parity_];
    for (int l = 0; l < count; ++l) {
      uint32_t byte = offset + static_cast<uint32_t>(l);
      if (byte == width) {
        at = ports_.ResFire(at + 1, (address - offset + width) & kGlbAddressMask, &word);
        ++events_.glb_res[parity_];
      }
      bytes[l] = word[byte & (width - 1)];
    }
    return at;
  }

  // Writes count bytes, one or two words; returns the cycle of the last write.
  Cycle Write(Cycle from, uint32_t address, int count, const uint8_t* bytes) {
    const uint32_t width = static_cast<uint32_t>(p_.glb_bytes), offset = address & (width - 1);
    uint8_t words[2 * kMaxGlbBytes];
    for (int l = 0; l < count; ++l) words[offset + static_cast<uint32_t>(l)] = bytes[l];
    const uint64_t enables = ((uint64_t{1} << count) - 1) << offset;
    const uint64_t low = (uint64_t{1} << width) - 1;
    Cycle at = ports_.OutFire(from, address - offset, static_cast<uint32_t>(enables & low), words);
    ++events_.glb_out[parity_];
    if (offset + static_cast<uint32_t>(count) > width) {
      at = ports_.OutFire(at + 1, (address - offset + width) & kGlbAddressMask,
                          static_cast<uint32_t>(enables >> width), words + width);
      ++events_.glb_out[parity_];
    }
    return at;
  }

  void Begin(const PostBeat& beat) {
    parity_ = beat.parity;
    cfg_ = beat.cfg;
    res_en_ = beat.res_en;
  }
  void Count(int count) {
    events_.post[parity_] += static_cast<uint64_t>(count);
    if (res_en_) events_.post_add[parity_] += static_cast<uint64_t>(count);
  }

  Cycle AcceptSerial(Cycle from, const PostBeat& beat) {
    Begin(beat);
    const PostConstants& c = constants_[0];
    const Cycle begin = std::max(from, last_accept_ + 1);
    const int32_t v = Requantized(beat, 0, c);
    const int exponent =
        channels_[static_cast<size_t>(beat.row * p_.post_lanes + beat.lane)].m.exponent;
    // Two cycles before a requantization, for its operand and exponent, and one behind for its bounds
    Cycle at = begin + SerialRequantCycles(kSerialBits, exponent) + 3;
    uint8_t byte = static_cast<uint8_t>(v);
    if (res_en_) {
      uint8_t residual = 0;
      const Cycle read = Read(begin + 1, beat.res_address, 1, &residual);
      at += 2 + SerialRequantCycles(kSerialShortBits, c.add.input[0].exponent);
      at = std::max(at, read + 1) + kSerialBits;  // the first operand is stored
      at += 2 + SerialRequantCycles(kSerialShortBits, c.add.input[1].exponent);
      at += kSerialBits;
      at += 2 + SerialRequantCycles(kSerialBits, c.add.output.exponent);
      byte = Added(v, residual, c);
    }
    Count(1);
    return last_accept_ = Write(at + 1, beat.address, 1, &byte) + 1;
  }

  Cycle AcceptPiped(Cycle from, const PostBeat& beat) {
    Begin(beat);
    Cycle at = std::max(from, last_accept_ + 1);
    while (Step(&at)) {
    }
    last_accept_ = at;
    Token& t = tokens_[accepted_ & kRing];
    t.tick = at - lag_;
    t.address = beat.address;
    t.res_address = beat.res_address;
    t.count = beat.count;
    for (int l = 0; l < beat.count; ++l) t.v[l] = Requantized(beat, l, constants_[cfg_]);
    ++accepted_;
    if (!res_en_) added_ = asked_ = accepted_;
    return at;
  }

  // Takes the earliest tick that still has work, if it comes not after cycle *until; a stall that
  // covers *until moves it to the stall's end. In one tick all conditions come before effects.
  bool Step(Cycle* until) {
    const int leave_ticks = res_en_ ? kLeaveAddTick : kLeaveTick;
    const Cycle add = added_ < accepted_ ? tokens_[added_ & kRing].tick + kAddTick : kNever;
    const Cycle leave = left_ < accepted_ ? tokens_[left_ & kRing].tick + leave_ticks : kNever;
    const Cycle ask = asked_ < accepted_ ? tokens_[asked_ & kRing].tick + kAskTick : kNever;
    const Cycle tick = std::min(add, std::min(leave, ask));
    if (tick == kNever || tick + lag_ > *until) return false;
    const PostConstants& c = constants_[cfg_];
    if (tick == add) lag_ = std::max(lag_, tokens_[added_++ & kRing].res_ready - tick);
    if (tick == leave) {
      Token& t = tokens_[left_ & kRing];
      if (left_ >= kQueue) lag_ = std::max(lag_, pop_[(left_ - kQueue) & kRing] + 1 - tick);
      uint8_t bytes[kMaxPostLanes];
      for (int l = 0; l < t.count; ++l)
        bytes[l] = res_en_ ? Added(t.v[l], t.residual[l], c) : static_cast<uint8_t>(t.v[l]);
      const Cycle previous = left_ > 0 ? pop_[(left_ - 1) & kRing] : -1;
      pop_[left_ & kRing] =
          Write(std::max(tick + lag_ + 1, previous + 1), t.address, t.count, bytes);
      Count(t.count);
      ++left_;
    }
    if (tick == ask) {
      Token& t = tokens_[asked_++ & kRing];
      last_read_ =
          Read(std::max(tick + lag_ + 1, last_read_ + 1), t.res_address, t.count, t.residual);
      t.res_ready = last_read_ + 2;
    }
    *until = std::max(*until, tick + lag_);
    return true;
  }

  const PostParameters p_;
  Ports& ports_;
  std::vector<Channel> channels_;
  PostConstants constants_[2];
  bool res_en_ = false;
  int cfg_ = 0, parity_ = 0;
  Cycle last_accept_ = -1, last_read_ = -1;
  // Pipelined: cycle = tick + lag_ for the ticks to come; tokens that passed each point.
  Cycle lag_ = 0;
  int64_t accepted_ = 0, asked_ = 0, added_ = 0, left_ = 0;
  Token tokens_[kRing + 1];
  Cycle pop_[kRing + 1] = {};
  PostEvents events_;
};

}  // namespace weft::model
