// SPDX-License-Identifier: Apache-2.0
#include "model/compute.h"

#include <algorithm>
#include <cstring>

namespace weft::model {
namespace {

Sequencer::Config SequencerConfig(const weft::Config& c) {
  const int slots = c.glb_single_port != 0 ? 1 : 2;
  return {c.rows, c.cols, slots, c.post_serial ? 1 : 2};
}
ArrayParams ArrayConfig(const weft::Config& c) {
  return {c.rows,
          c.cols,
          c.segs,
          {c.lanes, c.filter_depth, c.win_rows, c.win_lanes, c.col_slots, c.psum_rows, c.psum_banks,
           c.step_slots},
          c.post_lanes,
          c.out_rows,
          c.patterns};
}

}  // namespace

Compute::Compute(const weft::Config& config, Glb* glb, CommandInput* input, Semaphores* sems)
    : pes_(config.rows * config.cols),
      one_cfg_(config.post_serial != 0),
      glb_(*glb),
      input_(*input),
      sems_(*sems),
      sequencer_(SequencerConfig(config), this),
      filter_({config.rows, config.lanes, config.filter_depth, config.glb_bytes, config.post_lanes,
               config.param_rows, config.post_serial != 0},
              &filter_ports_),
      feeder_({config.filter_depth, config.win_lanes, config.glb_bytes, config.rows * config.cols,
               config.glb_single_port != 0, config.patterns},
              &feeder_ports_),
      array_(ArrayConfig(config)),
      post_({config.post_lanes, config.glb_bytes, config.param_rows, config.post_serial != 0},
            &post_ports_),
      collector_({config.post_lanes, config.glb_bytes, config.max_units(), config.param_rows, config.patterns},
                 &collector_ports_),
      values_(256),
      offsets_(256) {
  sequencer_.Reset();
  collector_classes_.Reset(0);
}

void Compute::Advance() {
  bool again = true;
  while (again) {
    again = RunCommands();
    again |= RunFeeder();
    array_.Advance();
    again |= RunCollector();
  }
}

// ---- commands ----

bool Compute::RunCommands() {
  bool moved = false;
  for (;;) {
    Front& front = input_.front();
    if (input_.waiting()) {
      const Cycle valid = input_.ValidFrom();
      if (valid == kNever) return moved;
      input_.Fire(valid);
      Log(valid + 1, Event::kC, Event::kStart, front.opcode());
      sequencer_.Command(front.opcode(), front.parity(), front.signal(), front.feed(), front.keep());
    } else if (!input_.HasWord()) {
      return moved;
    } else if (front.collecting()) {
      input_.TakeWord(0);
    } else {
      if (!sequencer_.GoKnown()) return moved;
      Cycle open = sequencer_.GoFrom();
      if (sequencer_.NeedsFilterUnit()) open = std::max(open, filter_.ReadyFrom());
      const uint32_t word = input_.word();
      const bool last = front.last_word_next();
      const Cycle fire = input_.TakeWord(open);
      if (last) Log(fire, Event::kC, Event::kEnd, front.opcode());
      sequencer_.Word(fire, word, last);
      for (; !filter_ends_.empty(); filter_ends_.pop_front()) {
        last_end_ = std::max(last_end_, filter_ends_.front());
        Log(filter_ends_.front(), Event::kFilter, Event::kEnd);
        sequencer_.FilterDone(filter_ends_.front());
      }
    }
    moved = true;
  }
}

void Compute::MapWord(Cycle, int kind, int pattern, int index, uint32_t word) {
  if (kind == 1) return feeder_.Map(pattern, index, word);
  if (kind == 2) return collector_.Map(pattern, index, word);
  if (kind == 3) return;  // a CFG, which CfgLoaded brings whole
  for (int half = 0; half < 2 && 2 * index + half < pes_; ++half) {
    const uint32_t entry = word >> (16 * half) & 0xffff;
    array_.Map(pattern, 2 * index + half, GetField(&entry, spec::kMapPeActId),
               GetField(&entry, spec::kMapPeFid), GetField(&entry, spec::kMapPeVoid) != 0,
               GetField(&entry, spec::kMapPeEnabled) != 0);
  }
}

void Compute::CfgLoaded(Cycle, int slot, const uint32_t* words) {
  for (int s = 0; s < 2; ++s) {
    if (s != slot && !one_cfg_) continue;
    std::copy_n(words, spec::kCfgOperandWords, cfg_[s]);
    post_.SetCfg(s, words);
  }
}

void Compute::FilterCommand(Cycle cycle, bool param, const uint32_t* words, int parity) {
  filter_parity_ = parity;
  filter_ends_.push_back(param ? filter_.Param(cycle, words, parity)
                               : filter_.Filter(cycle, words, parity));
}

void Compute::PassStarted(Cycle valid, int slot, int /*phase*/, const uint32_t* words) {
  const auto get = [words](const spec::Field& f) { return GetField(words, f); };
  Pass& p = pass_[slot];
  p.valid = valid;
  p.rpt = get(spec::kPassRpt);
  std::copy_n(words, spec::kPassOperandWords, p.words);
  std::copy_n(cfg_[get(spec::kPassCfg)], spec::kCfgOperandWords, p.cfg);
  ArrayPass pass;
  pass.pe.steps = get(spec::kPassSteps);
  pass.pe.taps = get(spec::kPassTaps);
  pass.pe.stride = get(spec::kPassStride);
  pass.pe.groups = get(spec::kPassGroups);
  pass.pe.p = get(spec::kPassP);
  pass.pe.tap_stride = get(spec::kPassTapStride);
  pass.pe.filter_stride = get(spec::kPassFilterStride);
  pass.pe.step_stride = get(spec::kPassStepStride);
  pass.pe.copy = get(spec::kPassCopy);
  pass.pe.parity = get(spec::kPassParity);
  pass.pe.dw = get(spec::kPassDw) != 0;
  pass.pe.max = get(spec::kPassMax) != 0;
  pass.segs = get(spec::kPassSegs);
  pass.pattern = get(spec::kPassPattern);
  array_.AddPass(pass, valid);
  ++passes_;
}

void Compute::FilterOk(Cycle from, int slot) { array_.FiltersLoaded(slot, from); }

void Compute::PassFreed(Cycle from, int /*slot*/) { last_end_ = std::max(last_end_, from - 1); }

void Compute::Give(Cycle cycle, int semaphores) {
  for (int s = 0; s < spec::kSemCount; ++s)
    if ((semaphores >> s & 1) != 0 && !sems_.Give(s, cycle))
      overflow_at_ = std::min(overflow_at_, cycle);
}

// ---- feeder, array, collector ----

bool Compute::RunFeeder() {
  bool moved = false;
  for (;;) {
    if (!feeding_) {
      if (fed_ == passes_) return moved;
      const Pass& p = pass_[fed_ & 1];
      feeder_.Begin(p.valid, p.words, p.cfg);
      feeding_ = true;
    }
    const int stream = feeder_.NextStream();
    if (stream >= 0) {
      head_ready_ = array_.HeadReady(static_cast<int>(fed_), stream, pass_[fed_ & 1].rpt, 0);
      if (head_ready_ == kNever) return moved;
      feeder_.Step();
    } else {
      feeder_.Step();
      feeding_ = false;
      ++fed_;
      Log(feeder_.feed_done(), Event::kFeeder, Event::kEnd);
      sequencer_.FeedDone(feeder_.feed_done());
    }
    moved = true;
  }
}

Cycle Compute::FeederPorts::ActFire(Cycle from, const ActBeat& beat) {
  if (beat.head) {
    from = std::max(from, c.head_ready_);
    c.token_rows_ = c.token_values_ = 0;
    c.token_x_ = beat.x & 15;
  }
  for (int k = 0; k < beat.n; ++k) {
    c.values_[static_cast<size_t>(c.token_values_ + k)] = beat.values[static_cast<size_t>(k)];
    c.offsets_[static_cast<size_t>(c.token_values_ + k)] =
        static_cast<int16_t>(beat.offs[static_cast<size_t>(k)]);
  }
  c.token_values_ += beat.n;
  c.token_rows_ += beat.n > 0;
  if (beat.last) {
    c.array_.Token(static_cast<int>(c.fed_), beat.id,
                   {c.token_x_, beat.eos, c.token_rows_, c.token_values_, c.values_.data(),
                    c.offsets_.data()},
                   from);
  }
  return from;
}

bool Compute::RunCollector() {
  bool moved = false;
  for (;;) {
    if (!collecting_) {
      if (collected_ == passes_) return moved;
      collector_.Start(pass_[collected_ & 1].words, pass_[collected_ & 1].valid);
      collecting_ = true;
    }
    const int unit = collector_.unit();
    const Gather& gather = array_.unit(unit);
    if (!gather.HasRow()) return moved;
    const Cycle pop = collector_.Row(gather.RowVisible(), gather.RowWords());
    if (!row_seen_) Log(pop, Event::kPost, Event::kStart);
    row_seen_ = true;
    array_.Pop(unit, pop);
    if (collector_.done()) {
      collecting_ = row_seen_ = false;
      ++collected_;
      Log(collector_.Done(), Event::kArray, Event::kEnd);
      sequencer_.PassDone(collector_.Done());
    }
    moved = true;
  }
}

Cycle Compute::CollectorPorts::PsrFire(Cycle from, uint32_t address, int count, int32_t* sums) {
  const uint8_t* word = nullptr;
  const Cycle fire = c.Read(kReadPsr, from, address, &word);
  std::memcpy(sums, word, static_cast<size_t>(count) * 4);
  return fire;
}

Cycle Compute::CollectorPorts::PswFire(Cycle from, uint32_t address, int count,
                                       const int32_t* sums) {
  uint8_t word[kMaxGlbBytes];
  std::memcpy(word, sums, static_cast<size_t>(count) * 4);
  const uint64_t enables = (uint64_t{1} << (4 * count)) - 1;
  return c.Write(kWritePsw, from, address, static_cast<uint32_t>(enables), word);
}

Cycle Compute::Read(GlbReader reader, Cycle from, uint32_t address, const uint8_t** word) {
  const Cycle fire = glb_.ReadFire(reader, from);
  if (glb_.Outside(address)) {
    outside_at_ = std::min(outside_at_, fire - glb_.Late(reader));
    address = 0;
  }
  *word = glb_.Word(address);
  return fire;
}

Cycle Compute::Write(GlbWriter writer, Cycle from, uint32_t address, uint32_t enables,
                     const uint8_t* word) {
  const Cycle fire = glb_.WriteFire(writer, from);
  if (glb_.Outside(address)) outside_at_ = std::min(outside_at_, fire);
  glb_.Write(address, enables, word);
  return fire;
}

// ---- counters ----

void Compute::LayerClasses(ClassLog* log, Cycle until, int64_t* counts) {
  log->Add(until, spec::kClassIdle);
  log->Count(until, counts, &input_.waits());
}

void Compute::CountClasses(Cycle until, int64_t counts[][spec::kClassCount]) {
  LayerClasses(&feeder_.classes(), until, counts[spec::kEngineFeeder]);
  LayerClasses(&filter_.classes(), until, counts[spec::kEngineFilter]);
  LayerClasses(&collector_classes_, until, counts[spec::kEngineCollector]);
  int64_t* array = counts[spec::kEngineArray];
  array_.CountClasses(counted_, until, array);
  for (const WaitLog::Span& wait : input_.waits().spans()) {
    const Cycle from = std::max(wait.from, counted_), to = std::min(wait.to, until);
    if (from >= to) continue;
    int64_t waited[spec::kClassCount] = {};
    array_.CountClasses(from, to, waited);
    array[spec::kClassIdle] -= waited[spec::kClassIdle];
    array[spec::kClassToken] += waited[spec::kClassIdle];
  }
  counted_ = until;
}

void Compute::AddEvents(int parity, int64_t* events) const {
  const ArrayEvents& a = array_.events();
  events[spec::kEvMac] += a.pe.mac[parity];
  events[spec::kEvMacGated] += a.pe.gated[parity];
  events[spec::kEvFilterSpadWr] += a.filter_words[parity];
  events[spec::kEvIfmapSpadWr] += a.window_entries[parity];
  events[spec::kEvPsumSpadRd] += a.pe.psum_rd[parity];
  events[spec::kEvPsumSpadWr] += a.pe.psum_wr[parity];
  events[spec::kEvChain] += a.pe.chain[parity];
  const auto add = [events](int event, uint64_t count) {
    events[event] += static_cast<int64_t>(count);
  };
  add(spec::kEvActBus, feeder_.events().act_bus[parity]);
  add(spec::kEvActValues, feeder_.events().act_values[parity]);
  add(spec::kEvGlbAct, feeder_.events().glb_act[parity]);
  add(spec::kEvFltBus, filter_.events().flt_bus[parity]);
  add(spec::kEvGlbFlt, filter_.events().glb_flt[parity]);
  add(spec::kEvGlbPsr, collector_.events().glb_psr[parity]);
  add(spec::kEvGlbPsw, collector_.events().glb_psw[parity]);
  add(spec::kEvPost, post_.events().post[parity]);
  add(spec::kEvPostAdd, post_.events().post_add[parity]);
  add(spec::kEvGlbRes, post_.events().glb_res[parity]);
  add(spec::kEvGlbOut, post_.events().glb_out[parity]);
}

}  // namespace weft::model
