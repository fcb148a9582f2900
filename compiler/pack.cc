// SPDX-License-Identifier: Apache-2.0
#include "compiler/pack.h"

#include <algorithm>

namespace weft {
namespace {

constexpr int kParamBytes = 12;  // bias, M0, exponent, 3 zero bytes

// Raw weight of filter f at (r, s, c); the zero point where there is none, so that it counts for nothing.
uint8_t RawWeight(const ArrayLayer& layer, int f, int r, int s, int c) {
  const bool conv = layer.mode == LayerMode::kConv;
  const bool outside = f >= layer.filters() || s >= layer.kernel_w || (conv && c >= layer.channels());
  if (outside) return static_cast<uint8_t>(layer.weight_zp);
  const size_t tap = static_cast<size_t>(r) * layer.kernel_w + static_cast<size_t>(s);
  const size_t taps = static_cast<size_t>(layer.kernel_h) * layer.kernel_w;
  const size_t index = conv ? (static_cast<size_t>(f) * taps + tap) * layer.channels() + static_cast<size_t>(c)
                            : tap * layer.filters() + static_cast<size_t>(f);
  return layer.weights[index];
}

void PutWord(uint32_t value, std::vector<uint8_t>* out) {
  for (int b = 0; b < 4; ++b) out->push_back(static_cast<uint8_t>(value >> (8 * b)));
}

}  // namespace

std::vector<uint8_t> PackFilters(const ArrayLayer& layer, const Mapping& m, const Config& config, int k, int fb0,
                                 int fb1, bool with_params) {
  const bool conv = layer.mode == LayerMode::kConv;
  std::vector<uint8_t> out;
  const int fgs = fb1 - fb0, sets = m.spread ? (fgs + m.segs - 1) / m.segs : fgs;
  for (int set = 0; set < sets; ++set) {
    for (int address = 0; address < m.groups * m.filter_stride; ++address) {
      const int group = address / m.filter_stride, within = address % m.filter_stride;
      const int tap = within / m.tap_stride, c = within % m.tap_stride;
      for (int row = 0; row < config.rows; ++row) {
        const int segment = row / m.seg_rows;
        const size_t e = static_cast<size_t>(k) * m.seg_rows + static_cast<size_t>(row % m.seg_rows);
        const int fg = m.spread ? fb0 + set * m.segs + segment : fb0 + set;
        for (int lane = 0; lane < config.lanes; ++lane) {
          const int sum = conv ? group * config.lanes + lane : c;
          const bool used = segment < m.segs && e < m.rows.size() && fg < fb1 && sum < m.p && c < m.q && (conv || lane == 0);
          const RowEntry* entry = used ? &m.rows[e] : nullptr;
          if (!used || (conv && c >= entry->count)) {
            out.push_back(static_cast<uint8_t>(layer.weight_zp));
            continue;
          }
          out.push_back(RawWeight(layer, fg * m.p + sum, entry->r, entry->s + tap, entry->channel + c));
        }
      }
    }
  }
  if (!with_params) return out;
  out.resize(static_cast<size_t>(m.block_bytes), 0);
  for (int fg = fb0; fg < fb1; ++fg) {
    for (int lane = 0; lane < m.param_rows_per_unit(config) * config.post_lanes; ++lane) {
      const size_t f = static_cast<size_t>(fg) * m.p + static_cast<size_t>(lane);
      const bool used = lane < m.p && f < static_cast<size_t>(layer.filters());
      PutWord(used ? static_cast<uint32_t>(layer.bias[f]) : 0, &out);
      PutWord(used ? static_cast<uint32_t>(layer.multipliers[f].m0) : 0, &out);
      PutWord(used ? static_cast<uint32_t>(layer.multipliers[f].exponent) & 0xFF : 0, &out);
    }
  }
  static_assert(kParamBytes == 12, "three words a channel");
  return out;
}

}  // namespace weft
