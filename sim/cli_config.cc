// SPDX-License-Identifier: Apache-2.0
// weft config NAME|FILE [--limits]
#include <fmt/format.h>

#include <memory>

#include "model/config.h"
#include "sim/cli.h"
#include "sim/model_file.h"

namespace weft {
namespace {

struct Options {
  std::string name = kDefaultConfig;
  bool limits = false;
};

std::string Limits(const Config& config) {
  std::string text = fmt::format("# {}\n# {:<16}  {:>7}  {:>7}  {:>7}  meaning\n", config.name,
                                 "field", "value", "lowest", "highest");
  for (const ConfigLimit& limit : ConfigLimits()) {
    for (const spec::ConfigField& field : spec::kConfigFields) {
      if (std::string(field.name) != limit.field) continue;
      text += fmt::format("{:<18}  {:>7}  {:>7}  {:>7}  {}\n", limit.field, config.*field.member,
                          limit.lowest, limit.highest, limit.meaning);
    }
  }
  return text;
}

void RunConfig(const Options& options) {
  const Config config = LoadConfig(options.name);
  Print(options.limits ? Limits(config) : config.ToYaml());
}

}  // namespace

void AddConfigCommand(CLI::App* app) {
  CLI::App* command =
      app->add_subcommand("config", "the resolved accelerator configuration, as YAML");
  const auto options = std::make_shared<Options>();
  std::string names;
  for (const std::string& name : BuiltinConfigNames()) names += (names.empty() ? "" : ", ") + name;
  command->add_option("NAME|FILE", options->name, "a built-in one (" + names + ") or a YAML file")
      ->capture_default_str();
  command->add_flag("--limits", options->limits,
                    "every field with its value, lowest and highest value and meaning");
  command->callback([options] { RunConfig(*options); });
}

}  // namespace weft
