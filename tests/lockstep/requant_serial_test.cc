// SPDX-License-Identifier: Apache-2.0
// weft_requant_serial against model/requant.h: the cycle in which done comes and the value,
// with starts in mid-flight, resets and shifts of a finished value.
#include <gtest/gtest.h>

#include <cstdio>

#include "Vrequant_serial.h"
#include "model/requant.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

int64_t RunCase(uint64_t seed) {
  Random random(seed);
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(static_cast<int>(seed % 1000003) + 1);
  Vrequant_serial unit(&context);
  int32_t x = 0;
  int bits = 32;
  Multiplier m;
  bool single = false;
  auto cycle = [&](bool start, bool shift, bool reset) {
    unit.clk_i = 0;
    unit.rst_ni = !reset;
    unit.start_i = start;
    unit.shift_i = shift;
    unit.short_i = bits == model::kSerialShortBits;
    unit.single_i = single;
    unit.m_i = static_cast<uint32_t>(m.m0);
    unit.e_i = static_cast<uint8_t>(m.exponent & 127);
    unit.eval();
    unit.x_bit_i = static_cast<uint32_t>(x) >> unit.index_o & 1u;
    unit.eval();
    const bool done = unit.done_o;
    unit.clk_i = 1;
    unit.eval();
    return done;
  };
  auto value = [&] { return static_cast<int64_t>(static_cast<uint64_t>(unit.z_o) << 29) >> 29; };
  auto draw = [&] {
    bits = random.Chance(0.5) ? model::kSerialBits : model::kSerialShortBits;
    x = EdgyInt(&random) >> (bits == 32 ? 0 : 22);  // short operands have ten bits and their sign
    m = {EdgyM0(&random), EdgyExponent(&random)};
    single = random.Chance(0.5);
  };
  int64_t compared = 0;
  cycle(false, false, true);
  for (int k = 0; k < 20; ++k) {
    draw();
    if (random.Chance(0.3)) {  // abandoned by the next start or by a reset
      cycle(true, false, false);
      for (int i = random.Int(1, 50); i > 0; --i) cycle(false, false, false);
      if (random.Chance(0.5)) {
        cycle(false, false, true);
        EXPECT_TRUE(cycle(false, false, false));
      }
      draw();
    }
    const Rounding rounding = single ? Rounding::kSingle : Rounding::kDouble;
    const int32_t operand = bits == 32 ? x : WrapShiftLeft(x, 20);
    cycle(true, false, false);
    Cycle took = 1;
    while (!cycle(false, false, false) && took < 200) ++took;
    EXPECT_EQ(took, model::SerialRequantCycles(bits, m.exponent)) << "seed " << seed;
    const int64_t expected = model::RequantValue(operand, m, rounding);
    EXPECT_EQ(value(), expected) << "seed " << seed << " x " << x << " m " << m.m0 << " e "
                                 << m.exponent;
    ++compared;
    for (int i = random.Int(0, 3); i > 0; --i) cycle(false, false, false);
    if (random.Chance(0.3)) {
      for (int i = 0; i < 32; ++i) {
        EXPECT_EQ(unit.index_o, i);
        EXPECT_EQ(value(), expected >> i) << "seed " << seed << " shift " << i;
        cycle(false, true, false);
      }
    }
  }
  return compared;
}

TEST(RequantSerial, Lockstep) {
  constexpr int kCases = 1000;
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < kCases && !HasFailure(); ++seed) compared += RunCase(seed);
  std::printf("requant_serial: %d cases, %lld values compared\n", kCases,
              static_cast<long long>(compared));
}

}  // namespace
}  // namespace weft::lockstep
