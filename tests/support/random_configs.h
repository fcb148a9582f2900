// SPDX-License-Identifier: Apache-2.0
// Random small configurations within the limits of `weft config --limits`. A seed always gives the
// same one, so its simulator is found in the cache the next time.

#ifndef WEFT_TESTS_SUPPORT_RANDOM_CONFIGS_H_
#define WEFT_TESTS_SUPPORT_RANDOM_CONFIGS_H_

#include <string>

#include "model/config.h"
#include "model/error.h"
#include "tests/support/random_layers.h"

namespace weft::test {

// One draw; most of them break a relation between fields.
inline Config DrawConfig(Random* r, const std::string& name) {
  const auto pick = [&](std::initializer_list<int> values) {
    return std::to_string(values.begin()[r->Int(0, static_cast<int>(values.size()) - 1)]);
  };
  const auto number = [&](int lo, int hi) { return std::to_string(r->Int(lo, hi)); };
  std::string yaml = "name: " + name + "\n";
  const auto field = [&](const char* key, const std::string& value) { yaml += std::string(key) + ": " + value + "\n"; };
  const bool single = r->Chance(0.2);
  field("Rows", number(1, 8));
  field("Cols", number(1, 8));
  field("Lanes", number(1, 2));
  field("Segs", number(1, 4));
  field("FilterDepth", pick({32, 64, 128, 256}));
  field("WinRows", pick({8, 16, 32, 64, 128}));
  field("WinLanes", number(1, 8));
  field("ColSlots", pick({4, 8, 16}));
  field("PsumRows", pick({8, 16, 32, 64}));
  field("PsumBanks", pick({1, 2, 4}));
  field("StepSlots", pick({2, 4, 8, 16}));
  field("GlbBanks", single ? "1" : number(5, 27));  // one a kind of buffer, at least
  field("GlbBankBytes", single ? pick({32768, 65536}) : pick({1024, 2048, 4096}));
  field("GlbBytes", pick({4, 8, 16}));
  field("GlbSinglePort", single ? "1" : "0");
  field("PostLanes", pick({1, 2, 4, 8}));
  field("PostSerial", number(0, 1));
  field("OutRows", number(1, 8));
  field("ParamRows", pick({8, 16, 32, 64}));
  field("MemBytes", pick({4, 8}));
  field("MaxBurstBytes", pick({16, 32, 64, 128}));
  field("MaxReads", number(1, 8));
  field("MaxWrites", number(1, 8));
  field("QueueWords", pick({32, 64, 128}));
  field("CounterBits", pick({32, 40, 64}));
  field("CounterSet", r->Chance(0.2) ? "small" : "full");
  field("PlainMemory", number(0, 1));
  field("Patterns", pick({2, 4}));
  return ParseConfig(yaml, name);
}

inline Config MakeRandomConfig(uint64_t seed) {
  Random r(seed);
  for (;;) {
    try {
      return DrawConfig(&r, "random" + std::to_string(seed));
    } catch (const Error&) {  // drawn again
    }
  }
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_RANDOM_CONFIGS_H_
