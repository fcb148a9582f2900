// SPDX-License-Identifier: Apache-2.0
// weft_mem_port against model::MemPort, each with a memory model of its own: alone with random
// clients, and with two load engines and a store behind it.
#include "model/mem_port.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>

#include "Vload_nano.h"
#include "Vload_weft168.h"
#include "Vport_nano.h"
#include "Vport_odd.h"
#include "Vport_small.h"
#include "Vport_weft168.h"
#include "Vstore_nano.h"
#include "Vstore_weft168.h"
#include "model/load.h"
#include "model/store.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

constexpr uint64_t kBase = 0x0000'0012'3456'7000;
constexpr uint32_t kSize = 16384;  // reads in the lower half, writes in the upper one

uint64_t BaseFor(bool plain) { return plain ? kBase & 0xffffffff : kBase; }

MemoryParams RandomMemory(Random* random, const model::MemPort::Config& config) {
  MemoryParams p;
  const double rates[] = {8, 8, 4, 16, 6.5, 1.25, 3};
  p.bytes_per_cycle = rates[random->Int(0, 6)];
  p.latency_cycles = random->Chance(0.5) ? random->Int(1, 12) : random->Int(20, 100);
  p.stall = random->Chance(0.5) ? 0.0 : random->Int(1, 9) / 10.0;
  p.seed = random->Next();
  p.beat_bytes = config.mem_bytes;
  p.plain = config.plain;
  return p;
}

MemoryModel MakeMemory(const MemoryParams& params, uint64_t seed) {
  MemoryModel memory(params, BaseFor(params.plain), kSize);
  for (uint32_t i = 0; i < kSize; ++i) memory.bytes()[i] = MemoryByte(seed, i);
  return memory;
}

// ---- the pins of the port, between a verilated unit and the memory model ----

template <class V>
struct PortPins {
  V* v;
  MemoryModel* memory;
  bool plain;
  uint8_t data[8];

  void Drive(Cycle c) {
    const MemoryModel::Out& out = memory->Begin(c);
    const int n = memory->params().beat_bytes;
    if (plain) {
      v->p_ready_i = out.ar_ready;
      v->p_rvalid_i = out.r_valid;
      v->p_rerr_i = out.r_valid && out.r_response != 0;
      SetBytes(v->p_rdata_i, out.r_valid ? out.r_data : nullptr, n, static_cast<uint64_t>(c));
      return;
    }
    v->m_arready_i = out.ar_ready;
    v->m_awready_i = out.aw_ready;
    v->m_wready_i = out.w_ready;
    v->m_rvalid_i = out.r_valid;
    v->m_rlast_i = out.r_last;
    v->m_rresp_i = static_cast<uint8_t>(out.r_response);
    v->m_bvalid_i = out.b_valid;
    v->m_bresp_i = static_cast<uint8_t>(out.b_response);
    SetBytes(v->m_rdata_i, out.r_valid ? out.r_data : nullptr, n, static_cast<uint64_t>(c));
  }
  void Sample() {
    MemoryModel::In in;
    const int n = memory->params().beat_bytes;
    if (plain) {
      in.ar_valid = v->p_valid_o && !v->p_write_o;
      in.aw_valid = in.w_valid = v->p_valid_o && v->p_write_o;
      in.ar_address = in.aw_address = v->p_addr_o;
      in.ar_beats = in.aw_beats = 1;
      in.r_ready = v->p_rready_o;
      in.w_strobe = v->p_wstrb_o;
      for (int j = 0; j < n; ++j) data[j] = GetByte(v->p_wdata_o, j);
    } else {
      in.ar_valid = v->m_arvalid_o;
      in.ar_address = v->m_araddr_o;
      in.ar_beats = v->m_arlen_o + 1;
      in.aw_valid = v->m_awvalid_o;
      in.aw_address = v->m_awaddr_o;
      in.aw_beats = v->m_awlen_o + 1;
      in.w_valid = v->m_wvalid_o;
      in.w_last = v->m_wlast_o;
      in.w_strobe = v->m_wstrb_o;
      in.r_ready = v->m_rready_o;
      in.b_ready = v->m_bready_o;
      for (int j = 0; j < n; ++j) data[j] = GetByte(v->m_wdata_o, j);
      EXPECT_EQ(1 << v->m_arsize_o, n);
      EXPECT_EQ(1 << v->m_awsize_o, n);
      EXPECT_EQ(v->m_arburst_o, 1);
      EXPECT_EQ(v->m_awburst_o, 1);
    }
    in.w_data = data;
    memory->End(in);
  }
};

Trace BusTrace(const std::vector<MemoryEvent>& events) {
  Trace trace;
  for (const MemoryEvent& e : events)
    trace.push_back(
        {e.cycle, {e.kind, static_cast<int64_t>(e.address), static_cast<int64_t>(e.data)}});
  return trace;
}

