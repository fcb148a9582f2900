// SPDX-License-Identifier: Apache-2.0
// weft_front against model::Front and model::Semaphores: random commands, tokens given at random,
// random delays of words, engine and ends of commands.
#include "model/front.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vfront_c.h"
#include "Vfront_fl.h"
#include "Vfront_single.h"
#include "Vfront_st.h"
#include "model/sems.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

struct Variant {
  model::Front::Config config;
  int waits, gives;
};

struct Command {
  int opcode, parity, wait, signal, feed, keep;
  size_t operands;
  std::vector<uint32_t> words;  // with header, without those that are kept
};

struct Stimulus {
  Variant variant;
  std::vector<Command> commands;
  std::vector<Cycle> gives[8];  // sorted
  StallPattern ready;           // of the engine, or of what engine C's words pass to
  Delay words, dones;
  std::vector<Cycle> ticks;
  int junk_cycles;
};

Stimulus MakeStimulus(uint64_t seed, const Variant& variant) {
  Random random(seed);
  Stimulus s;
  s.variant = variant;
  Cycle token[8] = {};
  const double keeps = random.Chance(0.3) ? 1 : random.Chance(0.3) ? 0 : 0.5;
  int held = 0;  // operand words that a command before has sent
  const int slow = random.Chance(0.3) ? 60 : 12;
  for (int k = random.Int(1, 15); k > 0; --k) {
    Command c;
    c.opcode = random.Int(0, 127);
    c.parity = random.Int(0, 1);
    c.wait = random.Chance(0.5) ? 0 : random.Int(0, 255) & variant.waits;
    c.signal = random.Int(0, 255) & variant.gives;
    c.feed = random.Int(0, 255) & variant.gives;
    const int operands =
        variant.config.operands > 0 ? random.Int(1, variant.config.operands)
                                    : random.Chance(0.2) ? random.Int(1, 320) : random.Int(1, 9);
    c.keep = variant.config.operands > 0 ? 0 : random.Int(0, 255);
    c.operands = static_cast<size_t>(operands);
    c.words = {0, 0};
    for (int w = 0; w < operands; ++w) {
      if (variant.config.operands > 0 && w > 0 && w < held && random.Chance(keeps)) {
        c.keep |= 1 << (w - 1);
      } else {
        c.words.push_back(static_cast<uint32_t>(random.Next()));
      }
    }
    held = std::max(held, operands);
    c.words[0] = static_cast<uint32_t>(c.opcode | c.parity << 7) | static_cast<uint32_t>(c.words.size()) << 8 | 0x57000000u;
    c.words[1] = static_cast<uint32_t>(c.wait | c.signal << 8 | c.feed << 16) | static_cast<uint32_t>(c.keep) << 24;
    for (int i = 0; i < 8; ++i)
      if (c.wait >> i & 1) s.gives[i].push_back(token[i] += random.Int(0, slow));
    s.commands.push_back(c);
  }
  s.ready = RandomStall(&random);
  s.words = RandomDelay(&random, random.Chance(0.3) ? 30 : 4);
  s.dones = RandomDelay(&random, random.Chance(0.3) ? 200 : 10);
  for (Cycle c = random.Int(0, 50); c < 3000; c += random.Int(1, 60)) s.ticks.push_back(c);
  s.junk_cycles = random.Chance(0.5) ? random.Int(1, 60) : 0;
  return s;
}

struct Ports {
  Trace word, cmd, take, give, pay, token, timeout;
};

int64_t Hash(const std::vector<uint32_t>& words) {
  uint64_t h = 1;
  for (uint32_t w : words) h = Mix(h, w);
  return static_cast<int64_t>(h);
}

