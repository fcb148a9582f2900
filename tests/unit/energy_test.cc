// SPDX-License-Identifier: Apache-2.0
// Energy tables: the built-in ones, how costs scale, what is refused; energy is counts times costs.
#include "model/energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "model/error.h"

namespace weft {
namespace {

std::string TableText(const std::string& name) {
  std::ifstream in(std::string(WEFT_SOURCE_DIR) + "/spec/energy/" + name + ".yaml");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The default table with one piece of its text replaced.
std::string Altered(const std::string& from, const std::string& to) {
  std::string text = TableText(kDefaultEnergyTable);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void ExpectRefused(const std::string& text, const std::string& what) {
  try {
    ParseEnergyTable(text, "my.yaml");
    ADD_FAILURE() << "not refused: " << what;
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()).find("my.yaml: "), 0u) << e.what();
    EXPECT_NE(std::string(e.what()).find(what), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
  }
}

double CostOf(const std::string& table, const Config& config, const std::string& event) {
  const std::vector<EnergyEvent> events = EnergyEvents(config);
  const std::vector<double> costs = EventCosts(LoadEnergyTable(table), config);
  for (size_t i = 0; i < events.size(); ++i)
    if (events[i].name == event) return costs[i];
  ADD_FAILURE() << "no event " << event;
  return 0;
}

TEST(Energy, BuiltinTablesHaveEveryEventWithItsOrigin) {
  const std::vector<std::string> names = BuiltinEnergyTableNames();
  ASSERT_GE(names.size(), 3u);
  for (const std::string& name : names) {
    const EnergyTable table = LoadEnergyTable(name);
    EXPECT_EQ(table.name, name);
    for (const EnergyEvent& event : EnergyEvents(LoadConfig("weft168")))
      for (const EnergyCost& cost : table.events.at(event.name)) {
        EXPECT_FALSE(cost.source.empty()) << name << " " << event.name;
        EXPECT_GT(cost.node_nm, 0) << name << " " << event.name;
        EXPECT_GT(cost.voltage_v, 0) << name << " " << event.name;
      }
  }
}

// At the published width and memory size a cost is the published one.
TEST(Energy, CostsAreThePublishedOnesAtTheirOwnWidth) {
  const EnergyTable table = LoadEnergyTable("eyeriss65");
  EXPECT_DOUBLE_EQ(table.events.at("mac")[0].Of(16, 0), 2.0);
  EXPECT_DOUBLE_EQ(table.events.at("chain")[0].Of(16, 0), 4.0);
  EXPECT_DOUBLE_EQ(table.events.at("filter_spad_rd")[0].Of(16, 512), 1.0);
  EXPECT_DOUBLE_EQ(table.events.at("glb_act")[0].Of(16, 110592), 15.0);
  EXPECT_DOUBLE_EQ(table.events.at("dram_rd_fl")[0].Of(16, 0), 460);
  const EnergyTable ratios = LoadEnergyTable("normalised");
  EXPECT_DOUBLE_EQ(ratios.events.at("glb_act")[0].Of(16, 102400), 6 * 2.0);
  const EnergyTable horowitz = LoadEnergyTable("horowitz45");
  EXPECT_DOUBLE_EQ(horowitz.events.at("glb_act")[0].Of(64, 32768), 20);
  EXPECT_DOUBLE_EQ(horowitz.events.at("glb_act")[0].Of(64, 1048576), 100);
  EXPECT_DOUBLE_EQ(horowitz.events.at("mac")[0].Of(8, 0) + horowitz.events.at("mac")[1].Of(8, 0), 0.2 + 0.1);
}

TEST(Energy, CostsFollowWidthAndMemory) {
  const Config config = LoadConfig("weft168");
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", config, "mac"), 2.0 * 9 * 9 / (16 * 16));
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", config, "chain"), 4.0 * 32 / 16);
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", config, "dram_rd_il"), 460.0 * 8 / 16);
  EXPECT_NEAR(CostOf("eyeriss65", config, "glb_act"), 15.0 * 128 / 16, 1e-9);  // the GLB is 108 KiB
  // Two points make a power of the size: a memory whose size is their geometric mean costs that of theirs.
  const EnergyCost sram = LoadEnergyTable("eyeriss65").events.at("glb_act")[0];
  EXPECT_NEAR(sram.Of(16, std::sqrt(512.0 * 110592)), std::sqrt(15.0), 1e-12);
  // Of three, the two that are nearest.
  const EnergyCost cache = LoadEnergyTable("horowitz45").events.at("glb_act")[0];
  EXPECT_NEAR(cache.Of(64, 2048), 5, 1e-12);  // below 8 kB: half as much for a quarter of the size
  EXPECT_GT(cache.Of(64, 65536), 20);
}

// weft168: an entry of the window has 9 bits of value and 8 of its place in a spad of 256 words.
TEST(Energy, EventsHaveTheWidthsOfTheHardware) {
  for (const EnergyEvent& event : EnergyEvents(LoadConfig("weft168"))) {
    if (event.name == "act_bus" || event.name == "act_deliver" || event.name.rfind("ifmap_spad", 0) == 0) {
      EXPECT_EQ(event.bits, 17) << event.name;
    }
    if (event.name.rfind("ifmap_spad", 0) == 0) {
      EXPECT_EQ(event.memory_bytes, 16 * 8 * 17 / 8);
    }
    if (event.name.rfind("filter_spad", 0) == 0) {
      EXPECT_EQ(event.memory_bytes, 2 * 256 * 9 / 8);
    }
    if (event.name.rfind("psum_spad", 0) == 0) {
      EXPECT_EQ(event.memory_bytes, 64 * 4);
    }
  }
}

TEST(Energy, LanesShareAWordOfTheFilterSpadAndAnEntryOfTheWindow) {
  const Config ecp5 = LoadConfig("ecp5");
  ASSERT_EQ(ecp5.lanes, 2);
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", ecp5, "filter_spad_wr"), 2 * CostOf("eyeriss65", ecp5, "filter_spad_rd"));
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", ecp5, "ifmap_spad_wr"), 2 * CostOf("eyeriss65", ecp5, "ifmap_spad_rd"));
}

// 30 mW at 200 and at 60 MHz.
TEST(Energy, PowerOverTheClockIsEnergyOfACycle) {
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", LoadConfig("weft168"), "cycle"), 150);
  const Config ecp5 = LoadConfig("ecp5");
  EXPECT_DOUBLE_EQ(CostOf("eyeriss65", ecp5, "cycle"), 30000.0 / ecp5.clock_mhz);
}

TEST(Energy, CostsBeyondReasonAreRefused) {
  const std::string text = Altered("value: 2.0, unit: pJ, bits: 16", "value: 2.0e11, unit: pJ, bits: 1e-9");
  const EnergyTable table = ParseEnergyTable(text, "t");
  try {
    EventCosts(table, LoadConfig("weft168"));
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("event mac costs "), std::string::npos) << e.what();
  }
}

TEST(Energy, DramIsAChoice) {
  EXPECT_DOUBLE_EQ(LoadEnergyTable("eyeriss65", "lpddr4").events.at("dram_wr_st")[0].Of(8, 0), 64);
  EXPECT_DOUBLE_EQ(LoadEnergyTable("eyeriss65", "ddr3").events.at("dram_rd_cmd")[0].Of(8, 0), 560);
  EXPECT_DOUBLE_EQ(LoadEnergyTable("eyeriss65", "ddr3").events.at("mac")[0].Of(16, 0), 2);
  try {
    LoadEnergyTable("eyeriss65", "sram");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("DRAM sram is not known; there are ddr3, "), std::string::npos) << e.what();
  }
}

TEST(Energy, IsCountsTimesCostsAndAddsUp) {
  const Config config = LoadConfig("weft168");
  std::vector<int64_t> counted(spec::kEventCount);
  for (size_t e = 0; e < counted.size(); ++e) counted[e] = static_cast<int64_t>(1000003 * (e + 1));
  const std::vector<int64_t> counts = EnergyCountsOf(counted, 777);
  const std::vector<EnergyEvent> events = EnergyEvents(config);
  const std::vector<double> costs = EventCosts(LoadEnergyTable("eyeriss65"), config);
  ASSERT_EQ(counts.size(), events.size());
  const LayerEnergy energy = EnergyOf(events, costs, counts);
  int64_t total = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(energy.event_pj[i]), static_cast<double>(counts[i]) * costs[i], 0.5);
    total += energy.event_pj[i];
    if (events[i].name == "filter_spad_rd") {
      EXPECT_EQ(counts[i], counted[spec::kEvMac] + counted[spec::kEvMacGated]);
    }
    if (events[i].name == "cycle") {
      EXPECT_EQ(counts[i], 777);
      EXPECT_EQ(energy.event_pj[i], 777 * 150);
    }
  }
  EXPECT_EQ(energy.total_pj, total);
  EXPECT_EQ(std::accumulate(energy.component_pj.begin(), energy.component_pj.end(), int64_t{0}), total);
  LayerEnergy twice = energy;
  twice += energy;
  EXPECT_EQ(twice.total_pj, 2 * total);
}

