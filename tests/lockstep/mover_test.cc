// SPDX-License-Identifier: Apache-2.0
// weft_mover against model::Mover with its Load and Store twins, and both against the loop nest.
#include "model/mover.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <map>

#include "Vmover_nano.h"
#include "Vmover_wide.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

constexpr uint32_t kMemRange = 20000;
using model::Mover;

struct Command {
  int opcode;
  uint32_t words[8];
  int count;  // operand words
  model::Move move;
  int parity, signal;
  Cycle gap;  // cycles after the last word of the one before + 1
  Cycle all;  // cycles from its valid on until all its words are in the queue, or before that
};

struct Stimulus {
  uint64_t seed;
  int glb_bytes, mem_bytes, max_burst_bytes, rec_words, out_beats, addr_bits;
  std::vector<Command> commands[3];
  StallPattern words[3], rq_ready, wq_ready, wd_ready, glb_ready[3];
  Delay beats, answers;
  int junk_cycles = 0;
  uint32_t mask() const { return addr_bits == 32 ? 0xffffffffu : (1u << addr_bits) - 1; }
  uint8_t GlbByte(uint32_t address) const { return MemoryByte(seed + 1, address); }
  uint64_t RecordWord(int layer, int index) const {
    return Mix(seed + static_cast<uint64_t>(layer), static_cast<uint64_t>(index));
  }
};

Stimulus MakeStimulus(uint64_t seed, const Stimulus& base) {
  Random random(seed);
  Stimulus s = base;
  s.seed = seed;
  for (int e = 0; e < 3; ++e) {
    const int commands = random.Int(0, 5);
    const Delay gaps = RandomDelay(&random, random.Chance(0.3) ? 300 : 20);
    for (int k = 0; k < commands; ++k) {
      Command c{};
      c.opcode = e < 2 ? spec::kOpLoadF : random.Chance(0.25) ? spec::kOpEndLayer : spec::kOpStore;
      c.move = RandomMove(&random, kMemRange);
      EncodeMove(c.move, c.words);
      c.count = 8;
      if (c.opcode == spec::kOpEndLayer) {
        c.count = 2;
        c.words[0] = static_cast<uint32_t>(random.Next());
        c.words[1] = static_cast<uint32_t>(random.Int(0, 200)) * 64;
      }
      c.parity = random.Int(0, 1);
      c.signal = random.Int(0, 255);
      c.gap = 3 + gaps.At(static_cast<uint64_t>(k));  // a header comes first
      c.all = random.Chance(0.5) ? -1 : random.Int(0, 200);
      s.commands[e].push_back(c);
    }
    s.words[e] = RandomStall(&random);
    s.glb_ready[e] = RandomStall(&random);
  }
  s.rq_ready = RandomStall(&random);
  s.wq_ready = RandomStall(&random);
  s.wd_ready = RandomStall(&random);
  s.beats = RandomDelay(&random, random.Chance(0.3) ? 100 : 6);
  s.answers = RandomDelay(&random, random.Chance(0.3) ? 100 : 6);
  if (random.Chance(0.5)) s.junk_cycles = random.Int(1, 60);
  return s;
}

struct Ports {
  Trace words[3], done[3], rq, wq, rs, wd, glb[3], layer_end, rec_done, classes[3];
};

std::vector<int64_t> BeatValues(uint64_t strobe, const uint8_t* data) {
  std::vector<int64_t> values{static_cast<int64_t>(strobe)};
  for (int j = 0; j < 8; ++j)
    if ((strobe >> j) & 1) values.push_back(data[j]);
  return values;
}

// ---- twin ----

class TwinRun final : public Mover::Words {
 public:
  explicit TwinRun(const Stimulus& s)
      : s_(s),
        glb_(1 << 18),
        fl_(LoadConfig(s), &engine_[0], &engine_[0]),
        il_(LoadConfig(s), &engine_[1], &engine_[1]),
        st_({s.glb_bytes, s.mem_bytes, s.max_burst_bytes, 1, s.rec_words, s.out_beats, s.addr_bits, model::kSerialWalk},
            &engine_[2], &engine_[2]),
        mover_(&fl_, &il_, &st_, this) {
    for (int e = 0; e < 3; ++e) {
      engine_[e].run = this;
      engine_[e].e = e;
    }
  }
  static model::Load::Config LoadConfig(const Stimulus& s) {
    return {s.glb_bytes, s.mem_bytes, s.max_burst_bytes, 1, s.addr_bits, model::kSerialWalk};
  }

