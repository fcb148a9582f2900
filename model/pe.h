// SPDX-License-Identifier: Apache-2.0
// Timed twin of rtl/array/weft_pe.sv, a recurrence over steps and words:
//
//   setup(n)  = max(setup and issue of n-1 over, pass valid, filters loaded, last column needed
//               stored + 1, last word of an earlier step left + 1 until rows and slot are free)
//   finish(n) = setup(n) + groups * nonzeros   (dw: + nonzeros)
//   avail     = cycle of the word's last entry + 6; dw or no nonzeros: finish(n) + 6; a void PE's:
//               pass valid, filters loaded
//   t(i,w)    = max(avail, t(i,w-1) taken, t(below,w) + 1)
//
// A time that depends on something not told yet is unknown; the caller asks again later.
// Cycles: an input's cycle is the one in which it is first seen (pass, filters) or fires.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/products.h"
#include "model/time.h"

namespace weft::model {

// Marks over cycles, to count classes of cycles that several PEs claim.
class CycleSet {
 public:
  void Clear() { words_.clear(); }
  void Add(Cycle first, Cycle last) {  // both included; nothing if last < first
    if (last < first) return;
    const size_t lo = static_cast<size_t>(first) >> 6, hi = static_cast<size_t>(last) >> 6;
    if (words_.size() <= hi) words_.resize(hi + 1 + hi / 2);
    const uint64_t from = ~0ull << (first & 63), to = ~0ull >> (63 - (last & 63));
    if (lo == hi) {
      words_[lo] |= from & to;
      return;
    }
    words_[lo] |= from;
    for (size_t k = lo + 1; k < hi; ++k) words_[k] = ~0ull;
    words_[hi] |= to;
  }
  uint64_t Word(size_t index) const { return index < words_.size() ? words_[index] : 0; }
  bool Has(Cycle c) const { return Word(static_cast<size_t>(c) >> 6) >> (c & 63) & 1; }

 private:
  std::vector<uint64_t> words_;
};

struct PeParams {
  int lanes, filter_depth, win_rows, win_lanes, col_slots, psum_rows, psum_banks, step_slots;
  int pass_slots = 2;  // passes in flight
};

// What a PE needs of the PASS command; see spec/commands.yaml.
struct PePass {
  int steps = 1, taps = 1, stride = 1, groups = 1, p = 1;
  int tap_stride = 1, filter_stride = 1, step_stride = 1;
  int copy = 0, parity = 0;
  bool dw = false, max = false;
};

enum class PeMode { kDisabled, kVoid, kActive };

// Counts by layer parity.
struct PeEvents {
  int64_t mac[2], gated[2], psum_rd[2], psum_wr[2], chain[2];
};

struct PeToken {
  int x;                  // column; only that of a pass's first token matters (left padding)
  bool eos;
  int rows;               // beats with nonzeros
  int nonzeros;
  const int16_t* values;  // 9 bits each
  const int16_t* offsets;
};

// One word of the chain, as it stands in a link register.
struct PeWord {
  Cycle loaded;
  int32_t value;
  int pass;
  bool last, end;  // of its step, of its pass
};

// A pass's filters as its sums want them: for an address within a window the words of all groups
// side by side, `width` of them with padding, and how many of them are zero.
struct PassFilter {
  int pass = -1;  // whose it is; PEs of one array row share it if their words are equal
  int rows = 0, width = 0;
  std::vector<int16_t> words, table;
  std::vector<int16_t> zeros;
};

class Pe {
 public:
  // The sets may be null.
  Pe(const PeParams& params, PeEvents* events, CycleSet* busy, CycleSet* full, CycleSet* mine)
      : p_(params),
        events_(events),
        busy_(busy),
        full_(full),
        mine_(mine),
        bank_rows_(params.psum_rows / params.psum_banks),
        filter_(static_cast<size_t>(2) * params.filter_depth * params.lanes),
        columns_(params.col_slots),
        freed_(params.col_slots + 1),
        steps_(params.step_slots),
        left_steps_(params.step_slots + 1),
        entry_mask_(PowerOfTwo(params.win_rows * params.win_lanes) - 1),
        values_(entry_mask_ + 1),
        offsets_(entry_mask_ + 1),
        factors_(entry_mask_ + 1),
        rows_(entry_mask_ + 1),
        sum_mask_(PowerOfTwo(params.psum_rows * params.lanes) - 1),
        sums_(sum_mask_ + 1) {}

