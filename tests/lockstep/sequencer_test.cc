// SPDX-License-Identifier: Apache-2.0
// weft_sequencer against model::Sequencer: random commands, random delays of words, of the filter unit, of
// the feeder and of the collector.
#include "model/sequencer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vsequencer_nano.h"
#include "Vsequencer_odd.h"
#include "Vsequencer_serial.h"
#include "Vsequencer_single.h"
#include "Vsequencer_weft168.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

// Cycles between two commands in which weft_front takes a header, at least.
constexpr int kHeader = 2;

struct Variant {
  model::Sequencer::Config config;
};

struct Command {
  int opcode, parity, signal, feed, keep;
  std::vector<uint32_t> words;  // without those that are kept
};

struct Stimulus {
  Variant variant;
  std::vector<Command> commands;
  Delay words, heads, feeds, collects, loads;
  StallPattern filter;
  int junk_cycles;
};

Stimulus MakeStimulus(uint64_t seed, const Variant& variant) {
  Random random(seed);
  Stimulus s;
  s.variant = variant;
  static constexpr int kOpcodes[] = {spec::kOpMap,  spec::kOpCfg,  spec::kOpFilter, spec::kOpFilter,
                                     spec::kOpParam, spec::kOpPass, spec::kOpPass,   spec::kOpPass};
  const bool maps = random.Chance(0.5);
  const double keeps = random.Chance(0.3) ? 1 : random.Chance(0.3) ? 0 : random.Chance(0.5) ? 0.9 : 0.5;
  bool passed = false;
  for (int k = random.Int(1, 30); k > 0; --k) {
    Command c;
    c.opcode = kOpcodes[random.Int(maps ? 0 : 1, 7)];
    c.parity = random.Int(0, 1);
    c.signal = random.Int(0, 255) & spec::kSemGivesC;
    c.feed = random.Int(0, 255) & spec::kSemGivesC;
    c.keep = 0;
    int words = 2;
    if (c.opcode == spec::kOpCfg) words = spec::kCfgOperandWords;
    if (c.opcode == spec::kOpPass) words = spec::kPassOperandWords;
    const int streams = random.Int(0, 12), units = random.Int(1, 6);
    if (c.opcode == spec::kOpMap)
      words = 1 + (variant.config.rows * variant.config.cols + 1) / 2 + streams + units;
    for (int w = 0; w < words; ++w) {
      if (c.opcode == spec::kOpPass && passed && w > 0 && random.Chance(keeps)) {
        c.keep |= 1 << (w - 1);
      } else {
        c.words.push_back(static_cast<uint32_t>(random.Next()));
      }
    }
    passed |= c.opcode == spec::kOpPass;
    if (c.opcode == spec::kOpMap)
      c.words[0] = (c.words[0] & 0xff0000ffu) | static_cast<uint32_t>(streams << 8 | units << 16);
    s.commands.push_back(c);
  }
  s.words = RandomDelay(&random, random.Chance(0.3) ? 20 : 3);
  s.heads = RandomDelay(&random, random.Chance(0.3) ? 100 : 6);
  s.feeds = RandomDelay(&random, random.Chance(0.5) ? 150 : 15);
  s.collects = RandomDelay(&random, random.Chance(0.5) ? 200 : 20);
  s.loads = RandomDelay(&random, random.Chance(0.5) ? 100 : 10);
  s.filter = RandomStall(&random);
  s.junk_cycles = random.Chance(0.5) ? random.Int(1, 80) : 0;
  return s;
}

struct Ports {
  Trace word, map, cfg, filter, pass, filter_ok, freed, give;
};

int64_t Hash(const uint32_t* words, int count) {
  uint64_t h = 1;
  for (int k = 0; k < count; ++k) h = Mix(h, words[k]);
  return static_cast<int64_t>(h);
}

// The filter unit: takes commands when it is open, ends them in order.
class Filter {
 public:
  explicit Filter(const Stimulus& s) : s_(s) {}
  Cycle Accepts(Cycle from) const { return s_.filter.NextOpen(from); }
  Cycle Taken(Cycle cycle) {
    return last_ = std::max(cycle + 1 + s_.loads.At(count_++), last_ + 1);
  }

