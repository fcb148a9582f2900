// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_space.h"

#include <algorithm>

namespace weft {
namespace {

int NextPowerOfTwo(int v) {
  int p = 1;
  while (p < v) p *= 2;
  return p;
}

// Field widths of PASS and of the stream table (spec/commands.yaml).
constexpr int kMaxQ = 127, kMaxRpt = 31, kMaxTaps = 15, kMaxTapStride = 255, kMaxColumns = 511;
constexpr int kMaxFirst = 15, kMaxP = 127;

constexpr int kSmallImage = 256;  // outputs

bool IsConv(const ArrayLayer& layer) { return layer.mode == LayerMode::kConv; }

// Left padding in columns of the pass, for the tap nearest the edge.
int LeftColumns(const ArrayLayer& layer, int taps) {
  const int pad = std::max(layer.pad_left, 0);
  return taps == 1 ? CeilDiv(pad, layer.stride_w) : pad;
}

RowTable MakeRows(const ArrayLayer& layer, int q, int taps) {
  std::vector<RowEntry> rows;
  const int channels = IsConv(layer) ? layer.channels() : 1;
  for (int c = 0; c < channels; c += q)
    for (int r = 0; r < layer.kernel_h; ++r)
      for (int s = 0; s < layer.kernel_w; s += taps)
        rows.push_back({c, std::min(q, channels - c), r, s});
  return std::make_shared<const std::vector<RowEntry>>(std::move(rows));
}

std::vector<int> TapChoices(const ArrayLayer& layer, const Config& c) {
  std::vector<int> choices;
  for (int parts = 1; parts <= layer.kernel_w; ++parts) {
    const int taps = CeilDiv(layer.kernel_w, parts);
    if (!choices.empty() && choices.back() == taps) continue;
    if (taps > kMaxTaps || taps > c.col_slots) continue;
    // More than one tap a PE needs adjacent columns and every column used.
    if (taps > 1 && (layer.dilation_w != 1 || layer.stride_w > taps ||
                     LeftColumns(layer, taps) > kMaxFirst))
      continue;
    choices.push_back(taps);
  }
  if (choices.empty() || choices.back() != 1) choices.push_back(1);
  return choices;
}

std::vector<int> ChannelChoices(const ArrayLayer& layer, const Config& c, int taps, int p_limit) {
  // The largest that fit, and below them those whose tokens fill GLB words or beats of memory.
  constexpr size_t kLargest = 16;
  std::vector<int> choices;
  const auto fits = [&](int q) {
    const int rpt = c.window_rows_per_token(q);
    return q <= kMaxQ && rpt <= kMaxRpt && rpt * taps <= c.win_rows;
  };
  if (IsConv(layer)) {
    for (int parts = 1; parts <= layer.channels(); ++parts) {
      const int q = CeilDiv(layer.channels(), parts);
      if (!choices.empty() && choices.back() == q) continue;
      if (choices.size() >= kLargest && (q < c.mem_bytes || q % c.mem_bytes != 0)) continue;
      if (fits(q) && q * taps <= c.filter_depth) choices.push_back(q);
    }
  } else {
    for (int p = p_limit; p >= 1; --p) {
      if (p < p_limit && CeilDiv(layer.filters(), p) == CeilDiv(layer.filters(), p + 1)) continue;
      const int q = std::min(p, CeilDiv(layer.filters(), CeilDiv(layer.filters(), p)));
      if (fits(q) && NextPowerOfTwo(q) * taps <= c.filter_depth) choices.push_back(q);
    }
  }
  return choices;
}

// Filters a PE: of those that make the same number of groups the smallest.
std::vector<int> FilterChoices(int filters, int most) {
  std::vector<int> choices;
  for (int p = most; p >= 1; --p) {
    if (p < most && CeilDiv(filters, p) == CeilDiv(filters, p + 1)) continue;
    choices.push_back(std::min(p, CeilDiv(filters, CeilDiv(filters, p))));
  }
  return choices;
}

// Widths of a tile: any of a single row, a few of more rows than one.
std::vector<int> ColumnCuts(const ArrayLayer& layer, int rows, int images) {
  if (images > 1 || layer.out.h == 1) return images > 1 ? std::vector<int>{layer.out.w} : Cuts(layer.out.w, 1);
  std::vector<int> cuts;
  for (int cols : Cuts(layer.out.w, rows == 1 ? 1 : std::min(layer.out.w, 12)))
    if (rows == 1 || cuts.size() < 6) cuts.push_back(cols);
  return cuts;
}

}  // namespace

std::vector<int> Cuts(int n, int least) {
  std::vector<int> sizes;
  for (int parts = 1; parts <= n; parts = parts < 16 ? parts + 1 : parts * 5 / 4) {
    const int size = CeilDiv(n, parts);
    if (size < least) break;
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  if (least <= n && (sizes.empty() || sizes.back() != least)) sizes.push_back(least);
  return sizes;
}

std::vector<int> BlockChoices(const ArrayWay& way, const Mapping& m, int most_steps) {
  constexpr size_t kMost = 4;
  struct Choice {
    double fill;
    int cuts;
  };
  std::vector<Choice> all;
  const int64_t rows = static_cast<int64_t>(m.tile_images) * m.tile_rows;
  int last_steps = 0;
  for (int cuts = CeilDiv(m.tile_cols, most_steps); cuts <= m.tile_cols; ++cuts) {
    const int steps = CeilDiv(m.tile_cols, cuts);
    if (steps == last_steps) continue;
    last_steps = steps;
    const int64_t blocks = rows * cuts, positions = way.array.positions;
    const int64_t passes = CeilDiv(blocks, positions);
    // Share of the steps that compute something new, and a few cycles lost at the ends of a pass.
    const double useful = static_cast<double>(rows) * m.tile_cols;
    all.push_back({useful / (static_cast<double>(passes * positions) * (steps + 1)),
                   cuts});
    if (blocks >= 4 * positions && steps < 8) break;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Choice& a, const Choice& b) { return a.fill > b.fill; });
  std::vector<int> cuts;
  for (const Choice& choice : all)
    if (cuts.size() < kMost) cuts.push_back(choice.cuts);
  return cuts;
}

int ColumnStride(const ArrayLayer& layer, int taps) { return taps == 1 ? 1 : layer.stride_w; }

int ColumnsNeeded(const ArrayLayer& layer, int taps, int steps) {
  return (steps - 1) * ColumnStride(layer, taps) + taps;
}

int ChunkRows(const ArrayLayer& layer, const Mapping& m) {
  return std::min(layer.in.h,
                  (m.tile_rows - 1) * layer.stride_h + (layer.kernel_h - 1) * layer.dilation_h + 1);
}

int ChunkCols(const ArrayLayer& layer, const Mapping& m) {
  return std::min(layer.in.w,
                  (m.tile_cols - 1) * layer.stride_w + (layer.kernel_w - 1) * layer.dilation_w + 1);
}

int TileChannels(const ArrayLayer& layer, const Mapping& m) {
  return IsConv(layer) ? layer.channels() : std::min(m.tile_fgs * m.p, layer.channels());
}

int ChunkChannels(const ArrayLayer& layer, const ArrayWay& way, const Mapping& m) {
  if (!IsConv(layer)) return TileChannels(layer, m);
  const std::vector<RowEntry>& rows = *way.table;
  const size_t chunk = static_cast<size_t>(m.chunk_blocks) * static_cast<size_t>(m.seg_rows);
  if (chunk >= rows.size()) return TileChannels(layer, m);
  int most = 0;
  for (size_t k = 0; k < rows.size(); k += chunk) {
    const RowEntry& last = rows[std::min(rows.size(), k + chunk) - 1];
    most = std::max(most, last.channel + last.count - rows[k].channel);
  }
  return most;
}

int RowStep(const ArrayLayer& layer, const Mapping& m) { return m.tile_rows * layer.stride_h; }

int64_t PositionTiles(const ArrayLayer& layer, const Mapping& m) {
  return static_cast<int64_t>(CeilDiv(layer.out.n, m.tile_images)) *
         CeilDiv(layer.out.h, m.tile_rows) * CeilDiv(layer.out.w, m.tile_cols);
}

int FilterTiles(const Mapping& m) { return CeilDiv(m.total_fgs, m.tile_fgs); }

int64_t TileBlocks(const Mapping& m) {
  return static_cast<int64_t>(m.tile_images) * m.tile_rows * CeilDiv(m.tile_cols, m.steps);
}

int LastPositions(const ArrayLayer& layer, const Config& c, const Mapping& m) {
  const int fgs = m.last_fgs();
  if (fgs == 0 || !IsConv(layer)) return m.positions;
  const int units = m.spread ? c.cols / CeilDiv(fgs, m.segs) : c.cols * m.segs / fgs;
  return std::max(m.positions, std::min(units, m.positions * m.fgs / fgs));
}

std::vector<ArrayWay> ArrayWays(const ArrayLayer& layer, const Config& c) {
  std::vector<ArrayWay> ways;
  const bool conv = IsConv(layer);
  const int filters = layer.filters();
  const int psum_limit = conv ? c.psum_rows * c.lanes : c.psum_rows / c.psum_banks;
  // Of several units each must hold the sums of a step, or they could wait for one another.
  const int gathered = c.max_units() > 1 ? c.out_rows * c.post_lanes : kMaxP;
  const int p_limit = std::min({psum_limit, gathered, kMaxP, filters});
  for (int taps : TapChoices(layer, c)) {
    for (int q : ChannelChoices(layer, c, taps, p_limit)) {
      const int tap_stride = conv ? q : NextPowerOfTwo(q);
      if (tap_stride > kMaxTapStride) continue;
      const int filter_stride = taps * tap_stride;
      const RowTable table = MakeRows(layer, q, taps);
      const int most_p = conv ? std::min(p_limit, c.filter_depth / filter_stride * c.lanes) : q;
      for (int p : conv ? FilterChoices(filters, most_p) : std::vector<int>{q}) {
        ArrayWay way;
        Mapping& m = way.array;
        way.table = table;
        m.q = q;
        m.taps = taps;
        m.p = p;
        m.groups = conv ? CeilDiv(p, c.lanes) : 1;
        m.rpt = c.window_rows_per_token(q);
        m.tap_stride = tap_stride;
        m.filter_stride = filter_stride;
        m.total_fgs = CeilDiv(filters, p);
        const int param_fgs = c.param_rows / m.param_rows_per_unit(c);
        if (param_fgs < 1) continue;
        for (m.segs = 1; m.segs <= c.segs; ++m.segs) {
          m.seg_rows = c.segment_rows(m.segs);
          const int units = c.cols * m.segs, max_fgs = std::min({m.total_fgs, units, param_fgs});
          int last = 0;
          for (int parts = CeilDiv(m.total_fgs, max_fgs); parts <= m.total_fgs; ++parts) {
            m.fgs = CeilDiv(m.total_fgs, parts);
            if (m.fgs == last) continue;
            last = m.fgs;
            m.spread = m.segs > 1 && m.fgs % m.segs == 0;
            m.sets = m.spread ? m.fgs / m.segs : m.fgs;
            m.positions = m.spread ? c.cols / m.sets : units / m.fgs;
            m.last_positions = LastPositions(layer, c, m);
            SizeFilters(c, &m);
            if (m.positions >= 1 && MostSteps(layer, c, way) >= 1) ways.push_back(way);
            if (m.fgs == 1) break;
          }
        }
      }
    }
  }
  return ways;
}

int MostSteps(const ArrayLayer& layer, const Config& c, const ArrayWay& way) {
  const Mapping& m = way.array;
  const int stride = ColumnStride(layer, m.taps);
  int steps = std::min(layer.out.w, (kMaxColumns - m.taps) / stride + 1);
  // A PE learns of its left padding from its first token. Until then its column stands still, and the
  // others must be able to hold all that comes before that token.
  const int held = std::min({kMaxFirst + 1, c.col_slots, c.win_rows / m.rpt});
  if (LeftColumns(layer, m.taps) >= held)
    while (steps >= 1 && ColumnsNeeded(layer, m.taps, steps) - 1 >= held) --steps;
  return steps;
}

void ForEachTile(const ArrayLayer& layer, const Config& c, const ArrayWay& way,
                 const std::function<void(const Mapping&)>& visit) {
  const bool conv = IsConv(layer);
  const int blocks = way.blocks(), most_steps = MostSteps(layer, c, way);
  const std::vector<int> chunks = conv ? Cuts(blocks, 1) : std::vector<int>{blocks};
  std::vector<int> fg_sizes;
  for (int size : Cuts(way.array.total_fgs, way.array.fgs)) {
    size = std::min(CeilDiv(size, way.array.fgs) * way.array.fgs, way.array.total_fgs);
    if (fg_sizes.empty() || fg_sizes.back() != size) fg_sizes.push_back(size);
  }
  Mapping m = way.array;
  const auto visit_orders = [&](bool rings) {
    for (int order = 0; order < 3; ++order) {
      m.resident = order == 1;
      m.keep_ifmap = order == 2;
      // Only where it changes something.
      if (m.resident && PositionTiles(layer, m) == 1) continue;
      if (m.keep_ifmap && (FilterTiles(m) == 1 || (m.chunk_blocks < blocks && PositionTiles(layer, m) == 1))) continue;
      for (int ring = 0; ring <= (rings ? 1 : 0); ++ring) {
        m.ring = ring == 1;
        visit(m);
      }
    }
  };
  const auto visit_tile = [&] {
    // Rows that two tiles share, one below the other.
    const bool shared = m.tile_images == 1 && m.tile_rows < layer.out.h &&
                        ChunkRows(layer, m) > RowStep(layer, m);
    for (int cuts : BlockChoices(way, m, most_steps)) {
      m.steps = CeilDiv(m.tile_cols, cuts);
      m.positions = static_cast<int>(std::min<int64_t>(way.array.positions, TileBlocks(m)));
      m.last_positions = static_cast<int>(std::min<int64_t>(LastPositions(layer, c, m), TileBlocks(m)));
      // Whole rows of a tile, if that is what the other passes write.
      if (m.positions % cuts == 0) m.last_positions -= m.last_positions % cuts;
      for (int tile_fgs : fg_sizes) {
        m.tile_fgs = tile_fgs;
        for (int chunk : chunks) {
          m.chunk_blocks = chunk;
          visit_orders(shared && chunk == blocks);
        }
      }
    }
  };
  for (int images : Cuts(layer.out.n, 1)) {
    for (int rows : Cuts(layer.out.h, 1)) {
      // Rows of several images side by side: of small ones, whose rows alone do not fill the columns.
      if (images > 1 && rows < layer.out.h && (layer.out.h == 1 || layer.out.h * layer.out.w > kSmallImage)) continue;
      m.tile_images = images;
      m.tile_rows = rows;
      for (int cols : ColumnCuts(layer, rows, images)) {
        m.tile_cols = cols;
        visit_tile();
      }
    }
  }
}

void SizeFilters(const Config& c, Mapping* m) {
  m->block_bytes =
      RoundUp(static_cast<int64_t>(m->sets) * m->groups * m->filter_stride * c.rows * c.lanes, c.glb_bytes);
  m->flt_bytes = m->block_bytes + RoundUp(static_cast<int64_t>(m->fgs) * m->param_rows_per_unit(c) *
                                              c.post_lanes * 12, c.glb_bytes);
}

bool PlaceInGlb(const ArrayLayer& layer, const Config& c, const ArrayWay& way, Mapping* m) {
  const int blocks = way.blocks(), chunks = CeilDiv(blocks, m->chunk_blocks);
  const int64_t spatial = PositionTiles(layer, *m), filter_tiles = FilterTiles(*m);
  const int64_t w = c.glb_bytes, bank = c.glb_single_port ? 64 : c.glb_bank_bytes;
  const bool conv = IsConv(layer);
  const int64_t loads = spatial * chunks * (conv && chunks == 1 && !layer.has_residual &&
                                                    (m->keep_ifmap || spatial == 1)
                                                ? 1
                                                : filter_tiles);
  // Rows come while the tile before is at work, or (rolling) in the place of those that it needs no more.
  const int chunk_rows = ChunkRows(layer, *m);
  const int64_t row_bytes = static_cast<int64_t>(m->tile_images) * ChunkCols(layer, *m) * ChunkChannels(layer, way, *m);
  const auto size_ifmap = [&](bool rolling) {
    m->ring_rows = m->ring ? chunk_rows + (rolling ? 0 : RowStep(layer, *m)) : 0;
    m->act_bytes = RoundUp((m->ring ? m->ring_rows : chunk_rows) * row_bytes, w);
    m->act_slots = m->ring || rolling || loads == 1 ? 1 : 2;
  };
  const int64_t objects = static_cast<int64_t>(CeilDiv(m->tile_fgs, m->fgs)) * blocks;
  // Each object in the GLB is a token on the way to the sequencer; a semaphore counts to 255.
  constexpr int64_t kMostObjects = 200;
  if (m->resident && objects > kMostObjects) return false;
  const int row_words = CeilDiv(m->p, c.psum_words_per_glb_word());
  const int live_fgs =
      chunks > 1 ? static_cast<int>(RoundUp(m->tile_fgs, m->fgs)) : m->fgs;
  m->psum_bytes = blocks > 1 ? TileBlocks(*m) * m->steps * live_fgs * row_words * w : 0;
  const auto place = [&] {
    int64_t at = 0;
    const auto put = [&](int64_t* where, int64_t bytes) {
      *where = at;
      at += RoundUp(bytes, bank);
    };
    put(&m->act_at, m->act_bytes * m->act_slots);
    put(&m->flt_at, m->flt_bytes * m->flt_slots);
    put(&m->psum_at, m->psum_bytes);
    put(&m->out_at, m->out_bytes * m->out_slots);
    put(&m->res_at, m->out_bytes * m->res_slots);
    m->glb_used = at;
    return at <= c.glb_size();
  };
  // Buffers that let everything overlap first; then smaller ones.
  const int row_blocks = CeilDiv(m->tile_cols, m->steps);
  const int64_t tile_outs = spatial * filter_tiles;
  const auto place_with = [&](bool drain, int64_t out_slots, int64_t flt_slots) {
    m->drain = drain;
    const int64_t rows = drain ? m->positions / row_blocks : static_cast<int64_t>(m->tile_images) * m->tile_rows;
    m->out_bytes = RoundUp(rows * m->tile_cols * m->out_pixel_bytes(), w);
    m->out_slots = out_slots;
    m->res_slots = layer.has_residual ? out_slots : 0;
    m->flt_slots = flt_slots;
    return place();
  };
  const int64_t flt_slots =
      m->resident ? objects : std::min<int64_t>(2, objects * filter_tiles * spatial);
  const auto fits = [&] {
    if (place_with(false, tile_outs > 1 ? 2 : 1, flt_slots)) return true;
    if (layer.has_residual) return false;  // loaded ahead, and laid out like the outputs
    // Outputs come in the last passes of a tile only; until then the tile before has been stored.
    if (blocks > 1 && tile_outs > 1 && place_with(false, 1, flt_slots)) return true;
    // A pass writes whole rows of a tile.
    if (m->positions % row_blocks != 0) return false;
    if (place_with(true, 2, flt_slots)) return true;
    return !m->resident && flt_slots == 2 && place_with(true, 2, 1);
  };
  size_ifmap(false);
  if (fits()) return true;
  if (loads == 1) return false;
  size_ifmap(true);
  return fits();
}

}  // namespace weft
