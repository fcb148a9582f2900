// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_cost.h"
#include "compiler/tap_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace weft {
namespace {

constexpr double kPassOverhead = 3;       // cycles between passes that follow each other
constexpr double kFirstBeat = 12;         // from a pass's start to its first step, and at its end
constexpr double kFilterTurn = 80;        // from a pass's end to its successor's but one, FILTER aside
constexpr double kMemoryLatency = 60;     // what a mapping is chosen for
constexpr double kCommandLatency = 100;   // from the doorbell to the first load
constexpr double kLongRun = 1 << 20;      // bytes, longer than any burst
constexpr double kLeastPiece = 1024;      // bytes of ifmap in a load of their own (schedule.cc)
// Words of commands in the stream; most operand words of passes and moves are kept.
constexpr double kPassWords = 5, kFilterWords = 4, kMoveWords = 10, kShortMoveWords = 4;

// Expected beats of a chunk of n values of which a fraction d is nonzero, `lanes` a beat.
double BeatsOfChunk(int n, double d, int lanes) {
  if (d >= 1) return CeilDiv(n, lanes);
  double beats = 0, p = std::pow(1 - d, n);
  for (int k = 0; k <= n; ++k) {
    beats += p * std::max(1, CeilDiv(k, lanes));
    p *= d / (1 - d) * (n - k) / (k + 1);
  }
  return beats;
}

}  // namespace

double StepCost::most() const { return std::max({mac, bus, collect}) + coupling; }

int CostModel::Streams(const ArrayWay& way, int positions, int row_blocks) {
  const Mapping& m = way.array;
  const auto key = std::make_tuple(m.q, m.taps, m.seg_rows, positions, row_blocks,
                                   conv() ? 0 : m.fgs);
  const auto found = streams_.find(key);
  if (found != streams_.end()) return found->second;
  std::vector<int64_t> ids;
  const std::vector<RowEntry>& rows = *way.table;
  const size_t entries = std::min(rows.size(), static_cast<size_t>(m.seg_rows));
  for (int position = 0; position < positions; ++position) {
    const int64_t y = position / row_blocks, x = position % row_blocks;
    for (size_t e = 0; e < entries; ++e) {
      const RowEntry& entry = rows[e];
      const int64_t row = y * layer_.stride_h + entry.r * layer_.dilation_h;
      ids.push_back(((row * 1024 + x) * 64 + entry.s) * 65536 + entry.channel);
    }
  }
  std::sort(ids.begin(), ids.end());
  int streams = static_cast<int>(std::unique(ids.begin(), ids.end()) - ids.begin());
  if (!conv()) streams *= m.fgs;
  streams_[key] = streams;
  return streams;
}

CostModel::CostModel(const ArrayLayer& layer, const Config& config)
    : layer_(layer), c_(config), tap_pairs_(TapGeometry(layer).ColumnPairs()) {}

StepCost CostModel::Step(const ArrayWay& way, int positions, int fgs, int row_blocks, int steps) {
  const Mapping& m = way.array;
  const double d = layer_.density;
  StepCost cost;
  // A PE's nonzeros; with zeros the busiest PE of a column sets the pace, softened by run-ahead.
  const double values = static_cast<double>(m.q) * m.taps, nonzeros = values * d;
  const int groups = conv() ? m.groups : 1;
  const double ahead = std::min<double>(conv() ? c_.psum_rows / m.groups : c_.psum_banks,
                                        c_.step_slots);
  const double spread = std::sqrt(values * d * (1 - d));
  cost.mac = 1 + groups * (nonzeros * TapShare(way) + 1.2 * spread / std::sqrt(ahead));
  // Tokens: chunks of a GLB word each; a token that is not aligned takes one more word.
  double token = 0;
  for (int at = 0; at < m.q; at += c_.glb_bytes)
    token += BeatsOfChunk(std::min(c_.glb_bytes, m.q - at), d, c_.win_lanes);
  const double words = 1 + (m.q - 1.0) / c_.glb_bytes;
  if (m.q % c_.glb_bytes != 0) token = std::max(token, words);
  if (c_.glb_single_port) token = 10 * m.q;
  cost.bus = token * Streams(way, positions, row_blocks) * ColumnsNeeded(layer_, m.taps, steps) / steps;
  const int units = positions * fgs;
  const bool chunked = way.blocks() > 1;
  const int width = std::max(1, chunked ? c_.psum_words_per_glb_word() : c_.post_lanes);
  cost.collect = static_cast<double>(units) * CeilDiv(m.p, width) * (c_.post_serial ? 40 : 1);
  // Bus and PEs wait for each other where they take about the same time, the nonzeros vary and
  // the window holds few tokens more than a step needs.
  const double tokens = std::max(1.0, static_cast<double>(c_.win_rows / m.rpt - m.taps));
  const double ratio = std::min(cost.mac, cost.bus) / std::max(cost.mac, cost.bus);
  cost.coupling = std::max(cost.mac, cost.bus) * 4 * std::pow(ratio, 4) / tokens *
                  std::sqrt((1 - d) / std::max(1.0, nonzeros));
  return cost;
}

