// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "compiler/layer_emitter.h"

namespace weft {
namespace {

// Loads of filters that stand before the command that takes their token, loads of ifmap in a row.
constexpr int kFiltersAhead = 2, kIfmapsAhead = 4;

}  // namespace

int64_t WeightImage::Append(const std::vector<uint8_t>& block) {
  bytes.resize((bytes.size() + 63) / 64 * 64, 0);
  const int64_t at = base + static_cast<int64_t>(bytes.size());
  bytes.insert(bytes.end(), block.begin(), block.end());
  return at;
}

// Loads wait for what they need of the array layer before, and for all of those before that one and their
// records: no more than two layers count at a time. Small counters allow one only.
void Scheduler::BeginArrayLayer() {
  before_ = std::move(now_);
  now_ = Handover(config_.glb_single_port ? 64 : config_.glb_bank_bytes);
  const int begins = static_cast<int>(lists_[kSt].size());
  must_store_ = (config_.counter_small ? begins : now_begins_) - 1;
  now_begins_ = begins;
}

void Scheduler::EndArrayLayer() { now_.End(il_taker_); }

void Scheduler::AddLayer(const std::vector<ArrayLayer>& layers, const std::vector<Mapping>& mappings, int layer_index,
                         int64_t record_address) {
  for (size_t i = 0; i < layers.size(); ++i) {
    BeginArrayLayer();
    // A residual operand is read until the pass has ended, the ifmap only until it is fed.
    LayerEmitter emitter(this, layers[i], mappings[i], array_layers_++, !layers[i].has_residual);
    emitter.Emit();
    emitter.HoldBuffers();
    EndArrayLayer();
  }
  EndLayer(layer_index, record_address);
}

uint32_t Scheduler::WaitToLoad(Engine engine, int64_t glb, int64_t bytes, const MemoryExtent* from, int user,
                               bool when_fed) {
  Handover::Needs needs;
  if (Overlaps(engine))
    needs = from == nullptr ? before_.OfFilters(glb, bytes) : before_.OfIfmap(glb, bytes, *from);
  return WaitForStore(engine, std::max(must_store_, needs.store)) |
         WaitForC(engine, std::max(user, needs.user), when_fed);
}

uint32_t Scheduler::WaitForC(Engine engine, int user, bool when_fed) {
  if (user <= c_waited_[engine]) return 0;
  c_waited_[engine] = user;
  const uint32_t semaphore = Bit(engine == kFl ? spec::kSemCFl : engine == kIl ? spec::kSemCIl : spec::kSemCSt);
  Command& command = lists_[kC][static_cast<size_t>(user)];
  (when_fed ? command.signal_feed : command.signal) |= semaphore;
  return semaphore;
}

uint32_t Scheduler::WaitForStore(Engine engine, int store) {
  if (store <= st_waited_[engine]) return 0;
  st_waited_[engine] = store;
  const uint32_t semaphore = Bit(engine == kFl ? spec::kSemStFl : engine == kIl ? spec::kSemStIl : spec::kSemStC);
  lists_[kSt][static_cast<size_t>(store)].signal |= semaphore;
  return semaphore;
}

uint32_t Scheduler::WaitForLoad(int load, int pass) {
  load = std::max(load, must_load_);
  if (load <= load_waited_) return 0;
  load_waited_ = load;
  il_taker_ = pass;
  lists_[kIl][static_cast<size_t>(load)].signal |= Bit(spec::kSemIlC);
  return Bit(spec::kSemIlC);
}

// A load of nothing passes the token on from C to C.
void Scheduler::AfterOutputsOf(int user) {
  Command nothing(spec::kOpLoadI, spec::kLoadIOperandWords, layers_ % 2);
  nothing.wait = WaitForC(kIl, user);
  must_load_ = static_cast<int>(lists_[kIl].size());
  lists_[kIl].push_back(std::move(nothing));
}

// Where there are two buffers between the layers, the first layer is a tile ahead: passes of another tile stand between
// the last one that writes a tile and the first one that reads it, and as two are in flight at most, the one has ended
// when the other starts. With one buffer a token says so. A buffer is written again by passes behind those that read
// it, and the outputs of a pass come after all that the passes before it have read.
void Scheduler::AddPair(const std::vector<ArrayLayer>& layers, const std::vector<Mapping>& mappings, int layer_index,
                        int64_t record_address) {
  BeginArrayLayer();
  const bool when_fed = !layers[1].has_residual;  // one semaphore for both
  LayerEmitter first(this, layers[0], mappings[0], array_layers_, when_fed);
  LayerEmitter second(this, layers[1], mappings[1], array_layers_ + 1, when_fed);
  array_layers_ += 2;
  const bool one_cfg = config_.glb_single_port != 0;  // which both layers share
  std::vector<LayerEmitter::Tile> places = first.Places();
  places.resize(std::min(places.size(), static_cast<size_t>(slice_.tiles)));
  first.EmitCfg();
  const size_t ahead = static_cast<size_t>(mappings[0].out_slots) - 1;
  for (size_t i = 0; i < places.size() + ahead; ++i) {
    const bool more = i < places.size();
    if (more) {
      if (one_cfg && i > ahead) first.EmitCfg();
      first.EmitPlace(places[i]);
      if (ahead == 0) AfterOutputsOf(static_cast<int>(lists_[kC].size()) - 1);
    }
    if (i < ahead) continue;
    if (i == ahead || (one_cfg && more)) second.EmitCfg();
    second.EmitPlaceBehind(layers[0], places[i - ahead]);
  }
  first.HoldBuffers();
  second.HoldBuffers();
  EndArrayLayer();
  EndLayer(layer_index, record_address);
}

void Scheduler::EndLayer(int layer_index, int64_t record_address) {
  Command end(spec::kOpEndLayer, spec::kEndLayerOperandWords, layers_ % 2);
  end.Set(spec::kEndLayerLayer, layer_index).Set(spec::kEndLayerMem, record_address);
  Command& last = lists_[kC].back();
  if ((last.signal & Bit(spec::kSemCSt)) == 0) {  // a slice without its last store
    last.signal |= Bit(spec::kSemCSt);
    end.wait = Bit(spec::kSemCSt);
  }
  lists_[kSt].push_back(std::move(end));
  ++layers_;
}

void Scheduler::ForgetSlots() {
  for (int i = 0; i < 2; ++i) copy_key_[i] = half_key_[i] = -1;
  patterns_.assign(static_cast<size_t>(config_.patterns), {});
  pattern_order_.resize(patterns_.size());
  std::iota(pattern_order_.begin(), pattern_order_.end(), 0);
}

std::vector<uint32_t> Scheduler::Finish() {
  std::vector<uint32_t> words;
  KeptWords kept(config_);
  size_t next[kEngines] = {};
  int tokens[spec::kSemCount] = {};
  auto ready = [&](const Command& command) {
    for (int s = 0; s < spec::kSemCount; ++s)
      if ((command.wait >> s & 1) && tokens[s] == 0) return false;
    return true;
  };
  // Loads stand as early as their buffers allow, but not so many in a row that commands of the array, or the load that
  // the first of them waits for, come late.
  int filters_ahead = 0, ifmaps_ahead = 0;
  const auto next_engine = [&] {
    const auto can = [&](Engine e) { return next[e] < lists_[e].size() && ready(lists_[e][next[e]]); };
    if (can(kSt)) return static_cast<int>(kSt);
    if (filters_ahead < kFiltersAhead && can(kFl)) return static_cast<int>(kFl);
    if (ifmaps_ahead < kIfmapsAhead && can(kIl)) return static_cast<int>(kIl);
    for (Engine e : {kC, kFl, kIl})
      if (can(e)) return static_cast<int>(e);
    return -1;
  };
  for (;;) {
    const int chosen = next_engine();
    if (chosen < 0) break;
    const Command& command = lists_[chosen][next[chosen]++];
    if (chosen == kFl) ++filters_ahead;
    if (chosen == kIl) ++ifmaps_ahead;
    if (chosen == kC) ifmaps_ahead = 0;
    if (chosen == kC && (command.wait & Bit(spec::kSemFlC))) --filters_ahead;
    for (int s = 0; s < spec::kSemCount; ++s) {
      tokens[s] -= command.wait >> s & 1;
      tokens[s] += (command.signal >> s & 1) + (command.signal_feed >> s & 1);
    }
    command.AppendTo(&words, &kept);
  }
  for (int e = 0; e < kEngines; ++e) {
    if (next[e] != lists_[e].size()) throw Error("internal: the schedule waits for a token nobody gives");
    lists_[e].clear();
  }
  Command(spec::kOpEnd, 0, 0).AppendTo(&words, &kept);
  layers_ = array_layers_ = now_begins_ = 0;
  now_ = Handover();
  il_taker_ = load_waited_ = must_load_ = -1;
  std::fill(std::begin(c_waited_), std::end(c_waited_), -1);
  std::fill(std::begin(st_waited_), std::end(st_waited_), -1);
  ForgetSlots();
  return words;
}

}  // namespace weft
