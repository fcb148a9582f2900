// SPDX-License-Identifier: Apache-2.0
#include "compiler/command_view.h"

#include <fmt/format.h>

namespace weft {

bool CommandReader::Next(CommandView* view, std::string* problem) {
  const size_t left = words_->size() - at_;
  if (left < spec::kCommandHeaderWords) {
    *problem = "the commands end without `end`";
    return false;
  }
  const uint32_t* header = words_->data() + at_;
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
  view->keep = static_cast<uint32_t>(GetField(header, spec::kHeaderKeep));
  const uint32_t held = kept_.Held(view->kind->opcode);
  int64_t kept = 0;
  for (int i = 0; i < spec::kHeaderKeep.width; ++i) {
    if ((view->keep >> i & 1) == 0) continue;
    if ((held >> i & 1) == 0) {
      *problem = fmt::format("{} keeps operand word {}, which is not held", view->kind->name, i + 1);
      return false;
    }
    ++kept;
  }
  const int64_t length = GetField(header, spec::kHeaderWords);
  const int64_t fixed = view->kind->operand_words;
  const int64_t least = spec::kCommandHeaderWords + (fixed < 0 ? 1 : fixed - kept);
  if (length < least || (fixed >= 0 && length != least)) {
    *problem = fmt::format("{} of {} words; {}{} are needed", view->kind->name, length,
                           fixed < 0 ? "at least " : "", least);
    return false;
  }
  if (static_cast<size_t>(length) > left) {
    *problem = fmt::format("{} of {} words, {} are left", view->kind->name, length, left);
    return false;
  }
  view->at = at_;
  view->words = static_cast<size_t>(length);
  view->wait = static_cast<uint32_t>(GetField(header, spec::kHeaderWait));
  view->signal = static_cast<uint32_t>(GetField(header, spec::kHeaderSignal));
  view->signal_feed = static_cast<uint32_t>(GetField(header, spec::kHeaderSignalFeed));
  view->parity = static_cast<int>(GetField(header, spec::kHeaderParity));
  view->operands =
      kept_.Next(view->kind->opcode, view->keep, header + spec::kCommandHeaderWords);
  at_ += view->words;
  return true;
}

}  // namespace weft