// Addresses inside the window, bursts inside their blocks, at most so many outstanding.
void CheckBus(const std::vector<MemoryEvent>& events, const model::MemPort::Config& config,
              uint64_t base) {
  for (const MemoryEvent& e : events) {
    if (e.kind != MemoryEvent::kAr && e.kind != MemoryEvent::kAw) continue;
    const uint64_t last = e.address + e.data * static_cast<uint64_t>(config.mem_bytes) - 1;
    ASSERT_GE(e.address, base);
    ASSERT_LT(last, base + kSize);
    ASSERT_EQ(e.address / static_cast<uint64_t>(config.max_burst_bytes),
              last / static_cast<uint64_t>(config.max_burst_bytes));
    ASSERT_EQ(e.address / 4096, last / 4096);
  }
}

// ---- the port alone ----

struct ScriptedRequest {
  uint32_t offset;
  int beats;
  Cycle gap;  // up in last grant + 1 + gap
};

struct Script {
  uint64_t seed;
  model::MemPort::Config config;
  MemoryParams memory;
  MemoryFaults faults;
  std::vector<ScriptedRequest> requests[4];  // fetch, FL, IL, store
  StallPattern ready[3];
  Delay data;  // beat n of the store is up so long after the last one or the grant
  uint32_t window = kSize;
  uint32_t watchdog = 0;
  Cycle stop = kNever;
  int junk_cycles = 0;

  void WriteBeat(int64_t index, uint8_t* bytes, uint64_t* strobe) const {
    for (int j = 0; j < 8; ++j)
      bytes[j] = static_cast<uint8_t>(Mix(seed + 9, static_cast<uint64_t>(8 * index + j)));
    *strobe = Mix(seed + 10, static_cast<uint64_t>(index)) & ((1u << config.mem_bytes) - 1);
    if ((*strobe & 3) == 0) *strobe = (1u << config.mem_bytes) - 1;
  }
};

Script MakeScript(uint64_t seed, const model::MemPort::Config& config) {
  Random random(seed);
  Script s;
  s.seed = seed;
  s.config = config;
  s.memory = RandomMemory(&random, config);
  const int blocks = kSize / 2 / config.max_burst_bytes;
  const int block_beats = config.max_burst_bytes / config.mem_bytes;
  for (int client = 0; client < 4; ++client) {
    const Delay gaps = RandomDelay(&random, random.Chance(0.3) ? 150 : 10);
    const int count = random.Int(0, 12);
    for (int k = 0; k < count; ++k) {
      const int first = random.Chance(0.5) ? 0 : random.Int(0, block_beats - 1);
      const int beats =
          random.Chance(0.5) ? block_beats - first : random.Int(1, block_beats - first);
      s.requests[client].push_back(
          {(client == 3 ? kSize / 2 : 0) +
               static_cast<uint32_t>(random.Int(0, blocks - 1) * config.max_burst_bytes +
                                     first * config.mem_bytes),
           beats, gaps.At(static_cast<uint64_t>(k))});
    }
    if (client < 3) s.ready[client] = RandomStall(&random);
  }
  s.data = RandomDelay(&random, 8);
  s.watchdog = random.Chance(0.5) ? 0 : 5000;
  if (random.Chance(0.3)) {
    switch (random.Int(0, 4)) {
      case 0: {
        const std::vector<ScriptedRequest>& hit = s.requests[random.Int(0, 3)];
        if (hit.empty()) break;
        s.faults.error_address =
            BaseFor(config.plain) + 3 +
            hit[static_cast<size_t>(random.Int(0, static_cast<int>(hit.size()) - 1))].offset;
        s.faults.error_response = random.Int(2, 3);
        break;
      }
      case 1:
        s.faults.silent_from = static_cast<uint64_t>(random.Int(0, 20));
        s.watchdog = static_cast<uint32_t>(random.Int(120, 300));
        break;
      case 2: {
        const int client = random.Int(0, 3);
        for (ScriptedRequest& r : s.requests[client])
          if (random.Chance(0.2)) r.offset += kSize + (random.Chance(0.3) ? 0x80000000u : 0);
        break;
      }
      case 3:
        s.window = static_cast<uint32_t>(random.Int(0, kSize));
        break;
      default:
        s.stop = random.Int(0, 300);
    }
  }
  if (random.Chance(0.5)) s.junk_cycles = random.Int(1, 60);
  return s;
}

struct Ports {
  Trace grant[4], beat[3], data, answer, bus, fault;
  bool idle = false;
};

class TwinReader final : public model::ReadClient {
 public:
  void Init(const Script* s, int client, Ports* ports) {
    s_ = s;
    client_ = client;
    ports_ = ports;
    at_ = next_ < requests().size() ? requests()[0].gap : kNever;
  }
  Cycle RequestAt() const override { return at_; }
  model::MemRequest Request() const override {
    return {requests()[next_].offset, requests()[next_].beats};
  }
  void Granted(Cycle cycle) override {
    ports_->grant[client_].push_back({cycle, {requests()[next_].offset}});
    ++next_;
    at_ = next_ < requests().size() ? cycle + 1 + requests()[next_].gap : kNever;
  }
  Cycle Beat(Cycle offered, const uint8_t* data, bool last) override {
    const Cycle cycle = s_->ready[client_].NextOpen(offered);
    std::vector<int64_t> values{last};
    for (int j = 0; j < s_->config.mem_bytes; ++j) values.push_back(data[j]);
    ports_->beat[client_].push_back({cycle, values});
    return cycle;
  }