 private:
  const Stimulus& s_;
  Cycle last_ = -1;
  uint64_t count_ = 0;
};

// When feeder and collector end passes that are valid from a cycle on, each in order.
class Passes {
 public:
  explicit Passes(const Stimulus& s) : s_(s) {}
  Cycle Feed(Cycle valid) {
    return feed_ = std::max(valid + s_.feeds.At(feeds_++), feed_ + 1);
  }
  Cycle Collect(Cycle valid) {
    return collect_ = std::max(valid + s_.collects.At(collects_++), collect_ + 1);
  }

 private:
  const Stimulus& s_;
  Cycle feed_ = -1, collect_ = -1;
  uint64_t feeds_ = 0, collects_ = 0;
};

class TwinRun final : public model::Sequencer::Listener {
 public:
  explicit TwinRun(const Stimulus& s)
      : s_(s), twin_(s.variant.config, this), filter_(s), passes_(s) {}

  Ports Run(Cycle* end) {
    twin_.Reset();
    Cycle cycle = -1;
    uint64_t word_index = 0, head_index = 0;
    for (const Command& c : s_.commands) {
      twin_.Command(c.opcode, c.parity, c.signal, c.feed, c.keep);
      cycle += kHeader + s_.heads.At(head_index++);
      for (size_t k = 0; k < c.words.size(); ++k) {
        cycle += 1 + s_.words.At(word_index++);
        while (!twin_.GoKnown()) EndOne();
        cycle = std::max(cycle, twin_.GoFrom());
        if (twin_.NeedsFilterUnit()) cycle = filter_.Accepts(cycle);
        ports_.word.push_back({cycle, {c.words[k]}});
        twin_.Word(cycle, c.words[k], k + 1 == c.words.size());
      }
    }
    while (!feeds_.empty() || !collects_.empty() || !loads_.empty()) EndOne();
    *end = std::max(cycle, last_end_) + 10;
    // Tokens of one cycle add up, per semaphore.
    auto by_cycle = [](const PortEvent& a, const PortEvent& b) { return a.cycle < b.cycle; };
    std::stable_sort(ports_.give.begin(), ports_.give.end(), by_cycle);
    Trace sums;
    for (const PortEvent& e : ports_.give) {
      if (sums.empty() || sums.back().cycle != e.cycle)
        sums.push_back({e.cycle, std::vector<int64_t>(8)});
      for (int i = 0; i < 8; ++i) sums.back().values[static_cast<size_t>(i)] += e.values[0] >> i & 1;
    }
    ports_.give = sums;
    for (Trace* t : {&ports_.filter_ok, &ports_.freed}) std::stable_sort(t->begin(), t->end(), by_cycle);
    return ports_;
  }

  void MapWord(Cycle cycle, int kind, int pattern, int index, uint32_t word) override {
    ports_.map.push_back({cycle, {kind, pattern, index, word}});
  }
  void CfgLoaded(Cycle valid, int slot, const uint32_t* words) override {
    ports_.cfg.push_back({valid, {slot, Hash(words, s_.variant.config.cfg_slots == 1 ? 1 : spec::kCfgOperandWords)}});
  }
  void FilterCommand(Cycle cycle, bool param, const uint32_t* words, int parity) override {
    ports_.filter.push_back({cycle, {param, words[0], words[1], parity}});
    loads_.push_back(filter_.Taken(cycle));
  }
  void PassStarted(Cycle valid, int slot, int phase, const uint32_t* words) override {
    ports_.pass.push_back({valid, {slot, phase, Hash(words, spec::kPassOperandWords)}});
    feeds_.push_back(passes_.Feed(valid));
    collects_.push_back(passes_.Collect(valid));
  }
  void FilterOk(Cycle from, int slot) override { ports_.filter_ok.push_back({from, {slot}}); }
  void PassFreed(Cycle from, int slot) override {
    ports_.freed.push_back({from, {slot}});
    // Here, unlike in the accelerator, a pass may end before its filters are loaded.
    Trace& ok = ports_.filter_ok;
    ok.erase(std::remove_if(ok.begin(), ok.end(), [=](const PortEvent& e) {
      return e.values[0] == slot && e.cycle >= from;
    }), ok.end());
  }
  void Give(Cycle cycle, int semaphores) override { ports_.give.push_back({cycle, {semaphores}}); }

