// SPDX-License-Identifier: Apache-2.0
#include "model/segment.h"

#include <algorithm>

namespace weft::model {

Segment::Segment(const weft::Config& config, const Setup& setup, const Units& units, EventLog* log)
    : setup_(setup),
      single_(config.glb_single_port != 0),
      glb_(*units.glb),
      control_(*units.control),
      compute_(*units.compute),
      fl_(*units.fl),
      il_(*units.il),
      st_(*units.st),
      port_(*units.port),
      mover_(units.fl, units.il, units.st, this),
      counters_({config.counter_bits, config.counter_small}),
      log_(log) {
  glb_.set_log(log);
  compute_.set_log(log);
  port_.set_log(log);
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
    if (log_ != nullptr) log_->Advance(now() - 1);  // a fault of that cycle may still be found
    const Cycle decision = NextDecision();
    if (decision == kNever && control_.idle() && compute_.idle() && mover_.idle()) {
      done_at_ = std::max({control_.IdleFrom(), compute_.IdleFrom(), moved_at_ + 1});
      EndLog(done_at_, false);
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

// What drains is no part of it.
void Segment::EndLog(Cycle cycle, bool fault) {
  if (log_ == nullptr) return;
  log_->Finish(cycle, fault);
  glb_.set_log(nullptr);
  compute_.set_log(nullptr);
  port_.set_log(nullptr);
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
                         control_.fetch().FaultAt(), TokenFaultAt(), GlbFaultAt(), mover_.NextEvent()});
  if (layer_end_ != kNever) next = std::min(next, layer_end_ + 1);
  for (int engine = 0; engine < kEngines; ++engine) {
    const CommandInput& input = control_.input(engine);
    if (input.waiting() && !issued_[engine]) next = std::min(next, input.ValidFrom());
  }
  return next;
}

void Segment::Decide(Cycle cycle) {
  control_.Route(cycle);  // also what came in a layer's last cycle
  if (layer_end_ < cycle) CloseLayer();
  if (FindFault(cycle)) return;
  control_.Ask(cycle);
  for (int engine = 0; engine < kEngines; ++engine) {
    const CommandInput& input = control_.input(engine);
    if (input.waiting() && !issued_[engine] && input.ValidFrom() <= cycle) Issue(engine);
  }
  if (!single_) return;
  for (int engine = 0; engine < kEngines; ++engine) OfferToMover(engine);
  mover_.Advance(cycle + 1);
}

// The front end's command has its tokens.
void Segment::Issue(int engine) {
  CommandInput& input = control_.input(engine);
  const Front& front = input.front();
  const Cycle valid = input.ValidFrom();
  if (!single_) Log(valid, engine, Event::kStart, front.opcode());
  if (single_) {
    input.Fire(valid);
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
  if (fault_at_ == kNever) Log(cycle, engine, Event::kEnd);
  ends_.push_back({engine, cycle});
  port_.ReturnEarly();
}

bool Segment::HasCommand(int engine) {
  return engine == kSt ? st_.has_command() : load(engine).has_command();
}

void Segment::OfferToMover(int engine) {
  CommandInput& input = control_.input(engine);
  const Front& front = input.front();
  if (front.passing())  // fired, and the mover has not taken its operands
    mover_.Command(engine, front.WordFrom(), input.OperandsFrom(), front.opcode(), operands_[engine], front.parity());
}

Cycle Segment::LastWord(int engine, Cycle from) {
  CommandInput& input = control_.input(engine);
  signal_ = input.front().signal();
  const int opcode = input.front().opcode();
  Cycle last = from;
  for (uint32_t* operand = operands_[engine]; input.front().passing(); ++operand) {
    *operand = input.word();
    last = input.TakeWord(from);
  }
  Log(last, engine, Event::kStart, opcode);
  return last;
}

// ---- layers ----

void Segment::LayerEnd(Cycle cycle, int parity) {
  layer_end_ = cycle;
  layer_parity_ = parity;
  if (fault_at_ == kNever) Log(cycle, Event::kLayer, Event::kEnd);
  port_.ReturnEarly();
}

void Segment::CloseLayer() {
  const Cycle until = layer_end_ + 1;
  int64_t classes[spec::kEngineCount][spec::kClassCount] = {};
  control_.fetch().Classify(until);
  control_.fetch().classes().Count(until, classes[spec::kEngineFetch]);
  for (int engine = 0; engine < kEngines; ++engine) {
    ClassLog& log = engine == kSt ? st_.classes() : load(engine).classes();
    const Front& front = control_.input(engine).front();  // with the mover it may wait for that
    if (engine == kSt ? st_.idle() : load(engine).idle())
      log.Add(front.passing() ? std::min(until, front.WordFrom()) : until, spec::kClassIdle);
    log.Add(until, spec::kClassMemory);
  }
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
  // A word that comes with its beat is looked at in the cycle after.
  cycle = std::min(cycle, control_.fetch().FaultAt());
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
  if (found) {
    fault_at_ = cycle;
    EndLog(cycle, true);
  }
  return found;
}

}  // namespace weft::model