  // ---- Filter bus. The bus writes a copy only while no pass uses it.
  void WriteFilter(int copy, int addr, const int16_t* lanes) {
    int16_t* w = &filter_[(static_cast<size_t>(copy) * p_.filter_depth + addr) * p_.lanes];
    w[0] = lanes[0];
    for (int l = 1; l < p_.lanes; ++l) w[l] = lanes[l];
  }

  // ---- Passes, in order; two are in flight at most.
  // shared: null, or for all PEs that may have the same filter words.
  void AddPass(const PePass& fields, PeMode mode, bool bottom, Cycle valid,
               PassFilter* shared = nullptr) {
    Slot& s = slots_[passes_++ & 1];
    s = Slot();
    s.shared = shared;
    s.f = fields;
    s.mode = mode;
    s.bottom = bottom;
    s.valid = valid;
    PassBy();
  }
  void FiltersLoaded(int pass, Cycle cycle) { slots_[pass & 1].filter_ok = cycle; }

  // ---- Ifmap bus.
  // First cycle in which act_ready is high for a token of at most `rpt` rows, given all earlier
  // tokens; kNever if that depends on steps that are not known yet.
  Cycle Ready(int rpt) {
    while (rows_used_ + rpt > p_.win_rows || cols_used_ == p_.col_slots) {
      if (freed_count_ == 0) return kNever;
      const Freed& f = freed_[freed_head_];
      rows_used_ -= f.rows;
      cols_used_ -= f.cols;
      ready_ = f.cycle + 1;
      freed_head_ = Next(freed_head_, freed_.size());
      --freed_count_;
    }
    return ready_;
  }
  // A token whose last beat fires in `last_beat`.
  void Token(int pass, const PeToken& token, Cycle last_beat) {
    Slot& s = slots_[pass & 1];
    if (!s.seen) s.pad = token.x;
    s.seen = true;
    s.eos = token.eos;
    for (int k = 0; k < token.nonzeros; ++k) {
      values_[(entry_end_ + k) & entry_mask_] = token.values[k];
      offsets_[(entry_end_ + k) & entry_mask_] = token.offsets[k];
    }
    entry_end_ += token.nonzeros;
    columns_[Wrap(col_begin_ + cols_, columns_.size())] = {last_beat, token.rows, token.nonzeros};
    ++cols_;
    ++s.cols;
    ++cols_used_;
    rows_used_ += token.rows;
  }