  Ports Run() {
    fl_.Reset(0);
    il_.Reset(0);
    st_.Reset(0);
    mover_.Reset(0);
    for (int e = 0; e < 3; ++e)
      if (!s_.commands[e].empty()) Offer(e, s_.commands[e][0].gap);
    uint64_t beat_index = 0, answer_index = 0;
    Cycle accepted = -1;
    for (;;) {
      // The mover chooses as late as nothing else can happen before: one engine works at a time.
      if (current_ < 0) {
        if (mover_.NextEvent() == kNever) break;
        mover_.Advance(mover_.NextEvent() + 1);  // LastWord sets current_
        continue;
      }
      if (current_ < 2) {
        model::Load& load = current_ == 0 ? fl_ : il_;
        const Cycle request = load.RequestAt();
        const Cycle granted = s_.rq_ready.NextOpen(request);
        const model::MemRequest r = load.Request();
        ports_.rq.push_back({granted, {current_, r.offset, r.beats}});
        load.Granted(granted);
        for (int b = 0; b < r.beats; ++b) {
          uint8_t data[8];
          for (int j = 0; j < s_.mem_bytes; ++j)
            data[j] = MemoryByte(s_.seed, r.offset + static_cast<uint32_t>(b * s_.mem_bytes + j));
          const Cycle offered = std::max(granted + 2, accepted + 1) + s_.beats.At(beat_index++);
          accepted = load.Beat(offered, data, b == r.beats - 1);
          ports_.rs.push_back({accepted, {}});
        }
      } else {
        const Cycle granted = s_.wq_ready.NextOpen(st_.RequestAt());
        const model::MemRequest r = st_.Request();
        ports_.wq.push_back({granted, {r.offset, r.beats}});
        st_.Granted(granted);
        Cycle taken = -1;
        for (int b = 0; b < r.beats; ++b) {
          taken = s_.wd_ready.NextOpen(std::max(st_.DataAt(), taken + 1));
          uint64_t strobe = 0;
          const uint8_t* bytes = st_.Data(&strobe);
          ports_.wd.push_back({taken, BeatValues(strobe, bytes)});
          for (int j = 0; j < s_.mem_bytes; ++j)
            if ((strobe >> j) & 1)
              memory_[r.offset + static_cast<uint32_t>(b * s_.mem_bytes + j)] = bytes[j];
          st_.Taken(taken);
        }
        st_.Answered(taken + 1 + s_.answers.At(answer_index++));
      }
    }
    model::ClassLog* logs[] = {&fl_.classes(), &il_.classes(), &st_.classes()};
    for (int e = 0; e < 3; ++e) {
      end_ = std::max(end_, logs[e]->end());
    }
    for (int e = 0; e < 3; ++e) {
      logs[e]->Add(end_ + 20, spec::kClassIdle);
      ports_.classes[e] = ExpandClasses(logs[e], end_ + 20);
    }
    return ports_;
  }
  Cycle end() const { return end_; }
  const std::vector<uint8_t>& glb() const { return glb_; }
  const std::map<uint32_t, uint8_t>& memory() const { return memory_; }

  Cycle LastWord(int e, Cycle from) override {
    current_ = e;
    Cycle cycle = from - 1;
    const Command& c = s_.commands[e][next_[e]];
    for (int k = 0; k < c.count; ++k) {
      cycle = s_.words[e].NextOpen(cycle + 1);
      ports_.words[e].push_back({cycle, {c.words[k]}});
    }
    last_word_ = cycle;
    return cycle;
  }

