// SPDX-License-Identifier: Apache-2.0
// weft_post against model/post.h at its ports, cycle and value, under random stalls of the source,
// the residual port and the output port; after a reset in mid-flight, for two seeds of random
// initial registers and memories. The bytes are also those of a plain loop over the beats.
#include "model/post.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "Vpost_ecp5.h"
#include "Vpost_nano.h"
#include "Vpost_odd.h"
#include "Vpost_one.h"
#include "Vpost_serial16.h"
#include "Vpost_square.h"
#include "Vpost_weft168.h"
#include "Vpost_widest.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

using model::PostBeat;
using model::PostParameters;

struct Beat {
  std::vector<int32_t> sums;
  int count, lane, row;
  uint32_t address, res_address;
};

struct Write {  // of one channel's parameters
  int row, lane;
  int32_t bias;
  Multiplier m;
};

struct Pass {
  int cfg, parity;
  bool res_en;
  uint32_t words[spec::kCfgOperandWords] = {};
  std::vector<Write> writes;  // begin with the pass before (the first: with the case)
  std::vector<Beat> beats;
  Cycle delay;  // from post_done of the pass before, or the end of the writes, to the first beat
};

struct Stimulus {
  uint64_t seed;
  PostParameters parameters;
  std::vector<Pass> passes;
  StallPattern source, res, out;
  // Parameter writes of a pass: a channel is one, serial: three. Serial: the cycles before a pass
  // bring the words of its CFG.
  Cycle Writes(const Pass& pass) const {
    return static_cast<Cycle>(pass.writes.size()) * (parameters.post_serial ? 3 : 1);
  }
  uint8_t ResByte(uint32_t address) const { return static_cast<uint8_t>(Mix(seed, address)); }
};

