// SPDX-License-Identifier: Apache-2.0
#include "sim/first_difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.h"
#include "sim/event_text.h"

namespace weft {
namespace {

constexpr int kOwn = 8, kOthers = 8;  // events that led there, of the unit and of all others

std::optional<Event> NextOf(Event::Unit unit, const std::vector<Event>& events, size_t from) {
  for (size_t i = from; i < events.size(); ++i)
    if (events[i].unit == unit) return events[i];
  return std::nullopt;
}

std::vector<Event> LastBefore(Event::Unit unit, const std::vector<Event>& events, size_t end) {
  std::vector<Event> last;
  int own = 0, others = 0;
  for (size_t i = end; i > 0 && (own < kOwn || others < kOthers); --i) {
    const Event& event = events[i - 1];
    int& count = event.unit == unit ? own : others;
    if (count++ < (event.unit == unit ? kOwn : kOthers)) last.push_back(event);
  }
  std::reverse(last.begin(), last.end());
  return last;
}

std::string Text(const std::optional<Event>& event) {
  return event ? fmt::format("{} in cycle {}", EventText(*event), event->cycle)
               : std::string("nothing more");
}

}  // namespace

std::optional<EventDifference> FindDifference(const std::vector<Event>& expected,
                                              const std::vector<Event>& got) {
  const auto [e, g] = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  if (e == expected.end() && g == got.end()) return std::nullopt;
  const bool got_first =
      e == expected.end() || (g != got.end() && Event::Earlier(*g, *e));
  const Event& first = got_first ? *g : *e;
  const auto common = static_cast<size_t>(e - expected.begin());
  EventDifference difference;
  difference.unit = first.unit;
  difference.cycle = first.cycle;
  difference.expected = NextOf(first.unit, expected, common);
  difference.got = NextOf(first.unit, got, common);
  difference.layers_ended = static_cast<int>(std::count_if(
      expected.begin(), e, [](const Event& event) { return event.unit == Event::kLayer; }));
  difference.before = LastBefore(first.unit, expected, common);
  return difference;
}

void PairRunner::WriteMemory(int64_t address, const uint8_t* bytes, size_t count) {
  expected_.device->WriteMemory(address, bytes, count);
  got_.device->WriteMemory(address, bytes, count);
}

void PairRunner::ReadMemory(int64_t address, uint8_t* bytes, size_t count) {
  expected_.device->ReadMemory(address, bytes, count);
}

Fault PairRunner::RunSegment(const Segment& segment) {
  expected_.events.clear();
  got_.events.clear();
  Fault fault = expected_.device->RunSegment(segment);
  got_.device->RunSegment(segment);
  const std::optional<EventDifference> difference =
      FindDifference(expected_.events, got_.events);
  if (!difference) return fault;
  const std::string place = Place(segment, *difference);
  report_ = Report(place, *difference);
  throw Error(fmt::format("{}: expected {} ({}), got {} ({})", place, Text(difference->expected),
                          expected_.name, Text(difference->got), got_.name),
              ExitStatus::kComparison);
}

std::string PairRunner::Place(const Segment& segment, const EventDifference& difference) const {
  const int step = segment.first_step + difference.layers_ended;
  const std::string layer =
      step > segment.last_step
          ? "after the last layer"
          : fmt::format("layer {} ({})", step, program_.plan.steps[static_cast<size_t>(step)].name);
  return fmt::format("{}, unit {}, cycle {}", layer, UnitName(difference.unit), difference.cycle);
}

std::string PairRunner::Report(const std::string& place, const EventDifference& difference) const {
  std::string text =
      fmt::format("the first difference: {}\n  expected ({}): {}\n  got ({}): {}\n", place,
                  expected_.name, Text(difference.expected), got_.name, Text(difference.got));
  text += "what led there:\n";
  for (const Event& event : difference.before)
    text += fmt::format("  {} cycle {:>8}  {:<6}  {}\n", event.unit == difference.unit ? '*' : ' ',
                        event.cycle, UnitName(event.unit), EventText(event));
  return text;
}

}  // namespace weft