  // ---- Steps: runs the next one (or passes a pass by) if its times are known.
  bool AdvanceStep() {
    if (step_pass_ == passes_) return false;
    Slot& s = slots_[step_pass_ & 1];
    const PePass& f = s.f;
    const Cycle begin = std::max(step_free_, s.valid);
    if (s.mode != PeMode::kActive) {
      if (mine_) mine_->Add(begin, begin);
      step_free_ = begin + 1;
      ++step_pass_;
      return true;
    }
    // Columns of the window, and those that the next window leaves behind.
    const int need = std::max(f.taps - s.pad, 0), pass_by = std::max(f.stride - s.pad, 0);
    wants_room_ = false;
    if (!s.seen || (!s.eos && s.cols < need)) return false;
    if (s.filter_ok == kNever) return false;
    const int cols = std::min(need, s.cols);
    const int pad_rows = f.dw ? (bank_rows_ - alloc_ % bank_rows_) % bank_rows_ : 0;
    const int rows = f.dw ? pad_rows + bank_rows_ : f.groups;
    while ((psum_used_ > 0 && psum_used_ + rows > p_.psum_rows) ||
           steps_used_ == p_.step_slots) {
      if (left_count_ == 0) {
        wants_room_ = true;
        return false;
      }
      const Left& l = left_steps_[left_head_];
      psum_used_ -= l.rows;
      --steps_used_;
      room_ = l.cycle + 1;
      left_head_ = Next(left_head_, left_steps_.size());
      --left_count_;
    }
    // With eos the step waits for the last token, else for the last column of its window; before
    // the first column is passed by, for the first token in any case.
    const Cycle stored = StoredAt(s, need);
    const Cycle setup = std::max({begin, s.filter_ok, stored + 1, room_});

    int entries = 0;
    for (int k = 0; k < cols; ++k) entries += columns_[Wrap(col_begin_ + k, columns_.size())].entries;
    Step& step = steps_[Wrap(step_head_ + step_count_, steps_.size())];
    step = {setup, entries, rows, step_pass_};
    ++step_count_;
    ++steps_used_;
    psum_used_ += rows;
    alloc_ += rows;
    if (alloc_ >= p_.psum_rows) alloc_ %= p_.psum_rows;
    Compute(&s, entries);
    const Cycle finish = setup + static_cast<Cycle>(entries) * (f.dw ? 1 : f.groups);
    if (busy_) busy_->Add(setup, finish);
    if (full_) full_->Add(begin, room_ - 1);
    if (mine_) mine_->Add(begin, finish);
    step_free_ = finish + 1;

    const bool last = s.step + 1 == f.steps;
    FreeColumns(&s, last ? s.cols : std::min(pass_by, s.cols), finish);
    s.pad = std::max(s.pad - f.stride, 0);
    s.base = (s.base + f.step_stride) & (p_.filter_depth - 1);
    ++s.step;
    if (last) ++step_pass_;
    return true;
  }

  bool WantsRoom() const { return wants_room_; }  // the next step waits for an earlier one's words

  // ---- Chain: the own word that the link register takes next.
  // False if not known yet.
  bool Head() { return left_ > 0 || FindHead(); }
  bool HeadIsBottom() const { return head_bottom_; }
  int HeadPass() const { return word_pass_; }
  // What the words of the step in hand need, to load several in one go.
  struct Burst {
    Cycle free, avail, issue;  // as in Load
    const int32_t* sums;       // sums[at & mask] is the next word's own
    size_t at, mask;
    int left, lane;
  };
  Burst BeginBurst() const {
    static constexpr int32_t kVoid[1] = {0};
    if (head_void_) return {word_free_, avail_, issue_, kVoid, 0, 0, left_, lane_};
    return {word_free_, avail_, issue_, sums_.data(), sum_begin_, sum_mask_, left_, lane_};
  }
  // Takes over what the burst has come to; returns whether the pass's last word was among it.
  bool EndBurst(const Burst& burst) {
    if (!head_void_) sum_begin_ += static_cast<size_t>(left_ - burst.left);
    word_free_ = burst.free;
    avail_ = burst.avail;
    lane_ = burst.lane;
    left_ = burst.left;
    return left_ == 0 && EndWords(word_free_ - 1);
  }
  // Whether all words of the pass's steps up to `step` have been loaded.
  bool Past(int pass, int step) const {
    return word_pass_ > pass ||
           (word_pass_ == pass && slots_[pass & 1].words_step > step);
  }
  int HeadStep() const { return slots_[word_pass_ & 1].words_step; }