Stimulus MakeStimulus(uint64_t seed, const PostParameters& p) {
  Random random(seed);
  Stimulus s;
  s.seed = seed;
  s.parameters = p;
  s.source = {random.Next(), AnyStall(&random)};
  s.res = {random.Next(), p.post_serial && random.Chance(0.3) ? 0.99 : AnyStall(&random)};
  s.out = {random.Next(), AnyStall(&random)};
  const int chunk = p.post_lanes > 1 ? p.glb_bytes / 4 : 1;
  const int passes = random.Int(1, 4);
  for (int k = 0; k < passes; ++k) {
    Pass pass;
    pass.cfg = random.Int(0, 1);
    pass.parity = random.Int(0, 1);
    pass.res_en = random.Chance(0.6);
    pass.delay = (random.Chance(0.5) ? 0 : random.Int(0, 30)) + (p.post_serial ? spec::kCfgOperandWords : 0);
    const bool is_unsigned = random.Chance(0.5);
    const int lo = is_unsigned ? 0 : -128, hi = lo + 255;
    auto bounds = [&](const spec::Field& low, const spec::Field& high) {
      const int a = random.Chance(0.5) ? lo : random.Int(-256, 255);
      const int b = random.Chance(0.5) ? std::max(a, hi) : random.Int(a, 255);
      PutField(pass.words, low, a);
      PutField(pass.words, high, b);
    };
    auto zero_point = [&](const spec::Field& field) {
      PutField(pass.words, field,
               random.Chance(0.1) ? (random.Chance(0.5) ? -256 : 255) : random.Int(lo, hi));
    };
    PutField(pass.words, spec::kCfgSingleRounding, random.Int(0, 1));
    PutField(pass.words, spec::kCfgResUnsigned, is_unsigned);
    zero_point(spec::kCfgOutZp);
    bounds(spec::kCfgLo, spec::kCfgHi);
    zero_point(spec::kCfgAddZ1);
    zero_point(spec::kCfgAddZ2);
    zero_point(spec::kCfgAddZp);
    bounds(spec::kCfgAddLo, spec::kCfgAddHi);
    PutField(pass.words, spec::kCfgAddM1, EdgyM0(&random));
    PutField(pass.words, spec::kCfgAddM2, EdgyM0(&random));
    PutField(pass.words, spec::kCfgAddM3, EdgyM0(&random));
    // Real adds scale by 2^-20 at the end; done before, every unit of both operands counts.
    const int early = random.Chance(0.3) ? 20 : 0;
    auto exponent = [&](const spec::Field& field, int lowest, int highest) {
      PutField(pass.words, field,
               random.Chance(0.2) ? EdgyExponent(&random) : random.Int(lowest, highest));
    };
    exponent(spec::kCfgAddE1, -2 - early, 0 - early);
    exponent(spec::kCfgAddE2, -2 - early, 0 - early);
    exponent(spec::kCfgAddE3, -22 + early, -18 + early - (early != 0));
    // The halves alternate, so that one can be written while the other is used.
    const int rows = random.Int(1, std::min(4, p.param_rows));
    const int top = (k % 2) * p.param_rows;
    std::vector<int> row_numbers;
    for (int r = 0; r < rows; ++r) {
      row_numbers.push_back(top + random.Int(0, p.param_rows - 1));
      for (int l = 0; l < p.post_lanes; ++l)
        pass.writes.push_back(
            {row_numbers.back(), l, EdgyInt(&random), {EdgyM0(&random), EdgyExponent(&random)}});
    }
    const bool aligned = random.Chance(0.3);
    uint32_t next = static_cast<uint32_t>(random.Next());
    const uint32_t delta = static_cast<uint32_t>(random.Next());
    const int beats = random.Int(1, p.post_serial ? 8 : 40);
    for (int b = 0; b < beats; ++b) {
      Beat beat;
      beat.count = random.Chance(0.6) ? p.post_lanes : random.Int(1, p.post_lanes);
      beat.lane = 0;
      if (random.Chance(0.4)) {  // a chunk
        beat.count = random.Chance(0.6) ? chunk : random.Int(1, chunk);
        beat.lane = chunk * random.Int(0, p.post_lanes / chunk - 1);
      }
      beat.row = row_numbers[static_cast<size_t>(random.Int(0, rows - 1))];
      if (random.Chance(0.2))
        next =
            static_cast<uint32_t>(random.Chance(0.5) ? -random.Int(1, 9) : random.Int(0, 1 << 18));
      if (aligned) next &= ~static_cast<uint32_t>(p.glb_bytes - 1);
      beat.address = next & model::kGlbAddressMask;
      beat.res_address = (next + delta) & model::kGlbAddressMask;
      next += static_cast<uint32_t>(beat.count);
      for (int l = 0; l < beat.count; ++l) beat.sums.push_back(EdgyInt(&random));
      pass.beats.push_back(beat);
    }
    s.passes.push_back(pass);
  }
  return s;
}

struct Result {
  Trace accept, res, out, done;
  uint64_t post[2] = {}, add[2] = {}, glb_res[2] = {}, glb_out[2] = {};
};

// The twin's neighbours.
struct TwinPorts {
  const Stimulus& s;
  Result* result;
  uint8_t word[model::kMaxGlbBytes];

  Cycle ResFire(Cycle from, uint32_t address, const uint8_t** out) {
    const Cycle at = s.res.NextOpen(from);
    result->res.push_back({at, {address}});
    for (uint32_t b = 0; b < static_cast<uint32_t>(s.parameters.glb_bytes); ++b)
      word[b] = s.ResByte(address + b);
    *out = word;
    return at;
  }
  Cycle OutFire(Cycle from, uint32_t address, uint32_t enables, const uint8_t* data) {
    const Cycle at = s.out.NextOpen(from);
    PortEvent event{at, {address, enables}};
    for (int b = 0; b < s.parameters.glb_bytes; ++b)
      if (enables >> b & 1) event.values.push_back(data[b]);
    result->out.push_back(event);
    return at;
  }
};

