// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_cap.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/mapping_cost.h"

namespace weft {
namespace {

// Each of the nine clients of a single-ported GLB has one access in so many cycles.
constexpr int kSinglePortTurn = 9;
// One sum in the bit-serial requantizer: 32 bits + 3 - exponent, exponent at most 1, and 3 more.
constexpr int kSerialPostCycles = 37;
constexpr int kParamSteps = 3;  // of the filter bus a channel

// A row entry: what one PE row of a unit has to do for all output positions of the layer.
struct EntryWork {
  double steps = 0;   // positions at which a tap meets the ifmap
  double values = 0;  // nonzero values met at them
};

// Beats of the ifmap bus for all row blocks: fixed + runs of output rows x each. Of one batch of filter groups, or of
// all of a depthwise layer, where each has channels of its own.
struct BusWork {
  double fixed = 0, each_run = 0;
  double values = 0;  // all values that PEs take, over the most PEs that can take one together
};

// Row entries of a block that have channels and first tap in common.
struct StreamGroup {
  std::map<int, int> rows;  // filter rows in each class modulo the stride
  double on_padding = 0;    // pairs of a filter row and an output row
  double values = 0;
};

class CapModel {
 public:
  CapModel(const ArrayLayer& layer, const Config& config, const TapCounts& counts)
      : layer_(layer), c_(config), counts_(counts), geometry_(layer) {}

  LayerCap Best();
  MultiplierUse Use(const ArrayWay& way, bool in_step);

 private:
  // Cycles of all units and row blocks: of the PE row that has most, of the slowest row of each block, of all rows;
  // and how many of those multiply.
  struct BlockCycles {
    double most = 0, in_step = 0, all = 0, values = 0;
  };

  bool conv() const { return layer_.mode == LayerMode::kConv; }
  double positions() const {
    return static_cast<double>(layer_.out.n) * layer_.out.h * layer_.out.w;
  }
  double EffectualMacs() const { return static_cast<double>(counts_.sum()) * (conv() ? layer_.filters() : 1); }
  double Units(const ArrayWay& way) const;
  const std::vector<EntryWork>& Entries(const ArrayWay& way);
  BlockCycles Multipliers(const ArrayWay& way);
  BusWork Bus(const ArrayWay& way);
  double IfmapBus(const ArrayWay& way);
  double Collector(const ArrayWay& way) const;
  int TokenBeats(int channels) const;
  double TokensBeats(const ArrayWay& way, int channel) const;

