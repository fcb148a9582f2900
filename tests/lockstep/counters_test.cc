// SPDX-License-Identifier: Apache-2.0
// weft_counters against model::Counters: random events of both layer parities, random classes,
// records read at random speed while the next layer goes on.
#include "model/counters.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vcounters_full.h"
#include "Vcounters_narrow.h"
#include "Vcounters_small.h"
#include "Vcounters_smallest.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

struct Variant {
  model::Counters::Config config;
  int array_most;  // events of a kind in the array in a cycle
  int mem_bytes = 0;  // small: of a beat
};

// One layer: how long it goes on, and how fast its record is read then.
struct Layer {
  int cycles, settle;
  uint32_t number;
  Delay index;
  double rate;
};

struct Stimulus {
  uint64_t seed;
  Variant variant;
  std::vector<Layer> layers;
  int first_parity, junk_cycles;
};

Stimulus MakeStimulus(uint64_t seed, const Variant& variant) {
  Random random(seed);
  Stimulus s;
  s.seed = random.Next();
  s.variant = variant;
  for (int k = random.Int(1, 4); k > 0; --k) {
    Layer l;
    l.cycles = random.Int(1, random.Chance(0.3) ? 1500 : 200);
    l.settle = random.Int(1, 40);
    l.number = static_cast<uint32_t>(random.Next());
    l.index = RandomDelay(&random, 8);
    l.rate = random.Chance(0.3) ? 1.0 : random.Int(0, 10) / 10.0;
    s.layers.push_back(l);
  }
  s.first_parity = random.Int(0, 1);
  s.junk_cycles = random.Chance(0.5) ? random.Int(1, 300) : 0;
  return s;
}

size_t words_compared = 0, saturated = 0;

