// SPDX-License-Identifier: Apache-2.0
// The mapper of pairs: rows and columns of the first layer's output make a tile, with all channels. For each
// size both layers' ways of filling the array are costed by themselves, and of those that no other beats
// in bytes and value every two that fit the GLB together.
#include <algorithm>
#include <functional>
#include <utility>

#include "compiler/mapping_cost.h"
#include "compiler/mapping_value.h"
#include "compiler/pair.h"

namespace weft {
namespace {

constexpr size_t kMostWays = 48;      // of a layer, the ones with the least bound
constexpr int64_t kMostObjects = 200;  // filter objects ahead of the sequencer: a semaphore counts to 255
constexpr double kTurn = 200, kOneBufferTurn = 500;  // cycles a tile lost between the layers, by buffers between them

// A way and tile of one of the layers.
struct Option {
  Mapping m;
  const ArrayWay* way;
  Cost cost;
  double array;    // cycles of its tiles: array, or loads that cannot be ahead of it
  double streams;  // of memory, of filters that come while its tiles run
  double behind;   // of memory, of ifmaps that are loaded only once its tile before has ended
  int64_t glb;     // bytes that its buffers take, about
};

// Keeps what no other option beats in GLB bytes and value.
std::vector<Option> Front(std::vector<Option> all, double per_byte) {
  const auto value = [per_byte](const Option& o) { return o.array + per_byte * static_cast<double>(o.cost.dram_bytes); };
  std::stable_sort(all.begin(), all.end(), [&](const Option& a, const Option& b) {
    return a.glb != b.glb ? a.glb < b.glb : value(a) < value(b);
  });
  std::vector<Option> front;
  for (Option& option : all)
    if (front.empty() || value(option) < value(front.back())) front.push_back(std::move(option));
  return front;
}

class PairMapper {
 public:
  PairMapper(const ArrayLayer& first, const ArrayLayer& second, const Config& config, Objective objective)
      : first_(first), second_(second), c_(config), first_cost_(first, config), second_cost_(second, config),
        first_ways_(BestWays(first, &first_cost_)), second_ways_(BestWays(second, &second_cost_)),
        per_byte_(std::max(CyclesPerByte(first, objective), CyclesPerByte(second, objective))) {}

  std::vector<Mapping> Map() {
    for (int cols : Columns())
      for (int rows : Cuts(first_.out.h, 1)) TryTile(rows, cols);
    return best_;
  }

