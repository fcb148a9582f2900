// SPDX-License-Identifier: Apache-2.0
// weft study NAME: a published table or figure, ours beside theirs.
#include <fmt/format.h>

#include <memory>

#include "model/error.h"
#include "sim/cli.h"
#include "sim/file_io.h"
#include "sim/study/study.h"

namespace weft {
namespace {

struct Options {
  std::string name, json, html;
};

const Study& FindStudy(const std::string& name) {
  std::string known;
  for (const Study& study : Studies()) {
    if (name == study.name) return study;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", study.name);
  }
  throw Error(fmt::format("{}: no such study; there are {}", name, known), ExitStatus::kUsage);
}

void RunStudy(const Options& options) {
  const Study& study = FindStudy(options.name);
  const bool json_to_stdout = options.json == "-";
  if (!options.json.empty() && !json_to_stdout) CheckWritable(options.json);
  if (!options.html.empty() && !study.has_page)
    throw Error(fmt::format("--html: study {} has no page", study.name), ExitStatus::kUsage);
  if (!options.html.empty() && options.html == options.json)
    throw Error(fmt::format("--json and --html name the same file, {}", options.html), ExitStatus::kUsage);
  if (!options.html.empty()) CheckWritable(options.html);
  const StudyResult result = study.run();
  const std::string json = result.json.dump(2) + "\n";
  if (!options.json.empty() && !json_to_stdout) WriteWholeFile(options.json, json.data(), json.size());
  if (!options.html.empty()) WriteWholeFile(options.html, result.html.data(), result.html.size());
  Print(json_to_stdout ? json : result.text);
  if (!result.failed.empty())
    throw Error(fmt::format("study {}: {}", study.name, result.failed), ExitStatus::kComparison);
}

}  // namespace

void AddStudyCommand(CLI::App* app) {
  std::string names;
  for (const Study& study : Studies())
    names += fmt::format("{}{}: {}", names.empty() ? "" : "; ", study.name, study.doc);
  CLI::App* command = app->add_subcommand("study", "a published table or figure, ours beside theirs");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, names)->required();
  command->add_option("--json", options->json, "file for all numbers, - for standard output");
  command->add_option("--html", options->html, "file for a page with plots");
  command->callback([options] { RunStudy(*options); });
}

}  // namespace weft