Result RunTwin(const Stimulus& s) {
  Result result;
  TwinPorts ports{s, &result, {}};
  model::Post<TwinPorts> post(s.parameters, &ports);
  Cycle free = 0, writes_from = 0;
  int64_t number = 0;
  for (const Pass& pass : s.passes) {
    for (const Write& w : pass.writes) post.WriteParam(w.row, w.lane, w.bias, w.m.m0, w.m.exponent);
    post.SetCfg(pass.cfg, pass.words);
    const Cycle start =
        std::max(free, writes_from + s.Writes(pass)) + pass.delay;
    writes_from = start;
    Cycle from = s.source.NextOpen(start);
    for (size_t b = 0; b < pass.beats.size(); ++b) {
      const Beat& beat = pass.beats[b];
      PostBeat token;
      token.sums = beat.sums.data();
      token.count = beat.count;
      token.lane = beat.lane;
      token.row = beat.row;
      token.address = beat.address;
      token.res_address = beat.res_address;
      token.res_en = pass.res_en;
      token.cfg = pass.cfg;
      token.parity = pass.parity;
      token.end = b + 1 == pass.beats.size();
      const Cycle at = post.Accept(from, token);
      result.accept.push_back({at, {number++}});
      from = s.source.NextOpen(at + 1);
    }
    const Cycle done = post.Done();
    result.done.push_back({done, {}});
    free = done + 1;
  }
  for (int q = 0; q < 2; ++q) {
    result.post[q] = post.events().post[q];
    result.add[q] = post.events().post_add[q];
    result.glb_res[q] = post.events().glb_res[q];
    result.glb_out[q] = post.events().glb_out[q];
  }
  return result;
}

template <class Unit>
class Bench {
 public:
  Bench(const Stimulus& s, int init_seed) : s_(s), p_(s.parameters) {
    context_.randReset(2);
    context_.randSeed(init_seed);
    unit_ = std::make_unique<Unit>(&context_);
  }

