// SPDX-License-Identifier: Apache-2.0
// --energy and --dram from outside: what they put into the run record, and what they refuse.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/cli.h"

namespace weft::test {
namespace {

using Json = nlohmann::json;

class CliEnergy : public Cli {
 protected:
  Json Record(std::vector<std::string> options) {
    options.insert(options.begin(), {"run", kDigits, "--json", "-", "--engine"});
    const Outcome outcome = Weft(options);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return Json::parse(outcome.out);
  }
};

int64_t SumOf(const Json& components) {
  int64_t sum = 0;
  for (const auto& [name, pj] : components.items())
    if (name != "total") sum += pj.get<int64_t>();
  return sum;
}

int64_t DramBytes(const Json& layer) {
  return layer["dram_read_bytes"].get<int64_t>() + layer["dram_write_bytes"].get<int64_t>();
}

TEST_F(CliEnergy, EveryEnergyIsCountTimesCostAndSumsAreExact) {
  const Json record = Record({"systemc"});
  EXPECT_EQ(record["energy_table"], "eyeriss65");
  std::map<std::string, double> cost;
  std::map<std::string, std::string> component;
  for (const Json& one : record["energy"]["costs"]) {
    cost[one["event"]] = one["pj"];
    component[one["event"]] = one["component"];
    EXPECT_FALSE(one["source"].get<std::string>().empty());
  }
  std::map<std::string, int64_t> all;
  for (const Json& layer : record["layers"]) {
    if (layer["on"] == "host") {
      EXPECT_TRUE(layer["energy_pj"].is_null());
      EXPECT_TRUE(layer["energy_events"].is_null());
      continue;
    }
    std::map<std::string, int64_t> parts;
    for (const Json& event : layer["energy_events"]) {
      const std::string name = event["event"];
      EXPECT_NEAR(event["pj"].get<double>(), event["count"].get<double>() * cost.at(name), 0.5) << name;
      if (layer["events"].contains(name)) {
        EXPECT_EQ(event["count"], layer["events"][name]);
      }
      parts[component.at(name)] += event["pj"].get<int64_t>();
    }
    for (const auto& [name, pj] : parts) EXPECT_EQ(layer["energy_pj"][name], pj) << name;
    EXPECT_EQ(SumOf(layer["energy_pj"]), layer["energy_pj"]["total"]);
    for (const auto& [name, pj] : layer["energy_pj"].items()) all[name] += pj.get<int64_t>();
    const double pj = layer["energy_pj"]["total"].get<double>();
    EXPECT_DOUBLE_EQ(layer["average_power_mw"], pj / layer["cycles"].get<double>() * 200 / 1000);
    if (layer["macs"] > 0) {
      EXPECT_DOUBLE_EQ(layer["pj_per_mac"], pj / layer["macs"].get<double>());
      EXPECT_DOUBLE_EQ(layer["pj_per_effectual_mac"], pj / layer["effectual_macs"].get<double>());
    } else {
      EXPECT_TRUE(layer["pj_per_mac"].is_null());
      EXPECT_TRUE(layer["pj_per_effectual_mac"].is_null());
    }
  }
  for (const auto& [name, pj] : all) EXPECT_EQ(record["totals"]["energy_pj"][name], pj) << name;
  EXPECT_DOUBLE_EQ(record["totals"]["energy_uj"], static_cast<double>(all["total"]) / 1e6);
}

TEST_F(CliEnergy, DramOfChoiceChangesItsPartAlone) {
  const Json own = Record({"systemc"}), lpddr4 = Record({"systemc", "--dram", "lpddr4"});
  EXPECT_EQ(lpddr4["energy"]["table"]["dram"], "lpddr4");
  for (const auto& [name, pj] : own["totals"]["energy_pj"].items())
    EXPECT_EQ(pj == lpddr4["totals"]["energy_pj"][name], name != "dram" && name != "total") << name;
  EXPECT_EQ(lpddr4["totals"]["energy_pj"]["dram"], 64 * DramBytes(lpddr4["totals"]));
}

TEST_F(CliEnergy, WhatIsNotCountedIsNull) {
  for (const Json& record : {Record({"reference"}), Record({"systemc", "--config", "nano"})}) {
    EXPECT_TRUE(record["totals"]["energy_uj"].is_null());
    EXPECT_TRUE(record["totals"]["energy_pj"].is_null());
    for (const Json& layer : record["layers"]) EXPECT_TRUE(layer["energy_pj"].is_null());
  }
}

TEST_F(CliEnergy, BoundsStandBesideTheLayers) {
  for (const Json& layer : Record({"systemc"})["layers"]) {
    if (layer["on"] == "host") {
      EXPECT_TRUE(layer["traffic"].is_null());
      continue;
    }
    const Json& traffic = layer["traffic"];
    EXPECT_GE(traffic["bound_bytes"], traffic["compulsory_bytes"]);
    if (!traffic["best_tiling_bytes"].is_null()) {
      EXPECT_GE(traffic["best_tiling_bytes"], traffic["compulsory_bytes"]);
    }
    EXPECT_LE(traffic["compulsory_bytes"], DramBytes(layer));
    if (!layer["cap"].is_null()) {
      EXPECT_LE(layer["cap"]["cycles"], layer["cycles"]);
    }
    EXPECT_LE(layer["mapping"]["first_block"].size(), layer["mapping"]["seg_rows"].get<size_t>());
  }
}

// A layer that is computed in parts has the bounds of the whole, and a kernel narrower than its stride no reuse.
TEST_F(CliEnergy, BoundsAreThoseOfTheWholeLayer) {
  Write("w.yaml", "name: w\nsource: s\nlayers:\n"
                  "- {name: parts, type: conv, N: 4, C: 256, H: 13, W: 13, M: 384, R: 3, S: 3, pad: 1}\n"
                  "- {name: shortcut, type: conv, N: 1, C: 256, H: 56, W: 56, M: 512, R: 1, S: 1, stride: 2}\n");
  const Outcome outcome = Weft({"run", "w.yaml", "--zeros", "0", "--engine", "systemc", "--json", "-"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json record = Json::parse(outcome.out);
  const Json &parts = record["layers"][0], &shortcut = record["layers"][1];
  EXPECT_GT(parts["mapping"]["array_layers"], 1);
  EXPECT_EQ(parts["traffic"]["compulsory_bytes"], 4 * 13 * 13 * 256 + 9 * 256 * 384 + 4 * 13 * 13 * 384);
  EXPECT_EQ(shortcut["traffic"]["compulsory_bytes"], 28 * 28 * 256 + 256 * 512 + 28 * 28 * 512);
  EXPECT_LE(shortcut["traffic"]["bound_bytes"], DramBytes(shortcut));
}

TEST_F(CliEnergy, ASliceHasNoEnergyPerMac) {
  Write("w.yaml",
        "name: w\nsource: s\nlayers:\n- {name: a, type: conv, N: 2, C: 64, H: 20, W: 20, M: 48, R: 3, S: 3}\n");
  const std::vector<std::string> run = {"run", "w.yaml", "--engine", "systemc", "--slice", "1"};
  EXPECT_EQ(Weft(run).out.find("pJ a MAC"), std::string::npos);
  const Outcome whole = Weft({"run", "w.yaml", "--engine", "systemc"});
  EXPECT_NE(whole.out.find("pJ a MAC"), std::string::npos);
}

TEST_F(CliEnergy, WrongTablesAreStatus1) {
  Write("t.yaml", "name: t\ndoc: d\nnode_nm: 65\nvoltage_v: 1\nsources: {s: x}\n"
                  "costs: {c: {value: 1, unit: pJ, bits: 16, scale: none, source: s}}\nevents: {mac: c}\n");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--energy", "t.yaml"}, "t.yaml: events: mac_gated is missing"},
      {{"--energy", "none.yaml"}, "none.yaml: no such energy table; built-in ones are"},
      {{"--energy", "dram"}, "dram: no such energy table"},
      {{"--dram", "rambus"}, "DRAM rambus is not known"}};
  for (const auto& [options, message] : cases) {
    std::vector<std::string> run = {"run", kDigits, "--engine", "systemc", "--json", "r.json"};
    run.insert(run.end(), options.begin(), options.end());
    const Outcome outcome = Weft(run);
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "r.json"));
  }
}

}  // namespace
}  // namespace weft::test