Ports RunTwin(const Stimulus& s, Cycle* end) {
  Ports ports;
  model::Front front(s.variant.config);
  auto sems = std::make_unique<model::Semaphores>();
  front.Reset(0);
  sems->Reset();
  for (int i = 0; i < 8; ++i)
    for (Cycle c : s.gives[i]) sems->Give(i, c);
  const bool passes = s.variant.config.operands == 0;
  uint64_t word_index = 0;
  Cycle last_word = -1, last_done = -1;
  std::deque<Cycle> dones;
  size_t done_count = 0;
  auto end_one = [&] {
    const Cycle cycle = dones.front();
    dones.pop_front();
    const int gives = front.Done(cycle);
    if (gives != 0) ports.give.push_back({cycle, {gives}});
  };
  std::vector<std::pair<Cycle, Cycle>> waits;
  for (const Command& c : s.commands) {
    auto word = [&](size_t k) {
      Cycle cycle = std::max(last_word + 1 + s.words.At(word_index++), front.WordFrom());
      if (front.passing()) {
        cycle = s.ready.NextOpen(cycle);
        ports.pay.push_back({cycle, {c.words[k], front.last_word_next()}});
      }
      front.Word(cycle, c.words[k]);
      ports.word.push_back({last_word = cycle, {}});
    };
    size_t k = 0;
    while (front.collecting() && k < c.words.size()) word(k++);
    while (!front.HasSpace()) end_one();
    const Cycle tokens = sems->AllFrom(front.wait());
    Cycle fired = front.ValidFrom(tokens);
    if (tokens > front.complete()) waits.push_back({front.complete(), tokens});
    if (!passes) fired = s.ready.NextOpen(fired);
    sems->Take(front.wait());
    if (front.wait() != 0) ports.take.push_back({fired, {front.wait()}});
    ports.cmd.push_back({fired, {front.opcode(), front.parity(), front.signal(), front.feed(), front.keep()}});
    if (!passes) {
      ports.cmd.back().values = {front.opcode(), front.parity(), front.signal(),
                                 Hash({front.words(), front.words() + c.operands})};
    }
    front.Fired(fired);
    if (passes) {
      while (k < c.words.size()) word(k++);
    } else {
      last_done = std::max(fired + 1 + s.dones.At(done_count++), last_done + 1);
      dones.push_back(last_done);
    }
  }
  while (!dones.empty()) end_one();
  *end = std::max(last_word, last_done) + 10;
  for (const auto& [from, to] : waits) {
    for (Cycle c = from; c < to; ++c) ports.token.push_back({c, {}});
    bool waited = false;
    for (Cycle c : s.ticks) {
      if (c < from || c >= to) continue;
      if (waited) ports.timeout.push_back({c, {}});
      waited = true;
    }
  }
  return ports;
}

