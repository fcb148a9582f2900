// SPDX-License-Identifier: Apache-2.0
// The memory model against closed forms, and cycle by cycle against event to event.
#include "model/memory_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <deque>

#include "model/error.h"
#include "tests/lockstep/bench.h"

namespace weft {
namespace {

using lockstep::Random;

MemoryParams Params(double bytes_per_cycle, int latency, double stall = 0, uint64_t seed = 1) {
  MemoryParams p;
  p.bytes_per_cycle = bytes_per_cycle;
  p.latency_cycles = latency;
  p.stall = stall;
  p.seed = seed;
  return p;
}

// A master that always has the next address and the next beat ready.
struct Greedy {
  int reads = 0, writes = 0, beats = 16;
  int ar = 0, aw = 0, w = 0, b = 0, r = 0;
  Cycle first_r = -1, last_r = -1, last_b = -1, last_w = -1;
  uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};

  void Run(MemoryModel* memory) {
    for (Cycle c = 0; r < reads * beats || b < writes; ++c) {
      ASSERT_LT(c, 1000000);
      const MemoryModel::Out out = memory->Begin(c);
      MemoryModel::In in;
      in.ar_valid = ar < reads;
      in.ar_address = static_cast<uint64_t>(ar * beats * 8);
      in.ar_beats = beats;
      in.aw_valid = aw < writes;
      in.aw_address = 4096 + static_cast<uint64_t>(aw * beats * 8);
      in.aw_beats = beats;
      in.w_valid = w < writes * beats;
      in.w_last = w % beats == beats - 1;
      in.w_data = data;
      in.w_strobe = 0xff;
      in.r_ready = true;
      memory->End(in);
      if (in.ar_valid && out.ar_ready) ++ar;
      if (in.aw_valid && out.aw_ready) ++aw;
      if (in.w_valid && out.w_ready) last_w = c, ++w;
      if (out.b_valid) last_b = c, ++b;
      if (out.r_valid) {
        if (r == 0) first_r = c;
        last_r = c;
        EXPECT_EQ(out.r_last, r % beats == beats - 1);
        ++r;
      }
    }
  }
};

TEST(MemoryModel, ReadsTakeLatencyAndBandwidth) {
  for (const double rate : {8.0, 4.0, 6.0, 16.0, 1.5, 0.25}) {
    for (const int latency : {1, 30, 60}) {
      MemoryModel memory(Params(rate, latency), 0, 65536);
      Greedy g;
      g.reads = 8;
      g.Run(&memory);
      EXPECT_EQ(g.first_r, latency);  // address accepted in cycle 0
      // 128 beats: the first one from credit at hand; then one per max(1, 8 / rate) cycles. The
      // credit at hand is up to rate - 1/65536 bytes more than a beat.
      const double spacing = std::max(1.0, 8 / rate);
      EXPECT_LE(g.last_r - g.first_r, static_cast<Cycle>(std::ceil(127 * spacing)));
      EXPECT_GE(g.last_r - g.first_r, static_cast<Cycle>(std::ceil(127 * spacing - 1)));
    }
  }
}

TEST(MemoryModel, WritesTakeLatencyAndBandwidth) {
  for (const double rate : {8.0, 4.0, 16.0}) {
    MemoryModel memory(Params(rate, 30), 0, 65536);
    Greedy g;
    g.writes = 8;
    g.Run(&memory);
    const double spacing = std::max(1.0, 8 / rate);
    EXPECT_EQ(g.last_w, 1 + static_cast<Cycle>(127 * spacing));  // the cycle after the address
    EXPECT_EQ(g.last_b, g.last_w + 30);
    for (int i = 0; i < 128; ++i)
      EXPECT_EQ(memory.bytes()[static_cast<size_t>(4096 + 8 * i + 3)], 4);
  }
}

TEST(MemoryModel, BothDirectionsShareTheBandwidthEvenly) {
  for (const double rate : {8.0, 4.0}) {
    MemoryModel memory(Params(rate, 1), 0, 65536);
    Greedy g;
    g.reads = g.writes = 16;
    g.Run(&memory);
    const Cycle total = static_cast<Cycle>(512 * 8 / rate);
    EXPECT_NEAR(static_cast<double>(std::max(g.last_r, g.last_w)), static_cast<double>(total), 4);
    EXPECT_NEAR(static_cast<double>(g.last_r), static_cast<double>(g.last_w), 4 * 8 / rate);
  }
  MemoryModel memory(Params(16, 1), 0, 65536);  // enough for both at full speed
  Greedy g;
  g.reads = g.writes = 16;
  g.Run(&memory);
  EXPECT_EQ(g.last_r, 256);
  EXPECT_EQ(g.last_w, 256);
}

TEST(MemoryModel, ErrorsAndSilence) {
  MemoryModel memory(Params(8, 5), 0x1000, 256);
  MemoryFaults faults;
  faults.error_address = 0x1048;
  memory.set_faults(faults);
  auto read = [&](Cycle start, uint64_t address, int beats) {
    std::vector<int> responses;
    bool asked = false;
    for (Cycle c = start; c < start + 100 && static_cast<int>(responses.size()) < beats; ++c) {
      const MemoryModel::Out out = memory.Begin(c);
      MemoryModel::In in;
      in.ar_valid = !asked;
      in.ar_address = address;
      in.ar_beats = beats;
      in.r_ready = true;
      memory.End(in);
      asked = true;
      if (out.r_valid) responses.push_back(out.r_response);
    }
    return responses;
  };
  EXPECT_EQ(read(0, 0x1000, 2), (std::vector<int>{0, 0}));
  EXPECT_EQ(read(100, 0x1040, 2), (std::vector<int>{2, 2}));
  EXPECT_EQ(read(200, 0x10f8, 2), (std::vector<int>{0, 3}));  // runs out of the memory
  EXPECT_EQ(read(300, 0x0ff8, 1), (std::vector<int>{3}));
  faults = MemoryFaults();
  faults.silent_from = 5;
  memory.set_faults(faults);
  EXPECT_EQ(read(400, 0x1000, 1).size(), 1u);
  EXPECT_EQ(read(500, 0x1000, 1).size(), 0u);
  memory.StartSegment(600);
  EXPECT_EQ(read(600, 0x1000, 1).size(), 1u);
}

TEST(MemoryModel, ParsesAndRefuses) {
  const MemoryParams p = ParseMemoryParams("7.5,100,stall=0.25");
  EXPECT_EQ(p.bytes_per_cycle, 7.5);
  EXPECT_EQ(p.latency_cycles, 100);
  EXPECT_EQ(p.stall, 0.25);
  for (const char* bad : {"", "8", "8,0", "0,60", "8,60,", "8,60,stall=1", "8,60,stal=0", "8,1e9",
                          "8,60,stall=0.1,x", "nan,60", "8;60", "-8,60", "8,6.5"})
    EXPECT_THROW(ParseMemoryParams(bad), Error) << bad;
}

// A random master whose wishes change at random times that do not depend on the memory's pins; the
// pins that it sees must be the same whether quiet cycles are stepped through or skipped.
std::vector<MemoryEvent> RunRandom(uint64_t seed, bool skip, int64_t* steps) {
  Random random(seed);
  MemoryParams params =
      Params(random.Int(1, 64) / 4.0, random.Int(1, 40), random.Chance(0.5) ? 0.3 : 0.0, seed);
  params.plain = random.Chance(0.3);
  if (params.plain) params.beat_bytes = 4;
  const int beat = params.beat_bytes;
  MemoryModel memory(params, 0, 4096);
  std::vector<MemoryEvent> trace;
  memory.set_trace(&trace);
  // The master offers one thing at a time on each channel, from a drawn distance after the last.
  struct Channel {
    Cycle from = 0;
    int done = 0;
    uint64_t salt;
    void Next(Cycle c, uint64_t seed_value) {
      ++done;
      const uint64_t h = lockstep::Mix(seed_value + salt, static_cast<uint64_t>(done));
      from = c + 1 + ((h & 3) == 0 ? static_cast<Cycle>((h >> 8) % 50) : 0);
    }
  };
  Channel ar{0, 0, 1}, aw{0, 0, 2}, w{0, 0, 3}, r{0, 0, 4}, b{0, 0, 5};
  std::deque<int> write_beats;
  int write_beat = 0;
  bool r_seen = false, b_seen = false;
  auto beats_of = [&](int k, uint64_t salt) {
    return params.plain
               ? 1
               : 1 + static_cast<int>(lockstep::Mix(seed + salt, static_cast<uint64_t>(k)) % 16);
  };
  uint8_t data[8] = {9, 8, 7, 6, 5, 4, 3, 2};
  Cycle c = 0;
  *steps = 0;
  while (c < 4000) {
    ++*steps;
    const MemoryModel::Out out = memory.Begin(c);
    MemoryModel::In in;
    const bool write_turn =
        params.plain && aw.done < ar.done;  // one request channel, one kind each
    in.ar_valid = c >= ar.from && !write_turn;
    in.ar_address = static_cast<uint64_t>(ar.done % 8) * 16 * static_cast<uint64_t>(beat);
    in.ar_beats = beats_of(ar.done, 10);
    in.aw_valid = c >= aw.from && (!params.plain || write_turn);
    in.aw_address = static_cast<uint64_t>(aw.done % 8) * 16 * static_cast<uint64_t>(beat);
    in.aw_beats = beats_of(aw.done, 11);
    in.w_valid = params.plain ? in.aw_valid : (!write_beats.empty() && c >= w.from);
    in.w_last = !write_beats.empty() && write_beat == write_beats.front() - 1;
    in.w_data = data;
    in.w_strobe = (lockstep::Mix(seed, static_cast<uint64_t>(w.done)) & 0xff) & ((1u << beat) - 1);
    // Answers are taken a drawn time after they are seen.
    if (out.r_valid && !r_seen) r_seen = true, r.from = std::max(r.from, c);
    if (out.b_valid && !b_seen) b_seen = true, b.from = std::max(b.from, c);
    in.r_ready = c >= r.from;
    in.b_ready = c >= b.from;
    memory.End(in);
    bool moved = false;
    if (in.ar_valid && out.ar_ready) ar.Next(c, seed), moved = true;
    if (in.aw_valid && out.aw_ready) {
      moved = true;
      write_beats.push_back(in.aw_beats);
      aw.Next(c, seed);
      if (params.plain) write_beats.clear();
    }
    if (!params.plain && in.w_valid && out.w_ready) {
      moved = true;
      w.Next(c, seed);
      if (in.w_last) {
        write_beats.pop_front();
        write_beat = 0;
      } else {
        ++write_beat;
      }
    }
    if (out.r_valid && in.r_ready) r.Next(c, seed), r_seen = false, moved = true;
    if (!params.plain && out.b_valid && in.b_ready) b.Next(c, seed), b_seen = false, moved = true;
    if (!skip || moved) {
      ++c;
      continue;
    }
    Cycle next = memory.NextEvent();
    for (const Channel* ch : {&ar, &aw, &w, &r, &b})
      if (ch->from > c) next = std::min(next, ch->from);
    c = next;
  }
  return trace;
}

TEST(MemoryModel, SkippingQuietCyclesChangesNothing) {
  int64_t stepped = 0, skipped = 0;
  size_t events = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    int64_t a = 0, b = 0;
    const std::vector<MemoryEvent> all = RunRandom(seed, false, &a);
    ASSERT_TRUE(all == RunRandom(seed, true, &b)) << "seed " << seed;
    stepped += a;
    skipped += b;
    events += all.size();
  }
  EXPECT_LT(skipped, stepped);
  std::printf("1000 cases, %zu bus events equal, %lld of %lld cycles stepped\n", events,
              static_cast<long long>(skipped), static_cast<long long>(stepped));
}

}  // namespace
}  // namespace weft
