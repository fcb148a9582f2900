// SPDX-License-Identifier: Apache-2.0
// weft report RUN.json [OTHER.json] -o DIR: a page, CSV and Markdown of run records.
#include <memory>

#include "sim/cli.h"
#include "sim/report/report.h"

namespace weft {
namespace {

struct Options {
  std::vector<std::string> records;
  std::string folder;
};

void RunReport(const Options& options) {
  std::vector<ReportInput> inputs;
  for (const std::string& path : options.records) inputs.push_back(ReadReportInput(path));
  WriteReport(inputs, options.folder);
}

}  // namespace

void AddReportCommand(CLI::App* app) {
  CLI::App* command =
      app->add_subcommand("report", "HTML page, CSV and Markdown of a run record, or of two side by side");
  const auto options = std::make_shared<Options>();
  command->add_option("RUN", options->records, "run records (weft run --json)")->required()->expected(1, 2);
  command->add_option("-o,--output", options->folder, "folder for report.html, report.csv and report.md")->required();
  command->callback([options] { RunReport(*options); });
}

}  // namespace weft
