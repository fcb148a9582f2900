// SPDX-License-Identifier: Apache-2.0
#include "model/segment.h"

#include <algorithm>

namespace weft::model {

Segment::Segment(const weft::Config& config, const Setup& setup, const Units& units)
    : setup_(setup),
      single_(config.glb_single_port != 0),
      control_(*units.control),
      compute_(*units.compute),
      fl_(*units.fl),
      il_(*units.il),
      st_(*units.st),
      port_(*units.port),
      mover_(units.fl, units.il, units.st, this),
      counters_({config.counter_bits, config.counter_small}) {
  control_.Start(setup.program, setup.program_bytes);
  port_.SetWindow(setup.window_base, setup.window_size);
  port_.SetWatchdog(setup.memory_watchdog);
  port_.Reset(0);
  fl_.Reset(0);
  il_.Reset(0);
  st_.Reset(0);
  mover_.Reset(0);
  for (int parity : {0, 1}) {
    fl_.ClearEvents(parity);
    il_.ClearEvents(parity);
    st_.ClearEvents(parity);
  }
  for (EnginePorts* ports : units.ports) ports->set_host(this);
}

void Segment::Run(Cycle until) {
  while (done_at_ == kNever && fault_at_ == kNever) {
    Settle();
    const Cycle decision = NextDecision();
    if (decision == kNever && control_.idle() && compute_.idle() && mover_.idle()) {
      done_at_ = std::max({control_.IdleFrom(), compute_.IdleFrom(), moved_at_ + 1});
      return;
    }
    if (std::min(decision, port_.NextEvent()) >= until) {
      port_.Advance(until);
      return;
    }
    if (now() < decision) {
      port_.Advance(std::min(decision, until));
    } else {
      Decide(now());
    }
  }
}

void Segment::Drain(Cycle cycle, Cycle until) {
  port_.Stop(cycle);
  while (!drained() && port_.NextEvent() < until)
    port_.Advance(port_.NextEvent() + 1);
  if (!drained()) port_.Advance(until);
}

// Everything that follows from what the memory port has told.
void Segment::Settle() {
  for (int engine = 0; engine < kEngines; ++engine) {
    if (!issued_[engine] || HasCommand(engine)) continue;
    control_.input(engine).Fire(engine == kSt ? st_.command_fired()
                                              : load(engine).command_fired());
    issued_[engine] = false;
  }
  for (const End& end : ends_) {
    const int gives = single_ ? signal_
                                       : control_.input(end.engine).Done(end.cycle);
    moved_at_ = end.cycle;
    compute_.Give(end.cycle, gives);
  }
  ends_.clear();
  for (int engine = 0; engine < kEngines; ++engine) control_.input(engine).Collect();
  compute_.Advance();
}

// The first cycle in which something is decided that needs all before it.
Cycle Segment::NextDecision() {
  Cycle next = std::min({control_.NextEvent(), port_.fault().cycle,
                         control_.fetch().FaultAt(), TokenFaultAt(), GlbFaultAt(), ChoiceAt()});
  if (layer_end_ != kNever) next = std::min(next, layer_end_ + 1);
  for (int engine = 0; engine < kEngines; ++engine) {
    const CommandInput& input = control_.input(engine);
    if (input.waiting() && !issued_[engine]) next = std::min(next, input.ValidFrom());
  }
  return next;
}

void Segment::Decide(Cycle cycle) {
  control_.Route(cycle);  // first of all: a word routed in a layer's last cycle is the layer's
  if (layer_end_ < cycle) CloseLayer();
  if (FindFault(cycle)) return;
  control_.Advance(cycle);
  for (int engine = 0; engine < kEngines; ++engine) {
    const CommandInput& input = control_.input(engine);
    if (input.waiting() && !issued_[engine] && input.ValidFrom() <= cycle) Issue(engine);
  }
  if (ChoiceAt() <= cycle) mover_.Advance(ChoiceAt() + 1);
}

// The front end's command has its tokens.
void Segment::Issue(int engine) {
  CommandInput& input = control_.input(engine);
  const Front& front = input.front();
  const Cycle valid = input.ValidFrom();
  if (single_) {
    input.Fire(valid);
    mover_.Command(engine, valid + 1, front.opcode(), operands_[engine], front.parity());
  } else {
    issued_[engine] = true;
    if (engine == kSt) {
      st_.Command(valid, front.opcode(), front.words(), front.parity());
    } else {
      load(engine).Command(valid, front.words(), front.parity());
    }
  }
}

void Segment::CommandDone(int engine, Cycle cycle) {
  if (single_) mover_.Done(cycle);
  ends_.push_back({engine, cycle});
  port_.ReturnEarly();
}

bool Segment::HasCommand(int engine) {
  return engine == kSt ? st_.has_command() : load(engine).has_command();
}

// When the mover chooses a command; kNever also while the words of that command are on their way:
// commands that come later do not change the choice.
Cycle Segment::ChoiceAt() {
  const Cycle at = mover_.NextEvent();
  if (at == kNever) return kNever;
  return control_.input(mover_.Choice()).HasOperands() ? at : kNever;
}

Cycle Segment::LastWord(int engine, Cycle from) {
  CommandInput& input = control_.input(engine);
  signal_ = input.front().signal();
  Cycle fire = from;
  for (int k = 0; input.front().passing(); ++k) {
    operands_[engine][k] = input.word();
    fire = input.TakeWord(from);
  }
  return fire;
}

// ---- layers ----

void Segment::LayerEnd(Cycle cycle, int parity) {
  layer_end_ = cycle;
  layer_parity_ = parity;
  port_.ReturnEarly();
}

void Segment::CloseLayer() {
  const Cycle until = layer_end_ + 1;
  int64_t classes[spec::kEngineCount][spec::kClassCount] = {};
  control_.fetch().Classify(until);
  control_.fetch().classes().Count(until, classes[spec::kEngineFetch]);
  for (Load* load : {&fl_, &il_})
    load->classes().Add(until, load->idle() ? spec::kClassIdle : spec::kClassMemory);
  st_.classes().Add(until, st_.idle() ? spec::kClassIdle : spec::kClassMemory);
  for (int queue = 0; queue < spec::kQueueCount; ++queue) control_.input(queue).LogWait(until);
  const auto count = [&](ClassLog* log, int engine, int queue) {
    log->Count(until, classes[engine], &control_.input(queue).waits());
  };
  count(&fl_.classes(), spec::kEngineFl, spec::kQueueFl);
  count(&il_.classes(), spec::kEngineIl, spec::kQueueIl);
  count(&st_.classes(), spec::kEngineSt, spec::kQueueSt);
  compute_.CountClasses(until, classes);
  for (int engine = 0; engine < spec::kEngineCount; ++engine)
    for (int cls = 0; cls < spec::kClassCount; ++cls)
      counters_.AddClass(engine, cls, static_cast<uint64_t>(classes[engine][cls]));
  for (int queue = 0; queue < spec::kQueueCount; ++queue)
    control_.input(queue).waits().ForgetBefore(until);
  counters_.AddFetchWords(static_cast<uint64_t>(control_.CountWords(until)));
  counters_.LayerEnd(layer_end_);
  CountEvents(layer_parity_);
  const uint32_t* words = single_ ? operands_[kSt]
                                           : control_.input(spec::kQueueSt).front().words();
  counters_.Record(layer_parity_, words[spec::kEndLayerLayer.word], record_);
  layer_end_ = kNever;
}

// Adds the events since the last layer of that parity.
void Segment::CountEvents(int parity) {
  int64_t events[spec::kEventCount] = {};
  compute_.AddEvents(parity, events);
  events[spec::kEvGlbLf] = fl_.glb_words(parity);
  events[spec::kEvGlbLi] = il_.glb_words(parity);
  events[spec::kEvGlbStr] = st_.glb_words(parity);
  events[spec::kEvDramRdFl] = fl_.beat_bytes(parity);
  events[spec::kEvDramRdIl] = il_.beat_bytes(parity);
  events[spec::kEvDramWrSt] = st_.store_bytes(parity);
  events[spec::kEvDramWrRec] = st_.record_bytes(1 - parity);  // counts for the layer after
  for (int e = 0; e < spec::kEventCount; ++e) {
    counters_.Add(e, parity, static_cast<uint64_t>(events[e] - counted_[parity][e]));
    counted_[parity][e] = events[e];
  }
}

// ---- faults ----

Cycle Segment::TokenFaultAt() {
  Cycle at = compute_.overflow_at();
  for (int queue = 0; queue < spec::kQueueCount; ++queue)
    at = std::min(at, control_.input(queue).TimeoutAt(setup_.token_watchdog));
  return at;
}

Cycle Segment::GlbFaultAt() const {
  const Cycle outside = std::min(outside_at_, compute_.outside_at());
  return outside == kNever ? kNever : outside + 1;
}

bool Segment::FindFault(Cycle cycle) {
  const MemPort::Fault& port = port_.fault();
  fault_.fault_mem = port.cycle <= cycle;
  fault_.fault_mem_code = port.code;
  fault_.fault_mem_address = port.address;
  fault_.fault_cmd = control_.fetch().FaultAt() <= cycle;
  fault_.fault_cmd_address = control_.fetch().fault_offset();
  fault_.fault_glb = GlbFaultAt() <= cycle;
  fault_.fault_token = compute_.overflow_at() <= cycle ? 16 : 0;
  for (int queue = 0; queue < spec::kQueueCount; ++queue)
    if (control_.input(queue).TimeoutAt(setup_.token_watchdog) <= cycle)
      fault_.fault_token |= 1 << queue;
  const bool found =
      fault_.fault_mem || fault_.fault_cmd || fault_.fault_glb || fault_.fault_token != 0;
  if (found) fault_at_ = cycle;
  return found;
}

}  // namespace weft::model
