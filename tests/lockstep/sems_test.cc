// SPDX-License-Identifier: Apache-2.0
// weft_sems against model::Semaphores and a plain count: tokens given and taken at random.
#include "model/sems.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vsems_wide.h"
#include "Vsems_narrow.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

size_t events_compared = 0, overflows = 0;

template <class V>
void RunCases(int bits, int give_bits, int cases, uint64_t first_seed) {
  auto sems = std::make_unique<model::Semaphores>();
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    Random random(seed);
    const int most = (1 << bits) - 1;
    const double give = random.Int(0, 10) / 10.0, take = random.Int(0, 10) / 10.0;
    Unit<V> unit(seed);
    V* v = unit.v.get();
    using Give = std::remove_reference_t<decltype(v->give_i)>;
    v->give_i = static_cast<Give>(random.Next() & ((1u << 8 * give_bits) - 1));
    v->take_i = random.Int(0, 255);
    for (int c = random.Int(0, 20); c > 0; --c) unit.Eval(), unit.Clock();
    unit.Reset();
    sems->Reset();
    int count[8] = {};
    for (Cycle c = 0; c < 250; ++c) {
      int taken = 0, avail = 0;
      bool overflow = false;
      std::vector<std::pair<int, int>> given;
      v->give_i = 0;
      for (int s = 0; s < 8; ++s) {
        const bool can = sems->AvailableFrom(s) <= c;
        avail |= can << s;
        ASSERT_EQ(can, count[s] > 0);
        if (can && random.Chance(take)) taken |= 1 << s;
        int n = random.Chance(give) ? random.Int(0, (1 << give_bits) - 1) : 0;
        n = std::min(n, 4);
        if (count[s] + n - (taken >> s & 1) > most) {
          if (random.Chance(0.9)) {
            n = 0;
          } else {
            overflow = true;  // the last thing that happens
          }
        }
        given.push_back({s, n});
        v->give_i = static_cast<Give>(v->give_i | n << (give_bits * s));
      }
      v->take_i = taken;
      unit.Eval();
      ASSERT_EQ(v->avail_o, avail) << "seed " << seed << " cycle " << c;
      ASSERT_EQ(v->overflow_o, overflow) << "seed " << seed << " cycle " << c;
      ++events_compared;
      overflows += overflow;
      if (overflow) break;
      sems->Take(taken);
      for (const auto& [s, n] : given) {
        for (int i = 0; i < n; ++i) ASSERT_TRUE(sems->Give(s, c));
        count[s] += n - (taken >> s & 1);
      }
      unit.Clock();
    }
  }
  std::printf("%d cases, %zu cycles equal so far, %zu overflows\n", cases, events_compared, overflows);
}

TEST(SemsLockstep, Wide) { RunCases<Vsems_wide>(8, 3, 600, 1000); }
TEST(SemsLockstep, Narrow) { RunCases<Vsems_narrow>(3, 1, 400, 2000); }

// Tokens become known out of order of time; the k-th take follows the k-th give.
TEST(Semaphores, OutOfOrder) {
  auto sems = std::make_unique<model::Semaphores>();
  sems->Reset();
  for (Cycle c : {50, 20, 30}) EXPECT_TRUE(sems->Give(2, c));
  EXPECT_EQ(sems->AvailableFrom(2), 21);
  sems->Take(1 << 2);
  EXPECT_TRUE(sems->Give(2, 10));
  EXPECT_EQ(sems->AllFrom(1 << 2), 11);
  EXPECT_EQ(sems->AllFrom(1 << 2 | 1), kNever);
}

}  // namespace
}  // namespace weft::lockstep
