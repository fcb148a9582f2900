// SPDX-License-Identifier: Apache-2.0
// weft_load against model::Load, and both against the loop nest of the command.
#include "model/load.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vload_nano.h"
#include "Vload_odd.h"
#include "Vload_weft168.h"
#include "Vload_wide.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

constexpr uint32_t kMemRange = 20000;

struct Command {
  uint32_t words[8];
  model::Move move;
  int parity;
  Cycle gap;  // cycles after the last command's fire + 1
};

struct Stimulus {
  uint64_t seed;
  model::Load::Config config;
  std::vector<Command> commands;
  StallPattern rq_ready, glb_ready;
  Delay beats;
  int junk_cycles = 0;
  uint32_t mask() const {
    return config.addr_bits == 32 ? 0xffffffffu : (1u << config.addr_bits) - 1;
  }
};

Stimulus MakeStimulus(uint64_t seed, const model::Load::Config& config) {
  Random random(seed);
  Stimulus s;
  s.seed = seed;
  s.config = config;
  const int commands = random.Int(1, 7);
  const Delay gaps = RandomDelay(&random, random.Chance(0.3) ? 200 : 20);
  for (int k = 0; k < commands; ++k) {
    Command c;
    c.move = RandomMove(&random, kMemRange);
    if (random.Chance(0.05)) c.move.mem = static_cast<uint32_t>(random.Next()) & s.mask();  // wraps
    EncodeMove(c.move, c.words);
    c.parity = random.Int(0, 1);
    c.gap = gaps.At(static_cast<uint64_t>(k));
    s.commands.push_back(c);
  }
  s.rq_ready = RandomStall(&random);
  s.glb_ready = RandomStall(&random);
  s.beats = RandomDelay(&random, random.Chance(0.3) ? 100 : 6);
  if (random.Chance(0.5)) s.junk_cycles = random.Int(1, 60);
  return s;
}

// Everything seen at the ports.
struct Ports {
  Trace cmd, rq, rs, glb, done, classes;
  int64_t glb_words[2] = {}, beat_bytes[2] = {};
};

void FillBeat(const Stimulus& s, uint32_t offset, uint8_t* data) {
  for (int j = 0; j < s.config.mem_bytes; ++j)
    data[j] = MemoryByte(s.seed, offset + static_cast<uint32_t>(j));
}

// The twin, asked in order of time.
class TwinRun final : public model::GlbWritePort, public model::MoveListener {
 public:
  explicit TwinRun(const Stimulus& s) : s_(s), glb_(1 << 18), twin_(s.config, this, this) {}

  Ports Run() {
    twin_.Reset(0);
    struct Burst {
      Cycle granted;
      model::MemRequest request;
    };
    std::deque<Burst> open;
    size_t command = 0;
    uint64_t beat_index = 0;
    Cycle accepted = -1;
    int beat = 0;
    bool fire_seen = true;
    for (;;) {
      if (!twin_.has_command() && !fire_seen) {
        ports_.cmd.push_back({twin_.command_fired(), {}});
        fire_seen = true;
      }
      if (!twin_.has_command() && command < s_.commands.size()) {
        const Command& c = s_.commands[command++];
        fire_seen = false;
        twin_.Command(twin_.command_fired() + 1 + c.gap, c.words, c.parity);
        continue;
      }
      // In order of time, as the memory port does it.
      const Cycle offered =
          open.empty() ? kNever
                       : std::max(open.front().granted + 2, accepted + 1) + s_.beats.At(beat_index);
      const Cycle request = twin_.RequestAt();
      if (request != kNever && s_.rq_ready.NextOpen(request) < offered) {
        const Cycle cycle = s_.rq_ready.NextOpen(request);
        const model::MemRequest r = twin_.Request();
        ports_.rq.push_back({cycle, {r.offset, r.beats}});
        open.push_back({cycle, r});
        twin_.Granted(cycle);
        continue;
      }
      if (open.empty()) break;
      const Burst& b = open.front();
      uint8_t data[8];
      FillBeat(s_, b.request.offset + static_cast<uint32_t>(beat * s_.config.mem_bytes), data);
      const bool last = beat == b.request.beats - 1;
      ++beat_index;
      accepted = twin_.Beat(offered, data, last);
      ports_.rs.push_back({accepted, {}});
      beat = last ? 0 : beat + 1;
      if (last) open.pop_front();
    }
    EXPECT_TRUE(twin_.idle());
    for (int p = 0; p < 2; ++p) {
      ports_.glb_words[p] = twin_.glb_words(p);
      ports_.beat_bytes[p] = twin_.beat_bytes(p);
    }
    end_ = std::max<Cycle>(twin_.classes().end(), 0);
    ports_.classes = ExpandClasses(&twin_.classes(), end_);
    return ports_;
  }
  Cycle end() const { return end_; }
  const std::vector<uint8_t>& glb() const { return glb_; }

  Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) override {
    const Cycle cycle = s_.glb_ready.NextOpen(from);
    const uint32_t word = static_cast<uint32_t>(s_.config.glb_bytes);
    const uint32_t pos = address % word;
    std::vector<int64_t> values{address - pos, ((1ll << count) - 1) << pos};
    for (int i = 0; i < count; ++i) {
      values.push_back(bytes[i]);
      glb_[address + static_cast<uint32_t>(i)] = bytes[i];
    }
    ports_.glb.push_back({cycle, values});
    return cycle;
  }
  void Done(Cycle cycle, int) override { ports_.done.push_back({cycle, {}}); }

 private:
  const Stimulus& s_;
  Ports ports_;
  std::vector<uint8_t> glb_;
  model::Load twin_;
  Cycle end_ = 0;
};

