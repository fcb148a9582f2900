// SPDX-License-Identifier: Apache-2.0
// Timed twin of rtl/array/weft_array.sv: the PEs and gather buffers, the buses between them, event
// counts and classes of cycles. A token is accepted when all its targets are ready; each link
// register and each output unit takes its words one by one, pass after pass:
//   link (i):  t = max(own word available, last word taken, word below loaded + 1)
//   unit (u):  taken = max(loaded by its top PE + 1, taken before + 1, row free)
// The host tells passes, filters, tokens and pops as it learns their cycles; Advance() then finds
// every time that follows. Nothing is computed twice, nothing is stepped by cycles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/gather.h"
#include "model/pe.h"
#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

struct ArrayParams {
  int rows, cols, segs;
  PeParams pe;
  int post_lanes, out_rows;
  int patterns = 4;  // a power of two
};

struct ArrayPass {
  PePass pe;
  int segs = 1, pattern = 0;
};

struct ArrayEvents {  // by layer parity
  PeEvents pe;
  int64_t filter_words[2], window_entries[2];
};

class Array {
 public:
  explicit Array(const ArrayParams& params) : p_(params) { Reset(); }

  void Reset() {
    const int pes = p_.rows * p_.cols;
    ids_.assign(p_.patterns, std::vector<Id>(pes));
    pes_.clear();
    pes_.reserve(pes);
    busy_.Clear();
    full_.Clear();
    mine_.Clear();
    events_ = ArrayEvents();
    for (int k = 0; k < pes; ++k) pes_.emplace_back(p_.pe, &events_.pe, &busy_, &full_, &mine_);
    links_.assign(pes, Link());
    units_.assign(p_.cols * p_.segs, Unit(p_.post_lanes, p_.out_rows));
    news_.assign(p_.cols, News());
    passes_ = 0;
  }

  void Map(int pattern, int pe, int act_id, int fid, bool is_void, bool enabled) {
    ids_[pattern & (p_.patterns - 1)][pe] = {act_id, fid, is_void, enabled};
  }

  // The next pass, whose slot is seen valid from `valid` on; its pattern is in the tables.
  void AddPass(const ArrayPass& pass, Cycle valid) {
    Slot& s = slots_[passes_ & 1];
    s.pass = pass;
    const std::vector<Id>& ids = ids_[pass.pattern & (p_.patterns - 1)];
    const int height = p_.rows / pass.segs;
    for (int r = 0; r < p_.rows; ++r) {
      const bool top = r % height == 0 && r / height < pass.segs;
      s.unit_of_row[r] = top ? r / height : -1;
    }
    for (int pe = 0; pe < p_.rows * p_.cols; ++pe) {
      const int r = pe / p_.cols;
      const bool bottom =
          r == p_.rows - 1 || s.unit_of_row[r + 1] >= 0 || !ids[pe + p_.cols].enabled;
      const PeMode mode = !ids[pe].enabled ? PeMode::kDisabled
                          : ids[pe].is_void ? PeMode::kVoid
                                            : PeMode::kActive;
      pes_[pe].AddPass(pass.pe, mode, bottom, valid, &s.filters[r][ids[pe].fid]);
    }
    // Who listens to which stream.
    for (auto& list : s.targets) list.clear();
    for (int pe = 0; pe < p_.rows * p_.cols; ++pe)
      if (ids[pe].enabled && !ids[pe].is_void) s.targets[ids[pe].act].push_back(pe);
    for (int u = 0; u < p_.cols * p_.segs; ++u) {
      const int g = u % p_.segs;
      if (g >= pass.segs || !ids[g * height * p_.cols + u / p_.segs].enabled) continue;
      const int end = g == pass.segs - 1 ? p_.rows : (g + 1) * height;
      int bottom = g * height;
      while (bottom + 1 < end && ids[(bottom + 1) * p_.cols + u / p_.segs].enabled) ++bottom;
      units_[u].takes[units_[u].takes[0].pass == kNone ? 0 : 1] = {passes_, g * height, bottom};
    }
    ++passes_;
    TellAll();
  }
  void FiltersLoaded(int pass, Cycle cycle) {
    TellAll();
    for (Pe& pe : pes_) pe.FiltersLoaded(pass, cycle);
  }

