// SPDX-License-Identifier: Apache-2.0
// Twin of weft_collector: takes each pass's sums in the order step, unit, row. A row of a gather
// buffer is one token. With `start` the first cycle in which the pass is seen valid and the pass
// before is done, beat k (a row, or a chunk of PW sums) fires at
//   t(k) = sink's first open cycle >= max(start + 2, t(k-1) + 1, row visible, word(k))
//   word(k) = r(k) + latency, r(k) = psr's first open cycle >=
//             max(start + 2, r(k-1) + 1, t(k-depth) + 1)
// with (depth, latency) = (3, 2), or (1, 1) if PostLanes is 1. The pass is done with its last psw
// write, or when post says so.
//
// Ports answers for the neighbours:
//   Cycle PsrFire(Cycle from, uint32_t address, int count, int32_t* sums)  first cycle >= from in
//       which the read fires, and the first count sums of the word
//   Cycle PswFire(Cycle from, uint32_t address, int count, const int32_t* sums)
//   Cycle PostFire(Cycle from, const PostBeat& beat)
//   Cycle PostDone()                               after the end beat
//   void Class(int parity, int cls, Cycle from, Cycle to)   the cycles from .. to-1, in order
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/fields.h"
#include "model/post.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

struct CollectorParameters {
  int post_lanes = 8, glb_bytes = 16, max_units = 56, param_rows = 64;
  int patterns = 4;  // a power of two
  int chunk() const { return post_lanes > 1 ? glb_bytes / 4 : 1; }  // PW
};

struct CollectorEvents {  // by layer parity
  uint64_t glb_psr[2] = {}, glb_psw[2] = {};
};

// In max passes sums are 0..511; above that only the sum's nine low bits take part.
inline int32_t CombineSums(int32_t row, int32_t stored, bool maximum) {
  if (!maximum) return WrapAdd(row, stored);
  const bool larger = (row & 511) > (stored & 511);
  return WrapAdd(larger ? row : row & ~511, larger ? stored & ~511 : stored);
}

template <class Ports>
class Collector {
 public:
  Collector(const CollectorParameters& parameters, Ports* ports)
      : p_(parameters),
        ports_(*ports),
        depth_(parameters.post_lanes > 1 ? 3 : 1),
        latency_(parameters.post_lanes > 1 ? 2 : 1) {
    for (std::vector<Unit>& table : units_) table.resize(static_cast<size_t>(p_.max_units));
  }

  void Map(int pattern, int index, uint32_t word) {
    units_[pattern & (p_.patterns - 1)][static_cast<size_t>(index)] = {
        static_cast<uint32_t>(GetField(&word, spec::kMapUnitOffset)),
        GetField(&word, spec::kMapUnitParamRow), GetField(&word, spec::kMapUnitUnit)};
  }

  // The next pass, valid from cycle `valid` on. It has at least one step, unit and sum.
  void Start(const uint32_t* pass, Cycle valid) {
    acc_in_ = GetField(pass, spec::kPassAccIn) != 0;
    last_ = GetField(pass, spec::kPassLast) != 0;
    maximum_ = GetField(pass, spec::kPassMax) != 0;
    steps_ = GetField(pass, spec::kPassSteps);
    table_ = units_[GetField(pass, spec::kPassPattern) & (p_.patterns - 1)].data();
    unit_count_ = p_.max_units > 1 ? GetField(pass, spec::kPassUnits) : 1;
    sums_ = GetField(pass, spec::kPassP);
    psum_ = static_cast<uint32_t>(GetField(pass, spec::kPassPsumBase) & ~(p_.glb_bytes - 1));
    out_ = static_cast<uint32_t>(GetField(pass, spec::kPassOutBase));
    out_stride_ = static_cast<uint32_t>(GetField(pass, spec::kPassOutStride));
    res_delta_ = static_cast<uint32_t>(GetField(pass, spec::kPassResDelta));
    half_row_ = GetField(pass, spec::kPassHalf) * p_.param_rows;
    parity_ = GetField(pass, spec::kPassParity);
    beat_.res_en = GetField(pass, spec::kPassResEn) != 0;
    beat_.cfg = GetField(pass, spec::kPassCfg);
    beat_.parity = parity_;
    step_ = unit_ = sum_ = 0;
    const Cycle start = std::max(valid, free_);
    ports_.Class(parity_, spec::kClassIdle, free_, start);
    ports_.Class(parity_, spec::kClassBusy, start, start + 2);
    fired_ = read_ = start + 1;
    ring_ = 0;
    for (Cycle& t : beats_) t = start + 1;
  }