// Taps that fall on padding left and right are no products, where a PE holds all taps of a row: else other PEs
// have products in the same step.
double CostModel::TapShare(const ArrayWay& way) const {
  if (way.array.taps < layer_.kernel_w) return 1;
  return static_cast<double>(tap_pairs_) / (static_cast<double>(layer_.out.w) * layer_.kernel_w);
}

Bound CostModel::LeastOf(const ArrayWay& way) {
  const Mapping& m = way.array;
  const int64_t rows = static_cast<int64_t>(layer_.out.n) * layer_.out.h;
  // Of so many filter groups, for all positions and a row block.
  const auto of_batch = [&](int most_positions, int fgs) {
    const int positions = static_cast<int>(std::min<int64_t>(most_positions, rows * layer_.out.w));
    const int row_blocks = static_cast<int>(std::min<int64_t>(CeilDiv(positions, rows), layer_.out.w));
    // Rows cut into blocks, blocks dealt to passes: no tile does better than the whole layer.
    double least = 0;
    for (int cuts = CeilDiv(layer_.out.w, MostSteps(layer_, c_, way)), last = 0; cuts <= layer_.out.w; ++cuts) {
      const int steps = CeilDiv(layer_.out.w, cuts);
      if (steps == last) continue;
      last = steps;
      const double all = static_cast<double>(CeilDiv(rows * cuts, positions)) * steps;
      if (least == 0 || all < least) least = all;
    }
    const double filter_words =
        static_cast<double>(CeilDiv(fgs, m.spread ? m.segs : 1)) * m.groups * m.filter_stride;
    return std::max(least * Step(way, positions, fgs, row_blocks, layer_.out.w).most(), filter_words);
  };
  double cycles = (m.total_fgs / m.fgs) * of_batch(m.positions, m.fgs);
  if (m.last_fgs() > 0) cycles += of_batch(m.last_positions, m.last_fgs());
  const double runs = static_cast<double>(way.blocks()) * CeilDiv(m.total_fgs, m.fgs);
  const double in = static_cast<double>(layer_.in.n) * layer_.in.h * layer_.in.w * layer_.channels();
  const double out = static_cast<double>(rows) * layer_.out.w * layer_.filters();
  return {way.blocks() * cycles,
          in + out * (layer_.has_residual ? 2 : 1) + runs * static_cast<double>(m.block_bytes)};
}

// The share of a tile's ifmap that its first pass reads.
double CostModel::PassShare(const Mapping& m) const {
  const int row_blocks = CeilDiv(m.tile_cols, m.steps);
  if (m.tile_rows * m.tile_images == 1) {
    const int cols = (std::min(m.positions, row_blocks) * m.steps - 1) * layer_.stride_w + (layer_.kernel_w - 1) * layer_.dilation_w + 1;
    return std::min(1.0, static_cast<double>(cols) / ChunkCols(layer_, m));
  }
  const int rows = (CeilDiv(m.positions, row_blocks) - 1) * layer_.stride_h + (layer_.kernel_h - 1) * layer_.dilation_h + 1;
  return std::min(1.0, static_cast<double>(rows) / (ChunkRows(layer_, m) * m.tile_images));
}

