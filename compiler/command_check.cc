// SPDX-License-Identifier: Apache-2.0
#include "compiler/command_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/command_view.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr int64_t kGlbMask = (int64_t{1} << spec::kMoveGlb.width) - 1;

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

struct Pattern {
  bool loaded = false;
  int64_t streams = 0;
  std::vector<uint32_t> stream_words, unit_words;
};

class Checker {
 public:
  Checker(const Program& program, const Segment& segment, const std::string& where)
      : program_(program),
        config_(program.config),
        segment_(segment),
        where_(where),
        next_layer_(segment.first_step) {}

  void Run();

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    const std::string name =
        command_.kind == nullptr ? "" : fmt::format(" ({})", command_.kind->name);
    throw Error(fmt::format("{}, word {}{}: {}", where_, at_, name, what));
  }
  void Require(bool ok, const char* what) const {
    if (!ok) Fail(what);
  }
  // A field's value, refused outside of [lowest, highest].
  int64_t In(const spec::Field& field, int64_t lowest, int64_t highest) const;

  void CheckTokens();
  void CheckMove(bool store);
  void CheckEndLayer();
  void CheckMap();
  void CheckCfg();
  void CheckFilter();
  void CheckParam();
  void CheckPass();
  void CheckPassShape() const;
  void CheckPassStreams(const Pattern& pattern) const;
  void CheckPassUnits(const Pattern& pattern) const;

  const Program& program_;
  const Config& config_;
  const Segment& segment_;
  const std::string& where_;
  size_t at_ = 0;
  CommandView command_;
  int64_t tokens_[spec::kSemCount] = {};
  int next_layer_;  // step whose record comes next
  Pattern patterns_[2];
  bool cfg_loaded_[2] = {}, copy_loaded_[2] = {}, half_loaded_[2] = {};
};