 private:
  struct Engine final : model::GlbWritePort, model::GlbReadPort, model::MoveListener {
    Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) override {
      const Cycle cycle = run->s_.glb_ready[e].NextOpen(from);
      std::vector<int64_t> values{address};
      for (int i = 0; i < count; ++i) {
        values.push_back(bytes[i]);
        run->glb_[address + static_cast<uint32_t>(i)] = bytes[i];
      }
      run->ports_.glb[e].push_back({cycle, values});
      return cycle;
    }
    Cycle Read(Cycle from, uint32_t address, const uint8_t** w) override {
      const Cycle cycle = run->s_.glb_ready[e].NextOpen(from);
      for (int i = 0; i < run->s_.glb_bytes; ++i)
        word[i] = run->s_.GlbByte(address + static_cast<uint32_t>(i));
      run->ports_.glb[e].push_back({cycle, {address}});
      *w = word;
      return cycle;
    }
    void Done(Cycle cycle, int) override { run->EngineDone(e, cycle); }
    void LayerEnd(Cycle cycle, int parity) override {
      ++run->layer_;
      run->ports_.layer_end.push_back({cycle, {run->s_.commands[2][run->next_[2]].words[0]}});
      run->record_parity_ = parity;
    }
    uint64_t RecordWord(Cycle, int index) override {
      return run->s_.RecordWord(run->layer_, index);
    }
    void RecordDone(Cycle cycle) override {
      run->ports_.rec_done.push_back({cycle, {run->record_parity_}});
    }
    TwinRun* run = nullptr;
    int e = 0;
    uint8_t word[32];
  };
  void Offer(int e, Cycle valid) {
    const Command& c = s_.commands[e][next_[e]];
    mover_.Command(e, valid, valid + c.all, c.opcode, c.words, c.parity);
  }
  void EngineDone(int e, Cycle cycle) {
    ports_.done[e].push_back({cycle, {s_.commands[e][next_[e]].signal}});
    mover_.Done(cycle);
    current_ = -1;
    if (++next_[e] < s_.commands[e].size()) Offer(e, last_word_ + 1 + s_.commands[e][next_[e]].gap);
  }

  const Stimulus& s_;
  Ports ports_;
  std::vector<uint8_t> glb_;
  std::map<uint32_t, uint8_t> memory_;
  Engine engine_[3];
  model::Load fl_, il_;
  model::Store st_;
  Mover mover_;
  size_t next_[3] = {};
  int current_ = -1, layer_ = 0, record_parity_ = 0;
  Cycle last_word_ = -1, end_ = 0;
};

// ---- RTL ----