// Bursts of so many bytes, MaxReads outstanding.
double CostModel::MemoryCycles(double bytes, double run_bytes) const {
  const double burst = std::min<double>(run_bytes, c_.max_burst_bytes);
  const double beats = std::ceil(burst / c_.mem_bytes) + (burst < c_.max_burst_bytes ? 0.5 : 0);
  const double interval =
      std::max(beats, (kMemoryLatency + beats) / std::max(1, c_.plain_memory ? 1 : c_.max_reads));
  return bytes / burst * interval;
}

// Bytes on the bus for a byte wanted: runs of `bytes` bytes, `apart` bytes from one to the next.
double CostModel::BeatShare(int bytes, int apart) const {
  const int beat = c_.mem_bytes;
  if (bytes % beat == 0 && apart % beat == 0) return 1;
  return (bytes + beat - 1.0) / bytes;
}

// How often the ifmap of a tile of positions is loaded. A tile of filters at the same place begins with the chunk that
// the one before ended with.
double CostModel::IfmapLoads(const Mapping& m, double places, double chunks) const {
  const double filter_tiles = FilterTiles(m);
  const bool same_place = m.keep_ifmap || (places == 1 && !layer_.has_residual);
  return same_place ? 1 + (filter_tiles - 1) * (chunks - 1) / chunks : filter_tiles;
}

Traffic CostModel::Bytes(const ArrayWay& way, const Mapping& m) const {
  Traffic t;
  const int chunks = CeilDiv(way.blocks(), m.chunk_blocks);
  const double spatial = static_cast<double>(PositionTiles(layer_, m));
  const int rows = ChunkRows(layer_, m), cols = ChunkCols(layer_, m);
  // Rows overlap between tiles, but not in a ring; what lies outside the ifmap is not read.
  const double in_rows =
      layer_.in.h + (m.ring ? 0
                            : (CeilDiv(layer_.out.h, m.tile_rows) - 1.0) *
                                  std::max(0, rows - RowStep(layer_, m)));
  const double in_cols = layer_.in.w + (CeilDiv(layer_.out.w, m.tile_cols) - 1.0) *
                                           std::max(0, cols - m.tile_cols * layer_.stride_w);
  const int channels = chunks == 1 && conv() ? layer_.channels() : ChunkChannels(layer_, way, m);
  t.in = in_rows * in_cols * layer_.in.n * layer_.channels() * (conv() ? IfmapLoads(m, spatial, chunks) : 1);
  if (channels < layer_.channels()) t.in *= BeatShare(channels, layer_.channels());
  const double fbs = CeilDiv(m.total_fgs, m.fgs), visits = m.resident ? 1 : spatial;
  t.filters = fbs * visits * static_cast<double>(way.blocks() * m.block_bytes + m.flt_bytes - m.block_bytes);
  t.out = static_cast<double>(layer_.out.n) * layer_.out.h * layer_.out.w * layer_.filters();
  t.residual = layer_.has_residual ? t.out : 0;
  return t;
}