int64_t Checker::In(const spec::Field& field, int64_t lowest, int64_t highest) const {
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
void Checker::CheckTokens() {
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

void Checker::CheckMove(bool store) {
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

void Checker::CheckEndLayer() {
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

void Checker::CheckMap() {
  const int64_t streams = command_.Get(spec::kMapStreams);
  const int64_t units = In(spec::kMapUnits, 1, config_.max_units());
  const int64_t pes = static_cast<int64_t>(config_.rows) * config_.cols, pe_words = (pes + 1) / 2;
  Require(streams <= pes, "has more streams than PEs");
  const int64_t words = 1 + pe_words + streams + units;
  if (static_cast<int64_t>(command_.operand_words()) != words) {
    Fail(fmt::format("{} operand words; {} PEs, {} streams and {} units need {}",
                     command_.operand_words(), pes, streams, units, words));
  }
  const uint32_t* payload = command_.operands + 1;
  for (int64_t i = 0; i < pes; ++i) {
    const uint32_t pe = payload[i / 2] >> (16 * (i % 2)) & 0xFFFF;
    const bool listens =
        GetField(&pe, spec::kMapPeEnabled) != 0 && GetField(&pe, spec::kMapPeVoid) == 0;
    if (listens && GetField(&pe, spec::kMapPeActId) >= streams)
      Fail(fmt::format("PE {} listens to a stream that is not there", i));
  }
  Pattern& pattern = patterns_[command_.Get(spec::kMapPattern)];
  pattern.loaded = true;
  pattern.streams = streams;
  pattern.stream_words.assign(payload + pe_words, payload + pe_words + streams);
  pattern.unit_words.assign(payload + pe_words + streams, payload + pe_words + streams + units);
  for (const uint32_t& unit : pattern.unit_words) {
    const int64_t index = GetField(&unit, spec::kMapUnitUnit);
    if (index >= config_.max_units())
      Fail(fmt::format("output unit {}; there are {}", index, config_.max_units()));
  }
}

void Checker::CheckCfg() {
  Require(command_.Get(spec::kCfgLo) <= command_.Get(spec::kCfgHi), "lo exceeds hi");
  Require(command_.Get(spec::kCfgAddLo) <= command_.Get(spec::kCfgAddHi), "add_lo exceeds add_hi");
  for (const spec::Field& field : {spec::kCfgAddE1, spec::kCfgAddE2, spec::kCfgAddE3})
    In(field, -31, 1);
  cfg_loaded_[command_.Get(spec::kCfgSlot)] = true;
}

void Checker::CheckFilter() {
  const int64_t beats = In(spec::kFilterBeats, 1, config_.filter_depth);
  const int64_t sets = In(spec::kFilterSets, 1, int64_t{1} << spec::kMapPeFid.width);
  const int64_t bytes = beats * sets * config_.rows * config_.lanes;
  Require(command_.Get(spec::kFilterGlb) + bytes <= config_.glb_size(),
          "reads filters beyond the GLB");
  Require(patterns_[command_.Get(spec::kFilterPattern)].loaded,
          "uses a pattern that was not loaded");
  copy_loaded_[command_.Get(spec::kFilterCopy)] = true;
}

void Checker::CheckParam() {
  constexpr int64_t kBytesPerChannel = 12;
  const int64_t rows = In(spec::kParamRows, 1, config_.param_rows);
  Require(command_.Get(spec::kParamGlb) + rows * config_.post_lanes * kBytesPerChannel <=
              config_.glb_size(),
          "reads parameters beyond the GLB");
  half_loaded_[command_.Get(spec::kParamHalf)] = true;
}

void Checker::CheckPass() {
  const Pattern& pattern = patterns_[command_.Get(spec::kPassPattern)];
  Require(pattern.loaded, "uses a pattern that was not loaded");
  Require(copy_loaded_[command_.Get(spec::kPassCopy)], "uses filters that were not loaded");
  Require(cfg_loaded_[command_.Get(spec::kPassCfg)], "uses constants that were not loaded");
  const bool last = command_.Get(spec::kPassLast) != 0;
  Require(!last || half_loaded_[command_.Get(spec::kPassHalf)],
          "uses parameters that were not loaded");
  Require(command_.Get(spec::kPassParity) == command_.parity, "has another parity than its header");
  In(spec::kPassStreams, pattern.streams, pattern.streams);
  In(spec::kPassUnits, static_cast<int64_t>(pattern.unit_words.size()),
     static_cast<int64_t>(pattern.unit_words.size()));
  CheckPassShape();
  CheckPassStreams(pattern);
  CheckPassUnits(pattern);
}

// Sizes that follow from each other, and what spads hold; docs/microarchitecture.md section 2.
void Checker::CheckPassShape() const {
  const auto get = [&](const spec::Field& f) { return command_.Get(f); };
  const bool dw = get(spec::kPassDw) != 0, max = get(spec::kPassMax) != 0;
  Require(dw || !max, "max without dw");
  In(spec::kPassSegs, 1, config_.segs);
  In(spec::kPassSteps, 1, (int64_t{1} << spec::kPassSteps.width) - 1);
  const int64_t q = In(spec::kPassQ, 1, config_.filter_depth);
  In(spec::kPassQShort, 1, q);
  const int64_t taps = In(spec::kPassTaps, 1, config_.col_slots);
  const int64_t stride = In(spec::kPassStride, 1, taps);
  In(spec::kPassRpt, 0, config_.win_rows);
  const int64_t banks = dw ? config_.psum_banks : 1;
  const int64_t p = In(spec::kPassP, 1,
                       static_cast<int64_t>(config_.psum_rows) / banks * (dw ? 1 : config_.lanes));
  const int64_t groups = dw ? 1 : (p + config_.lanes - 1) / config_.lanes;
  In(spec::kPassGroups, groups, groups);
  const int64_t tap_stride = In(spec::kPassTapStride, q, config_.filter_depth);
  const int64_t filter_stride =
      In(spec::kPassFilterStride, taps * tap_stride, config_.filter_depth);
  Require(groups * filter_stride <= config_.filter_depth, "its filters exceed the filter spad");
  const int64_t step_stride = stride * tap_stride % config_.filter_depth;
  In(spec::kPassStepStride, step_stride, step_stride);
}

void Checker::CheckPassStreams(const Pattern& pattern) const {
  const int64_t base = command_.Get(spec::kPassActBase), xstride = command_.Get(spec::kPassXstride);
  for (const uint32_t& stream : pattern.stream_words) {
    const bool is_short = GetField(&stream, spec::kMapStreamShort) != 0;
    const int64_t bytes = command_.Get(is_short ? spec::kPassQShort : spec::kPassQ);
    const int64_t first = GetField(&stream, spec::kMapStreamFirst),
                  count = GetField(&stream, spec::kMapStreamCount);
    Require(first + count <= command_.Get(spec::kPassXcount), "a stream is longer than xcount");
    if (count == 0) continue;
    const int64_t begin =
        (base + GetField(&stream, spec::kMapStreamOffset) + first * xstride) & kGlbMask;
    Require(begin + (count - 1) * xstride + bytes <= config_.glb_size(),
            "reads activations beyond the GLB");
  }
}

void Checker::CheckPassUnits(const Pattern& pattern) const {
  const int64_t steps = command_.Get(spec::kPassSteps), p = command_.Get(spec::kPassP),
                glb_size = config_.glb_size();
  const int64_t units = static_cast<int64_t>(pattern.unit_words.size());
  const bool last = command_.Get(spec::kPassLast) != 0;
  if (command_.Get(spec::kPassAccIn) != 0 || !last) {
    const int64_t words =
        (p + config_.psum_words_per_glb_word() - 1) / config_.psum_words_per_glb_word();
    Require(
        command_.Get(spec::kPassPsumBase) + steps * units * words * config_.glb_bytes <= glb_size,
        "its stored sums leave the GLB");
  }
  if (!last) return;
  const int64_t rows = (p + config_.post_lanes - 1) / config_.post_lanes;
  const int64_t stride = command_.Get(spec::kPassOutStride);
  for (const uint32_t& unit : pattern.unit_words) {
    Require(GetField(&unit, spec::kMapUnitParamRow) + rows <= config_.param_rows,
            "uses more parameter rows than there are");
    const int64_t begin =
        (command_.Get(spec::kPassOutBase) + GetField(&unit, spec::kMapUnitOffset)) & kGlbMask;
    Require(begin + (steps - 1) * stride + p <= glb_size, "its outputs leave the GLB");
    if (command_.Get(spec::kPassResEn) == 0) continue;
    const int64_t residual = (begin + command_.Get(spec::kPassResDelta)) & kGlbMask;
    Require(residual + (steps - 1) * stride + p <= glb_size, "reads residuals beyond the GLB");
  }
}

void Checker::Run() {
  for (bool ended = false; !ended; at_ += command_.words) {
    std::string problem;
    command_.kind = nullptr;
    if (!ViewCommand(segment_.words, at_, &command_, &problem)) {
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

}  // namespace

void CheckCommands(const Program& program, const Segment& segment, const std::string& where) {
  Checker(program, segment, where).Run();
}

}  // namespace weft
