// SPDX-License-Identifier: Apache-2.0
// weft_filter_load against model/filter_load.h at its ports, cycle and value, under random stalls
// of the GLB and random gaps between commands; after a reset in mid-flight, for two seeds of random
// initial registers. Writes are also what plain loops over sets, addresses, rows and lanes give.
#include "model/filter_load.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vfilter_load_ecp5.h"
#include "Vfilter_load_nano.h"
#include "Vfilter_load_odd.h"
#include "Vfilter_load_smallest.h"
#include "Vfilter_load_weft168.h"
#include "Vfilter_load_widest.h"
#include "tests/lockstep/mem_bench.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

using model::FilterBeat;
using model::FilterLoadParameters;
using model::GetField;

struct Command {
  bool param;
  int parity;
  uint32_t words[2];
  Cycle valid, done;
};

struct Case {
  uint64_t seed;
  FilterLoadParameters parameters;
  StallPattern glb;
  std::vector<Command> commands;
  uint8_t Byte(uint32_t address) const {
    const uint64_t any = Mix(seed ^ 0xB17E, address % (1 << 18));
    return static_cast<uint8_t>(any >> 32 & 7 ? any : any & 0x80);
  }
};

struct Result {
  Trace glb, take, beats, channels, done, classes;
  uint64_t flt_bus[2] = {}, glb_flt[2] = {};
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
  void FilterBeat(Cycle cycle, const model::FilterBeat& beat) {
    PortEvent event{cycle, {beat.pattern, beat.copy, beat.set, beat.address}};
    for (int i = 0; i < c.parameters.rows * c.parameters.lanes; ++i)
      event.values.push_back(beat.values[static_cast<size_t>(i)]);
    result->beats.push_back(event);
  }
  void Channel(Cycle cycle, int row, int lane, int32_t bias, int32_t m0, int exponent) {
    result->channels.push_back({cycle, {row, lane, bias, m0, exponent}});
  }
};

Case MakeCase(uint64_t seed, const FilterLoadParameters& p, Result* result) {
  Random random(seed);
  Case c;
  c.seed = seed;
  c.parameters = p;
  c.glb = {random.Next(), AnyStall(&random)};
  TwinPorts ports{c, result, {}};
  model::FilterLoad<TwinPorts> load(p, &ports);
  Cycle from = 0;
  const int commands = random.Int(1, 6);
  for (int n = 0; n < commands; ++n) {
    Command command;
    command.param = random.Chance(0.4);
    command.parity = random.Int(0, 1);
    command.words[0] = static_cast<uint32_t>(random.Next());
    command.words[1] = 0;
    const uint32_t glb = static_cast<uint32_t>(random.Int(0, (1 << 18) - 1)) &
                         ~static_cast<uint32_t>(p.glb_bytes - 1);
    if (command.param) {
      PutField(command.words, spec::kParamGlb, glb);
      PutField(command.words, spec::kParamRows,
               random.Chance(0.1) ? p.param_rows : random.Int(0, 4));
    } else {
      PutField(command.words, spec::kFilterGlb, glb);
      const bool deep = random.Chance(0.1), many = !deep && random.Chance(0.1);
      PutField(command.words, spec::kFilterBeats,
               deep ? p.filter_depth : random.Int(0, many ? 3 : 14));
      PutField(command.words, spec::kFilterSets, many ? 64 : random.Int(0, deep ? 1 : 5));
      if (random.Chance(0.3)) PutField(command.words, spec::kFilterZp, 0);
    }
    command.valid = from + (random.Chance(0.5) ? 0 : random.Int(0, 30));
    const Cycle before = result->done.empty() ? -1 : result->done.back().cycle;
    command.done = command.param ? load.Param(command.valid, command.words, command.parity)
                                 : load.Filter(command.valid, command.words, command.parity);
    const Cycle taken = std::max(command.valid, before);  // done is one after the last step
    result->take.push_back({taken, {n}});
    result->done.push_back({command.done, {}});
    from = taken + 1;
    c.commands.push_back(command);
  }
  const Cycle cycles = c.commands.back().done + 6;
  load.classes().Add(cycles, spec::kClassIdle);
  result->classes = ExpandClasses(&load.classes(), cycles);
  for (int q = 0; q < 2; ++q) {
    result->flt_bus[q] = load.events().flt_bus[q];
    result->glb_flt[q] = load.events().glb_flt[q];
  }
  return c;
}

template <class V>
class Bench {
 public:
  Bench(const Case& c, uint64_t init_seed)
      : c_(c), p_(c.parameters), unit_(init_seed), v_(*unit_.v) {}

