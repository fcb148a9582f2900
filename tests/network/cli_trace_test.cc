// SPDX-License-Identifier: Apache-2.0
// `weft run --trace` and `weft compare` from outside: the files, and that nothing else changes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/config.h"
#include "sim/rtl_cache.h"
#include "tests/support/cli.h"

namespace weft {
namespace {

using Json = nlohmann::json;
using test::Cli;
using test::kDigits;
using test::Outcome;
using Names = std::vector<std::string>;

class CliTrace : public Cli {
 protected:
  // A command may take long, but not as long as building its simulator.
  static void SetUpTestSuite() {
    FindRtlSimulator(LoadConfig("weft168"), false, true);
    FindRtlSimulator(LoadConfig("nano"), true, true);
    FindRtlSimulator(LoadConfig("nano"), false, true);
  }
  // The record without what another run may say otherwise.
  Json Record(Names arguments) {
    arguments.insert(arguments.begin(), {"run", kDigits, "--quiet", "--json", "run.json"});
    const Outcome outcome = Weft(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    Json record = Json::parse(Text("run.json"));
    std::filesystem::remove(folder_ / "run.json");
    record["command"] = "";
    for (auto& [name, value] : record["totals"].items())
      if (name.find("_seconds") != std::string::npos) value = 0;
    return record;
  }
};

TEST_F(CliTrace, TimelinesOfBothEnginesDifferInTheEnginesName) {
  for (const char* engine : {"rtl", "systemc"}) {
    const Names plain = {"--engine", engine};
    Names traced = plain;
    traced.insert(traced.end(), {"--trace", std::string(engine) + ".json"});
    EXPECT_EQ(Record(plain), Record(traced)) << engine;
  }
  EXPECT_EQ(Files(), (Names{"rtl.json", "systemc.json"}));
  std::string rtl = Text("rtl.json");
  const std::string name = "\"engine\":\"rtl\"";
  ASSERT_NE(rtl.find(name), std::string::npos);
  rtl.replace(rtl.find(name), name.size(), "\"engine\":\"systemc\"");
  EXPECT_EQ(rtl, Text("systemc.json"));
  EXPECT_TRUE(Json::parse(rtl)["traceEvents"].is_array());
}

TEST_F(CliTrace, WaveformIsBesideAndNothingElseChanges) {
  Names arguments = {"--config", "nano", "--layers", "0..0"};
  const Json plain = Record(arguments);
  arguments.insert(arguments.end(), {"--trace", "a.fst"});
  EXPECT_EQ(Record(arguments), plain);
  EXPECT_EQ(Files(), Names{"a.fst"});
  EXPECT_EQ(Text("a.fst").substr(0, 9), std::string("\0\0\0\0\0\0\0\1\x49", 9));
}

TEST_F(CliTrace, NothingHalfWrittenWhenTheRunFails) {
  Write("bad.png", "no picture");
  ExpectFails(1, "bad.png", {"run", kDigits, "--input", "bad.png", "--trace", "a.json"});
  ExpectFails(5, "folder absent", {"run", kDigits, "--trace", "absent/a.json"});
}

TEST_F(CliTrace, CompareSaysEqual) {
  const Outcome outcome = Weft({"compare", kDigits, "--quiet"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  int64_t comparisons = 0;
  ASSERT_EQ(std::sscanf(outcome.out.c_str(), "equal: %ld comparisons\n", &comparisons), 1)
      << outcome.out;
  EXPECT_GT(comparisons, 10000);
  EXPECT_EQ(Files(), Names{});
}

}  // namespace
}  // namespace weft
