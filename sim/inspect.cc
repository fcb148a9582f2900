// SPDX-License-Identifier: Apache-2.0
#include "sim/inspect.h"

#include <fmt/format.h>

#include "compiler/disassemble.h"
#include "compiler/mapping_json.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

// Which step does an operator's work: -1 for none.
std::vector<int> StepOfOps(const Program& program) {
  std::vector<int> step_of(program.graph.ops.size(), -1);
  for (size_t s = 0; s < program.plan.steps.size(); ++s)
    for (int op : program.plan.steps[s].ops) step_of[static_cast<size_t>(op)] = static_cast<int>(s);
  return step_of;
}

struct Verdict {
  const char* on;  // "accelerator", "host", "free"
  int layer;       // -1 if free
  std::string text;
};

Verdict VerdictOf(const Program& program, size_t op, int step) {
  if (step < 0) {
    const bool pad = program.graph.ops[op].kind == OpKind::kPad;
    return {"free", -1, pad ? "free: padding of the layers that read it" : "free: addresses only"};
  }
  const Step& s = program.plan.steps[static_cast<size_t>(step)];
  const char* on = s.on_accelerator ? "accelerator" : "host";
  const bool leads = s.ops.front() == static_cast<int>(op);
  return {on, step,
          leads ? fmt::format("{}, layer {}", on, step)
                : fmt::format("{}, fused into layer {}", on, step)};
}

Json Quantization(const Tensor& t) {
  if (t.scales.empty()) return nullptr;
  Json json = {{"axis", t.quantized_axis},
               {"channels", t.scales.size()},
               {"scale", t.scale()},
               {"zero_point", t.zero_point()}};
  return json;
}

