// SPDX-License-Identifier: Apache-2.0
// weft_collector against model/collector.h at its ports, cycle and value, and its class in every
// cycle, under random stalls of the gather buffers, both GLB ports and post; after a reset in
// mid-flight, for two seeds of random initial registers and memories. Sums in memory and sums
// handed to post are also those of the plain loop nest.
#include "model/collector.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "Vcollector_ecp5.h"
#include "Vcollector_nano.h"
#include "Vcollector_odd.h"
#include "Vcollector_one.h"
#include "Vcollector_square.h"
#include "Vcollector_weft168.h"
#include "Vcollector_widest.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

using model::CollectorParameters;
using model::PostBeat;

constexpr uint32_t kGlbSize = 1u << 18;

struct Row {
  int unit;
  Cycle visible;  // from the start of the case
  std::vector<int32_t> sums;
};

struct Pass {
  uint32_t words[spec::kPassOperandWords] = {};
  std::vector<uint32_t> table;  // unit words of its pattern, written before the pass is valid
  Cycle delay = 0;              // from the last table write to valid
  Cycle linger = 0;             // of valid after the cycle of pass_done, with its old phase
  std::vector<Row> rows;
  int Get(const spec::Field& f) const { return model::GetField(words, f); }
};

struct Stimulus {
  uint64_t seed;
  CollectorParameters parameters;
  bool maximum;
  std::vector<Pass> passes;
  StallPattern psr, psw, post;
  std::vector<Cycle> post_delay;  // of post_done, from the end beat, per pass

  int32_t InitialSum(uint32_t word) const {
    const uint64_t any = Mix(seed, word);
    return static_cast<int32_t>(maximum ? any & 255 : any);
  }
};

Stimulus MakeStimulus(uint64_t seed, const CollectorParameters& p) {
  Random random(seed);
  Stimulus s;
  s.seed = seed;
  s.parameters = p;
  s.maximum = random.Chance(0.25);
  s.psr = {random.Next(), AnyStall(&random)};
  s.psw = {random.Next(), AnyStall(&random)};
  s.post = {random.Next(), AnyStall(&random)};
  const int gap = random.Chance(0.4) ? 0 : random.Int(1, 12);
  const int passes = random.Int(1, 5);
  Cycle visible = 0;
  for (int k = 0; k < passes; ++k) {
    Pass pass;
    const int units = random.Chance(0.1) ? p.max_units : random.Int(1, std::min(p.max_units, 5));
    const int steps = random.Chance(0.05) ? 40 : random.Int(1, 5);
    int sums = random.Chance(0.2) ? p.post_lanes : random.Int(1, 40);
    if (random.Chance(0.05)) sums = 127;
    while (sums > 1 && sums * units * steps > 1500) sums /= 2;
    auto set = [&](const spec::Field& f, int64_t value) { PutField(pass.words, f, value); };
    for (uint32_t& word : pass.words) word = static_cast<uint32_t>(random.Next());
    set(spec::kPassPattern, k % p.patterns);
    set(spec::kPassMax, s.maximum);
    set(spec::kPassUnits, units);
    set(spec::kPassSteps, steps);
    set(spec::kPassP, sums);
    set(spec::kPassLast, random.Chance(0.4));
    // Most passes work on one region of stored sums.
    if (random.Chance(0.8)) set(spec::kPassPsumBase, random.Chance(0.9) ? 4096 : kGlbSize - 64);
    for (int u = 0; u < units; ++u) {
      uint32_t word = static_cast<uint32_t>(random.Next());
      PutField(&word, spec::kMapUnitUnit, random.Int(0, p.max_units - 1));
      pass.table.push_back(word);
    }
    pass.delay = random.Chance(0.6) ? 0 : random.Int(1, 40);
    pass.linger = random.Chance(0.6) ? 0 : random.Int(1, 20);
    for (int n = 0; n < steps; ++n) {
      for (int u = 0; u < units; ++u) {
        for (int first = 0; first < sums; first += p.post_lanes) {
          Row row;
          row.unit = model::GetField(&pass.table[static_cast<size_t>(u)], spec::kMapUnitUnit);
          visible += gap == 0 ? 0 : random.Int(0, gap);
          row.visible = visible;
          for (int i = first; i < std::min(sums, first + p.post_lanes); ++i)
            row.sums.push_back(s.maximum ? random.Int(0, 255) : EdgyInt(&random));
          pass.rows.push_back(row);
        }
      }
    }
    s.post_delay.push_back(random.Int(1, 20));
    s.passes.push_back(pass);
  }
  return s;
}

