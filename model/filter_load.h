// SPDX-License-Identifier: Apache-2.0
// Twin of weft_filter_load. A command offered from cycle v on is taken in t = max(v, end + 1), end
// the cycle in which the command before has its last step. A step makes a beat of Rows x Lanes
// bytes or takes 4 bytes of a channel. Word m, of which n(m) steps are made, fires and steps in
//   fire(0) = first open cycle of the GLB >= t + 1
//   fire(m) = first open cycle of the GLB >= fire(m-1) + n(m-1)
//   step i of word m: fire(m) + 1 + i; its write (beat; channel, with its third step) 1 later
// done is in the cycle of the last write; a command of nothing: t + 1.
//
// Ports answers for the neighbours:
//   Cycle GlbFire(Cycle from, uint32_t address, const uint8_t** word)  first cycle >= from in
//       which the read fires, and the word
//   void FilterBeat(Cycle cycle, const FilterBeat& beat)
//   void Channel(Cycle cycle, int row, int lane, int32_t bias, int32_t m0, int exponent)  half in
//       row's top bit
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "model/class_log.h"
#include "model/fields.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

struct FilterLoadParameters {
  int rows = 12, lanes = 1, filter_depth = 256, glb_bytes = 16, post_lanes = 8, param_rows = 64;
  bool par_split = false;  // 4 bytes of a channel a write, in their step
};

struct FilterBeat {
  int pattern, copy, set, address;
  std::array<int16_t, 32> values;  // row r, lane l at r * Lanes + l
};

struct FilterLoadEvents {  // by layer parity
  uint64_t flt_bus[2] = {}, glb_flt[2] = {};
};

template <class Ports>
class FilterLoad {
 public:
  FilterLoad(const FilterLoadParameters& parameters, Ports* ports)
      : p_(parameters), ports_(*ports) {
    classes_.Reset(0);
  }

  // Both return the cycle in which the command is done. `valid` rises from command to command.
  Cycle Filter(Cycle valid, const uint32_t* words, int parity) {
    Take(valid, static_cast<uint32_t>(GetField(words, spec::kFilterGlb)), parity);
    const int beats = GetField(words, spec::kFilterBeats) & (2 * p_.filter_depth - 1);
    const int sets = GetField(words, spec::kFilterSets) & 127;
    const int zp = GetField(words, spec::kFilterZp);
    const bool is_unsigned = GetField(words, spec::kFilterUnsigned) != 0;
    const int bytes = p_.rows * p_.lanes;
    if (beats == 0 || sets == 0) return Nothing();
    FilterBeat beat;
    beat.pattern = GetField(words, spec::kFilterPattern);
    beat.copy = GetField(words, spec::kFilterCopy);
    for (beat.set = 0; beat.set < sets; ++beat.set) {
      for (beat.address = 0; beat.address < beats; ++beat.address) {
        uint8_t raw[32];
        const Cycle step = Bytes(bytes, raw);
        for (int i = 0; i < bytes; ++i) {
          const int value = is_unsigned ? raw[i] : static_cast<int8_t>(raw[i]);
          beat.values[static_cast<size_t>(i)] = static_cast<int16_t>(Wrap9(value - zp));
        }
        ports_.FilterBeat(step + 1, beat);
        ++events_.flt_bus[parity_];
        // The word is given up when the next beat does not fit into what is left of it.
        if (left_ < bytes) Next(step);
      }
    }
    return Done();
  }

  Cycle Param(Cycle valid, const uint32_t* words, int parity) {
    Take(valid, static_cast<uint32_t>(GetField(words, spec::kParamGlb)), parity);
    const int rows = GetField(words, spec::kParamRows) & (2 * p_.param_rows - 1);
    const int half = GetField(words, spec::kParamHalf);
    if (rows == 0) return Nothing();
    for (int row = 0; row < rows; ++row) {
      for (int lane = 0; lane < p_.post_lanes; ++lane) {
        int32_t part[3];
        Cycle step = 0;
        for (int32_t& value : part) {
          uint8_t raw[4];
          step = Bytes(4, raw);
          std::memcpy(&value, raw, 4);  // little-endian, as the hosts we run on
          if (left_ < 4) Next(step);
        }
        ports_.Channel(step + (p_.par_split ? 0 : 1), half * p_.param_rows + row, lane, part[0], part[1],
                       (part[2] & 127) - ((part[2] & 64) << 1));
      }
    }
    return Done();
  }

  Cycle ReadyFrom() const { return end_ + 1; }  // a command can be taken

  const FilterLoadEvents& events() const { return events_; }
  ClassLog& classes() { return classes_; }

 private:
  static int Wrap9(int value) { return ((value + 256) & 511) - 256; }

  void Take(Cycle valid, uint32_t address, int parity) {
    taken_ = std::max(valid, end_ + 1);
    classes_.Add(taken_ + 1, spec::kClassIdle);
    address_ = address & ~static_cast<uint32_t>(p_.glb_bytes - 1);
    parity_ = parity;
    ready_ = taken_ + 1;
    left_ = 0;
    kept_ = 0;
    have_word_ = false;
  }
  // The word in use is given up in the cycle of its last step; the next begins with its rest.
  void Next(Cycle step) {
    ready_ = step;
    have_word_ = false;
    std::memcpy(before_, word_ + p_.glb_bytes - left_, static_cast<size_t>(left_));
    kept_ = left_;
  }
  // The next `count` bytes and the cycle of their step.
  Cycle Bytes(int count, uint8_t* to) {
    if (!have_word_) {
      const Cycle fire = ports_.GlbFire(ready_, address_, &word_);
      address_ = (address_ + static_cast<uint32_t>(p_.glb_bytes)) & 0x3FFFF;
      ++events_.glb_flt[parity_];
      classes_.Add(fire + 1, spec::kClassInput);
      end_ = fire;
      left_ = p_.glb_bytes;
      have_word_ = true;
    }
    const uint8_t* from = word_ + p_.glb_bytes - left_;
    std::memcpy(to, before_, static_cast<size_t>(kept_));
    std::memcpy(to + kept_, from, static_cast<size_t>(count - kept_));
    left_ -= count - kept_;
    kept_ = 0;
    ++end_;
    classes_.Add(end_ + 1, spec::kClassBusy);
    return end_;
  }
  Cycle Done() { return end_ + 1; }
  Cycle Nothing() {
    end_ = taken_;
    return taken_ + 1;
  }

  const FilterLoadParameters p_;
  Ports& ports_;
  Cycle taken_ = 0, ready_ = 0;
  Cycle end_ = -1;  // of the last step
  uint32_t address_ = 0;
  int parity_ = 0;
  int left_ = 0, kept_ = 0;  // bytes left in the word; of the word before
  bool have_word_ = false;
  const uint8_t* word_ = nullptr;
  uint8_t before_[32];
  FilterLoadEvents events_;
  ClassLog classes_;
};

}  // namespace weft::model
