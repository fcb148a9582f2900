// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling_bound.h"

#include <algorithm>
#include <vector>

namespace weft {
namespace {

// Every size that cuts n into another number of parts.
std::vector<int> PartSizes(int n) {
  std::vector<int> sizes;
  for (int parts = 1; parts <= n; ++parts) {
    const int size = (n + parts - 1) / parts;
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  return sizes;
}

// One direction of the ifmap under tiles of `tile` outputs.
struct Extent {
  int most = 0;       // ifmap positions of a tile
  int64_t total = 0;  // of all tiles
  int64_t once = 0;   // of all tiles, each position once
  int parts = 0;
};

Extent Extents(int out, int in, int tile, int stride, int kernel, int pad) {
  Extent e;
  int end = 0;
  for (int at = 0; at < out; at += tile) {
    const int last = std::min(out, at + tile) - 1;
    const int from = std::max(0, at * stride - pad), to = std::min(in, last * stride - pad + kernel);
    e.most = std::max(e.most, to - from);
    e.total += std::max(0, to - from);
    e.once += std::max(0, to - std::max(from, end));
    end = std::max(end, to);
    ++e.parts;
  }
  return e;
}

}  // namespace

Tiling BestTiling(const ArrayLayer& layer, int64_t buffer_bytes) {
  const bool conv = layer.mode == LayerMode::kConv;
  const int filters = layer.filters(), channels = layer.channels();
  const int64_t taps = static_cast<int64_t>(layer.kernel_h) * layer.kernel_w;
  const int kernel_h = (layer.kernel_h - 1) * layer.dilation_h + 1, kernel_w = (layer.kernel_w - 1) * layer.dilation_w + 1;
  const int64_t out = static_cast<int64_t>(layer.out.n) * layer.out.h * layer.out.w * filters;
  Tiling best;
  const auto consider = [&](const Tiling& t) {
    if (t.buffer_bytes > buffer_bytes) return;
    if (best.images == 0 || t.dram_bytes() < best.dram_bytes()) best = t;
  };
  Tiling t;
  t.out_bytes = out;
  t.residual_bytes = layer.has_residual ? out : 0;
  const std::vector<int> filter_sizes = PartSizes(filters), channel_sizes = conv ? PartSizes(channels) : std::vector<int>{channels};
  for (int images : PartSizes(layer.out.n)) {
    t.images = images;
    const int image_parts = (layer.out.n + images - 1) / images;
    for (int rows : PartSizes(layer.out.h)) {
      t.rows = rows;
      const Extent y = Extents(layer.out.h, layer.in.h, rows, layer.stride_h, kernel_h, layer.pad_top);
      for (int cols : PartSizes(layer.out.w)) {
        t.cols = cols;
        const Extent x = Extents(layer.out.w, layer.in.w, cols, layer.stride_w, kernel_w, layer.pad_left);
        const int64_t places = static_cast<int64_t>(image_parts) * y.parts * x.parts;
        for (int tile_filters : filter_sizes) {
          t.filters = tile_filters;
          const int64_t filter_parts = (filters + tile_filters - 1) / tile_filters;
          for (int chunk : channel_sizes) {
            t.channels = conv ? chunk : tile_filters;
            const bool whole = !conv || chunk == channels;
            const int64_t depth = conv ? channels : 1, piece = conv ? chunk : 1;
            for (int flags = 0; flags < 4; ++flags) {
              t.resident = flags & 1;
              t.rolling = flags & 2;
              if (t.rolling && (!whole || images > 1)) continue;
              const int64_t ifmap_loads = !conv || (whole && places == 1) ? 1 : filter_parts;
              t.in_bytes = ifmap_loads * layer.in.n * (t.rolling ? y.once : y.total) * x.total * channels;
              t.filter_bytes = filters * depth * taps * (t.resident ? 1 : places);
              const int new_rows = std::min(y.most, rows * layer.stride_h);
              const bool once = whole && places * ifmap_loads == 1;
              const int64_t rows_held = t.rolling ? y.most + new_rows : once ? y.most : 2 * y.most;
              t.buffer_bytes = images * rows_held * x.most * t.channels;
              t.buffer_bytes += (t.resident ? 1 : 2) * tile_filters * (t.resident ? depth : piece) * taps;
              if (!whole) t.buffer_bytes += static_cast<int64_t>(images) * rows * cols * tile_filters * 4;
              consider(t);
            }
          }
        }
      }
    }
  }
  return best;
}

}  // namespace weft
