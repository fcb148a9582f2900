// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report.h"

#include <fmt/format.h>

#include "model/error.h"
#include "sim/file_io.h"
#include "sim/report/run.h"
#include "sim/report/text.h"

namespace weft {
namespace {

constexpr int kMostLevels = 32;

}  // namespace

ReportInput ReadReportInput(const std::string& path) {
  const std::vector<uint8_t> bytes = ReadWholeFile(path);
  // What is read goes through a record level by level; a file made of brackets must not take all of the stack.
  const auto check = [&path](int depth, nlohmann::ordered_json::parse_event_t, const nlohmann::ordered_json&) {
    if (depth > kMostLevels)
      throw Error(fmt::format("{}: more than {} levels; no run record has so many", path, kMostLevels));
    return true;
  };
  try {
    return {path, nlohmann::ordered_json::parse(bytes, check)};
  } catch (const nlohmann::ordered_json::parse_error& error) {
    throw Error(fmt::format("{}: byte {}: not JSON; a run record is needed (weft run --json)", path, error.byte));
  } catch (const nlohmann::ordered_json::exception&) {  // a number that no double holds
    throw Error(fmt::format("{}: a number is out of range; a run record is needed (weft run --json)", path));
  }
}

void WriteReport(const std::vector<ReportInput>& inputs, const std::string& folder) {
  std::vector<report::Run> runs;
  for (const ReportInput& input : inputs) {
    runs.push_back(report::MakeRun(input));
    if (inputs.size() > 1) runs.back().label = std::string(1, static_cast<char>('A' + runs.size() - 1));
  }
  const std::pair<const char*, std::string> files[] = {
      {"report.html", report::Page(runs)}, {"report.csv", report::Csv(runs)}, {"report.md", report::Markdown(runs)}};
  MakeFolder(folder);
  for (const auto& [name, text] : files) CheckWritable(fmt::format("{}/{}", folder, name));
  for (const auto& [name, text] : files) WriteWholeFile(fmt::format("{}/{}", folder, name), text.data(), text.size());
}

}  // namespace weft
