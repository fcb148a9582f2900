// SPDX-License-Identifier: Apache-2.0
#include "compiler/command_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/command_checker.h"
#include "model/error.h"

namespace weft {
namespace {

// Bytes [begin, end) that base + i1*stride1 + i2*stride2, run bytes each, can touch.
struct Span {
  int64_t begin, end;
  bool Inside(int64_t size) const { return begin >= 0 && end <= size; }
};

Span Touched(int64_t base, int64_t run, int64_t n1, int64_t stride1, int64_t n2, int64_t stride2) {
  const int64_t far1 = (n1 - 1) * stride1, far2 = (n2 - 1) * stride2;
  return {base + std::min<int64_t>(0, far1) + std::min<int64_t>(0, far2),
          base + std::max<int64_t>(0, far1) + std::max<int64_t>(0, far2) + run};
}

// Addresses wrap, so a stride may be meant as negative: n1 and n2 times each way.
bool StaysInside(int64_t base, int64_t run, int64_t n1, int64_t stride1, int64_t n2,
                 int64_t stride2, int bits, int64_t size) {
  const int64_t wrap = int64_t{1} << bits;
  for (int64_t s1 : {stride1, stride1 - wrap})
    for (int64_t s2 : {stride2, stride2 - wrap})
      if (Touched(base, run, n1, s1, n2, s2).Inside(size)) return true;
  return false;
}

}  // namespace

void CommandChecker::Fail(const std::string& what) const {
  const std::string name =
      command_.kind == nullptr ? "" : fmt::format(" ({})", command_.kind->name);
  throw Error(fmt::format("{}, word {}{}: {}", where_, at_, name, what));
}

int64_t CommandChecker::In(const spec::Field& field, int64_t lowest, int64_t highest) const {
  const int64_t value = command_.Get(field);
  if (value >= lowest && value <= highest) return value;
  const char* name = "a field";
  for (int i = 0; i < command_.kind->field_count; ++i) {
    const spec::NamedField& f = command_.kind->fields[i];
    if (f.field.word == field.word && f.field.lsb == field.lsb) name = f.name;
  }
  Fail(fmt::format("{} = {}; {} to {} is possible here", name, value, lowest, highest));
}

// In stream order, as the scheduler merges: a token is given by a command before the one that takes
// it.
void CommandChecker::CheckTokens() {
  const std::string_view engine = command_.kind->engine;
  const struct {
    const char* engine;
    uint32_t waits, gives;
  } kMasks[] = {{"fl", spec::kSemWaitsFl, spec::kSemGivesFl},
                {"il", spec::kSemWaitsIl, spec::kSemGivesIl},
                {"st", spec::kSemWaitsSt, spec::kSemGivesSt},
                {"c", spec::kSemWaitsC, spec::kSemGivesC}};
  uint32_t waits = 0, gives = 0;
  for (const auto& mask : kMasks) {
    if (engine != mask.engine) continue;
    waits = mask.waits;
    gives = mask.gives;
  }
  Require((command_.wait & ~waits) == 0, "waits for a semaphore of another engine");
  Require((command_.signal & ~gives) == 0, "gives a semaphore of another engine");
  const bool feeds = command_.kind->opcode == spec::kOpPass;
  Require((command_.signal_feed & ~(feeds ? gives : 0)) == 0,
          "gives a semaphore at the feeder's end, which only a pass can");
  for (int s = 0; s < spec::kSemCount; ++s) {
    if (command_.wait >> s & 1 && --tokens_[s] < 0) {
      Fail(fmt::format("waits for a token of {} that no command before it gives",
                       spec::kSemaphoreNames[s]));
    }
    tokens_[s] += (command_.signal >> s & 1) + (command_.signal_feed >> s & 1);
  }
}

void CommandChecker::CheckMove(bool store) {
  const uint32_t* operands = command_.operands;
  if (std::all_of(operands, operands + command_.operand_words(), [](uint32_t word) { return word == 0; })) {
    Require(!store, "stores nothing");
    return;
  }
  const int64_t glb_size = config_.glb_size();
  const int64_t run = In(spec::kMoveRun, 1, glb_size), n1 = In(spec::kMoveN1, 1, glb_size),
                n2 = In(spec::kMoveN2, 1, glb_size);
  // Each byte of the GLB is moved once at most.
  Require(run * n1 <= glb_size && run * n1 * n2 <= glb_size, "moves more bytes than the GLB has");
  const bool memory_ok = StaysInside(
      command_.Get(spec::kMoveMem), run, n1, command_.Get(spec::kMoveMemStride1), n2,
      command_.Get(spec::kMoveMemStride2), spec::kMoveMemStride1.width, program_.window_bytes);
  if (!memory_ok)
    Fail(fmt::format("{} memory outside of the window of {} bytes", store ? "writes" : "reads",
                     program_.window_bytes));
  const bool glb_ok =
      StaysInside(command_.Get(spec::kMoveGlb), run, n1, command_.Get(spec::kMoveGlbStride1), n2,
                  command_.Get(spec::kMoveGlbStride2), spec::kMoveGlbStride1.width, glb_size);
  if (!glb_ok) Fail(fmt::format("leaves the GLB of {} bytes", glb_size));
}

void CommandChecker::CheckEndLayer() {
  const int64_t layer = command_.Get(spec::kEndLayerLayer);
  if (layer != next_layer_ || layer > segment_.last_step) {
    Fail(fmt::format("ends layer {}; the segment's layers are {} to {}, the next is {}", layer,
                     segment_.first_step, segment_.last_step, next_layer_));
  }
  const int64_t record = program_.record_address[static_cast<size_t>(layer)];
  if (command_.Get(spec::kEndLayerMem) != record) {
    Fail(fmt::format("writes the record to {:#x} instead of {:#x}",
                     command_.Get(spec::kEndLayerMem), record));
  }
  ++next_layer_;
}

void CommandChecker::CheckCfg() {
  Require(command_.Get(spec::kCfgLo) <= command_.Get(spec::kCfgHi), "lo exceeds hi");
  Require(command_.Get(spec::kCfgAddLo) <= command_.Get(spec::kCfgAddHi), "add_lo exceeds add_hi");
  for (const spec::Field& field : {spec::kCfgAddE1, spec::kCfgAddE2, spec::kCfgAddE3})
    In(field, -31, 1);
  cfg_loaded_[command_.Get(spec::kCfgSlot)] = true;
}

void CommandChecker::CheckFilter() {
  const int64_t beats = In(spec::kFilterBeats, 1, config_.filter_depth);
  const int64_t sets = In(spec::kFilterSets, 1, std::clamp<int64_t>(config_.max_units(), 2, int64_t{1} << spec::kMapPeFid.width));
  const int64_t bytes = beats * sets * config_.rows * config_.lanes;
  Require(command_.Get(spec::kFilterGlb) + bytes <= config_.glb_size(),
          "reads filters beyond the GLB");
  Require(patterns_[In(spec::kFilterPattern, 0, config_.patterns - 1)].loaded,
          "uses a pattern that was not loaded");
  copy_loaded_[command_.Get(spec::kFilterCopy)] = true;
}

void CommandChecker::CheckParam() {
  constexpr int64_t kBytesPerChannel = 12;
  const int64_t rows = In(spec::kParamRows, 1, config_.param_rows);
  Require(command_.Get(spec::kParamGlb) + rows * config_.post_lanes * kBytesPerChannel <=
              config_.glb_size(),
          "reads parameters beyond the GLB");
  half_loaded_[command_.Get(spec::kParamHalf)] = true;
}

void CommandChecker::Run() {
  for (bool ended = false; !ended; at_ = reader_.at()) {
    std::string problem;
    command_.kind = nullptr;
    if (!reader_.Next(&command_, &problem)) {
      command_.kind = nullptr;
      Fail(problem);
    }
    CheckTokens();
    switch (command_.kind->opcode) {
      case spec::kOpEnd:
        ended = true;
        break;
      case spec::kOpLoadF:
      case spec::kOpLoadI:
        CheckMove(false);
        break;
      case spec::kOpStore:
        CheckMove(true);
        break;
      case spec::kOpEndLayer:
        CheckEndLayer();
        break;
      case spec::kOpMap:
        CheckMap();
        break;
      case spec::kOpCfg:
        CheckCfg();
        break;
      case spec::kOpFilter:
        CheckFilter();
        break;
      case spec::kOpParam:
        CheckParam();
        break;
      case spec::kOpPass:
        CheckPass();
        break;
      default:
        Fail("no check for this command");
    }
  }
  if (at_ != segment_.words.size())
    Fail(fmt::format("{} words follow `end`", segment_.words.size() - at_));
  if (next_layer_ <= segment_.last_step)
    Fail(fmt::format("the segment never ends layer {}", next_layer_));
}

void CheckCommands(const Program& program, const Segment& segment, const std::string& where) {
  CommandChecker(program, segment, where).Run();
}

}  // namespace weft
