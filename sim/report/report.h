// SPDX-License-Identifier: Apache-2.0
// The report of one run or two: a page (HTML that needs no other file), CSV and Markdown, from run records alone.
// docs/report.md tells what is shown and how each number comes about.

#ifndef WEFT_SIM_REPORT_REPORT_H_
#define WEFT_SIM_REPORT_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace weft {

// A run record (sim/record.h) and what messages call it: its file's name.
struct ReportInput {
  std::string where;
  nlohmann::ordered_json record;
};

// Reads a record. Throws Error: the file, and where it is no JSON.
ReportInput ReadReportInput(const std::string& path);

// report.html, report.csv and report.md in the folder, which is made if need be. One record, or two side by side.
// Throws Error before anything is written if a record lacks a field or has a wrong one: file, field, what is wrong.
void WriteReport(const std::vector<ReportInput>& inputs, const std::string& folder);

}  // namespace weft

#endif  // WEFT_SIM_REPORT_REPORT_H_
