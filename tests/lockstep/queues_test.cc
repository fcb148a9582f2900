// SPDX-License-Identifier: Apache-2.0
// weft_queues against model::QueueOut: random words to random queues, random stalls at the outputs.
#include "model/queues.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vqueues_long.h"
#include "Vqueues_short.h"
#include "Vqueues_shared.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

struct Word {
  Cycle earliest, pushed;
  int queue;
  uint32_t data;
};

struct Stimulus {
  std::vector<Word> words;
  StallPattern ready[4];
  int capacity, junk_cycles;
};

Stimulus MakeStimulus(uint64_t seed, int capacity) {
  Random random(seed);
  Stimulus s;
  s.capacity = capacity;
  const double idle = random.Int(0, 9) / 10.0;
  const int favourite = random.Int(0, 3);
  Cycle cycle = 0;
  for (int k = random.Int(1, 300); k > 0; --k) {
    while (random.Chance(idle)) ++cycle;
    const int queue = random.Chance(0.3) ? favourite : random.Int(0, 3);
    s.words.push_back({cycle++, 0, queue, static_cast<uint32_t>(random.Next())});
  }
  for (StallPattern& p : s.ready) p = RandomStall(&random);
  s.junk_cycles = random.Chance(0.5) ? random.Int(1, 60) : 0;
  return s;
}

struct Ports {
  Trace out[4], pops;
};

// A reader that is ready stays ready until it has a word: true of every front end, and needed by
// the shared RAM.
class Reader {
 public:
  explicit Reader(const StallPattern& pattern) : pattern_(pattern) {}
  Cycle Accepts(Cycle from) {
    open_ = pattern_.NextOpen(std::max(from_, open_));
    return std::max(from, open_);
  }
  void Fired(Cycle cycle) { from_ = open_ = cycle + 1; }
  bool Ready(Cycle c) {  // asked every cycle
    return c >= Accepts(c);
  }

 private:
  const StallPattern pattern_;
  Cycle from_ = 0, open_ = 0;
};

// Words are pushed when they can be: `capacity` at most between push and read, in all queues.
Ports RunTwin(Stimulus* s, bool shared) {
  Ports ports;
  std::vector<model::QueueOut> queues;
  std::vector<Reader> readers;
  std::vector<Cycle> reads;  // sorted
  for (int q = 0; q < 4; ++q) {
    queues.emplace_back(shared, q);
    readers.emplace_back(s->ready[q]);
  }
  Cycle pushed = -1;
  for (size_t k = 0; k < s->words.size(); ++k) {
    Word& w = s->words[k];
    Cycle from = std::max(w.earliest, pushed + 1);
    if (k >= static_cast<size_t>(s->capacity)) {
      std::nth_element(reads.begin(), reads.begin() + static_cast<int64_t>(k) - s->capacity, reads.end());
      from = std::max(from, reads[k - static_cast<size_t>(s->capacity)] + 1);
    }
    w.pushed = pushed = from;
    Reader& reader = readers[static_cast<size_t>(w.queue)];
    const auto pop = queues[static_cast<size_t>(w.queue)].Take(
        pushed, [&](Cycle c) { return reader.Accepts(c); });
    reader.Fired(pop.fire);
    reads.push_back(pop.read);
    ports.out[w.queue].push_back({pop.fire, {w.data}});
  }
  std::sort(reads.begin(), reads.end());
  for (Cycle c : reads) {
    if (!ports.pops.empty() && ports.pops.back().cycle == c) ++ports.pops.back().values[0];
    else ports.pops.push_back({c, {1}});
  }
  return ports;
}

template <class V>
Ports RunRtl(const Stimulus& s, bool shared, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  for (int k = -1; k < s.junk_cycles; ++k) {
    v->in_valid_i = k >= 0 && junk.Chance(0.5);
    v->in_queue_i = junk.Int(0, 3);
    v->out_ready_i = junk.Int(0, 15);
    if (k < 0) unit.Reset();
    else unit.Eval(), unit.Clock();
  }
  unit.Reset();
  Ports ports;
  std::vector<Reader> readers;
  for (int q = 0; q < 4; ++q) readers.emplace_back(s.ready[q]);
  size_t next = 0;
  int pushed[4] = {}, fired[4] = {};
  for (Cycle c = 0; c < cycles; ++c) {
    v->in_valid_i = next < s.words.size() && s.words[next].pushed == c;
    v->in_queue_i = v->in_valid_i ? s.words[next].queue : junk.Int(0, 3);
    v->in_data_i = v->in_valid_i ? s.words[next].data : static_cast<uint32_t>(junk.Next());
    if (v->in_valid_i) ++next;
    v->out_ready_i = 0;
    for (int q = 0; q < 4; ++q)
      v->out_ready_i |= static_cast<int>(readers[static_cast<size_t>(q)].Ready(c)) << q;
    unit.Eval();
    if (v->pops_o) ports.pops.push_back({c, {v->pops_o}});
    EXPECT_EQ(v->empty_o, v->out_valid_o == 0);
    for (int q = 0; q < 4; ++q) {
      if (!(v->out_valid_o >> q & v->out_ready_i >> q & 1)) continue;
      ports.out[q].push_back({c, {v->out_data_o[static_cast<size_t>(q)]}});
      readers[static_cast<size_t>(q)].Fired(c);
      ++fired[q];
    }
    for (int q = 0; q < 4; ++q) {
      const int level = static_cast<int>(v->level_o >> (16 * q) & 0xffff);
      EXPECT_EQ(level, shared ? pushed[q] - fired[q] : 0) << "queue " << q << " cycle " << c;
    }
    if (v->in_valid_i) ++pushed[v->in_queue_i];
    unit.Clock();
  }
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(int queue_words, bool shared, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    Stimulus s = MakeStimulus(seed, queue_words - 1);
    const Ports twin = RunTwin(&s, shared);
    Cycle end = 0;
    for (const Trace& t : twin.out)
      if (!t.empty()) end = std::max(end, t.back().cycle);
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, shared, end + 20, 2 * seed + static_cast<uint64_t>(init));
      ASSERT_EQ(Difference("pops", seed, twin.pops, rtl.pops), "");
      for (int q = 0; q < 4; ++q) {
        ASSERT_EQ(Difference("out", seed, twin.out[q], rtl.out[q]), "");
        events_compared += twin.out[q].size();
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(QueuesLockstep, Long) { RunCases<Vqueues_long>(128, false, 350, 1000); }
TEST(QueuesLockstep, Short) { RunCases<Vqueues_short>(16, false, 350, 2000); }
TEST(QueuesLockstep, Shared) { RunCases<Vqueues_shared>(32, true, 350, 3000); }

}  // namespace
}  // namespace weft::lockstep