  const ArrayLayer& layer_;
  const Config& c_;
  const TapCounts& counts_;
  const TapGeometry geometry_;
  std::map<const void*, std::vector<EntryWork>> entries_;
  std::map<std::tuple<const void*, int, int, int>, BlockCycles> blocks_;
  std::map<std::tuple<const void*, int, int>, BusWork> buses_;
};

const std::vector<EntryWork>& CapModel::Entries(const ArrayWay& way) {
  std::vector<EntryWork>& work = entries_[way.table.get()];
  if (!work.empty()) return work;
  const int taps = way.array.taps;
  std::map<int, int64_t> columns;  // of the first tap
  for (const RowEntry& e : *way.table) {
    if (columns.count(e.s) == 0) columns[e.s] = geometry_.ColumnsOfAny(e.s, taps);
    EntryWork w;
    w.steps = static_cast<double>(layer_.out.n * geometry_.rows[static_cast<size_t>(e.r)] * columns[e.s]);
    // A depthwise entry stands for all channels, which come one filter group after the other.
    const int end = conv() ? e.channel + e.count : layer_.channels();
    for (int c = e.channel; c < end; ++c)
      for (int s = e.s; s < std::min(e.s + taps, layer_.kernel_w); ++s)
        w.values += static_cast<double>(counts_.at(c, e.r, s));
    work.push_back(w);
  }
  return work;
}

CapModel::BlockCycles CapModel::Multipliers(const ArrayWay& way) {
  const Mapping& m = way.array;
  const auto key = std::make_tuple(static_cast<const void*>(way.table.get()), m.seg_rows, m.groups, m.total_fgs);
  const auto found = blocks_.find(key);
  if (found != blocks_.end()) return found->second;
  const std::vector<EntryWork>& work = Entries(way);
  BlockCycles sum;
  std::vector<double> rows(static_cast<size_t>(m.seg_rows));
  for (size_t e = 0; e < work.size();) {
    double slowest = 0;
    for (size_t i = 0; i < rows.size() && e < work.size(); ++i, ++e) {
      const double cycles = conv() ? m.total_fgs * (work[e].steps + m.groups * work[e].values)
                                   : m.total_fgs * work[e].steps + work[e].values;
      slowest = std::max(slowest, cycles);
      rows[i] += cycles;
      sum.all += cycles;
      sum.values += conv() ? static_cast<double>(m.total_fgs) * m.groups * work[e].values : work[e].values;
    }
    sum.in_step += slowest;
  }
  sum.most = *std::max_element(rows.begin(), rows.end());
  return blocks_[key] = sum;
}

// Cycles of the bus for a token that has no zeros, or else at least.
int CapModel::TokenBeats(int channels) const {
  if (c_.glb_single_port) return std::max(channels, kSinglePortTurn * CeilDiv(channels, c_.glb_bytes));
  int beats = 0;
  for (int at = 0; at < channels; at += c_.glb_bytes)
    beats += counts_.dense ? CeilDiv(std::min(c_.glb_bytes, channels - at), c_.win_lanes) : 1;
  return beats;
}

// Of a token of the channel group; depthwise of one of each filter group.
double CapModel::TokensBeats(const ArrayWay& way, int channel) const {
  const int q = way.array.q;
  if (conv()) return TokenBeats(std::min(q, layer_.channels() - channel));
  return (way.array.total_fgs - 1.0) * TokenBeats(q) + TokenBeats(layer_.channels() - (way.array.total_fgs - 1) * q);
}

// Entries of one channel group and first tap share streams: filter rows R and output rows Y need the ifmap rows
// stride Y + dilation R, which are at least |Y| + |R| - 1 in each class modulo the stride.
BusWork CapModel::Bus(const ArrayWay& way) {
  const Mapping& m = way.array;
  const auto key = std::make_tuple(static_cast<const void*>(way.table.get()), m.seg_rows, m.positions);
  const auto found = buses_.find(key);
  if (found != buses_.end()) return found->second;
  const std::vector<EntryWork>& work = Entries(way);
  const std::vector<RowEntry>& table = *way.table;
  const double rows = static_cast<double>(layer_.out.n) * layer_.out.h;
  BusWork sum;
  std::map<int, int64_t> columns;
  for (size_t first = 0; first < table.size(); first += static_cast<size_t>(m.seg_rows)) {
    std::map<std::pair<int, int>, StreamGroup> groups;  // by channel and first tap
    const size_t end = std::min(table.size(), first + static_cast<size_t>(m.seg_rows));
    for (size_t e = first; e < end; ++e) {
      StreamGroup& group = groups[{table[e].channel, table[e].s}];
      ++group.rows[table[e].r * layer_.dilation_h % layer_.stride_h];
      group.on_padding += rows - static_cast<double>(layer_.out.n * geometry_.rows[static_cast<size_t>(table[e].r)]);
      group.values += work[e].values;
    }
    for (const auto& [of, group] : groups) {
      const auto [channel, s] = of;
      if (columns.count(s) == 0) columns[s] = geometry_.ColumnsMet(s, m.taps);
      const double beats = static_cast<double>(columns[s]) * TokensBeats(way, channel);
      double filter_rows = 0;
      for (const auto& [rest, count] : group.rows) filter_rows += count;
      const double classes = static_cast<double>(group.rows.size());
      sum.fixed += beats * (rows * classes - group.on_padding);
      sum.each_run += beats * (filter_rows - classes);
      sum.values += group.values / std::min<double>(filter_rows, m.positions) /
                    CeilDiv(m.taps, ColumnStride(layer_, m.taps));
    }
  }
  return buses_[key] = sum;
}

double CapModel::IfmapBus(const ArrayWay& way) {
  const Mapping& m = way.array;
  const double rows = static_cast<double>(layer_.out.n) * layer_.out.h;
  // Output rows side by side in a pass are a run; it ends with its pass and its image.
  double beats = 0, values = 0;
  const auto add = [&](double batches, int positions) {
    ArrayWay of_batch = way;
    of_batch.array.positions = positions;
    const BusWork work = Bus(of_batch);
    const double runs = std::max<double>(layer_.out.n, CeilDiv(static_cast<int64_t>(rows), positions));
    beats += batches * std::max(0.0, work.fixed + runs * work.each_run);
    values += batches * work.values;
  };
  add(conv() ? m.total_fgs / m.fgs : 1, m.positions);
  if (conv() && m.last_fgs() > 0) add(1, m.last_positions);
  // Where a kernel row is cut, blocks of positions that lie closer than its parts can share a stream.
  const int parts = CeilDiv(layer_.kernel_w, m.taps);
  const int near = (layer_.kernel_w - 1) * layer_.dilation_w / layer_.stride_w + 2;
  const int shared = std::min({parts, near, std::max(m.positions, m.last_positions)});
  if (counts_.dense) return beats / shared;
  return std::max(beats, values / (c_.glb_single_port ? 1 : c_.win_lanes)) / shared;
}

double CapModel::Collector(const ArrayWay& way) const {
  const Mapping& m = way.array;
  const bool stored = way.blocks() > 1;
  const int width = std::max(1, stored ? c_.psum_words_per_glb_word() : c_.post_lanes);
  const double of_block = positions() * m.total_fgs * CeilDiv(m.p, width);
  const double beats = of_block * way.blocks();
  const double turns = c_.glb_single_port ? kSinglePortTurn * of_block * (way.blocks() - 1) : 0;
  const double post = c_.post_serial ? positions() * layer_.filters() * kSerialPostCycles : 0;
  return std::max({beats, turns, post});
}

// A beat passes one way at a time in each direction, and the memory gives its rate to both together.
double Memory(const CompulsoryBytes& bytes, const Config& c) {
  const double read = static_cast<double>(bytes.in + bytes.filters + bytes.params + bytes.residual);
  const double written = static_cast<double>(bytes.out);
  const double port = std::max({(read + written) / kCapMemoryBytes, read / c.mem_bytes, written / c.mem_bytes});
  if (!c.glb_single_port) return port;
  // An access to the GLB moves what a beat and a word share.
  const int64_t filters = bytes.filters + bytes.params;
  const double most = static_cast<double>(std::max({bytes.in + bytes.residual, filters, bytes.out}));
  return std::max(port, kSinglePortTurn * most / std::min(c.mem_bytes, c.glb_bytes));
}

double CapModel::Units(const ArrayWay& way) const {
  return std::min<double>(way.array.positions, positions()) * way.array.fgs;
}

MultiplierUse CapModel::Use(const ArrayWay& way, bool in_step) {
  const Mapping& m = way.array;
  const BlockCycles work = Multipliers(way);
  const double cycles = in_step ? work.in_step : work.most, entries = static_cast<double>(way.table->size());
  MultiplierUse use;
  use.units = Units(way) / (static_cast<double>(c_.cols) * m.segs);
  use.rows = entries / way.blocks() * m.segs / c_.rows;
  use.padding = cycles > 0 ? work.all / cycles * way.blocks() / entries : 1;
  use.setups = work.all > 0 ? work.values / work.all : 1;
  use.lanes = work.values > 0 ? EffectualMacs() / (work.values * c_.lanes) : 1;
  return use;
}

LayerCap CapModel::Best() {
  LayerCap cap;
  cap.effectual_macs = EffectualMacs();
  cap.ideal = cap.effectual_macs / c_.multipliers();
  double least = std::numeric_limits<double>::infinity(), least_in_step = least;
  const double memory = Memory(CompulsoryTraffic(layer_), c_);
  cap.least[kMultipliers] = cap.ideal;
  cap.least[kDram] = memory;
  for (const ArrayWay& way : ArrayWays(layer_, c_)) {
    const Mapping& m = way.array;
    ResourceCycles cycles{};
    const BlockCycles work = Multipliers(way);
    const double in_step = work.in_step / Units(way);
    cycles[kMultipliers] = work.most / Units(way);
    const double sets = CeilDiv(m.total_fgs, m.spread ? m.segs : 1);
    cycles[kFilterBus] = way.blocks() * sets * m.groups * m.filter_stride + kParamSteps * layer_.filters();
    cycles[kCollectorPort] = Collector(way);
    cycles[kDram] = memory;
    for (Resource r : {kFilterBus, kCollectorPort})
      cap.least[r] = cap.least[r] == 0 ? cycles[r] : std::min(cap.least[r], cycles[r]);
    if (cycles[Busiest(cycles)] > least && std::max(in_step, cycles[Busiest(cycles)]) > least_in_step) continue;
    cycles[kIfmapBus] = IfmapBus(way);
    const double most = cycles[Busiest(cycles)];
    least_in_step = std::min(least_in_step, std::max(in_step, most));
    // Of ways that are as fast, the one that leaves most to spare.
    const auto sum = [](const ResourceCycles& all) { return all[0] + all[1] + all[2] + all[3] + all[4]; };
    if (most > least || (most == least && sum(cycles) >= sum(cap.cycles))) continue;
    least = most;
    cap.cycles = cycles;
    cap.way = m;
    cap.use = Use(way, false);
  }
  cap.in_step = least_in_step;
  return cap;
}

}  // namespace

Resource Busiest(const ResourceCycles& cycles) {
  return static_cast<Resource>(std::max_element(cycles.begin(), cycles.end()) - cycles.begin());
}

CompulsoryBytes CompulsoryTraffic(const ArrayLayer& layer) {
  const TapGeometry geometry(layer);
  // A view with a stride of 0 reads the same bytes again.
  const auto distinct = [](const View& v, int64_t rows, int64_t columns) {
    return (v.n_stride == 0 ? 1 : v.n) * (v.h_stride == 0 ? 1 : rows) * (v.w_stride == 0 ? 1 : columns) * v.c;
  };
  const int64_t taps = static_cast<int64_t>(layer.kernel_h) * layer.kernel_w * layer.filters();
  constexpr int64_t kParamBytes = 12;
  CompulsoryBytes bytes;
  bytes.in = distinct(layer.in, geometry.RowsTouched(), geometry.ColumnsTouched());
  bytes.filters = taps * (layer.mode == LayerMode::kConv ? layer.channels() : 1);
  bytes.params = kParamBytes * layer.filters();
  bytes.out = static_cast<int64_t>(layer.out.n) * layer.out.h * layer.out.w * layer.out.c;
  if (layer.has_residual) bytes.residual = distinct(layer.residual, layer.residual.h, layer.residual.w);
  return bytes;
}

LayerCap CapOf(const ArrayLayer& layer, const Config& config, const TapCounts& counts, bool first) {
  LayerCap cap = CapModel(layer, config, counts).Best();
  // The first command and then the first load are waited for, and at the end the answer to the last store.
  cap.latency = kCapMemoryLatency * (first ? 3 : 2);
  cap.in_step += cap.latency;
  return cap;
}

LayerCap CapOfPair(const ArrayLayer& first, const ArrayLayer& second, const Config& config, const LayerCap& of_first,
                   const LayerCap& of_second) {
  LayerCap cap;
  cap.latency = of_first.latency;
  cap.effectual_macs = of_first.effectual_macs + of_second.effectual_macs;
  cap.ideal = of_first.ideal + of_second.ideal;
  for (size_t r = 0; r < kResources; ++r) cap.least[r] = of_first.least[r] + of_second.least[r];
  CompulsoryBytes bytes = CompulsoryTraffic(second);
  const CompulsoryBytes of_input = CompulsoryTraffic(first);
  bytes.in = of_input.in;
  bytes.filters += of_input.filters;
  bytes.params += of_input.params;
  cap.least[kDram] = Memory(bytes, config);
  cap.cycles = cap.least;
  cap.in_step = cap.total();
  return cap;
}

MultiplierUse UseInStep(const ArrayLayer& layer, const Config& config, const TapCounts& counts, const ArrayWay& way) {
  return CapModel(layer, config, counts).Use(way, true);
}

ArrayWay WayOf(const Mapping& mapping) {
  ArrayWay way;
  way.array = mapping;
  way.table = std::make_shared<const std::vector<RowEntry>>(mapping.rows);
  return way;
}

Cost CostOf(const ArrayLayer& layer, const Config& config, const Mapping& mapping) {
  CostModel model(layer, config);
  return mapping.paired() ? model.EstimateInPair(WayOf(mapping), mapping) : model.Estimate(WayOf(mapping), mapping);
}

ResourceCycles BusyCycles(const Cost& cost) {
  ResourceCycles cycles{};
  cycles[kMultipliers] = cost.steps * cost.step.mac;
  cycles[kIfmapBus] = cost.steps * cost.step.bus;
  cycles[kFilterBus] = cost.filters;
  cycles[kCollectorPort] = cost.steps * cost.step.collect;
  cycles[kDram] = cost.memory;
  return cycles;
}

}  // namespace weft