Json TensorsJson(const Program& program) {
  Json list = Json::array();
  for (size_t i = 0; i < program.graph.tensors.size(); ++i) {
    const Tensor& t = program.graph.tensors[i];
    const TensorPlace& place = program.plan.places[i];
    Json json = {{"index", i},
                 {"name", t.name},
                 {"dtype", DTypeName(t.dtype)},
                 {"shape", t.shape},
                 {"bytes", t.bytes()},
                 {"constant", t.is_constant},
                 {"quantization", Quantization(t)}};
    json["address"] = nullptr;
    if (place.buffer >= 0) {
      json["address"] =
          program.plan.buffers[static_cast<size_t>(place.buffer)].address + place.offset;
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json OpsJson(const Program& program) {
  const std::vector<int> step_of = StepOfOps(program);
  Json list = Json::array();
  for (size_t i = 0; i < program.graph.ops.size(); ++i) {
    const Op& op = program.graph.ops[i];
    const Verdict verdict = VerdictOf(program, i, step_of[i]);
    list.push_back({{"index", i},
                    {"op", OpKindName(op.kind)},
                    {"name", op.name},
                    {"inputs", op.inputs},
                    {"outputs", op.outputs},
                    {"on", verdict.on},
                    {"layer", verdict.layer < 0 ? Json(nullptr) : Json(verdict.layer)},
                    {"verdict", verdict.text}});
  }
  return list;
}

Json LayersJson(const Program& program) {
  Json list = Json::array();
  for (size_t s = 0; s < program.plan.steps.size(); ++s) {
    const Step& step = program.plan.steps[s];
    Json mappings = Json::array();
    for (const Mapping& mapping : program.mappings[s])
      mappings.push_back(MappingToJson(mapping, true));
    list.push_back({{"index", s},
                    {"name", step.name},
                    {"op", step.op},
                    {"on", step.on_accelerator ? "accelerator" : "host"},
                    {"ops", step.ops},
                    {"output", step.output_tensor},
                    {"macs", step.macs.macs},
                    {"macs_padded", step.macs.macs_padded},
                    {"mappings", std::move(mappings)}});
  }
  return list;
}

std::string ViewText(const View& v) { return fmt::format("{}x{}x{}x{}", v.n, v.h, v.w, v.c); }

const char* ModeName(LayerMode mode) {
  switch (mode) {
    case LayerMode::kConv:
      return "conv";
    case LayerMode::kDepthwise:
      return "depthwise";
    case LayerMode::kMax:
      return "max";
  }
  return "";
}

std::string ArrayLayerText(const ArrayLayer& l, const Mapping& m) {
  std::string text =
      fmt::format("      {} {} -> {}, kernel {}x{}, stride {}x{}{}\n", ModeName(l.mode),
                  ViewText(l.in), ViewText(l.out), l.kernel_h, l.kernel_w, l.stride_h, l.stride_w,
                  l.has_residual ? ", adds a residual" : "");
  text += fmt::format(
      "        array: q={} taps={} p={} steps={}; {} filter groups x {} positions side by side, {} "
      "segments of {} rows\n",
      m.q, m.taps, m.p, m.steps, m.fgs, m.positions, m.segs, m.seg_rows);
  text += fmt::format(
      "        tile: {} rows x {} columns x {} filter groups of {}; {} row blocks, {} an ifmap "
      "chunk{}\n",
      m.tile_rows, m.tile_cols, m.tile_fgs, m.total_fgs, m.row_blocks(), m.chunk_blocks,
      m.resident ? "; filters stay" : "");
  text += fmt::format(
      "        GLB: ifmap {} x {}, filters {} x {}, psums {}, ofmap {} x {}, {} bytes in all; "
      "about {} cycles, {} DRAM bytes\n",
      m.act_slots, m.act_bytes, m.flt_slots, m.flt_bytes, m.psum_bytes, m.out_slots, m.out_bytes,
      m.glb_used, m.cycles, m.dram_bytes);
  return text;
}

std::string LayersText(const Program& program) {
  constexpr size_t kMostArrayLayers = 4;  // of one layer; --json has all
  std::string text = "\nlayers\n";
  for (size_t s = 0; s < program.plan.steps.size(); ++s) {
    const Step& step = program.plan.steps[s];
    text += fmt::format("{:>4}  {:<11} {}  {}, {} MACs\n", s,
                        step.on_accelerator ? "accelerator" : "host", step.name, step.op,
                        step.macs.macs);
    for (size_t i = 0; i < step.layers.size() && i < kMostArrayLayers; ++i)
      text += ArrayLayerText(step.layers[i], program.mappings[s][i]);
    if (step.layers.size() > kMostArrayLayers)
      text += fmt::format("      ... {} array layers in all\n", step.layers.size());
  }
  return text;
}

std::string List(const std::vector<int>& numbers) {
  std::string text;
  for (int n : numbers) text += fmt::format("{}{}", text.empty() ? "" : ",", n);
  return text;
}

}  // namespace

std::string InspectText(const Program& program, const InspectOptions& options) {
  const Graph& graph = program.graph;
  std::string text =
      fmt::format("model {}, configuration {}\n", program.model_name, program.config.name);
  text += fmt::format("inputs {}; outputs {}; {} bytes of device memory, {} of them weights\n",
                      List(graph.inputs), List(graph.outputs), program.window_bytes,
                      program.image.size());
  for (const std::string& warning : program.plan.warnings) text += "warning: " + warning + "\n";
  text += "\noperators\n";
  const std::vector<int> step_of = StepOfOps(program);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    text += fmt::format("{:>4}  {:<17}  {:<14} -> {:<5}  {:<32}  {}\n", i, OpKindName(op.kind),
                        List(op.inputs), List(op.outputs), VerdictOf(program, i, step_of[i]).text,
                        op.name);
  }
  text += "\ntensors\n";
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& t = graph.tensors[i];
    const TensorPlace& place = program.plan.places[i];
    std::string where = t.is_constant ? "constant" : "-";
    if (place.buffer >= 0)
      where = fmt::format(
          "{:#x}", program.plan.buffers[static_cast<size_t>(place.buffer)].address + place.offset);
    std::string quantized;
    if (!t.scales.empty())
      quantized = fmt::format("scale {:.6g}{} zero {}", t.scale(), t.scales.size() > 1 ? "..." : "",
                              t.zero_point());
    text +=
        fmt::format("{:>4}  {:<7}  {:<14}  {:>9} bytes  {:<8}  {:<32}  {}\n", i, DTypeName(t.dtype),
                    ShapeString(t.shape), t.bytes(), where, quantized, t.name);
  }
  text += LayersText(program);
  if (!options.commands) return text;
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const Segment& segment = program.segments[i];
    text += fmt::format("\nsegment {}: layers {} to {}, {} words at {:#x}\n", i, segment.first_step,
                        segment.last_step, segment.words.size(), segment.address);
    text += Disassemble(segment.words, program.config, options.expand_maps);
  }
  return text;
}

Json InspectJson(const Program& program, const InspectOptions& options) {
  Json json = {{"model", program.model_name},          {"config", program.config.name},
               {"inputs", program.graph.inputs},       {"outputs", program.graph.outputs},
               {"window_bytes", program.window_bytes}, {"weight_bytes", program.image.size()},
               {"warnings", program.plan.warnings},    {"ops", OpsJson(program)},
               {"tensors", TensorsJson(program)},      {"layers", LayersJson(program)}};
  json["segments"] = Json::array();
  for (const Segment& segment : program.segments) {
    Json one = {{"first_layer", segment.first_step},
                {"last_layer", segment.last_step},
                {"address", segment.address},
                {"words", segment.words.size()}};
    if (options.commands) {
      one["commands"] = Json::array();
      const std::string text = Disassemble(segment.words, program.config, options.expand_maps);
      for (size_t begin = 0; begin < text.size();) {
        const size_t end = text.find('\n', begin);
        one["commands"].push_back(text.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    json["segments"].push_back(std::move(one));
  }
  return json;
}

}  // namespace weft
