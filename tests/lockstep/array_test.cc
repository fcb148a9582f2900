// SPDX-License-Identifier: Apache-2.0
// weft_array against model/array.h and the plainest loop nest: random patterns (segments, void and
// disabled PEs, streams and filter sets), passes back to back with different fields and patterns,
// random stalls of every port.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "Varray_168.h"
#include "Varray_ecp5.h"
#include "Varray_nano.h"
#include "Varray_odd.h"
#include "Varray_one.h"
#include "Varray_segs.h"
#include "model/array.h"
#include "model/spec_gen.h"
#include "tests/lockstep/array_stimulus.h"
#include "tests/lockstep/bench.h"

namespace weft::lockstep {
namespace {

using model::ArrayParams;

struct PeId {
  int act = 0, fid = 0;
  bool is_void = false, enabled = false;
};

struct PassCase {
  Shape shape;
  int segs, pattern;
  bool new_map;             // the pattern is loaded before this pass
  std::vector<PeId> ids;    // row-major
  std::vector<Stream> streams;
  int sets;
  std::vector<Filter> filters;  // [set][row]
  std::vector<int> units;       // in the collector's order
  int filter_parity;
  int valid_delay, filter_delay;
};

struct Case {
  uint64_t seed;
  ArrayParams a;
  std::vector<PassCase> passes;
  StallPattern act, flt, out;
};

// Row of the first PE of segment g of s, and behind the last.
int SegmentBegin(const ArrayParams& a, int segs, int g) { return g * (a.rows / segs); }
int SegmentEnd(const ArrayParams& a, int segs, int g) {
  return g == segs - 1 ? a.rows : (g + 1) * (a.rows / segs);
}

void RandomMap(Random* random, const ArrayParams& a, PassCase* p, int streams) {
  Random& r = *random;
  p->segs = r.Int(1, a.segs);
  p->ids.assign(static_cast<size_t>(a.rows) * a.cols, PeId());
  const int style = r.Int(0, 2);
  const double voids = r.Chance(0.5) ? 0.0 : 0.3, empty = r.Chance(0.5) ? 0.0 : 0.3;
  bool any = false;
  while (!any) {
    for (int c = 0; c < a.cols; ++c)
      for (int g = 0; g < p->segs; ++g) {
        const int begin = SegmentBegin(a, p->segs, g), end = SegmentEnd(a, p->segs, g);
        const int enabled = r.Chance(empty) ? r.Int(0, end - begin) : end - begin;
        for (int row = begin; row < end; ++row) {
          PeId& id = p->ids[static_cast<size_t>(row) * a.cols + c];
          id.enabled = row - begin < enabled;
          any |= id.enabled;
          id.is_void = r.Chance(voids);
          id.act = style == 0 ? r.Int(0, streams - 1) : style == 1 ? (row + c) % streams : row % streams;
          id.fid = r.Int(0, p->sets - 1);
        }
      }
  }
}

Case RandomCase(uint64_t seed, const ArrayParams& a) {
  Random r(seed);
  Case c;
  c.seed = seed;
  c.a = a;
  const double stall[] = {0.0, 0.0, 0.3, 0.6, 0.9};
  c.act = {r.Next(), stall[r.Int(0, 4)]};
  c.flt = {r.Next(), stall[r.Int(0, 3)]};
  c.out = {r.Next(), stall[r.Int(0, 4)]};
  const int passes = r.Int(1, 5);
  const double zeros[] = {0.0, 0.3, 0.6, 0.9, 1.0};
  for (int k = 0; k < passes; ++k) {
    PassCase p;
    p.shape = RandomShape(&r, a.pe);
    p.shape.f.copy = k & 1;
    p.shape.f.steps = std::min(p.shape.f.steps, 10);
    p.filter_parity = r.Int(0, 1);
    p.new_map = k == 0 || r.Chance(0.6);
    // A new pattern never in the place of the last pass's; else one that was loaded before.
    p.pattern = k == 0 ? r.Int(0, a.patterns - 1) : (c.passes[k - 1].pattern + r.Int(1, a.patterns - 1)) % a.patterns;
    int from = k - 1;
    for (int earlier = k - 2; !p.new_map && earlier >= 0; --earlier)
      if (c.passes[earlier].pattern == p.pattern) {
        from = earlier;
        break;
      }
    if (!p.new_map) p.pattern = c.passes[from].pattern;
    if (p.new_map) {
      const int streams = r.Int(1, std::min(a.rows * a.cols, 6));
      p.sets = r.Int(1, std::clamp(a.cols * a.segs, 2, 3));
      RandomMap(&r, a, &p, streams);
      p.streams.resize(streams);
    } else {
      p.sets = c.passes[from].sets;
      p.segs = c.passes[from].segs;
      p.ids = c.passes[from].ids;
      p.streams.resize(c.passes[from].streams.size());
    }
    const bool extreme = r.Chance(0.1);
    const double z = zeros[r.Int(0, 4)];
    for (Stream& s : p.streams) s = RandomStream(&r, p.shape, a.pe, z, extreme, false);
    for (int k2 = 0; k2 < p.sets * a.rows; ++k2)
      p.filters.push_back(RandomFilter(&r, p.shape, a.pe, zeros[r.Int(0, 2)], extreme));
    for (int u = 0; u < a.cols * a.segs; ++u) {
      const int g = u % a.segs;
      if (g < p.segs && p.ids[static_cast<size_t>(SegmentBegin(a, p.segs, g)) * a.cols + u / a.segs].enabled)
        p.units.push_back(u);
    }
    for (size_t n = p.units.size(); n > 1; --n) std::swap(p.units[n - 1], p.units[r.Int(0, static_cast<int>(n) - 1)]);
    p.valid_delay = r.Chance(0.5) ? 0 : r.Int(0, 40);
    p.filter_delay = r.Chance(0.5) ? 0 : r.Int(0, 60);
    c.passes.push_back(p);
  }
  return c;
}

struct Result {
  Trace act, rows;
  model::ArrayEvents events = {};
  int64_t classes[spec::kClassCount] = {};
  Cycle end = 0;
};

// The feeder's order. A pattern has no stream without a listener: such tokens would outlast the pass.
struct BusItem {
  int id;
  const Stream::Token* token;
};
std::vector<BusItem> BusOrder(const PassCase& p) {
  std::vector<BusItem> out;
  std::vector<bool> heard(p.streams.size());
  for (const PeId& id : p.ids)
    if (id.enabled && !id.is_void) heard[id.act] = true;
  const int end = (p.shape.f.steps - 1) * p.shape.f.stride + p.shape.f.taps;
  for (int x = 0; x < end; ++x)
    for (size_t k = 0; k < p.streams.size(); ++k) {
      const Stream& s = p.streams[k];
      if (heard[k] && x >= s.first && x < s.first + s.count) out.push_back({static_cast<int>(k), &s.tokens[x - s.first]});
    }
  return out;
}

int MapWords(const ArrayParams& a) { return (a.rows * a.cols + 1) / 2; }
// Filter words that the pass uses, of every set.
int FilterBeats(const PassCase& p) {
  const model::PePass& f = p.shape.f;
  return f.dw ? f.filter_stride : f.groups * f.filter_stride;
}

struct Schedule {
  explicit Schedule(const Case& c)
      : c_(c), valid(c.passes.size(), kNever), filters(valid), popped(valid), freed(valid) {}
  // First cycle of the pass's map words. The pass before last is over.
  Cycle MapBegin(size_t k) const {
    Cycle from = k == 0 ? 0 : valid[k - 1] + 1;
    const size_t slots = c_.a.pe.pass_slots;
    if (k >= slots) from = std::max(from, freed[k - slots] + 1);
    return from;
  }
  Cycle Valid(size_t k) const {
    return MapBegin(k) + (c_.passes[k].new_map ? MapWords(c_.a) : 0) + 1 + c_.passes[k].valid_delay;
  }
  // A pass is over when its last row is popped; if it has only void PEs, not before its filters.
  bool Free(size_t k) {
    if (popped[k] == kNever || filters[k] == kNever) return false;
    freed[k] = std::max(popped[k], filters[k]) + 1;
    return true;
  }
  const Case& c_;
  std::vector<Cycle> valid, filters, popped, freed;
};

Result RunTwin(const Case& c) {
  Result out;
  auto array = std::make_unique<model::Array>(c.a);
  Schedule when(c);
  const size_t passes = c.passes.size();
  size_t told = 0, bus_pass = 0, bus_item = 0, done = 0, freed = 0;
  std::vector<std::vector<BusItem>> bus;
  for (const PassCase& p : c.passes) bus.push_back(BusOrder(p));
  Cycle act_free = 0, flt_free = 0, filters = 0, popped = -1;
  int step = 0, row = 0;
  size_t unit = 0;
  bool again = true;
  while (again) {
    again = false;
    if (told < passes && freed + c.a.pe.pass_slots > told) {
      const PassCase& p = c.passes[told];
      const Cycle valid = when.valid[told] = when.Valid(told);
      if (p.new_map)
        for (int pe = 0; pe < c.a.rows * c.a.cols; ++pe)
          array->Map(p.pattern, pe, p.ids[pe].act, p.ids[pe].fid, p.ids[pe].is_void, p.ids[pe].enabled);
      array->AddPass({p.shape.f, p.segs, p.pattern}, valid);
      Cycle t = std::max(flt_free, valid);
      std::vector<int16_t> beat(static_cast<size_t>(c.a.rows) * c.a.pe.lanes);
      for (int set = 0; set < p.sets; ++set)
        for (int addr = 0; addr < FilterBeats(p); ++addr) {
          for (int r = 0; r < c.a.rows; ++r)
            for (int l = 0; l < c.a.pe.lanes; ++l)
              beat[r * c.a.pe.lanes + l] = p.filters[set * c.a.rows + r].words[addr * c.a.pe.lanes + l];
          array->WriteFilter(p.pattern, set, p.shape.f.copy, addr, beat.data(), p.filter_parity);
          t = c.flt.NextOpen(t) + 1;
        }
      flt_free = t;
      filters = std::max(filters, t + p.filter_delay);
      when.filters[told] = filters;
      array->FiltersLoaded(static_cast<int>(told), filters);
      ++told;
      again = true;
    }
    while (bus_pass < told) {
      if (bus_item == bus[bus_pass].size()) {
        ++bus_pass;
        bus_item = 0;
        continue;
      }
      const PassCase& p = c.passes[bus_pass];
      const BusItem& item = bus[bus_pass][bus_item];
      Cycle t = array->HeadReady(static_cast<int>(bus_pass), item.id, p.shape.rpt,
                                 std::max(act_free, when.valid[bus_pass]));
      if (t == kNever) break;
      for (size_t b = 0; b < item.token->beats.size(); ++b) {
        t = c.act.NextOpen(t);
        out.act.push_back({t, {static_cast<int64_t>(bus_pass), static_cast<int64_t>(bus_item), static_cast<int64_t>(b)}});
        ++t;
      }
      act_free = t;
      array->Token(static_cast<int>(bus_pass), item.id,
                   {item.token->x & 15, item.token->eos, item.token->rows,
                    static_cast<int>(item.token->values.size()), item.token->values.data(), item.token->offsets.data()},
                   t - 1);
      ++bus_item;
      again = true;
    }
    array->Advance();
    while (done < told) {
      const PassCase& p = c.passes[done];
      const int u = p.units[unit];
      const model::Gather& g = array->unit(u);
      if (!g.HasRow()) break;
      popped = c.out.NextOpen(std::max({popped + 1, g.RowVisible(), when.valid[done]}));
      std::vector<int64_t> values = {u};
      for (int k = 0; k < g.RowCount(); ++k) values.push_back(g.RowWords()[k]);
      out.rows.push_back({popped, values});
      array->Pop(u, popped);
      again = true;
      if (++row < (p.shape.f.p + c.a.post_lanes - 1) / c.a.post_lanes) continue;
      row = 0;
      if (++unit < p.units.size()) continue;
      unit = 0;
      if (++step < p.shape.f.steps) continue;
      step = 0;
      when.popped[done++] = popped;
    }
    while (freed < done && when.Free(freed)) ++freed;
  }
  EXPECT_EQ(freed, passes) << "twin is stuck, seed " << c.seed;
  if (freed == passes) out.end = when.freed[passes - 1];
  out.events = array->events();
  array->CountClasses(0, out.end, out.classes);
  return out;
}

template <typename V>
void SetField(V* v, int slot, const spec::Field& f, int64_t value) {
  Poke(&v->pass_i, slot * 288 + f.word * 32 + f.lsb, f.width, static_cast<uint64_t>(value));
}

template <typename V>
void DrivePass(V* v, const PassCase& p, int s, Random* noise) {
  const model::PePass& f = p.shape.f;
  for (int w = 0; w < 9; ++w) Poke(&v->pass_i, s * 288 + w * 32, 32, noise->Next() & 0xffffffff);
  SetField(v, s, spec::kPassPattern, p.pattern);
  SetField(v, s, spec::kPassCopy, f.copy);
  SetField(v, s, spec::kPassDw, f.dw);
  SetField(v, s, spec::kPassMax, f.max);
  SetField(v, s, spec::kPassSegs, p.segs);
  SetField(v, s, spec::kPassParity, f.parity);
  SetField(v, s, spec::kPassSteps, f.steps);
  SetField(v, s, spec::kPassTaps, f.taps);
  SetField(v, s, spec::kPassStride, f.stride);
  SetField(v, s, spec::kPassRpt, p.shape.rpt);
  SetField(v, s, spec::kPassGroups, f.groups);
  SetField(v, s, spec::kPassTapStride, f.tap_stride);
  SetField(v, s, spec::kPassFilterStride, f.filter_stride);
  SetField(v, s, spec::kPassStepStride, f.step_stride);
  SetField(v, s, spec::kPassP, f.p);
}

uint32_t MapEntry(const PassCase& p, size_t pe) {
  if (pe >= p.ids.size()) return 0;
  const PeId& id = p.ids[pe];
  return static_cast<uint32_t>(id.act | id.fid << 8 | id.is_void << 14 | id.enabled << 15);
}

template <typename V>
Result RunRtl(V* v, const Case& c, Cycle limit) {
  Result out;
  Schedule when(c);
  Random noise(c.seed ^ 0x5555);
  const size_t passes = c.passes.size();
  const int b_lanes = c.a.pe.win_lanes, off_bits = __builtin_ctz(c.a.pe.filter_depth);
  v->rst_ni = 0;
  v->pass_valid_i = v->pass_phase_i = v->filter_ok_i = 0;
  v->act_valid_i = v->flt_valid_i = v->row_pop_i = v->map_we_i = 0;
  for (int k = noise.Int(1, 3) + c.a.pe.psum_rows / c.a.pe.psum_banks; k > 0; --k) {
    v->clk_i = 0;
    v->eval();
    v->clk_i = 1;
    v->eval();
  }
  v->rst_ni = 1;
  size_t told = 0, done = 0, freed = 0, bus_pass = 0, bus_item = 0, bus_beat = 0, flt_pass = 0, ok_pass = 0;
  int flt_set = 0, flt_addr = 0, step = 0, row = 0;
  size_t unit = 0;
  std::vector<Cycle> loaded(passes, kNever);
  std::vector<std::vector<BusItem>> bus;
  for (const PassCase& p : c.passes) bus.push_back(BusOrder(p));
  Cycle over = kNever;
  for (Cycle t = 0; t < limit && t < over + 8; ++t) {
    v->clk_i = 0;
    // Patterns and pass table
    while (freed < done && when.Free(freed)) ++freed;
    if (freed == passes && over == kNever) out.end = over = when.freed[passes - 1];
    v->map_we_i = noise.Int(0, 1);
    v->map_kind_i = noise.Int(1, 3);
    v->map_pattern_i = noise.Int(0, 3);
    v->map_index_i = noise.Int(0, 511);
    v->map_data_i = static_cast<uint32_t>(noise.Next());
    if (told < passes && freed + c.a.pe.pass_slots > told) {
      const PassCase& p = c.passes[told];
      const Cycle word = t - when.MapBegin(told);
      if (p.new_map && word >= 0 && word < MapWords(c.a)) {
        v->map_we_i = 1;
        v->map_kind_i = 0;
        v->map_pattern_i = p.pattern;
        v->map_index_i = static_cast<int>(word);
        v->map_data_i = MapEntry(p, 2 * word) | MapEntry(p, 2 * word + 1) << 16;
      }
      if (t == when.Valid(told)) {
        for (int s = 0; s < 2; ++s)
          if (c.a.pe.pass_slots == 1 || s == static_cast<int>(told & 1)) DrivePass(v, p, s, &noise);
        when.valid[told] = t;
        Poke(&v->pass_valid_i, told & 1, 1, 1);
        Poke(&v->pass_phase_i, told & 1, 1, told >> 1);
        Poke(&v->filter_ok_i, told & 1, 1, 0);
        ++told;
      }
    }
    // Filter bus
    v->flt_valid_i = 0;
    v->flt_pattern_i = noise.Int(0, 3);
    v->flt_set_i = noise.Int(0, 3);
    v->flt_copy_i = noise.Int(0, 1);
    v->flt_parity_i = noise.Int(0, 1);
    if (flt_pass < told && c.flt.Open(t)) {
      const PassCase& p = c.passes[flt_pass];
      v->flt_valid_i = 1;
      v->flt_pattern_i = p.pattern;
      v->flt_set_i = flt_set;
      v->flt_copy_i = p.shape.f.copy;
      v->flt_addr_i = flt_addr;
      v->flt_parity_i = p.filter_parity;
      for (int r = 0; r < c.a.rows; ++r)
        for (int l = 0; l < c.a.pe.lanes; ++l)
          Poke(&v->flt_data_i, 9 * (r * c.a.pe.lanes + l), 9,
               p.filters[flt_set * c.a.rows + r].words[flt_addr * c.a.pe.lanes + l] & 511);
      if (++flt_addr == FilterBeats(p)) {
        flt_addr = 0;
        if (++flt_set == p.sets) {
          flt_set = 0;
          loaded[flt_pass++] = t + 1;
        }
      }
    }
    while (ok_pass < told && loaded[ok_pass] != kNever && t >= loaded[ok_pass] + c.passes[ok_pass].filter_delay)
      when.filters[ok_pass] = t, Poke(&v->filter_ok_i, ok_pass++ & 1, 1, 1);
    // Ifmap bus
    while (bus_pass < told && bus_item == bus[bus_pass].size()) ++bus_pass, bus_item = 0;
    const bool offer = bus_pass < told && c.act.Open(t);
    v->act_valid_i = offer;
    v->act_id_i = noise.Int(0, 7);
    v->act_slot_i = noise.Int(0, 1);
    v->act_head_i = noise.Int(0, 1);
    v->act_last_i = noise.Int(0, 1);
    v->act_eos_i = noise.Int(0, 1);
    v->act_x_i = noise.Int(0, 63);
    v->act_n_i = noise.Int(0, b_lanes);
    if (offer) {
      const BusItem& item = bus[bus_pass][bus_item];
      const Stream::Beat& beat = item.token->beats[bus_beat];
      v->act_id_i = item.id;
      v->act_slot_i = bus_pass & 1;
      v->act_head_i = bus_beat == 0;
      v->act_last_i = bus_beat + 1 == item.token->beats.size();
      v->act_eos_i = item.token->eos;
      v->act_x_i = item.token->x & 63;
      v->act_n_i = beat.n;
      for (int e = 0; e < b_lanes; ++e) {
        Poke(&v->act_val_i, 9 * e, 9, e < beat.n ? item.token->values[beat.at + e] & 511 : noise.Next() & 511);
        Poke(&v->act_off_i, off_bits * e, off_bits,
             e < beat.n ? item.token->offsets[beat.at + e] : noise.Next() & (c.a.pe.filter_depth - 1));
      }
    }
    // Collector
    const bool collecting = done < told;
    v->unit_i = collecting ? c.passes[done].units[unit] : 0;
    v->row_pop_i = 0;
    v->eval();
    if (collecting && v->row_valid_o && c.out.Open(t)) {
      const PassCase& p = c.passes[done];
      v->row_pop_i = 1;
      v->eval();
      std::vector<int64_t> values = {p.units[unit]};
      const int count = std::min(c.a.post_lanes, p.shape.f.p - row * c.a.post_lanes);
      for (int k = 0; k < count; ++k) values.push_back(static_cast<int32_t>(Peek32(v->row_data_o, k)));
      out.rows.push_back({t, values});
      if (++row == (p.shape.f.p + c.a.post_lanes - 1) / c.a.post_lanes) {
        row = 0;
        if (++unit == p.units.size()) {
          unit = 0;
          if (++step == p.shape.f.steps) {
            step = 0;
            when.popped[done++] = t;
          }
        }
      }
    }
    if (offer && v->act_ready_o) {
      out.act.push_back({t, {static_cast<int64_t>(bus_pass), static_cast<int64_t>(bus_item), static_cast<int64_t>(bus_beat)}});
      if (++bus_beat == bus[bus_pass][bus_item].token->beats.size()) {
        bus_beat = 0;
        ++bus_item;
      }
    }
    if (t < over) ++out.classes[v->class_o];
    for (int k = 0; k < 2; ++k) {
      auto half = [k](uint32_t sums) { return static_cast<int64_t>(sums >> (16 * k) & 0xffff); };
      // The first cycle shows what reset left.
      out.events.pe.mac[k] += half(v->ev_mac_o);
      out.events.pe.gated[k] += half(v->ev_gated_o);
      out.events.pe.psum_rd[k] += half(v->ev_psum_rd_o);
      out.events.pe.psum_wr[k] += half(v->ev_psum_wr_o);
      out.events.pe.chain[k] += half(v->ev_chain_o);
      out.events.filter_words[k] += half(v->ev_fw_o);
      out.events.window_entries[k] += half(v->ev_ifw_o);
    }
    v->clk_i = 1;
    v->eval();
  }
  return out;
}

// One line a pass, for the reader of a failure.
std::string Describe(const Case& c) {
  std::string out;
  for (const PassCase& p : c.passes) {
    const model::PePass& f = p.shape.f;
    char line[256];
    std::snprintf(line, sizeof line,
                  "\n  pattern %d new %d segs %d streams %zu units %zu dw %d max %d steps %d taps %d stride %d "
                  "groups %d p %d q %d rpt %d",
                  p.pattern, p.new_map, p.segs, p.streams.size(), p.units.size(), f.dw, f.max, f.steps, f.taps,
                  f.stride, f.groups, f.p, p.shape.q, p.shape.rpt);
    out += line;
  }
  return out;
}

std::string Compare(const Case& c, const Result& twin, const Result& rtl) {
  std::string d = Difference("act", c.seed, twin.act, rtl.act);
  if (d.empty()) d = Difference("row", c.seed, twin.rows, rtl.rows);
  if (!d.empty()) return d + Describe(c);
  auto number = [&](const char* name, int64_t a, int64_t b) {
    if (a != b && d.empty())
      d = "seed " + std::to_string(c.seed) + " " + name + ": twin " + std::to_string(a) + ", rtl " +
          std::to_string(b) + Describe(c);
  };
  for (int k = 0; k < 2; ++k) {
    number("mac", twin.events.pe.mac[k], rtl.events.pe.mac[k]);
    number("gated", twin.events.pe.gated[k], rtl.events.pe.gated[k]);
    number("psum_rd", twin.events.pe.psum_rd[k], rtl.events.pe.psum_rd[k]);
    number("psum_wr", twin.events.pe.psum_wr[k], rtl.events.pe.psum_wr[k]);
    number("chain", twin.events.pe.chain[k], rtl.events.pe.chain[k]);
    number("filter words", twin.events.filter_words[k], rtl.events.filter_words[k]);
    number("window entries", twin.events.window_entries[k], rtl.events.window_entries[k]);
  }
  number("end", twin.end, rtl.end);
  for (int k = 0; k < spec::kClassCount; ++k)
    number(("class " + std::to_string(k)).c_str(), twin.classes[k], rtl.classes[k]);
  return d;
}

std::string CompareWithLoops(const Case& c, const Result& twin) {
  size_t at = 0;
  for (const PassCase& p : c.passes)
    for (int n = 0; n < p.shape.f.steps; ++n)
      for (int u : p.units)
        for (int w = 0; w < p.shape.f.p; w += c.a.post_lanes, ++at)
          for (int k = w; k < std::min(w + c.a.post_lanes, p.shape.f.p); ++k) {
            int32_t sum = 0;
            const int g = u % c.a.segs, col = u / c.a.segs;
            for (int r = SegmentBegin(c.a, p.segs, g); r < SegmentEnd(c.a, p.segs, g); ++r) {
              const PeId& id = p.ids[static_cast<size_t>(r) * c.a.cols + col];
              if (!id.enabled || id.is_void) continue;
              const int32_t own = PlainSum(p.shape, p.streams[id.act], p.filters[id.fid * c.a.rows + r], n, k);
              sum = p.shape.f.max ? std::max(sum, own) : WrapAdd(sum, own);
            }
            if (at >= twin.rows.size() || twin.rows[at].values[1 + k - w] != sum)
              return "seed " + std::to_string(c.seed) + " row " + std::to_string(at) + " word " +
                     std::to_string(k - w) + ": loops " + std::to_string(sum);
          }
  return at == twin.rows.size() ? "" : "more rows than loops";
}

template <typename V>
void RunVariant(const char* name, const ArrayParams& a, int cases, uint64_t base) {
  int64_t done = 0, events = 0, cycles = 0;
  for (int seed = 1; seed <= 2; ++seed) {
    auto context = std::make_unique<VerilatedContext>();
    context->randSeed(seed);
    context->randReset(2);
    auto v = std::make_unique<V>(context.get());
    for (int k = 0; k < cases / 2; ++k) {
      const Case c = RandomCase(base + static_cast<uint64_t>(k) * 2 + static_cast<uint64_t>(seed), a);
      const Result twin = RunTwin(c);
      if (testing::Test::HasFailure()) return;
      ASSERT_EQ(CompareWithLoops(c, twin), "") << name << Describe(c);
      const Result rtl = RunRtl(v.get(), c, twin.end + 1000);
      const std::string difference = Compare(c, twin, rtl);
      ASSERT_TRUE(difference.empty()) << name << " randSeed " << seed << ": " << difference;
      if (k % 5 == 0) RunRtl(v.get(), c, twin.end / 2);  // broken off by the next one's reset
      ++done;
      events += static_cast<int64_t>(rtl.act.size() + rtl.rows.size());
      cycles += rtl.end;
    }
    v->final();
  }
  std::printf("array %s: %lld cases, %lld port events equal, %lld cycles\n", name, static_cast<long long>(done),
              static_cast<long long>(events), static_cast<long long>(cycles));
}

//                          Rows Cols Segs  Lanes Filter Win B Cols Psum Banks Steps  Post Out Patterns
const ArrayParams kOne =   {1,   1,   1,   {1,    16,    4,  1, 4,   4,   2,    2},   1,   2,   2};
const ArrayParams kNano =  {2,   1,   1,   {2,    128,   32, 1, 4,   16,  1,    2, 1},   1,   1,   2};
const ArrayParams kOdd =   {5,   7,   2,   {1,    64,    16, 3, 8,   16,  2,    4},   4,   3,   2};
const ArrayParams kSegs =  {7,   3,   4,   {2,    32,    8,  2, 4,   8,   4,    2},   8,   4,   4};
const ArrayParams kEcp5 =  {8,   4,   2,   {2,    256,   128, 2, 16,  32,  2,    8},   4,   8,   2};
const ArrayParams k168 =   {12,  14,  4,   {1,    256,   16, 8, 16,  64,  4,    16},  8,   4,   4};

TEST(ArrayLockstep, One) { RunVariant<Varray_one>("1x1", kOne, 240, 1000000); }
TEST(ArrayLockstep, Nano) { RunVariant<Varray_nano>("nano", kNano, 240, 2000000); }
TEST(ArrayLockstep, Odd) { RunVariant<Varray_odd>("5x7 odd", kOdd, 240, 3000000); }
TEST(ArrayLockstep, Segments) { RunVariant<Varray_segs>("7x3, 4 segments", kSegs, 240, 4000000); }
TEST(ArrayLockstep, Ecp5) { RunVariant<Varray_ecp5>("ecp5", kEcp5, 120, 5000000); }
TEST(ArrayLockstep, Weft168) { RunVariant<Varray_168>("weft168", k168, 20, 6000000); }

// A zero activation costs no multiplier cycle: all PEs get one stream whose columns and sums fit,
// so the array is busy for exactly the sum of 1 + G * nonzeros (dw: 1 + nonzeros).
template <typename V>
void RunClosedForm(const char* name, const ArrayParams& a) {
  auto context = std::make_unique<VerilatedContext>();
  auto v = std::make_unique<V>(context.get());
  int64_t steps = 0;
  for (uint64_t k = 0; k < 40; ++k) {
    Random r(k + 99);
    Case c;
    c.seed = k;
    c.a = a;
    PassCase p;
    p.streams.resize(1);
    Stream& s = p.streams[0];
    do {
      p.shape = RandomShape(&r, a.pe);
      s = RandomStream(&r, p.shape, a.pe, r.Int(0, 10) / 10.0, false, false);
    } while (s.count > a.pe.col_slots || s.count * p.shape.rpt > a.pe.win_rows ||
             p.shape.f.steps > std::min(a.pe.step_slots, p.shape.f.dw ? a.pe.psum_banks
                                                                      : a.pe.psum_rows / p.shape.f.groups));
    p.shape.f.copy = 0;
    p.segs = r.Int(1, a.segs);
    p.pattern = 0;
    p.new_map = true;
    p.sets = 1;
    p.ids.assign(static_cast<size_t>(a.rows) * a.cols, {0, 0, false, true});
    for (int n = 0; n < a.rows; ++n) p.filters.push_back(RandomFilter(&r, p.shape, a.pe, 0.2, false));
    for (int u = 0; u < a.cols * a.segs; ++u)
      if (u % a.segs < p.segs) p.units.push_back(u);
    p.filter_parity = p.valid_delay = 0;
    p.filter_delay = 200;  // tokens arrive before
    c.passes.push_back(p);
    int64_t expected = 0, nonzeros = 0;
    for (int n = 0; n < p.shape.f.steps; ++n, ++steps) {
      int64_t in_window = 0;
      for (int tap = 0; tap < p.shape.f.taps; ++tap) {
        const int column = n * p.shape.f.stride + tap - s.first;
        if (column < 0 || column >= s.count) continue;
        for (int q = 0; q < p.shape.q; ++q) in_window += s.dense[static_cast<size_t>(column) * p.shape.q + q] != 0;
      }
      expected += 1 + in_window * (p.shape.f.dw ? 1 : p.shape.f.groups);
      nonzeros += in_window;
    }
    const Result rtl = RunRtl(v.get(), c, 100000);
    ASSERT_EQ(rtl.classes[spec::kClassBusy], expected) << name << " case " << k;
    const int64_t pes = static_cast<int64_t>(a.rows) * a.cols;
    const int parity = p.shape.f.parity;
    ASSERT_EQ(rtl.events.pe.mac[parity] + rtl.events.pe.gated[parity],
              pes * nonzeros * (p.shape.f.dw ? 1 : p.shape.f.groups * a.pe.lanes));
    ASSERT_EQ(CompareWithLoops(c, rtl), "");
  }
  std::printf("array %s closed form: 40 passes, %lld steps of exactly 1 + G * nonzeros cycles\n", name,
              static_cast<long long>(steps));
}
TEST(ArrayClosedForm, Odd) { RunClosedForm<Varray_odd>("odd", kOdd); }
TEST(ArrayClosedForm, Ecp5) { RunClosedForm<Varray_ecp5>("ecp5", kEcp5); }

}  // namespace
}  // namespace weft::lockstep
