// SPDX-License-Identifier: Apache-2.0
#include "compiler/disassemble.h"

#include <fmt/format.h>

#include <cstring>
#include <iterator>

#include "compiler/command_view.h"

namespace weft {
namespace {

// Addresses read better in hexadecimal.
bool IsAddress(const char* name) {
  for (const char* address :
       {"mem", "glb", "act_base", "psum_base", "out_base", "res_delta", "offset"})
    if (std::strcmp(name, address) == 0) return true;
  return false;
}

std::string FieldText(const spec::NamedField& field, const uint32_t* words) {
  const int64_t value = GetField(words, field.field);
  if (value == 0) return "";
  if (field.field.width == 1) return fmt::format(" {}", field.name);
  return IsAddress(field.name) ? fmt::format(" {}={:#x}", field.name, value)
                               : fmt::format(" {}={}", field.name, value);
}

std::string Semaphores(uint32_t mask) {
  std::string text;
  for (int s = 0; s < spec::kSemCount; ++s)
    if (mask >> s & 1)
      text += fmt::format("{}{}", text.empty() ? "" : ",", spec::kSemaphoreNames[s]);
  return text;
}

std::string Tokens(const CommandView& command) {
  std::string text;
  if (command.wait != 0) text += "  wait " + Semaphores(command.wait);
  if (command.signal != 0) text += "  give " + Semaphores(command.signal);
  if (command.signal_feed != 0) text += "  give-when-fed " + Semaphores(command.signal_feed);
  return text;
}

// The payload of a map command, if it is as long as its counts and the configuration say.
struct Payload {
  int64_t pes = 0, streams = 0, units = 0;
  const uint32_t *pe_words = nullptr, *stream_words = nullptr, *unit_words = nullptr;

  uint32_t Pe(int64_t i) const { return pe_words[i / 2] >> (16 * (i % 2)) & 0xFFFF; }
};

bool ReadPayload(const CommandView& command, const Config& config, Payload* payload) {
  Payload& p = *payload;
  p.pes = static_cast<int64_t>(config.rows) * config.cols;
  p.streams = command.Get(spec::kMapStreams);
  p.units = command.Get(spec::kMapUnits);
  const int64_t pe_words = (p.pes + 1) / 2;
  if (static_cast<int64_t>(command.operand_words()) != 1 + pe_words + p.streams + p.units)
    return false;
  p.pe_words = command.operands + 1;
  p.stream_words = p.pe_words + pe_words;
  p.unit_words = p.stream_words + p.streams;
  return true;
}

std::string MapSummary(const Payload& p) {
  int64_t active = 0, voids = 0;
  for (int64_t i = 0; i < p.pes; ++i) {
    const uint32_t pe = p.Pe(i);
    if (GetField(&pe, spec::kMapPeEnabled) == 0) continue;
    (GetField(&pe, spec::kMapPeVoid) != 0 ? voids : active) += 1;
  }
  return fmt::format(": {} PEs active, {} void, {} off", active, voids, p.pes - active - voids);
}

std::string Entries(const char* what, const spec::NamedField* fields, size_t field_count,
                    const uint32_t* words, int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    text += fmt::format("{:>21}{} {}:", "", what, i);
    for (size_t f = 0; f < field_count; ++f) text += FieldText(fields[f], words + i);
    text += '\n';
  }
  return text;
}

// One line a row of PEs: the stream (.. void, -- off) and the filter set of each.
std::string MapEntries(const Payload& p, const Config& config) {
  std::string text;
  for (int i = 0; i < config.rows; ++i) {
    text += fmt::format("{:>21}row {:<2} stream:set", "", i);
    for (int j = 0; j < config.cols; ++j) {
      const uint32_t pe = p.Pe(static_cast<int64_t>(i) * config.cols + j);
      std::string stream = fmt::format("{}", GetField(&pe, spec::kMapPeActId));
      if (GetField(&pe, spec::kMapPeVoid) != 0) stream = "..";
      if (GetField(&pe, spec::kMapPeEnabled) == 0) stream = "--";
      text += fmt::format(" {:>3}:{:<2}", stream, GetField(&pe, spec::kMapPeFid));
    }
    text += '\n';
  }
  text += Entries("stream", spec::kMapStreamFields, std::size(spec::kMapStreamFields),
                  p.stream_words, p.streams);
  return text + Entries("unit", spec::kMapUnitFields, std::size(spec::kMapUnitFields), p.unit_words,
                        p.units);
}

}  // namespace

std::string Disassemble(const std::vector<uint32_t>& words, const Config& config, bool expand) {
  std::string text;
  CommandReader reader(words, config);
  while (!reader.done()) {
    const size_t at = reader.at();
    CommandView command;
    std::string problem;
    if (!reader.Next(&command, &problem))
      return text + fmt::format("{:>8}  {}\n", at, problem);
    std::string line =
        fmt::format("{:>8}  {:<5}  {:<9}", at, command.kind->engine, command.kind->name);
    for (int f = 0; f < command.kind->field_count; ++f)
      line += FieldText(command.kind->fields[f], command.operands);
    Payload payload;
    const bool is_map =
        command.kind->opcode == spec::kOpMap && ReadPayload(command, config, &payload);
    if (is_map) line += MapSummary(payload);
    line += Tokens(command);
    while (line.back() == ' ') line.pop_back();
    text += line + '\n';
    if (is_map && expand) text += MapEntries(payload, config);
  }
  return text;
}

}  // namespace weft