  // A beat of the filter bus: lanes of row r at data[r * lanes]. A set's beats come from address 0
  // on, and no pattern changes between them.
  void WriteFilter(int pattern, int set, int copy, int addr, const int16_t* data, int parity) {
    if (addr == 0) {
      listeners_.clear();
      for (int pe = 0; pe < p_.rows * p_.cols; ++pe) {
        const Id& id = ids_[pattern & (p_.patterns - 1)][pe];
        if (id.enabled && id.fid == set) listeners_.push_back({pe, pe / p_.cols * p_.pe.lanes});
      }
    }
    for (const auto& [pe, lane] : listeners_) pes_[pe].WriteFilter(copy, addr, data + lane);
    events_.filter_words[parity] += static_cast<int64_t>(listeners_.size());
  }

  // First cycle >= from in which the first beat of a token of at most rpt rows fires; kNever if
  // that is not known yet.
  Cycle HeadReady(int pass, int id, int rpt, Cycle from) {
    for (int pe : slots_[pass & 1].targets[id]) from = std::max(from, pes_[pe].Ready(rpt));
    return from;
  }
  void Token(int pass, int id, const PeToken& token, Cycle last_beat) {
    const Slot& s = slots_[pass & 1];
    for (int pe : s.targets[id]) {
      pes_[pe].Token(pass, token, last_beat);
      news_[pe % p_.cols].steps |= 1u << (pe / p_.cols);
    }
    events_.window_entries[s.pass.pe.parity] +=
        static_cast<int64_t>(s.targets[id].size()) * token.nonzeros;
  }

  // Everything that follows from what was told. Columns meet only at the buses.
  void Advance() {
    for (int c = 0; c < p_.cols; ++c) {
      News& news = news_[c];
      while ((news.steps | news.words) != 0) {
        for (uint32_t rows = std::exchange(news.steps, 0); rows != 0; rows &= rows - 1) {
          const int r = __builtin_ctz(rows);
          Pe& pe = pes_[r * p_.cols + c];
          while (pe.AdvanceStep()) news.words |= 1u << r;
          news.want = (news.want & ~(1u << r)) | static_cast<uint32_t>(pe.WantsRoom()) << r;
        }
        RunChains(c, &news);
        // Words of steps that the PEs above do not know yet only matter to a PE without room.
        news.words = 0;
        if (news.want != 0) MoveWords(c, &news);
      }
    }
  }

  // The collector's side of an output unit; a pop is told with Pop.
  const Gather& unit(int u) const { return units_[u].gather; }
  void Pop(int u, Cycle cycle) {
    units_[u].gather.Pop(cycle);
    news_[u / p_.segs].words |= 1u << units_[u].takes[0].top;
  }

  const ArrayEvents& events() const { return events_; }
  // Cycles first .. last-1 by class, indexed as spec::kClass...
  void CountClasses(Cycle first, Cycle last, int64_t* counts) const {
    for (Cycle c = first; c < last; ++c) {
      if ((c & 63) == 0 && c + 64 <= last) {
        const size_t k = static_cast<size_t>(c) >> 6;
        const uint64_t busy = busy_.Word(k), full = full_.Word(k) & ~busy,
                       mine = mine_.Word(k) & ~busy & ~full;
        const int claimed[3] = {__builtin_popcountll(busy), __builtin_popcountll(full),
                                __builtin_popcountll(mine)};
        counts[spec::kClassBusy] += claimed[0];
        counts[spec::kClassOutput] += claimed[1];
        counts[spec::kClassInput] += claimed[2];
        counts[spec::kClassIdle] += 64 - claimed[0] - claimed[1] - claimed[2];
        c += 63;
        continue;
      }
      ++counts[busy_.Has(c)   ? spec::kClassBusy
               : full_.Has(c) ? spec::kClassOutput
               : mine_.Has(c) ? spec::kClassInput
                              : spec::kClassIdle];
    }
  }

