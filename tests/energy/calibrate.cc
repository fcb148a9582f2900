// SPDX-License-Identifier: Apache-2.0
// Energy of a PE's events from its gates.
//
//   energy_calibration NETS.yaml --write ROOT   writes spec/energy_gate.yaml and docs/energy_gate.md
//   energy_calibration NETS.yaml --check ROOT   wants them to be what is measured
//
// Exit status 1 if an output of the gates is wrong, a held-out error is not below 10 %, or a file differs.
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "model/config.h"
#include "tests/energy/measure.h"
#include "tests/energy/report.h"

namespace weft::energy {
namespace {

constexpr int kWindows = 300;  // of each set
constexpr int64_t kWindowCycles = 2000, kLimitCycles = 400000;
constexpr double kLargestError = 0.10;

Netlist LoadNetlist(const std::string& path) {
  const YAML::Node y = YAML::LoadFile(path);
  Netlist n;
  n.config = y["config"].as<std::string>();
  n.library = y["library"].as<std::string>();
  n.voltage = y["voltage"].as<double>();
  n.slew_ns = y["slew_ns"].as<double>();
  n.clock_pj = y["clock_pj"].as<double>();
  n.gates = y["gates"].as<int>();
  n.flip_flops = y["flip_flops"].as<int>();
  n.net_pj = y["net_pj"].as<std::vector<double>>();
  return n;
}

model::PeParams PeOf(const std::string& name) {
  const Config c = LoadConfig(name);
  return {c.lanes, c.filter_depth, c.win_rows, c.win_lanes, c.col_slots, c.psum_rows, c.psum_banks, c.step_slots};
}

// The samples of a set; throws at the first output that is wrong.
std::vector<Sample> Measure(Set set, Report* report) {
  const Netlist& netlist = report->netlist;
  const model::PeParams pe = PeOf(netlist.config);
  std::vector<Sample> samples;
  for (int k = 0; k < kWindows; ++k) {
    const Window window = DrawWindow(static_cast<uint64_t>(k), pe, set, kWindowCycles);
    const Measured m = Bench(window, pe).Run(kLimitCycles);
    if (!m.difference.empty()) {
      const char* name = set == Set::kFitted ? "fitted" : "held-out";
      throw std::runtime_error(fmt::format("{} window {}: {}", name, k, m.difference));
    }
    Sample s{m.counts, 0, netlist.clock_pj * static_cast<double>(m.counts[kCycle])};
    for (size_t n = 0; n < netlist.net_pj.size(); ++n)
      s.switching_pj += netlist.net_pj[n] * static_cast<double>(m.changes[n]);
    samples.push_back(s);
    report->cycles[static_cast<int>(set)] += m.counts[kCycle];
    report->outputs += m.outputs;
    report->sums += m.sums;
  }
  return samples;
}

Errors ErrorsOf(const Fit& fit, const std::vector<Sample> (&samples)[2]) {
  auto any = [](const Sample&) { return true; };
  auto working = [](const Sample& s) { return s.counts[kMac] + s.counts[kMax] > 0; };
  Errors e;
  for (int set = 0; set < 2; ++set) {
    e.all[set] = ErrorOf(fit, samples[set], Of::kAll, any);
    e.switching[set] = ErrorOf(fit, samples[set], Of::kSwitching, any);
    e.working[set] = ErrorOf(fit, samples[set], Of::kSwitching, working);
  }
  return e;
}

Report Calibrate(const std::string& nets) {
  Report r;
  r.netlist = LoadNetlist(nets);
  r.windows = kWindows;
  const std::vector<Sample> samples[2] = {Measure(Set::kFitted, &r), Measure(Set::kHeldOut, &r)};
  r.events = FitCosts(AllColumns(), samples[0]);
  r.record = FitCosts(RecordColumns(), samples[0]);
  r.event_errors = ErrorsOf(r.events, samples);
  r.record_errors = ErrorsOf(r.record, samples);
  double clock = 0, all = 0;
  for (const Sample& s : samples[1]) clock += s.clock_pj, all += s.clock_pj + s.switching_pj;
  r.clock_share = clock / all;
  return r;
}

bool Same(const std::string& path, const std::string& text) {
  std::ostringstream file;
  file << std::ifstream(path).rdbuf();
  if (file.str() == text) return true;
  std::istringstream committed(file.str()), measured(text);
  std::string a, b;
  while (std::getline(measured, b) && std::getline(committed, a) && a == b) {
  }
  fmt::print("{} differs: committed '{}', measured '{}'; scripts/calibrate_energy writes it\n", path, a, b);
  return false;
}

int Main(const std::string& nets, const std::string& mode, const std::string& root) {
  const Report r = Calibrate(nets);
  fmt::print("{} outputs of gates and RTL equal, {} sums of gates and loops equal\n", r.outputs, r.sums);
  const Error &fitted = r.event_errors.all[0], &held_out = r.event_errors.all[1];
  fmt::print("error of a window's energy: fitted max {:.2f} % mean {:.2f} %, held out max {:.2f} % mean {:.2f} %\n",
             100 * fitted.max, 100 * fitted.mean, 100 * held_out.max, 100 * held_out.mean);
  // The clock is exact and most of a window: what was fitted is judged without it, too.
  const Error& switching = r.event_errors.working[1];
  bool good = held_out.max < kLargestError && switching.mean < kLargestError;
  if (!good)
    fmt::print("held-out error is not below {:.0f} %: {:.2f} % at most, without the clock {:.2f} % on average\n",
               100 * kLargestError, 100 * held_out.max, 100 * switching.mean);
  const std::pair<std::string, std::string> files[] = {{root + "/spec/energy_gate.yaml", Yaml(r)},
                                                       {root + "/docs/energy_gate.md", Markdown(r)}};
  for (const auto& [path, text] : files) {
    if (mode == "--write") {
      std::ofstream(path) << text;
    } else {
      good = Same(path, text) && good;
    }
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace weft::energy

int main(int argc, char** argv) {
  const std::string mode = argc == 4 ? argv[2] : "";
  if (mode != "--write" && mode != "--check") {
    std::fputs("usage: energy_calibration NETS.yaml --write|--check ROOT\n", stderr);
    return 2;
  }
  try {
    return weft::energy::Main(argv[1], mode, argv[3]);
  } catch (const std::exception& e) {
    fmt::print("{}\n", e.what());
    return 1;
  }
}