  // The gather buffer that the next row comes from, and the sums of that row.
  int unit() const { return table_[unit_].unit; }
  int row_sums() const { return std::min(p_.post_lanes, sums_ - sum_); }

  // That row, to be seen from cycle `visible` on; returns the cycle in which it is popped.
  Cycle Row(Cycle visible, const int32_t* row) {
    const int end = sum_ + row_sums();
    const int beat = acc_in_ || !last_ ? p_.chunk() : p_.post_lanes;
    const int first = sum_;
    while (sum_ < end) {
      const int count = std::min(beat, end - sum_);
      const int32_t* sums = row + (sum_ - first);
      Cycle ready = std::max(visible, fired_ + 1);
      if (acc_in_) {
        // beats_[ring_] is the beat `depth_` before.
        read_ = ports_.PsrFire(std::max(read_, beats_[ring_]) + 1, psum_, count, stored_);
        ++events_.glb_psr[parity_];
        ready = std::max(ready, read_ + latency_);
        for (int i = 0; i < count; ++i) stored_[i] = CombineSums(sums[i], stored_[i], maximum_);
        sums = stored_;
      }
      const Unit& u = table_[unit_];
      Cycle fire;
      if (last_) {
        beat_.sums = sums;
        beat_.count = count;
        beat_.lane = sum_ % p_.post_lanes;
        beat_.row = half_row_ + (u.param_row + sum_ / p_.post_lanes) % p_.param_rows;
        beat_.address = (out_ + u.offset + static_cast<uint32_t>(sum_)) & kGlbAddressMask;
        beat_.res_address = (beat_.address + res_delta_) & kGlbAddressMask;
        beat_.end = sum_ + count == sums_ && unit_ + 1 == unit_count_ && step_ + 1 == steps_;
        fire = ports_.PostFire(ready, beat_);
      } else {
        fire = ports_.PswFire(ready, psum_, count, sums);
        ++events_.glb_psw[parity_];
      }
      ports_.Class(parity_, spec::kClassInput, fired_ + 1, ready);
      ports_.Class(parity_, spec::kClassOutput, ready, fire);
      ports_.Class(parity_, spec::kClassBusy, fire, fire + 1);
      fired_ = fire;
      beats_[ring_] = fire;
      ring_ = ring_ + 1 == depth_ ? 0 : ring_ + 1;
      psum_ = (psum_ + static_cast<uint32_t>(p_.glb_bytes)) & kGlbAddressMask;
      sum_ += count;
    }
    if (sum_ == sums_) NextUnit();
    return fired_;
  }

  bool done() const { return step_ == steps_; }  // no row to come
  // The cycle of pass_done of the pass whose last row has been given; the next pass starts after
  // it.
  Cycle Done() {
    Cycle at = fired_;
    if (last_) {
      at = ports_.PostDone();
      ports_.Class(parity_, spec::kClassOutput, fired_ + 1, at + 1);
    }
    free_ = at + 1;
    return at;
  }

  const CollectorEvents& events() const { return events_; }

 private:
  struct Unit {
    uint32_t offset;
    int param_row, unit;
  };

  void NextUnit() {
    sum_ = 0;
    if (++unit_ < unit_count_) return;
    unit_ = 0;
    ++step_;
    out_ = (out_ + out_stride_) & kGlbAddressMask;
  }

  const CollectorParameters p_;
  Ports& ports_;
  const int depth_, latency_;
  std::vector<Unit> units_[1 << spec::kPassPattern.width];
  // Pass in work
  const Unit* table_ = nullptr;
  bool acc_in_ = false, last_ = false, maximum_ = false;
  int steps_ = 0, unit_count_ = 0, sums_ = 0, half_row_ = 0, parity_ = 0;
  uint32_t psum_ = 0, out_ = 0, out_stride_ = 0, res_delta_ = 0;
  int step_ = 0, unit_ = 0, sum_ = 0;
  PostBeat beat_;
  int32_t stored_[kMaxGlbBytes / 4];
  // Time
  Cycle free_ = 0, fired_ = 0, read_ = 0, beats_[3] = {};
  int ring_ = 0;
  CollectorEvents events_;
};

}  // namespace weft::model