  Result Run() {
    Garbage();
    Result result;
    size_t pass = 0, beat = 0, writes = 0;  // writes: of all passes
    std::vector<const Write*> plan;
    Cycle start = s_.Writes(s_.passes[0]) + s_.passes[0].delay;
    Cycle writes_from = 0;
    for (const Write& w : s_.passes[0].writes) plan.push_back(&w);
    bool offered = false;
    int64_t number = 0;
    for (Cycle c = 0; pass < s_.passes.size() && c < 1000000; ++c) {
      unit_->clk_i = 0;
      unit_->rst_ni = 1;
      // Parameters
      if (c == start && pass + 1 < s_.passes.size()) {
        for (const Write& w : s_.passes[pass + 1].writes) plan.push_back(&w);
        writes_from = c;
      }
      const size_t parts = p_.post_serial ? 3 : 1;
      unit_->par_we_i = c >= writes_from && writes < plan.size() * parts;
      if (unit_->par_we_i) {
        const Write& w = *plan[writes / parts];
        const size_t kind = writes++ % parts;
        unit_->par_row_i = static_cast<uint8_t>(w.row);
        unit_->par_lane_i = static_cast<uint8_t>(w.lane);
        unit_->par_kind_i = static_cast<uint8_t>(kind);
        PutBits(&unit_->par_data_i, 0, 32,
                static_cast<uint32_t>(kind == 0 ? w.bias : kind == 1 ? w.m.m0 : w.m.exponent));
        PutBits(&unit_->par_data_i, 32, 32, static_cast<uint32_t>(w.m.m0));
        PutBits(&unit_->par_data_i, 64, 7, static_cast<uint64_t>(w.m.exponent));
      }
      const Cycle cfg_word = c - start + spec::kCfgOperandWords;
      unit_->cfg_we_i = p_.post_serial && cfg_word >= 1 && cfg_word < spec::kCfgOperandWords;
      if (unit_->cfg_we_i) {
        unit_->cfg_index_i = static_cast<uint8_t>(cfg_word - 1);
        unit_->cfg_data_i = s_.passes[pass].words[cfg_word];
      }
      // Beats. Constants of the slot that is not in use change at random.
      const Pass& now = s_.passes[pass];
      const bool active = c >= start && beat < now.beats.size();
      Noise(c);
      for (int i = 0; i < spec::kCfgOperandWords; ++i)
        PutBits(&unit_->cfg_i, (p_.post_serial ? 0 : now.cfg) * spec::kCfgBits + 32 * i, 32, now.words[i]);
      if (active && s_.source.Open(c)) offered = true;
      unit_->post_valid_i = offered;
      if (offered) {
        const Beat& b = now.beats[beat];
        for (int l = 0; l < b.count; ++l)
          PutBits(&unit_->post_data_i, 32 * l, 32,
                  static_cast<uint32_t>(b.sums[static_cast<size_t>(l)]));
        unit_->post_count_i = static_cast<uint8_t>(b.count);
        unit_->post_lane_i = static_cast<uint8_t>(b.lane);
        unit_->post_row_i = static_cast<uint8_t>(b.row);
        unit_->post_addr_i = b.address;
        unit_->post_res_addr_i = b.res_address;
        unit_->post_res_en_i = now.res_en;
        unit_->post_cfg_i = static_cast<uint8_t>(now.cfg);
        unit_->post_parity_i = static_cast<uint8_t>(now.parity);
        unit_->post_end_i = beat + 1 == now.beats.size();
      }
      unit_->res_ready_i = s_.res.Open(c);
      unit_->out_ready_i = s_.out.Open(c);
      PutWord(&unit_->res_data_i, res_word_);
      unit_->eval();

      const bool res_fire = unit_->res_valid_o && unit_->res_ready_i;
      if (res_fire) result.res.push_back({c, {unit_->res_addr_o}});
      if (unit_->out_valid_o && unit_->out_ready_i) {
        PortEvent event{c, {unit_->out_addr_o, static_cast<int64_t>(unit_->out_be_o)}};
        for (int b = 0; b < p_.glb_bytes; ++b)
          if (static_cast<uint64_t>(unit_->out_be_o) >> b & 1)
            event.values.push_back(static_cast<int64_t>(TakeBits(unit_->out_data_o, 8 * b, 8)));
        result.out.push_back(event);
      }
      const int q = unit_->ev_par_o;
      result.post[q] += unit_->ev_post_o;
      result.add[q] += unit_->ev_add_o;
      result.glb_res[q] += unit_->ev_glb_res_o;
      result.glb_out[q] += unit_->ev_glb_out_o;
      const bool accepted = unit_->post_valid_i && unit_->post_ready_o;
      const bool done = unit_->post_done_o;
      const uint32_t res_address = unit_->res_addr_o;
      if (accepted) {
        result.accept.push_back({c, {number++}});
        ++beat;
        offered = false;
      }
      unit_->clk_i = 1;
      unit_->eval();
      if (res_fire) res_word_ = res_address;
      if (done) {
        result.done.push_back({c, {}});
        beat = 0;
        if (++pass < s_.passes.size())
          start = std::max(c + 1, writes_from + s_.Writes(s_.passes[pass])) +
                  s_.passes[pass].delay;
      }
    }
    return result;
  }

 private:
  // Random values on all inputs that the protocol leaves open.
  void Noise(Cycle c) {
    Random random(Mix(s_.seed, static_cast<uint64_t>(c) + 77));
    for (int i = 0; i < 2 * spec::kCfgOperandWords; ++i)
      PutBits(&unit_->cfg_i, 32 * i, 32, random.Next());
    for (int l = 0; l < p_.post_lanes; ++l) PutBits(&unit_->post_data_i, 32 * l, 32, random.Next());
    unit_->post_count_i = 1;
    unit_->post_lane_i = 0;
    unit_->post_row_i = static_cast<uint8_t>(random.Int(0, 2 * p_.param_rows - 1));
    unit_->post_addr_i = static_cast<uint32_t>(random.Int(0, (1 << 18) - 1));
    unit_->post_res_addr_i = static_cast<uint32_t>(random.Int(0, (1 << 18) - 1));
    unit_->post_res_en_i = random.Chance(0.5);
    unit_->post_cfg_i = random.Chance(0.5);
    unit_->post_parity_i = random.Chance(0.5);
    unit_->post_end_i = random.Chance(0.5);
  }

