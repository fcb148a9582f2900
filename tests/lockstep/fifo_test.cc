// SPDX-License-Identifier: Apache-2.0
// weft_fifo against model/fifo.h at its ports, cycle and value, under random stalls on both; after
// a reset in mid-flight.
#include "model/fifo.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vfifo_1.h"
#include "Vfifo_16.h"
#include "Vfifo_2.h"
#include "Vfifo_3.h"
#include "tests/lockstep/mem_bench.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

template <class V>
void RunCases(int depth) {
  constexpr int kCases = 1000, kWords = 60;
  for (uint64_t seed = 1; seed <= kCases; ++seed) {
    Random random(seed);
    const StallPattern source{random.Next(), AnyStall(&random)},
        sink{random.Next(), AnyStall(&random)};
    auto word = [&](size_t n) { return static_cast<uint8_t>(Mix(seed, n)); };

    Trace twin_push, twin_pop, push, pop;
    model::Fifo fifo(depth);
    auto pop_one = [&] {
      const Cycle at = sink.NextOpen(fifo.PopAt(0));
      fifo.Pop(at);
      twin_pop.push_back({at, {word(twin_pop.size())}});
    };
    Cycle offered = source.NextOpen(0);
    for (size_t n = 0; n < kWords; ++n) {
      if (fifo.level() == depth) pop_one();
      const Cycle at = fifo.PushAt(offered);
      fifo.Push(at);
      twin_push.push_back({at, {word(n)}});
      offered = source.NextOpen(at + 1);
    }
    while (fifo.level() > 0) pop_one();

    Unit<V> unit(seed);
    V& v = *unit.v;
    unit.Reset();
    for (int c = random.Int(0, 40); c > 0; --c) {
      v.in_valid_i = random.Chance(0.5);
      v.in_data_i = static_cast<uint8_t>(random.Next());
      v.out_ready_i = random.Chance(0.5);
      unit.Eval();
      unit.Clock();
    }
    unit.Reset();
    v.in_valid_i = 0;
    for (Cycle c = 0; pop.size() < kWords && c < 100000; ++c) {
      if (!v.in_valid_i && push.size() < kWords) v.in_valid_i = source.Open(c);
      v.in_data_i = word(push.size());
      v.out_ready_i = sink.Open(c);
      unit.Eval();
      const bool pushed = v.in_valid_i && v.in_ready_o;
      if (pushed) push.push_back({c, {v.in_data_i}});
      if (v.out_valid_o && v.out_ready_i) pop.push_back({c, {v.out_data_o}});
      unit.Clock();
      if (pushed) v.in_valid_i = 0;
    }
    ASSERT_EQ(Difference("in", seed, twin_push, push), "");
    ASSERT_EQ(Difference("out", seed, twin_pop, pop), "");
  }
  std::printf("depth %d: %d cases, %d events compared\n", depth, kCases, 2 * kCases * kWords);
}

TEST(Fifo, Depth1) { RunCases<Vfifo_1>(1); }
TEST(Fifo, Depth2) { RunCases<Vfifo_2>(2); }
TEST(Fifo, Depth3) { RunCases<Vfifo_3>(3); }
TEST(Fifo, Depth16) { RunCases<Vfifo_16>(16); }

}  // namespace
}  // namespace weft::lockstep
