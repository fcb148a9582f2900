// SPDX-License-Identifier: Apache-2.0
// weft_fetch against model::Fetch: random programs, whole, truncated or corrupt, from a memory with
// random delays into queues that are popped at random.
#include "model/fetch.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vfetch_nano.h"
#include "Vfetch_odd.h"
#include "Vfetch_tiny.h"
#include "Vfetch_weft168.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

struct Variant {
  model::Fetch::Config config;
  uint32_t address_mask;
};

struct Stimulus {
  uint64_t seed;
  Variant variant;
  std::vector<uint32_t> words;  // of memory from the program's start on
  uint32_t program, program_bytes;
  StallPattern rq_ready, pop[4];
  Delay beats;
  int junk_cycles;
};

void Put(uint32_t* words, const spec::Field& f, uint32_t value) {
  words[f.word] |= value << f.lsb;
}

void AddCommand(Random* random, const model::Fetch::Config& config, std::vector<uint32_t>* words) {
  const int count = static_cast<int>(std::size(spec::kCommands));
  const spec::Command& c = spec::kCommands[random->Int(1, count - 1)];  // all but `end`
  static constexpr int kWaits[] = {spec::kSemWaitsFl, spec::kSemWaitsIl, spec::kSemWaitsSt,
                                   spec::kSemWaitsC};
  static constexpr int kGives[] = {spec::kSemGivesFl, spec::kSemGivesIl, spec::kSemGivesSt,
                                   spec::kSemGivesC};
  const std::string engine = c.engine;
  const int queue = engine == "fl" ? 0 : engine == "il" ? 1 : engine == "st" ? 2 : 3;
  const int streams = random->Int(0, config.max_streams);
  const int units = random->Int(1, config.max_units);
  const bool keeps = c.keeps && (config.keep_moves || c.opcode == spec::kOpPass);
  const uint32_t most = keeps ? (1u << (c.operand_words - 1)) - 1 : 0;
  const uint32_t keep = random->Chance(0.3) ? most : static_cast<uint32_t>(random->Next()) & most;
  int operands = c.operand_words >= 0
                           ? c.operand_words
                           : 1 + (config.rows * config.cols + 1) / 2 + streams + units;
  for (int i = 0; i < spec::kHeaderKeep.width; ++i) operands -= static_cast<int>(keep >> i & 1);
  uint32_t head[2] = {};
  Put(head, spec::kHeaderOpcode, static_cast<uint32_t>(c.opcode));
  Put(head, spec::kHeaderParity, static_cast<uint32_t>(random->Int(0, 1)));
  Put(head, spec::kHeaderWords, static_cast<uint32_t>(operands + 2));
  Put(head, spec::kHeaderMagic, static_cast<uint32_t>(spec::kCommandMagic));
  Put(head, spec::kHeaderWait, static_cast<uint32_t>(random->Next()) & static_cast<uint32_t>(kWaits[queue]));
  Put(head, spec::kHeaderSignal, static_cast<uint32_t>(random->Next()) & static_cast<uint32_t>(kGives[queue]));
  if (queue == 3)
    Put(head, spec::kHeaderSignalFeed, static_cast<uint32_t>(random->Next()) & spec::kSemGivesC);
  Put(head, spec::kHeaderKeep, keep);
  words->push_back(head[0]);
  words->push_back(head[1]);
  for (int k = 0; k < operands; ++k) words->push_back(static_cast<uint32_t>(random->Next()));
  if (c.opcode != spec::kOpMap) return;
  uint32_t& word = (*words)[words->size() - static_cast<size_t>(operands)];
  word &= 0xff0000ffu;
  Put(&word, spec::kMapStreams, static_cast<uint32_t>(streams));
  Put(&word, spec::kMapUnits, static_cast<uint32_t>(units));
}

