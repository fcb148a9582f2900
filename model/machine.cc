// SPDX-License-Identifier: Apache-2.0
#include "model/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.h"
#include "model/kept_words.h"
#include "model/numerics.h"

namespace weft {
namespace {

constexpr int64_t kGlbMask = (int64_t{1} << 18) - 1;

[[noreturn]] void Fault(const std::string& what) { throw Error("device: " + what, ExitStatus::kDevice); }

int32_t WordAt(const std::vector<uint8_t>& bytes, int64_t at) {
  uint32_t word = 0;
  for (int b = 0; b < 4; ++b) word |= static_cast<uint32_t>(bytes[static_cast<size_t>(at + b)]) << (8 * b);
  return static_cast<int32_t>(word);
}

}  // namespace

Machine::Machine(const Config& config, std::vector<uint8_t>* memory)
    : config_(config),
      memory_(*memory),
      glb_(static_cast<size_t>(config.glb_size()), 0),
      filters_(size_t{2} * config.rows * config.cols * config.filter_depth * config.lanes, 0),
      parameters_(size_t{2} * config.param_rows * config.post_lanes) {
  for (Pattern& p : patterns_) p.pes.assign(static_cast<size_t>(config.rows) * config.cols, 0);
  for (std::vector<uint32_t>& c : cfg_) c.assign(spec::kCfgOperandWords, 0);
}

int64_t Machine::Get(const uint32_t* operands, const spec::Field& f) const {
  const uint32_t mask = f.width == 32 ? ~uint32_t{0} : (uint32_t{1} << f.width) - 1;
  const uint32_t value = operands[f.word] >> f.lsb & mask;
  if (f.is_signed && (value >> (f.width - 1) & 1)) return static_cast<int64_t>(value) - (int64_t{1} << f.width);
  return value;
}

void Machine::Run(const uint32_t* words, size_t count) {
  KeptWords kept(config_);
  size_t at = 0;
  while (at + spec::kCommandHeaderWords <= count) {
    const uint32_t header = words[at];
    const int opcode = static_cast<int>(header & 0x7F), length = static_cast<int>(header >> 8 & 0xFFFF);
    if (static_cast<int>(header >> 24) != spec::kCommandMagic || length < spec::kCommandHeaderWords || at + static_cast<size_t>(length) > count)
      Fault(fmt::format("bad command header {:#x} at word {}", header, at));
    const uint32_t keep = words[at + 1] >> spec::kHeaderKeep.lsb;
    if ((keep & ~kept.Held(opcode)) != 0) Fault(fmt::format("the command at word {} keeps words that are not held", at));
    const uint32_t* operands = kept.Next(opcode, keep, words + at + spec::kCommandHeaderWords);
    switch (opcode) {
      case spec::kOpEnd: return;
      case spec::kOpLoadF:
      case spec::kOpLoadI: Move(operands, false); break;
      case spec::kOpStore: Move(operands, true); break;
      case spec::kOpEndLayer: break;
      case spec::kOpMap: Map(operands); break;
      case spec::kOpCfg:
        cfg_[Get(operands, spec::kCfgSlot)].assign(operands, operands + spec::kCfgOperandWords);
        break;
      case spec::kOpFilter: Filter(operands); break;
      case spec::kOpParam: Param(operands); break;
      case spec::kOpPass: Pass(operands); break;
      default: Fault(fmt::format("unknown opcode {:#x} at word {}", opcode, at));
    }
    at += static_cast<size_t>(length);
  }
  Fault("commands end without `end`");
}

void Machine::Move(const uint32_t* o, bool store) {
  const int64_t run = Get(o, spec::kMoveRun), n1 = Get(o, spec::kMoveN1), n2 = Get(o, spec::kMoveN2);
  for (int64_t i2 = 0; i2 < n2; ++i2) {
    for (int64_t i1 = 0; i1 < n1; ++i1) {
      const int64_t mem = (Get(o, spec::kMoveMem) + i1 * Get(o, spec::kMoveMemStride1) + i2 * Get(o, spec::kMoveMemStride2)) & 0xFFFFFFFF;
      const int64_t glb = (Get(o, spec::kMoveGlb) + i1 * Get(o, spec::kMoveGlbStride1) + i2 * Get(o, spec::kMoveGlbStride2)) & kGlbMask;
      if (run > 0 && (mem + run > static_cast<int64_t>(memory_.size()) || glb + run > static_cast<int64_t>(glb_.size())))
        Fault(fmt::format("move of {} bytes between memory {:#x} and GLB {:#x} leaves its space", run, mem, glb));
      if (store) {
        std::copy_n(glb_.begin() + glb, run, memory_.begin() + mem);
      } else {
        std::copy_n(memory_.begin() + mem, run, glb_.begin() + glb);
      }
    }
  }
}

void Machine::Map(const uint32_t* o) {
  Pattern& p = patterns_[Get(o, spec::kMapPattern)];
  const uint32_t* word = o + 1;
  for (size_t i = 0; i < p.pes.size(); i += 2, ++word) {
    p.pes[i] = static_cast<uint16_t>(*word);
    if (i + 1 < p.pes.size()) p.pes[i + 1] = static_cast<uint16_t>(*word >> 16);
  }
  p.streams.assign(word, word + Get(o, spec::kMapStreams));
  word += p.streams.size();
  p.units.assign(word, word + Get(o, spec::kMapUnits));
}

void Machine::Filter(const uint32_t* o) {
  const int64_t beats = Get(o, spec::kFilterBeats), sets = Get(o, spec::kFilterSets), copy = Get(o, spec::kFilterCopy);
  const int64_t width = static_cast<int64_t>(config_.rows) * config_.lanes;
  const int zp = static_cast<int>(Get(o, spec::kFilterZp));
  const bool is_unsigned = Get(o, spec::kFilterUnsigned) != 0;
  const Pattern& pattern = patterns_[Get(o, spec::kFilterPattern)];
  int64_t at = Get(o, spec::kFilterGlb);
  if (beats > config_.filter_depth || at + beats * sets * width > static_cast<int64_t>(glb_.size())) Fault("filter command beyond its spaces");
  for (int64_t set = 0; set < sets; ++set) {
    for (int64_t address = 0; address < beats; ++address, at += width) {
      for (int i = 0; i < config_.rows; ++i) {
        for (int j = 0; j < config_.cols; ++j) {
          const int pe = i * config_.cols + j;
          const uint32_t word = pattern.pes[static_cast<size_t>(pe)];
          if (Get(&word, spec::kMapPeFid) != set) continue;
          for (int l = 0; l < config_.lanes; ++l) {
            const uint8_t raw = glb_[static_cast<size_t>(at + i * config_.lanes + l)];
            const int value = (is_unsigned ? raw : static_cast<int8_t>(raw)) - zp;
            filters_[((static_cast<size_t>(copy) * config_.rows * config_.cols + static_cast<size_t>(pe)) * config_.filter_depth +
                      static_cast<size_t>(address)) * config_.lanes + static_cast<size_t>(l)] = static_cast<int16_t>(value);
          }
        }
      }
    }
  }
}

void Machine::Param(const uint32_t* o) {
  const int64_t rows = Get(o, spec::kParamRows), half = Get(o, spec::kParamHalf);
  int64_t at = Get(o, spec::kParamGlb);
  if (rows > config_.param_rows) Fault("more parameter rows than ParamRows");
  for (int64_t k = 0; k < rows * config_.post_lanes; ++k, at += 12) {
    Parameters& p = parameters_[static_cast<size_t>(half * config_.param_rows * config_.post_lanes + k)];
    p = {WordAt(glb_, at), WordAt(glb_, at + 4), static_cast<int8_t>(glb_[static_cast<size_t>(at + 8)])};
  }
}

void Machine::Pass(const uint32_t* o) {
  const Pattern& pattern = patterns_[Get(o, spec::kPassPattern)];
  const std::vector<uint32_t>& cfg = cfg_[Get(o, spec::kPassCfg)];
  const int q = static_cast<int>(Get(o, spec::kPassQ)), q_short = static_cast<int>(Get(o, spec::kPassQShort));
  const int columns = static_cast<int>(Get(o, spec::kPassXcount)), steps = static_cast<int>(Get(o, spec::kPassSteps));
  const int taps = static_cast<int>(Get(o, spec::kPassTaps)), stride = static_cast<int>(Get(o, spec::kPassStride));
  const int p = static_cast<int>(Get(o, spec::kPassP)), tap_stride = static_cast<int>(Get(o, spec::kPassTapStride));
  const int filter_stride = static_cast<int>(Get(o, spec::kPassFilterStride));
  const bool dw = Get(o, spec::kPassDw) != 0, max = Get(o, spec::kPassMax) != 0;
  const bool acc_in = Get(o, spec::kPassAccIn) != 0, last = Get(o, spec::kPassLast) != 0;
  const int segs = static_cast<int>(Get(o, spec::kPassSegs)), seg_rows = config_.rows / std::max(1, segs);
  const int zp = static_cast<int>(Get(cfg.data(), spec::kCfgActZp));
  const bool is_unsigned = Get(cfg.data(), spec::kCfgActUnsigned) != 0;

  // Token values [stream][x][channel], zero where there is none.
  std::vector<int16_t> tokens(pattern.streams.size() * static_cast<size_t>(columns) * static_cast<size_t>(q), 0);
  for (size_t k = 0; k < pattern.streams.size(); ++k) {
    const uint32_t* s = &pattern.streams[k];
    const int first = static_cast<int>(Get(s, spec::kMapStreamFirst)), count = static_cast<int>(Get(s, spec::kMapStreamCount));
    const int channels = Get(s, spec::kMapStreamShort) ? q_short : q;
    for (int x = first; x < first + count && x < columns; ++x) {
      const int64_t at = (Get(o, spec::kPassActBase) + Get(s, spec::kMapStreamOffset) + x * Get(o, spec::kPassXstride)) & kGlbMask;
      for (int c = 0; c < channels; ++c) {
        if (at + c >= static_cast<int64_t>(glb_.size())) Fault("ifmap token beyond the GLB");
        const uint8_t raw = glb_[static_cast<size_t>(at + c)];
        tokens[(k * static_cast<size_t>(columns) + static_cast<size_t>(x)) * static_cast<size_t>(q) + static_cast<size_t>(c)] =
            static_cast<int16_t>((is_unsigned ? raw : static_cast<int8_t>(raw)) - zp);
      }
    }
  }

  const int pw = config_.psum_words_per_glb_word(), words = (p + pw - 1) / pw;
  const size_t copy_base = static_cast<size_t>(Get(o, spec::kPassCopy)) * config_.rows * config_.cols;
  int64_t psum_at = Get(o, spec::kPassPsumBase);
  std::vector<int32_t> sums(static_cast<size_t>(p));
  for (int n = 0; n < steps; ++n) {
    for (const uint32_t& unit : pattern.units) {
      const int u = static_cast<int>(Get(&unit, spec::kMapUnitUnit)), column = u / config_.segs, segment = u % config_.segs;
      std::fill(sums.begin(), sums.end(), 0);
      const int row_end = segment + 1 == segs ? config_.rows : (segment + 1) * seg_rows;
      for (int i = segment * seg_rows; i < row_end; ++i) {
        const size_t pe = static_cast<size_t>(i) * config_.cols + static_cast<size_t>(column);
        const uint32_t ids = pattern.pes[pe];
        if (!Get(&ids, spec::kMapPeEnabled)) break;
        if (Get(&ids, spec::kMapPeVoid)) continue;
        const size_t stream = static_cast<size_t>(Get(&ids, spec::kMapPeActId));
        const int16_t* filters = &filters_[(copy_base + pe) * config_.filter_depth * config_.lanes];
        for (int s = 0; s < taps; ++s) {
          const int x = n * stride + s;
          if (x >= columns) break;
          const int16_t* token = &tokens[(stream * static_cast<size_t>(columns) + static_cast<size_t>(x)) * static_cast<size_t>(q)];
          for (int c = 0; c < q; ++c) {
            const int a = token[c];
            if (a == 0) continue;
            for (int f = dw ? c : 0; f < (dw ? c + 1 : p); ++f) {
              const int group = dw ? 0 : f / config_.lanes, lane = dw ? 0 : f % config_.lanes;
              const int w = filters[(group * filter_stride + s * tap_stride + c) * config_.lanes + lane];
              (w == 0 ? gated_ : macs_) += 1;
              int32_t& sum = sums[static_cast<size_t>(f)];
              sum = max ? std::max(sum, a * w) : WrapAdd(sum, a * w);
            }
          }
        }
      }
      if (acc_in) {
        for (int f = 0; f < p; ++f) {
          const int32_t stored = WordAt(glb_, psum_at + f * 4);
          int32_t& sum = sums[static_cast<size_t>(f)];
          sum = max ? std::max(sum, stored) : WrapAdd(sum, stored);
        }
      }
      if (!last) {
        for (int f = 0; f < p; ++f)
          for (int b = 0; b < 4; ++b)
            glb_[static_cast<size_t>(psum_at + f * 4 + b)] = static_cast<uint8_t>(static_cast<uint32_t>(sums[static_cast<size_t>(f)]) >> (8 * b));
      } else {
        const int64_t at = (Get(o, spec::kPassOutBase) + Get(&unit, spec::kMapUnitOffset) + n * Get(o, spec::kPassOutStride)) & kGlbMask;
        PostProcess(o, sums.data(), static_cast<int>(Get(&unit, spec::kMapUnitParamRow)), at);
      }
      if (acc_in || !last) psum_at += static_cast<int64_t>(words) * config_.glb_bytes;
    }
  }
}

void Machine::PostProcess(const uint32_t* o, const int32_t* sums, int param_row, int64_t out_at) {
  const std::vector<uint32_t>& words = cfg_[Get(o, spec::kPassCfg)];
  auto cfg = [&](const spec::Field& f) { return static_cast<int32_t>(Get(words.data(), f)); };
  const Rounding rounding = cfg(spec::kCfgSingleRounding) ? Rounding::kSingle : Rounding::kDouble;
  const int p = static_cast<int>(Get(o, spec::kPassP));
  for (int f = 0; f < p; ++f) {
    const size_t row = static_cast<size_t>(Get(o, spec::kPassHalf) * config_.param_rows + param_row);
    const Parameters& c = parameters_[row * config_.post_lanes + static_cast<size_t>(f)];
    int32_t v = Requantize(WrapAdd(sums[f], c.bias), {c.m0, c.exponent}, rounding, cfg(spec::kCfgOutZp), cfg(spec::kCfgLo), cfg(spec::kCfgHi));
    const int64_t at = (out_at + f) & kGlbMask;
    if (Get(o, spec::kPassResEn)) {
      const uint8_t raw = glb_[static_cast<size_t>((at + Get(o, spec::kPassResDelta)) & kGlbMask)];
      AddParams add;
      add.input[0] = {cfg(spec::kCfgAddM1), cfg(spec::kCfgAddE1)};
      add.input[1] = {cfg(spec::kCfgAddM2), cfg(spec::kCfgAddE2)};
      add.output = {cfg(spec::kCfgAddM3), cfg(spec::kCfgAddE3)};
      add.input_zero_point[0] = cfg(spec::kCfgAddZ1);
      add.input_zero_point[1] = cfg(spec::kCfgAddZ2);
      add.output_zero_point = cfg(spec::kCfgAddZp);
      add.qmin = cfg(spec::kCfgAddLo);
      add.qmax = cfg(spec::kCfgAddHi);
      add.rounding = rounding;
      v = AddElement(add, v, cfg(spec::kCfgResUnsigned) ? raw : static_cast<int8_t>(raw));
    }
    glb_[static_cast<size_t>(at)] = static_cast<uint8_t>(v);
  }
}

}  // namespace weft