  template <class Port>
  void PutWord(Port* port, uint32_t address) {
    for (int b = 0; b < p_.glb_bytes; ++b)
      PutBits(port, 8 * b, 8, s_.ResByte(address + static_cast<uint32_t>(b)));
  }

  // Some cycles of anything, then a reset in whatever is under way.
  void Garbage() {
    Random random(Mix(s_.seed, 99));
    const int cycles = random.Int(0, 120), resets = random.Int(1, 3);
    for (int c = 0; c < cycles + resets; ++c) {
      unit_->clk_i = 0;
      unit_->rst_ni = c > 0 && c < cycles;
      Noise(c);
      unit_->post_valid_i = random.Chance(0.7);
      unit_->par_we_i = 0;
      unit_->res_ready_i = random.Chance(0.5);
      unit_->out_ready_i = random.Chance(0.5);
      PutWord(&unit_->res_data_i, static_cast<uint32_t>(c));
      unit_->eval();
      unit_->clk_i = 1;
      unit_->eval();
    }
  }

  const Stimulus& s_;
  const PostParameters& p_;
  VerilatedContext context_;
  std::unique_ptr<Unit> unit_;
  uint32_t res_word_ = 0;
};

// Address and byte of every output, in order.
std::vector<std::pair<uint32_t, int>> PlainLoop(const Stimulus& s) {
  std::vector<std::pair<uint32_t, int>> bytes;
  std::vector<Write> channels(
      static_cast<size_t>(2 * s.parameters.param_rows * s.parameters.post_lanes));
  for (const Pass& pass : s.passes) {
    auto field = [&](const spec::Field& f) { return model::GetField(pass.words, f); };
    for (const Write& w : pass.writes)
      channels[static_cast<size_t>(w.row * s.parameters.post_lanes + w.lane)] = w;
    const bool single = field(spec::kCfgSingleRounding);
    auto multiply = [&](int32_t x, Multiplier m) {
      return single ? MultiplySingleRounding(x, m) : int64_t{MultiplyDoubleRounding(x, m)};
    };
    for (const Beat& beat : pass.beats) {
      for (int l = 0; l < beat.count; ++l) {
        const Write& w =
            channels[static_cast<size_t>(beat.row * s.parameters.post_lanes + beat.lane + l)];
        int64_t v = multiply(WrapAdd(beat.sums[static_cast<size_t>(l)], w.bias), w.m) +
                    field(spec::kCfgOutZp);
        v = std::min<int64_t>(std::max<int64_t>(v, field(spec::kCfgLo)), field(spec::kCfgHi));
        if (pass.res_en) {
          const uint8_t byte =
              s.ResByte((beat.res_address + static_cast<uint32_t>(l)) & model::kGlbAddressMask);
          const int r = field(spec::kCfgResUnsigned) ? byte : static_cast<int8_t>(byte);
          const int64_t a = multiply(static_cast<int32_t>((v - field(spec::kCfgAddZ1)) * (1 << 20)),
                                     {field(spec::kCfgAddM1), field(spec::kCfgAddE1)});
          const int64_t b = multiply((r - field(spec::kCfgAddZ2)) * (1 << 20),
                                     {field(spec::kCfgAddM2), field(spec::kCfgAddE2)});
          v = multiply(static_cast<int32_t>(a + b),
                       {field(spec::kCfgAddM3), field(spec::kCfgAddE3)}) +
              field(spec::kCfgAddZp);
          v = std::min<int64_t>(std::max<int64_t>(v, field(spec::kCfgAddLo)),
                                field(spec::kCfgAddHi));
        }
        bytes.push_back({(beat.address + static_cast<uint32_t>(l)) & model::kGlbAddressMask,
                         static_cast<int>(v & 255)});
      }
    }
  }
  return bytes;
}

std::vector<std::pair<uint32_t, int>> BytesOf(const Trace& out) {
  std::vector<std::pair<uint32_t, int>> bytes;
  for (const PortEvent& event : out) {
    size_t next = 2;
    for (uint32_t b = 0; b < 32; ++b)
      if (event.values[1] >> b & 1)
        bytes.push_back(
            {static_cast<uint32_t>(event.values[0]) + b, static_cast<int>(event.values[next++])});
  }
  return bytes;
}