struct Result {
  Trace pops, psr, psw, post, done;
  std::vector<uint8_t> classes;
  uint64_t glb_psr[2] = {}, glb_psw[2] = {};
  std::vector<int32_t> memory;  // the GLB as words of a sum

  explicit Result(const Stimulus& s) {
    for (uint32_t w = 0; w < kGlbSize / 4; ++w) memory.push_back(s.InitialSum(w));
  }
};

struct TwinPorts {
  const Stimulus& s;
  Result* result;
  size_t pass = 0;
  Cycle end = 0;

  Cycle PsrFire(Cycle from, uint32_t address, int count, int32_t* sums) {
    const Cycle at = s.psr.NextOpen(from);
    result->psr.push_back({at, {address}});
    for (int i = 0; i < count; ++i)
      sums[i] = result->memory[address / 4 + static_cast<uint32_t>(i)];
    return at;
  }
  Cycle PswFire(Cycle from, uint32_t address, int count, const int32_t* sums) {
    const Cycle at = s.psw.NextOpen(from);
    PortEvent event{at, {address, (int64_t{1} << (4 * count)) - 1}};
    for (int i = 0; i < count; ++i) {
      event.values.push_back(sums[i]);
      result->memory[address / 4 + static_cast<uint32_t>(i)] = sums[i];
    }
    result->psw.push_back(event);
    return at;
  }
  Cycle PostFire(Cycle from, const PostBeat& beat) {
    const Cycle at = s.post.NextOpen(from);
    PortEvent event{at,
                    {beat.count, beat.lane, beat.row, beat.address, beat.res_en, beat.res_address,
                     beat.cfg, beat.parity, beat.end}};
    event.values.insert(event.values.end(), beat.sums, beat.sums + beat.count);
    result->post.push_back(event);
    if (beat.end) end = at;
    return at;
  }
  Cycle PostDone() const { return end + s.post_delay[pass]; }
  void Class(int, int cls, Cycle from, Cycle to) {
    EXPECT_EQ(static_cast<Cycle>(result->classes.size()), std::min(from, to)) << "seed " << s.seed;
    if (to > from) result->classes.resize(static_cast<size_t>(to), static_cast<uint8_t>(cls));
  }
};