 private:
  std::vector<ArrayWay> BestWays(const ArrayLayer& layer, CostModel* cost) const {
    std::vector<ArrayWay> ways = ArrayWays(layer, c_);
    std::vector<std::pair<double, const ArrayWay*>> bounds;
    for (const ArrayWay& way : ways) bounds.emplace_back(cost->LeastOf(way).cycles, &way);
    std::stable_sort(bounds.begin(), bounds.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<ArrayWay> best;
    for (size_t i = 0; i < std::min(bounds.size(), kMostWays); ++i) best.push_back(*bounds[i].second);
    return best;
  }

  // All columns, or equal parts that still fill passes and bursts.
  std::vector<int> Columns() const {
    constexpr int kLeast = 12, kMostParts = 8;
    std::vector<int> all = {first_.out.w};
    for (int parts = 2; parts <= kMostParts && first_.out.w / parts >= kLeast; ++parts)
      if (first_.out.w % parts == 0) all.push_back(first_.out.w / parts);
    return all;
  }

  int64_t bank() const { return c_.glb_single_port ? 64 : c_.glb_bank_bytes; }
  int64_t tiles() const {
    return static_cast<int64_t>(first_.out.n) * CeilDiv(first_.out.h, rows_) * (first_.out.w / cols_);
  }
  static int64_t Objects(const Mapping& m, int blocks) {
    return static_cast<int64_t>(CeilDiv(m.tile_fgs, m.fgs)) * FilterTiles(m) * blocks;
  }

  // Calls `visit` for every way, cut of the rows, tile of filters, and for filters that stay or not.
  void ForEach(const ArrayLayer& layer, const std::vector<ArrayWay>& ways, int tile_rows, int tile_cols,
               const std::function<void(const ArrayWay&, Mapping*)>& visit) const {
    for (const ArrayWay& way : ways) {
      Mapping m = way.array;
      m.tile_rows = tile_rows;
      m.tile_cols = tile_cols;
      m.chunk_blocks = way.blocks();
      for (int cuts : BlockChoices(way, m, MostSteps(layer, c_, way))) {
        m.steps = CeilDiv(tile_cols, cuts);
        m.positions = m.last_positions = static_cast<int>(std::min<int64_t>(way.array.positions, TileBlocks(m)));
        const int words = CeilDiv(m.p, c_.psum_words_per_glb_word());
        m.psum_bytes = way.blocks() > 1 ? TileBlocks(m) * m.steps * m.fgs * words * c_.glb_bytes : 0;
        int last = 0;
        for (int size : Cuts(m.total_fgs, m.fgs)) {
          m.tile_fgs = std::min(CeilDiv(size, m.fgs) * m.fgs, m.total_fgs);
          if (m.tile_fgs == last) continue;
          last = m.tile_fgs;
          m.keep_ifmap = FilterTiles(m) > 1;
          const int64_t objects = Objects(m, way.blocks());
          for (int stay = 0; stay < (tiles() > 1 && objects <= kMostObjects ? 2 : 1); ++stay) {
            m.resident = stay == 1;
            m.flt_slots = m.resident ? objects : std::min<int64_t>(2, objects * tiles());
            visit(way, &m);
          }
        }
      }
    }
  }

  // Filters that do not stay are loaded again for each tile, and only two objects ahead.
  static double Streams(const Option& o) {
    return !o.m.resident && Objects(o.m, o.way->blocks()) > 2 ? o.cost.memory_filters : 0;
  }
  // The last tile is moved back: what it does twice.
  double Again() const { return static_cast<double>(CeilDiv(first_.out.h, rows_) * rows_) / first_.out.h; }

  // `ahead`: with room for the ifmap of the next tile, or part of one. With one buffer between the layers loads for the
  // next tile wait until this one's last pass has ended in any case.
  void AddFirst(const ArrayWay& way, Mapping m, bool ahead, std::vector<Option>* options) {
    m.pair_pixel = m.total_fgs * m.p;
    m.pair_cols = cols_;
    m.ring_rows = m.ring ? ChunkRows(first_, m) + (ahead ? RowStep(first_, m) : 0) : 0;
    m.act_bytes = RoundUp(static_cast<int64_t>(m.ring ? m.ring_rows : ChunkRows(first_, m)) *
                              ChunkCols(first_, m) * TileChannels(first_, m),
                          c_.glb_bytes);
    m.act_slots = ahead && !m.ring ? 2 : 1;
    m.out_bytes = RoundUp(static_cast<int64_t>(rows_) * cols_ * m.pair_pixel, c_.glb_bytes);
    const bool whole = FilterTiles(m) == 1;
    for (m.out_slots = ahead && whole ? 2 : 1; m.out_slots <= (tiles() > 1 ? 2 : 1); ++m.out_slots) {
      Option o{m, &way, {}, 0, 0, 0, 0};
      o.glb = RoundUp(m.act_bytes * m.act_slots, bank()) + m.flt_bytes * m.flt_slots +
              RoundUp(m.out_bytes * m.out_slots, bank()) + m.psum_bytes;
      if (o.glb > c_.glb_size()) continue;
      o.cost = first_cost_.EstimateInPair(way, m);
      o.streams = Streams(o);
      o.behind = ahead ? 0 : o.cost.memory_in;
      const double loads = o.streams + (whole ? 0 : o.cost.memory_in);
      o.array = std::max(o.cost.array * Again(), loads) +
                static_cast<double>(tiles()) * (m.out_slots == 1 ? kOneBufferTurn : kTurn);
      options->push_back(std::move(o));
    }
  }

  std::vector<Option> FirstOptions() {
    std::vector<Option> ahead, behind;
    ForEach(first_, first_ways_, rows_, cols_, [&](const ArrayWay& way, Mapping* m) {
      const bool whole = FilterTiles(*m) == 1;
      const bool shared = rows_ < first_.out.h && ChunkRows(first_, *m) > RowStep(first_, *m);
      for (int ring = 0; ring <= (shared && whole ? 1 : 0); ++ring) {
        m->ring = ring == 1;
        if (tiles() * FilterTiles(*m) > 1) AddFirst(way, *m, true, &ahead);
        if (whole) AddFirst(way, *m, false, &behind);
      }
    });
    ahead = Front(std::move(ahead), per_byte_);
    behind = Front(std::move(behind), per_byte_);
    ahead.insert(ahead.end(), behind.begin(), behind.end());
    return ahead;
  }

  std::vector<Option> SecondOptions() {
    std::vector<Option> options;
    ForEach(second_, second_ways_, 1, rows_ * cols_, [&](const ArrayWay& way, Mapping* m) {
      m->out_bytes = RoundUp(static_cast<int64_t>(m->tile_cols) * m->out_pixel_bytes(), c_.glb_bytes);
      // Outputs come in the last passes of a tile only; until then the tile before has been stored.
      const bool one_does = tiles() * FilterTiles(*m) == 1 || (way.blocks() > 1 && !second_.has_residual);
      for (m->out_slots = one_does ? 1 : 2; m->out_slots <= 2; ++m->out_slots) {
        m->res_slots = second_.has_residual ? m->out_slots : 0;
        Option o{*m, &way, {}, 0, 0, 0, 0};
        o.glb = RoundUp(m->out_bytes * m->out_slots, bank()) + RoundUp(m->out_bytes * m->res_slots, bank()) +
                m->flt_bytes * m->flt_slots + m->psum_bytes;
        if (o.glb > c_.glb_size()) continue;
        o.cost = second_cost_.EstimateInPair(way, *m);
        o.streams = Streams(o);
        o.array = o.cost.array * Again();
        options.push_back(std::move(o));
      }
    });
    return Front(std::move(options), per_byte_);
  }

  void TryTile(int rows, int cols) {
    rows_ = rows;
    cols_ = cols;
    if (static_cast<int64_t>(rows) * cols * first_.out.c > c_.glb_size()) return;
    const std::vector<Option> firsts = FirstOptions();
    if (firsts.empty()) return;
    const std::vector<Option> seconds = SecondOptions();
    for (const Option& a : firsts)
      for (const Option& b : seconds) Try(a, b);
  }

  void Try(const Option& a, const Option& b) {
    const double array = a.array + std::max(b.array, b.streams + a.behind);
    const double cycles = std::max(array, a.cost.memory + b.cost.memory) + a.cost.startup + b.cost.tail;
    const int64_t bytes = a.cost.dram_bytes + b.cost.dram_bytes;
    const double value = cycles + per_byte_ * static_cast<double>(bytes);
    if (!best_.empty() && value >= best_value_) return;
    if (a.m.flt_slots + b.m.flt_slots > kMostObjects) return;
    Mapping first = a.m, second = b.m;
    if (!Place(&first, &second)) return;
    first.cycles = static_cast<int64_t>(cycles);
    first.dram_bytes = bytes;
    first.rows = *a.way->table;
    second.rows = *b.way->table;
    best_ = {std::move(first), std::move(second)};
    best_value_ = value;
  }

  // GLB addresses; false if it is too small. What the same engines use lies together, other kinds in banks of
  // their own. Sums of the two layers are never there at the same time.
  bool Place(Mapping* first, Mapping* second) const {
    int64_t at = 0;
    const auto put = [&](int64_t* where, int64_t bytes, bool ends) {
      *where = at;
      at += bytes;
      if (ends) at = RoundUp(at, bank());
    };
    put(&first->act_at, first->act_bytes * first->act_slots, true);
    put(&first->flt_at, first->flt_bytes * first->flt_slots, false);
    put(&second->flt_at, second->flt_bytes * second->flt_slots, true);
    put(&first->out_at, first->out_bytes * first->out_slots, true);
    put(&second->out_at, second->out_bytes * second->out_slots, true);
    put(&second->res_at, second->out_bytes * second->res_slots, true);
    put(&first->psum_at, std::max(first->psum_bytes, second->psum_bytes), true);
    second->psum_at = first->psum_at;
    second->pair_pixel = first->pair_pixel;
    second->pair_cols = first->pair_cols;
    second->act_at = first->out_at;
    second->act_bytes = first->out_bytes;
    second->act_slots = first->out_slots;
    first->glb_used = second->glb_used = at;
    return at <= c_.glb_size();
  }

  const ArrayLayer &first_, &second_;
  const Config& c_;
  CostModel first_cost_, second_cost_;
  const std::vector<ArrayWay> first_ways_, second_ways_;
  const double per_byte_;    // cycles that a byte of DRAM traffic may cost
  int rows_ = 0, cols_ = 0;  // of a tile
  std::vector<Mapping> best_;
  double best_value_ = 0;
};

}  // namespace

std::vector<Mapping> MapPair(const ArrayLayer& first, const ArrayLayer& second, const Config& config, Objective objective) {
  return PairMapper(first, second, config, objective).Map();
}

}  // namespace weft
