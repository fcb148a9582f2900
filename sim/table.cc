// SPDX-License-Identifier: Apache-2.0
#include "sim/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "sim/record.h"
#include "sim/record_energy.h"

namespace weft {
namespace {

constexpr size_t kNameWidth = 32;
constexpr int64_t kMostClasses = 1001;
constexpr int kAnswers = 3;              // per inference
constexpr int kAnsweredInferences = 10;  // the rest is in the output file
constexpr char kUnknown[] = "-";

// The end of a long name tells layers apart, not its beginning.
std::string Short(const std::string& name) {
  return name.size() <= kNameWidth ? name : "..." + name.substr(name.size() - (kNameWidth - 3));
}

std::string Count(const std::optional<int64_t>& n) { return n ? fmt::format("{}", *n) : kUnknown; }

std::string Percent(const std::optional<double>& x) {
  return x ? fmt::format("{:.1f} %", 100 * *x) : kUnknown;
}

std::optional<int64_t> DramBytes(const LayerNumbers& n) {
  if (!n.dram_read_bytes) return std::nullopt;
  return *n.dram_read_bytes + n.dram_write_bytes.value_or(0);
}

std::string Microjoules(const std::optional<LayerEnergy>& energy) {
  return energy ? fmt::format("{:.6g}", static_cast<double>(energy->total_pj) / 1e6) : kUnknown;
}

// The class other than busy in which the array spent most cycles.
std::string BusiestStall(const Config& config, const LayerResult& layer) {
  if (!layer.has_record || config.counter_small) return kUnknown;
  const int64_t* classes = &layer.classes[spec::kEngineArray * spec::kClassCount];
  const int64_t all = std::accumulate(classes, classes + spec::kClassCount, int64_t{0});
  const int64_t* most = std::max_element(classes + 1, classes + spec::kClassCount);
  if (*most == 0 || all == 0) return "none";
  return fmt::format("{} {:.0f} %", spec::kClassNames[most - classes],
                     100.0 * static_cast<double>(*most) / static_cast<double>(all));
}

std::string Row(const std::string& index, const std::string& name, const std::string& op,
                const std::string& on, const LayerNumbers& n, const std::optional<LayerEnergy>& energy,
                const std::string& stall) {
  return fmt::format("{:>4}  {:<32}  {:<17}  {:<11}  {:>12}  {:>12}  {:>8}  {:>8}  {:>12}  {:>10}  {}\n",
                     index, name, op, on, Count(n.cycles), n.macs, Percent(n.utilization),
                     Percent(n.zero_fraction), Count(DramBytes(n)), Microjoules(energy), stall);
}

// Real values of one inference's output.
std::vector<double> RealValues(const Tensor& t, const uint8_t* bytes) {
  std::vector<double> values;
  for (int64_t i = 0; i < t.elements(); ++i) {
    if (t.dtype == DType::kFloat32) {
      float value;
      std::memcpy(&value, bytes + i * 4, sizeof value);
      values.push_back(static_cast<double>(value));
      continue;
    }
    const int raw = t.dtype == DType::kInt8 ? static_cast<int8_t>(bytes[i]) : bytes[i];
    values.push_back(t.scales.empty() ? raw
                                      : static_cast<double>(t.scale()) * (raw - t.zero_point()));
  }
  return values;
}

std::string AnswersOf(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return values[a] > values[b]; });
  std::string line;
  for (size_t k = 0; k < order.size() && k < kAnswers; ++k) {
    line += fmt::format("{}{} ({:.4g})", k == 0 ? "" : ", ", order[k], values[order[k]]);
  }
  return line;
}

}  // namespace

std::string LayerTable(const Program& program, const RunResult& result, const EnergyTable& table) {
  const EnergyRecord energy(table, program.config);
  std::string text = fmt::format(
      "{:>4}  {:<32}  {:<17}  {:<11}  {:>12}  {:>12}  {:>8}  {:>8}  {:>12}  {:>10}  {}\n", "#", "layer",
      "operator", "on", "cycles", "MACs", "util", "zeros", "DRAM bytes", "uJ", "busiest stall");
  for (const LayerResult& layer : result.layers) {
    const Step& step = program.plan.steps[static_cast<size_t>(layer.step)];
    text += Row(std::to_string(layer.step), Short(step.name), step.op,
                step.on_accelerator ? "accelerator" : "host",
                NumbersOf(program, layer, result.batch), energy.Of(layer), BusiestStall(program.config, layer));
  }
  const LayerNumbers total = TotalNumbers(program, result);
  text += Row("", "total", "", result.batch > 1 ? fmt::format("batch {}", result.batch) : "", total,
              energy.Total(result), "");
  if (total.cycles) {
    text += fmt::format("{} cycles are {:.3f} ms at {} MHz; {} multipliers\n", *total.cycles,
                        static_cast<double>(*total.cycles) / program.config.clock_mhz / 1e3,
                        program.config.clock_mhz, program.config.multipliers());
  }
  return text + energy.Line(result, total);
}

std::string TopAnswers(const Program& program, const RunResult& result) {
  const Graph& graph = program.graph;
  if (result.outputs.size() != 1 || result.output_tensors != graph.outputs) return "";
  const Tensor& t = graph.tensor(graph.outputs[0]);
  int64_t input_elements = 0;
  for (int i : graph.inputs) input_elements += graph.tensor(i).elements();
  const bool vector = t.rank() > 0 && t.shape.back() == t.elements();
  if (!vector || t.elements() < 2 || t.elements() > kMostClasses || t.elements() >= input_elements)
    return "";
  std::string text;
  for (int n = 0; n < std::min(result.batch, kAnsweredInferences); ++n) {
    const std::string which = result.batch > 1 ? fmt::format(" {}", n) : "";
    text += fmt::format(
        "answer{}: {}\n", which,
        AnswersOf(RealValues(t, &result.outputs[0][static_cast<size_t>(t.bytes() * n)])));
  }
  return text;
}

}  // namespace weft
