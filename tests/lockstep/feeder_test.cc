// SPDX-License-Identifier: Apache-2.0
// weft_feeder against model/feeder.h at its ports, cycle and value, under random stalls of the GLB
// and the ifmap bus; after a reset in mid-flight, for two seeds of random initial registers and
// memories. What the beats carry is also what a plain loop over x, k and c gives.
#include "model/feeder.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vfeeder_ecp5.h"
#include "Vfeeder_nano.h"
#include "Vfeeder_narrow.h"
#include "Vfeeder_odd.h"
#include "Vfeeder_serial8.h"
#include "Vfeeder_weft168.h"
#include "Vfeeder_widest.h"
#include "tests/lockstep/mem_bench.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

using model::ActBeat;
using model::FeederParameters;
using model::GetField;

constexpr uint32_t kAddresses = 1 << 18;

struct MapWrite {
  Cycle cycle;
  int pattern, index;
  uint32_t word;
};

struct Pass {
  uint32_t words[spec::kPassOperandWords];
  Cycle valid, leave, done;  // leave: from this cycle on its slot may hold anything
  int64_t first_beat;
};

struct Case {
  uint64_t seed;
  FeederParameters parameters;
  StallPattern glb, act;
  uint32_t cfg[2][spec::kCfgOperandWords];
  double zeros;
  std::vector<MapWrite> maps;  // by cycle
  std::vector<Pass> passes;
  std::vector<std::vector<uint32_t>> tables;  // by pass

  uint8_t Byte(uint32_t address) const {
    const uint64_t any = Mix(seed ^ 0xB17E, address % kAddresses);
    if (static_cast<double>(any >> 40) * 0x1p-24 >= zeros) return static_cast<uint8_t>(any);
    return static_cast<uint8_t>(GetField(cfg[any >> 8 & 1], spec::kCfgActZp));
  }
};

struct Result {
  Trace glb, act, done, classes;
  uint64_t act_bus[2] = {}, act_values[2] = {}, glb_act[2] = {};
};

struct TwinPorts {
  const Case& c;
  Result* result;
  uint8_t word[32];

  Cycle GlbFire(Cycle from, uint32_t address, const uint8_t** out) {
    const Cycle at = c.glb.NextOpen(from);
    result->glb.push_back({at, {address, from}});
    for (uint32_t b = 0; b < static_cast<uint32_t>(c.parameters.glb_bytes); ++b)
      word[b] = c.Byte(address + b);
    *out = word;
    return at;
  }
  Cycle ActFire(Cycle from, const ActBeat& beat) {
    const Cycle at = c.act.NextOpen(from);
    PortEvent event{at, {beat.id, beat.slot, beat.head, beat.last, beat.eos, beat.x, beat.n}};
    for (size_t i = 0; i < static_cast<size_t>(beat.n); ++i) {
      event.values.push_back(beat.values[i]);
      event.values.push_back(beat.offs[i]);
    }
    event.values.push_back(from);
    result->act.push_back(event);
    return at;
  }
};

