// SPDX-License-Identifier: Apache-2.0
#include "compiler/command_view.h"

#include <fmt/format.h>

namespace weft {

bool ViewCommand(const std::vector<uint32_t>& words, size_t at, CommandView* view,
                 std::string* problem) {
  const size_t left = words.size() - at;
  if (left < spec::kCommandHeaderWords) {
    *problem = "the commands end without `end`";
    return false;
  }
  const uint32_t* header = &words[at];
  if (GetField(header, spec::kHeaderMagic) != spec::kCommandMagic) {
    *problem = fmt::format("no command begins with {:#010x}", header[0]);
    return false;
  }
  const int64_t opcode = GetField(header, spec::kHeaderOpcode);
  view->kind = nullptr;
  for (const spec::Command& command : spec::kCommands)
    if (command.opcode == opcode) view->kind = &command;
  if (view->kind == nullptr) {
    *problem = fmt::format("unknown opcode {:#x}", opcode);
    return false;
  }
  const int64_t length = GetField(header, spec::kHeaderWords);
  const int64_t fixed = view->kind->operand_words;
  const int64_t least = spec::kCommandHeaderWords + (fixed < 0 ? 1 : fixed);
  if (length < least || (fixed >= 0 && length != least)) {
    *problem = fmt::format("{} of {} words; {}{} are needed", view->kind->name, length,
                           fixed < 0 ? "at least " : "", least);
    return false;
  }
  if (static_cast<size_t>(length) > left) {
    *problem = fmt::format("{} of {} words, {} are left", view->kind->name, length, left);
    return false;
  }
  view->at = at;
  view->words = static_cast<size_t>(length);
  view->wait = static_cast<uint32_t>(GetField(header, spec::kHeaderWait));
  view->signal = static_cast<uint32_t>(GetField(header, spec::kHeaderSignal));
  view->signal_feed = static_cast<uint32_t>(GetField(header, spec::kHeaderSignalFeed));
  view->parity = static_cast<int>(GetField(header, spec::kHeaderParity));
  view->operands = header + spec::kCommandHeaderWords;
  return true;
}

}  // namespace weft