  // Loads it into the register *word: below is the word of the PE below (null for the chain's
  // beginning), taken the cycle in which the register's last word was taken.
  void Load(const PeWord* below, Cycle taken, PeWord* word) {
    Cycle cycle = std::max(std::max(word_free_, taken), avail_);
    int32_t own = head_void_ ? 0 : sums_[sum_begin_++ & sum_mask_];
    if (below != nullptr) {
      cycle = std::max(cycle, below->loaded + 1);
      own = head_max_ ? std::max(own, below->value) : Add(own, below->value);
    }
    word_free_ = cycle + 1;
    if (++lane_ == p_.lanes) {
      lane_ = 0;
      avail_ += issue_;
    }
    word->loaded = cycle;
    word->value = own;
    word->pass = word_pass_;
    word->last = --left_ == 0;
    word->end = word->last && EndWords(cycle);
  }

 private:
  struct Slot {
    PePass f;
    PeMode mode = PeMode::kDisabled;
    bool bottom = false, seen = false, eos = false;
    Cycle valid = kNever, filter_ok = kNever;
    PassFilter* shared = nullptr;
    const PassFilter* filter = nullptr;  // known from the first step on
    int pad = 0;             // padding columns that the next window begins with
    int cols = 0;            // columns stored and not freed
    int step = 0, base = 0;  // next step, and step * step_stride mod FilterDepth
    int words_step = 0;
  };
  // Sums of a step: groups is 8 bits, lanes at most 2, in the hardware at most 128 leave.
  static constexpr int kMostSums = 512;
  struct Column {
    Cycle stored;
    int rows, entries;
  };
  struct Freed {
    Cycle cycle;
    int rows, cols;
  };
  struct Step {
    Cycle setup;
    int entries, rows, pass;
  };
  struct Left {
    Cycle cycle;
    int rows;
  };

  // The words of the next step, or of a void PE's share of it.
  bool FindHead() {
    if (word_pass_ == passes_) return false;
    const Slot& s = slots_[word_pass_ & 1];
    head_void_ = s.mode == PeMode::kVoid;
    if (head_void_) {
      if (s.filter_ok == kNever) return false;
      issue_ = 0;
      avail_ = std::max(s.valid, s.filter_ok);
    } else {
      if (step_count_ == 0) return false;
      const Step& step = steps_[step_head_];
      issue_ = s.f.dw ? 0 : step.entries;
      avail_ = step.setup + step.entries + 6;
    }
    head_bottom_ = s.bottom;
    head_max_ = s.f.max;
    left_ = s.f.p;
    lane_ = 0;
    return true;
  }
  // The last word of a step leaves; returns whether it is the pass's.
  bool EndWords(Cycle cycle) {
    Slot& s = slots_[word_pass_ & 1];
    events_->chain[s.f.parity] += s.f.p;
    if (!head_void_) {
      left_steps_[Wrap(left_head_ + left_count_, left_steps_.size())] = {
          cycle, steps_[step_head_].rows};
      ++left_count_;
      step_head_ = Next(step_head_, steps_.size());
      --step_count_;
    }
    if (++s.words_step < s.f.steps) return false;
    ++word_pass_;
    PassBy();
    return true;
  }
  // Leaves the passes behind that this PE is not part of.
  void PassBy() {
    while (word_pass_ < passes_ && slots_[word_pass_ & 1].mode == PeMode::kDisabled) {
      word_free_ = std::max(word_free_, slots_[word_pass_ & 1].valid) + 1;
      ++word_pass_;
    }
  }

  static size_t PowerOfTwo(int n) {
    size_t k = 1;
    while (k < static_cast<size_t>(n)) k *= 2;
    return k;
  }
  static size_t Next(size_t index, size_t size) { return index + 1 == size ? 0 : index + 1; }
  // index mod size of an index below 2 * size.
  static size_t Wrap(size_t index, size_t size) { return index < size ? index : index - size; }

  // Cycle in which the last token that the step waits for was stored.
  Cycle StoredAt(const Slot& s, int need) const {
    if (s.cols == 0) return last_stored_;  // all of the pass's tokens are passed by
    const int wait = std::clamp(need, 1, s.cols);
    return columns_[Wrap(col_begin_ + wait - 1, columns_.size())].stored;
  }