TEST(Energy, WrongTablesAreOneClearLine) {
  ExpectRefused(Altered("  chain: array\n", ""), "events: chain is missing");
  ExpectRefused(Altered("  chain: array\n", "  chain: array\n  chian: array\n"), "events: unknown field chian");
  ExpectRefused(Altered("  chain: array\n", "  chain: array\n  chain: sram\n"), "chain");
  ExpectRefused(Altered("  chain: array\n", "  chain: wire\n"), "event chain: cost wire is not among the costs");
  ExpectRefused(Altered("  chain: array\n", "  chain: []\n"), "event chain: it needs the name of a cost");
  ExpectRefused(Altered("value: 2.0", "value: -2.0"), "cost mac: value: -2.0 is not 0 or more");
  ExpectRefused(Altered("value: 2.0", "value: two"), "cost mac: value: 'two' is not a number");
  ExpectRefused(Altered("value: 2.0", "value: .nan"), "cost mac: value: '.nan' is not a number");
  ExpectRefused(Altered("value: 2.0, ", ""), "cost mac: it needs either value or points");
  ExpectRefused(Altered("unit: pJ", "unit: nJ"), "cost mac: unit nJ is not known");
  ExpectRefused(Altered("unit: pJ", "unit: mac"), "cost mac: unit mac needs mac_pj");
  ExpectRefused(Altered("scale: square", "scale: cubic"), "cost mac: scale cubic is not known");
  ExpectRefused(Altered(", source: nn_dataflow", ", source: hearsay"), "cost mac: source hearsay is not among");
  ExpectRefused(Altered(", source: nn_dataflow", ""), "cost mac: field source is missing");
  ExpectRefused(Altered("{512: 1.0, 110592: 15.0}", "{512: 1.0}"), "cost sram: points needs two sizes");
  ExpectRefused(Altered("{512: 1.0, 110592: 15.0}", "{512: 1.0, 110592: -15.0}"), "cost sram: points: value: -15.0");
  ExpectRefused(Altered("{512: 1.0, 110592: 15.0}", "{512: 1.0, 51: 15.0}"), "cost sram: points: sizes must rise");
  ExpectRefused(Altered("voltage_v: 1.0\n", ""), "table: field voltage_v is missing");
  ExpectRefused(Altered("node_nm: 65\n", "node_nm: 0\n"), "table: node_nm: 0 is not above 0");
  ExpectRefused(Altered("  chain: array\n", "  chain: sram\n"), "event chain: cost sram depends on a memory's size");
  ExpectRefused(Altered("  chain: array\n", "  chain: idle\n"), "event chain: cost idle is a power");
  ExpectRefused(Altered("  chain: array\n", "  chain: [[array]]\n"), "a name is needed");
  ExpectRefused(Altered("  chain: array\n", "  [chain]: array\n"), "a name is needed");
  ExpectRefused(Altered("costs:\n", "costs:\n  [mac]: {value: 1}\n"), "a name is needed");
  ExpectRefused(Altered("  sparseloop: >-\n", "  sparseloop: [a]\n  other: >-\n"), "source sparseloop must be a text");
  ExpectRefused("events: [", "not YAML");
  ExpectRefused("", "an energy table is a map");
  try {
    LoadEnergyTable("eyeriss66");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("no such energy table; built-in ones are eyeriss65, "), std::string::npos)
        << e.what();
  }
}

}  // namespace
}  // namespace weft