  Result Run() {
    Garbage();
    Result result;
    const Cycle cycles = c_.commands.back().done + 6;
    size_t next = 0;
    Cycle from = -1;
    uint64_t parts[4] = {};
    for (Cycle c = 0; c < cycles; ++c) {
      v_.cmd_valid_i = next < c_.commands.size() && c_.commands[next].valid <= c;
      v_.cmd_words_i = Mix(c_.seed, static_cast<uint64_t>(c));
      v_.cmd_param_i = c & 1;
      v_.cmd_parity_i = c >> 1 & 1;
      if (v_.cmd_valid_i) {
        const Command& command = c_.commands[next];
        v_.cmd_words_i = command.words[0] | uint64_t{command.words[1]} << 32;
        v_.cmd_param_i = command.param;
        v_.cmd_parity_i = static_cast<uint8_t>(command.parity);
      }
      v_.glb_ready_i = c_.glb.Open(c);
      unit_.Eval();
      result.classes.push_back({c, {v_.class_o}});
      if (v_.cmd_valid_i && v_.cmd_ready_o)
        result.take.push_back({c, {static_cast<int64_t>(next++)}});
      if (v_.glb_valid_o && from < 0) from = c;
      const bool read = v_.glb_valid_o && v_.glb_ready_i;
      const uint32_t address = v_.glb_addr_o;
      if (read) result.glb.push_back({c, {address, from}});
      if (read || !v_.glb_valid_o) from = -1;
      if (v_.flt_valid_o) {
        PortEvent event{c, {v_.flt_pattern_o, v_.flt_copy_o, v_.flt_set_o, v_.flt_addr_o}};
        for (int i = 0; i < p_.rows * p_.lanes; ++i)
          event.values.push_back(static_cast<int64_t>(TakeBits(v_.flt_data_o, 9 * i, 9) ^ 256) -
                                 256);
        result.beats.push_back(event);
      }
      if (v_.par_we_o) parts[v_.par_kind_o] = TakeBits(v_.par_data_o, 0, 32);
      if (v_.par_we_o && p_.par_split && v_.par_kind_o == 2)
        result.channels.push_back({c, {v_.par_row_o, v_.par_lane_o, static_cast<int32_t>(parts[0]),
                                       static_cast<int32_t>(parts[1]), static_cast<int64_t>((parts[2] & 127) ^ 64) - 64}});
      if (v_.par_we_o && !p_.par_split)
        result.channels.push_back(
            {c,
             {v_.par_row_o, v_.par_lane_o, static_cast<int32_t>(TakeBits(v_.par_data_o, 0, 32)),
              static_cast<int32_t>(TakeBits(v_.par_data_o, 32, 32)),
              static_cast<int64_t>(TakeBits(v_.par_data_o, 64, 7) ^ 64) - 64}});
      if (v_.done_o) result.done.push_back({c, {}});
      result.flt_bus[v_.ev_par_o] += v_.ev_flt_bus_o;
      result.glb_flt[v_.ev_par_o] += v_.ev_glb_flt_o;
      unit_.Clock();
      if (read) {
        uint8_t word[32];
        for (uint32_t b = 0; b < static_cast<uint32_t>(p_.glb_bytes); ++b)
          word[b] = c_.Byte(address + b);
        SetBytes(v_.glb_data_i, word, p_.glb_bytes);
      }
    }
    return result;
  }

 private:
  // Some cycles of any commands, then a reset in whatever is under way.
  void Garbage() {
    Random random(Mix(c_.seed, 99));
    unit_.Reset();
    for (int c = random.Int(0, 150); c > 0; --c) {
      v_.cmd_valid_i = random.Chance(0.2);
      v_.cmd_words_i = random.Next() & ~(uint64_t{0xFFF0FFF0} << 32);
      v_.cmd_param_i = random.Chance(0.4);
      v_.glb_ready_i = random.Chance(0.8);
      unit_.Eval();
      unit_.Clock();
    }
    v_.cmd_valid_i = 0;
    for (int k = random.Int(1, 3); k > 0; --k) unit_.Reset();
  }

  const Case& c_;
  const FilterLoadParameters p_;
  Unit<V> unit_;
  V& v_;
};

// Values of the writes in order, without their cycles.
void ExpectWrites(const Case& c, const Result& result) {
  const FilterLoadParameters& p = c.parameters;
  size_t beat = 0, channel = 0;
  for (const Command& command : c.commands) {
    const uint32_t* w = command.words;
    int64_t at = GetField(w, spec::kFilterGlb);
    auto byte = [&](int64_t address) { return c.Byte(static_cast<uint32_t>(address % (1 << 18))); };
    if (command.param) {
      for (int row = 0; row < GetField(w, spec::kParamRows); ++row) {
        for (int lane = 0; lane < p.post_lanes; ++lane, at += 12) {
          ASSERT_LT(channel, result.channels.size());
          std::vector<int64_t> expected = {GetField(w, spec::kParamHalf) * p.param_rows + row,
                                           lane};
          for (int word = 0; word < 2; ++word) {
            uint32_t value = 0;
            for (int b = 0; b < 4; ++b)
              value |= static_cast<uint32_t>(byte(at + 4 * word + b)) << (8 * b);
            expected.push_back(static_cast<int32_t>(value));
          }
          expected.push_back(static_cast<int64_t>((byte(at + 8) & 127) ^ 64) - 64);
          ASSERT_EQ(result.channels[channel++].values, expected);
        }
      }
      continue;
    }
    for (int set = 0; set < GetField(w, spec::kFilterSets); ++set) {
      for (int address = 0; address < GetField(w, spec::kFilterBeats); ++address) {
        ASSERT_LT(beat, result.beats.size());
        std::vector<int64_t> expected = {GetField(w, spec::kFilterPattern),
                                         GetField(w, spec::kFilterCopy), set, address};
        for (int row = 0; row < p.rows; ++row) {
          for (int lane = 0; lane < p.lanes; ++lane) {
            const uint8_t raw = byte(at + row * p.lanes + lane);
            const int value =
                (GetField(w, spec::kFilterUnsigned) ? raw : static_cast<int8_t>(raw)) -
                GetField(w, spec::kFilterZp);
            expected.push_back(((value + 256) & 511) - 256);
          }
        }
        at += p.rows * p.lanes;
        ASSERT_EQ(result.beats[beat++].values, expected);
      }
    }
  }
  ASSERT_EQ(beat, result.beats.size());
  ASSERT_EQ(channel, result.channels.size());
}

