// SPDX-License-Identifier: Apache-2.0
// What the lockstep tests of rtl/post share: bits of verilated ports of any width, and operands
// that lie at the edges more often than chance has it.
#pragma once

#include <verilated.h>

#include <cstdint>

#include "model/spec_gen.h"
#include "tests/lockstep/bench.h"

namespace weft::lockstep {

inline uint64_t LowBits(int width) {
  return width >= 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}

template <class Word>
void PutBits(Word* port, int lsb, int width, uint64_t value) {
  const uint64_t mask = LowBits(width) << lsb;
  *port = static_cast<Word>((static_cast<uint64_t>(*port) & ~mask) | (value << lsb & mask));
}
template <std::size_t Words>
void PutBits(VlWide<Words>* port, int lsb, int width, uint64_t value) {
  for (int bit = 0; bit < width;) {
    const int at = lsb + bit, shift = at % 32, part = std::min(32 - shift, width - bit);
    uint32_t word = (*port)[static_cast<size_t>(at / 32)];
    PutBits(&word, shift, part, value >> bit);
    (*port)[static_cast<size_t>(at / 32)] = word;
    bit += part;
  }
}

template <class Word>
uint64_t TakeBits(const Word& port, int lsb, int width) {
  return static_cast<uint64_t>(port) >> lsb & LowBits(width);
}
template <std::size_t Words>
uint64_t TakeBits(const VlWide<Words>& port, int lsb, int width) {
  uint64_t value = 0;
  for (int bit = 0; bit < width;) {
    const int at = lsb + bit, shift = at % 32, part = std::min(32 - shift, width - bit);
    value |= (static_cast<uint64_t>(port[static_cast<size_t>(at / 32)]) >> shift & LowBits(part))
             << bit;
    bit += part;
  }
  return value;
}

inline void PutField(uint32_t* words, const spec::Field& field, int64_t value) {
  PutBits(words + field.word, field.lsb, field.width, static_cast<uint64_t>(value));
}

// Any 32 bits, often near zero, a power of two or the ends.
inline int32_t EdgyInt(Random* random) {
  const uint32_t any = static_cast<uint32_t>(random->Next());
  switch (random->Int(0, 5)) {
    case 0:
      return static_cast<int32_t>(any);
    case 1:
      return random->Int(-300, 300);
    case 2:
      return static_cast<int32_t>((1u << random->Int(0, 31)) +
                                  static_cast<uint32_t>(random->Int(-2, 2)));
    case 3:
      return static_cast<int32_t>(0u - (1u << random->Int(0, 31)) +
                                  static_cast<uint32_t>(random->Int(-2, 2)));
    case 4:
      return static_cast<int32_t>(any) >> random->Int(0, 31);
    default:
      return random->Chance(0.5) ? INT32_MIN : INT32_MAX;
  }
}

// A multiplier as the compiler makes them: M0 in [2^30, 2^31) mostly, e in -31..+1.
inline int32_t EdgyM0(Random* random) {
  const int32_t any = static_cast<int32_t>(random->Next() & 0x7FFFFFFF);
  switch (random->Int(0, 7)) {
    case 0:
      return 0;
    case 1:
      return INT32_MAX;
    case 2:
      return 1 << 30;
    case 3:
      return any >> random->Int(0, 30);
    default:
      return any | 1 << 30;
  }
}
inline int EdgyExponent(Random* random) {
  switch (random->Int(0, 4)) {
    case 0:
      return random->Int(-31, 1);
    case 1:
      return random->Int(-1, 1);
    case 2:
      return random->Chance(0.2) ? -31 : 1;
    default:
      return random->Int(-14, 0);
  }
}

inline double AnyStall(Random* random) {
  constexpr double kClosed[] = {0.0, 0.0, 0.1, 0.5, 0.9};
  return kClosed[random->Int(0, 4)];
}

}  // namespace weft::lockstep
