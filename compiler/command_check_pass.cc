// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/command_checker.h"

namespace weft {

void CommandChecker::CheckMap() {
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
  LoadedPattern& pattern = patterns_[In(spec::kMapPattern, 0, config_.patterns - 1)];
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

void CommandChecker::CheckPass() {
  const LoadedPattern& pattern = patterns_[In(spec::kPassPattern, 0, config_.patterns - 1)];
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
void CommandChecker::CheckPassShape() const {
  const auto get = [&](const spec::Field& f) { return command_.Get(f); };
  const bool dw = get(spec::kPassDw) != 0, max = get(spec::kPassMax) != 0;
  Require(dw || !max, "max without dw");
  In(spec::kPassSegs, 1, config_.segs);
  In(spec::kPassSteps, 1, (int64_t{1} << spec::kPassSteps.width) - 1);
  const int64_t q = In(spec::kPassQ, 1, config_.filter_depth);
  In(spec::kPassQShort, 1, q);
  const int64_t taps = In(spec::kPassTaps, 1, config_.col_slots);
  const int64_t stride = In(spec::kPassStride, 1, taps);
  In(spec::kPassRpt, config_.window_rows_per_token(static_cast<int>(q)), config_.win_rows / taps);
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

void CommandChecker::CheckPassStreams(const LoadedPattern& pattern) const {
  const int64_t base = command_.Get(spec::kPassActBase), xstride = command_.Get(spec::kPassXstride);
  for (const uint32_t& stream : pattern.stream_words) {
    const bool is_short = GetField(&stream, spec::kMapStreamShort) != 0;
    const int64_t bytes = command_.Get(is_short ? spec::kPassQShort : spec::kPassQ);
    const int64_t first = GetField(&stream, spec::kMapStreamFirst),
                  count = GetField(&stream, spec::kMapStreamCount);
    Require(first + count <= command_.Get(spec::kPassXcount), "a stream is longer than xcount");
    if (count == 0) continue;
    const int64_t begin =
        (base + GetField(&stream, spec::kMapStreamOffset) + first * xstride) & kGlbAddressMask;
    Require(begin + (count - 1) * xstride + bytes <= config_.glb_size(),
            "reads activations beyond the GLB");
  }
}

void CommandChecker::CheckPassUnits(const LoadedPattern& pattern) const {
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
        (command_.Get(spec::kPassOutBase) + GetField(&unit, spec::kMapUnitOffset)) &
        kGlbAddressMask;
    Require(begin + (steps - 1) * stride + p <= glb_size, "its outputs leave the GLB");
    if (command_.Get(spec::kPassResEn) == 0) continue;
    const int64_t residual = (begin + command_.Get(spec::kPassResDelta)) & kGlbAddressMask;
    Require(residual + (steps - 1) * stride + p <= glb_size, "reads residuals beyond the GLB");
  }
}

}  // namespace weft
