// SPDX-License-Identifier: Apache-2.0
// SplitMix64 (Steele, Lea, Flood 2014; public domain code by Vigna): the same on every machine.

#ifndef WEFT_COMPILER_RANDOM_H_
#define WEFT_COMPILER_RANDOM_H_

#include <cstdint>

namespace weft {

constexpr uint64_t kSplitMixStep = 0x9e3779b97f4a7c15;

inline uint64_t SplitMixFinish(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t state) : state_(state) {}
  uint64_t Next() { return SplitMixFinish(state_ += kSplitMixStep); }

 private:
  uint64_t state_;
};

// Number `index` of the sequence that SplitMix64(key) gives, without those before it.
inline uint64_t SplitMixAt(uint64_t key, uint64_t index) {
  return SplitMixFinish(key + (index + 1) * kSplitMixStep);
}

// The start of a sequence of its own for every `stream` of a seed.
inline uint64_t StreamKey(uint64_t seed, uint64_t stream) {
  return SplitMixAt(SplitMixAt(seed, 0), stream);
}

}  // namespace weft

#endif  // WEFT_COMPILER_RANDOM_H_