// Pass k is valid `delay` cycles after its table was written, one word a cycle from the cycle
// after pass k-2 was no longer valid.
Result RunTwin(const Stimulus& s) {
  Result result(s);
  TwinPorts ports{s, &result};
  model::Collector<TwinPorts> collector(s.parameters, &ports);
  Cycle left[2] = {0, 0}, written = 0;
  for (size_t k = 0; k < s.passes.size(); ++k) {
    const Pass& pass = s.passes[k];
    ports.pass = k;
    for (size_t i = 0; i < pass.table.size(); ++i)
      collector.Map(model::GetField(pass.words, spec::kPassPattern), static_cast<int>(i), pass.table[i]);
    const Cycle from = std::max(left[k % 2], written);
    const Cycle valid = from + static_cast<Cycle>(pass.table.size()) + pass.delay;
    written = valid;
    collector.Start(pass.words, valid);
    for (const Row& row : pass.rows) {
      EXPECT_FALSE(collector.done());
      EXPECT_EQ(collector.unit(), row.unit);
      EXPECT_EQ(collector.row_sums(), static_cast<int>(row.sums.size()));
      result.pops.push_back({collector.Row(row.visible, row.sums.data()), {row.unit}});
    }
    EXPECT_TRUE(collector.done());
    const Cycle done = collector.Done();
    left[k % 2] = done + 1 + pass.linger;
    result.done.push_back({done, {static_cast<int64_t>(k % 2)}});
  }
  for (int q = 0; q < 2; ++q) {
    result.glb_psr[q] = collector.events().glb_psr[q];
    result.glb_psw[q] = collector.events().glb_psw[q];
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
    Result result(s_);
    const size_t passes = s_.passes.size();
    size_t filled = 0, finished = 0,
           table_word = 0;  // passes valid so far, done, and the table's next
    size_t row_pass = 0, row = 0;
    Cycle end = kNever, leaves[2] = {0, 0};
    bool valid[2] = {false, false};
    for (Cycle c = 0; finished < passes && c < 1000000; ++c) {
      unit_->clk_i = 0;
      unit_->rst_ni = 1;
      Noise(c);
      // The sequencer
      for (size_t slot = 0; slot < 2; ++slot) valid[slot] = valid[slot] && c != leaves[slot];
      auto write_table = [&] {
        if (filled == passes || valid[filled % 2] || table_word == s_.passes[filled].table.size())
          return;
        unit_->map_we_i = true;
        unit_->map_kind_i = 2;
        unit_->map_pattern_i = static_cast<uint8_t>(model::GetField(s_.passes[filled].words, spec::kPassPattern));
        unit_->map_index_i = static_cast<uint16_t>(table_word);
        unit_->map_data_i = s_.passes[filled].table[table_word++];
        valid_at_ = c + 1 + s_.passes[filled].delay;
      };
      unit_->map_we_i = false;
      write_table();
      if (filled < passes && table_word == s_.passes[filled].table.size() && c >= valid_at_) {
        valid[filled % 2] = true;
        for (int i = 0; i < spec::kPassOperandWords; ++i)
          slot_words_[filled % 2][i] = s_.passes[filled].words[i];
        ++filled;
        table_word = 0;
        write_table();  // the next table begins in the cycle in which this pass is valid
      }
      if (!unit_->map_we_i && Mix(s_.seed, static_cast<uint64_t>(c)) % 4 == 0) {
        unit_->map_we_i = true;  // tables of others
        unit_->map_kind_i = Mix(s_.seed, static_cast<uint64_t>(c)) / 4 % 2;
      }
      unsigned valid_bits = 0, phase_bits = 0;
      for (size_t slot = 0; slot < 2; ++slot) {
        if (!valid[slot]) continue;
        const size_t number = filled - 1 - (filled - 1 - slot) % 2;  // of the pass in the slot
        valid_bits |= 1u << slot;
        phase_bits |= static_cast<unsigned>(number / 2 % 2) << slot;
        for (int i = 0; i < spec::kPassOperandWords; ++i)
          PutBits(&unit_->pass_i, static_cast<int>(slot) * spec::kPassBits + 32 * i, 32,
                  slot_words_[slot][i]);
      }
      unit_->pass_valid_i = static_cast<uint8_t>(valid_bits);
      unit_->pass_phase_i = static_cast<uint8_t>(phase_bits | (unit_->pass_phase_i & ~valid_bits));
      unit_->psr_ready_i = s_.psr.Open(c);
      unit_->psw_ready_i = s_.psw.Open(c);
      unit_->post_ready_i = s_.post.Open(c);
      unit_->post_done_i = c == end;
      PutWord(&unit_->psr_data_i);
      unit_->row_valid_i = 0;
      unit_->eval();
      // The gather buffer that the unit selects
      const Row* next = row_pass < passes ? &s_.passes[row_pass].rows[row] : nullptr;
      if (next != nullptr && unit_->unit_o == next->unit && c >= next->visible) {
        unit_->row_valid_i = 1;
        for (size_t i = 0; i < next->sums.size(); ++i)
          PutBits(&unit_->row_data_i, static_cast<int>(32 * i), 32,
                  static_cast<uint32_t>(next->sums[i]));
      }
      unit_->eval();

      result.classes.push_back(unit_->class_o);
      if (unit_->row_pop_o) result.pops.push_back({c, {unit_->unit_o}});
      const bool popped = unit_->row_pop_o;
      const bool psr_fire = unit_->psr_valid_o && unit_->psr_ready_i;
      const uint32_t psr_address = unit_->psr_addr_o;
      if (psr_fire) result.psr.push_back({c, {psr_address}});
      if (unit_->psw_valid_o && unit_->psw_ready_i) {
        PortEvent event{c, {unit_->psw_addr_o, static_cast<int64_t>(unit_->psw_be_o)}};
        for (int i = 0; i < p_.glb_bytes / 4; ++i) {
          if ((static_cast<uint64_t>(unit_->psw_be_o) >> 4 * i & 15) != 15) continue;
          const int32_t sum = static_cast<int32_t>(TakeBits(unit_->psw_data_o, 32 * i, 32));
          event.values.push_back(sum);
          result.memory[unit_->psw_addr_o / 4 + static_cast<uint32_t>(i)] = sum;
        }
        result.psw.push_back(event);
      }
      if (unit_->post_valid_o && unit_->post_ready_i) {
        PortEvent event{c,
                        {unit_->post_count_o, unit_->post_lane_o, unit_->post_row_o,
                         unit_->post_addr_o, unit_->post_res_en_o, unit_->post_res_addr_o,
                         unit_->post_cfg_o, unit_->post_parity_o, unit_->post_end_o}};
        for (int i = 0; i < unit_->post_count_o; ++i)
          event.values.push_back(static_cast<int32_t>(TakeBits(unit_->post_data_o, 32 * i, 32)));
        result.post.push_back(event);
        if (unit_->post_end_o) end = c + s_.post_delay[finished];
      }
      result.glb_psr[unit_->ev_par_o] += unit_->ev_glb_psr_o;
      result.glb_psw[unit_->ev_par_o] += unit_->ev_glb_psw_o;
      const bool done = unit_->pass_done_o;
      const int slot = unit_->pass_done_slot_o;
      if (done) result.done.push_back({c, {slot}});
      unit_->clk_i = 1;
      unit_->eval();
      if (psr_fire) {
        for (int i = 0; i < p_.glb_bytes / 4; ++i)
          psr_word_[i] = result.memory[psr_address / 4 + static_cast<uint32_t>(i)];
      }
      if (popped && ++row == s_.passes[row_pass].rows.size()) {
        row = 0;
        ++row_pass;
      }
      if (done) {
        leaves[slot] = c + 1 + s_.passes[finished].linger;
        ++finished;
      }
    }
    return result;
  }

 private:
  // Random values on all inputs that the protocol leaves open.
  void Noise(Cycle c) {
    Random random(Mix(s_.seed, static_cast<uint64_t>(c) + 77));
    for (int i = 0; i < 2 * spec::kPassOperandWords; ++i)
      PutBits(&unit_->pass_i, 32 * i, 32, random.Next());
    for (int i = 0; i < p_.post_lanes; ++i) PutBits(&unit_->row_data_i, 32 * i, 32, random.Next());
    unit_->pass_phase_i = random.Next() & 3;
    unit_->map_pattern_i = random.Next() & 3;
    unit_->map_index_i = random.Next() & 511;
    unit_->map_data_i = static_cast<uint32_t>(random.Next());
  }

  template <class Port>
  void PutWord(Port* port) {
    for (int i = 0; i < p_.glb_bytes / 4; ++i)
      PutBits(port, 32 * i, 32, static_cast<uint32_t>(psr_word_[i]));
  }

  // Some cycles of anything, then a reset in whatever is under way.
  void Garbage() {
    Random random(Mix(s_.seed, 99));
    const int cycles = random.Int(0, 120), resets = random.Int(1, 3);
    for (int c = 0; c < cycles + resets; ++c) {
      unit_->clk_i = 0;
      unit_->rst_ni = c > 0 && c < cycles;
      Noise(c % 16 == 0 ? c : c - c % 16);  // the same pass for a while
      unit_->pass_valid_i = 3;
      unit_->pass_phase_i = c / 32 % 2 ? 3 : 0;
      unit_->map_we_i = 0;
      unit_->row_valid_i = random.Chance(0.7);
      unit_->psr_ready_i = random.Chance(0.5);
      unit_->psw_ready_i = random.Chance(0.5);
      unit_->post_ready_i = random.Chance(0.5);
      unit_->post_done_i = random.Chance(0.2);
      unit_->eval();
      unit_->clk_i = 1;
      unit_->eval();
    }
  }

  const Stimulus& s_;
  const CollectorParameters& p_;
  VerilatedContext context_;
  std::unique_ptr<Unit> unit_;
  Cycle valid_at_ = 0;
  uint32_t slot_words_[2][spec::kPassOperandWords] = {};
  int32_t psr_word_[8] = {};
};

