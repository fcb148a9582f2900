// SPDX-License-Identifier: Apache-2.0
// weft config NAME|FILE [--limits | --energy TABLE]
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "model/config.h"
#include "model/energy.h"
#include "model/error.h"
#include "sim/cli.h"
#include "sim/cli_common.h"
#include "sim/model_file.h"

namespace weft {
namespace {

struct Options {
  std::string name = kDefaultConfig, energy, dram;
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

std::string OrDash(double value) { return value > 0 ? fmt::format("{}", value) : "-"; }

// What one event of each kind costs in this configuration, and where that is from.
std::string Costs(const Config& config, const EnergyTable& table) {
  const std::vector<EnergyEvent> events = EnergyEvents(config);
  const std::vector<double> costs = EventCosts(table, config);
  std::vector<std::string> sources;
  std::string text = fmt::format("# {} with {}: {}\n# {:<14}  {:<9}  {:>5}  {:>12}  {:>9}  {:>5}  {:>5}  sources\n",
                                 config.name, table.name, table.doc, "event", "component", "bits", "memory bytes", "pJ", "nm",
                                 "V");
  for (size_t i = 0; i < events.size(); ++i) {
    const EnergyEvent& event = events[i];
    std::string from;
    for (const EnergyCost& cost : table.events.at(event.name)) {
      const size_t at = static_cast<size_t>(std::find(sources.begin(), sources.end(), cost.source) - sources.begin());
      if (at == sources.size()) sources.push_back(cost.source);
      from += fmt::format(" [{}]", at + 1);
    }
    const EnergyCost& first = table.events.at(event.name)[0];
    text += fmt::format("{:<16}  {:<9}  {:>5}  {:>12}  {:>9.4f}  {:>5}  {:>5} {}\n", event.name,
                        kEnergyComponentNames[event.component], event.bits,
                        OrDash(event.memory_bytes), costs[i], OrDash(first.node_nm), OrDash(first.voltage_v), from);
  }
  for (size_t i = 0; i < sources.size(); ++i) text += fmt::format("[{}] {}\n", i + 1, sources[i]);
  return text;
}

void RunConfig(const Options& options) {
  const Config config = LoadConfig(options.name);
  if (!options.energy.empty()) return Print(Costs(config, LoadEnergyTable(options.energy, options.dram)));
  if (!options.dram.empty()) throw Error("--dram: it needs --energy TABLE here", ExitStatus::kUsage);
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
  CLI::Option* limits = command->add_flag("--limits", options->limits,
                                          "every field with its value, lowest and highest value and meaning");
  AddEnergyOptions(command, &options->energy, &options->dram,
                   "instead, what each event costs and where that is from: ");
  command->get_option("--energy")->excludes(limits);
  command->callback([options] { RunConfig(*options); });
}

}  // namespace weft
