// SPDX-License-Identifier: Apache-2.0
// `weft map` and `--objective` from outside.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/cli.h"

namespace weft {
namespace {

using Json = nlohmann::json;
using test::Cli;
using test::kDigits;
using test::Outcome;

const char kWorkload[] =
    "name: small\n"
    "source: made up\n"
    "layers:\n"
    "- {name: a, type: conv, N: 1, C: 24, H: 20, W: 20, M: 40, R: 3, S: 3, pad: 1, activation_zeros: 0.4}\n"
    "- {name: g, type: conv, N: 1, C: 16, H: 10, W: 10, M: 16, R: 3, S: 3, pad: 1, groups: 2}\n"
    "- {name: m, type: matmul, M: 4, K: 200, N: 300}\n";

class CliMap : public Cli {
 protected:
  Json MapAsJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "map");
    arguments.insert(arguments.end(), {"--json", "-"});
    const Outcome outcome = Weft(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }
};

TEST_F(CliMap, WrongUsageAndUnwritablePlaces) {
  ExpectFails(2, "layers 0..5", {"map", kDigits, "--layer", "6"});
  ExpectFails(2, "--layer", {"map", kDigits, "--layer", "-1"});
  ExpectFails(2, "--layer", {"map", kDigits, "--layer", "1..2"});
  ExpectFails(2, "{cycles,energy,product,latency}", {"map", kDigits, "--objective", "speed"});
  ExpectFails(2, "--batch", {"map", kDigits, "--batch", "0"});
  ExpectFails(2, "MODEL is required", {"map"});
  ExpectFails(2, "--zeros: " + kDigits + " is no .yaml workload", {"map", kDigits, "--zeros", "0.5"});
  ExpectFails(1, "No such file", {"map", "absent.tflite"});
  ExpectFails(5, "absent/m.json", {"map", kDigits, "--json", "absent/m.json"});
  Write("file", "");
  ExpectFails(5, "file/timeloop", {"map", kDigits, "--layer", "0", "--export-timeloop", "file/timeloop"});
}

TEST_F(CliMap, TableNamesEveryLayerAndWhatTheHostRuns) {
  const Outcome outcome = Weft({"map", kDigits});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* text : {"conv", "dw1 + pw1", "dw2 + pw2 + add", "pool", "fc", "SOFTMAX runs on the host", "set by", "total"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
  const Outcome host = Weft({"map", kDigits, "--layer", "5"});
  EXPECT_EQ(host.status, 0) << host.err;
  EXPECT_NE(host.out.find("runs on the host: it has no mapping"), std::string::npos) << host.out;
  EXPECT_EQ(Weft({"map", kDigits, "--layer", "2", "--quiet"}).out, "");
}

TEST_F(CliMap, NumbersAreThoseOfARunAndAboveTheCap) {
  Write("w.yaml", kWorkload);
  const Json all = MapAsJson({"w.yaml"});
  ASSERT_EQ(all["layers"].size(), 3u);
  ASSERT_EQ(Weft({"run", "w.yaml", "--engine", "systemc", "--layers", "0..2", "--json", "run.json"}).status, 0);
  const Json run = Json::parse(Text("run.json"));
  for (size_t i = 0; i < 3; ++i) {
    const Json& layer = all["layers"][i];
    EXPECT_EQ(layer["cycles"], run["layers"][i]["cycles"]);
    EXPECT_EQ(layer["macs"], run["layers"][i]["macs"]);
    EXPECT_EQ(layer["dram_bytes"].get<int64_t>(), run["layers"][i]["dram_read_bytes"].get<int64_t>() +
                                                      run["layers"][i]["dram_write_bytes"].get<int64_t>());
    EXPECT_GE(layer["cycles"].get<double>(), layer["cap_cycles"].get<double>());
    EXPECT_GE(layer["cap_cycles"].get<double>(), layer["ideal_cycles"].get<double>());
    EXPECT_EQ(layer["array_layers"].size(), i == 1 ? 2u : 1u);
  }
  // One layer alone has the same numbers, and what was rejected.
  const Json one = MapAsJson({"w.yaml", "--layer", "0"});
  ASSERT_EQ(one["layers"].size(), 1u);
  EXPECT_EQ(one["layers"][0]["cycles"], all["layers"][0]["cycles"]);
  const Json& array = one["layers"][0]["array_layers"][0];
  EXPECT_EQ(array["mapping"]["q"], all["layers"][0]["array_layers"][0]["mapping"]["q"]);
  EXPECT_GT(array["rejected"].size(), 0u);
  for (const Json& other : array["rejected"]) {
    const bool better = other["value"].get<double>() < array["predicted"]["value"].get<double>();
    EXPECT_EQ(better, other["why"] == "better by estimate, worse on the exact model") << other["why"];
    EXPECT_NE(other["why"], "");
  }
  EXPECT_EQ(MapAsJson({"w.yaml", "--layer", "0"}), one);
  // Two inferences are two runs.
  const Json two = MapAsJson({"w.yaml", "--layer", "2", "--batch", "2"});
  EXPECT_EQ(two["layers"][0]["macs"].get<int64_t>(), 2 * all["layers"][2]["macs"].get<int64_t>());
  EXPECT_GT(two["layers"][0]["cycles"].get<int64_t>(), all["layers"][2]["cycles"].get<int64_t>());
}

TEST_F(CliMap, DetailsSayEverything) {
  Write("w.yaml", kWorkload);
  const Outcome outcome = Weft({"map", "w.yaml", "--layer", "0"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* text : {"predicted", "measured", "cap", "set by the", "array ", "rows ", "units ", "tile ", "GLB ",
                           "DRAM ", "energy ", "busy ", "rejected"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
}

// Each objective's own number is least under it; outputs do not depend on it.
TEST_F(CliMap, ObjectivesMinimiseWhatTheySay) {
  Write("w.yaml", kWorkload);
  const char* names[] = {"cycles", "energy", "product"};
  double energy[3], cycles[3];
  std::string outputs[3];
  for (int i = 0; i < 3; ++i) {
    const Json predicted =
        MapAsJson({"w.yaml", "--layer", "0", "--objective", names[i]})["layers"][0]["array_layers"][0]["predicted"];
    energy[i] = predicted["energy"]["total"];
    cycles[i] = predicted["cycles"];
    const Outcome run = Weft({"run", "w.yaml", "--engine", "systemc", "--quiet", "--objective", names[i],
                              "--output-dir", names[i]});
    ASSERT_EQ(run.status, 0) << run.err;
    outputs[i] = Text(std::string(names[i]) + "/output_0.bin");
  }
  EXPECT_LE(energy[1], energy[0]);
  EXPECT_LE(energy[1], energy[2]);
  EXPECT_LE(energy[2] * cycles[2], energy[0] * cycles[0]);
  EXPECT_LE(energy[2] * cycles[2], energy[1] * cycles[1]);
  EXPECT_LT(energy[1], energy[0]);  // here it makes a difference
  EXPECT_EQ(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
}

TEST_F(CliMap, ProgramFilesKeepTheirObjective) {
  Write("w.yaml", kWorkload);
  ASSERT_EQ(Weft({"compile", "w.yaml", "-o", "w.weft", "--objective", "energy", "--quiet"}).status, 0);
  const Json file = MapAsJson({"w.weft"}), model = MapAsJson({"w.yaml", "--objective", "energy"});
  EXPECT_EQ(file["objective"], "energy");
  EXPECT_EQ(file["layers"], model["layers"]);
  ExpectFails(2, "compiled for energy", {"run", "w.weft", "--objective", "cycles"});
  ExpectFails(2, "compiled for energy", {"inspect", "w.weft", "--objective", "product"});
}

TEST_F(CliMap, TimeloopFilesAreWholeAndPerArrayLayer) {
  Write("w.yaml", kWorkload);
  ASSERT_EQ(Weft({"map", "w.yaml", "--export-timeloop", "tl", "--quiet"}).status, 0);
  for (const char* folder : {"layer_0", "layer_1_0", "layer_1_1", "layer_2"})
    for (const char* file : {"problem", "architecture", "mapping"})
      EXPECT_NE(Text(std::string("tl/") + folder + "/" + file + ".yaml"), "");
  EXPECT_EQ(Files().size(), 1u + 1u + 4u + 12u);
}

}  // namespace
}  // namespace weft
