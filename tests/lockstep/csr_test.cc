// SPDX-License-Identifier: Apache-2.0
// weft_csr against model::Csr: random reads, writes, faults and ends of programs.
#include "model/csr.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "Vcsr_ecp5.h"
#include "Vcsr_nano.h"
#include "Vcsr_weft168.h"
#include "tests/lockstep/mem_bench.h"

namespace weft::lockstep {
namespace {

using Csr = model::Csr;

struct Access {
  Cycle addr_gap, data_gap;
  uint32_t address, data;
  int strobes;
};

struct Stimulus {
  std::vector<Access> writes, reads;
  StallPattern b_ready, r_ready;
  uint64_t seed;
  double fault, idle, mem_idle, record;
  Cycle cycles;
  // What reaches the unit from the core in a cycle.
  Csr::Inputs Core(Cycle c) const {
    Random random(Mix(seed, static_cast<uint64_t>(c)));
    Csr::Inputs in;
    in.idle = random.Chance(idle);
    in.mem_idle = random.Chance(mem_idle);
    in.record = random.Chance(record);
    if (!random.Chance(fault)) return in;
    in.fault_mem = random.Chance(0.3);
    in.fault_cmd = random.Chance(0.3);
    in.fault_glb = random.Chance(0.3);
    in.fault_token = random.Chance(0.3) ? random.Int(1, 31) : 0;
    in.fault_mem_code = random.Int(1, 4);
    in.fault_mem_address = random.Next();
    in.fault_cmd_address = static_cast<uint32_t>(random.Next());
    return in;
  }
};

std::vector<Access> MakeAccesses(Random* random, int count, bool write) {
  std::vector<Access> list;
  const int slow = random->Chance(0.5) ? 10 : 150;
  for (int k = 0; k < count; ++k) {
    Access a;
    a.addr_gap = random->Int(0, slow);
    a.data_gap = random->Int(0, slow);
    a.address = static_cast<uint32_t>(random->Int(0, 24)) * 4;
    if (random->Chance(0.05)) a.address = static_cast<uint32_t>(random->Next()) & 0xffc;
    a.data = static_cast<uint32_t>(random->Next());
    if (write && random->Chance(0.3)) {
      a.address = static_cast<uint32_t>(spec::kRegDoorbell);
      a.data |= 1;
    }
    if (write && a.address == static_cast<uint32_t>(spec::kRegControl) && random->Chance(0.5)) a.data = 0;
    if (write && a.address == static_cast<uint32_t>(spec::kRegWatchdogToken)) a.data &= random->Chance(0.5) ? 1 : 7;
    a.strobes = random->Chance(0.05) ? random->Int(0, 14) : 15;
    list.push_back(a);
  }
  return list;
}

Stimulus MakeStimulus(uint64_t seed) {
  Random random(seed);
  Stimulus s;
  s.seed = random.Next();
  s.writes = MakeAccesses(&random, random.Int(5, 40), true);
  s.reads = MakeAccesses(&random, random.Int(5, 60), false);
  s.b_ready = RandomStall(&random);
  s.r_ready = RandomStall(&random);
  s.fault = random.Chance(0.5) ? 0.0 : 0.004;
  s.idle = random.Chance(0.3) ? 0.0 : 0.003;
  s.mem_idle = random.Int(1, 10) / 10.0;
  s.record = 0.02;
  s.cycles = random.Int(500, 2500);
  return s;
}

struct Ports {
  Trace write, answer, read, state, config;
};

Ports RunTwin(const Stimulus& s, const Csr::Config& config) {
  Ports ports;
  Csr csr(config);
  struct Fire {
    Cycle fire, answer;
    size_t index;
  };
  std::vector<Fire> writes, reads;
  Cycle last = -1;
  for (size_t k = 0; k < s.writes.size(); ++k) {
    const Cycle fire = last + 1 + std::max(s.writes[k].addr_gap, s.writes[k].data_gap);
    writes.push_back({fire, last = s.b_ready.NextOpen(fire + 1), k});
  }
  last = -1;
  for (size_t k = 0; k < s.reads.size(); ++k) {
    const Cycle fire = last + 1 + s.reads[k].addr_gap;
    reads.push_back({fire, last = s.r_ready.NextOpen(fire + 1), k});
  }
  size_t w = 0, r = 0;
  bool half = false;
  for (Cycle c = 0; c < s.cycles; ++c) {
    Csr::Inputs in = s.Core(c);
    const bool half_now = csr.WatchdogHalf(c);
    const bool run = csr.running(c);
    ports.state.push_back({c,
                           {csr.core_reset(c), run, csr.irq(), half_now && !half && run,
                            static_cast<int64_t>(csr.Cycles(c))}});
    ports.config.push_back({c,
                            {static_cast<int64_t>(csr.window_base()), csr.window_size(), csr.program(),
                             csr.program_bytes(), csr.watchdog_memory() - 1}});
    half = half_now;
    if (r < reads.size() && reads[r].fire == c) {
      const uint32_t data = csr.Read(c, s.reads[reads[r].index].address);
      if (reads[r].answer < s.cycles) ports.read.push_back({reads[r].answer, {data}});
      ++r;
    }
    if (w < writes.size() && writes[w].fire == c) {
      const Access& a = s.writes[writes[w].index];
      in.write = a.strobes == 15;
      in.address = a.address;
      in.data = a.data;
      ports.write.push_back({c, {}});
      if (writes[w].answer < s.cycles) ports.answer.push_back({writes[w].answer, {in.write ? 0 : 2}});
      ++w;
    }
    const bool something = in.write || in.idle || in.mem_idle || in.record || in.fault_mem ||
                           in.fault_cmd || in.fault_glb || in.fault_token != 0;
    if (something) csr.Step(c, in);
  }
  return ports;
}

template <class V>
Ports RunRtl(const Stimulus& s, uint64_t init_seed) {
  Unit<V> unit(init_seed);
  V* v = unit.v.get();
  Random junk(init_seed);
  for (int k = junk.Int(0, 400); k >= 0; --k) {
    v->rst_ni = k > 0 && k < 390;
    v->s_axil_awvalid_i = v->s_axil_wvalid_i = junk.Chance(0.5);
    v->s_axil_awaddr_i = junk.Int(0, 24) * 4;
    v->s_axil_wdata_i = static_cast<uint32_t>(junk.Next());
    v->s_axil_wstrb_i = 15;
    v->s_axil_bready_i = v->s_axil_rready_i = 1;
    v->s_axil_arvalid_i = junk.Chance(0.5);
    v->idle_i = junk.Chance(0.05);
    v->fault_cmd_i = junk.Chance(0.05);
    unit.Eval(), unit.Clock();
  }
  unit.Reset();
  Ports ports;
  size_t w = 0, r = 0;
  Cycle aw_from = s.writes[0].addr_gap, w_from = s.writes[0].data_gap, ar_from = s.reads[0].addr_gap;
  bool write_open = true, read_open = true;
  for (Cycle c = 0; c < s.cycles; ++c) {
    const Csr::Inputs in = s.Core(c);
    v->idle_i = in.idle;
    v->mem_idle_i = in.mem_idle;
    v->record_i = in.record;
    v->fault_mem_i = in.fault_mem;
    v->fault_cmd_i = in.fault_cmd;
    v->fault_glb_i = in.fault_glb;
    v->fault_token_i = in.fault_token;
    v->fault_mem_code_i = in.fault_mem_code;
    v->fault_mem_addr_i = in.fault_mem_address;
    v->fault_cmd_addr_i = in.fault_cmd_address;
    const bool writing = write_open && w < s.writes.size(), reading = read_open && r < s.reads.size();
    v->s_axil_awvalid_i = writing && c >= aw_from;
    v->s_axil_wvalid_i = writing && c >= w_from;
    v->s_axil_awaddr_i = static_cast<uint16_t>(v->s_axil_awvalid_i ? s.writes[w].address : junk.Next() & 0xfff);
    v->s_axil_wdata_i = v->s_axil_wvalid_i ? s.writes[w].data : static_cast<uint32_t>(junk.Next());
    v->s_axil_wstrb_i = v->s_axil_wvalid_i ? s.writes[w].strobes : junk.Int(0, 15);
    v->s_axil_arvalid_i = reading && c >= ar_from;
    v->s_axil_araddr_i = static_cast<uint16_t>(v->s_axil_arvalid_i ? s.reads[r].address : junk.Next() & 0xfff);
    v->s_axil_bready_i = s.b_ready.Open(c);
    v->s_axil_rready_i = s.r_ready.Open(c);
    unit.Eval();
    ports.state.push_back({c,
                           {!v->core_rst_no, v->run_o, v->irq_o, v->tick_o,
                            static_cast<int64_t>(v->cycle_o)}});
    ports.config.push_back({c,
                            {static_cast<int64_t>(v->window_base_o), v->window_size_o, v->program_o,
                             v->program_bytes_o, v->watchdog_memory_o}});
    EXPECT_EQ(v->s_axil_awready_o, v->s_axil_wready_o);
    if (v->s_axil_awvalid_i && v->s_axil_awready_o) {
      ports.write.push_back({c, {}});
      write_open = false;
    }
    if (v->s_axil_arvalid_i && v->s_axil_arready_o) read_open = false;
    if (v->s_axil_bvalid_o && v->s_axil_bready_i) {
      ports.answer.push_back({c, {v->s_axil_bresp_o}});
      write_open = true;
      if (++w < s.writes.size()) {
        aw_from = c + 1 + s.writes[w].addr_gap;
        w_from = c + 1 + s.writes[w].data_gap;
      }
    }
    if (v->s_axil_rvalid_o && v->s_axil_rready_i) {
      ports.read.push_back({c, {v->s_axil_rdata_o}});
      read_open = true;
      if (++r < s.reads.size()) ar_from = c + 1 + s.reads[r].addr_gap;
    }
    unit.Clock();
  }
  return ports;
}

size_t events_compared = 0;

template <class V>
void RunCases(const Csr::Config& config, int cases, uint64_t first_seed) {
  for (int k = 0; k < cases; ++k) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(k);
    const Stimulus s = MakeStimulus(seed);
    const Ports twin = RunTwin(s, config);
    for (int init = 0; init < (k % 8 == 0 ? 2 : 1); ++init) {
      const Ports rtl = RunRtl<V>(s, 2 * seed + static_cast<uint64_t>(init));
      const struct {
        const char* name;
        const Trace &a, &b;
      } compared[] = {{"state", twin.state, rtl.state},
                      {"config", twin.config, rtl.config},
                      {"write", twin.write, rtl.write},
                      {"answer", twin.answer, rtl.answer},
                      {"read", twin.read, rtl.read}};
      for (const auto& port : compared) {
        ASSERT_EQ(Difference(port.name, seed, port.a, port.b), "");
        events_compared += port.a.size();
      }
    }
  }
  std::printf("%d cases, %zu port events equal so far\n", cases, events_compared);
}

Csr::Config Nano() {
  Csr::Config c;
  c.rows = 2, c.cols = 1, c.lanes = 2, c.segs = 1, c.glb_size = 65536, c.mem_bytes = 4;
  c.plain_memory = 1, c.counter_small = 1, c.counter_bits = 32, c.addr_bits = 24;
  c.config_hash = 0xfedcba98;
  return c;
}
Csr::Config Ecp5() {
  Csr::Config c;
  c.rows = 8, c.cols = 4, c.lanes = 2, c.segs = 2, c.counter_bits = 40;
  return c;
}

TEST(CsrLockstep, Weft168) { RunCases<Vcsr_weft168>({}, 350, 1000); }
TEST(CsrLockstep, Ecp5) { RunCases<Vcsr_ecp5>(Ecp5(), 300, 2000); }
TEST(CsrLockstep, Nano) { RunCases<Vcsr_nano>(Nano(), 350, 3000); }

// A fault's registers: code, address, layer, until the next doorbell.
TEST(CsrLockstep, Fault) {
  Csr csr({});
  Csr::Inputs in;
  in.write = true;
  in.address = static_cast<uint32_t>(spec::kRegDoorbell);
  in.data = 1;
  csr.Step(10, in);
  EXPECT_FALSE(csr.running(266));
  EXPECT_TRUE(csr.running(267));
  EXPECT_EQ(csr.Cycles(267), 0u);
  in = {};
  in.record = true;
  csr.Step(300, in);
  in = {};
  in.fault_mem = true;
  in.fault_mem_code = spec::kFaultMemRead;
  in.fault_mem_address = 0x123456789a;
  csr.Step(400, in);
  EXPECT_EQ(csr.Read(401, static_cast<uint32_t>(spec::kRegStatus)), 1u | 4u | 0x100u);
  in = {};
  in.mem_idle = true;
  csr.Step(500, in);
  EXPECT_TRUE(csr.core_reset(501));
  EXPECT_EQ(csr.Read(502, static_cast<uint32_t>(spec::kRegStatus)), 4u | 0x100u);
  EXPECT_EQ(csr.Read(502, static_cast<uint32_t>(spec::kRegFaultAddrLo)), 0x3456789au);
  EXPECT_EQ(csr.Read(502, static_cast<uint32_t>(spec::kRegFaultAddrHi)), 0x12u);
  EXPECT_EQ(csr.Read(502, static_cast<uint32_t>(spec::kRegFaultLayer)), 1u);
  EXPECT_EQ(csr.Read(502, static_cast<uint32_t>(spec::kRegCyclesLo)), 401u - 267u);
}

}  // namespace
}  // namespace weft::lockstep