 private:
  const std::vector<ScriptedRequest>& requests() const { return s_->requests[client_]; }
  const Script* s_ = nullptr;
  int client_ = 0;
  Ports* ports_ = nullptr;
  size_t next_ = 0;
  Cycle at_ = kNever;
};

class TwinWriter final : public model::WriteClient {
 public:
  void Init(const Script* s, Ports* ports) {
    s_ = s;
    ports_ = ports;
    at_ = s_->requests[3].empty() ? kNever : s_->requests[3][0].gap;
  }
  Cycle RequestAt() const override { return at_; }
  model::MemRequest Request() const override {
    return {s_->requests[3][next_].offset, s_->requests[3][next_].beats};
  }
  void Granted(Cycle cycle) override {
    const ScriptedRequest& r = s_->requests[3][next_];
    ports_->grant[3].push_back({cycle, {r.offset}});
    open_.push_back({cycle, r.beats});
    ++next_;
    at_ = next_ < s_->requests[3].size() ? cycle + 1 + s_->requests[3][next_].gap : kNever;
    SetData();
  }
  Cycle DataAt() const override { return data_at_; }
  const uint8_t* Data(uint64_t* strobe) const override {
    s_->WriteBeat(index_, data_, strobe);
    return data_;
  }
  void Taken(Cycle cycle) override {
    ports_->data.push_back({cycle, {}});
    taken_ = cycle;
    ++index_;
    if (++beat_ == open_.front().beats) {
      beat_ = 0;
      open_.pop_front();
    }
    data_at_ = kNever;
    SetData();
  }
  void Answered(Cycle cycle) override { ports_->answer.push_back({cycle, {}}); }

 private:
  struct Open {
    Cycle granted;
    int beats;
  };
  void SetData() {
    if (data_at_ == kNever && !open_.empty())
      data_at_ =
          std::max(taken_, open_.front().granted) + 1 + s_->data.At(static_cast<uint64_t>(index_));
  }
  const Script* s_ = nullptr;
  Ports* ports_ = nullptr;
  size_t next_ = 0;
  Cycle at_ = kNever, data_at_ = kNever, taken_ = -1;
  std::deque<Open> open_;
  int64_t index_ = 0;
  int beat_ = 0;
  mutable uint8_t data_[8];
};

Ports RunTwin(const Script& s, Cycle cycles) {
  Ports ports;
  MemoryModel memory = MakeMemory(s.memory, s.seed);
  memory.set_faults(s.faults);
  std::vector<MemoryEvent> events;
  memory.set_trace(&events);
  TwinReader readers[3];
  TwinWriter writer;
  for (int k = 0; k < 3; ++k) readers[k].Init(&s, k, &ports);
  writer.Init(&s, &ports);
  model::MemPort port(s.config, &memory, &readers[0], &readers[1], &readers[2], &writer);
  port.SetWindow(BaseFor(s.config.plain), s.window);
  port.SetWatchdog(s.watchdog);
  port.Reset(0);
  if (s.stop != kNever) port.Stop(s.stop);
  Random random(s.seed + 77);
  for (Cycle until = 0; until < cycles;) {  // in pieces
    until = std::min(cycles, until + (random.Chance(0.5) ? random.Int(1, 5) : 1000));
    while (port.now() < until) port.Advance(until);
  }
  if (port.fault().code != 0) {
    ports.fault.push_back(
        {port.fault().cycle, {port.fault().code, static_cast<int64_t>(port.fault().address)}});
  }
  ports.idle = port.idle();
  ports.bus = BusTrace(events);
  CheckBus(events, s.config, BaseFor(s.config.plain));
  // Beats accepted later than the horizon are no events of it.
  for (Trace& t : ports.beat)
    while (!t.empty() && t.back().cycle >= cycles) t.pop_back();
  return ports;
}

