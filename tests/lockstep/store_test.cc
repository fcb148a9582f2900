// SPDX-License-Identifier: Apache-2.0
// weft_store against model::Store, and both against the loop nest of the command.
#include "model/store.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <map>

#include "Vstore_nano.h"
#include "Vstore_odd.h"
#include "Vstore_weft168.h"
#include "Vstore_wide.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

constexpr uint32_t kMemRange = 20000;

struct Command {
  int opcode;
  uint32_t words[8];
  model::Move move;
  uint32_t record_mem;
  int parity;
  Cycle gap;  // cycles after the last command's fire + 1
};

struct Stimulus {
  uint64_t seed;
  model::Store::Config config;
  std::vector<Command> commands;
  StallPattern wq_ready, wd_ready, glb_ready;
  Delay answers;
  int junk_cycles = 0;
  uint32_t mask() const {
    return config.addr_bits == 32 ? 0xffffffffu : (1u << config.addr_bits) - 1;
  }
  // The n-th layer's record.
  uint64_t RecordWord(int layer, int index) const {
    return Mix(seed + static_cast<uint64_t>(layer), static_cast<uint64_t>(index));
  }
  uint8_t GlbByte(uint32_t address) const { return MemoryByte(seed, address); }
};

Stimulus MakeStimulus(uint64_t seed, const model::Store::Config& config) {
  Random random(seed);
  Stimulus s;
  s.seed = seed;
  s.config = config;
  const int commands = random.Int(1, 7);
  const Delay gaps = RandomDelay(&random, random.Chance(0.3) ? 200 : 20);
  for (int k = 0; k < commands; ++k) {
    Command c{};
    c.opcode = random.Chance(0.25) ? spec::kOpEndLayer : spec::kOpStore;
    c.move = RandomMove(&random, kMemRange);
    EncodeMove(c.move, c.words);
    if (c.opcode == spec::kOpEndLayer) {
      c.record_mem = static_cast<uint32_t>(random.Int(0, 200)) * 64;
      c.words[0] = static_cast<uint32_t>(random.Next());
      c.words[1] = c.record_mem;
    }
    c.parity = random.Int(0, 1);
    c.gap = gaps.At(static_cast<uint64_t>(k));
    s.commands.push_back(c);
  }
  s.wq_ready = RandomStall(&random);
  s.wd_ready = RandomStall(&random);
  s.glb_ready = RandomStall(&random);
  s.answers = RandomDelay(&random, random.Chance(0.3) ? 100 : 6);
  if (random.Chance(0.5)) s.junk_cycles = random.Int(1, 60);
  return s;
}

struct Ports {
  Trace cmd, wq, wd, glb, done, layer_end, rec_done, classes;
  int64_t glb_words[2] = {}, store_bytes[2] = {}, record_bytes[2] = {};
};

// Values of a beat: strobes, then the bytes under them.
std::vector<int64_t> BeatValues(uint64_t strobe, const uint8_t* data) {
  std::vector<int64_t> values{static_cast<int64_t>(strobe)};
  for (int j = 0; j < 8; ++j)
    if ((strobe >> j) & 1) values.push_back(data[j]);
  return values;
}

class TwinRun final : public model::GlbReadPort, public model::MoveListener {
 public:
  explicit TwinRun(const Stimulus& s) : s_(s), twin_(s.config, this, this) {}