struct Output {
  uint32_t address;
  int channel;  // row * lanes + lane of its parameters
  int32_t sum;
  bool operator==(const Output& o) const {
    return address == o.address && channel == o.channel && sum == o.sum;
  }
};

// What the passes leave in memory, and every sum handed to post.
std::vector<Output> PlainLoop(const Stimulus& s, std::vector<int32_t>* memory) {
  const CollectorParameters& p = s.parameters;
  std::vector<Output> outputs;
  for (uint32_t w = 0; w < kGlbSize / 4; ++w) memory->push_back(s.InitialSum(w));
  for (const Pass& pass : s.passes) {
    const int count = pass.Get(spec::kPassP);
    const uint32_t mask = kGlbSize - 1;
    uint32_t address = static_cast<uint32_t>(pass.Get(spec::kPassPsumBase)) &
                       ~static_cast<uint32_t>(p.glb_bytes - 1);
    size_t row = 0;
    for (int n = 0; n < pass.Get(spec::kPassSteps); ++n) {
      for (uint32_t entry : pass.table) {
        for (int f = 0; f < count; ++f) {
          int32_t sum = pass.rows[row].sums[static_cast<size_t>(f % p.post_lanes)];
          int32_t& stored = (*memory)[(address + 4 * static_cast<uint32_t>(f % p.chunk())) / 4];
          if (pass.Get(spec::kPassAccIn))
            sum = s.maximum ? std::max(sum, stored) : WrapAdd(sum, stored);
          if (pass.Get(spec::kPassLast)) {
            const uint32_t out =
                static_cast<uint32_t>(pass.Get(spec::kPassOutBase)) +
                static_cast<uint32_t>(n) * static_cast<uint32_t>(pass.Get(spec::kPassOutStride)) +
                static_cast<uint32_t>(model::GetField(&entry, spec::kMapUnitOffset)) +
                static_cast<uint32_t>(f);
            const int param_row =
                (model::GetField(&entry, spec::kMapUnitParamRow) + f / p.post_lanes) % p.param_rows;
            outputs.push_back(
                {out & mask,
                 (pass.Get(spec::kPassHalf) * p.param_rows + param_row) * p.post_lanes +
                     f % p.post_lanes,
                 sum});
          } else {
            stored = sum;
          }
          if (f % p.chunk() == p.chunk() - 1 || f == count - 1)
            address = (address + static_cast<uint32_t>(p.glb_bytes)) & mask;
          if (f % p.post_lanes == p.post_lanes - 1 || f == count - 1) ++row;
        }
      }
    }
  }
  return outputs;
}