// Draws the case and runs the twin, which says when passes may follow each other.
Case MakeCase(uint64_t seed, const FeederParameters& p, Result* result) {
  Random random(seed);
  Case c;
  c.seed = seed;
  c.parameters = p;
  c.glb = {random.Next(), AnyStall(&random)};
  c.act = {random.Next(), AnyStall(&random)};
  constexpr double kZeros[] = {0.0, 0.3, 0.6, 0.95, 1.0};
  c.zeros = kZeros[random.Int(0, 4)];
  for (uint32_t(&cfg)[spec::kCfgOperandWords] : c.cfg) {
    for (uint32_t& word : cfg) word = static_cast<uint32_t>(random.Next());
    const int lo = GetField(cfg, spec::kCfgActUnsigned) ? 0 : -128;
    PutField(cfg, spec::kCfgActZp,
             random.Chance(0.1) ? random.Int(-256, 255) : random.Int(lo, lo + 255));
  }
  TwinPorts ports{c, result, {}};
  model::Feeder<TwinPorts> feeder(p, &ports);
  std::vector<uint32_t> tables[4];
  for (auto& table : tables) table.resize(static_cast<size_t>(p.max_streams), 0);
  bool written[4] = {};
  Cycle map_free = 0, last_use[4] = {-1, -1, -1, -1};
  const int passes = random.Int(1, 5);
  for (int n = 0; n < passes; ++n) {
    Pass pass;
    for (uint32_t& word : pass.words) word = static_cast<uint32_t>(random.Next());
    const int pattern = GetField(pass.words, spec::kPassPattern) & (p.patterns - 1);
    int streams = random.Int(1, std::min(p.max_streams, random.Chance(0.2) ? 255 : 6));
    if (random.Chance(0.04)) streams = 0;
    int columns = random.Chance(0.05) ? random.Int(100, 1023) : random.Int(1, 14);
    if (streams > 40) columns = std::min(columns, 4);
    if (random.Chance(0.04)) columns = 0;
    int most = random.Chance(0.15)  ? 127
               : random.Chance(0.5) ? 2 * p.glb_bytes
                                    : 5;  // bytes a token
    if (streams > 10) most = std::min(most, 12);
    const bool aligned = random.Chance(0.3);
    const uint32_t mask = aligned ? ~static_cast<uint32_t>(p.glb_bytes - 1) : ~0u;
    PutField(pass.words, spec::kPassStreams, streams);
    PutField(pass.words, spec::kPassXcount, columns);
    PutField(pass.words, spec::kPassQ, random.Int(1, most));
    PutField(pass.words, spec::kPassQShort, random.Int(1, most));
    PutField(pass.words, spec::kPassActBase,
             static_cast<int64_t>(static_cast<uint32_t>(random.Int(0, kAddresses - 1)) & mask));
    PutField(pass.words, spec::kPassXstride,
             static_cast<int64_t>(static_cast<uint32_t>(random.Chance(0.5)
                                                            ? random.Int(0, 99)
                                                            : random.Int(0, kAddresses - 1)) &
                                  mask));

    Cycle valid = n > 0 ? c.passes.back().valid + 1 : random.Int(0, 20);
    if (n > 1) valid = std::max(valid, c.passes[static_cast<size_t>(n) - 2].done + 1);
    if (!written[pattern] || random.Chance(0.5)) {
      written[pattern] = true;
      map_free = std::max(map_free, last_use[pattern] + 1);
      const int tokens = columns > 20 ? 6 : 14;
      for (int k = 0; k < p.max_streams; ++k) {
        uint32_t word = 0;
        PutField(&word, spec::kMapStreamOffset,
                 static_cast<int64_t>(static_cast<uint32_t>(random.Int(0, kAddresses - 1)) & mask));
        PutField(&word, spec::kMapStreamFirst, random.Chance(0.5) ? 0 : random.Int(0, 15));
        PutField(&word, spec::kMapStreamCount,
                 random.Chance(0.1)    ? 0
                 : random.Chance(0.02) ? 511
                                       : random.Int(1, tokens));
        PutField(&word, spec::kMapStreamShort, random.Chance(0.3));
        if (k >= streams && k > 7) break;
        tables[pattern][static_cast<size_t>(k)] = word;
        c.maps.push_back({map_free++, pattern, k, word});
        feeder.Map(pattern, k, word);
      }
    }
    valid = std::max(valid, map_free);
    for (int k = 0; k < streams; ++k) {  // nothing behind what this pass's map wrote
      if (tables[pattern][static_cast<size_t>(k)] != 0) continue;
      PutField(pass.words, spec::kPassStreams, k);
      break;
    }
    if (random.Chance(0.4)) valid += random.Int(0, 60);
    pass.valid = valid;
    pass.first_beat = static_cast<int64_t>(result->act.size());
    feeder.Begin(valid, pass.words, c.cfg[GetField(pass.words, spec::kPassCfg)]);
    while (feeder.Step()) {
    }
    pass.done = feeder.feed_done();
    pass.leave = random.Chance(0.5) ? pass.done + 1 : kNever;
    result->done.push_back({pass.done, {}});
    last_use[pattern] = pass.done;
    c.tables.push_back(tables[pattern]);
    c.passes.push_back(pass);
  }
  for (int q = 0; q < 2; ++q) {
    result->act_bus[q] = feeder.events().act_bus[q];
    result->act_values[q] = feeder.events().act_values[q];
    result->glb_act[q] = feeder.events().glb_act[q];
  }
  const Cycle cycles = c.passes.back().done + 6;
  feeder.classes().Add(cycles, spec::kClassIdle);
  result->classes = ExpandClasses(&feeder.classes(), cycles);
  return c;
}

template <class V>
class Bench {
 public:
  Bench(const Case& c, uint64_t init_seed) : c_(c), unit_(init_seed), v_(*unit_.v) {}

