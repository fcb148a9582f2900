// SPDX-License-Identifier: Apache-2.0
// Where two devices that should do the same begin not to: the first event that differs, by cycle and
// unit, and what led there.

#ifndef WEFT_SIM_FIRST_DIFFERENCE_H_
#define WEFT_SIM_FIRST_DIFFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/program.h"
#include "model/event_log.h"
#include "sim/session.h"

namespace weft {

struct EventDifference {
  Event::Unit unit = Event::kFl;
  Cycle cycle = 0;
  // What that unit does next in each log; absent: nothing more.
  std::optional<Event> expected, got;
  int layers_ended = 0;
  std::vector<Event> before;  // the same in both: the unit's last ones and the others' last ones
};

// Of two logs of one segment, as they were told; absent: they are equal.
std::optional<EventDifference> FindDifference(const std::vector<Event>& expected,
                                              const std::vector<Event>& got);

// A device with its log of the segment that it ran last.
struct LoggedDevice {
  std::string name;
  SegmentRunner* device = nullptr;
  std::vector<Event> events;
};

// Runs every segment on two devices, and ends the run with an Error (kComparison) at the first one
// whose logs differ; report() says more then. The host sees the first device's memory.
class PairRunner final : public SegmentRunner {
 public:
  PairRunner(const Program& program, LoggedDevice* expected, LoggedDevice* got)
      : program_(program), expected_(*expected), got_(*got) {}
  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override;
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override;
  Fault RunSegment(const Segment& segment) override;

  // Lines of text; empty: no difference.
  const std::string& report() const { return report_; }

 private:
  std::string Place(const Segment& segment, const EventDifference& difference) const;
  std::string Report(const std::string& place, const EventDifference& difference) const;

  const Program& program_;
  LoggedDevice &expected_, &got_;
  std::string report_;
};

}  // namespace weft

#endif  // WEFT_SIM_FIRST_DIFFERENCE_H_
