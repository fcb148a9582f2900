// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/event_text.h"

namespace weft {
namespace {

constexpr const char* kTrackNames[] = {"",
                                       "layers",
                                       "command fetch",
                                       "filter load (FL)",
                                       "ifmap load (IL)",
                                       "compute: commands (C)",
                                       "compute: filters",
                                       "compute: feeder",
                                       "compute: array",
                                       "compute: post-processing",
                                       "store (ST)"};

struct CounterName {
  const char *name, *unit;
};
constexpr CounterName kCounterNames[Event::kCounters] = {{"GLB words read", "words per 256 cycles"},
                                                         {"GLB words written", "words per 256 cycles"},
                                                         {"memory bytes read", "bytes per 256 cycles"},
                                                         {"memory bytes written", "bytes per 256 cycles"}};
static_assert(Event::kWindow == 256, "the counters' units say so");

int QueueOf(const spec::Command& command) {
  switch (command.opcode) {
    case spec::kOpLoadF: return spec::kQueueFl;
    case spec::kOpLoadI: return spec::kQueueIl;
    case spec::kOpStore:
    case spec::kOpEndLayer: return spec::kQueueSt;
    default: return spec::kQueueC;
  }
}

std::string Heading(const Program& program, const Timeline::About& about) {
  return fmt::format(
      "{{\"engine\":{},\"model\":{},\"config\":{},\"memory\":{},\"clock_mhz\":{}}}",
      JsonString(about.engine), JsonString(about.model), JsonString(program.config.name),
      JsonString(about.memory), program.config.clock_mhz);
}

}  // namespace

Timeline::Timeline(const Program& program, const About& about, const std::string& path)
    : program_(program),
      json_(path, program.config.clock_mhz, "weft " + program.config.name, Heading(program, about)) {
  for (int track = kLayers; track < kTracks; ++track) json_.NameTrack(track, kTrackNames[track]);
}

void Timeline::BeginSegment(const Segment& segment) {
  segment_ = &segment;
  readers_.assign(spec::kQueueCount, CommandReader(segment.words, program_.config));
  layer_ = 0;
  layer_start_ = 0;
  std::fill(std::begin(free_), std::end(free_), 0);
}

void Timeline::EndSegment(int64_t cycles) {
  for (int track = kFetch; track < kTracks; ++track)
    while (!open_[track].empty()) End(static_cast<Track>(track), cycles, false);
  if (layer_ <= segment_->last_step - segment_->first_step) EndLayer(cycles, false);
  passes_.clear();
  base_ += cycles;
  for (const CounterName& counter : kCounterNames) json_.Counter(counter.name, counter.unit, base_, 0);
}

void Timeline::Add(const Event& e) {
  const bool start = e.kind == Event::kStart, end = e.kind == Event::kEnd;
  switch (e.unit) {
    case Event::kFl:
    case Event::kIl:
    case Event::kSt: {
      const Track track = e.unit == Event::kFl ? kFl : e.unit == Event::kIl ? kIl : kSt;
      if (start) NextCommand(e);
      if (end) End(track, e.cycle + 1);
      break;
    }
    case Event::kC:
      if (start) NextCommand(e);
      if (end) CommandTaken(e.cycle);
      break;
    case Event::kFetch:
      if (e.kind == Event::kBurst)
        Begin(kFetch, e.cycle,
              {0, "BURST",
               fmt::format("\"memory\":{},\"bytes\":{}", e.value & 0xffffffff,
                           (e.value >> 32) * static_cast<uint64_t>(program_.config.mem_bytes))});
      if (e.kind == Event::kData) End(kFetch, e.cycle + 1);
      break;
    case Event::kFilter: End(kFilters, e.cycle + 1); break;
    case Event::kFeeder: End(kFeeder, e.cycle + 1); break;
    case Event::kPost:
      if (passes_.empty()) break;
      Begin(kPost, e.cycle, std::move(passes_.front()));
      passes_.pop_front();
      break;
    case Event::kArray:
      End(kArray, e.cycle + 1);
      End(kPost, e.cycle + 1);
      break;
    case Event::kLayer: EndLayer(e.cycle + 1, true); break;
    case Event::kUse: Count(e); break;
  }
}

// The next command of a queue is with its engine.
void Timeline::NextCommand(const Event& e) {
  static constexpr Track kTrackOf[] = {kFl, kIl, kSt, kCommands};
  CommandView command;
  std::string problem, args;
  while (args.empty() && readers_[e.unit].Next(&command, &problem))  // what is wrong fetch says too
    if (QueueOf(*command.kind) == e.unit) args = LayerArgs(command.parity) + CommandArgs(command);
  Begin(kTrackOf[e.unit], e.cycle, {0, CommandName(e.value), args});
}

// Engine C has the last word of its command, and who executes it has the command.
void Timeline::CommandTaken(Cycle cycle) {
  if (open_[kCommands].empty()) return;
  const Open command = open_[kCommands].front();
  End(kCommands, cycle + 1);
  if (command.name == "PASS") {
    Begin(kFeeder, cycle + 1, command);
    Begin(kArray, cycle + 1, command);
    passes_.push_back(command);
  } else if (command.name == "FILTER" || command.name == "PARAM") {
    Begin(kFilters, cycle, command);
  }
}

// A command belongs to the layer that runs or, with the other parity, to the one after it.
std::string Timeline::LayerArgs(int parity) const {
  const int step = segment_->first_step + layer_ + ((layer_ & 1) != parity ? 1 : 0);
  if (step > segment_->last_step) return fmt::format("\"layer\":{}", step);
  return fmt::format("\"layer\":{},\"layer_name\":{}", step,
                     JsonString(program_.plan.steps[static_cast<size_t>(step)].name));
}

std::string Timeline::CommandArgs(const CommandView& command) const {
  switch (command.kind->opcode) {
    case spec::kOpLoadF:
    case spec::kOpLoadI:
    case spec::kOpStore:
      return fmt::format(
          ",\"bytes\":{},\"memory\":{},\"glb\":{}",
          command.Get(spec::kMoveRun) * command.Get(spec::kMoveN1) * command.Get(spec::kMoveN2),
          command.Get(spec::kMoveMem), command.Get(spec::kMoveGlb));
    case spec::kOpFilter:
      return fmt::format(",\"glb\":{},\"sets\":{},\"beats\":{}", command.Get(spec::kFilterGlb),
                         command.Get(spec::kFilterSets), command.Get(spec::kFilterBeats));
    case spec::kOpPass:
      return fmt::format(",\"steps\":{},\"streams\":{},\"units\":{}", command.Get(spec::kPassSteps),
                         command.Get(spec::kPassStreams), command.Get(spec::kPassUnits));
    default: return "";
  }
}

void Timeline::End(Track track, Cycle cycle, bool whole) {
  if (open_[track].empty()) return;
  const Open slice = std::move(open_[track].front());
  open_[track].pop_front();
  // Commands overlap in a pipeline, slices of a track must not: the older one is shown to its end.
  const Cycle begin = std::min(std::max(slice.start, free_[track]), cycle);
  free_[track] = cycle;
  json_.Slice(track, slice.name, base_ + begin, base_ + cycle,
              fmt::format("\"start\":{},\"end\":{}{}{}{}", base_ + slice.start, base_ + cycle,
                          slice.args.empty() ? "" : ",", slice.args,
                          whole ? "" : ",\"unfinished\":true"));
}

void Timeline::EndLayer(Cycle cycle, bool whole) {
  const int step = segment_->first_step + layer_;
  std::string name = fmt::format("layer {}", step), op;
  if (step <= segment_->last_step) {
    const Step& s = program_.plan.steps[static_cast<size_t>(step)];
    name = JsonString(s.name);
    name = name.substr(1, name.size() - 2);
    op = ",\"op\":" + JsonString(s.op);
  }
  json_.Slice(kLayers, name, base_ + layer_start_, base_ + cycle,
              fmt::format("\"start\":{},\"end\":{},\"cycles\":{},\"layer\":{}{},\"segment_start\":{}{}",
                          base_ + layer_start_, base_ + cycle, cycle - layer_start_, step, op, base_,
                          whole ? "" : ",\"unfinished\":true"));
  layer_start_ = cycle;
  ++layer_;
}

// A window's count is shown from the window's beginning on.
void Timeline::Count(const Event& e) {
  const CounterName& counter = kCounterNames[e.kind - Event::kGlbReads];
  json_.Counter(counter.name, counter.unit, base_ + e.cycle / Event::kWindow * Event::kWindow, e.value);
}

Fault TimelineRunner::RunSegment(const Segment& segment) {
  timeline_.BeginSegment(segment);
  const int64_t before = device_.cycles();
  Fault fault = device_.RunSegment(segment);
  timeline_.EndSegment(device_.cycles() - before);
  return fault;
}

}  // namespace weft