template <class V>
Ports RunRtl(const Script& s, Cycle cycles, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  auto random_inputs = [&] {
    v->rq_valid_i = junk.Int(0, 7);
    v->wq_valid_i = junk.Int(0, 1);
    for (int k = 0; k < 3; ++k)
      SetWord(v->rq_addr_i, k, static_cast<uint32_t>(junk.Next()) & 0x3ff8);
    v->rq_beats_i = static_cast<uint32_t>(junk.Next()) & 0xffffff;
    v->wq_addr_i = static_cast<uint32_t>(junk.Next()) & 0x3ff8;
    v->wq_beats_i = junk.Int(0, 255);
    v->rs_ready_i = junk.Int(0, 7);
    v->wd_valid_i = junk.Int(0, 1);
    v->m_arready_i = v->m_rvalid_i = v->m_awready_i = v->m_wready_i = junk.Int(0, 1);
    v->p_ready_i = v->p_rvalid_i = junk.Int(0, 1);
    v->m_bvalid_i = v->m_rlast_i = junk.Int(0, 1);
    v->m_rresp_i = v->m_bresp_i = junk.Chance(0.1) ? 2 : 0;
  };
  v->base_i = BaseFor(s.config.plain);
  v->size_i = s.window;
  v->watchdog_i = s.watchdog - 1;
  v->stop_i = 0;
  if (s.junk_cycles > 0) {  // reset in mid-flight
    random_inputs();
    unit.Reset();
    for (int k = 0; k < s.junk_cycles; ++k) {
      random_inputs();
      v->stop_i = junk.Chance(0.02);
      unit.Eval();
      unit.Clock();
    }
    random_inputs();
    v->stop_i = junk.Int(0, 1);
  }
  unit.Reset();

  Ports ports;
  MemoryModel memory = MakeMemory(s.memory, s.seed);
  memory.set_faults(s.faults);
  std::vector<MemoryEvent> events;
  memory.set_trace(&events);
  PortPins<V> pins{v, &memory, s.config.plain, {}};
  size_t next[4] = {};
  Cycle from[4];
  for (int k = 0; k < 4; ++k) from[k] = s.requests[k].empty() ? kNever : s.requests[k][0].gap;
  struct Open {
    Cycle granted;
    int beats;
  };
  std::deque<Open> open;
  Cycle taken = -1;
  int64_t index = 0;
  int beat = 0;
  for (Cycle c = 0; c < cycles; ++c) {
    int valid = 0;
    uint32_t beats = static_cast<uint32_t>(junk.Next()) & 0xffffff;
    for (int k = 0; k < 3; ++k) {
      SetWord(v->rq_addr_i, k, static_cast<uint32_t>(junk.Next()));
      if (c < from[k]) continue;
      valid |= 1 << k;
      SetWord(v->rq_addr_i, k, s.requests[k][next[k]].offset);
      beats = (beats & ~(0xffu << (8 * k))) | static_cast<uint32_t>(s.requests[k][next[k]].beats)
                                                  << (8 * k);
    }
    v->rq_valid_i = static_cast<uint8_t>(valid);
    v->rq_beats_i = beats;
    v->wq_valid_i = c >= from[3];
    v->wq_addr_i =
        v->wq_valid_i ? s.requests[3][next[3]].offset : static_cast<uint32_t>(junk.Next());
    v->wq_beats_i =
        static_cast<uint8_t>(v->wq_valid_i ? s.requests[3][next[3]].beats : junk.Int(0, 255));
    int ready = 0;
    for (int k = 0; k < 3; ++k) ready |= s.ready[k].Open(c) ? 1 << k : 0;
    v->rs_ready_i = static_cast<uint8_t>(ready);
    v->wd_valid_i = !open.empty() && c >= std::max(taken, open.front().granted) + 1 +
                                              s.data.At(static_cast<uint64_t>(index));
    uint8_t data[8];
    uint64_t strobe = junk.Next();
    if (v->wd_valid_i) s.WriteBeat(index, data, &strobe);
    SetBytes(v->wd_data_i, v->wd_valid_i ? data : nullptr, s.config.mem_bytes, strobe);
    v->wd_strb_i = static_cast<uint8_t>(strobe & ((1u << s.config.mem_bytes) - 1));
    v->stop_i = c >= s.stop;
    pins.Drive(c);
    unit.Eval();
    for (int k = 0; k < 3; ++k) {
      if ((v->rq_valid_i & v->rq_ready_o) >> k & 1) {
        ports.grant[k].push_back({c, {s.requests[k][next[k]].offset}});
        ++next[k];
        from[k] = next[k] < s.requests[k].size() ? c + 1 + s.requests[k][next[k]].gap : kNever;
      }
      if ((v->rs_valid_o & v->rs_ready_i) >> k & 1) {
        std::vector<int64_t> values{v->rs_last_o};
        for (int j = 0; j < s.config.mem_bytes; ++j) values.push_back(GetByte(v->rs_data_o, j));
        ports.beat[k].push_back({c, values});
      }
    }
    if (v->wd_valid_i && v->wd_ready_o) {
      ports.data.push_back({c, {}});
      taken = c;
      ++index;
      if (++beat == open.front().beats) {
        beat = 0;
        open.pop_front();
      }
    }
    if (v->wq_valid_i && v->wq_ready_o) {
      const ScriptedRequest& r = s.requests[3][next[3]];
      ports.grant[3].push_back({c, {r.offset}});
      open.push_back({c, r.beats});
      ++next[3];
      from[3] = next[3] < s.requests[3].size() ? c + 1 + s.requests[3][next[3]].gap : kNever;
    }
    if (v->wb_o) ports.answer.push_back({c, {}});
    if (v->fault_o && ports.fault.empty()) {
      ports.fault.push_back({c, {v->fault_code_o, static_cast<int64_t>(v->fault_addr_o)}});
    } else if (v->fault_o) {  // it stays
      EXPECT_EQ(ports.fault[0].values[0], v->fault_code_o);
      EXPECT_EQ(ports.fault[0].values[1], static_cast<int64_t>(v->fault_addr_o));
    } else {
      EXPECT_EQ(v->fault_code_o, 0);
    }
    pins.Sample();
    unit.Clock();
  }
  unit.Eval();
  ports.idle = v->idle_o;
  ports.bus = BusTrace(events);
  return ports;
}