Stimulus MakeStimulus(uint64_t seed, const Variant& variant) {
  Random random(seed);
  Stimulus s;
  s.seed = seed;
  s.variant = variant;
  for (int k = random.Int(0, 25); k > 0; --k) AddCommand(&random, variant.config, &s.words);
  if (random.Chance(0.9)) {
    s.words.push_back(0x57000200u | spec::kOpEnd | (random.Chance(0.5) ? 0x80u : 0u));
    s.words.push_back(0);
  }
  if (random.Chance(0.3)) {  // something after the end
    const int junk = random.Int(1, 60);
    for (int k = 0; k < junk; ++k) s.words.push_back(static_cast<uint32_t>(random.Next()));
  }
  if (random.Chance(0.3) && !s.words.empty()) {  // corrupt
    uint32_t& word = s.words[static_cast<size_t>(random.Int(0, static_cast<int>(s.words.size()) - 1))];
    word ^= 1u << random.Int(0, 31);
  }
  if (random.Chance(0.1) && s.words.size() > 1) {  // the first command keeps something
    s.words[0] ^= static_cast<uint32_t>(random.Int(0, 3)) << spec::kHeaderWords.lsb;
    s.words[1] ^= 1u << (spec::kHeaderKeep.lsb + random.Int(0, 7));
  }
  if (random.Chance(0.2)) s.words.resize(static_cast<size_t>(random.Int(0, static_cast<int>(s.words.size()))));
  s.program = static_cast<uint32_t>(random.Next()) & variant.address_mask & ~63u;
  s.program_bytes = static_cast<uint32_t>(s.words.size()) * 4 &
                    ~static_cast<uint32_t>(variant.config.mem_bytes - 1);
  while (s.words.size() % 64 != 0) s.words.push_back(static_cast<uint32_t>(random.Next()));
  s.rq_ready = RandomStall(&random);
  for (StallPattern& p : s.pop) p = RandomStall(&random);
  s.beats = RandomDelay(&random, random.Chance(0.3) ? 80 : 5);
  s.junk_cycles = random.Chance(0.5) ? random.Int(1, 80) : 0;
  return s;
}

struct Ports {
  Trace rq, rs, words, fault, classes;
  Cycle idle_from = kNever;
  int64_t taken = 0;
};

// Pops the words of each queue in order, when its pattern is open, at the earliest in the cycle
// after the push.
class Popper {
 public:
  explicit Popper(const Stimulus& s) : s_(s) {}
  Cycle Pop(int queue, Cycle pushed) {
    return last_[queue] = s_.pop[queue].NextOpen(std::max(pushed, last_[queue]) + 1);
  }

 private:
  const Stimulus& s_;
  Cycle last_[4] = {-1, -1, -1, -1};
};

Ports RunTwin(const Stimulus& s, Cycle* end) {
  Ports ports;
  model::Fetch fetch(s.variant.config);
  Popper popper(s);
  const int beat_words = s.variant.config.mem_bytes / 4;
  fetch.Start(0, s.program_bytes);
  struct Burst {
    Cycle granted;
    int beats;
  };
  std::deque<Burst> open;
  std::vector<Cycle> left;  // sorted
  Cycle accepted = -1, last_left = -1;
  size_t word = 0;
  uint64_t beat_index = 0;
  int beat = 0;
  for (;;) {
    const Cycle offered =
        open.empty() ? kNever
                     : std::max(open.front().granted + 2, accepted + 1) + s.beats.At(beat_index);
    const Cycle fire = open.empty() ? kNever : std::max(offered, fetch.BeatFrom());
    const int64_t needed = fetch.LeftNeeded();
    Cycle ask = kNever;
    if (needed <= static_cast<int64_t>(left.size()))
      ask = fetch.AskAt(needed > 0 ? left[static_cast<size_t>(needed - 1)] : -1);
    if (ask == kNever && open.empty()) break;
    if (ask <= fire) {
      const uint32_t address = s.program + static_cast<uint32_t>(fetch.request_word()) * 4;
      const int beats = fetch.request_beats();
      fetch.Ask(ask);
      const Cycle granted = s.rq_ready.NextOpen(ask + 1);
      ports.rq.push_back({granted, {address & s.variant.address_mask, beats}});
      open.push_back({granted, beats});
      fetch.Granted(granted);
      continue;
    }
    ++beat_index;
    accepted = fire;
    ports.rs.push_back({fire, {}});
    fetch.Beat(fire, &s.words[word], [&](Cycle cycle, int queue, uint32_t data) {
      const Cycle leaves = queue == model::Fetch::kDropped ? cycle : popper.Pop(queue, cycle);
      left.insert(std::upper_bound(left.begin(), left.end(), leaves), leaves);
      last_left = left.back();
      if (queue != model::Fetch::kDropped) ports.words.push_back({cycle, {queue, data}});
    });
    word += static_cast<size_t>(beat_words);
    if (++beat == open.front().beats) {
      beat = 0;
      open.pop_front();
    }
  }
  if (fetch.FaultAt() != kNever) ports.fault.push_back({fetch.FaultAt(), {fetch.fault_offset()}});
  if (fetch.ended()) ports.idle_from = fetch.IdleFrom(last_left);
  ports.taken = fetch.routed();
  *end = std::max({accepted + 3, last_left, fetch.FaultAt() == kNever ? 0 : fetch.FaultAt()}) + 20;
  fetch.Classify(*end);
  ports.classes = ExpandClasses(&fetch.classes(), *end);
  return ports;
}

