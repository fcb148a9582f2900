// SPDX-License-Identifier: Apache-2.0
// Random passes, streams and filters for the tests of PE and array: dense tensors, what the buses
// carry of them, and the plainest loop nest over the dense ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/pe.h"
#include "tests/lockstep/bench.h"
#include "verilated.h"

namespace weft::lockstep {

// Bits lsb .. lsb+width-1 of a port of any width.
template <typename T>
void Poke(T* port, int lsb, int width, uint64_t value) {
  const uint64_t mask = (width == 64 ? ~0ull : (1ull << width) - 1) << lsb;
  *port = static_cast<T>((static_cast<uint64_t>(*port) & ~mask) | ((value << lsb) & mask));
}
template <size_t N>
void Poke(VlWide<N>* port, int lsb, int width, uint64_t value) {
  for (int b = 0; b < width; ++b) {
    const int at = lsb + b;
    (*port)[at / 32] = ((*port)[at / 32] & ~(1u << at % 32)) | (uint32_t(value >> b & 1) << at % 32);
  }
}
template <typename T>
uint32_t Peek32(const T& port, int word) {
  return static_cast<uint32_t>(static_cast<uint64_t>(port) >> (32 * word));
}
template <size_t N>
uint32_t Peek32(const VlWide<N>& port, int word) {
  return port[word];
}

struct Shape {  // a pass as the compiler knows it
  model::PePass f;
  int q = 1, rpt = 1;
};

inline Shape RandomShape(Random* random, const model::PeParams& pe) {
  Random& r = *random;
  Shape s;
  model::PePass& f = s.f;
  const int bank_rows = pe.psum_rows / pe.psum_banks;
  f.dw = r.Chance(0.35);
  f.max = f.dw && r.Chance(0.4);
  f.copy = r.Int(0, 1);
  f.parity = r.Int(0, 1);
  f.steps = r.Int(1, r.Chance(0.3) ? 20 : 8);
  while (true) {
    f.taps = r.Int(1, std::min({r.Chance(0.7) ? 4 : 15, pe.col_slots}));
    f.stride = r.Int(1, f.taps);
    if (f.dw) {
      f.p = r.Int(1, std::min(bank_rows, 127));
      s.q = f.p;
      f.tap_stride = 1;
      while (f.tap_stride < f.p) f.tap_stride *= 2;
      if (f.tap_stride * 2 <= 128 && r.Chance(0.2)) f.tap_stride *= 2;
      f.groups = r.Int(1, 255);
    } else {
      const int most = pe.filter_depth / f.taps;
      if (most == 0) continue;
      s.q = r.Int(1, r.Chance(0.7) ? std::min(most, 12) : std::min(most, 127));
      f.tap_stride = s.q;
      const int groups = std::min(pe.psum_rows, most / s.q);
      f.groups = r.Chance(0.2) ? groups : r.Int(1, std::min(groups, 9));
      f.p = std::min((f.groups - 1) * pe.lanes + r.Int(1, pe.lanes), 127);
      f.groups = (f.p + pe.lanes - 1) / pe.lanes;
    }
    const int rows = (s.q + pe.win_lanes - 1) / pe.win_lanes;
    const int most_rows = std::min(31, pe.win_rows / f.taps);
    if (f.taps * f.tap_stride > pe.filter_depth || rows > most_rows) continue;
    s.rpt = r.Int(rows, most_rows);
    break;
  }
  f.filter_stride = f.taps * f.tap_stride;
  f.step_stride = f.stride * f.tap_stride & (pe.filter_depth - 1);
  return s;
}

// One ifmap row of one channel group: columns first .. first+count-1 of q values.
struct Stream {
  int first = 0, count = 0;
  std::vector<int16_t> dense;  // [column][channel]
  struct Beat {
    int n;
    int at;  // first entry
  };
  struct Token {
    int x;
    bool eos;
    std::vector<Beat> beats;
    std::vector<int16_t> values, offsets;
    int rows;
  };
  std::vector<Token> tokens;
};

inline int RandomValue(Random* r, bool max, double zeros, bool extreme) {
  if (r->Chance(zeros)) return 0;
  if (max) return r->Int(1, 255);
  if (extreme) return r->Chance(0.5) ? -256 : 255;
  return r->Int(-256, 255);
}

// Left padding may be wider than the window only where no other PE's progress depends on it.
inline Stream RandomStream(Random* random, const Shape& shape, const model::PeParams& pe,
                           double zeros, bool extreme, bool wide_padding) {
  Random& r = *random;
  const model::PePass& f = shape.f;
  Stream s;
  const int end = (f.steps - 1) * f.stride + f.taps;
  if (r.Chance(0.4)) s.first = r.Int(0, std::min({15, end - 1, wide_padding && r.Chance(0.3) ? 15 : f.taps - 1}));
  s.count = r.Chance(0.6) ? end - s.first : r.Int(1, end - s.first);
  s.dense.resize(static_cast<size_t>(s.count) * shape.q);
  for (int k = 0; k < s.count; ++k) {
    const double column_zeros = r.Chance(0.1) ? 1.0 : zeros;
    Stream::Token t;
    t.x = s.first + k;
    t.eos = k == s.count - 1;
    for (int c = 0; c < shape.q; ++c) {
      const int value = RandomValue(&r, f.max, column_zeros, extreme);
      s.dense[static_cast<size_t>(k) * shape.q + c] = static_cast<int16_t>(value);
      if (value == 0) continue;
      t.values.push_back(static_cast<int16_t>(value));
      t.offsets.push_back(static_cast<int16_t>((t.x * f.tap_stride + c) & (pe.filter_depth - 1)));
    }
    // Beats as full as rows must be saved, else of any size; some without an entry.
    const int entries = static_cast<int>(t.values.size());
    int left = entries;
    t.rows = 0;
    while (left > 0 || t.beats.empty() || r.Chance(0.1)) {
      const int rows_left = shape.rpt - t.rows;
      const int least = std::max(0, left - (rows_left - 1) * pe.win_lanes);
      int n = std::min(left, pe.win_lanes);
      if (r.Chance(0.5)) n = r.Int(std::min(least, n), n);
      if (n > 0) ++t.rows;
      t.beats.push_back({n, entries - left});
      left -= n;
    }
    s.tokens.push_back(t);
  }
  return s;
}

// Filters of one PE: dense [filter][tap][channel] ([channel][tap] in dw mode), and the spad's words.
struct Filter {
  std::vector<int16_t> dense;
  std::vector<int16_t> words;  // [address][lane]
};

inline Filter RandomFilter(Random* random, const Shape& shape, const model::PeParams& pe,
                           double zeros, bool extreme) {
  Random& r = *random;
  const model::PePass& f = shape.f;
  Filter out;
  out.words.resize(static_cast<size_t>(pe.filter_depth) * pe.lanes);
  for (int16_t& w : out.words) w = static_cast<int16_t>(r.Int(-256, 255));  // never used
  if (f.dw) {
    out.dense.resize(static_cast<size_t>(f.p) * f.taps);
    for (int c = 0; c < f.p; ++c)
      for (int s = 0; s < f.taps; ++s) {
        const int w = f.max ? 1 : RandomValue(&r, false, zeros, extreme);
        out.dense[static_cast<size_t>(c) * f.taps + s] = static_cast<int16_t>(w);
        out.words[static_cast<size_t>(s * f.tap_stride + c) * pe.lanes] = static_cast<int16_t>(w);
      }
    return out;
  }
  out.dense.resize(static_cast<size_t>(f.p) * f.taps * shape.q);
  for (int k = 0; k < f.groups * pe.lanes; ++k)
    for (int s = 0; s < f.taps; ++s)
      for (int c = 0; c < shape.q; ++c) {
        const int w = k < f.p ? RandomValue(&r, false, zeros, extreme) : 0;
        if (k < f.p)
          out.dense[(static_cast<size_t>(k) * f.taps + s) * shape.q + c] = static_cast<int16_t>(w);
        const int at = k / pe.lanes * f.filter_stride + s * f.tap_stride + c;
        out.words[static_cast<size_t>(at) * pe.lanes + k % pe.lanes] = static_cast<int16_t>(w);
      }
  return out;
}

// The plainest loop nest: sum k of step n, without what other PEs add.
inline int32_t PlainSum(const Shape& shape, const Stream& s, const Filter& w, int n, int k) {
  const model::PePass& f = shape.f;
  int64_t sum = 0;
  for (int tap = 0; tap < f.taps; ++tap) {
    const int column = n * f.stride + tap - s.first;
    if (column < 0 || column >= s.count) continue;
    const int16_t* in = &s.dense[static_cast<size_t>(column) * shape.q];
    if (f.max) {
      sum = std::max<int64_t>(sum, in[k]);
    } else if (f.dw) {
      sum += in[k] * w.dense[static_cast<size_t>(k) * f.taps + tap];
    } else {
      for (int c = 0; c < shape.q; ++c)
        sum += in[c] * w.dense[(static_cast<size_t>(k) * f.taps + tap) * shape.q + c];
    }
  }
  return static_cast<int32_t>(sum);
}

inline int32_t WrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

}  // namespace weft::lockstep
