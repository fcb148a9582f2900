// SPDX-License-Identifier: Apache-2.0
// `weft report`: printed digits add up, text is escaped, what is not known says so, wrong records are refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <regex>

#include "sim/report/events.h"
#include "sim/report/number.h"
#include "sim/report/run.h"
#include "sim/report/table.h"
#include "sim/report/text.h"
#include "tests/support/cli.h"

namespace weft::report {
namespace {

using Json = nlohmann::ordered_json;
using test::Cli;
using test::Outcome;

constexpr char kHostile[] = "</script><b a='\"'>&, \"x\"\r\ny | *z*";

Json EnergyJson(const std::vector<int64_t>& parts) {
  Json json;
  int64_t sum = 0;
  for (size_t c = 0; c < kEnergyComponents; ++c) {
    json[kEnergyComponentNames[c]] = parts[c];
    sum += parts[c];
  }
  json["total"] = sum;
  return json;
}

Json LayerJson(int index, const std::string& name, const std::vector<int64_t>& parts) {
  Json layer = {{"index", index},     {"name", name},         {"op", "CONV_2D"},          {"on", "accelerator"},
                {"cycles", 1000},     {"macs", 4'000'000},    {"macs_padded", 4'100'000}, {"effectual_macs", 2'000'000},
                {"utilization", 1.5}, {"zero_fraction", 0.5}, {"dram_read_bytes", 3000},  {"dram_write_bytes", 1000}};
  for (const char* name : spec::kClassNames) layer["stalls"]["array"][name] = 0;
  layer["stalls"]["array"]["busy"] = 1000;
  layer["energy_pj"] = EnergyJson(parts);
  layer["cap"] = {{"cycles", 800.25}, {"set_by", "DRAM"}};
  layer["traffic"] = {{"compulsory_bytes", 2000}, {"bound_bytes", 2500}, {"best_tiling_bytes", 3500}};
  layer["mapping"] = {{"segs", 2},       {"seg_rows", 2}, {"fgs", 2},    {"total_fgs", 3},
                      {"positions", 3},  {"sets", 2},     {"taps", 3},   {"p", 4},
                      {"row_blocks", 5}, {"units", 6},    {"spread", 0}, {"first_block", {{0, 8, 0, 0}, {0, 8, 1, 0}}}};
  return layer;
}

Json HostLayerJson(int index) {
  Json layer = {{"index", index}, {"name", "softmax"}, {"op", "SOFTMAX"}, {"on", "host"}, {"macs", 0}};
  for (const char* name : {"cycles", "macs_padded", "utilization", "zero_fraction", "dram_read_bytes", "stalls",
                           "energy_pj", "cap", "traffic", "mapping"})
    layer[name] = nullptr;
  return layer;
}

// Three layers whose energies have the digits that sums of rounded numbers get wrong.
Json RecordJson() {
  const std::vector<int64_t> a = {1, 333'333, 666'667, 5, 49, 999'999}, b = {1'000'000, 1, 8'999'999'999'999, 4, 2, 1};
  Json record = {{"schema", 1},         {"weft", "0.1.0"},  {"command", kHostile},
                 {"model", "m.tflite"}, {"config", "c"},    {"config_fields", {{"Rows", 4}, {"Cols", 3}, {"Lanes", 2}}},
                 {"engine", "systemc"}, {"memory", "8,60"}, {"slice_tiles", nullptr},
                 {"clock_mhz", 200}};
  std::vector<int64_t> sums;
  for (size_t c = 0; c < a.size(); ++c) sums.push_back(a[c] + b[c]);
  record["totals"] = {{"cycles", 2000}, {"macs", 8'000'000}, {"energy_pj", EnergyJson(sums)}};
  record["layers"] = {LayerJson(0, kHostile, a), LayerJson(1, "conv", b), HostLayerJson(2)};
  return record;
}

std::vector<Run> Runs(const std::vector<Json>& records) {
  std::vector<Run> runs;
  for (const Json& record : records) {
    runs.push_back(MakeRun({"r.json", record}));
    if (records.size() > 1) runs.back().label = runs.size() == 1 ? "A" : "B";
  }
  return runs;
}

std::string Message(const Json& record) {
  try {
    MakeRun({"r.json", record});
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

int64_t Microjoules(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  EXPECT_EQ(text.size() - text.find('.'), 7u) << text;
  text.erase(text.find('.'), 1);
  return std::stoll(text);
}

// Of each row with energies of a table the printed whole pJ.
std::vector<std::vector<int64_t>> PrintedEnergies(const std::string& html) {
  std::vector<std::vector<int64_t>> rows;
  const std::regex row("<tr[^]*?</tr>"), cell("<td>([0-9,]+\\.[0-9]{6})</td>");
  for (std::sregex_iterator r(html.begin(), html.end(), row), end; r != end; ++r) {
    const std::string text = r->str();
    std::vector<int64_t> energies;
    for (std::sregex_iterator c(text.begin(), text.end(), cell); c != end; ++c)
      energies.push_back(Microjoules((*c)[1]));
    if (!energies.empty()) rows.push_back(energies);
  }
  return rows;
}

TEST(Report, PrintedEnergiesAddUpToTheLastDigit) {
  const auto rows = PrintedEnergies(LayerTable("energy", EnergyColumns(), Runs({RecordJson()})));
  ASSERT_EQ(rows.size(), 3u);  // two layers and all
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), kEnergyComponents + 1);
    EXPECT_EQ(std::accumulate(row.begin(), row.end() - 1, int64_t{0}), row.back());
  }
  for (size_t c = 0; c <= kEnergyComponents; ++c) EXPECT_EQ(rows[0][c] + rows[1][c], rows[2][c]);
  EXPECT_EQ(rows[2].back(), 9'000'003'000'061);
}

// Of each kind of event the counts and energies of all layers, and each layer's own; events of a cost that the record
// does not tell are there, too.
TEST(Report, CountTimesCostIsToldOfAllLayersAndOfEach) {
  Json record = RecordJson();
  record["energy"]["costs"] = {{{"event", "mac"}, {"component", "mac"}, {"pj", 0.5}, {"source", "s"}}};
  for (size_t i = 0; i < 2; ++i) {
    Json& layer = record["layers"][i];
    const int64_t total = layer["energy_pj"]["total"];
    layer["energy_events"] = {{{"event", "mac"}, {"count", 40 + i}, {"pj", 20}},
                              {{"event", "odd"}, {"count", 3}, {"pj", total - 20}}};
  }
  const std::string html = EventTables(Runs({record}));
  const auto rows = PrintedEnergies(html);
  ASSERT_EQ(rows.size(), 9u);  // two events and their total, of all and of both layers
  EXPECT_EQ(rows[0][0], 40);
  EXPECT_EQ(rows[2][0], 9'000'003'000'061);
  for (size_t t = 0; t < rows.size(); t += 3) EXPECT_EQ(rows[t][0] + rows[t + 1][0], rows[t + 2][0]);
  EXPECT_NE(html.find("<td>81</td><td>0.5</td><td>0.000040</td>"), std::string::npos) << html;
  EXPECT_NE(html.find("<td>6</td><td>not known</td>"), std::string::npos) << html;
  EXPECT_EQ(EventTables(Runs({RecordJson()})), "");
  record["layers"][1]["energy_events"][0]["count"] = -1;
  EXPECT_NE(Message(record).find("r.json: layers[1].energy_events[0].count: -1"), std::string::npos) << Message(record);
}

TEST(Report, NumbersArePrintedWithAllTheirDigits) {
  EXPECT_EQ(Printed(Count(1'234'567)), "1,234,567");
  EXPECT_EQ(Printed(Count(123)), "123");
  EXPECT_EQ(Printed(Energy(1'234'567'000'089)), "1,234,567.000089");
  EXPECT_EQ(Plain(Energy(1'234'567'000'089)), "1234567.000089");
  EXPECT_EQ(Printed(Energy(7)), "0.000007");
  EXPECT_EQ(Printed(Share(0.12345)), "12.35 %");
  EXPECT_EQ(Printed(Real(0.5)), "0.5000");
  EXPECT_EQ(Printed(Energy(std::nullopt)), "not known");
  EXPECT_EQ(Plain(Real(std::nullopt)), "");
  EXPECT_EQ(Difference(Energy(2'000'000), Energy(1'000'000)), "−1.000000 (−50.0 %)");
  EXPECT_EQ(Difference(Count(1000), Count(2500)), "+1,500 (+150.0 %)");
  EXPECT_EQ(Difference(Share(0.5), Share(0.75)), "+25.00 points");
  EXPECT_EQ(Difference(Count(7), Count(7)), "0");
  EXPECT_EQ(Difference(Count(7), Count(std::nullopt)), "");
}

TEST(Report, TextIsEscaped) {
  const auto runs = Runs({RecordJson()});
  const std::string page = Page(runs);
  EXPECT_EQ(page.find("</script><b"), std::string::npos);
  EXPECT_NE(page.find("&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;"), std::string::npos);
  const std::string csv = Csv(runs);
  EXPECT_NE(csv.find("\n0,\"</script><b a='\"\"'>&, \"\"x\"\"\r\ny | *z*\",CONV_2D,"), std::string::npos) << csv;
  const std::string markdown = Markdown(runs);
  EXPECT_NE(markdown.find("\\</script\\>\\<b a"), std::string::npos);
  EXPECT_NE(markdown.find("y \\| \\*z\\*"), std::string::npos);
}

TEST(Report, WhatIsNotKnownIsNotZero) {
  Json record = RecordJson();
  record.erase("config_fields");
  record["totals"].erase("energy_pj");
  for (Json& layer : record["layers"])
    for (const char* name : {"energy_pj", "cap", "traffic", "stalls", "cycles", "mapping"}) layer.erase(name);
  const auto runs = Runs({record});
  EXPECT_FALSE(runs[0].total.total_pj || runs[0].total.cap_cycles || runs[0].total.array_cycles);
  EXPECT_FALSE(runs[0].multipliers);
  EXPECT_TRUE(PrintedEnergies(LayerTable("energy", EnergyColumns(), runs)).empty());
  const std::string page = Page(runs);
  EXPECT_NE(page.find("The roof is not known"), std::string::npos);
  EXPECT_NE(page.find("Mappings are not known"), std::string::npos);
  EXPECT_NE(page.find("<td class=unknown>not known</td>"), std::string::npos);
}

TEST(Report, ThePortBoundsTheMemory) {
  Json record = RecordJson();
  EXPECT_EQ(Runs({record})[0].memory_bytes_a_cycle, 8);
  record["config_fields"]["MemBytes"] = 2;
  const auto runs = Runs({record});
  EXPECT_EQ(runs[0].memory_bytes_a_cycle, 2);
  EXPECT_EQ(RoofAt(runs[0], 3.0), 6.0);
  EXPECT_EQ(RoofAt(runs[0], 300.0), 24.0);
}

TEST(Report, FaultsAndSlicesAreSaidFirst) {
  EXPECT_EQ(Page(Runs({RecordJson()})).find("class=warning"), std::string::npos);
  Json record = RecordJson();
  record["status"] = {{"fault", "mem_read"}, {"address", 4096}};
  record["slice_tiles"] = 2;
  const std::string page = Page(Runs({record}));
  EXPECT_NE(page.find("The device faulted: mem_read."), std::string::npos);
  EXPECT_NE(page.find("Of each layer no more than 2 tiles were run."), std::string::npos);
  EXPECT_NE(page.find("No point (no MACs, or not known): 0 "), std::string::npos)
      << "MACs of whole layers, cycles of tiles";
}

TEST(Report, ASumOverSomeOfTheLayersIsNotKnown) {
  Json record = RecordJson();
  EXPECT_EQ(Runs({record})[0].total.best_tiling_bytes, 7000);
  EXPECT_EQ(Runs({record})[0].total.cap_cycles, 1600.5);
  record["layers"][1]["traffic"]["best_tiling_bytes"] = nullptr;
  record["layers"][0]["cap"] = nullptr;
  EXPECT_FALSE(Runs({record})[0].total.best_tiling_bytes);
  EXPECT_FALSE(Runs({record})[0].total.cap_cycles);
  EXPECT_EQ(Runs({record})[0].total.bound_bytes, 5000);
}

TEST(Report, UnitsAndRowEntriesAreWhereThePassPutsThem) {
  const std::string page = Page(Runs({RecordJson()}));
  // Unit 3 of two filter groups and segments: column 1, segment 1, whose rows are 2 and 3.
  EXPECT_NE(page.find("row 3, column 1, segment 1: channels 0 to 7, filter row 1, filter columns 0 to 2; "
                      "filter group 1 (filters 4 to 7), position block 1"),
            std::string::npos);
  EXPECT_EQ(page.find(": void, makes nothing"), std::string::npos);
  Json fewer = RecordJson();
  for (int i : {0, 1}) fewer["layers"][static_cast<size_t>(i)]["mapping"]["units"] = 4;
  EXPECT_NE(Page(Runs({fewer})).find("row 0, column 2: void, makes nothing"), std::string::npos);
}

TEST(Report, LayersOfTwoRunsMeetByName) {
  Json other = RecordJson();
  other["layers"][0]["name"] = "new";
  const auto runs = Runs({RecordJson(), other});
  const auto rows = AlignLayers(runs);
  ASSERT_EQ(rows.size(), 4u);
  const std::vector<std::pair<bool, bool>> expected = {{false, true}, {true, false}, {true, true}, {true, true}};
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(std::make_pair(rows[i][0] != nullptr, rows[i][1] != nullptr), expected[i]) << i;
  EXPECT_NE(Page(runs).find("no such layer"), std::string::npos);
  for (Json& layer : other["layers"]) layer["name"] = "other";
  const auto strangers = Runs({RecordJson(), other});
  const auto apart = AlignLayers(strangers);
  ASSERT_EQ(apart.size(), 6u);
  EXPECT_EQ(apart[2][1], nullptr);
  EXPECT_EQ(apart[3][0], nullptr);
}

TEST(Report, CsvHasARowForEachLayerAndOneForAll) {
  Json record = RecordJson();
  record["layers"][0]["name"] = "plain";
  record["layers"][0]["events"]["mac"] = 7;
  record["layers"][1]["events"]["mac"] = 8;
  record["layers"][2]["events"] = nullptr;
  const std::string csv = Csv(Runs({record}));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
  const std::string head = csv.substr(0, csv.find('\r'));
  EXPECT_NE(head.find(",stalls.array.busy,"), std::string::npos);
  EXPECT_EQ(head.find(",stalls,"), std::string::npos);
  EXPECT_NE(head.find(",events.mac"), std::string::npos);
  const std::string total = csv.substr(csv.rfind("\n", csv.size() - 2) + 1);
  EXPECT_NE(total.find(",total,"), std::string::npos) << total;
  EXPECT_NE(total.find(",9000003000061"), std::string::npos) << total;
  EXPECT_NE(total.find(",15"), std::string::npos) << total;
}

TEST(Report, WrongRecordsNameTheField) {
  const auto expect = [](const std::string& text, const Json& record) {
    const std::string message = Message(record);
    EXPECT_NE(message.find(text), std::string::npos) << text << " <> " << message;
  };
  expect("", RecordJson());
  EXPECT_EQ(Message(RecordJson()), "");
  expect("r.json: it holds no JSON object", Json::array());
  Json record = RecordJson();
  record["schema"] = 2;
  expect("r.json: schema: 2 is not known; this weft reads 1", record);
  record.erase("schema");
  expect("r.json: schema: it is missing", record);
  record = RecordJson();
  record["layers"][1].erase("macs");
  expect("r.json: layers[1].macs: it is missing", record);
  record = RecordJson();
  record["layers"][1]["cycles"] = "many";
  expect("r.json: layers[1].cycles: \"many\" is no whole number", record);
  record["layers"][1]["cycles"] = -1;
  expect("layers[1].cycles: -1 is no whole number", record);
  record["layers"][1]["cycles"] = 1e3;
  expect("layers[1].cycles: 1000.0 is no whole number", record);
  record = RecordJson();
  record["layers"][0]["utilization"] = 1e300;
  expect("layers[0].utilization: 1e+300 is no number of 0 to 1e+18", record);
  record = RecordJson();
  record["layers"][0]["energy_pj"]["glb"] = 6;
  expect("layers[0].energy_pj.total: 2000054 is not the sum of the components, 2000055", record);
  record = RecordJson();
  record["layers"][0]["energy_events"] = {{{"event", "mac"}, {"count", 7}, {"pj", 2'000'053}}};
  expect("layers[0].energy_events: their sum, 2000053 pJ, is not energy_pj.total", record);
  record["layers"][0]["energy_events"][0] = 7;
  expect("layers[0].energy_events[0]: 7 is no object", record);
  record = RecordJson();
  record["energy"]["costs"] = {1};
  expect("energy.costs[0]: 1 is no object", record);
  record = RecordJson();
  record["totals"]["energy_pj"] = EnergyJson({1, 2, 3, 4, 5, 6});
  expect("totals.energy_pj: the layers' energies have another sum", record);
  record = RecordJson();
  record["layers"][0]["mapping"]["first_block"][1] = {1, 2};
  expect("layers[0].mapping.first_block[1]: four numbers are needed", record);
  record["layers"][0]["mapping"] = 3;
  expect("layers[0].mapping: 3 is no object", record);
}

TEST_F(Cli, ReportLeavesNothingBehindWhereARecordIsWrong) {
  Write("text.json", "no JSON");
  Write("list.json", "[]");
  Write("good.json", RecordJson().dump());
  Write("deep.json", std::string(200'000, '['));
  ExpectFails(1, "deep.json: more than 32 levels", {"report", "deep.json", "-o", "d"});
  ExpectFails(1, "absent.json", {"report", "absent.json", "-o", "d"});
  ExpectFails(1, "text.json: byte 2: not JSON; a run record is needed", {"report", "text.json", "-o", "d"});
  ExpectFails(1, "list.json: it holds no JSON object", {"report", "good.json", "list.json", "-o", "d"});
  ExpectFails(2, "--output", {"report", "good.json"});
  ExpectFails(5, "good.json", {"report", "good.json", "-o", "good.json"});
}

TEST_F(Cli, ReportOfARunAndOfTwo) {
  ASSERT_EQ(Weft({"run", test::kDigits, "--engine", "systemc", "--quiet", "--json", "r.json"}).status, 0);
  for (const std::vector<std::string>& records : {std::vector<std::string>{"r.json"}, {"r.json", "r.json"}}) {
    std::vector<std::string> command = {"report", "-o", "a/b"};
    command.insert(command.end(), records.begin(), records.end());
    const Outcome outcome = Weft(command);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    for (const char* file : {"a/b/report.html", "a/b/report.csv", "a/b/report.md"}) EXPECT_GT(Text(file).size(), 500u);
  }
}

}  // namespace
}  // namespace weft::report
