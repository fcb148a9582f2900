// SPDX-License-Identifier: Apache-2.0
#include "sim/event_text.h"

#include <fmt/format.h>

#include <cctype>

#include "model/spec_gen.h"

namespace weft {

std::string CommandName(uint64_t opcode) {
  for (const spec::Command& command : spec::kCommands) {
    if (static_cast<uint64_t>(command.opcode) != opcode) continue;
    std::string name = command.name;
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
  }
  return fmt::format("opcode {}", opcode);
}

const char* UnitName(Event::Unit unit) {
  static constexpr const char* kNames[Event::kUnits] = {
      "fl", "il", "st", "c", "fetch", "filter", "feeder", "array", "post", "layer", "use"};
  return kNames[unit];
}

std::string EventText(const Event& e) {
  const auto window = [&](const char* what) {
    return fmt::format("{} {} in the window of {} cycles", e.value, what, Event::kWindow);
  };
  switch (e.kind) {
    case Event::kStart:
      return e.unit == Event::kPost ? "the first row of a PASS" : "start of " + CommandName(e.value);
    case Event::kEnd:
      switch (e.unit) {
        case Event::kC: return "last word of " + CommandName(e.value);
        case Event::kFilter: return "end of a FILTER or PARAM";
        case Event::kFeeder:
        case Event::kArray: return "end of a PASS";
        case Event::kLayer: return "end of the layer";
        default: return "end of the oldest command";
      }
    case Event::kBurst:
      return fmt::format("burst of {} beats at 0x{:x}", e.value >> 32, e.value & 0xffffffff);
    case Event::kData:
      return e.unit == Event::kFetch ? "the last beat of a burst"
                                     : fmt::format("the last beat of a burst, data hash {:016x}", e.value);
    case Event::kAnswer: return "answer to a write burst";
    case Event::kGlbReads: return window("GLB words read");
    case Event::kGlbWrites: return window("GLB words written");
    case Event::kMemReads: return window("memory bytes read");
    case Event::kMemWrites: return window("memory bytes written");
  }
  return "";
}

}  // namespace weft