template <class V>
Ports RunRtl(const Stimulus& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  auto random_inputs = [&] {
    v->cmd_valid_i = junk.Chance(0.7);
    if (!v->cmd_valid_i || junk.Chance(0.1)) SetBytes(v->cmd_words_i, nullptr, 32, junk.Next());
    v->cmd_parity_i = junk.Int(0, 1);
    v->rq_ready_i = junk.Int(0, 1);
    v->rs_valid_i = junk.Int(0, 1);
    v->glb_ready_i = junk.Int(0, 1);
  };
  if (s.junk_cycles > 0) {  // reset in mid-flight
    random_inputs();
    unit.Reset();
    for (int k = 0; k < s.junk_cycles; ++k) {
      random_inputs();
      unit.Eval();
      unit.Clock();
    }
    random_inputs();
  }
  unit.Reset();

  Ports ports;
  struct Burst {
    Cycle granted;
    uint32_t offset;
    int beats;
  };
  std::deque<Burst> open;
  size_t command = 0;
  Cycle command_from = s.commands[0].gap;
  uint64_t beat_index = 0;
  int beat = 0;
  Cycle accepted = -1;
  bool offering = false;
  Cycle offered = 0;
  const int word = s.config.glb_bytes;
  for (Cycle c = 0; c < cycles; ++c) {
    v->cmd_valid_i = command < s.commands.size() && c >= command_from;
    const Command& now = s.commands[std::min(command, s.commands.size() - 1)];
    SetBytes(v->cmd_words_i, nullptr, 32, static_cast<uint64_t>(c));
    if (v->cmd_valid_i)
      for (int k = 0; k < 8; ++k) SetWord(v->cmd_words_i, k, now.words[k]);
    v->cmd_parity_i = v->cmd_valid_i ? now.parity : junk.Int(0, 1);
    v->rq_ready_i = s.rq_ready.Open(c);
    v->glb_ready_i = s.glb_ready.Open(c);
    if (!offering && !open.empty()) {
      offering = true;
      offered = std::max(open.front().granted + 2, accepted + 1) + s.beats.At(beat_index++);
    }
    v->rs_valid_i = offering && c >= offered;
    uint8_t data[8];
    if (v->rs_valid_i) {
      FillBeat(s, open.front().offset + static_cast<uint32_t>(beat * s.config.mem_bytes), data);
      SetBytes(v->rs_data_i, data, s.config.mem_bytes);
    } else {
      SetBytes(v->rs_data_i, nullptr, s.config.mem_bytes, static_cast<uint64_t>(c));
    }
    unit.Eval();
    if (v->cmd_valid_i && v->cmd_ready_o) {
      ports.cmd.push_back({c, {}});
      if (++command < s.commands.size()) command_from = c + 1 + s.commands[command].gap;
    }
    if (v->rq_valid_o && v->rq_ready_i) {
      ports.rq.push_back({c, {v->rq_addr_o, v->rq_beats_o}});
      open.push_back({c, v->rq_addr_o, v->rq_beats_o});
    }
    if (v->rs_valid_i && v->rs_ready_o) {
      ports.rs.push_back({c, {}});
      accepted = c;
      offering = false;
      if (++beat == open.front().beats) {
        beat = 0;
        open.pop_front();
      }
    }
    if (v->glb_valid_o && v->glb_ready_i) {
      std::vector<int64_t> values{v->glb_addr_o, static_cast<int64_t>(v->glb_be_o)};
      for (int i = 0; i < word; ++i)
        if ((static_cast<uint64_t>(v->glb_be_o) >> i) & 1)
          values.push_back(GetByte(v->glb_data_o, i));
      ports.glb.push_back({c, values});
      EXPECT_EQ(v->ev_glb_o, 1);
    } else {
      EXPECT_EQ(v->ev_glb_o, 0);
    }
    if (v->ev_glb_o) ++ports.glb_words[v->ev_par_o];
    ports.beat_bytes[v->ev_par_o] += v->ev_bytes_o;
    if (v->done_o) ports.done.push_back({c, {}});
    ports.classes.push_back({c, {v->class_o}});
    unit.Clock();
  }
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const model::Load::Config& config, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, config);
    TwinRun run(s);
    Ports twin = run.Run();
    std::vector<uint8_t> plain(1 << 18);
    int64_t bytes = 0;
    for (const Command& c : s.commands)
      PlainMove(c.move, s.mask(), [&](uint32_t mem, uint32_t glb) {
        plain[glb] = MemoryByte(seed, mem);
        ++bytes;
      });
    ASSERT_TRUE(plain == run.glb()) << "seed " << seed;
    ASSERT_EQ(twin.done.size(), s.commands.size());
    const Cycle cycles = run.end() + 40;
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, cycles, 2 * seed + static_cast<uint64_t>(init));
      Trace twin_classes = twin.classes;
      for (Cycle c = run.end(); c < cycles; ++c) twin_classes.push_back({c, {spec::kClassIdle}});
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"cmd", twin.cmd, rtl.cmd},    {"rq", twin.rq, rtl.rq},
                      {"rs", twin.rs, rtl.rs},       {"glb", twin.glb, rtl.glb},
                      {"done", twin.done, rtl.done}, {"class", twin_classes, rtl.classes}};
      for (const auto& port : compared) {
        const std::string difference = Difference(port.name, seed, port.a, port.b);
        ASSERT_EQ(difference, "");
        events_compared += port.a.size();
      }
      for (int p = 0; p < 2; ++p) {
        ASSERT_EQ(twin.glb_words[p], rtl.glb_words[p]) << "seed " << seed;
        ASSERT_EQ(twin.beat_bytes[p], rtl.beat_bytes[p]) << "seed " << seed;
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(LoadLockstep, Weft168) { RunCases<Vload_weft168>({16, 8, 128, 8, 32}, 400, 1000); }
TEST(LoadLockstep, Odd) { RunCases<Vload_odd>({8, 8, 128, 3, 32}, 250, 2000); }
TEST(LoadLockstep, Nano) { RunCases<Vload_nano>({4, 4, 32, 1, 24}, 250, 3000); }
TEST(LoadLockstep, Wide) { RunCases<Vload_wide>({32, 4, 8, 2, 32}, 200, 4000); }

// A long aligned run moves a beat a cycle; runs of 12 bytes do not cost a memory latency each.
TEST(LoadLockstep, Throughput) {
  Stimulus s;
  s.seed = 1;
  auto measure = [&](const model::Move& move) {
    Command c{};
    c.move = move;
    EncodeMove(move, c.words);
    s.commands = {c};
    s.beats = {};
    TwinRun run(s);
    const Ports ports = run.Run();
    return ports.rs.back().cycle - ports.rs.front().cycle + 1;
  };
  model::Move run;
  run.run = 16384;
  run.n1 = run.n2 = 1;
  EXPECT_EQ(measure(run), 16384 / 8);
  model::Move runs;
  runs.run = 12;
  runs.n1 = 100;
  runs.n2 = 1;
  runs.mem_stride1 = 64;
  runs.glb_stride1 = 16;
  EXPECT_EQ(measure(runs), 2 * 100);
}

}  // namespace
}  // namespace weft::lockstep
