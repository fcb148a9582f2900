// SPDX-License-Identifier: Apache-2.0
#include "model/segment.h"

#include <algorithm>

namespace weft::model {

Segment::Segment(const weft::Config& config, const Setup& setup, MemoryModel* memory)
    : config_(config),
      setup_(setup),
      glb_({config.glb_banks, config.glb_bank_bytes, config.glb_bytes,
            config.glb_single_port != 0}),
      control_(config, [this] { memory_.port().ReturnEarly(); }),
      compute_(config, &glb_, &control_.input(spec::kQueueC), &control_.sems()),
      memory_(config, &glb_, memory, &control_, this),
      counters_({config.counter_bits, config.counter_small}) {
  control_.Start(setup.program, setup.program_bytes);
  memory_.port().SetWindow(setup.window_base, setup.window_size);
  memory_.port().SetWatchdog(setup.memory_watchdog);
  memory_.Reset();
}

void Segment::Run(Cycle until) {
  while (done_at_ == kNever && fault_at_ == kNever) {
    Settle();
    const Cycle decision = NextDecision();
    if (decision == kNever && control_.idle() && compute_.idle()) {
      done_at_ = std::max({control_.IdleFrom(), compute_.IdleFrom(), Cycle{0}});
      return;
    }
    if (std::min(decision, memory_.port().NextEvent()) >= until) {
      memory_.port().Advance(until);
      return;
    }
    if (now() < decision) {
      memory_.port().Advance(std::min(decision, until));
    } else {
      Decide(decision);
    }
  }
}

void Segment::Drain(Cycle cycle, Cycle until) {
  memory_.port().Stop(cycle);
  while (!drained() && memory_.port().NextEvent() < until)
    memory_.port().Advance(memory_.port().NextEvent() + 1);
  if (!drained()) memory_.port().Advance(until);
}

// Everything that follows from what the memory port has told.
void Segment::Settle() {
  for (int engine = 0; engine < MemorySide::kEngines; ++engine) {
    if (!issued_[engine] || memory_.has_command(engine)) continue;
    control_.input(engine).Fire(memory_.command_fired(engine));
    issued_[engine] = false;
  }
  for (const MemorySide::End& end : memory_.ends()) {
    const int gives = control_.input(end.engine).Done(end.cycle);
    compute_.Give(end.cycle, gives);
  }
  memory_.ends().clear();
  for (int engine = 0; engine < MemorySide::kEngines; ++engine) control_.input(engine).Collect();
  compute_.Advance();
}

// The first cycle in which something is decided that needs all before it.
Cycle Segment::NextDecision() {
  Cycle next = std::min({control_.NextEvent(), memory_.port().fault().cycle,
                         control_.fetch().FaultAt(), TokenFaultAt(), GlbFaultAt()});
  if (layer_end_ != kNever) next = std::min(next, layer_end_ + 1);
  for (int engine = 0; engine < MemorySide::kEngines; ++engine) {
    const CommandInput& input = control_.input(engine);
    if (input.waiting() && !issued_[engine]) next = std::min(next, input.ValidFrom());
  }
  return next;
}

void Segment::Decide(Cycle cycle) {
  if (layer_end_ < cycle) CloseLayer();
  if (FindFault(cycle)) return;
  control_.Advance(cycle);
  for (int engine = 0; engine < MemorySide::kEngines; ++engine) {
    CommandInput& input = control_.input(engine);
    if (!input.waiting() || issued_[engine] || input.ValidFrom() > cycle) continue;
    issued_[engine] = true;
    const Front& front = input.front();
    memory_.Command(engine, input.ValidFrom(), front.opcode(), front.words(), front.parity());
  }
}

// ---- layers ----

void Segment::LayerEnd(Cycle cycle, int parity) {
  layer_end_ = cycle;
  layer_parity_ = parity;
}

void Segment::CloseLayer() {
  const Cycle until = layer_end_ + 1;
  int64_t classes[spec::kEngineCount][spec::kClassCount] = {};
  control_.fetch().Classify(until);
  control_.fetch().classes().Count(until, classes[spec::kEngineFetch]);
  memory_.Classify(until);
  for (int queue = 0; queue < spec::kQueueCount; ++queue) control_.input(queue).LogWait(until);
  const auto count = [&](ClassLog* log, int engine, int queue) {
    log->Count(until, classes[engine], &control_.input(queue).waits());
  };
  count(&memory_.load(MemorySide::kFl).classes(), spec::kEngineFl, spec::kQueueFl);
  count(&memory_.load(MemorySide::kIl).classes(), spec::kEngineIl, spec::kQueueIl);
  count(&memory_.store().classes(), spec::kEngineSt, spec::kQueueSt);
  compute_.CountClasses(until, classes);
  for (int engine = 0; engine < spec::kEngineCount; ++engine)
    for (int cls = 0; cls < spec::kClassCount; ++cls)
      counters_.AddClass(engine, cls, static_cast<uint64_t>(classes[engine][cls]));
  for (int queue = 0; queue < spec::kQueueCount; ++queue)
    control_.input(queue).waits().ForgetBefore(until);
  counters_.AddFetchWords(static_cast<uint64_t>(control_.CountWords(until)));
  counters_.LayerEnd(layer_end_);
  CountEvents(layer_parity_);
  const Front& front = control_.input(spec::kQueueSt).front();
  counters_.Record(layer_parity_, front.words()[spec::kEndLayerLayer.word], record_);
  layer_end_ = kNever;
}

// Adds the events since the last layer of that parity.
void Segment::CountEvents(int parity) {
  int64_t events[spec::kEventCount] = {};
  compute_.AddEvents(parity, events);
  const Load &fl = memory_.load(MemorySide::kFl), &il = memory_.load(MemorySide::kIl);
  const Store& st = memory_.store();
  events[spec::kEvGlbLf] = fl.glb_words(parity);
  events[spec::kEvGlbLi] = il.glb_words(parity);
  events[spec::kEvGlbStr] = st.glb_words(parity);
  events[spec::kEvDramRdFl] = fl.beat_bytes(parity);
  events[spec::kEvDramRdIl] = il.beat_bytes(parity);
  events[spec::kEvDramWrSt] = st.store_bytes(parity);
  events[spec::kEvDramWrRec] = st.record_bytes(1 - parity);  // counts for the layer after
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
  const MemPort::Fault& port = memory_.port().fault();
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