  void FreeColumns(Slot* s, int cols, Cycle finish) {
    if (cols == 0) return;
    int rows = 0;
    for (int k = 0; k < cols; ++k) {
      const Column& c = columns_[col_begin_];
      rows += c.rows;
      entry_begin_ += c.entries;
      last_stored_ = c.stored;
      col_begin_ = Next(col_begin_, columns_.size());
    }
    cols_ -= cols;
    s->cols -= cols;
    freed_[Wrap(freed_head_ + freed_count_, freed_.size())] = {finish, rows, cols};
    ++freed_count_;
  }

  // The step's sums, and the events of its multiplications.
  void Compute(Slot* s, int entries) {
    if (s->f.dw) {
      ComputeDepthwise(*s, entries);
    } else {
      ComputeGroups(s, entries);
    }
    sum_end_ += s->f.p;
  }

  void ComputeGroups(Slot* s, int entries) {
    const PePass& f = s->f;
    if (s->filter == nullptr) s->filter = PrepareFilter(s);
    const PassFilter& filter = *s->filter;
    const int mask = p_.filter_depth - 1, width = filter.width;
    int32_t sums[kMostSums];
    std::fill_n(sums, std::max(width, f.p), 0);
    int64_t gated = 0;
    int count = 0;
    for (int k = 0; k < entries; ++k) {
      const int a = values_[(entry_begin_ + k) & entry_mask_];
      const int row = (offsets_[(entry_begin_ + k) & entry_mask_] - s->base) & mask;
      if (row >= filter.rows) {
        gated += AddOutside(f, row, a, sums);
        continue;
      }
      gated += filter.zeros[row];
      factors_[count] = static_cast<int16_t>(a);
      rows_[count++] = row * width;
    }
    AddProducts(factors_.data(), rows_.data(), count, filter.table.data(), width, sums);
    for (int k = 0; k < f.p; ++k) sums_[(sum_end_ + k) & sum_mask_] = sums[k];
    const int words = f.groups * p_.lanes;
    events_->mac[f.parity] += static_cast<int64_t>(entries) * words - gated;
    events_->gated[f.parity] += gated;
    if (entries == 0) return;
    events_->psum_rd[f.parity] += f.p;
    events_->psum_wr[f.parity] += words;
  }
  // An entry beyond the window, which no program of the compiler has.
  int AddOutside(const PePass& f, int row, int value, int32_t* sums) const {
    const int16_t* words = &filter_[static_cast<size_t>(f.copy) * p_.filter_depth * p_.lanes];
    int zeros = 0;
    for (int k = 0; k < f.groups * p_.lanes; ++k) {
      const int address = (row + k / p_.lanes * f.filter_stride) & (p_.filter_depth - 1);
      const int weight = words[address * p_.lanes + k % p_.lanes];
      zeros += weight == 0;
      sums[k] = Add(sums[k], value * weight);
    }
    return zeros;
  }

  void ComputeDepthwise(const Slot& s, int entries) {
    const PePass& f = s.f;
    const int mask = p_.filter_depth - 1;
    const int16_t* w = &filter_[static_cast<size_t>(f.copy) * p_.filter_depth * p_.lanes];
    const int bound = f.tap_stride == 0 ? kMostSums : std::max(f.p, f.tap_stride);
    int32_t sums[kMostSums];
    bool stored[kMostSums];
    std::fill_n(sums, bound, 0);
    std::fill_n(stored, bound, false);
    int64_t gated = 0;
    for (int k = 0; k < entries; ++k) {
      const int a = values_[(entry_begin_ + k) & entry_mask_];
      const int off = offsets_[(entry_begin_ + k) & entry_mask_];
      const int at = off & (f.tap_stride - 1);
      const int weight = w[static_cast<size_t>((off - s.base) & mask) * p_.lanes];
      gated += weight == 0;
      stored[at] = true;
      sums[at] = f.max ? std::max(sums[at], a * weight) : Add(sums[at], a * weight);
    }
    for (int k = 0; k < f.p; ++k) sums_[(sum_end_ + k) & sum_mask_] = sums[k];
    events_->mac[f.parity] += entries - gated;
    events_->gated[f.parity] += gated;
    // A read for every accumulation but a word's first, and one for each of those when it leaves.
    events_->psum_rd[f.parity] += entries - std::count(stored + f.p, stored + bound, true);
    events_->psum_wr[f.parity] += entries;
  }

