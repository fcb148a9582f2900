// SPDX-License-Identifier: Apache-2.0
// Command fetch, queues, front ends and semaphores of one accelerator, hosted. It is a client of
// the memory port, and its own decisions come in order of time too (NextEvent, Advance): a request
// for more commands depends on who pops words first.
#ifndef WEFT_MODEL_CONTROL_H_
#define WEFT_MODEL_CONTROL_H_

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>

#include "model/command_input.h"
#include "model/config.h"
#include "model/fetch.h"
#include "model/move.h"

namespace weft::model {

class Control final : public ReadClient {
 public:
  // news(): something that others may wait for has happened.
  Control(const weft::Config& config, std::function<void()> news)
      : mem_bytes_(config.mem_bytes),
        address_mask_(config.plain_memory != 0 ? 0xffffffu : 0xffffffffu),
        news_(std::move(news)),
        fetch_({config.rows, config.cols, config.rows * config.cols, config.max_units(),
                config.mem_bytes, config.max_burst_bytes, config.queue_words, config.keeps_moves()}),
        inputs_{{Move(config, config.max_reads), Small(config), spec::kQueueFl, &sems_, &left_},
                {Move(config, config.max_reads), Small(config), spec::kQueueIl, &sems_, &left_},
                {Move(config, config.max_writes), Small(config), spec::kQueueSt, &sems_, &left_},
                {{0, 1}, Small(config), spec::kQueueC, &sems_, &left_}} {}

  void Start(uint32_t program, uint32_t program_bytes) {
    program_ = program;
    fetch_.Start(0, program_bytes);
    left_.Reset();
    sems_.Reset();
    for (CommandInput& input : inputs_) input.Reset();
    routed_.clear();
    beat_fire_ = asked_ = kNever;
  }

  // ---- the memory port ----
  Cycle RequestAt() const override { return asked_ == kNever ? kNever : asked_ + 1; }
  MemRequest Request() const override { return request_; }
  void Granted(Cycle cycle) override {
    fetch_.Granted(cycle);
    asked_ = kNever;
    news_();
  }
  Cycle Beat(Cycle offered, const uint8_t* data, bool /*last*/) override {
    beat_fire_ = std::max(offered, fetch_.BeatFrom());
    std::memcpy(beat_, data, static_cast<size_t>(mem_bytes_));
    news_();
    return beat_fire_;
  }

  // ---- in order of time: Route and Advance in every cycle of NextEvent ----
  Cycle NextEvent() {
    const Cycle words = beat_fire_ == kNever ? kNever : beat_fire_ + 1;
    return std::min(words, AskAt());
  }
  // The words of a beat that fired before `cycle` go to their queues.
  void Route(Cycle cycle) {
    if (beat_fire_ >= cycle) return;
    const Cycle fire = beat_fire_;
    beat_fire_ = kNever;
    fetch_.Beat(fire, beat_, [this](Cycle at, int queue, uint32_t word) {
      routed_.push_back(at);
      if (queue == Fetch::kDropped) {
        left_.Add(at);
      } else {
        inputs_[queue].Push(at, word);
      }
    });
  }
  // Asks for words in `cycle`, if at all: everything before it has been told.
  void Ask(Cycle cycle) {
    if (AskAt() > cycle) return;
    asked_ = AskAt();
    request_ = {(program_ + static_cast<uint32_t>(fetch_.request_word()) * 4) & address_mask_,
                fetch_.request_beats()};
    fetch_.Ask(asked_);
    left_.ForgetBefore(asked_ - 1);
  }

  CommandInput& input(int queue) { return inputs_[queue]; }
  Semaphores& sems() { return sems_; }
  Fetch& fetch() { return fetch_; }

  // Words fetched before `cycle` and not counted yet (event dram_rd_cmd).
  int64_t CountWords(Cycle cycle) {
    int64_t count = 0;
    for (; !routed_.empty() && routed_.front() < cycle; routed_.pop_front()) ++count;
    return count;
  }
  // Whether all commands are done, and from when on that shows.
  bool idle() const {
    bool idle = fetch_.ended() && beat_fire_ == kNever && asked_ == kNever;
    for (const CommandInput& input : inputs_) idle = idle && input.idle();
    return idle;
  }
  Cycle IdleFrom() const {
    Cycle from = fetch_.IdleFrom(left_.last());
    for (const CommandInput& input : inputs_) from = std::max(from, input.IdleFrom());
    return from;
  }

 private:
  static bool Small(const weft::Config& config) { return config.glb_single_port != 0; }
  // The front end of a memory engine; weft_mover takes its operands from it.
  static Front::Config Move(const weft::Config& config, int bursts) {
    return {Small(config) ? 0 : 8, bursts + 1};
  }
  Cycle AskAt() {
    if (asked_ != kNever) return kNever;
    const int64_t needed = fetch_.LeftNeeded();
    const Cycle left = left_.At(needed);
    return left == kNever ? kNever : fetch_.AskAt(left);
  }

  const int mem_bytes_;
  const uint32_t address_mask_;
  const std::function<void()> news_;
  Fetch fetch_;
  LeftLog left_;
  Semaphores sems_;
  CommandInput inputs_[spec::kQueueCount];
  uint32_t program_ = 0;
  MemRequest request_;
  Cycle asked_ = kNever;      // a request that is not granted yet
  Cycle beat_fire_ = kNever;  // a beat whose words are not routed yet
  uint32_t beat_[2] = {};
  std::deque<Cycle> routed_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_CONTROL_H_