template <class V>
Ports RunRtl(const Stimulus& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  v->program_i = s.program;
  v->program_bytes_i = s.program_bytes;
  for (int k = -1; k < s.junk_cycles; ++k) {
    v->run_i = junk.Chance(0.9);
    v->rq_ready_i = junk.Chance(0.5);
    v->rs_valid_i = k >= 0 && junk.Chance(0.5);
    SetBytes(v->rs_data_i, nullptr, s.variant.config.mem_bytes, junk.Next());
    v->pops_i = 0;
    if (k < 0) unit.Reset();
    else unit.Eval(), unit.Clock();
  }
  unit.Reset();

  Ports ports;
  struct Burst {
    Cycle granted;
    int beats;
  };
  std::deque<Burst> open;
  std::deque<Cycle> pops[4];
  Popper popper(s);
  uint64_t beat_index = 0;
  size_t word = 0;
  int beat = 0;
  Cycle accepted = -1, offered = 0;
  bool offering = false;
  v->run_i = 1;
  for (Cycle c = 0; c < cycles; ++c) {
    v->rq_ready_i = s.rq_ready.Open(c);
    if (!offering && !open.empty()) {
      offering = true;
      offered = std::max(open.front().granted + 2, accepted + 1) + s.beats.At(beat_index++);
    }
    v->rs_valid_i = offering && c >= offered;
    for (int k = 0; k < s.variant.config.mem_bytes / 4; ++k)
      SetWord(v->rs_data_i, k,
              v->rs_valid_i ? s.words[word + static_cast<size_t>(k)] : static_cast<uint32_t>(junk.Next()));
    v->pops_i = 0;
    for (auto& queue : pops)
      if (!queue.empty() && queue.front() == c) {
        ++v->pops_i;
        queue.pop_front();
      }
    unit.Eval();
    if (v->rq_valid_o && v->rq_ready_i) {
      ports.rq.push_back({c, {v->rq_addr_o, v->rq_beats_o}});
      open.push_back({c, v->rq_beats_o});
    }
    if (v->rs_valid_i && v->rs_ready_o) {
      ports.rs.push_back({c, {}});
      accepted = c;
      offering = false;
      word += static_cast<size_t>(s.variant.config.mem_bytes / 4);
      if (++beat == open.front().beats) {
        beat = 0;
        open.pop_front();
      }
    }
    if (v->word_valid_o) {
      ports.words.push_back({c, {v->word_queue_o, v->word_data_o}});
      pops[v->word_queue_o].push_back(popper.Pop(v->word_queue_o, c));
    }
    ports.taken += v->ev_word_o;
    ports.classes.push_back({c, {v->class_o}});
    if (v->idle_o && ports.idle_from == kNever) ports.idle_from = c;
    const bool fault = v->fault_o;
    if (fault) ports.fault.push_back({c, {v->fault_addr_o}});
    unit.Clock();
    if (fault) v->run_i = 0;  // as weft_csr does it
  }
  return ports;
}

size_t events_compared = 0, faults = 0, ends = 0;

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
      } compared[] = {{"rq", twin.rq, rtl.rq},
                      {"rs", twin.rs, rtl.rs},
                      {"word", twin.words, rtl.words},
                      {"fault", twin.fault, rtl.fault},
                      {"class", twin.classes, rtl.classes}};
      for (const auto& port : compared) {
        ASSERT_EQ(Difference(port.name, seed, port.a, port.b), "");
        events_compared += port.a.size();
      }
      ASSERT_EQ(twin.idle_from, rtl.idle_from) << "seed " << seed;
      ASSERT_EQ(twin.taken, rtl.taken) << "seed " << seed;
    }
    faults += twin.fault.size();
    ends += twin.idle_from != kNever;
  }
  std::printf("%d cases, %zu port events equal so far, %zu faults, %zu ends\n", cases, events_compared,
              faults, ends);
}

TEST(FetchLockstep, Weft168) {
  RunCases<Vfetch_weft168>({{12, 14, 168, 56, 8, 128, 512}, ~0u}, 250, 1000);
}
TEST(FetchLockstep, Odd) { RunCases<Vfetch_odd>({{5, 7, 35, 14, 8, 32, 64}, ~0u}, 250, 2000); }
TEST(FetchLockstep, Nano) { RunCases<Vfetch_nano>({{2, 1, 2, 1, 4, 32, 32, false}, 0xffffff}, 400, 3000); }
TEST(FetchLockstep, Tiny) { RunCases<Vfetch_tiny>({{1, 1, 1, 1, 8, 16, 16}, ~0u}, 200, 4000); }

}  // namespace
}  // namespace weft::lockstep