  // Shared by PEs that hold the same words.
  const PassFilter* PrepareFilter(Slot* s) {
    const PePass& f = s->f;
    const int mask = p_.filter_depth - 1, lanes = p_.lanes;
    const int16_t* words = &filter_[static_cast<size_t>(f.copy) * p_.filter_depth * lanes];
    const size_t count = static_cast<size_t>(p_.filter_depth) * lanes;
    PassFilter* to = s->shared;
    if (to == nullptr) {
      to = &own_[step_pass_ & 1];
    } else if (to->pass == step_pass_) {
      if (std::equal(words, words + count, to->words.begin())) return to;
      to = &own_[step_pass_ & 1];
    }
    to->pass = step_pass_;
    to->words.assign(words, words + count);
    to->rows = std::min(f.filter_stride, p_.filter_depth);
    to->width = (f.groups * lanes + 7) / 8 * 8;
    to->table.assign(static_cast<size_t>(to->rows) * to->width, 0);
    to->zeros.assign(static_cast<size_t>(to->rows), 0);
    for (int row = 0; row < to->rows; ++row) {
      int16_t* at = &to->table[static_cast<size_t>(row) * to->width];
      for (int g = 0; g < f.groups; ++g) {
        const int16_t* word =
            words + static_cast<size_t>((row + g * f.filter_stride) & mask) * lanes;
        for (int l = 0; l < lanes; ++l) {
          *at++ = word[l];
          to->zeros[row] += word[l] == 0;
        }
      }
    }
    return to;
  }
  static int32_t Add(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  }

  const PeParams p_;
  PeEvents* events_;
  CycleSet *busy_, *full_, *mine_;
  const int bank_rows_;
  std::vector<int16_t> filter_;
  PassFilter own_[2];
  Slot slots_[2];
  int passes_ = 0;  // told so far
  // Window: columns from col_begin_, in arrival order
  std::vector<Column> columns_;
  size_t col_begin_ = 0;
  int cols_ = 0;
  Cycle last_stored_ = -1;
  int rows_used_ = 0, cols_used_ = 0;  // as the bus sees them
  Cycle ready_ = 0;
  std::vector<Freed> freed_;           // not yet seen by the bus
  size_t freed_head_ = 0, freed_count_ = 0;
  // Steps set up, and steps whose last word has left
  int step_pass_ = 0;
  Cycle step_free_ = 0;
  bool wants_room_ = false;
  std::vector<Step> steps_;
  size_t step_head_ = 0, step_count_ = 0;
  int steps_used_ = 0, psum_used_ = 0, alloc_ = 0;  // as setup sees them
  Cycle room_ = 0;
  std::vector<Left> left_steps_;                    // not yet seen by setup
  size_t left_head_ = 0, left_count_ = 0;
  // Entries and sums
  size_t entry_mask_;
  std::vector<int16_t> values_, offsets_;
  std::vector<int16_t> factors_;  // of a step's products, with the rows of their weights
  std::vector<int32_t> rows_;
  size_t entry_begin_ = 0, entry_end_ = 0;
  size_t sum_mask_;
  std::vector<int32_t> sums_;
  size_t sum_begin_ = 0, sum_end_ = 0;
  // The words that leave next
  int word_pass_ = 0;
  Cycle word_free_ = 0, avail_ = 0, issue_ = 0;
  int left_ = 0, lane_ = 0;  // of the step's words; 0 left: not known
  bool head_bottom_ = false, head_void_ = false, head_max_ = false;
};

}  // namespace weft::model
