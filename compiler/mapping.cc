// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "model/error.h"

namespace weft {
namespace {

int CeilDiv(int64_t a, int64_t b) { return static_cast<int>((a + b - 1) / b); }

int64_t RoundUp(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

int NextPowerOfTwo(int v) {
  int p = 1;
  while (p < v) p *= 2;
  return p;
}

// Field widths of PASS and of the stream table (spec/commands.yaml).
constexpr int kMaxQ = 127, kMaxRpt = 31, kMaxTaps = 15, kMaxTapStride = 255, kMaxColumns = 511, kMaxFirst = 15;

bool IsConv(const ArrayLayer& layer) { return layer.mode == LayerMode::kConv; }

// Window rows a token of q channels takes when nothing is zero.
int RowsPerToken(int q, const Config& c) {
  int rows = 0;
  for (int at = 0; at < q; at += c.glb_bytes) rows += CeilDiv(std::min(c.glb_bytes, q - at), c.win_lanes);
  return rows;
}

int ColumnStride(const ArrayLayer& layer, int taps) { return taps == 1 ? 1 : layer.stride_w; }

int ColumnsNeeded(const ArrayLayer& layer, int taps, int steps) {
  return (steps - 1) * ColumnStride(layer, taps) + taps;
}

// Left padding in columns of the pass, for the tap nearest the edge.
int LeftColumns(const ArrayLayer& layer, int taps) {
  return taps == 1 ? CeilDiv(std::max(layer.pad_left, 0), layer.stride_w) : std::max(layer.pad_left, 0);
}

std::vector<RowEntry> RowList(const ArrayLayer& layer, int q, int taps) {
  std::vector<RowEntry> rows;
  const int channels = IsConv(layer) ? layer.channels() : 1;
  for (int c = 0; c < channels; c += q)
    for (int r = 0; r < layer.kernel_h; ++r)
      for (int s = 0; s < layer.kernel_w; s += taps)
        rows.push_back({c, std::min(q, channels - c), r, s});
  return rows;
}

// Cycles of the array, memory aside: passes that follow each other, each as long as its busiest
// resource (multipliers, ifmap bus, collector, filter bus).
int64_t EstimateCycles(const ArrayLayer& layer, const Config& c, const Mapping& m) {
  const int64_t blocks = m.row_blocks();
  const int64_t row_tiles = CeilDiv(layer.out.w, m.steps) * static_cast<int64_t>(layer.out.h) * layer.out.n;
  const int64_t batches = CeilDiv(row_tiles, m.positions) * static_cast<int64_t>(CeilDiv(m.total_fgs, m.fgs));
  const int64_t nz = static_cast<int64_t>(m.q) * m.taps;
  const int64_t step = IsConv(layer) ? 1 + m.groups * nz : 1 + nz;
  const int64_t units = static_cast<int64_t>(m.fgs) * m.positions;
  const int64_t width = blocks > 1 ? c.psum_words_per_glb_word() : c.post_lanes;
  const int64_t collect = units * CeilDiv(m.p, std::max<int64_t>(1, width)) * (c.post_serial && blocks == 1 ? 40 : 1);
  const int64_t streams = std::min<int64_t>(static_cast<int64_t>(m.seg_rows) * units,
                                            static_cast<int64_t>(c.rows) * c.cols);
  const int64_t shared = IsConv(layer) ? CeilDiv(streams, m.spread ? m.segs : 1) : streams;
  const int64_t bus = shared * CeilDiv(m.q, c.win_lanes) * ColumnStride(layer, m.taps);
  const int64_t pass = m.steps * std::max({step, collect, bus}) + 24;
  const int64_t filters = static_cast<int64_t>(m.sets) * m.groups * m.filter_stride;
  return batches * blocks * std::max(pass, m.total_fgs > m.fgs || blocks > 1 ? filters : 0);
}

struct Candidate {
  Mapping m;
  std::tuple<int64_t, int, int> key;
};

// Every way to fill array and spads that obeys the limits.
std::vector<Candidate> ArrayCandidates(const ArrayLayer& layer, const Config& c) {
  std::vector<Candidate> out;
  const bool conv = IsConv(layer);
  const int filters = layer.filters();
  const int psum_limit = conv ? c.psum_rows * c.lanes : c.psum_rows / c.psum_banks;
  // Of several units each must hold the sums of a step, or they could wait for one another.
  const int gathered = c.max_units() > 1 ? c.out_rows * c.post_lanes : 127;
  const int p_limit = std::min({psum_limit, gathered, 127, filters});
  std::vector<int> tap_options;
  for (int parts = 1; parts <= layer.kernel_w; ++parts) {
    const int taps = CeilDiv(layer.kernel_w, parts);
    if (!tap_options.empty() && tap_options.back() == taps) continue;
    if (taps > kMaxTaps || taps > c.col_slots) continue;
    // More than one tap a PE needs adjacent columns and every column used.
    if (taps > 1 && (layer.dilation_w != 1 || layer.stride_w > taps || LeftColumns(layer, taps) > kMaxFirst)) continue;
    tap_options.push_back(taps);
  }
  if (tap_options.empty() || tap_options.back() != 1) tap_options.push_back(1);
  for (int taps : tap_options) {
    std::vector<int> q_options;
    if (conv) {
      for (int parts = 1; parts <= layer.channels(); ++parts) {
        const int q = CeilDiv(layer.channels(), parts);
        if (q > kMaxQ || (!q_options.empty() && q_options.back() == q)) continue;
        if (RowsPerToken(q, c) > kMaxRpt || RowsPerToken(q, c) * taps > c.win_rows || q * taps > c.filter_depth) continue;
        q_options.push_back(q);
        if (q_options.size() >= 16) break;
      }
    } else {
      for (int p = p_limit; p >= 1; --p)
        if (NextPowerOfTwo(p) * taps <= c.filter_depth && RowsPerToken(p, c) <= kMaxRpt && RowsPerToken(p, c) * taps <= c.win_rows) q_options.push_back(p);
    }
    for (int q : q_options) {
      const int tap_stride = conv ? q : NextPowerOfTwo(q);
      if (tap_stride > kMaxTapStride) continue;
      const int filter_stride = taps * tap_stride;
      const int p_max = conv ? std::min(p_limit, c.filter_depth / filter_stride * c.lanes) : q;
      const int p_min = conv ? 1 : q;
      const std::vector<RowEntry> rows = RowList(layer, q, taps);
      for (int p = p_max; p >= p_min; --p) {
        // Fewer filters a PE only where it makes fewer or fuller groups.
        if (conv && p < p_max && CeilDiv(filters, p) == CeilDiv(filters, p + 1) && p + 1 <= p_max) continue;
        for (int segs = 1; segs <= c.segs; ++segs) {
          Mapping m;
          m.segs = segs;
          m.seg_rows = c.segment_rows(segs);
          m.q = q;
          m.taps = taps;
          m.p = conv ? std::min(p, CeilDiv(filters, CeilDiv(filters, p))) : p;
          m.groups = conv ? CeilDiv(m.p, c.lanes) : 1;
          m.rpt = RowsPerToken(q, c);
          m.tap_stride = tap_stride;
          m.filter_stride = filter_stride;
          m.total_fgs = CeilDiv(filters, m.p);
          m.rows = rows;
          const int param_fgs = c.param_rows / m.param_rows_per_unit(c);
          if (param_fgs < 1) continue;
          const int units = c.cols * segs;
          const int max_fgs = std::min({m.total_fgs, units, param_fgs});
          for (int parts = 1; parts <= m.total_fgs; ++parts) {
            const int fgs = CeilDiv(m.total_fgs, parts);
            if (fgs > max_fgs) continue;
            if (parts > 1 && CeilDiv(m.total_fgs, parts - 1) == fgs) continue;
            m.fgs = fgs;
            m.spread = segs > 1 && fgs % segs == 0;
            m.sets = m.spread ? fgs / segs : fgs;
            const int max_positions = m.spread ? c.cols / m.sets : units / fgs;
            if (max_positions < 1) continue;
            const int w = layer.out.w;
            const int64_t rows_out = static_cast<int64_t>(layer.out.h) * layer.out.n;
            // Blocks of positions: whole rows, or parts that fill the units evenly.
            int last_steps = 0;
            for (int cut = 1; cut <= w; cut = cut < 32 ? cut + 1 : cut * 2) {
              int steps = CeilDiv(w, cut);
              if (steps == last_steps) continue;
              last_steps = steps;
              if (ColumnsNeeded(layer, taps, steps) > kMaxColumns) continue;
              // A PE learns of its left padding from its first token. Until then its column stands still, and
              // the others must be able to hold all that comes before that token.
              const int late = std::min(LeftColumns(layer, taps), ColumnsNeeded(layer, taps, steps) - 1);
              if (late >= std::min({kMaxFirst + 1, c.col_slots, c.win_rows / RowsPerToken(q, c)})) continue;
              m.steps = steps;
              m.positions = static_cast<int>(std::min<int64_t>(max_positions, rows_out * CeilDiv(w, steps)));
              m.cycles = EstimateCycles(layer, c, m);
              out.push_back({m, {m.cycles, -m.p, -m.steps}});
            }
            if (fgs == 1) break;
          }
        }
      }
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) { return a.key < b.key; });
  return out;
}

// GLB sizes of a tile choice; false if it does not fit.
bool PlaceInGlb(const ArrayLayer& layer, const Config& c, Mapping* m) {
  const bool conv = IsConv(layer);
  const int blocks = m->row_blocks(), chunks = CeilDiv(blocks, m->chunk_blocks);
  const int tiles_y = CeilDiv(layer.out.h, m->tile_rows), tiles_x = CeilDiv(layer.out.w, m->tile_cols);
  const int tiles_m = CeilDiv(m->total_fgs, m->tile_fgs);
  const int64_t spatial = static_cast<int64_t>(tiles_y) * tiles_x * layer.out.n;
  const int in_rows = std::min<int>(layer.in.h, (m->tile_rows - 1) * layer.stride_h + (layer.kernel_h - 1) * layer.dilation_h + 1);
  const int in_cols = std::min<int>(layer.in.w, (m->tile_cols - 1) * layer.stride_w + (layer.kernel_w - 1) * layer.dilation_w + 1);
  int chunk_channels = m->tile_fgs * m->p;
  if (conv) {
    chunk_channels = 0;
    for (int k = 0; k < blocks; k += m->chunk_blocks) {
      const RowEntry& first = m->rows[static_cast<size_t>(k) * m->seg_rows];
      const size_t end = std::min(m->rows.size(), static_cast<size_t>(k + m->chunk_blocks) * m->seg_rows);
      chunk_channels = std::max(chunk_channels, m->rows[end - 1].channel + m->rows[end - 1].count - first.channel);
    }
  }
  chunk_channels = std::min(chunk_channels, layer.channels());
  const int64_t w = c.glb_bytes, bank = c.glb_single_port ? 64 : c.glb_bank_bytes;
  const bool reused = spatial == 1 && chunks == 1 && conv && !layer.has_residual;
  const int64_t loads = reused ? 1 : spatial * chunks * tiles_m;
  m->act_bytes = RoundUp(static_cast<int64_t>(in_rows) * in_cols * chunk_channels, w);
  m->act_slots = loads > 1 ? 2 : 1;
  const int64_t block_bytes = RoundUp(static_cast<int64_t>(m->sets) * m->groups * m->filter_stride * c.rows * c.lanes, w);
  const int64_t param_bytes = RoundUp(static_cast<int64_t>(m->fgs) * m->param_rows_per_unit(c) * c.post_lanes * 12, w);
  m->flt_bytes = block_bytes + param_bytes;
  const int64_t objects = static_cast<int64_t>(CeilDiv(m->tile_fgs, m->fgs)) * blocks;
  // Each object in the GLB is a token on the way to the sequencer; a semaphore counts to 255.
  constexpr int64_t kMostObjects = 200;
  if (m->resident && objects > kMostObjects) return false;
  m->flt_slots = m->resident ? objects : std::min<int64_t>(2, objects * tiles_m * spatial);
  const int row_words = CeilDiv(m->p, c.psum_words_per_glb_word());
  const int pos_blocks = m->tile_rows * CeilDiv(m->tile_cols, m->steps);
  const int live_fgs = chunks > 1 ? static_cast<int>(RoundUp(m->tile_fgs, m->fgs)) : m->fgs;
  m->psum_bytes = blocks > 1 ? static_cast<int64_t>(pos_blocks) * m->steps * live_fgs * row_words * w : 0;
  m->out_bytes = RoundUp(static_cast<int64_t>(m->tile_rows) * m->tile_cols * m->out_pixel_bytes(), w);
  m->out_slots = spatial * tiles_m > 1 ? 2 : 1;
  m->res_slots = layer.has_residual ? m->out_slots : 0;
  int64_t at = 0;
  auto place = [&](int64_t* where, int64_t bytes) {
    *where = at;
    at += RoundUp(bytes, bank);
  };
  place(&m->act_at, m->act_bytes * m->act_slots);
  place(&m->flt_at, m->flt_bytes * m->flt_slots);
  place(&m->psum_at, m->psum_bytes);
  place(&m->out_at, m->out_bytes * m->out_slots);
  place(&m->res_at, m->out_bytes * m->res_slots);
  m->glb_used = at;
  const int64_t in_traffic = static_cast<int64_t>(in_rows) * in_cols * (conv ? layer.channels() : chunk_channels) * spatial *
                             (reused ? 1 : tiles_m);
  const int64_t flt_traffic = objects * m->flt_bytes * tiles_m * (m->resident ? 1 : spatial);
  const int64_t out_pixels = static_cast<int64_t>(layer.out.n) * layer.out.h * layer.out.w;
  m->dram_bytes = in_traffic + flt_traffic + out_pixels * layer.filters() * (layer.has_residual ? 2 : 1);
  return at <= c.glb_size();
}

// The tile with the least memory traffic for one way of filling the array.
bool ChooseTile(const ArrayLayer& layer, const Config& c, Mapping* m) {
  Mapping best;
  bool found = false;
  const int blocks = m->row_blocks();
  auto cuts = [](int n, int at_least) {
    std::vector<int> sizes;
    for (int parts = 1; parts <= n; parts = parts < 16 ? parts + 1 : parts * 2) {
      const int size = CeilDiv(n, parts);
      if (size < at_least) break;
      if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    }
    if (at_least <= n && (sizes.empty() || sizes.back() != at_least)) sizes.push_back(at_least);
    return sizes;
  };
  const int row_cuts = CeilDiv(layer.out.w, m->steps);
  for (int tile_fgs : cuts(m->total_fgs, m->fgs)) {
    tile_fgs = std::min(static_cast<int>(RoundUp(tile_fgs, m->fgs)), m->total_fgs);
    for (int tile_rows : cuts(layer.out.h, 1)) {
      for (int pieces : cuts(row_cuts, 1)) {
        if (tile_rows > 1 && pieces < row_cuts) continue;
        for (int chunk : cuts(blocks, 1)) {
          if (!IsConv(layer) && chunk < blocks) continue;
          for (bool resident : {true, false}) {
            Mapping t = *m;
            t.tile_fgs = tile_fgs;
            t.tile_rows = tile_rows;
            t.tile_cols = std::min(layer.out.w, pieces * m->steps);
            t.chunk_blocks = chunk;
            t.resident = resident;
            if (!PlaceInGlb(layer, c, &t)) continue;
            if (!found || t.dram_bytes < best.dram_bytes) best = t;
            found = true;
          }
        }
      }
    }
  }
  if (found) *m = best;
  return found;
}

}  // namespace

ArrayLayer Canonical(ArrayLayer layer) {
  auto dense_rows = [](const View& v) { return v.h == 1 || v.h_stride == v.w * v.w_stride; };
  auto dense_images = [](const View& v) { return v.n == 1 || v.n_stride == v.h * v.h_stride; };
  auto flat = [](View v) {
    v.w = v.n * v.h * v.w;
    v.h_stride = v.n_stride = v.w * v.w_stride;
    v.n = v.h = 1;
    return v;
  };
  const bool point = layer.kernel_h == 1 && layer.kernel_w == 1 && layer.stride_h == 1 &&
                     layer.stride_w == 1 && layer.pad_top == 0 && layer.pad_left == 0 &&
                     layer.in.h == layer.out.h && layer.in.w == layer.out.w;
  bool dense = dense_rows(layer.in) && dense_images(layer.in) && dense_rows(layer.out) && dense_images(layer.out);
  if (layer.has_residual) dense = dense && dense_rows(layer.residual) && dense_images(layer.residual);
  if (point && dense) {
    layer.in = flat(layer.in);
    layer.out = flat(layer.out);
    if (layer.has_residual) layer.residual = flat(layer.residual);
  }
  return layer;
}

Mapping ChooseMapping(const ArrayLayer& layer, const Config& config) {
  // Close estimates are ranked by memory traffic; the array's candidates come best first.
  constexpr int kTiled = 24;
  const std::vector<Candidate> candidates = ArrayCandidates(layer, config);
  Mapping best;
  int found = 0;
  int64_t best_cost = 0;
  for (const Candidate& candidate : candidates) {
    Mapping m = candidate.m;
    if (found > 0 && m.cycles > best_cost) break;
    if (!ChooseTile(layer, config, &m)) continue;
    const int64_t cost = std::max<int64_t>(m.cycles, m.dram_bytes / config.mem_bytes);
    if (found == 0 || cost < best_cost) {
      best = m;
      best_cost = cost;
    }
    if (++found >= kTiled) break;
  }
  if (found == 0) {
    throw Error(fmt::format(
        "configuration {}: no position of one filter of a {}x{} layer with {} channels fits; enlarge {}",
        config.name, layer.kernel_h, layer.kernel_w, layer.channels(),
        candidates.empty() ? "FilterDepth or WinRows" : "GlbBanks or GlbBankBytes"));
  }
  return best;
}

}  // namespace weft