struct Totals {
  int64_t cases = 0, events = 0, bytes = 0;
};

template <class Unit>
void RunCases(const PostParameters& parameters, int first, int count, Totals* totals) {
  for (int k = first; k < first + count && !testing::Test::HasFailure(); ++k) {
    const uint64_t seed = static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, parameters);
    const Result twin = RunTwin(s);
    const auto plain = PlainLoop(s);
    for (int init : {k + 1, k + 500000}) {
      const Result rtl = Bench<Unit>(s, init).Run();
      EXPECT_EQ(Difference("accept", seed, twin.accept, rtl.accept), "");
      EXPECT_EQ(Difference("res", seed, twin.res, rtl.res), "");
      EXPECT_EQ(Difference("out", seed, twin.out, rtl.out), "");
      EXPECT_EQ(Difference("done", seed, twin.done, rtl.done), "");
      for (int q = 0; q < 2; ++q) {
        EXPECT_EQ(twin.post[q], rtl.post[q]) << "seed " << seed;
        EXPECT_EQ(twin.add[q], rtl.add[q]) << "seed " << seed;
        EXPECT_EQ(twin.glb_res[q], rtl.glb_res[q]) << "seed " << seed;
        EXPECT_EQ(twin.glb_out[q], rtl.glb_out[q]) << "seed " << seed;
      }
      EXPECT_TRUE(BytesOf(rtl.out) == plain) << "seed " << seed << ": bytes differ from the loop";
      totals->events += static_cast<int64_t>(rtl.accept.size() + rtl.res.size() + rtl.out.size() +
                                             rtl.done.size());
      totals->bytes += static_cast<int64_t>(plain.size());
    }
    ++totals->cases;
  }
}

TEST(Post, Lockstep) {
  Totals t;
  RunCases<Vpost_weft168>({8, 16, 64, false}, 0, 200, &t);
  RunCases<Vpost_ecp5>({4, 16, 64, false}, 1000, 150, &t);
  RunCases<Vpost_odd>({4, 8, 16, false}, 2000, 150, &t);
  RunCases<Vpost_widest>({16, 32, 128, false}, 3000, 100, &t);
  RunCases<Vpost_square>({8, 8, 4, false}, 4000, 100, &t);
  RunCases<Vpost_one>({1, 4, 4, false}, 5000, 100, &t);
  RunCases<Vpost_nano>({1, 4, 32, true}, 6000, 150, &t);
  RunCases<Vpost_serial16>({1, 16, 4, true}, 7000, 100, &t);
  std::printf(
      "post: %lld cases, each for two initial contents, %lld port events and %lld bytes compared\n",
      static_cast<long long>(t.cases), static_cast<long long>(t.events),
      static_cast<long long>(t.bytes));
}

// Full rate: aligned beats without stalls are accepted every cycle, with and without residual.
TEST(Post, BeatEveryCycle) {
  for (bool res_en : {false, true}) {
    Stimulus s;
    s.seed = 1;
    Pass pass;
    pass.cfg = pass.parity = 0;
    pass.res_en = res_en;
    pass.delay = 0;
    for (int l = 0; l < 8; ++l) pass.writes.push_back({0, l, 0, {1 << 30, -8}});
    for (int b = 0; b < 100; ++b)
      pass.beats.push_back({std::vector<int32_t>(8, b), 8, 0, 0, static_cast<uint32_t>(8 * b),
                            static_cast<uint32_t>(8 * b + 1024)});
    s.passes.push_back(pass);
    const Result rtl = Bench<Vpost_weft168>(s, 1).Run();
    ASSERT_EQ(rtl.accept.size(), 100u);
    EXPECT_EQ(rtl.accept.back().cycle - rtl.accept.front().cycle, 99);
    EXPECT_EQ(rtl.done.back().cycle - rtl.accept.back().cycle, res_en ? 15 : 6);
  }
}

}  // namespace
}  // namespace weft::lockstep
