// SPDX-License-Identifier: Apache-2.0
#include "compiler/tap_counts.h"

#include <numeric>

namespace weft {
namespace {

int64_t Column(const ArrayLayer& l, int x, int s) {
  return static_cast<int64_t>(x) * l.stride_w - l.pad_left + static_cast<int64_t>(s) * l.dilation_w;
}

int64_t Row(const ArrayLayer& l, int y, int r) {
  return static_cast<int64_t>(y) * l.stride_h - l.pad_top + static_cast<int64_t>(r) * l.dilation_h;
}

bool Inside(int64_t at, int size) { return at >= 0 && at < size; }

int64_t CountTrue(const std::vector<bool>& flags) {
  return std::accumulate(flags.begin(), flags.end(), int64_t{0});
}

}  // namespace

TapGeometry::TapGeometry(const ArrayLayer& layer)
    : rows(static_cast<size_t>(layer.kernel_h)), cols(static_cast<size_t>(layer.kernel_w)), layer_(layer) {
  for (int r = 0; r < layer.kernel_h; ++r)
    for (int y = 0; y < layer.out.h; ++y) rows[static_cast<size_t>(r)] += Inside(Row(layer, y, r), layer.in.h);
  for (int s = 0; s < layer.kernel_w; ++s)
    for (int x = 0; x < layer.out.w; ++x) cols[static_cast<size_t>(s)] += Inside(Column(layer, x, s), layer.in.w);
}

int64_t TapGeometry::RowPairs() const { return std::accumulate(rows.begin(), rows.end(), int64_t{0}); }
int64_t TapGeometry::ColumnPairs() const { return std::accumulate(cols.begin(), cols.end(), int64_t{0}); }

int64_t TapGeometry::ColumnsOfAny(int s, int taps) const {
  int64_t count = 0;
  for (int x = 0; x < layer_.out.w; ++x) {
    bool any = false;
    for (int t = s; t < s + taps && t < layer_.kernel_w; ++t) any |= Inside(Column(layer_, x, t), layer_.in.w);
    count += any;
  }
  return count;
}

int64_t TapGeometry::ColumnsMet(int s, int taps) const {
  std::vector<bool> met(static_cast<size_t>(layer_.in.w));
  for (int x = 0; x < layer_.out.w; ++x)
    for (int t = s; t < s + taps && t < layer_.kernel_w; ++t)
      if (Inside(Column(layer_, x, t), layer_.in.w)) met[static_cast<size_t>(Column(layer_, x, t))] = true;
  return CountTrue(met);
}

int64_t TapGeometry::ColumnsTouched() const { return ColumnsMet(0, layer_.kernel_w); }

int64_t TapGeometry::RowsTouched() const {
  std::vector<bool> met(static_cast<size_t>(layer_.in.h));
  for (int y = 0; y < layer_.out.h; ++y)
    for (int r = 0; r < layer_.kernel_h; ++r)
      if (Inside(Row(layer_, y, r), layer_.in.h)) met[static_cast<size_t>(Row(layer_, y, r))] = true;
  return CountTrue(met);
}

int64_t TapCounts::sum() const { return std::accumulate(taps.begin(), taps.end(), int64_t{0}); }

TapCounts CountTaps(const ArrayLayer& layer) {
  const TapGeometry geometry(layer);
  TapCounts counts;
  counts.kernel_h = layer.kernel_h;
  counts.kernel_w = layer.kernel_w;
  for (int c = 0; c < layer.channels(); ++c)
    for (int64_t rows : geometry.rows)
      for (int64_t cols : geometry.cols) counts.taps.push_back(layer.out.n * rows * cols);
  return counts;
}

int64_t IfmapSpan(const ArrayLayer& layer) {
  const View& v = layer.in;
  return (v.n - 1) * v.n_stride + (v.h - 1) * v.h_stride + (v.w - 1) * v.w_stride + v.c;
}

TapCounts CountTaps(const ArrayLayer& layer, const uint8_t* bytes) {
  const View& in = layer.in;
  TapCounts counts = CountTaps(layer);
  counts.taps.assign(counts.taps.size(), 0);
  const size_t plane = static_cast<size_t>(layer.kernel_h) * static_cast<size_t>(layer.kernel_w);
  for (int n = 0; n < in.n; ++n)
    for (int r = 0; r < layer.kernel_h; ++r)
      for (int y = 0; y < layer.out.h; ++y) {
        if (!Inside(Row(layer, y, r), in.h)) continue;
        const uint8_t* row = bytes + n * in.n_stride + Row(layer, y, r) * in.h_stride;
        for (int s = 0; s < layer.kernel_w; ++s) {
          const size_t tap = static_cast<size_t>(r * layer.kernel_w + s);
          for (int x = 0; x < layer.out.w; ++x) {
            if (!Inside(Column(layer, x, s), in.w)) continue;
            const uint8_t* pixel = row + Column(layer, x, s) * in.w_stride;
            for (int c = 0; c < in.c; ++c) {
              const int value = in.is_unsigned ? pixel[c] : static_cast<int8_t>(pixel[c]);
              const bool nonzero = value != layer.act_zp;
              counts.taps[static_cast<size_t>(c) * plane + tap] += nonzero;
              counts.dense &= nonzero;
            }
          }
        }
      }
  return counts;
}

}  // namespace weft
