// SPDX-License-Identifier: Apache-2.0
// weft_requant against model/numerics.h: random operands under random stalls, a value four
// enabled cycles after its operand.
#include "model/requant.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vrequant_add.h"
#include "Vrequant_sum.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

// Operands of `bits` bits that count 2^shift times.
template <class Unit>
int64_t RunCase(uint64_t seed, int bits, int shift) {
  Random random(seed);
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(static_cast<int>(seed % 1000003) + 1);
  Unit unit(&context);
  const Rounding rounding = random.Chance(0.5) ? Rounding::kDouble : Rounding::kSingle;
  const StallPattern source{random.Next(), AnyStall(&random)};
  const StallPattern move{random.Next(), AnyStall(&random)};
  const int width = bits + shift + 1;
  std::deque<int64_t> stages(model::kRequantCycles, 0);  // of values; newest in front
  unsigned valid = 0;                                    // bit k: stage k holds an operand
  int64_t compared = 0;
  for (Cycle c = 0; c < 200; ++c) {
    const bool moves = move.Open(c), offers = source.Open(c);
    const int32_t x = EdgyInt(&random) >> (32 - bits);
    const Multiplier m{EdgyM0(&random), EdgyExponent(&random)};
    unit.clk_i = 0;
    PutBits(&unit.x_i, 0, bits, static_cast<uint64_t>(static_cast<int64_t>(x)));
    unit.m_i = static_cast<uint32_t>(m.m0);
    unit.e_i = static_cast<uint8_t>(m.exponent & 127);
    unit.single_i = rounding == Rounding::kSingle;
    unit.en_i = moves ? static_cast<uint8_t>((valid << 1 | (offers ? 1u : 0u)) & 15u) : 0;
    unit.eval();
    if (valid >> 3 & 1) {
      const int64_t got =
          static_cast<int64_t>(TakeBits(unit.z_o, 0, width) << (64 - width)) >> (64 - width);
      EXPECT_EQ(got, stages.back()) << "seed " << seed << " cycle " << c;
      ++compared;
    }
    unit.clk_i = 1;
    unit.eval();
    if (moves) {
      stages.push_front(model::RequantValue(WrapShiftLeft(x, shift), m, rounding));
      stages.pop_back();
      valid = (valid << 1 | (offers ? 1u : 0u)) & 15u;
    }
  }
  return compared;
}

TEST(Requant, Lockstep) {
  constexpr int kCases = 1000;
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < kCases && !HasFailure(); ++seed) {
    compared +=
        seed % 2 == 0 ? RunCase<Vrequant_sum>(seed, 32, 0) : RunCase<Vrequant_add>(seed, 10, 20);
  }
  std::printf("requant: %d cases, %lld values compared\n", kCases,
              static_cast<long long>(compared));
}

}  // namespace
}  // namespace weft::lockstep