 private:
  static constexpr int kMaxRows = 32, kSets = 64, kNone = -1;
  struct Id {
    int act = 0, fid = 0;
    bool is_void = false, enabled = false;
  };
  struct Slot {
    ArrayPass pass;
    int unit_of_row[kMaxRows];  // the segment that begins in the row, or -1
    std::vector<int> targets[256];
    PassFilter filters[kMaxRows][kSets];  // by array row and filter set
  };
  struct Link {
    bool full = false;
    PeWord word;
    Cycle taken = 0;  // of the word before
  };
  struct Take {
    int pass = kNone, top = 0, bottom = 0;  // rows of the chain whose words are taken
  };
  struct Unit {
    Unit(int lanes, int rows) : gather(lanes, rows) {}
    Gather gather;
    Take takes[2];  // in order
  };
  struct News {  // rows of a column
    uint32_t steps = 0, words = 0;
    uint32_t want = 0;  // whose PEs want room
  };

  uint32_t AllRows() const { return static_cast<uint32_t>((uint64_t{1} << p_.rows) - 1); }
  void TellAll() {
    for (News& news : news_) news.steps = news.words = AllRows();
  }

  // Words up the links of column c and into its units, as far as they go. A row is looked at when
  // its link or its PE's step, the link below or the unit has changed.
  void MoveWords(int c, News* news) {
    news->words = AllRows();
    while (news->words != 0) {
      for (uint32_t rows = std::exchange(news->words, 0); rows != 0;) {
        const int r = 31 - __builtin_clz(rows);
        rows ^= 1u << r;
        Link& link = links_[c * p_.rows + r];
        if (!link.full && LoadLink(c, r, &link, news) && r > 0) rows |= 1u << (r - 1);
        if (link.full && Deliver(c, r, &link)) news->words |= 1u << r;
      }
    }
  }
  // Steps of the chains of column c that all their PEs know.
  void RunChains(int c, News* news) {
    bool again = true;
    while (again) {
      again = false;
      for (int g = 0; g < p_.segs; ++g)
        while (RunStep(c, &units_[c * p_.segs + g], news)) again = true;
    }
  }
  // A chain whose PEs all know the step whose words its top loads next: word by word from the
  // bottom up. PEs further down may be ahead. Returns whether words have moved.
  bool RunStep(int c, Unit* unit, News* news) {
    const Take take = unit->takes[0];
    if (take.pass == kNone) return false;
    if (unit->gather.Ready(0) == kNever) return false;
    Pe& top = pes_[take.top * p_.cols + c];
    Link& last = links_[c * p_.rows + take.top];
    if (last.full) return Deliver(c, take.top, &last);
    if (!top.Head() || top.HeadPass() != take.pass) return false;
    struct Row {
      Pe::Burst b;
      Pe* pe;
      Link* link;
      int next;  // word of the step
    } rows[kMaxRows];
    const int step = top.HeadStep(), words = slots_[take.pass & 1].pass.pe.p;
    const bool maximum = slots_[take.pass & 1].pass.pe.max;
    Link* below = nullptr;  // of the uppermost PE that has loaded all words of the step
    int count = 0;
    for (int r = take.bottom; r >= take.top; --r) {
      Pe& pe = pes_[r * p_.cols + c];
      Link& link = links_[c * p_.rows + r];
      const bool known = pe.Head();
      if (pe.Past(take.pass, step)) {
        below = &link;
        continue;
      }
      if (!known || pe.HeadPass() != take.pass) return false;
      if (link.full && link.word.pass != take.pass) return false;  // of another chain
      const Pe::Burst burst = pe.BeginBurst();
      rows[count++] = {burst, &pe, &link, words - burst.left};
    }
    for (int w = rows[count - 1].next; w < words; ++w) {
      if (unit->gather.Ready(0) == kNever) break;
      int first = 0;
      while (rows[first].next > w) ++first;
      Link* from = first > 0 ? rows[first - 1].link : below;
      Cycle loaded = -1;
      int32_t value = 0;
      if (from != nullptr) {
        loaded = from->word.loaded;
        value = from->word.value;
      }
      for (int j = first; j < count; ++j) {
        Pe::Burst& b = rows[j].b;
        const int32_t own = b.sums[b.at++ & b.mask];
        loaded = std::max(std::max(b.free, rows[j].link->taken), std::max(b.avail, loaded + 1));
        value = from == nullptr ? own
                : maximum       ? std::max(own, value)
                                : static_cast<int32_t>(static_cast<uint32_t>(own) +
                                                       static_cast<uint32_t>(value));
        b.free = loaded + 1;
        if (++b.lane == p_.pe.lanes) {
          b.lane = 0;
          b.avail += b.issue;
        }
        --b.left;
        ++rows[j].next;
        if (from != nullptr) {
          from->full = false;
          from->taken = loaded;
        }
        from = rows[j].link;
      }
      last.taken = unit->gather.Ready(loaded + 1);
      unit->gather.Accept(last.taken, value, w + 1 == words);
    }
    bool end = false;
    for (int j = 0; j < count; ++j) {
      end = rows[j].pe->EndBurst(rows[j].b);
      if (rows[j].pe->WantsRoom()) news->steps |= 1u << (take.top + count - 1 - j);
    }
    if (end) NextTake(c, unit);
    return true;
  }
  void NextTake(int c, Unit* unit) {
    unit->takes[0] = unit->takes[1];
    unit->takes[1] = Take();
    news_[c].words |= 1u << unit->takes[0].top;
  }
  bool LoadLink(int c, int r, Link* link, News* news) {
    Pe& pe = pes_[r * p_.cols + c];
    if (!pe.Head()) return false;
    if (pe.HeadIsBottom()) {
      pe.Load(nullptr, link->taken, &link->word);
    } else {
      Link& below = links_[c * p_.rows + r + 1];
      // A word of an earlier pass, or of a segment that ends there, is not for this PE.
      if (!below.full || below.word.pass != pe.HeadPass()) return false;
      pe.Load(&below.word, link->taken, &link->word);
      below.full = false;
      below.taken = link->word.loaded;
      news->words |= 1u << (r + 1);
    }
    link->full = true;
    if (pe.WantsRoom()) news->steps |= 1u << r;
    return true;
  }
  // The word of row r to its unit, if it is a segment's top and the unit has room.
  bool Deliver(int c, int r, Link* link) {
    const int segment = slots_[link->word.pass & 1].unit_of_row[r];
    if (segment < 0) return false;
    Unit& unit = units_[c * p_.segs + segment];
    if (unit.takes[0].pass != link->word.pass) return false;
    const Cycle cycle = unit.gather.Ready(link->word.loaded + 1);
    if (cycle == kNever) return false;
    unit.gather.Accept(cycle, link->word.value, link->word.last);
    if (link->word.end) NextTake(c, &unit);
    link->full = false;
    link->taken = cycle;
    return true;
  }

  ArrayParams p_;
  std::vector<std::vector<Id>> ids_;  // by pattern
  Slot slots_[2];
  int passes_ = 0;
  std::vector<std::pair<int, int>> listeners_;  // PEs of the filter set, and their lanes in a beat
  std::vector<Pe> pes_;
  std::vector<Link> links_;
  std::vector<Unit> units_;
  std::vector<News> news_;
  ArrayEvents events_;
  CycleSet busy_, full_, mine_;
};

}  // namespace weft::model