 private:
  // The earliest end that is known.
  void EndOne() {
    const Cycle feed = feeds_.empty() ? kNever : feeds_.front();
    const Cycle collect = collects_.empty() ? kNever : collects_.front();
    const Cycle load = loads_.empty() ? kNever : loads_.front();
    const Cycle first = std::min({feed, collect, load});
    ASSERT_NE(first, kNever);
    last_end_ = std::max(last_end_, first);
    if (load == first) {
      loads_.pop_front();
      twin_.FilterDone(load);
    } else if (feed == first) {
      feeds_.pop_front();
      twin_.FeedDone(feed);
    } else {
      collects_.pop_front();
      twin_.PassDone(collect);
    }
  }

  const Stimulus& s_;
  Ports ports_;
  model::Sequencer twin_;
  Filter filter_;
  Passes passes_;
  std::deque<Cycle> feeds_, collects_, loads_;
  Cycle last_end_ = -1;
};

template <class Port>
int64_t HashPort(const Port& port, int first_word, int count) {
  std::vector<uint32_t> words;
  for (int k = 0; k < count; ++k) words.push_back(port[static_cast<size_t>(first_word + k)]);
  return Hash(words.data(), count);
}

template <class V>
Ports RunRtl(const Stimulus& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  for (int k = -1; k < s.junk_cycles; ++k) {
    static constexpr int kOpcodes[] = {spec::kOpMap, spec::kOpCfg, spec::kOpFilter, spec::kOpPass};
    v->cmd_valid_i = k >= 0;
    v->cmd_opcode_i = kOpcodes[junk.Int(0, 3)];
    v->pay_valid_i = junk.Chance(0.7);
    v->pay_last_i = junk.Chance(0.2);
    v->pay_data_i = static_cast<uint32_t>(junk.Next());
    v->cmd_signal_i = v->cmd_signal_feed_i = v->cmd_keep_i = junk.Int(0, 255);
    v->flt_ready_i = junk.Int(0, 1);
    v->flt_done_i = v->feed_done_i = v->pass_done_i = 0;
    if (k < 0) unit.Reset();
    else unit.Eval(), unit.Clock();
  }
  v->cmd_valid_i = 0;
  unit.Reset();

  Ports ports;
  Filter filter(s);
  Passes passes(s);
  std::deque<Cycle> feeds, collects, loads;
  size_t command = 0, word = 0;
  uint64_t word_index = 0, head_index = 0;
  Cycle begin = kHeader + s.heads.At(head_index++), offered = begin + s.words.At(word_index++);
  struct Changed {
    Cycle cycle;
    int slot;
  };
  std::deque<Changed> cfgs;
  int valid_before = 0;
  bool ok_seen[2] = {};
  for (Cycle c = 0; c < cycles; ++c) {
    const bool busy = command < s.commands.size() && c >= begin;
    v->cmd_valid_i = busy;
    const Command& now = s.commands[std::min(command, s.commands.size() - 1)];
    v->cmd_opcode_i = busy ? now.opcode : junk.Int(0, 127);
    v->cmd_parity_i = busy ? now.parity : junk.Int(0, 1);
    v->cmd_signal_i = busy ? now.signal : junk.Int(0, 255);
    v->cmd_signal_feed_i = busy ? now.feed : junk.Int(0, 255);
    v->cmd_keep_i = busy ? now.keep : junk.Int(0, 255);
    v->pay_valid_i = busy && c >= offered;
    v->pay_data_i = v->pay_valid_i ? now.words[word] : static_cast<uint32_t>(junk.Next());
    v->pay_last_i = v->pay_valid_i ? word + 1 == now.words.size() : junk.Int(0, 1);
    v->flt_ready_i = s.filter.Open(c);
    auto take = [c](std::deque<Cycle>* due) {
      const bool now = !due->empty() && due->front() == c;
      if (now) due->pop_front();
      return now;
    };
    v->flt_done_i = take(&loads);
    unit.Eval();
    // Outputs that are registers.
    for (int slot = 0; slot < 2; ++slot) {
      const int bit = 1 << slot;
      if ((v->pass_valid_o & bit) && !(valid_before & bit)) {
        ports.pass.push_back({c,
                              {slot, v->pass_phase_o >> slot & 1,
                               HashPort(v->pass_o, 9 * slot, spec::kPassOperandWords)}});
        feeds.push_back(passes.Feed(c));
        collects.push_back(passes.Collect(c));
        ok_seen[slot] = false;
      }
      if (!(v->pass_valid_o & bit) && (valid_before & bit)) ports.freed.push_back({c, {slot}});
      if ((v->pass_valid_o & bit) && (v->filter_ok_o & bit) && !ok_seen[slot]) {
        ok_seen[slot] = true;
        ports.filter_ok.push_back({c, {slot}});
      }
    }
    valid_before = v->pass_valid_o;
    if (!cfgs.empty() && cfgs.front().cycle == c) {
      const int slot = cfgs.front().slot;
      ports.cfg.push_back({c, {slot, HashPort(v->cfg_o, 8 * slot, s.variant.config.cfg_slots == 1 ? 1 : spec::kCfgOperandWords)}});
      cfgs.pop_front();
    }
    v->feed_done_i = take(&feeds);
    v->pass_done_i = take(&collects);
    unit.Eval();
    if (v->give_o) {
      std::vector<int64_t> counts;
      for (int i = 0; i < 8; ++i) counts.push_back(v->give_o >> (3 * i) & 7);
      ports.give.push_back({c, counts});
    }
    if (v->map_we_o)
      ports.map.push_back({c, {v->map_kind_o, v->map_pattern_o, v->map_index_o, v->map_data_o}});
    if (v->flt_valid_o && v->flt_ready_i) {
      ports.filter.push_back({c,
                              {v->flt_param_o, static_cast<uint32_t>(v->flt_words_o),
                               static_cast<uint32_t>(v->flt_words_o >> 32), v->flt_parity_o}});
      loads.push_back(filter.Taken(c));
    }
    if (v->pay_valid_i && v->pay_ready_o) {
      ports.word.push_back({c, {v->pay_data_i}});
      if (v->pay_last_i && now.opcode == spec::kOpCfg)
        cfgs.push_back({c + 1, s.variant.config.cfg_slots == 1 ? 0 : static_cast<int>(now.words[0] >> 31)});
      if (++word == now.words.size()) {
        word = 0;
        ++command;
        begin = c + 1 + kHeader + s.heads.At(head_index++);
        offered = begin + s.words.At(word_index++);
      } else {
        offered = c + 1 + s.words.At(word_index++);
      }
    }
    unit.Clock();
  }
  EXPECT_TRUE(v->idle_o);
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const Variant& variant, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, variant);
    Cycle end = 0;
    const Ports twin = TwinRun(s).Run(&end);
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, end, 2 * seed + static_cast<uint64_t>(init));
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"word", twin.word, rtl.word},
                      {"map", twin.map, rtl.map},
                      {"cfg", twin.cfg, rtl.cfg},
                      {"filter", twin.filter, rtl.filter},
                      {"pass", twin.pass, rtl.pass},
                      {"filter_ok", twin.filter_ok, rtl.filter_ok},
                      {"freed", twin.freed, rtl.freed},
                      {"give", twin.give, rtl.give}};
      for (const auto& port : compared) {
        ASSERT_EQ(Difference(port.name, seed, port.a, port.b), "");
        events_compared += port.a.size();
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(SequencerLockstep, Weft168) {
  RunCases<Vsequencer_weft168>({{12, 14, 2, 2}}, 350, 1000);
}
TEST(SequencerLockstep, Odd) { RunCases<Vsequencer_odd>({{5, 7, 2, 2}}, 350, 2000); }
// A serial requantizer beside a banked GLB, and the other way round.
TEST(SequencerLockstep, OneCfgSlot) { RunCases<Vsequencer_serial>({{6, 2, 2, 1}}, 350, 4000); }
TEST(SequencerLockstep, OnePassSlot) { RunCases<Vsequencer_single>({{4, 2, 1, 2}}, 350, 5000); }
TEST(SequencerLockstep, Nano) { RunCases<Vsequencer_nano>({{2, 1, 1, 1}}, 350, 3000); }

}  // namespace
}  // namespace weft::lockstep
