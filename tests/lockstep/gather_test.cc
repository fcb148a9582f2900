// SPDX-License-Identifier: Apache-2.0
// weft_gather against model/gather.h: random steps of words, random stalls of both ports.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "Vgather_eight.h"
#include "Vgather_four.h"
#include "Vgather_least.h"
#include "Vgather_one.h"
#include "model/gather.h"
#include "tests/lockstep/array_stimulus.h"
#include "tests/lockstep/bench.h"

namespace weft::lockstep {
namespace {

struct Case {
  uint64_t seed;
  std::vector<int32_t> words;
  std::vector<bool> last;
  StallPattern in, out;
};

Case RandomCase(uint64_t seed) {
  Random r(seed);
  Case c;
  c.seed = seed;
  const double stall[] = {0.0, 0.3, 0.6, 0.9};
  c.in = {r.Next(), stall[r.Int(0, 3)]};
  c.out = {r.Next(), stall[r.Int(0, 3)]};
  const int steps = r.Int(1, 12), p = r.Int(1, 20);
  for (int n = 0; n < steps; ++n)
    for (int k = 0; k < p; ++k) {
      c.words.push_back(static_cast<int32_t>(r.Next()));
      c.last.push_back(k == p - 1);
    }
  return c;
}

struct Result {
  Trace in, rows;
};

void PushRow(Trace* rows, Cycle t, int count, const int32_t* words) {
  std::vector<int64_t> values = {count};
  for (int k = 0; k < count; ++k) values.push_back(words[k]);
  rows->push_back({t, values});
}

// A word is offered from the first open cycle after the one before it, and stays; a row is popped in
// the first open cycle in which it is visible.
Result RunTwin(const Case& c, int lanes, int rows) {
  Result out;
  model::Gather g(lanes, rows);
  size_t word = 0;
  Cycle taken = -1, popped = -1;
  while (true) {
    if (word < c.words.size()) {
      const Cycle t = g.Ready(c.in.NextOpen(taken + 1));
      if (t != kNever) {
        g.Accept(t, c.words[word], c.last[word]);
        out.in.push_back({t, {static_cast<int64_t>(word)}});
        taken = t;
        ++word;
        continue;
      }
    }
    if (!g.HasRow()) return out;
    popped = c.out.NextOpen(std::max(popped + 1, g.RowVisible()));
    PushRow(&out.rows, popped, g.RowCount(), g.RowWords());
    g.Pop(popped);
  }
}

template <typename V>
Result RunRtl(V* v, const Case& c, int lanes, Cycle limit) {
  Result out;
  Random noise(c.seed ^ 0x77);
  v->rst_ni = 0;
  v->in_valid_i = v->row_pop_i = 0;
  for (int k = noise.Int(1, 3); k > 0; --k) {
    v->clk_i = 0;
    v->eval();
    v->clk_i = 1;
    v->eval();
  }
  v->rst_ni = 1;
  size_t word = 0, read = 0, rows = 0;
  bool valid = false;
  for (Cycle t = 0; t < limit; ++t) {
    v->clk_i = 0;
    if (!valid && word < c.words.size() && c.in.Open(t)) valid = true;
    v->in_valid_i = valid;
    v->in_data_i = valid ? c.words[word] : static_cast<uint32_t>(noise.Next());
    v->in_last_i = valid ? static_cast<bool>(c.last[word]) : noise.Int(0, 1);
    v->row_pop_i = 0;
    v->eval();
    if (v->row_valid_o && c.out.Open(t)) {
      v->row_pop_i = 1;
      // How many words of the row are defined follows from the words sent.
      int32_t words[64];
      int count = 0;
      while (count < lanes && read < c.words.size()) {
        words[count] = static_cast<int32_t>(Peek32(v->row_data_o, count));
        ++count;
        if (c.last[read++]) break;
      }
      PushRow(&out.rows, t, count, words);
      ++rows;
    }
    v->eval();
    if (valid && v->in_ready_o) {
      out.in.push_back({t, {static_cast<int64_t>(word)}});
      ++word;
      valid = false;
    }
    v->clk_i = 1;
    v->eval();
  }
  return out;
}

template <typename V>
void RunVariant(const char* name, int lanes, int rows) {
  int64_t events = 0;
  for (int seed = 1; seed <= 2; ++seed) {
    auto context = std::make_unique<VerilatedContext>();
    context->randSeed(seed);
    context->randReset(2);
    auto v = std::make_unique<V>(context.get());
    for (int k = 0; k < 200; ++k) {
      const Case c = RandomCase(static_cast<uint64_t>(k) * 2 + static_cast<uint64_t>(seed) + static_cast<uint64_t>(lanes) * 100000);
      const Result twin = RunTwin(c, lanes, rows);
      ASSERT_EQ(twin.in.size(), c.words.size());
      const Cycle end = twin.rows.back().cycle + 20;
      const Result rtl = RunRtl(v.get(), c, lanes, end);
      ASSERT_EQ(Difference("in", c.seed, twin.in, rtl.in), "") << name;
      ASSERT_EQ(Difference("row", c.seed, twin.rows, rtl.rows), "") << name;
      events += static_cast<int64_t>(rtl.in.size() + rtl.rows.size());
      if (k % 5 == 0) RunRtl(v.get(), c, lanes, end / 2);  // broken off by the next one's reset
    }
    v->final();
  }
  std::printf("gather %s: 400 cases, %lld port events equal\n", name, static_cast<long long>(events));
}

TEST(GatherLockstep, Least) { RunVariant<Vgather_least>("1 lane, 1 row", 1, 1); }
TEST(GatherLockstep, One) { RunVariant<Vgather_one>("1 lane, 2 rows", 1, 2); }
TEST(GatherLockstep, Four) { RunVariant<Vgather_four>("4 lanes, 3 rows", 4, 3); }
TEST(GatherLockstep, Eight) { RunVariant<Vgather_eight>("8 lanes, 4 rows", 8, 4); }

}  // namespace
}  // namespace weft::lockstep