size_t events_compared = 0;
int faults_seen[8] = {};

template <class V>
void RunCases(const model::MemPort::Config& config, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Script s = MakeScript(seed, config);
    const Cycle cycles = 3000;
    const Ports twin = RunTwin(s, cycles);
    if (!twin.fault.empty()) ++faults_seen[twin.fault[0].values[0]];
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, cycles, 2 * seed + static_cast<uint64_t>(init));
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"bus", twin.bus, rtl.bus},
                      {"fetch grant", twin.grant[0], rtl.grant[0]},
                      {"fl grant", twin.grant[1], rtl.grant[1]},
                      {"il grant", twin.grant[2], rtl.grant[2]},
                      {"store grant", twin.grant[3], rtl.grant[3]},
                      {"fetch beat", twin.beat[0], rtl.beat[0]},
                      {"fl beat", twin.beat[1], rtl.beat[1]},
                      {"il beat", twin.beat[2], rtl.beat[2]},
                      {"data", twin.data, rtl.data},
                      {"answer", twin.answer, rtl.answer},
                      {"fault", twin.fault, rtl.fault}};
      for (const auto& port : compared) {
        const std::string difference = Difference(port.name, seed, port.a, port.b);
        ASSERT_EQ(difference, "");
        events_compared += port.a.size();
      }
      ASSERT_EQ(twin.idle, rtl.idle) << "seed " << seed;
    }
    // Nothing goes astray: every beat of every request, with the bytes of its address.
    for (int client = 0; client < 3; ++client) {
      size_t n = 0;
      for (size_t g = 0; g < twin.grant[client].size(); ++g) {
        const ScriptedRequest* r = &s.requests[client][g];
        for (int b = 0; n < twin.beat[client].size() && b < r->beats; ++b) {
          const std::vector<int64_t>& values = twin.beat[client][n++].values;
          for (int j = 0; j < config.mem_bytes; ++j) {
            ASSERT_EQ(
                values[static_cast<size_t>(1 + j)],
                MemoryByte(seed, r->offset + static_cast<uint32_t>(b * config.mem_bytes + j)));
          }
          if (values[0]) break;
        }
      }
      if (twin.idle && twin.fault.empty() && s.stop == kNever) {
        ASSERT_EQ(twin.grant[client].size(), s.requests[client].size()) << "seed " << seed;
        ASSERT_EQ(n, twin.beat[client].size());
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

TEST(MemPortLockstep, Weft168) { RunCases<Vport_weft168>({8, 128, 8, 8, false}, 400, 1000); }
TEST(MemPortLockstep, Odd) { RunCases<Vport_odd>({8, 128, 3, 2, false}, 250, 2000); }
TEST(MemPortLockstep, Small) { RunCases<Vport_small>({4, 8, 1, 1, false}, 150, 3000); }
TEST(MemPortLockstep, Nano) { RunCases<Vport_nano>({4, 32, 1, 1, true}, 250, 4000); }
TEST(MemPortLockstep, EveryFaultOccurred) {
  for (const int code :
       {spec::kFaultMemRead, spec::kFaultMemWrite, spec::kFaultWindow, spec::kFaultMemTimeout})
    EXPECT_GT(faults_seen[code], 3) << "fault " << code;
}

// ---- two loads, a store and a fetch behind the port ----

struct SystemCommand {
  int opcode;
  uint32_t words[8];
  model::Move move;
  int parity;
  Cycle gap;
};

struct SystemScript {
  uint64_t seed;
  model::MemPort::Config port;
  model::Load::Config load;
  model::Store::Config store;
  MemoryParams memory;
  Script fetch;                            // its requests[0] and ready[0]
  std::vector<SystemCommand> commands[3];  // FL, IL, ST
  StallPattern glb_ready[3];
  uint8_t GlbByte(uint32_t address) const { return MemoryByte(seed + 1, address); }
  uint64_t RecordWord(int index) const { return Mix(seed + 2, static_cast<uint64_t>(index)); }
};

SystemScript MakeSystem(uint64_t seed, const model::MemPort::Config& port,
                        const model::Load::Config& load, const model::Store::Config& store) {
  Random random(seed);
  SystemScript s{seed, port, load, store, {}, MakeScript(seed, port), {}, {}};
  s.memory = RandomMemory(&random, port);
  for (ScriptedRequest& r : s.fetch.requests[0]) r.offset %= kSize;
  for (int e = 0; e < 3; ++e) {
    const int count = random.Int(0, 5);
    const Delay gaps = RandomDelay(&random, 100);
    for (int k = 0; k < count; ++k) {
      SystemCommand c{};
      c.opcode =
          e == 2 ? (random.Chance(0.25) ? spec::kOpEndLayer : spec::kOpStore) : spec::kOpLoadF;
      c.move = RandomMove(&random, 2000);
      c.move.mem += e == 2 ? kSize / 2 + 3000 : 3000;
      c.move.mem_stride1 = static_cast<uint32_t>(random.Int(-100, 200));
      c.move.mem_stride2 = static_cast<uint32_t>(random.Int(-100, 200));
      EncodeMove(c.move, c.words);
      if (c.opcode == spec::kOpEndLayer)
        c.words[1] = kSize / 2 + 64 * static_cast<uint32_t>(random.Int(0, 100));
      c.parity = random.Int(0, 1);
      c.gap = gaps.At(static_cast<uint64_t>(k));
      s.commands[e].push_back(c);
    }
    s.glb_ready[e] = RandomStall(&random);
  }
  return s;
}

struct SystemPorts {
  Trace bus, done[3], glb[3], layer_end;
  std::vector<uint8_t> memory;
};

class TwinSystem {
 public:
  explicit TwinSystem(const SystemScript& s) : s_(s), memory_(MakeMemory(s.memory, s.seed)) {
    fetch_.Init(&s.fetch, 0, &fetch_ports_);
    for (int e = 0; e < 3; ++e) glb_[e].Init(this, e);
  }
  SystemPorts Run(Cycle cycles) {
    std::vector<MemoryEvent> events;
    memory_.set_trace(&events);
    model::Load fl(s_.load, &glb_[0], &glb_[0]), il(s_.load, &glb_[1], &glb_[1]);
    model::Store store(s_.store, &glb_[2], &glb_[2]);
    model::MemPort port(s_.port, &memory_, &fetch_, &fl, &il, &store);
    port.SetWindow(BaseFor(s_.port.plain), kSize);
    port.Reset(0);
    fl.Reset(0);
    il.Reset(0);
    store.Reset(0);
    size_t next[3] = {};
    while (port.now() < cycles) {
      // A command is up a drawn time after the last one's fire, which the port finds out.
      // A command without bytes can be over at once.
      for (int e = 0; e < 3; ++e) {
        auto has = [&] {
          return e == 0 ? fl.has_command() : e == 1 ? il.has_command() : store.has_command();
        };
        while (!has() && next[e] < s_.commands[e].size()) {
          const SystemCommand& c = s_.commands[e][next[e]++];
          if (e == 2) {
            store.Command(store.command_fired() + 1 + c.gap, c.opcode, c.words, c.parity);
          } else {
            model::Load& load = e == 0 ? fl : il;
            load.Command(load.command_fired() + 1 + c.gap, c.words, c.parity);
          }
        }
      }
      port.Advance(std::min(cycles, port.NextEvent() + 1));
    }
    EXPECT_TRUE(port.idle() && fl.idle() && il.idle() && store.idle()) << "seed " << s_.seed;
    EXPECT_EQ(port.fault().code, 0);
    CheckBus(events, s_.port, BaseFor(s_.port.plain));
    ports_.bus = BusTrace(events);
    ports_.memory = memory_.bytes();
    return ports_;
  }

 private:
  struct Glb final : model::GlbWritePort, model::GlbReadPort, model::MoveListener {
    void Init(TwinSystem* system, int engine) {
      t = system;
      e = engine;
    }
    Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) override {
      const Cycle cycle = t->s_.glb_ready[e].NextOpen(from);
      std::vector<int64_t> values{address};
      for (int i = 0; i < count; ++i) values.push_back(bytes[i]);
      t->ports_.glb[e].push_back({cycle, values});
      return cycle;
    }
    Cycle Read(Cycle from, uint32_t address, const uint8_t** w) override {
      const Cycle cycle = t->s_.glb_ready[e].NextOpen(from);
      for (int i = 0; i < 32; ++i) word[i] = t->s_.GlbByte(address + static_cast<uint32_t>(i));
      t->ports_.glb[e].push_back({cycle, {address}});
      *w = word;
      return cycle;
    }
    void Done(Cycle cycle, int) override { t->ports_.done[e].push_back({cycle, {}}); }
    void LayerEnd(Cycle cycle, int) override { t->ports_.layer_end.push_back({cycle, {}}); }
    uint64_t RecordWord(Cycle, int index) override { return t->s_.RecordWord(index); }
    TwinSystem* t = nullptr;
    int e = 0;
    uint8_t word[32];
  };
  const SystemScript& s_;
  MemoryModel memory_;
  Ports fetch_ports_;
  TwinReader fetch_;
  Glb glb_[3];
  SystemPorts ports_;
};

template <class VPort, class VLoad, class VStore>
SystemPorts RunSystemRtl(const SystemScript& s, Cycle cycles) {
  SystemPorts ports;
  MemoryModel memory = MakeMemory(s.memory, s.seed);
  std::vector<MemoryEvent> events;
  memory.set_trace(&events);
  Unit<VPort> port(s.seed);
  Unit<VLoad> loads[2] = {Unit<VLoad>(s.seed + 1), Unit<VLoad>(s.seed + 2)};
  Unit<VStore> store(s.seed + 3);
  VPort* p = port.v.get();
  VLoad* l[2] = {loads[0].v.get(), loads[1].v.get()};
  VStore* st = store.v.get();
  p->base_i = BaseFor(s.port.plain);
  p->size_i = kSize;
  p->watchdog_i = 0xffffffff;
  p->stop_i = 0;
  port.Reset();
  loads[0].Reset();
  loads[1].Reset();
  store.Reset();
  PortPins<VPort> pins{p, &memory, s.port.plain, {}};
  size_t next[3] = {}, fetched = 0;
  Cycle from[3];
  for (int e = 0; e < 3; ++e) from[e] = s.commands[e].empty() ? kNever : s.commands[e][0].gap;
  const std::vector<ScriptedRequest>& fetch = s.fetch.requests[0];
  Cycle fetch_from = fetch.empty() ? kNever : fetch[0].gap;
  int index_before = 0;
  for (Cycle c = 0; c < cycles; ++c) {
    pins.Drive(c);
    for (int e = 0; e < 2; ++e) {
      l[e]->cmd_valid_i = c >= from[e];
      if (l[e]->cmd_valid_i) {
        for (int k = 0; k < 8; ++k) SetWord(l[e]->cmd_words_i, k, s.commands[e][next[e]].words[k]);
        l[e]->cmd_parity_i = s.commands[e][next[e]].parity;
      }
      l[e]->glb_ready_i = s.glb_ready[e].Open(c);
    }
    st->cmd_valid_i = c >= from[2];
    if (st->cmd_valid_i) {
      for (int k = 0; k < 8; ++k) SetWord(st->cmd_words_i, k, s.commands[2][next[2]].words[k]);
      st->cmd_parity_i = s.commands[2][next[2]].parity;
      st->cmd_opcode_i = s.commands[2][next[2]].opcode;
    }
    st->glb_ready_i = s.glb_ready[2].Open(c);
    st->rec_data_i = s.RecordWord(index_before);
    for (int round = 0; round < 2; ++round) {  // the combinational paths between the units
      for (int e = 0; e < 2; ++e) {
        l[e]->rq_ready_i = (p->rq_ready_o >> (e + 1)) & 1;
        l[e]->rs_valid_i = (p->rs_valid_o >> (e + 1)) & 1;
        l[e]->rs_data_i = p->rs_data_o;
        loads[e].Eval();
      }
      st->wq_ready_i = p->wq_ready_o;
      st->wd_ready_i = p->wd_ready_o;
      st->wb_i = p->wb_o;
      store.Eval();
      p->rq_valid_i =
          static_cast<uint8_t>((c >= fetch_from) | l[0]->rq_valid_o << 1 | l[1]->rq_valid_o << 2);
      SetWord(p->rq_addr_i, 0, c >= fetch_from ? fetch[fetched].offset : 0);
      SetWord(p->rq_addr_i, 1, l[0]->rq_addr_o);
      SetWord(p->rq_addr_i, 2, l[1]->rq_addr_o);
      p->rq_beats_i = static_cast<uint32_t>(c >= fetch_from ? fetch[fetched].beats : 0) |
                      static_cast<uint32_t>(l[0]->rq_beats_o) << 8 |
                      static_cast<uint32_t>(l[1]->rq_beats_o) << 16;
      p->rs_ready_i = static_cast<uint8_t>(s.fetch.ready[0].Open(c) | l[0]->rs_ready_o << 1 |
                                           l[1]->rs_ready_o << 2);
      p->wq_valid_i = st->wq_valid_o;
      p->wq_addr_i = st->wq_addr_o;
      p->wq_beats_i = st->wq_beats_o;
      p->wd_valid_i = st->wd_valid_o;
      p->wd_data_i = st->wd_data_o;
      p->wd_strb_i = st->wd_strb_o;
      port.Eval();
    }
    for (int e = 0; e < 2; ++e) {  // settle with the port's last answer
      l[e]->rq_ready_i = (p->rq_ready_o >> (e + 1)) & 1;
      l[e]->rs_valid_i = (p->rs_valid_o >> (e + 1)) & 1;
      l[e]->rs_data_i = p->rs_data_o;
      loads[e].Eval();
    }
    st->wq_ready_i = p->wq_ready_o;
    st->wd_ready_i = p->wd_ready_o;
    st->wb_i = p->wb_o;
    store.Eval();

    if (c >= fetch_from && (p->rq_ready_o & 1)) {
      ++fetched;
      fetch_from = fetched < fetch.size() ? c + 1 + fetch[fetched].gap : kNever;
    }
    for (int e = 0; e < 2; ++e) {
      if (l[e]->glb_valid_o && l[e]->glb_ready_i) {
        int first = 0;
        while (((static_cast<uint64_t>(l[e]->glb_be_o) >> first) & 1) == 0) ++first;
        std::vector<int64_t> values{l[e]->glb_addr_o + static_cast<uint32_t>(first)};
        for (int i = first;
             i < s.load.glb_bytes && (static_cast<uint64_t>(l[e]->glb_be_o) >> i & 1); ++i)
          values.push_back(GetByte(l[e]->glb_data_o, i));
        ports.glb[e].push_back({c, values});
      }
      if (l[e]->done_o) ports.done[e].push_back({c, {}});
      if (l[e]->cmd_valid_i && l[e]->cmd_ready_o)
        from[e] = ++next[e] < s.commands[e].size() ? c + 1 + s.commands[e][next[e]].gap : kNever;
    }
    if (st->done_o) ports.done[2].push_back({c, {}});
    if (st->layer_end_o) ports.layer_end.push_back({c, {}});
    if (st->cmd_valid_i && st->cmd_ready_o)
      from[2] = ++next[2] < s.commands[2].size() ? c + 1 + s.commands[2][next[2]].gap : kNever;
    const bool read = st->glb_valid_o && st->glb_ready_i;
    const uint32_t address = st->glb_addr_o;
    if (read) ports.glb[2].push_back({c, {address}});
    index_before = st->rec_index_o;
    pins.Sample();
    port.Clock();
    loads[0].Clock();
    loads[1].Clock();
    store.Clock();
    if (read) {
      uint8_t word[32];
      for (int i = 0; i < 32; ++i) word[i] = s.GlbByte(address + static_cast<uint32_t>(i));
      SetBytes(st->glb_data_i, word, s.store.glb_bytes);
    }
  }
  EXPECT_EQ(p->fault_o, 0);
  ports.bus = BusTrace(events);
  ports.memory = memory.bytes();
  return ports;
}

template <class VPort, class VLoad, class VStore>
void RunSystems(const model::MemPort::Config& port, const model::Load::Config& load,
                const model::Store::Config& store, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const SystemScript s = MakeSystem(seed, port, load, store);
    const Cycle cycles = 40000;
    TwinSystem system(s);
    const SystemPorts twin = system.Run(cycles);
    Cycle end = 0;
    for (const PortEvent& e : twin.bus) end = std::max(end, e.cycle);
    for (const Trace& t : twin.done)
      for (const PortEvent& e : t) end = std::max(end, e.cycle);
    ASSERT_LT(end, cycles - 100);
    const SystemPorts rtl = RunSystemRtl<VPort, VLoad, VStore>(s, end + 50);
    const struct {
      const char* name;
      const Trace &a, &b;
    } compared[] = {{"bus", twin.bus, rtl.bus},
                    {"fl glb", twin.glb[0], rtl.glb[0]},
                    {"il glb", twin.glb[1], rtl.glb[1]},
                    {"st glb", twin.glb[2], rtl.glb[2]},
                    {"fl done", twin.done[0], rtl.done[0]},
                    {"il done", twin.done[1], rtl.done[1]},
                    {"st done", twin.done[2], rtl.done[2]},
                    {"layer_end", twin.layer_end, rtl.layer_end}};
    for (const auto& p : compared) {
      const std::string difference = Difference(p.name, seed, p.a, p.b);
      ASSERT_EQ(difference, "");
      events_compared += p.a.size();
    }
    ASSERT_TRUE(twin.memory == rtl.memory);
    // The store's part of the memory, by the loop nest.
    std::vector<uint8_t> plain(kSize);
    for (uint32_t i = 0; i < kSize; ++i) plain[i] = MemoryByte(seed, i);
    for (const SystemCommand& c : s.commands[2]) {
      if (c.opcode == spec::kOpEndLayer) {
        for (uint32_t i = 0; i < static_cast<uint32_t>(store.rec_words) * 8; ++i)
          plain[c.words[1] + i] =
              static_cast<uint8_t>(s.RecordWord(static_cast<int>(i / 8)) >> (8 * (i % 8)));
      } else {
        PlainMove(c.move, 0xffffffff,
                  [&](uint32_t mem, uint32_t glb) { plain[mem] = s.GlbByte(glb); });
      }
    }
    ASSERT_TRUE(plain == twin.memory) << "seed " << seed;
  }
  std::printf("%d systems, %zu port events equal so far\n", cases, events_compared);
}

TEST(MemSystemLockstep, Weft168) {
  RunSystems<Vport_weft168, Vload_weft168, Vstore_weft168>(
      {8, 128, 8, 8, false}, {16, 8, 128, 8, 32}, {16, 8, 128, 8, 78, 2, 32}, 150, 5000);
}
TEST(MemSystemLockstep, Nano) {
  RunSystems<Vport_nano, Vload_nano, Vstore_nano>({4, 32, 1, 1, true}, {4, 4, 32, 1, 24},
                                                  {4, 4, 32, 1, 30, 1, 24}, 100, 6000);
}

}  // namespace
}  // namespace weft::lockstep