std::vector<Output> OutputsOf(const Trace& post, int lanes) {
  std::vector<Output> outputs;
  for (const PortEvent& e : post)
    for (int i = 0; i < e.values[0]; ++i)
      outputs.push_back({static_cast<uint32_t>(e.values[3] + i) & (kGlbSize - 1),
                         static_cast<int>(e.values[2]) * lanes + static_cast<int>(e.values[1]) + i,
                         static_cast<int32_t>(e.values[static_cast<size_t>(9 + i)])});
  return outputs;
}

struct Totals {
  int64_t cases = 0, events = 0, cycles = 0;
};

template <class Unit>
void RunCases(const CollectorParameters& parameters, int first, int count, Totals* totals) {
  for (int k = first; k < first + count && !testing::Test::HasFailure(); ++k) {
    const uint64_t seed = static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, parameters);
    const Result twin = RunTwin(s);
    std::vector<int32_t> memory;
    const std::vector<Output> outputs = PlainLoop(s, &memory);
    for (int init : {k + 1, k + 500000}) {
      const Result rtl = Bench<Unit>(s, init).Run();
      EXPECT_EQ(Difference("pop", seed, twin.pops, rtl.pops), "");
      EXPECT_EQ(Difference("psr", seed, twin.psr, rtl.psr), "");
      EXPECT_EQ(Difference("psw", seed, twin.psw, rtl.psw), "");
      EXPECT_EQ(Difference("post", seed, twin.post, rtl.post), "");
      EXPECT_EQ(Difference("done", seed, twin.done, rtl.done), "");
      EXPECT_TRUE(twin.classes == rtl.classes) << "seed " << seed << ": classes differ";
      for (int q = 0; q < 2; ++q) {
        EXPECT_EQ(twin.glb_psr[q], rtl.glb_psr[q]) << "seed " << seed;
        EXPECT_EQ(twin.glb_psw[q], rtl.glb_psw[q]) << "seed " << seed;
      }
      EXPECT_TRUE(rtl.memory == memory)
          << "seed " << seed << ": stored sums differ from the loop nest";
      EXPECT_TRUE(OutputsOf(rtl.post, parameters.post_lanes) == outputs)
          << "seed " << seed << ": sums for post differ from the loop nest";
      totals->events += static_cast<int64_t>(rtl.pops.size() + rtl.psr.size() + rtl.psw.size() +
                                             rtl.post.size() + rtl.done.size());
      totals->cycles += static_cast<int64_t>(rtl.classes.size());
    }
    ++totals->cases;
  }
}

