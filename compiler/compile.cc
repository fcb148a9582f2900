// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "compiler/mapper.h"
#include "compiler/memory_plan.h"
#include "compiler/pair.h"
#include "compiler/program.h"
#include "compiler/schedule.h"

namespace weft {
namespace {

constexpr int64_t kAlign = 64;

int64_t Align(int64_t at) { return (at + kAlign - 1) / kAlign * kAlign; }

// Constants that layers read as operands join the image; their addresses are set.
void PlaceConstants(std::vector<Buffer>* buffers, WeightImage* image) {
  for (Buffer& buffer : *buffers)
    if (buffer.constant) buffer.address = image->Append(buffer.data);
}

}  // namespace

Program Compile(Graph graph, const Config& config, const CompileOptions& options) {
  Program program;
  program.config = config;
  program.options = options;
  program.graph = std::move(graph);
  program.plan = LowerGraph(program.graph, !options.keep_tensors);
  std::vector<Step>& steps = program.plan.steps;
  for (Step& step : steps)
    for (ArrayLayer& layer : step.layers) layer = Canonical(std::move(layer));
  if (!options.keep_tensors) program.mappings = MergePairs(program.graph, config, options.objective, &program.plan);
  program.mappings.resize(steps.size());

  if (options.keep_tensors)
    for (Buffer& buffer : program.plan.buffers) buffer.last_step = static_cast<int>(steps.size());
  int64_t at = PlanMemory(&program.plan.buffers);
  program.record_address.assign(steps.size(), -1);
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].on_accelerator) continue;
    program.record_address[i] = at;
    at = Align(at + spec::kRecordWords * 8);
  }
  WeightImage image;
  image.base = program.image_address = at;
  PlaceConstants(&program.plan.buffers, &image);

  Mapper mapper(config, options.judge, options.objective);
  Slice slice;
  if (options.slice_tiles > 0) slice.tiles = options.slice_tiles;
  Scheduler scheduler(config, program.plan.buffers, &image, slice);
  const auto mapped = [&](size_t i) {
    const auto [first, last] = options.steps.value_or(std::make_pair(0, static_cast<int>(steps.size()) - 1));
    return steps[i].on_accelerator && static_cast<int>(i) >= first && static_cast<int>(i) <= last;
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    std::vector<Mapping>& mappings = program.mappings[i];
    if (!mapped(i)) {
      mappings.clear();
      continue;
    }
    if (mappings.empty()) mappings = mapper.MapAll(&step.layers);
    const bool opens = options.one_segment_per_layer || program.segments.empty() ||
                       program.segments.back().last_step != static_cast<int>(i) - 1;
    if (opens) program.segments.push_back({static_cast<int>(i), static_cast<int>(i), 0, {}});
    Segment& segment = program.segments.back();
    segment.last_step = static_cast<int>(i);
    if (mappings[0].paired()) {
      scheduler.AddPair(step.layers, mappings, static_cast<int>(i), program.record_address[i]);
    } else {
      scheduler.AddLayer(step.layers, mappings, static_cast<int>(i), program.record_address[i]);
    }
    const bool closes = options.one_segment_per_layer || i + 1 == steps.size() || !mapped(i + 1);
    if (closes) segment.words = scheduler.Finish();
  }
  program.image = std::move(image.bytes);
  at = Align(program.image_address + static_cast<int64_t>(program.image.size()));
  for (Segment& segment : program.segments) {
    segment.address = at;
    at = Align(at + static_cast<int64_t>(segment.words.size()) * 4);
  }
  program.window_bytes = (at + 4095) / 4096 * 4096;
  return program;
}

}  // namespace weft