template <class V>
void RunCase(const Stimulus& s, uint64_t seed, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  model::Counters twin(s.variant.config);
  Random random(s.seed);
  Cycle cycle = 0;
  // Small: a kind's events change parity after 32 cycles without one.
  int turn[spec::kEventCount] = {}, quiet[spec::kEventCount] = {};
  auto parity_of = [&](int e, int open) {
    if (++quiet[e] > 32 && (!(open >> turn[e] & 1) || random.Chance(0.1))) turn[e] ^= 1;
    return turn[e];
  };
  const bool small = s.variant.config.counter_small != 0;
  // `open`: bit p allows events of parity p.
  auto drive = [&](int open, double rate, bool count) {
    auto pick = [&](int e, int p, int most) {
      int n = 0;
      if ((open >> p & 1) && random.Chance(rate)) n = random.Chance(0.2) ? most : random.Int(0, most);
      if (small && (e == spec::kEvDramRdFl || e == spec::kEvDramRdIl)) n = n % 2 * s.variant.mem_bytes;
      if (small && e == spec::kEvDramWrSt) n %= s.variant.mem_bytes + 1;
      if (n > 0) quiet[e] = 0;
      if (count && e != spec::kEvDramRdCmd) twin.Add(e, p, static_cast<uint64_t>(n));
      return static_cast<uint32_t>(n);
    };
    constexpr int kArrays = spec::kEvChain + 1, kBuses = spec::kEventCount - kArrays;
    for (int e = 0; e < kArrays; ++e) {
      const int p = parity_of(e, open);
      if (small)
        v->array_i[static_cast<size_t>(e)] = pick(e, p, s.variant.array_most) << 16 * p;
      else
        v->array_i[static_cast<size_t>(e)] = pick(e, 0, s.variant.array_most) |
                                           pick(e, 1, s.variant.array_most) << 16;
    }
    uint32_t parities = 0;
    for (int e = 0; e < kBuses; ++e) {
      const int p = small ? parity_of(kArrays + e, open) : random.Int(0, 1);
      uint32_t& word = v->bus_i[static_cast<size_t>(e / 4)];
      word = (word & ~(0xffu << (8 * (e % 4)))) | pick(kArrays + e, p, 63) << (8 * (e % 4));
      parities |= static_cast<uint32_t>(p) << e;
    }
    v->bus_parity_i = parities;
    v->fetch_word_i = random.Chance(rate);
    uint32_t classes = 0;
    for (int g = 0; g < spec::kEngineCount; ++g) {
      const int cls = random.Int(0, spec::kClassCount - 1);
      classes |= static_cast<uint32_t>(cls) << (3 * g);
      if (count) twin.AddClass(g, cls, 1);
    }
    v->class_i = classes;
    if (count) twin.AddFetchWords(v->fetch_word_i);
    v->cycle_i = static_cast<uint64_t>(cycle);
    v->run_i = 1;
  };
  auto clock = [&] {
    unit.Eval();
    unit.Clock();
    ++cycle;
  };
  auto sweep = [&] {
    v->rst_ni = 0;
    v->rec_index_i = random.Int(0, 80);
    v->layer_end_i = v->rec_done_i = 0;
    for (cycle = 0; cycle < 256;) {
      drive(3, 0.5, false);
      v->run_i = 0;
      clock();
    }
    v->rst_ni = 1;
    v->rec_index_i = 0;
    cycle = 0;
  };
  sweep();
  for (int k = 0; k < s.junk_cycles; ++k) {
    drive(3, 0.5, false);
    v->layer_end_i = random.Chance(0.05);
    clock();
  }
  sweep();
  int parity = s.first_parity;
  for (const Layer& l : s.layers) {
    for (int c = 0; c < l.cycles; ++c) {
      drive(3, l.rate, true);
      v->layer_end_i = c + 1 == l.cycles;
      clock();
    }
    v->layer_end_i = 0;
    twin.LayerEnd(cycle - 1);
    uint64_t expected[spec::kRecordWords];
    twin.Record(parity, l.number, expected);
    v->rec_parity_i = parity;
    v->rec_layer_i = l.number;
    const int others = 1 << (1 - parity);
    for (int index = 0; index < spec::kRecordWords; ++index) {
      v->rec_index_i = static_cast<uint8_t>(index);
      const Cycle least = small && index == 0 ? 10 : 2;
      for (Cycle stand = least + l.index.At(static_cast<uint64_t>(index)); stand > 0; --stand) {
        drive(others, l.rate, true);
        unit.Eval();
        if (v->rec_index_i == index && stand < least + l.index.At(static_cast<uint64_t>(index))) {
          ASSERT_EQ(v->rec_data_o, expected[index])
              << "seed " << seed << " layer " << l.number << " word " << index << " cycle " << cycle;
          ++words_compared;
        }
        clock();
      }
      if (index > spec::kRecordWords - 20) v->rec_layer_i = static_cast<uint32_t>(random.Next());
    }
    v->rec_index_i = spec::kRecordWords;
    for (int c = 0; c < l.settle; ++c) {
      drive(others, l.rate, true);
      v->rec_done_i = c + 1 == l.settle;
      clock();
    }
    v->rec_done_i = 0;
    saturated += expected[spec::kRecordFlags] & 1;
    parity ^= 1;
    v->rec_index_i = spec::kRecordWords;
  }
}

template <class V>
void RunCases(const Variant& variant, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, variant);
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      RunCase<V>(s, seed, 2 * seed + static_cast<uint64_t>(init));
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  }
  std::printf("%d cases, %zu record words equal so far, %zu records after a saturated counter\n", cases,
              words_compared, saturated);
}

TEST(CountersLockstep, Full) { RunCases<Vcounters_full>({{64, 0}, 168 * 8}, 250, 1000); }
TEST(CountersLockstep, Narrow) { RunCases<Vcounters_narrow>({{16, 0}, 35 * 3}, 250, 2000); }
TEST(CountersLockstep, Small) { RunCases<Vcounters_small>({{32, 1}, 2 * 2, 4}, 300, 3000); }
TEST(CountersLockstep, Smallest) { RunCases<Vcounters_smallest>({{16, 1}, 1, 8}, 250, 4000); }

}  // namespace
}  // namespace weft::lockstep