template <class V>
Ports RunRtl(const Stimulus& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  auto random_inputs = [&] {
    v->cmd_valid_i = junk.Int(0, 7);
    v->cmd_opcode_i = junk.Chance(0.3) ? spec::kOpEndLayer : spec::kOpStore;
    v->cmd_parity_i = junk.Int(0, 7);
    v->pay_all_i = junk.Int(0, 7);
    v->pay_valid_i = junk.Int(0, 7);
    for (int k = 0; k < 3; ++k) SetWord(v->pay_data_i, k, static_cast<uint32_t>(junk.Next()));
    v->pay_last_i = junk.Chance(0.2) ? 7 : 0;
    v->rq_ready_i = junk.Int(0, 3);
    v->rs_valid_i = junk.Int(0, 3);
    v->wq_ready_i = junk.Int(0, 1);
    v->wd_ready_i = junk.Int(0, 1);
    v->wb_i = junk.Int(0, 1);
    v->wr_ready_i = junk.Int(0, 3);
    v->rd_ready_i = junk.Int(0, 1);
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
  size_t next[3] = {};
  int word[3] = {};
  Cycle from[3];
  for (int e = 0; e < 3; ++e) from[e] = s.commands[e].empty() ? kNever : s.commands[e][0].gap;
  struct Burst {
    Cycle granted;
    uint32_t offset;
    int beats, engine;
  };
  std::deque<Burst> reads, writes;
  uint64_t beat_index = 0, answer_index = 0;
  int read_beat = 0, write_beat = 0, layer = 0, index_before = 0;
  Cycle accepted = -1, offered = kNever, answer = kNever;
  int signals[3] = {};
  for (Cycle c = 0; c < cycles; ++c) {
    int valid = 0, parity = 0, all = 0, pay = 0, last = 0;
    uint32_t signal = 0;
    v->cmd_opcode_i = junk.Int(0, 127);
    for (int e = 0; e < 3; ++e) {
      SetWord(v->pay_data_i, e, static_cast<uint32_t>(junk.Next()));
      if (c < from[e]) {  // between commands these are anything
        parity |= junk.Int(0, 1) << e;
        all |= junk.Int(0, 1) << e;
        last |= junk.Int(0, 1) << e;
        continue;
      }
      const Command& cmd = s.commands[e][next[e]];
      valid |= 1 << e;
      parity |= cmd.parity << e;
      all |= (c >= from[e] + cmd.all) << e;
      signal |= static_cast<uint32_t>(cmd.signal) << (8 * e);
      if (e == 2) v->cmd_opcode_i = static_cast<uint8_t>(cmd.opcode);
      if (s.words[e].Open(c)) {
        pay |= 1 << e;
        SetWord(v->pay_data_i, e, cmd.words[word[e]]);
      }
      if (word[e] == cmd.count - 1) last |= 1 << e;
    }
    v->cmd_valid_i = static_cast<uint8_t>(valid);
    v->cmd_parity_i = static_cast<uint8_t>(parity);
    v->cmd_signal_i = signal;
    v->pay_all_i = static_cast<uint8_t>(all);
    v->pay_valid_i = static_cast<uint8_t>(pay);
    v->pay_last_i = static_cast<uint8_t>(last);
    v->rq_ready_i = s.rq_ready.Open(c) ? 3 : 0;
    v->wq_ready_i = s.wq_ready.Open(c);
    v->wd_ready_i = s.wd_ready.Open(c);
    v->wr_ready_i = static_cast<uint8_t>(s.glb_ready[0].Open(c) | s.glb_ready[1].Open(c) << 1);
    v->rd_ready_i = s.glb_ready[2].Open(c);
    if (offered == kNever && !reads.empty())
      offered = std::max(reads.front().granted + 2, accepted + 1) + s.beats.At(beat_index++);
    v->rs_valid_i = static_cast<uint8_t>(c >= offered ? 1 << reads.front().engine : 0);
    uint8_t data[8] = {};
    for (int j = 0; j < s.mem_bytes; ++j)
      data[j] = c >= offered
                    ? MemoryByte(s.seed, reads.front().offset +
                                             static_cast<uint32_t>(read_beat * s.mem_bytes + j))
                    : static_cast<uint8_t>(junk.Next());
    SetBytes(v->rs_data_i, data, s.mem_bytes);
    v->wb_i = c >= answer;
    v->rec_data_i = s.RecordWord(layer, index_before);
    unit.Eval();
    index_before = v->rec_index_o;

    for (int e = 0; e < 3; ++e) {
      if (v->pay_ready_o & v->pay_valid_i & (1 << e)) {
        const Command& cmd = s.commands[e][next[e]];
        ports.words[e].push_back({c, {cmd.words[word[e]]}});
        if (++word[e] == cmd.count) {
          signals[e] = cmd.signal;
          word[e] = 0;
          ++next[e];
          from[e] = next[e] < s.commands[e].size() ? c + 1 + s.commands[e][next[e]].gap : kNever;
        }
      }
      if (v->done_o & (1 << e)) {
        ports.done[e].push_back({c, {v->give_o}});
        EXPECT_EQ(v->give_o, signals[e]);
      }
      ports.classes[e].push_back({c, {(v->class_o >> (3 * e)) & 7}});
    }
    if (v->rq_valid_o & v->rq_ready_i) {
      const int e = v->rq_valid_o >> 1;
      ports.rq.push_back({c, {e, v->mq_addr_o, v->mq_beats_o}});
      reads.push_back({c, v->mq_addr_o, v->mq_beats_o, e});
    }
    if (v->rs_valid_i & v->rs_ready_o) {
      ports.rs.push_back({c, {}});
      EXPECT_EQ(v->ev_beat_o, v->rs_valid_i);
      accepted = c;
      offered = kNever;
      if (++read_beat == reads.front().beats) {
        read_beat = 0;
        reads.pop_front();
      }
    } else {
      EXPECT_EQ(v->ev_beat_o, 0);
    }
    if (v->wb_i) answer = kNever;
    if (v->wd_valid_o && v->wd_ready_i) {
      EXPECT_FALSE(writes.empty());
      if (writes.empty()) return ports;
      for (int j = 0; j < s.mem_bytes; ++j) data[j] = GetByte(v->wd_data_o, j);
      ports.wd.push_back({c, BeatValues(v->wd_strb_o, data)});
      if (++write_beat == writes.front().beats) {
        write_beat = 0;
        writes.pop_front();
        answer = c + 1 + s.answers.At(answer_index++);
      }
    }
    if (v->wq_valid_o && v->wq_ready_i) {
      ports.wq.push_back({c, {v->mq_addr_o, v->mq_beats_o}});
      writes.push_back({c, v->mq_addr_o, v->mq_beats_o, 2});
    }
    for (int e = 0; e < 2; ++e) {
      const bool fire = v->wr_valid_o & v->wr_ready_i & (1 << e);
      EXPECT_EQ(v->ev_glb_o >> e & 1, fire);
      if (!fire) continue;
      int first = 0;
      while ((static_cast<uint64_t>(v->wr_be_o) >> first & 1) == 0) ++first;
      std::vector<int64_t> values{v->wr_addr_o + static_cast<uint32_t>(first)};
      for (int i = first; i < s.glb_bytes && (static_cast<uint64_t>(v->wr_be_o) >> i & 1); ++i)
        values.push_back(GetByte(v->wr_data_o, i));
      ports.glb[e].push_back({c, values});
    }
    if (v->layer_end_o) {
      ++layer;
      ports.layer_end.push_back({c, {v->rec_layer_o}});
    }
    if (v->rec_done_o) ports.rec_done.push_back({c, {v->rec_parity_o}});
    const bool read = v->rd_valid_o && v->rd_ready_i;
    const uint32_t address = v->rd_addr_o;
    if (read) ports.glb[2].push_back({c, {address}});
    unit.Clock();
    if (read) {
      uint8_t bytes[32];
      for (int i = 0; i < s.glb_bytes; ++i)
        bytes[i] = s.GlbByte(address + static_cast<uint32_t>(i));
      SetBytes(v->rd_data_i, bytes, s.glb_bytes);
    }
  }
  unit.Eval();
  EXPECT_EQ(v->idle_o, 1);
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const Stimulus& base, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed, base);
    TwinRun run(s);
    const Ports twin = run.Run();
    // The loads' part of the GLB in the order of their ends, the stores' part of the memory.
    std::vector<uint8_t> glb(1 << 18);
    std::map<uint32_t, uint8_t> memory;
    size_t next[2] = {};
    while (next[0] < s.commands[0].size() || next[1] < s.commands[1].size()) {
      const int e = next[1] == s.commands[1].size() ||
                            (next[0] < s.commands[0].size() &&
                             twin.done[0][next[0]].cycle < twin.done[1][next[1]].cycle)
                        ? 0
                        : 1;
      PlainMove(s.commands[e][next[e]++].move, s.mask(),
                [&](uint32_t mem, uint32_t at) { glb[at] = MemoryByte(seed, mem); });
    }
    int layer = 0;
    for (const Command& c : s.commands[2]) {
      if (c.opcode == spec::kOpEndLayer) {
        ++layer;
        for (int i = 0; i < s.rec_words * 8; ++i)
          memory[c.words[1] + static_cast<uint32_t>(i)] =
              static_cast<uint8_t>(s.RecordWord(layer, i / 8) >> (8 * (i % 8)));
      } else {
        PlainMove(c.move, s.mask(),
                  [&](uint32_t mem, uint32_t at) { memory[mem] = s.GlbByte(at); });
      }
    }
    ASSERT_TRUE(glb == run.glb()) << "seed " << seed;
    ASSERT_TRUE(memory == run.memory()) << "seed " << seed;
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, run.end() + 20, 2 * seed + static_cast<uint64_t>(init));
      auto same = [&](const char* name, const Trace& a, const Trace& b) {
        events_compared += a.size();
        return Difference(name, seed, a, b);
      };
      const char* engines[] = {"fl", "il", "st"};
      for (int e = 0; e < 3; ++e) {
        ASSERT_EQ(same(engines[e], twin.words[e], rtl.words[e]), "") << "words";
        ASSERT_EQ(same(engines[e], twin.glb[e], rtl.glb[e]), "") << "glb";
        ASSERT_EQ(same(engines[e], twin.done[e], rtl.done[e]), "") << "done";
        ASSERT_EQ(same(engines[e], twin.classes[e], rtl.classes[e]), "") << "class";
      }
      ASSERT_EQ(same("rq", twin.rq, rtl.rq), "");
      ASSERT_EQ(same("rs", twin.rs, rtl.rs), "");
      ASSERT_EQ(same("wq", twin.wq, rtl.wq), "");
      ASSERT_EQ(same("wd", twin.wd, rtl.wd), "");
      ASSERT_EQ(same("layer_end", twin.layer_end, rtl.layer_end), "");
      ASSERT_EQ(same("rec_done", twin.rec_done, rtl.rec_done), "");
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(MoverLockstep, Nano) {
  Stimulus base{};
  base.glb_bytes = base.mem_bytes = 4;
  base.max_burst_bytes = 32;
  base.rec_words = 78;
  base.out_beats = 1;
  base.addr_bits = 24;
  RunCases<Vmover_nano>(base, 700, 1000);
}
TEST(MoverLockstep, Wide) {
  Stimulus base{};
  base.glb_bytes = 16;
  base.mem_bytes = 8;
  base.max_burst_bytes = 128;
  base.rec_words = 5;
  base.out_beats = 2;
  base.addr_bits = 32;
  RunCases<Vmover_wide>(base, 300, 2000);
}

}  // namespace
}  // namespace weft::lockstep