Cost CostModel::Estimate(const ArrayWay& way, const Mapping& m) {
  Cost cost;
  const int blocks = way.blocks(), chunks = CeilDiv(blocks, m.chunk_blocks);
  const double spatial = static_cast<double>(PositionTiles(layer_, m));
  const double filter_tiles = FilterTiles(m), fbs = CeilDiv(m.total_fgs, m.fgs);
  const int row_blocks = CeilDiv(m.tile_cols, m.steps);
  cost.step = Step(way, m.positions, m.fgs, row_blocks, m.steps);

  // Array: for each tile, filter batch and row block a run of passes. The last tile of a column may be smaller.
  const double col_tiles = CeilDiv(layer_.out.w, m.tile_cols);
  const double tile_rows = static_cast<double>(m.tile_images) * m.tile_rows;
  const auto passes_of = [&](int64_t rows, int positions) {
    return static_cast<double>(CeilDiv(rows * row_blocks, positions));
  };
  const double passes = passes_of(static_cast<int64_t>(m.tile_images) * m.tile_rows, m.positions);
  const double filter_words = static_cast<double>(m.sets) * m.groups * m.filter_stride;
  const double pe_words = (c_.rows * c_.cols + 1) / 2;
  const double map = pe_words + 3 + Streams(way, m.positions, row_blocks) + m.positions * m.fgs;
  const double objects = fbs * blocks, tiles = spatial;
  // Row blocks and edges of the image have patterns of their own; more of them than are held are loaded
  // again. In a ring the passes at its end have others.
  const int period = layer_.kernel_h * CeilDiv(layer_.kernel_w, m.taps);
  const int variants = std::min(blocks, period / std::gcd(m.seg_rows, period));
  const double edges = layer_.kernel_h > 1 ? std::min(passes, 3.0) : 1;
  const double pass_rows = CeilDiv(m.positions, row_blocks) * layer_.stride_h + layer_.kernel_h;
  const double wraps = m.ring && passes * blocks > 2 ? std::min(1.0, pass_rows / m.ring_rows) : 0;
  const double run_maps = variants * edges > c_.patterns ? edges : 0;
  const double run_commands = run_maps * map + kFilterWords;
  const double run_words = run_commands + passes * (kPassWords + (run_maps > 0 ? 0 : wraps) * map);
  // With one filter buffer a block is loaded when the one before it has gone to the spads.
  const double refill = m.flt_slots > 1 || m.resident || objects <= 1
                            ? 0
                            : filter_words + kMemoryLatency +
                                  MemoryCycles(static_cast<double>(m.flt_bytes), kLongRun);
  const double runs = tiles * objects;
  const double turn = runs > 1 ? filter_words + kFilterTurn : filter_words;
  const auto run_of = [&](double run_passes, const StepCost& step) {
    return std::max({run_passes * (m.steps * step.most() + kPassOverhead), turn, run_words, refill});
  };
  const double run = run_of(passes, cost.step);
  const int rest_rows = layer_.out.h % m.tile_rows, rest_images = layer_.out.n % m.tile_images;
  const auto whole_images = static_cast<double>(layer_.out.n / m.tile_images);
  // Batches of so many filter groups: all runs of passes over all tiles of positions.
  const auto add_batches = [&](int batches, int positions, int fgs) {
    const StepCost step = Step(way, positions, fgs, row_blocks, m.steps);
    double all_passes = 0;
    const auto add = [&](double count, int64_t rows) {
      if (rows == 0) return;
      cost.array += batches * blocks * col_tiles * count * run_of(passes_of(rows, positions), step);
      all_passes += batches * blocks * col_tiles * count * passes_of(rows, positions);
    };
    add(whole_images * (layer_.out.h / m.tile_rows), static_cast<int64_t>(m.tile_images) * m.tile_rows);
    add(whole_images, static_cast<int64_t>(m.tile_images) * rest_rows);
    add(layer_.out.h / m.tile_rows, static_cast<int64_t>(rest_images) * m.tile_rows);
    add(1, static_cast<int64_t>(rest_images) * rest_rows);
    cost.steps += all_passes * m.steps;
    cost.tokens += all_passes * Streams(way, positions, row_blocks) * ColumnsNeeded(layer_, m.taps, m.steps);
  };
  add_batches(m.total_fgs / m.fgs, m.positions, m.fgs);
  if (m.last_fgs() > 0) add_batches(1, m.last_positions, m.last_fgs());
  cost.filters = runs * filter_words;

  // Memory.
  const Traffic bytes = cost.bytes = Bytes(way, m);
  const double chunk_bytes = static_cast<double>(ChunkRows(layer_, m)) * ChunkCols(layer_, m) *
                             m.tile_images;
  const int channels = ChunkChannels(layer_, way, m);
  const double in_run = channels == layer_.channels() ? chunk_bytes * channels : channels;
  const double out_run = m.out_pixel_bytes() >= layer_.filters() ? bytes.out : m.out_pixel_bytes();
  const double move_words = c_.keeps_moves() ? kShortMoveWords : kMoveWords;
  // Without a spare buffer an ifmap comes in pieces; with a drain each pass has a store.
  const bool spare = m.ring ? m.ring_rows > ChunkRows(layer_, m) : m.act_slots > 1;
  const double new_rows = m.ring ? RowStep(layer_, m) : ChunkRows(layer_, m);
  const double new_bytes = chunk_bytes * channels * new_rows / ChunkRows(layer_, m);
  const double pieces = spare ? 1 : std::clamp(new_bytes / kLeastPiece, 1.0, 2 * passes);
  const double loads = spatial * (conv() ? IfmapLoads(m, spatial, chunks) : filter_tiles) * chunks * pieces;
  const double stores = m.drain ? spatial * fbs * passes : spatial * filter_tiles;
  const double filter_loads = objects * (m.resident ? 1 : spatial), params = spatial * fbs;
  const double commands =
      4 * (runs * run_words + (loads + stores + filter_loads) * move_words + params * kFilterWords + map + 40);
  cost.dram_bytes = static_cast<int64_t>(bytes.sum() + commands);
  cost.memory_in = MemoryCycles(bytes.in, in_run);
  cost.memory_filters = MemoryCycles(bytes.filters, kLongRun);
  cost.memory_out = MemoryCycles(bytes.out, out_run);
  cost.memory = cost.memory_in + cost.memory_filters + MemoryCycles(commands, kLongRun) + cost.memory_out +
                MemoryCycles(bytes.residual, out_run);

  // The first pass waits for its own rows (columns, where there is only one row), the passes behind it for theirs.
  const double chunk_load = MemoryCycles(chunk_bytes * channels, in_run);
  const double part_load = std::min(chunk_load, std::max(chunk_load * PassShare(m), MemoryCycles(kLeastPiece, in_run)));
  const double first = part_load + MemoryCycles(static_cast<double>(m.flt_bytes), kLongRun);
  cost.startup = kCommandLatency + kMemoryLatency + first + map + filter_words + kFirstBeat +
                 std::max(0.0, chunk_load - part_load - run * (passes - 1) / passes);
  const double last = m.drain ? static_cast<double>(m.out_bytes)
                              : tile_rows * m.tile_cols * std::min(m.tile_fgs * m.p, layer_.filters());
  cost.tail = kMemoryLatency + MemoryCycles(last, out_run) + 2 * kFirstBeat;
  if (m.ring && m.ring_rows > ChunkRows(layer_, m)) {
    // Where a ring begins anew, the rows that the tile before still needs are waited for.
    const double restarts = layer_.in.n * col_tiles * (m.keep_ifmap ? 1 : filter_tiles) - 1;
    const double held = std::max(0, 2 * ChunkRows(layer_, m) - m.ring_rows);
    cost.restarts = restarts * MemoryCycles(held * ChunkCols(layer_, m) * channels, in_run);
  } else if (m.ring || m.act_slots == 1) {
    // Rows come in the place of those that the last run on them needs no more.
    const double loads = tiles * IfmapLoads(m, spatial, chunks) * chunks - 1;
    const double load = m.ring ? chunk_load * std::min(1.0, static_cast<double>(RowStep(layer_, m)) / ChunkRows(layer_, m))
                               : chunk_load;
    const double wait = kMemoryLatency + std::min(load, part_load) - run * (passes - 1) / passes;
    cost.restarts = loads * (std::max(0.0, wait) + std::max(0.0, load - part_load - run));
  }
  cost.cycles = std::max({cost.array + cost.restarts, cost.filters, cost.memory - first}) +
                cost.startup + cost.tail;
  return cost;
}

Cost CostModel::EstimateInPair(const ArrayWay& way, const Mapping& m) {
  Cost cost = Estimate(way, m);
  double& bytes = conv() ? cost.bytes.in : cost.bytes.out;
  double& memory = conv() ? cost.memory_in : cost.memory_out;
  cost.dram_bytes -= static_cast<int64_t>(bytes);
  cost.memory -= memory;
  bytes = memory = 0;
  return cost;
}

}  // namespace weft
