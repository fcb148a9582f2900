// SPDX-License-Identifier: Apache-2.0
// Engine C, hosted: sequencer, filter bus, feeder, array, collector, post-processing. It knows no
// order of time: Advance() finds everything that follows from the commands and tokens told so far.
// Its GLB accesses take effect as they are found out; docs/model.md says why that is the same.
#ifndef WEFT_MODEL_COMPUTE_H_
#define WEFT_MODEL_COMPUTE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "model/array.h"
#include "model/collector.h"
#include "model/command_input.h"
#include "model/config.h"
#include "model/event_log.h"
#include "model/feeder.h"
#include "model/filter_load.h"
#include "model/glb.h"
#include "model/post.h"
#include "model/sequencer.h"

namespace weft::model {

class Compute final : public Sequencer::Listener {
 public:
  // input: the command queue of engine C.
  Compute(const weft::Config& config, Glb* glb, CommandInput* input, Semaphores* sems);

  void Advance();
  void set_log(EventLog* log) { log_ = log; }  // null: none

  // First cycle of an access beyond the GLB; kNever: none.
  Cycle outside_at() const { return outside_at_; }
  // Tokens given that did not fit: the cycle of the first one.
  Cycle overflow_at() const { return overflow_at_; }
  bool idle() const {
    return passes_ == collected_ && passes_ == fed_ && !input_.front().passing();
  }
  Cycle IdleFrom() const { return last_end_ + 1; }  // as far as is known

  // Adds counts[engine][class] of the cycles before `until` that were not counted yet.
  void CountClasses(Cycle until, int64_t counts[][spec::kClassCount]);
  // Events since construction, of a layer parity.
  void AddEvents(int parity, int64_t* events) const;

  // Sequencer::Listener
  void MapWord(Cycle cycle, int kind, int pattern, int index, uint32_t word) override;
  void CfgLoaded(Cycle valid, int slot, const uint32_t* words) override;
  void FilterCommand(Cycle cycle, bool param, const uint32_t* words, int parity) override;
  void PassStarted(Cycle valid, int slot, int phase, const uint32_t* words) override;
  void FilterOk(Cycle from, int slot) override;
  void PassFreed(Cycle from, int slot) override;
  void Give(Cycle cycle, int semaphores) override;

 private:
  struct Pass {
    Cycle valid;
    int rpt;
    uint32_t words[spec::kPassOperandWords], cfg[spec::kCfgOperandWords];
  };
  // The neighbours of each unit, as its twin wants them.
  struct FilterPorts {
    Compute& c;
    Cycle GlbFire(Cycle from, uint32_t address, const uint8_t** word) {
      return c.Read(kReadFlt, from, address, word);
    }
    void FilterBeat(Cycle, const model::FilterBeat& b) {
      c.array_.WriteFilter(b.pattern, b.set, b.copy, b.address, b.values.data(), c.filter_parity_);
    }
    void Channel(Cycle, int row, int lane, int32_t bias, int32_t m0, int exponent) {
      c.post_.WriteParam(row, lane, bias, m0, exponent);
    }
  };
  struct FeederPorts {
    Compute& c;
    Cycle GlbFire(Cycle from, uint32_t address, const uint8_t** word) {
      return c.Read(kReadAct, from, address, word);
    }
    Cycle ActFire(Cycle from, const ActBeat& beat);
  };
  struct PostPorts {
    Compute& c;
    Cycle ResFire(Cycle from, uint32_t address, const uint8_t** word) {
      return c.Read(kReadRes, from, address, word);
    }
    Cycle OutFire(Cycle from, uint32_t address, uint32_t enables, const uint8_t* word) {
      return c.Write(kWriteOut, from, address, enables, word);
    }
  };
  struct CollectorPorts {
    Compute& c;
    Cycle PsrFire(Cycle from, uint32_t address, int count, int32_t* sums);
    Cycle PswFire(Cycle from, uint32_t address, int count, const int32_t* sums);
    Cycle PostFire(Cycle from, const PostBeat& beat) { return c.post_.Accept(from, beat); }
    Cycle PostDone() { return c.post_.Done(); }
    void Class(int /*parity*/, int cls, Cycle from, Cycle to) {
      if (from < to) c.collector_classes_.Add(to, cls);
    }
  };

  Cycle Read(GlbReader reader, Cycle from, uint32_t address, const uint8_t** word);
  Cycle Write(GlbWriter writer, Cycle from, uint32_t address, uint32_t enables,
              const uint8_t* word);
  void Log(Cycle cycle, Event::Unit unit, Event::Kind kind, int value = 0) {
    if (log_ != nullptr) log_->Add(cycle, unit, kind, static_cast<uint64_t>(value));
  }
  bool RunCommands();
  bool RunFeeder();
  bool RunCollector();
  void LayerClasses(ClassLog* log, Cycle until, int64_t* counts);

  EventLog* log_ = nullptr;
  const int pes_;
  const bool one_cfg_;
  Glb& glb_;
  CommandInput& input_;
  Semaphores& sems_;
  Sequencer sequencer_;
  FilterPorts filter_ports_{*this};
  FeederPorts feeder_ports_{*this};
  PostPorts post_ports_{*this};
  CollectorPorts collector_ports_{*this};
  FilterLoad<FilterPorts> filter_;
  Feeder<FeederPorts> feeder_;
  Array array_;
  Post<PostPorts> post_;
  Collector<CollectorPorts> collector_;
  ClassLog collector_classes_;

  uint32_t cfg_[2][spec::kCfgOperandWords] = {};
  Pass pass_[2];
  int64_t passes_ = 0, fed_ = 0, collected_ = 0;
  bool feeding_ = false, collecting_ = false;
  bool row_seen_ = false;  // of the pass being collected
  int filter_parity_ = 0;
  std::deque<Cycle> filter_ends_;  // not told to the sequencer yet
  // The token on the ifmap bus
  Cycle head_ready_ = 0;
  int token_rows_ = 0, token_values_ = 0, token_x_ = 0;
  std::vector<int16_t> values_, offsets_;

  Cycle outside_at_ = kNever, overflow_at_ = kNever, last_end_ = -1;
  Cycle counted_ = 0;  // array's classes
};

}  // namespace weft::model

#endif  // WEFT_MODEL_COMPUTE_H_