TEST(Collector, Lockstep) {
  Totals t;
  RunCases<Vcollector_weft168>({8, 16, 56, 64}, 0, 200, &t);
  RunCases<Vcollector_ecp5>({4, 16, 8, 64, 2}, 1000, 150, &t);
  RunCases<Vcollector_odd>({4, 8, 14, 16, 2}, 2000, 150, &t);
  RunCases<Vcollector_widest>({16, 32, 64, 128}, 3000, 100, &t);
  RunCases<Vcollector_square>({8, 8, 3, 4}, 4000, 150, &t);
  RunCases<Vcollector_one>({1, 16, 5, 4}, 5000, 100, &t);
  RunCases<Vcollector_nano>({1, 4, 1, 32, 2}, 6000, 150, &t);
  std::printf(
      "collector: %lld cases, each for two initial contents, %lld port events and %lld cycles' "
      "classes compared\n",
      static_cast<long long>(t.cases), static_cast<long long>(t.events),
      static_cast<long long>(t.cycles));
}

// Full rate: a chunk every cycle through the stored sums, a row every cycle to post.
TEST(Collector, BeatEveryCycle) {
  for (bool last : {false, true}) {
    Stimulus s{};
    s.seed = 1;
    s.parameters = {8, 16, 56, 64};
    Pass pass;
    for (const spec::Field& f : {spec::kPassUnits, spec::kPassSteps}) PutField(pass.words, f, 5);
    PutField(pass.words, spec::kPassP, 16);
    PutField(pass.words, spec::kPassAccIn, !last);
    PutField(pass.words, spec::kPassLast, last);
    pass.table.assign(5, 0);
    pass.rows.assign(5 * 5 * 2, Row{0, 0, std::vector<int32_t>(8, 1)});
    s.passes.push_back(pass);
    s.post_delay.push_back(1);
    const Result rtl = Bench<Vcollector_weft168>(s, 1).Run();
    const Trace& beats = last ? rtl.post : rtl.psw;
    ASSERT_EQ(beats.size(), last ? 50u : 100u);
    const Cycle valid = 5;  // after the table
    EXPECT_EQ(beats.front().cycle, valid + (last ? 2 : 4));
    EXPECT_EQ(beats.back().cycle - beats.front().cycle, static_cast<Cycle>(beats.size()) - 1);
  }
}

}  // namespace
}  // namespace weft::lockstep