  Result Run() {
    Garbage();
    Result result;
    const Cycle cycles = c_.passes.back().done + 6;
    size_t map = 0, next = 0;
    Cycle glb_from = -1, act_from = -1;
    for (int s = 0; s < 2; ++s)
      for (int i = 0; i < spec::kCfgOperandWords; ++i)
        PutBits(&v_.cfg_i, s * spec::kCfgBits + 32 * i, 32, c_.cfg[s][i]);
    v_.pass_valid_i = 0;
    for (Cycle c = 0; c < cycles; ++c) {
      v_.map_we_i = map < c_.maps.size() && c_.maps[map].cycle == c;
      if (v_.map_we_i) {
        const MapWrite& w = c_.maps[map++];
        PutMap(1, w.pattern, w.index, w.word);
      } else {  // words of other kinds
        PutMap(c % 3 == 1 ? 0 : 2, static_cast<int>(c & 1), static_cast<int>(c % 7),
               static_cast<uint32_t>(Mix(c_.seed, static_cast<uint64_t>(c))));
        v_.map_we_i = c % 3 != 0;
      }
      for (size_t n = next < 2 ? 0 : next - 2; n < next; ++n)
        if (c_.passes[n].leave == c) LeaveSlot(static_cast<int>(n & 1), static_cast<uint64_t>(c));
      if (next < c_.passes.size() && c_.passes[next].valid == c) {
        const int slot = static_cast<int>(next & 1);
        for (int i = 0; i < spec::kPassOperandWords; ++i)
          PutBits(&v_.pass_i, slot * spec::kPassBits + 32 * i, 32, c_.passes[next].words[i]);
        v_.pass_valid_i |= static_cast<uint8_t>(1 << slot);
        PutBits(&v_.pass_phase_i, slot, 1, next / 2 & 1);
        ++next;
      }
      v_.glb_ready_i = c_.glb.Open(c);
      v_.act_ready_i = c_.act.Open(c);
      unit_.Eval();

      result.classes.push_back({c, {v_.class_o}});
      if (v_.glb_valid_o && glb_from < 0) glb_from = c;
      const bool read = v_.glb_valid_o && v_.glb_ready_i;
      const uint32_t address = v_.glb_addr_o;
      if (read) result.glb.push_back({c, {address, glb_from}});
      if (read || !v_.glb_valid_o) glb_from = -1;
      if (v_.act_valid_o && act_from < 0) act_from = c;
      if (v_.act_valid_o && v_.act_ready_i) {
        PortEvent event{c,
                        {v_.act_id_o, v_.act_slot_o, v_.act_head_o, v_.act_last_o, v_.act_eos_o,
                         v_.act_x_o, v_.act_n_o}};
        for (int i = 0; i < v_.act_n_o; ++i) {
          event.values.push_back(static_cast<int64_t>(TakeBits(v_.act_val_o, 9 * i, 9) ^ 256) -
                                 256);
          event.values.push_back(
              static_cast<int64_t>(TakeBits(v_.act_off_o, OffBits() * i, OffBits())));
        }
        event.values.push_back(act_from);
        result.act.push_back(event);
        act_from = -1;
      }
      if (v_.feed_done_o) result.done.push_back({c, {}});
      result.act_bus[v_.ev_par_o] += v_.ev_act_bus_o;
      result.act_values[v_.ev_par_o] += v_.ev_act_values_o;
      result.glb_act[v_.ev_glb_par_o] += v_.ev_glb_act_o;
      unit_.Clock();
      if (read) PutWord(address);
    }
    return result;
  }

 private:
  int OffBits() const {
    int bits = 0;
    while (1 << bits < c_.parameters.filter_depth) ++bits;
    return bits;
  }
  void PutMap(int kind, int pattern, int index, uint32_t word) {
    v_.map_kind_i = static_cast<uint8_t>(kind);
    v_.map_pattern_i = static_cast<uint8_t>(pattern);
    v_.map_index_i = static_cast<uint16_t>(index);
    v_.map_data_i = word;
  }
  void PutWord(uint32_t address) {
    uint8_t word[32];
    for (uint32_t b = 0; b < static_cast<uint32_t>(c_.parameters.glb_bytes); ++b)
      word[b] = c_.Byte(address + b);
    SetBytes(v_.glb_data_i, word, c_.parameters.glb_bytes);
  }
  void LeaveSlot(int slot, uint64_t noise) {
    v_.pass_valid_i &= static_cast<uint8_t>(~(1 << slot));
    PutBits(&v_.pass_phase_i, slot, 1, noise & 1);
    for (int i = 0; i < spec::kPassOperandWords; ++i)
      PutBits(&v_.pass_i, slot * spec::kPassBits + 32 * i, 32,
              Mix(noise, static_cast<uint64_t>(i)) & 0xFFFFFFFF);
  }
  // Some cycles of any passes, then a reset in whatever is under way.
  void Garbage() {
    Random random(Mix(c_.seed, 99));
    unit_.Reset();
    const int cycles = random.Int(0, 150);
    for (int c = 0; c < cycles; ++c) {
      v_.map_we_i = random.Chance(0.5);
      PutMap(1, random.Int(0, 3), random.Int(0, c_.parameters.max_streams - 1),
             static_cast<uint32_t>(random.Next()));
      if (random.Chance(0.05)) LeaveSlot(random.Int(0, 1), random.Next());
      if (random.Chance(0.1)) v_.pass_valid_i = static_cast<uint8_t>(random.Int(0, 3));
      v_.glb_ready_i = random.Chance(0.8);
      v_.act_ready_i = random.Chance(0.8);
      for (int i = 0; i < c_.parameters.glb_bytes / 4; ++i)
        SetWord(v_.glb_data_i, i, static_cast<uint32_t>(random.Next()));
      unit_.Eval();
      unit_.Clock();
    }
    v_.map_we_i = 0;
    for (int k = random.Int(1, 3); k > 0; --k) unit_.Reset();
  }

