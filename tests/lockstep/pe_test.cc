// SPDX-License-Identifier: Apache-2.0
// weft_pe against model/pe.h and the plainest loop nest: random passes back to back on one PE, with
// random stalls of every port, void and disabled passes, filters loaded behind the running pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "Vpe_large.h"
#include "Vpe_nano.h"
#include "Vpe_odd.h"
#include "Vpe_small.h"
#include "Vpe_two.h"
#include "model/pe.h"
#include "tests/lockstep/array_stimulus.h"
#include "tests/lockstep/bench.h"

namespace weft::lockstep {
namespace {

using model::PeMode;
using model::PeParams;

struct PassCase {
  Shape shape;
  PeMode mode;
  bool bottom;
  Stream stream;
  Filter filter;
  bool load;                   // the filter is new, else the copy keeps what it has
  std::vector<int32_t> below;  // words of the PE below
  int valid_delay, filter_delay;
};

struct Case {
  uint64_t seed;
  PeParams pe;
  std::vector<PassCase> passes;
  StallPattern act, flt, cin, out;
  bool closed_form = false;
};

Case RandomCase(uint64_t seed, const PeParams& pe) {
  Random r(seed);
  Case c;
  c.seed = seed;
  c.pe = pe;
  const double stall[] = {0.0, 0.0, 0.3, 0.6, 0.9};
  c.act = {r.Next(), stall[r.Int(0, 4)]};
  c.flt = {r.Next(), stall[r.Int(0, 3)]};
  c.cin = {r.Next(), stall[r.Int(0, 4)]};
  c.out = {r.Next(), stall[r.Int(0, 4)]};
  const int passes = r.Int(1, 6);
  const double zeros[] = {0.0, 0.3, 0.6, 0.9, 1.0};
  Filter in_copy[2];
  for (int k = 0; k < passes; ++k) {
    PassCase p;
    p.shape = RandomShape(&r, pe);
    if (k > 1 && r.Chance(0.2)) p.shape = c.passes[k - 2].shape;
    p.shape.f.copy = k & 1;
    p.mode = r.Chance(0.8) ? PeMode::kActive : r.Chance(0.5) ? PeMode::kVoid : PeMode::kDisabled;
    p.bottom = r.Chance(0.5);
    const bool extreme = r.Chance(0.1);
    p.stream = RandomStream(&r, p.shape, pe, zeros[r.Int(0, 4)], extreme, true);
    p.load = !(k > 1 && p.shape.f.filter_stride == c.passes[k - 2].shape.f.filter_stride &&
               p.shape.f.p == c.passes[k - 2].shape.f.p && p.shape.q == c.passes[k - 2].shape.q &&
               p.shape.f.taps == c.passes[k - 2].shape.f.taps &&
               p.shape.f.dw == c.passes[k - 2].shape.f.dw &&
               p.shape.f.max == c.passes[k - 2].shape.f.max) ||
             r.Chance(0.5);
    if (p.load) in_copy[k & 1] = RandomFilter(&r, p.shape, pe, zeros[r.Int(0, 3)], extreme);
    p.filter = in_copy[k & 1];
    for (int w = 0; w < p.shape.f.steps * p.shape.f.p; ++w)
      p.below.push_back(p.shape.f.max ? r.Int(0, 255) : static_cast<int32_t>(r.Next()));
    p.valid_delay = r.Chance(0.5) ? 0 : r.Int(0, 40);
    p.filter_delay = r.Chance(0.5) ? 0 : r.Int(0, 60);
    c.passes.push_back(p);
  }
  return c;
}

struct Result {
  Trace act, cin, cout;
  model::PeEvents events = {};
  int64_t busy = 0, full = 0, mine = 0;
  Cycle end = 0;
};

// When a pass becomes valid, and its filter's words are written, is decided by the same rules on
// both sides: behind the end of the pass before last, and in order.
struct Schedule {
  explicit Schedule(const Case& c)
      : c_(c), valid(c.passes.size(), kNever), filters(valid), freed(valid) {}
  // The pass before last is over in `freed`.
  Cycle Valid(size_t k) const {
    Cycle from = k == 0 ? 1 : valid[k - 1] + 1;
    const size_t slots = c_.pe.pass_slots;
    if (k >= slots) from = std::max(from, freed[k - slots] + 1);
    return from + c_.passes[k].valid_delay;
  }
  Cycle Freed(size_t k, Cycle last_word) const {
    return std::max({filters[k] + 3, k == 0 ? 0 : freed[k - 1] + 1, last_word + 1});
  }
  const Case& c_;
  std::vector<Cycle> valid, filters, freed;
};

Result RunTwin(const Case& c) {
  Result out;
  model::CycleSet busy, full, mine;
  model::Pe pe(c.pe, &out.events, &busy, &full, &mine);
  Schedule when(c);
  const size_t passes = c.passes.size();
  size_t told = 0, bus_pass = 0, bus_token = 0, below_word = 0, below_pass = 0;
  Cycle act_free = 0, flt_free = 0, filters = 0, cin_taken = -1, cout_taken = 0;
  std::vector<int> words(passes, 0);
  std::vector<Cycle> last_word(passes, -1);
  size_t freed = 0;
  bool again = true;
  while (again) {
    again = false;
    while (freed < told && when.filters[freed] != kNever &&
           (c.passes[freed].mode == PeMode::kDisabled || last_word[freed] >= 0)) {
      when.freed[freed] = when.Freed(freed, last_word[freed]);
      ++freed;
    }
    if (told < passes && freed + c.pe.pass_slots > told) {
      const PassCase& p = c.passes[told];
      when.valid[told] = when.Valid(told);
      pe.AddPass(p.shape.f, p.mode, p.bottom, when.valid[told]);
      Cycle t = std::max(flt_free, when.valid[told]);
      if (p.load) {
        for (int a = 0; a < c.pe.filter_depth; ++a) {
          t = c.flt.NextOpen(t);
          pe.WriteFilter(p.shape.f.copy, a, &p.filter.words[static_cast<size_t>(a) * c.pe.lanes]);
          ++t;
        }
        flt_free = t;
      }
      filters = std::max(filters, t + p.filter_delay);
      when.filters[told] = filters;
      pe.FiltersLoaded(static_cast<int>(told), filters);
      ++told;
      again = true;
    }
    while (bus_pass < told) {
      const PassCase& p = c.passes[bus_pass];
      if (p.mode != PeMode::kActive || bus_token == p.stream.tokens.size()) {
        ++bus_pass;
        bus_token = 0;
        continue;
      }
      const Stream::Token& t = p.stream.tokens[bus_token];
      Cycle from = pe.Ready(p.shape.rpt);
      if (from == kNever) break;
      from = std::max({from, act_free, when.valid[bus_pass]});
      for (size_t b = 0; b < t.beats.size(); ++b) {
        from = c.act.NextOpen(from);
        out.act.push_back({from, {static_cast<int64_t>(bus_pass), static_cast<int64_t>(bus_token),
                                  static_cast<int64_t>(b)}});
        ++from;
      }
      act_free = from;
      pe.Token(static_cast<int>(bus_pass),
               {t.x & 15, t.eos, t.rows, static_cast<int>(t.values.size()), t.values.data(), t.offsets.data()},
               from - 1);
      ++bus_token;
      again = true;
    }
    while (pe.AdvanceStep()) again = true;
    while (pe.Head()) {
      const size_t k = static_cast<size_t>(pe.HeadPass());
      model::PeWord below = {};
      const bool chained = !pe.HeadIsBottom();
      if (chained) {
        while (below_pass != k) {
          ++below_pass;
          below_word = 0;
        }
        below.loaded = c.cin.NextOpen(std::max(cin_taken + 1, when.valid[k])) - 1;
        below.value = c.passes[k].below[below_word++];
      }
      model::PeWord w;
      pe.Load(chained ? &below : nullptr, cout_taken, &w);
      if (chained) {
        cin_taken = w.loaded;
        out.cin.push_back({w.loaded, {below.value}});
      }
      cout_taken = c.out.NextOpen(w.loaded + 1);
      out.cout.push_back({cout_taken, {w.value, w.last, w.end, w.pass & 1}});
      if (w.end) last_word[k] = cout_taken;
      again = true;
    }
  }
  EXPECT_EQ(freed, passes) << "twin is stuck, seed " << c.seed;
  if (freed == passes) out.end = when.freed[passes - 1];
  for (Cycle t = 0; t < out.end; ++t) {
    const bool b = busy.Has(t), f = full.Has(t), m = mine.Has(t);
    out.busy += b;
    out.full += f && !b;
    out.mine += m && !b && !f;
  }
  return out;
}

template <typename V>
void DriveSlot(V* v, const Case& c, size_t k, int s) {
  const model::PePass& f = c.passes[k].shape.f;
  const PassCase& p = c.passes[k];
  const int off_bits = __builtin_ctz(c.pe.filter_depth),
            ch_bits = __builtin_ctz(c.pe.psum_rows / c.pe.psum_banks);
  Poke(&v->enable_i, s, 1, p.mode != PeMode::kDisabled);
  Poke(&v->void_i, s, 1, p.mode == PeMode::kVoid);
  Poke(&v->bottom_i, s, 1, p.bottom);
  Poke(&v->step_last_i, 10 * s, 10, f.steps - 1);
  Poke(&v->group_last_i, 8 * s, 8, f.groups - 1);
  Poke(&v->word_last_i, 7 * s, 7, f.p - 1);
  Poke(&v->taps_i, 4 * s, 4, f.taps);
  Poke(&v->stride_i, 4 * s, 4, f.stride);
  Poke(&v->filter_stride_i, off_bits * s, off_bits, f.filter_stride);
  Poke(&v->step_stride_i, off_bits * s, off_bits, f.step_stride);
  Poke(&v->ch_mask_i, ch_bits * s, ch_bits, f.tap_stride - 1);
  Poke(&v->dw_i, s, 1, f.dw);
  Poke(&v->max_i, s, 1, f.max);
  Poke(&v->copy_i, s, 1, f.copy);
  Poke(&v->parity_i, s, 1, f.parity);
}
// With one pass in flight both slots show it.
template <typename V>
void DrivePass(V* v, const Case& c, size_t k) {
  for (int s = 0; s < 2; ++s)
    if (c.pe.pass_slots == 1 || s == static_cast<int>(k & 1)) DriveSlot(v, c, k, s);
}

template <typename V>
void Tick(V* v) {
  v->clk_i = 1;
  v->eval();
  v->clk_i = 0;
}

// Runs at most `limit` cycles (a case that is to be broken off by the next one's reset).
template <typename V>
Result RunRtl(V* v, const Case& c, Cycle limit) {
  Result out;
  Schedule when(c);
  Random noise(c.seed ^ 0x5555);
  const size_t passes = c.passes.size();
  const int b_lanes = c.pe.win_lanes, off_bits = __builtin_ctz(c.pe.filter_depth);
  v->rst_ni = 0;
  v->pass_valid_i = v->pass_phase_i = v->filter_ok_i = 0;
  v->act_fire_i = v->act_hit_i = v->flt_we_i = v->cin_valid_i = v->cout_ready_i = 0;
  v->clk_i = 0;
  const int resets = noise.Int(1, 3) + c.pe.psum_rows / c.pe.psum_banks;
  for (int k = 0; k < resets; ++k) {
    v->eval();
    Tick(v);
  }
  v->rst_ni = 1;
  size_t told = 0, freed = 0, bus_pass = 0, bus_token = 0, bus_beat = 0, flt_pass = 0, ok_pass = 0;
  int flt_addr = 0;
  std::vector<Cycle> loaded(passes, kNever), last_word(passes, -1);
  std::deque<int32_t> below;
  bool below_valid = false;
  Cycle act_free = 0;
  size_t out_pass = 0;
  for (Cycle t = 0; t < limit; ++t) {
    // Pass table
    while (freed < told && when.filters[freed] != kNever &&
           (c.passes[freed].mode == PeMode::kDisabled || last_word[freed] >= 0)) {
      when.freed[freed] = when.Freed(freed, last_word[freed]);
      ++freed;
    }
    if (freed == passes && t >= when.freed[passes - 1]) {
      out.end = when.freed[passes - 1];
      break;
    }
    if (told < passes && freed + c.pe.pass_slots > told && t == when.Valid(told)) {
      DrivePass(v, c, told);
      when.valid[told] = t;
      Poke(&v->pass_valid_i, told & 1, 1, 1);
      Poke(&v->pass_phase_i, told & 1, 1, told >> 1);
      Poke(&v->filter_ok_i, told & 1, 1, 0);
      if (!c.passes[told].bottom && c.passes[told].mode != PeMode::kDisabled)
        below.insert(below.end(), c.passes[told].below.begin(), c.passes[told].below.end());
      ++told;
    }
    for (size_t k = freed > 1 ? freed - 2 : 0; k < freed; ++k)
      if (t == when.freed[k] && told <= k + 2 && noise.Chance(0.5)) Poke(&v->pass_valid_i, k & 1, 1, 0);
    // Filter bus
    v->flt_we_i = 0;
    v->flt_addr_i = noise.Int(0, c.pe.filter_depth - 1);
    v->flt_copy_i = noise.Int(0, 1);
    while (flt_pass < told && !c.passes[flt_pass].load) loaded[flt_pass++] = t;
    if (flt_pass < told && c.flt.Open(t)) {
      v->flt_we_i = 1;
      v->flt_copy_i = c.passes[flt_pass].shape.f.copy;
      v->flt_addr_i = flt_addr;
      for (int l = 0; l < c.pe.lanes; ++l)
        Poke(&v->flt_data_i, 9 * l, 9, c.passes[flt_pass].filter.words[flt_addr * c.pe.lanes + l] & 511);
      if (++flt_addr == c.pe.filter_depth) {
        loaded[flt_pass++] = t + 1;
        flt_addr = 0;
      }
    }
    while (ok_pass < told && loaded[ok_pass] != kNever && t >= loaded[ok_pass] + c.passes[ok_pass].filter_delay)
      when.filters[ok_pass] = t, Poke(&v->filter_ok_i, ok_pass++ & 1, 1, 1);
    // Ifmap bus: nothing, somebody else's beat, or an own one that waits for another target
    while (bus_pass < told && (c.passes[bus_pass].mode != PeMode::kActive ||
                               bus_token == c.passes[bus_pass].stream.tokens.size()))
      ++bus_pass, bus_token = 0;
    const bool offer = bus_pass < told && t >= act_free && t >= when.valid[bus_pass] && c.act.Open(t);
    v->act_hit_i = noise.Int(0, 1);
    v->act_fire_i = v->act_hit_i ? 0 : noise.Int(0, 1);
    v->act_slot_i = noise.Int(0, 1);
    v->act_last_i = noise.Int(0, 1);
    v->act_eos_i = noise.Int(0, 1);
    v->act_x_i = noise.Int(0, 15);
    v->act_n_i = noise.Int(0, b_lanes);
    for (int e = 0; e < b_lanes; ++e) {
      Poke(&v->act_row_i, (9 + off_bits) * e, 9, noise.Next() & 511);
      Poke(&v->act_row_i, (9 + off_bits) * e + 9, off_bits, noise.Next() & (c.pe.filter_depth - 1));
    }
    if (offer) {
      const Stream::Token& k = c.passes[bus_pass].stream.tokens[bus_token];
      const Stream::Beat& beat = k.beats[bus_beat];
      v->act_hit_i = 1;
      v->act_fire_i = 0;
      v->act_slot_i = bus_pass & 1;
      v->act_last_i = bus_beat + 1 == k.beats.size();
      v->act_eos_i = k.eos;
      v->act_x_i = k.x & 15;
      v->act_rpt_i = c.passes[bus_pass].shape.rpt;
      v->act_n_i = beat.n;
      for (int e = 0; e < beat.n; ++e) {
        Poke(&v->act_row_i, (9 + off_bits) * e, 9, k.values[beat.at + e] & 511);
        Poke(&v->act_row_i, (9 + off_bits) * e + 9, off_bits, k.offsets[beat.at + e]);
      }
    }
    // Chain
    if (!below_valid && !below.empty() && c.cin.Open(t)) below_valid = true;
    v->cin_valid_i = below_valid;
    v->cin_data_i = below_valid ? below.front() : c.pe.pass_slots == 1 ? 0 : static_cast<uint32_t>(noise.Next());
    v->cout_ready_i = c.out.Open(t);
    v->eval();
    if (offer && (bus_beat > 0 || v->act_ready_o)) {
      v->act_fire_i = 1;
      v->eval();
      out.act.push_back({t, {static_cast<int64_t>(bus_pass), static_cast<int64_t>(bus_token),
                             static_cast<int64_t>(bus_beat)}});
      if (++bus_beat == c.passes[bus_pass].stream.tokens[bus_token].beats.size()) {
        bus_beat = 0;
        ++bus_token;
      }
    }
    if (v->cin_valid_i && v->cin_ready_o) {
      out.cin.push_back({t, {below.front()}});
      below.pop_front();
      below_valid = false;
    }
    if (v->cout_valid_o && v->cout_ready_i) {
      out.cout.push_back({t, {static_cast<int32_t>(v->cout_data_o), v->cout_last_o, v->cout_end_o, v->cout_slot_o}});
      while (out_pass < told && c.passes[out_pass].mode == PeMode::kDisabled) ++out_pass;
      if (v->cout_end_o && out_pass < told) last_word[out_pass++] = t;
    }
    out.events.mac[v->ev_par_o] += v->ev_mac_o;
    out.events.gated[v->ev_par_o] += v->ev_gated_o;
    out.events.psum_wr[v->ev_ppar_o] += v->ev_psum_wr_o;
    out.events.psum_rd[v->ev_ppar_o] += v->ev_psum_rmw_o;
    out.events.psum_rd[v->ev_dpar_o] += v->ev_psum_rd_o;
    out.events.chain[v->ev_dpar_o] += v->ev_chain_o;
    out.busy += v->busy_o;
    out.full += v->full_o && !v->busy_o;
    out.mine += v->mine_o && !v->full_o && !v->busy_o;
    Tick(v);
  }
  return out;
}

// One line a pass, for the reader of a failure.
std::string Describe(const Case& c) {
  std::string out;
  for (const PassCase& p : c.passes) {
    const model::PePass& f = p.shape.f;
    char line[256];
    std::snprintf(line, sizeof line,
                  "\n  mode %d bottom %d dw %d max %d steps %d taps %d stride %d groups %d p %d q %d qs %d rpt %d "
                  "first %d count %d",
                  static_cast<int>(p.mode), p.bottom, f.dw, f.max, f.steps, f.taps, f.stride, f.groups, f.p,
                  p.shape.q, f.tap_stride, p.shape.rpt, p.stream.first, p.stream.count);
    out += line;
  }
  return out;
}

std::string Compare(const Case& c, const Result& twin, const Result& rtl) {
  std::string d = Difference("act", c.seed, twin.act, rtl.act);
  if (d.empty()) d = Difference("cin", c.seed, twin.cin, rtl.cin);
  if (d.empty()) d = Difference("cout", c.seed, twin.cout, rtl.cout);
  if (!d.empty()) return d + Describe(c);
  auto number = [&](const char* name, int64_t a, int64_t b) {
    if (a != b && d.empty())
      d = "seed " + std::to_string(c.seed) + " " + name + ": twin " + std::to_string(a) + ", rtl " +
          std::to_string(b) + Describe(c);
  };
  for (int k = 0; k < 2; ++k) {
    number("mac", twin.events.mac[k], rtl.events.mac[k]);
    number("gated", twin.events.gated[k], rtl.events.gated[k]);
    number("psum_rd", twin.events.psum_rd[k], rtl.events.psum_rd[k]);
    number("psum_wr", twin.events.psum_wr[k], rtl.events.psum_wr[k]);
    number("chain", twin.events.chain[k], rtl.events.chain[k]);
  }
  number("end", twin.end, rtl.end);
  number("busy", twin.busy, rtl.busy);
  number("full", twin.full, rtl.full);
  number("mine", twin.mine, rtl.mine);
  return d;
}

// What comes out, by the loop nest.
std::string CompareWithLoops(const Case& c, const Result& twin) {
  size_t at = 0;
  for (size_t k = 0; k < c.passes.size(); ++k) {
    const PassCase& p = c.passes[k];
    if (p.mode == PeMode::kDisabled) continue;
    for (int n = 0; n < p.shape.f.steps; ++n)
      for (int w = 0; w < p.shape.f.p; ++w, ++at) {
        int32_t sum = p.mode == PeMode::kActive ? PlainSum(p.shape, p.stream, p.filter, n, w) : 0;
        if (!p.bottom) {
          const int32_t below = p.below[static_cast<size_t>(n) * p.shape.f.p + w];
          sum = p.shape.f.max ? std::max(sum, below) : WrapAdd(sum, below);
        }
        if (at >= twin.cout.size() || twin.cout[at].values[0] != sum)
          return "seed " + std::to_string(c.seed) + " pass " + std::to_string(k) + " step " +
                 std::to_string(n) + " word " + std::to_string(w) + ": loops " + std::to_string(sum);
      }
  }
  return at == twin.cout.size() ? "" : "more words than loops";
}

struct Totals {
  int64_t cases = 0, events = 0, cycles = 0;
};

template <typename V>
void RunVariant(const char* name, const PeParams& pe, int cases) {
  Totals totals;
  for (int seed = 1; seed <= 4; ++seed) {
    auto context = std::make_unique<VerilatedContext>();
    context->randSeed(seed);
    context->randReset(2);
    auto v = std::make_unique<V>(context.get());
    for (int k = 0; k < cases / 4; ++k) {
      const uint64_t number = static_cast<uint64_t>(k) * 4 + static_cast<uint64_t>(seed) + (uint64_t(1) << 32) * static_cast<uint64_t>(name[0] + name[1] * 256);
      const Case c = RandomCase(number, pe);
      const Result twin = RunTwin(c);
      if (testing::Test::HasFailure()) return;
      ASSERT_EQ(CompareWithLoops(c, twin), "") << name;
      // Every fifth case is broken off by the next one's reset.
      const Result rtl = RunRtl(v.get(), c, twin.end + 1000);
      ASSERT_EQ(Compare(c, twin, rtl), "") << name << " randSeed " << seed;
      if (k % 5 == 0) RunRtl(v.get(), c, twin.end / 2);
      ++totals.cases;
      totals.events += static_cast<int64_t>(rtl.act.size() + rtl.cin.size() + rtl.cout.size());
      totals.cycles += rtl.end;
    }
    v->final();
  }
  std::printf("pe %s: %lld cases, %lld port events equal, %lld cycles\n", name,
              static_cast<long long>(totals.cases), static_cast<long long>(totals.events),
              static_cast<long long>(totals.cycles));
}

//                           Lanes Filter Win B Cols Psum Banks Steps
const PeParams kSmall =     {1,    16,    4,  1, 4,  4,   2,    2};
const PeParams kNano =      {2,    128,   32, 1, 4,  16,  1,    2, 1};
const PeParams kOdd =       {1,    64,    16, 3, 8,  16,  2,    4};
const PeParams kTwo =       {2,    256,   128, 2, 16, 32,  2,    8};
const PeParams kLarge =     {1,    256,   16, 8, 16, 64,  4,    16};

TEST(PeLockstep, Small) { RunVariant<Vpe_small>("small", kSmall, 400); }
TEST(PeLockstep, Nano) { RunVariant<Vpe_nano>("nano", kNano, 400); }
TEST(PeLockstep, Odd) { RunVariant<Vpe_odd>("odd", kOdd, 400); }
TEST(PeLockstep, TwoLanes) { RunVariant<Vpe_two>("two lanes", kTwo, 400); }
TEST(PeLockstep, Large) { RunVariant<Vpe_large>("large", kLarge, 400); }

// A zero activation costs no multiplier cycle: with all tokens and filters there and nothing that
// waits behind, a step takes exactly 1 + G * nonzeros cycles, in dw mode 1 + nonzeros.
template <typename V>
void RunClosedForm(const char* name, const PeParams& pe) {
  auto context = std::make_unique<VerilatedContext>();
  auto v = std::make_unique<V>(context.get());
  int64_t steps = 0;
  for (int k = 0; k < 60; ++k) {
    Random r(static_cast<uint64_t>(k) + 77);
    Case c;
    c.seed = static_cast<uint64_t>(k);
    c.pe = pe;
    PassCase p;
    do {
      p.shape = RandomShape(&r, pe);
      p.stream = RandomStream(&r, p.shape, pe, r.Int(0, 10) / 10.0, false, true);
      // All columns fit, all sums fit.
    } while (p.stream.count > pe.col_slots || p.stream.count * p.shape.rpt > pe.win_rows ||
             p.shape.f.steps > std::min(pe.step_slots, p.shape.f.dw ? pe.psum_banks : pe.psum_rows / p.shape.f.groups));
    p.shape.f.copy = 0;
    p.mode = PeMode::kActive;
    p.bottom = true;
    p.filter = RandomFilter(&r, p.shape, pe, 0.2, false);
    p.load = true;
    p.valid_delay = 0;
    p.filter_delay = 200;  // tokens arrive before
    c.passes.push_back(p);
    int64_t expected = 0, nonzeros = 0;
    for (int n = 0; n < p.shape.f.steps; ++n) {
      int64_t in_window = 0;
      for (int tap = 0; tap < p.shape.f.taps; ++tap) {
        const int column = n * p.shape.f.stride + tap - p.stream.first;
        if (column < 0 || column >= p.stream.count) continue;
        for (int ch = 0; ch < p.shape.q; ++ch) in_window += p.stream.dense[static_cast<size_t>(column) * p.shape.q + ch] != 0;
      }
      expected += 1 + in_window * (p.shape.f.dw ? 1 : p.shape.f.groups);
      nonzeros += in_window;
      ++steps;
    }
    const Result rtl = RunRtl(v.get(), c, 100000);
    const int lanes = p.shape.f.dw ? 1 : pe.lanes;
    ASSERT_EQ(rtl.busy, expected) << name << " case " << k;
    ASSERT_EQ(rtl.full, 0) << name << " case " << k;
    ASSERT_EQ(rtl.events.mac[p.shape.f.parity] + rtl.events.gated[p.shape.f.parity],
              nonzeros * lanes * (p.shape.f.dw ? 1 : p.shape.f.groups));
    // From the other side: the steps' cycles follow each other without a gap, so the last word
    // leaves at filters loaded + all of them + what lies behind the last issue.
    const Cycle last = rtl.cout.back().cycle;
    const Cycle begin = 1 + pe.filter_depth + 200;
    ASSERT_GE(last, begin + expected - 1 + 6 + 1) << name << " case " << k;
    ASSERT_LE(last, begin + expected - 1 + 6 + p.shape.f.p * p.shape.f.steps) << name << " case " << k;
    ASSERT_EQ(CompareWithLoops(c, rtl), "");
  }
  std::printf("pe %s closed form: 60 passes, %lld steps of exactly 1 + G * nonzeros cycles\n", name,
              static_cast<long long>(steps));
}
TEST(PeClosedForm, Odd) { RunClosedForm<Vpe_odd>("odd", kOdd); }
TEST(PeClosedForm, Nano) { RunClosedForm<Vpe_nano>("nano", kNano); }
TEST(PeClosedForm, Large) { RunClosedForm<Vpe_large>("large", kLarge); }

}  // namespace
}  // namespace weft::lockstep
