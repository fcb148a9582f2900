// SPDX-License-Identifier: Apache-2.0
// The timeline of `--trace FILE.json`: what each engine did when, drawn from the event log of a
// device and the commands of the program (docs/trace.md). Segments follow one another without a gap,
// since work of the host has no cycles.

#ifndef WEFT_SIM_TIMELINE_H_
#define WEFT_SIM_TIMELINE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "compiler/command_view.h"
#include "compiler/program.h"
#include "model/event_log.h"
#include "sim/device_runner.h"
#include "sim/trace_json.h"

namespace weft {

class Timeline {
 public:
  struct About {  // for the file's heading
    std::string model, engine, memory;
  };
  // The program must outlive it.
  Timeline(const Program& program, const About& about, const std::string& path);

  void BeginSegment(const Segment& segment);
  void Add(const Event& event);
  // `cycles` were spent on it. What has not ended by then is said to be unfinished.
  void EndSegment(int64_t cycles);
  // The file is whole.
  void Close() { json_.Close(); }

 private:
  enum Track { kLayers = 1, kFetch, kFl, kIl, kCommands, kFilters, kFeeder, kArray, kPost, kSt, kTracks };
  // A slice whose end is not known yet.
  struct Open {
    Cycle start;
    std::string name, args;
  };

  void NextCommand(const Event& event);
  void CommandTaken(Cycle cycle);
  std::string LayerArgs(int parity) const;
  std::string CommandArgs(const CommandView& command) const;
  void Begin(Track track, Cycle cycle, Open open) {
    open.start = cycle;
    open_[track].push_back(std::move(open));
  }
  // The oldest open slice of the track ends before `cycle`.
  void End(Track track, Cycle cycle, bool whole = true);
  void EndLayer(Cycle cycle, bool whole);
  void Count(const Event& event);

  const Program& program_;
  TraceJson json_;
  const Segment* segment_ = nullptr;
  int64_t base_ = 0;  // cycles of the segments before
  std::vector<CommandReader> readers_;  // of each queue: at its next command or before that
  int layer_ = 0;  // of the segment, that runs
  Cycle layer_start_ = 0;
  std::deque<Open> open_[kTracks];
  Cycle free_[kTracks] = {};  // first cycle after the track's last slice
  std::deque<Open> passes_;   // begun, none of their rows has left the array
};

// Passes everything on to the device and tells the timeline of its segments.
class TimelineRunner final : public SegmentRunner {
 public:
  TimelineRunner(DeviceRunner* device, Timeline* timeline) : device_(*device), timeline_(*timeline) {}
  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override {
    device_.WriteMemory(address, bytes, count);
  }
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override {
    device_.ReadMemory(address, bytes, count);
  }
  Fault RunSegment(const Segment& segment) override;

 private:
  DeviceRunner& device_;
  Timeline& timeline_;
};

}  // namespace weft

#endif  // WEFT_SIM_TIMELINE_H_