  const Case& c_;
  Unit<V> unit_;
  V& v_;
};

// The beats of pass n are what the loop nest says, and none is missing.
void ExpectTokens(const Case& c, const Result& result, size_t n) {
  const Pass& pass = c.passes[n];
  const FeederParameters& p = c.parameters;
  size_t beat = static_cast<size_t>(pass.first_beat);
  const size_t end =
      n + 1 < c.passes.size() ? static_cast<size_t>(c.passes[n + 1].first_beat) : result.act.size();
  const uint32_t* cfg = c.cfg[GetField(pass.words, spec::kPassCfg)];
  for (int x = 0; x < GetField(pass.words, spec::kPassXcount); ++x) {
    for (int k = 0; k < GetField(pass.words, spec::kPassStreams); ++k) {
      const uint32_t* stream = &c.tables[n][static_cast<size_t>(k)];
      const int first = GetField(stream, spec::kMapStreamFirst),
                count = GetField(stream, spec::kMapStreamCount);
      if (x < first || x >= first + count) continue;
      const int q = GetField(
          pass.words, GetField(stream, spec::kMapStreamShort) ? spec::kPassQShort : spec::kPassQ);
      std::vector<int64_t> expected, got;
      for (int channel = 0; channel < q; ++channel) {
        const int64_t at = int64_t{GetField(pass.words, spec::kPassActBase)} +
                           GetField(stream, spec::kMapStreamOffset) +
                           int64_t{x} * GetField(pass.words, spec::kPassXstride) + channel;
        const uint8_t raw = c.Byte(static_cast<uint32_t>(at % kAddresses));
        const int value = (GetField(cfg, spec::kCfgActUnsigned) ? raw : static_cast<int8_t>(raw)) -
                          GetField(cfg, spec::kCfgActZp);
        if (value % 512 == 0) continue;
        expected.push_back(((value + 256) & 511) - 256);
        expected.push_back((x * GetField(pass.words, spec::kPassTapStride) + channel) %
                           p.filter_depth);
      }
      bool last = false;
      for (bool head = true; !last; head = false) {
        ASSERT_LT(beat, end) << "seed " << c.seed << " pass " << n;
        const std::vector<int64_t>& v = result.act[beat++].values;
        ASSERT_EQ(v[0], k);
        ASSERT_EQ(v[2], head);
        ASSERT_EQ(v[5], x % 64);
        last = v[3] != 0;
        ASSERT_EQ(v[4], last && x == first + count - 1);
        got.insert(got.end(), v.begin() + 7, v.end() - 1);
      }
      ASSERT_EQ(got, expected) << "seed " << c.seed << " pass " << n << " x " << x << " k " << k;
    }
  }
  ASSERT_EQ(beat, end) << "seed " << c.seed << " pass " << n;
}

