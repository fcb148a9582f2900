// SPDX-License-Identifier: Apache-2.0
// The textbook row-stationary counts: a case by hand, against loops over passes, bounds, and the search.
#include "compiler/row_stationary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "compiler/random.h"
#include "compiler/row_stationary_search.h"
#include "model/error.h"

namespace weft {
namespace {

RowStationaryMachine Small() {
  RowStationaryMachine m;
  m.rows = m.cols = 4;
  m.filter_spad = 16;
  m.ifmap_spad = m.psum_spad = 4;
  m.glb_banks = 10;
  m.glb_bank_bytes = 64;
  m.filter_glb_bytes = 64;
  m.word_bytes = 2;
  m.filter_bus = m.psum_bus = 4;
  m.ifmap_bus = 1;
  return m;
}

// N 2, C 3, M 4, E 5, F 5, R = S 2: ifmaps of 6 x 6.
RowStationaryShape Shape() { return {2, 1, 3, 4, 5, 5, 2, 2, 1}; }

TEST(RowStationary, ByHand) {
  // m 4, n 1, e 3, f 5, p 2, q 1, r 2, t 1: row tiles of 3 and 2 rows need 4 and 3 ifmap rows.
  const RowStationaryCounts c = CountRowStationary(Shape(), {4, 1, 3, 5, 2, 1, 2, 1}, Small());
  EXPECT_EQ(c.active_pes, 12);
  EXPECT_EQ(c.passes, 2 * 2 * 2 * 2);  // ifmaps, row tiles, channel groups, filter groups
  EXPECT_EQ(c.glb_ifmap_bytes, 2 * 2 * 4 * 6);
  EXPECT_EQ(c.glb_psum_bytes, 2 * 4 * 3 * 5);
  EXPECT_EQ(c.dram_filter, 48 * 2 * 2);
  EXPECT_EQ(c.dram_ifmap, 2 * 3 * 7 * 6);
  EXPECT_EQ(c.dram_ofmap, 200);
  EXPECT_EQ(c.glb_ifmap_reads, 2 * 252);
  EXPECT_EQ(c.glb_psum_reads, 400);
  EXPECT_EQ(c.glb_psum_writes, 400);
  EXPECT_EQ(c.macs, 2400);
  EXPECT_EQ(c.filter_spad_writes, 48 * 2 * 5);
  EXPECT_EQ(c.ifmap_spad_writes, 2 * 3 * 2 * 6 * 2 * 5);
  EXPECT_EQ(c.array_words, 480 + 720 + 400 * 5);
  EXPECT_EQ(c.mac_cycles, 16 * 20);
  EXPECT_EQ(c.pass_cycles, 8 * 48 + 8 * 36);  // the ifmap bus: 2 channels of 4 and 3 rows of 6
  EXPECT_EQ(c.ramp_cycles, 8 * (4 + 16) + 8 * (4 + 12));

  const EnergyCounts n = RowStationaryEnergy(c, 0.25);
  EXPECT_DOUBLE_EQ(n.macs, 1800);
  EXPECT_DOUBLE_EQ(n.spad, 2400 + 3 * 1800 + 480 + 720);
  EXPECT_DOUBLE_EQ(n.array, 3200);
  EXPECT_DOUBLE_EQ(n.glb, 504 + 800 + 252 + 2 * 192);
  EXPECT_DOUBLE_EQ(n.dram, 192 + 252 + 200);
}

// What passes load and store, pass by pass.
struct Walked {
  int64_t passes = 0, ifmap_reads = 0, psum_reads = 0, filters = 0, ifmap_fills = 0, macs = 0;
};

Walked Walk(const RowStationaryShape& s, const RowStationaryMapping& m) {
  Walked w;
  for (int g = 0; g < s.groups; ++g)
    for (int n = 0; n < s.n; n += m.n)
      for (int e = 0; e < s.e; e += m.e)
        for (int f = 0; f < s.f; f += m.f)
          for (int k = 0; k < s.m; k += m.p * m.t)
            for (int c = 0; c < s.c; c += m.q * m.r) {
              const int64_t images = std::min(m.n, s.n - n), rows = std::min(m.e, s.e - e);
              const int64_t cols = std::min(m.f, s.f - f), filters = std::min(m.p * m.t, s.m - k);
              const int64_t channels = std::min(m.q * m.r, s.c - c);
              const int64_t ifmap = images * channels * ((rows - 1) * s.u + s.r) * ((cols - 1) * s.u + s.s);
              ++w.passes;
              w.ifmap_reads += ifmap;
              if (k % m.m == 0) w.ifmap_fills += ifmap;
              w.psum_reads += images * filters * rows * cols;
              w.filters += filters * channels * s.r * s.s;
              w.macs += images * filters * rows * cols * channels * s.r * s.s;
            }
  return w;
}

TEST(RowStationary, EqualsLoopsOverPasses) {
  RowStationaryMachine machine = Small();
  machine.rows = 12;
  machine.cols = 14;
  machine.filter_spad = machine.ifmap_spad = machine.psum_spad = 1 << 20;
  machine.glb_banks = 1 << 20;
  machine.filter_glb_bytes = 1 << 30;
  SplitMix64 random(3);
  const auto upto = [&](int most) { return 1 + static_cast<int>(random.Next() % static_cast<uint64_t>(most)); };
  int tried = 0;
  while (tried < 300) {
    const RowStationaryShape s = {upto(4), upto(2), upto(9), upto(12), upto(16), upto(16), upto(5), upto(5), upto(3)};
    RowStationaryMapping m = {1, upto(s.n), upto(s.e), upto(s.f), upto(4), upto(3), upto(3), upto(3)};
    m.m = m.p * m.t * upto(3);
    if (!RowStationaryFits(s, m, machine)) continue;
    ++tried;
    const RowStationaryCounts c = CountRowStationary(s, m, machine);
    const Walked w = Walk(s, m);
    EXPECT_EQ(c.passes, w.passes);
    EXPECT_EQ(c.glb_ifmap_reads, w.ifmap_reads);
    EXPECT_EQ(c.dram_ifmap, w.ifmap_fills);
    EXPECT_EQ(c.glb_psum_reads, w.psum_reads);
    EXPECT_EQ(c.dram_filter, w.filters);
    EXPECT_EQ(c.macs, w.macs);
    EXPECT_GE(c.pass_cycles, c.mac_cycles);
    EXPECT_GE(c.mac_cycles * c.active_pes, c.macs);
  }
}

TEST(RowStationary, SetsAreCutIntoSegmentsOfTheArraysWidth) {
  RowStationaryMachine machine = Small();
  machine.rows = 12;
  machine.cols = 14;
  EXPECT_EQ(RowStationarySets(machine, 11, 7), 2);
  EXPECT_EQ(RowStationarySets(machine, 11, 8), 1);
  EXPECT_EQ(RowStationarySets(machine, 5, 27), 1);
  EXPECT_EQ(RowStationarySets(machine, 5, 29), 0);
  EXPECT_EQ(RowStationarySets(machine, 3, 13), 4);
  EXPECT_EQ(RowStationarySets(machine, 13, 1), 0);
}

void ExpectRefused(const RowStationaryMapping& mapping, const RowStationaryMachine& machine, const std::string& what) {
  EXPECT_FALSE(RowStationaryFits(Shape(), mapping, machine)) << what;
  try {
    CountRowStationary(Shape(), mapping, machine);
    ADD_FAILURE() << "accepted; expected " << what;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
  }
}

TEST(RowStationary, RefusesWhatDoesNotFit) {
  const RowStationaryMachine machine = Small();
  ExpectRefused({4, 1, 3, 5, 0, 1, 2, 1}, machine, "at least 1");
  ExpectRefused({4, 3, 3, 5, 2, 1, 2, 1}, machine, "n (ifmaps of a pass): 3; at most 2");
  ExpectRefused({4, 1, 6, 5, 2, 1, 1, 1}, machine, "e (ofmap rows of a pass): 6; at most 5");
  ExpectRefused({4, 1, 3, 6, 2, 1, 2, 1}, machine, "f (ofmap columns of a pass): 6; at most 5");
  ExpectRefused({5, 1, 3, 5, 2, 1, 2, 1}, machine, "m (filters whose psums the GLB holds): 5; at most 4");
  ExpectRefused({2, 1, 3, 5, 3, 1, 2, 1}, machine, "p*t (filters of a pass): 3; at most 2");
  ExpectRefused({4, 1, 3, 5, 2, 2, 2, 1}, machine, "q*r (channels of a pass): 4; at most 3");
  ExpectRefused({4, 1, 3, 5, 2, 3, 1, 1}, machine, "q*S (words of the ifmap spad): 6; at most 4");
  ExpectRefused({4, 1, 3, 5, 2, 1, 2, 2}, machine, "r*t (PE sets in the array): 4; at most 2");
  RowStationaryMachine less = machine;
  less.filter_spad = 3;
  ExpectRefused({4, 1, 3, 5, 2, 1, 2, 1}, less, "p*q*S (words of the filter spad): 4; at most 3");
  less = machine;
  less.psum_spad = 1;
  ExpectRefused({4, 1, 3, 5, 2, 1, 2, 1}, less, "p (words of the psum spad): 2; at most 1");
  less = machine;
  less.glb_banks = 3;  // 96 bytes of ifmaps and 120 of psums would fit four banks, not in three
  ExpectRefused({4, 1, 3, 5, 2, 1, 2, 1}, less, "GLB banks of ifmaps and psums: 4; at most 3");
  less = machine;
  less.filter_glb_bytes = 31;
  ExpectRefused({4, 1, 3, 5, 2, 1, 2, 1}, less, "GLB bytes of a pass's filters: 32; at most 31");
}

TEST(RowStationary, SearchFindsTheBestOfAll) {
  const RowStationaryShape s = Shape();
  const RowStationaryMachine machine = Small();
  const RowStationaryObjective objective = [](const RowStationaryCounts& c) -> RowStationaryScore {
    return std::make_pair(static_cast<double>(c.dram_words()), static_cast<double>(c.cycles()));
  };
  RowStationaryScore best;
  const int most = 6;
  for (int code = 0; code < most * most * most * most * most * most * most * most; ++code) {
    int rest = code;
    const auto next = [&] {
      const int value = 1 + rest % most;
      rest /= most;
      return value;
    };
    const RowStationaryMapping m = {next(), next(), next(), next(), next(), next(), next(), next()};
    const bool whole = m.m % (m.p * m.t) == 0 || m.m == s.m;
    if (!whole || !RowStationaryFits(s, m, machine)) continue;
    const RowStationaryScore score = objective(CountRowStationary(s, m, machine));
    if (!best || *score < *best) best = score;
  }
  const RowStationaryMapping found = SearchRowStationary(s, machine, objective);
  EXPECT_EQ(objective(CountRowStationary(s, found, machine)), best);
}

TEST(RowStationary, SearchWithoutAnAnswerSaysSo) {
  EXPECT_THROW(SearchRowStationary(Shape(), Small(), [](const RowStationaryCounts&) { return std::nullopt; }), Error);
  RowStationaryMachine low = Small();
  low.rows = 1;
  EXPECT_THROW(SearchRowStationary(Shape(), low, [](const RowStationaryCounts&) -> RowStationaryScore {
                 return std::make_pair(0.0, 0.0);
               }),
               Error);
}

}  // namespace
}  // namespace weft
