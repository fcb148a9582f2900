// SPDX-License-Identifier: Apache-2.0
// What a PE is given in one window of the energy calibration: passes of one to three settings, how the ports
// stall and how long the PE idles between. A window is a function of its number and its set; the numbers'
// seeds of the two sets are disjoint too.
#pragma once

#include <vector>

#include "tests/energy/setting.h"

namespace weft::energy {

using lockstep::Filter;
using lockstep::StallPattern;
using lockstep::Stream;

struct Pass {
  int setting;
  bool load;  // else the filter copy keeps what it has
  Stream stream;
  Filter filter;
  std::vector<int32_t> below;  // words of the PE below
};

struct Window {
  std::vector<Setting> settings;
  std::vector<Pass> passes;
  StallPattern act, cin, out;
  double foreign;  // fraction of the other cycles in which the ifmap bus carries beats of others
  int gap_cycles;  // after a pass; 0: passes overlap
};

// Tokens as the feeder sends them: chunks of 16 bytes, full beats of the nonzeros in each.
inline Stream DrawStream(Random* r, const Setting& setting, const model::PeParams& pe) {
  constexpr int kChunk = 16;
  const Shape& shape = setting.shape;
  const model::PePass& f = shape.f;
  Stream s;
  s.first = r->Chance(0.3) ? r->Int(0, f.taps - 1) : 0;
  s.count = (f.steps - 1) * f.stride + f.taps - s.first;
  for (int k = 0; k < s.count; ++k) {
    Stream::Token t;
    t.x = s.first + k;
    t.eos = k == s.count - 1;
    t.rows = 0;
    for (int chunk = 0; chunk < shape.q; chunk += kChunk) {
      const int before = static_cast<int>(t.values.size());
      for (int c = chunk; c < std::min(shape.q, chunk + kChunk); ++c) {
        const int16_t v = r->Chance(setting.act_zeros) ? 0 : Value(r, setting.act_width, setting.rectified, 255);
        s.dense.push_back(v);
        if (v == 0) continue;
        t.values.push_back(v);
        t.offsets.push_back(static_cast<int16_t>((t.x * f.tap_stride + c) & (pe.filter_depth - 1)));
      }
      int at = before;
      do {
        const int n = std::min(pe.win_lanes, static_cast<int>(t.values.size()) - at);
        t.beats.push_back({n, at});
        t.rows += n > 0;
        at += n;
      } while (at < static_cast<int>(t.values.size()));
    }
    s.tokens.push_back(t);
  }
  return s;
}

inline Filter DrawFilter(Random* r, const Setting& setting, const model::PeParams& pe) {
  const Shape& shape = setting.shape;
  const model::PePass& f = shape.f;
  Filter out;
  out.words.resize(static_cast<size_t>(pe.filter_depth));
  auto draw = [&] {
    if (f.max) return int16_t{1};
    return r->Chance(setting.weight_zeros) ? int16_t{0} : Value(r, setting.weight_width, false, 127);
  };
  const int channels = f.dw ? 1 : shape.q;
  for (int k = 0; k < f.p; ++k)
    for (int tap = 0; tap < f.taps; ++tap)
      for (int c = 0; c < channels; ++c) {
        const int at = f.dw ? tap * f.tap_stride + k : k * f.filter_stride + tap * f.tap_stride + c;
        out.words[static_cast<size_t>(at)] = draw();
        out.dense.push_back(out.words[static_cast<size_t>(at)]);
      }
  return out;
}

// Sums of one to eleven PEs like this one.
inline std::vector<int32_t> DrawBelow(Random* r, const Setting& s) {
  const model::PePass& f = s.shape.f;
  const double terms = f.taps * (f.dw ? 1 : s.shape.q) * (1 - s.act_zeros) * (1 - s.weight_zeros);
  const double width = s.act_width * s.weight_width * std::sqrt(std::max(1.0, terms) * r->Int(1, 11));
  std::vector<int32_t> out;
  for (int k = 0; k < f.steps * f.p; ++k)
    out.push_back(f.max ? r->Int(0, 255) : static_cast<int32_t>(std::lround(Normal(r, width))));
  return out;
}

inline int64_t IssueCycles(const Pass& pass, const Shape& shape) {
  int64_t entries = 0;
  for (const Stream::Token& t : pass.stream.tokens) entries += static_cast<int64_t>(t.values.size());
  return shape.f.steps + entries * shape.f.taps / shape.f.stride * (shape.f.dw ? 1 : shape.f.groups);
}

// At least `cycles` cycles of work and gaps.
inline Window DrawWindow(uint64_t number, const model::PeParams& pe, Set set, int64_t cycles) {
  Random r(number * 2 + (set == Set::kHeldOut));
  Window w;
  const int settings = r.Int(1, 3);
  for (int k = 0; k < settings; ++k) w.settings.push_back(DrawSetting(&r, pe, set));
  const double stall[] = {0.0, 0.0, 0.3, 0.7};
  w.act = {r.Next(), stall[r.Int(0, 3)]};
  w.cin = {r.Next(), stall[r.Int(0, 3)]};
  w.out = {r.Next(), stall[r.Int(0, 3)]};
  w.foreign = r.Chance(0.5) ? 0.0 : Uniform(&r, 0, 1);
  w.gap_cycles = r.Chance(0.6) ? 0 : r.Int(1, 600);
  while (cycles > 0) {
    const int k = r.Int(0, settings - 1);
    const Setting& s = w.settings[static_cast<size_t>(k)];
    Pass p;
    p.setting = k;
    const size_t n = w.passes.size();
    p.load = n < 2 || w.passes[n - 2].setting != k || r.Chance(0.4);
    p.stream = DrawStream(&r, s, pe);
    p.filter = p.load ? DrawFilter(&r, s, pe) : w.passes[n - 2].filter;
    if (!s.bottom) p.below = DrawBelow(&r, s);
    cycles -= w.gap_cycles + (s.is_void ? s.shape.f.steps * s.shape.f.p : IssueCycles(p, s.shape));
    w.passes.push_back(p);
  }
  return w;
}

}  // namespace weft::energy