  Ports Run() {
    twin_.Reset(0);
    struct Burst {
      Cycle granted;
      model::MemRequest request;
    };
    std::deque<Burst> sending;
    std::deque<Cycle> answers;  // earliest times
    size_t command = 0;
    uint64_t answer_index = 0;
    Cycle accepted = -1, answered = -1;
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
        twin_.Command(twin_.command_fired() + 1 + c.gap, c.opcode, c.words, c.parity);
        continue;
      }
      // In order of time, as the memory port does it.
      const Cycle data = sending.empty() || twin_.DataAt() == kNever
                             ? kNever
                             : s_.wd_ready.NextOpen(std::max(twin_.DataAt(), accepted + 1));
      const Cycle answer = answers.empty() ? kNever : std::max(answers.front(), answered + 1);
      const Cycle request =
          twin_.RequestAt() == kNever ? kNever : s_.wq_ready.NextOpen(twin_.RequestAt());
      if (data == kNever && answer == kNever && request == kNever) break;
      if (data <= answer && data <= request) {
        uint64_t strobe = 0;
        const uint8_t* bytes = twin_.Data(&strobe);
        ports_.wd.push_back({data, BeatValues(strobe, bytes)});
        const model::MemRequest r = sending.front().request;
        for (int j = 0; j < s_.config.mem_bytes; ++j)
          if ((strobe >> j) & 1)
            memory_[(r.offset + static_cast<uint32_t>(beat * s_.config.mem_bytes + j))] = bytes[j];
        accepted = data;
        twin_.Taken(data);
        if (++beat == r.beats) {
          beat = 0;
          sending.pop_front();
          answers.push_back(accepted + 1 + s_.answers.At(answer_index++));
        }
      } else if (answer <= request) {
        answered = answer;
        answers.pop_front();
        twin_.Answered(answer);
      } else {
        const model::MemRequest r = twin_.Request();
        ports_.wq.push_back({request, {r.offset, r.beats}});
        sending.push_back({request, r});
        twin_.Granted(request);
      }
    }
    EXPECT_TRUE(twin_.idle());
    for (int p = 0; p < 2; ++p) {
      ports_.glb_words[p] = twin_.glb_words(p);
      ports_.store_bytes[p] = twin_.store_bytes(p);
      ports_.record_bytes[p] = twin_.record_bytes(p);
    }
    end_ = std::max<Cycle>(twin_.classes().end(), 0);
    ports_.classes = ExpandClasses(&twin_.classes(), end_);
    return ports_;
  }
  Cycle end() const { return end_; }
  const std::map<uint32_t, uint8_t>& memory() const { return memory_; }

  Cycle Read(Cycle from, uint32_t address, const uint8_t** word) override {
    const Cycle cycle = s_.glb_ready.NextOpen(from);
    ports_.glb.push_back({cycle, {address}});
    for (int i = 0; i < s_.config.glb_bytes; ++i)
      word_[i] = s_.GlbByte(address + static_cast<uint32_t>(i));
    *word = word_;
    return cycle;
  }
  void Done(Cycle cycle, int) override { ports_.done.push_back({cycle, {}}); }
  void LayerEnd(Cycle cycle, int parity) override {
    ++layer_;
    record_parity_ = parity;
    ports_.layer_end.push_back({cycle, {}});
  }
  uint64_t RecordWord(Cycle, int index) override { return s_.RecordWord(layer_, index); }
  void RecordDone(Cycle cycle) override { ports_.rec_done.push_back({cycle, {record_parity_}}); }

 private:
  const Stimulus& s_;
  Ports ports_;
  std::map<uint32_t, uint8_t> memory_;
  uint8_t word_[32];
  int layer_ = 0, record_parity_ = 0;
  model::Store twin_;
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
    v->cmd_opcode_i = junk.Chance(0.3) ? spec::kOpEndLayer : spec::kOpStore;
    v->cmd_parity_i = junk.Int(0, 1);
    v->wq_ready_i = junk.Int(0, 1);
    v->wd_ready_i = junk.Int(0, 1);
    v->wb_i = junk.Int(0, 1);
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
  std::deque<int> sending;  // beats
  std::deque<Cycle> answers;
  size_t command = 0;
  Cycle command_from = s.commands[0].gap;
  uint64_t answer_index = 0;
  int beat = 0, layer = 0, index_before = -1;
  Cycle answered = -1;
  SetBytes(v->glb_data_i, nullptr, s.config.glb_bytes, init_seed);
  for (Cycle c = 0; c < cycles; ++c) {
    v->cmd_valid_i = command < s.commands.size() && c >= command_from;
    const Command& now = s.commands[std::min(command, s.commands.size() - 1)];
    SetBytes(v->cmd_words_i, nullptr, 32, static_cast<uint64_t>(c));
    if (v->cmd_valid_i)
      for (int k = 0; k < 8; ++k) SetWord(v->cmd_words_i, k, now.words[k]);
    v->cmd_opcode_i = v->cmd_valid_i ? now.opcode : junk.Int(0, 127);
    v->cmd_parity_i = v->cmd_valid_i ? now.parity : junk.Int(0, 1);
    v->wq_ready_i = s.wq_ready.Open(c);
    v->wd_ready_i = s.wd_ready.Open(c);
    v->glb_ready_i = s.glb_ready.Open(c);
    v->wb_i = !answers.empty() && c >= std::max(answers.front(), answered + 1);
    // The record shows the word of the index of the cycle before.
    v->rec_data_i = index_before < 0 ? Mix(init_seed, static_cast<uint64_t>(c))
                                     : s.RecordWord(layer, index_before);
    unit.Eval();
    index_before = v->rec_index_o;
    if (v->cmd_valid_i && v->cmd_ready_o) {
      ports.cmd.push_back({c, {}});
      if (++command < s.commands.size()) command_from = c + 1 + s.commands[command].gap;
    }
    if (v->wb_i) {
      answered = c;
      answers.pop_front();
    }
    if (v->wd_valid_o && v->wd_ready_i) {
      EXPECT_FALSE(sending.empty()) << "data before its request";
      if (sending.empty()) return ports;
      uint8_t data[8] = {};
      for (int j = 0; j < s.config.mem_bytes; ++j) data[j] = GetByte(v->wd_data_o, j);
      ports.wd.push_back({c, BeatValues(v->wd_strb_o, data)});
      if (++beat == sending.front()) {
        beat = 0;
        sending.pop_front();
        answers.push_back(c + 1 + s.answers.At(answer_index++));
      }
    }
    if (v->wq_valid_o && v->wq_ready_i) {
      ports.wq.push_back({c, {v->wq_addr_o, v->wq_beats_o}});
      sending.push_back(v->wq_beats_o);
    }
    if (v->layer_end_o) {
      ++layer;
      ports.layer_end.push_back({c, {}});
    }
    if (v->rec_done_o) ports.rec_done.push_back({c, {v->rec_parity_o}});
    if (v->done_o) ports.done.push_back({c, {}});
    const bool read = v->glb_valid_o && v->glb_ready_i;
    EXPECT_EQ(v->ev_glb_o, read);
    if (read) {
      ports.glb.push_back({c, {v->glb_addr_o}});
      ++ports.glb_words[v->ev_par_o];
    }
    (v->ev_rec_o ? ports.record_bytes : ports.store_bytes)[v->ev_par_o] += v->ev_bytes_o;
    ports.classes.push_back({c, {v->class_o}});
    const uint32_t address = v->glb_addr_o;
    unit.Clock();
    if (read) {  // data from the cycle after the read to the next one
      uint8_t word[32];
      for (int i = 0; i < s.config.glb_bytes; ++i)
        word[i] = s.GlbByte(address + static_cast<uint32_t>(i));
      SetBytes(v->glb_data_i, word, s.config.glb_bytes);
    }
  }
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const model::Store::Config& config, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, config);
    TwinRun run(s);
    const Ports twin = run.Run();
    std::map<uint32_t, uint8_t> plain;
    int layer = 0;
    for (const Command& c : s.commands) {
      if (c.opcode == spec::kOpEndLayer) {
        ++layer;
        for (int i = 0; i < config.rec_words * 8; ++i)
          plain[c.record_mem + static_cast<uint32_t>(i)] =
              static_cast<uint8_t>(s.RecordWord(layer, i / 8) >> (8 * (i % 8)));
      } else {
        PlainMove(c.move, s.mask(),
                  [&](uint32_t mem, uint32_t glb) { plain[mem] = s.GlbByte(glb); });
      }
    }
    ASSERT_TRUE(plain == run.memory()) << "seed " << seed;
    ASSERT_EQ(twin.done.size(), s.commands.size());
    const Cycle cycles = run.end() + 40;
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, cycles, 2 * seed + static_cast<uint64_t>(init));
      Trace twin_classes = twin.classes;
      for (Cycle c = run.end(); c < cycles; ++c) twin_classes.push_back({c, {spec::kClassIdle}});
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"cmd", twin.cmd, rtl.cmd},
                      {"wq", twin.wq, rtl.wq},
                      {"glb", twin.glb, rtl.glb},
                      {"wd", twin.wd, rtl.wd},
                      {"layer_end", twin.layer_end, rtl.layer_end},
                      {"done", twin.done, rtl.done},
                      {"rec_done", twin.rec_done, rtl.rec_done},
                      {"class", twin_classes, rtl.classes}};
      for (const auto& port : compared) {
        const std::string difference = Difference(port.name, seed, port.a, port.b);
        ASSERT_EQ(difference, "");
        events_compared += port.a.size();
      }
      for (int p = 0; p < 2; ++p) {
        ASSERT_EQ(twin.glb_words[p], rtl.glb_words[p]) << "seed " << seed;
        ASSERT_EQ(twin.store_bytes[p], rtl.store_bytes[p]) << "seed " << seed;
        ASSERT_EQ(twin.record_bytes[p], rtl.record_bytes[p]) << "seed " << seed;
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(StoreLockstep, Weft168) { RunCases<Vstore_weft168>({16, 8, 128, 8, 78, 2, 32}, 400, 1000); }
TEST(StoreLockstep, Odd) { RunCases<Vstore_odd>({8, 8, 128, 2, 5, 2, 32}, 250, 2000); }
TEST(StoreLockstep, Nano) { RunCases<Vstore_nano>({4, 4, 32, 1, 30, 1, 24}, 250, 3000); }
TEST(StoreLockstep, Wide) { RunCases<Vstore_wide>({32, 4, 8, 3, 1, 3, 32}, 200, 4000); }

// A long run moves close to a beat a cycle, aligned or not.
TEST(StoreLockstep, Throughput) {
  Stimulus s;
  s.seed = 1;
  s.config = {};
  auto measure = [&](uint32_t glb) {
    Command c{};
    c.opcode = spec::kOpStore;
    c.move.glb = glb;
    c.move.run = 16384;
    c.move.n1 = c.move.n2 = 1;
    EncodeMove(c.move, c.words);
    s.commands = {c};
    TwinRun run(s);
    const Ports ports = run.Run();
    return ports.wd.back().cycle - ports.wd.front().cycle + 1;
  };
  EXPECT_EQ(measure(0), 17 * 128 - 1);  // 128 bursts of 16 beats and one cycle in between
  EXPECT_EQ(measure(3), 18 * 128 - 2);  // one step more per burst
}

}  // namespace
}  // namespace weft::lockstep
