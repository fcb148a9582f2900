// SPDX-License-Identifier: Apache-2.0
// weft run MODEL: compile, execute, print the table, write outputs and the record.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "model/error.h"
#include "sim/cli.h"
#include "sim/cli_common.h"
#include "sim/file_io.h"
#include "sim/report/report.h"
#include "sim/table.h"
#include "sim/timeline.h"

namespace weft {
namespace {

struct Options : ExecuteOptions {
  std::string command_line, engine = kRtl, output_dir, json, trace, report, energy = kDefaultEnergyTable, dram;

  bool json_to_stdout() const { return json == "-"; }
  bool timeline() const { return EndsWith(trace, ".json"); }
  bool waveform() const { return EndsWith(trace, ".fst"); }

  static bool EndsWith(const std::string& text, const std::string& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
  }
};

void CheckTrace(const Options& options) {
  const std::string what = fmt::format("--trace {}", options.trace);
  if (!options.timeline() && !options.waveform())
    throw Error(what + ": what kind is it? NAME.json is a timeline, NAME.fst a waveform",
                ExitStatus::kUsage);
  if (options.waveform() && options.engine != kRtl)
    throw Error(fmt::format("{}: a waveform needs --engine {}", what, kRtl), ExitStatus::kUsage);
  if (options.engine == kReference)
    throw Error(fmt::format("{}: a timeline needs --engine {} or {}", what, kRtl, kSystemc),
                ExitStatus::kUsage);
  CheckWritable(options.trace);
}

// What can be known to fail before anything long begins.
void CheckOptions(const Options& options) {
  CheckExecuteOptions(options);
  if (options.slice_tiles > 0 && options.engine == kReference)
    throw Error(fmt::format("--slice {}: engine {} has no tiles; it needs --engine {} or {}", options.slice_tiles,
                            kReference, kRtl, kSystemc),
                ExitStatus::kUsage);
  if (!options.json.empty() && !options.json_to_stdout()) CheckWritable(options.json);
  if (!options.output_dir.empty()) CheckFolder(options.output_dir);
  if (!options.report.empty()) CheckFolder(options.report);
  if (!options.trace.empty()) CheckTrace(options);
}

void WriteOutputs(const std::string& folder, const RunResult& result) {
  MakeFolder(folder);
  for (size_t i = 0; i < result.outputs.size(); ++i) {
    WriteWholeFile(fmt::format("{}/output_{}.bin", folder, i), result.outputs[i].data(),
                   result.outputs[i].size());
  }
}

void WriteRecord(const Options& options, const nlohmann::ordered_json& record) {
  const std::string text = record.dump(2) + "\n";
  if (options.json_to_stdout()) return Print(text);
  WriteWholeFile(options.json, text.data(), text.size());
}

void WriteRecords(const Options& options, const RunInfo& info, const Program& program, const RunResult& result) {
  if (options.json.empty() && options.report.empty()) return;
  const nlohmann::ordered_json record = MakeRecord(info, program, result);
  if (!options.json.empty()) WriteRecord(options, record);
  if (!options.report.empty()) WriteReport({{"this run", record}}, options.report);
}

void WarnOf(const Program& program, const RunResult& result) {
  for (const std::string& warning : program.plan.warnings)
    fmt::print(stderr, "weft: warning: {}\n", warning);
  if (program.options.slice_tiles > 0)
    fmt::print(stderr, "weft: warning: --slice {}: no more tiles of each layer were computed; outputs are partial\n",
               program.options.slice_tiles);
  for (const LayerResult& layer : result.layers) {
    if (layer.saturated)
      fmt::print(stderr,
                 "weft: warning: layer {}: an event counter stands at its end (CounterBits)\n",
                 layer.step);
  }
}

// On a device, with the trace that was asked for.
RunResult ExecuteOnDevice(const Options& options, const Program& program,
                          const std::vector<TensorData>& inputs, RunInfo* info) {
  Watch watch;
  std::unique_ptr<Timeline> timeline;
  std::unique_ptr<PendingFile> waveform;
  std::unique_ptr<TemporaryFile> names;  // the waveform writer's second file
  if (options.timeline()) {
    const Timeline::About about{options.model, options.engine, options.memory};
    timeline = std::make_unique<Timeline>(program, about, options.trace);
    watch.events = [&timeline](const Event& event) { timeline->Add(event); };
  } else if (options.waveform()) {
    waveform = std::make_unique<PendingFile>(options.trace);
    names = std::make_unique<TemporaryFile>(waveform->path() + ".hier");
    watch.waveform = waveform->path();
  }
  std::unique_ptr<DeviceRunner> device = MakeDevice(options, options.engine, watch, program, info);
  RunResult result;
  if (timeline != nullptr) {
    TimelineRunner runner(device.get(), timeline.get());
    result = Execute(options, program, &runner, inputs);
    timeline->Close();
  } else {
    result = Execute(options, program, device.get(), inputs);
  }
  device.reset();  // the waveform is whole
  if (waveform != nullptr) waveform->Commit();
  return result;
}

void RunRun(const Options& options) {
  CheckOptions(options);
  RunInfo info;
  info.energy = LoadEnergyTable(options.energy, options.dram);
  const Need need = options.engine == kReference ? Need::kPlan : Need::kProgram;
  const LoadedModel model = LoadModel(options, need);
  const Program& program = model.program;
  info.command = options.command_line;
  info.model = options.model;
  info.engine = options.engine;
  info.memory = options.memory;
  info.seed = SeedOf(options, program);
  info.compile_seconds = model.compile_seconds;
  info.rtl_sha256 = RtlSha256();
  const std::vector<TensorData> inputs = InputsOf(options, program);
  const RunResult result = options.engine == kReference
                               ? Execute(options, program, nullptr, inputs)
                               : ExecuteOnDevice(options, program, inputs, &info);
  if (!options.output_dir.empty() && result.fault.code == 0) WriteOutputs(options.output_dir, result);
  WriteRecords(options, info, program, result);
  if (result.fault.code != 0) throw Error(result.fault_line, ExitStatus::kDevice);
  if (options.quiet) return;
  WarnOf(program, result);
  if (options.json_to_stdout()) return;
  Print(LayerTable(program, result, info.energy) + (options.slice_tiles > 0 ? "" : TopAnswers(program, result)));
  if (!options.report.empty()) Print(fmt::format("report: {}/report.html\n", options.report));
}

}  // namespace

void AddRunCommand(CLI::App* app, const std::string& command_line) {
  CLI::App* command =
      app->add_subcommand("run", "compile and execute a model; print a table of its layers");
  const auto options = std::make_shared<Options>();
  options->command_line = command_line;
  AddExecuteOptions(command, options.get());
  command
      ->add_option("--engine", options->engine,
                   "rtl: the Verilog accelerator; systemc: its exact model; reference: plain "
                   "loops, no cycles")
      ->check(CLI::IsMember({kRtl, kSystemc, kReference}))
      ->capture_default_str();
  command->add_option("--output-dir", options->output_dir,
                      "folder for output_0.bin, output_1.bin, ...");
  command->add_option("--json", options->json, "file for the run record, - for standard output");
  command->add_option("--report", options->report, "folder for report.html, report.csv and report.md");
  AddEnergyOptions(command, &options->energy, &options->dram, "");
  command->add_option("--trace", options->trace,
                      "FILE.json: timeline for Perfetto; FILE.fst: waveform (engine rtl)");
  command->callback([options] { RunRun(*options); });
}

}  // namespace weft