template <class V>
void RunCases(const char* name, uint64_t base, int cases, const FeederParameters& p) {
  size_t compared = 0;
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = base + static_cast<uint64_t>(k);
    Result twin;
    const Case c = MakeCase(seed, p, &twin);
    for (uint64_t init = 0; init < (k % 8 == 0 ? 2u : 1u); ++init) {
      const Result rtl = Bench<V>(c, 2 * seed + init).Run();
      ASSERT_EQ(Difference("glb", seed, twin.glb, rtl.glb), "");
      ASSERT_EQ(Difference("act", seed, twin.act, rtl.act), "");
      ASSERT_EQ(Difference("feed_done", seed, twin.done, rtl.done), "");
      ASSERT_EQ(Difference("class", seed, twin.classes, rtl.classes), "");
      for (int q = 0; q < 2; ++q) {
        ASSERT_EQ(twin.act_bus[q], rtl.act_bus[q]) << "seed " << seed;
        ASSERT_EQ(twin.act_values[q], rtl.act_values[q]) << "seed " << seed;
        ASSERT_EQ(twin.glb_act[q], rtl.glb_act[q]) << "seed " << seed;
      }
      for (size_t n = 0; n < c.passes.size(); ++n) ExpectTokens(c, rtl, n);
      if (::testing::Test::HasFatalFailure()) return;
      compared += rtl.glb.size() + rtl.act.size() + rtl.done.size() + rtl.classes.size();
    }
  }
  std::printf("%s: %d cases, %zu events and cycles compared\n", name, cases, compared);
}

// One pass of aligned tokens of q bytes without zeros, nothing stalls: beats in every cycle from
// the sixth after the pass was seen on.
template <class V>
void ExpectFullRate(const FeederParameters& p, int q) {
  Case c = {};
  c.seed = 1;
  c.parameters = p;
  Pass pass = {};
  const int columns = 20, streams = p.max_streams < 4 ? p.max_streams : 4;
  PutField(pass.words, spec::kPassStreams, streams);
  PutField(pass.words, spec::kPassXcount, columns);
  PutField(pass.words, spec::kPassQ, q);
  PutField(pass.words, spec::kPassXstride, q * streams);
  PutField(c.cfg[0], spec::kCfgActZp, -256);
  Result twin;
  TwinPorts ports{c, &twin, {}};
  model::Feeder<TwinPorts> feeder(p, &ports);
  std::vector<uint32_t> table;
  for (int k = 0; k < streams; ++k) {
    uint32_t word = 0;
    PutField(&word, spec::kMapStreamOffset, q * k);
    PutField(&word, spec::kMapStreamCount, columns);
    table.push_back(word);
    c.maps.push_back({k, 0, k, word});
    feeder.Map(0, k, word);
  }
  c.tables.push_back(table);
  pass.valid = streams;
  feeder.Begin(pass.valid, pass.words, c.cfg[0]);
  while (feeder.Step()) {
  }
  pass.done = feeder.feed_done();
  pass.leave = kNever;
  c.passes.push_back(pass);
  const Result rtl = Bench<V>(c, 1).Run();
  ASSERT_EQ(Difference("act", 1, twin.act, rtl.act), "");
  ASSERT_EQ(rtl.act.size(),
            static_cast<size_t>(columns * streams * ((q + p.win_lanes - 1) / p.win_lanes)));
  for (size_t k = 0; k < rtl.act.size(); ++k)
    ASSERT_EQ(rtl.act[k].cycle, pass.valid + 6 + static_cast<Cycle>(k));
  ExpectTokens(c, rtl, 0);
}

TEST(Feeder, Weft168) {
  RunCases<Vfeeder_weft168>("weft168", 100000, 400, {256, 8, 16, 168, false});
}
TEST(Feeder, Ecp5) { RunCases<Vfeeder_ecp5>("ecp5", 200000, 400, {256, 2, 16, 32, false, 2}); }
TEST(Feeder, Odd) { RunCases<Vfeeder_odd>("odd", 300000, 400, {64, 3, 8, 35, false, 2}); }
TEST(Feeder, Nano) { RunCases<Vfeeder_nano>("nano", 400000, 400, {128, 1, 4, 2, true, 2}); }
TEST(Feeder, Widest) { RunCases<Vfeeder_widest>("widest", 500000, 400, {16, 5, 32, 1, false}); }
TEST(Feeder, Narrow) { RunCases<Vfeeder_narrow>("narrow", 600000, 400, {16, 8, 4, 255, false}); }
TEST(Feeder, Serial8) { RunCases<Vfeeder_serial8>("serial8", 700000, 400, {64, 3, 8, 5, true}); }
TEST(Feeder, FullRate) {
  ExpectFullRate<Vfeeder_weft168>({256, 8, 16, 168, false}, 16);
  ExpectFullRate<Vfeeder_weft168>({256, 8, 16, 168, false}, 64);
  ExpectFullRate<Vfeeder_ecp5>({256, 2, 16, 32, false, 2}, 32);
  ExpectFullRate<Vfeeder_narrow>({16, 8, 4, 255, false}, 4);
}

}  // namespace
}  // namespace weft::lockstep