template <class V>
void RunCases(const char* name, uint64_t base, const FilterLoadParameters& p) {
  constexpr int kCases = 400;
  size_t compared = 0;
  for (int k = 0; k < kCases; ++k) {
    const uint64_t seed = base + static_cast<uint64_t>(k);
    Result twin;
    const Case c = MakeCase(seed, p, &twin);
    for (uint64_t init = 0; init < (k % 8 == 0 ? 2u : 1u); ++init) {
      const Result rtl = Bench<V>(c, 2 * seed + init).Run();
      ASSERT_EQ(Difference("cmd", seed, twin.take, rtl.take), "");
      ASSERT_EQ(Difference("glb", seed, twin.glb, rtl.glb), "");
      ASSERT_EQ(Difference("flt", seed, twin.beats, rtl.beats), "");
      ASSERT_EQ(Difference("par", seed, twin.channels, rtl.channels), "");
      ASSERT_EQ(Difference("done", seed, twin.done, rtl.done), "");
      ASSERT_EQ(Difference("class", seed, twin.classes, rtl.classes), "");
      for (int q = 0; q < 2; ++q) {
        ASSERT_EQ(twin.flt_bus[q], rtl.flt_bus[q]) << "seed " << seed;
        ASSERT_EQ(twin.glb_flt[q], rtl.glb_flt[q]) << "seed " << seed;
      }
      ExpectWrites(c, rtl);
      if (::testing::Test::HasFatalFailure()) return;
      compared += rtl.glb.size() + rtl.beats.size() + rtl.channels.size() + rtl.done.size() +
                  rtl.classes.size();
    }
  }
  std::printf("%s: %d cases, %zu events and cycles compared\n", name, kCases, compared);
}

TEST(FilterLoad, Weft168) {
  RunCases<Vfilter_load_weft168>("weft168", 100000, {12, 1, 256, 16, 8, 64});
}
TEST(FilterLoad, Ecp5) { RunCases<Vfilter_load_ecp5>("ecp5", 200000, {8, 2, 256, 16, 4, 64}); }
TEST(FilterLoad, Odd) { RunCases<Vfilter_load_odd>("odd", 300000, {5, 1, 64, 8, 4, 16}); }
TEST(FilterLoad, Nano) { RunCases<Vfilter_load_nano>("nano", 400000, {2, 2, 128, 4, 1, 32, true}); }
TEST(FilterLoad, Smallest) {
  RunCases<Vfilter_load_smallest>("smallest", 500000, {1, 1, 16, 4, 1, 4});
}
TEST(FilterLoad, Widest) {
  RunCases<Vfilter_load_widest>("widest", 600000, {11, 2, 16, 32, 16, 128});
}

// A whole copy of 4 sets, nothing stalls: a beat in every cycle, the first 3 after the command.
TEST(FilterLoad, FullRate) {
  Case c = {};
  c.parameters = {12, 1, 256, 16, 8, 64};
  Command command = {};
  PutField(command.words, spec::kFilterBeats, 256);
  PutField(command.words, spec::kFilterSets, 4);
  Result twin;
  TwinPorts ports{c, &twin, {}};
  model::FilterLoad<TwinPorts> load(c.parameters, &ports);
  command.done = load.Filter(0, command.words, 0);
  c.commands.push_back(command);
  const Result rtl = Bench<Vfilter_load_weft168>(c, 1).Run();
  ASSERT_EQ(rtl.beats.size(), 1024u);
  for (size_t k = 0; k < rtl.beats.size(); ++k)
    ASSERT_EQ(rtl.beats[k].cycle, 3 + static_cast<Cycle>(k));
  ASSERT_EQ(rtl.glb.size(), 768u);
  ASSERT_EQ(rtl.done.at(0).cycle, 3 + 1023);
}

}  // namespace
}  // namespace weft::lockstep