template <class V>
Ports RunRtl(const Stimulus& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  for (int k = -1; k < s.junk_cycles; ++k) {
    v->word_valid_i = k >= 0 && junk.Chance(0.7);
    v->word_data_i = static_cast<uint32_t>(junk.Next());
    v->sem_avail_i = junk.Int(0, 255);
    v->cmd_ready_i = junk.Int(0, 1);
    v->pay_ready_i = junk.Int(0, 1);
    v->level_i = junk.Int(0, 0xffff);
    v->done_i = 0;
    v->stop_i = junk.Chance(0.1);
    v->tick_i = junk.Int(0, 1);
    if (k < 0) unit.Reset();
    else unit.Eval(), unit.Clock();
  }
  v->stop_i = 0;
  unit.Reset();
  Ports ports;
  const bool passes = s.variant.config.operands == 0;
  size_t command = 0, word = 0, issued = 0, done_count = 0;
  uint64_t word_index = 0;
  Cycle offered = s.words.At(word_index++), last_done = -1;
  std::deque<Cycle> dones;
  int tokens[8] = {};
  size_t given[8] = {}, tick = 0;
  bool was_valid = false;
  for (Cycle c = 0; c < cycles; ++c) {
    v->word_valid_i = command < s.commands.size() && c >= offered;
    v->word_data_i =
        v->word_valid_i ? s.commands[command].words[word] : static_cast<uint32_t>(junk.Next());
    v->sem_avail_i = 0;
    for (int i = 0; i < 8; ++i) v->sem_avail_i |= (tokens[i] > 0) << i;
    v->cmd_ready_i = s.ready.Open(c);
    v->pay_ready_i = s.ready.Open(c);
    const int left = command < s.commands.size() ? static_cast<int>(s.commands[command].words.size() - word) : 0;
    v->level_i = std::max(0, left + junk.Int(-2, 2));
    v->done_i = !dones.empty() && dones.front() == c;
    if (v->done_i) dones.pop_front();
    v->tick_i = tick < s.ticks.size() && s.ticks[tick] == c;
    tick += v->tick_i;
    unit.Eval();
    if (v->sem_give_o) ports.give.push_back({c, {v->sem_give_o}});
    if (v->token_o) ports.token.push_back({c, {}});
    if (v->timeout_o) ports.timeout.push_back({c, {}});
    if (v->sem_take_o) ports.take.push_back({c, {v->sem_take_o}});
    if (!passes) {
      EXPECT_EQ(v->pay_all_o, 0);
    } else if (v->cmd_valid_o) {
      EXPECT_EQ(v->pay_all_o, v->level_i >= left);
    }
    // Engine C's command shows in the cycle after it took its tokens.
    const bool fired = passes ? v->cmd_valid_o && !was_valid : v->cmd_valid_o && v->cmd_ready_i;
    if (fired) {
      std::vector<int64_t> values{v->cmd_opcode_o, v->cmd_parity_o, v->cmd_signal_o};
      if (passes) {
        values.push_back(v->cmd_signal_feed_o);
        values.push_back(v->cmd_keep_o);
        ports.cmd.push_back({c - 1, values});
      } else {
        std::vector<uint32_t> words;
        for (size_t k = 0; k < s.commands[issued].operands; ++k) {
          uint32_t w = 0;
          for (int b = 0; b < 4; ++b)
            w |= static_cast<uint32_t>(GetByte(v->cmd_words_o, static_cast<int>(4 * k) + b)) << (8 * b);
          words.push_back(w);
        }
        values.push_back(Hash(words));
        ports.cmd.push_back({c, values});
        last_done = std::max(c + 1 + s.dones.At(done_count++), last_done + 1);
        dones.push_back(last_done);
      }
      ++issued;
    }
    if (v->pay_valid_o && v->pay_ready_i) {
      ports.pay.push_back({c, {v->pay_data_o, v->pay_last_o}});
      was_valid = v->pay_last_o ? false : true;
    } else {
      was_valid = v->cmd_valid_o;
    }
    if (v->word_valid_i && v->word_ready_o) {
      ports.word.push_back({c, {}});
      if (++word == s.commands[command].words.size()) {
        word = 0;
        ++command;
      }
      offered = c + 1 + s.words.At(word_index++);
    }
    for (int i = 0; i < 8; ++i) {
      tokens[i] -= v->sem_take_o >> i & 1;
      while (given[i] < s.gives[i].size() && s.gives[i][given[i]] == c) ++given[i], ++tokens[i];
    }
    unit.Clock();
  }
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const Variant& variant, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, variant);
    Cycle end = 0;
    const Ports twin = RunTwin(s, &end);
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, end, 2 * seed + static_cast<uint64_t>(init));
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"word", twin.word, rtl.word},    {"cmd", twin.cmd, rtl.cmd},
                      {"take", twin.take, rtl.take},    {"give", twin.give, rtl.give},
                      {"pay", twin.pay, rtl.pay},       {"token", twin.token, rtl.token},
                      {"timeout", twin.timeout, rtl.timeout}};
      for (const auto& port : compared) {
        ASSERT_EQ(Difference(port.name, seed, port.a, port.b), "");
        events_compared += port.a.size();
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(FrontLockstep, Fl) {
  RunCases<Vfront_fl>({{8, 9}, spec::kSemWaitsFl, spec::kSemGivesFl}, 300, 1000);
}
TEST(FrontLockstep, St) {
  RunCases<Vfront_st>({{8, 3}, spec::kSemWaitsSt, spec::kSemGivesSt}, 250, 2000);
}
TEST(FrontLockstep, Single) {
  RunCases<Vfront_single>({{8, 1}, spec::kSemWaitsIl, spec::kSemGivesIl}, 250, 3000);
}
TEST(FrontLockstep, C) {
  RunCases<Vfront_c>({{0, 1}, spec::kSemWaitsC, spec::kSemGivesC}, 300, 4000);
}

}  // namespace
}  // namespace weft::lockstep
