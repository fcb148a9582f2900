// SPDX-License-Identifier: Apache-2.0
// Proves of a segment's commands that every two that meet in the GLB, on a bank or in memory are in an order that
// holds whatever the timing: by tokens and by what the hardware does in order (docs/microarchitecture.md section 4).

#ifndef WEFT_TESTS_SUPPORT_HAZARDS_H_
#define WEFT_TESTS_SUPPORT_HAZARDS_H_

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "compiler/command_view.h"
#include "compiler/program.h"

namespace weft::test {

class HazardCheck {
 public:
  HazardCheck(const Program& program, const Segment& segment)
      : c_(program.config), words_(segment.words), memory_(static_cast<size_t>(program.window_bytes)),
        glb_(static_cast<size_t>(c_.glb_size())), banks_(static_cast<size_t>(c_.glb_banks)) {}

  // What is wrong first; empty if nothing is.
  std::string Run() {
    std::string problem;
    CommandReader reader(words_, c_);
    while (problem_.empty() && !reader.done()) {
      if (!reader.Next(&v_, &problem)) return problem;
      if (v_.kind->opcode != spec::kOpEnd) Step(v_.at);
    }
    return problem_;
  }
  int64_t accesses() const { return accesses_; }

 private:
  // Each goes through its events in order: commands start; loads and stores, filter loads, the feeding of
  // passes and passes end.
  enum Stream { kFl, kIl, kSt, kC, kFlEnd, kIlEnd, kStEnd, kLoaded, kFed, kEnded, kStreams };
  enum Client { kAct, kFlt, kPsr, kRes, kStr, kLf, kLi, kPsw, kOut, kClients };
  // Of each stream how many events come before; an event counts itself.
  using Clock = std::array<int, kStreams>;
  struct End {
    int stream = -1, index = 0;
  };
  struct Place {
    End writer;
    std::array<int, kStreams> readers = {};
  };
  struct Bank {
    std::array<End, kClients> last;
  };
  struct Given {
    Clock clock;
    size_t at;
  };

  static void Join(Clock* a, const Clock& b) {
    for (size_t i = 0; i < kStreams; ++i) (*a)[i] = std::max((*a)[i], b[i]);
  }
  static bool Before(const End& end, const Clock& begin) {
    return end.stream < 0 || begin[static_cast<size_t>(end.stream)] >= end.index;
  }
  End Happen(Stream stream, Clock clock) {
    Join(&clock, last_[stream]);
    clock[stream] = ++count_[stream];
    last_[stream] = clock;
    return {stream, count_[stream]};
  }
  void Fail(const std::string& what) {
    if (problem_.empty()) problem_ = fmt::format("word {} ({}): {}", at_, v_.kind->name, what);
  }

  void Step(size_t at) {
    at_ = at;
    const std::string engine = v_.kind->engine;
    const Stream stream = engine == "fl" ? kFl : engine == "il" ? kIl : engine == "st" ? kSt : kC;
    Clock begin = last_[stream];
    for (size_t s = 0; s < spec::kSemCount; ++s) {
      if ((v_.wait >> s & 1) == 0) continue;
      const size_t token = taken_[s]++;
      if (token >= given_[s].size()) return Fail("waits for a token that is not given");
      Join(&begin, given_[s][token].clock);
    }
    if (v_.kind->opcode == spec::kOpPass && passes_.size() >= 2) Join(&begin, passes_[passes_.size() - 2]);
    Happen(stream, begin);
    begin = last_[stream];
    CheckLayer(stream, begin);
    switch (v_.kind->opcode) {
      case spec::kOpLoadF: Move(kFlEnd, kLf, begin); break;
      case spec::kOpLoadI: Move(kIlEnd, kLi, begin); break;
      case spec::kOpStore: Move(kStEnd, kStr, begin); break;
      case spec::kOpEndLayer: Give(Happen(kStEnd, begin), v_.signal); layer_ends_.push_back(count_[kStEnd]); break;
      case spec::kOpMap: ReadPattern(); Give({kC, count_[kC]}, v_.signal); break;
      case spec::kOpFilter:
      case spec::kOpParam: LoadFilters(begin); break;
      case spec::kOpPass: Pass(begin); break;
      default: Give({kC, count_[kC]}, v_.signal); break;
    }
  }

  // Tokens of one semaphore must come in the order in which they are waited for.
  void Give(const End& end, uint32_t semaphores) {
    for (size_t s = 0; s < spec::kSemCount; ++s) {
      if ((semaphores >> s & 1) == 0) continue;
      const Clock& clock = last_[static_cast<size_t>(end.stream)];
      if (!given_[s].empty()) {
        const Clock& before = given_[s].back().clock;
        for (size_t i = 0; i < kStreams; ++i)
          if (i == static_cast<size_t>(given_stream_[s]) && clock[i] < before[i])
            Fail(fmt::format("its token of {} may come before the one of word {}", spec::kSemaphoreNames[s],
                             given_[s].back().at));
      }
      given_[s].push_back({clock, at_});
      given_stream_[s] = end.stream;
    }
  }

  // A layer counts when the one before the last one has written its record.
  void CheckLayer(Stream stream, const Clock& begin) {
    if (stream == kC) return;
    int& layer = layer_[stream];
    if (v_.parity != layer % 2) ++layer;
    if (stream == kSt || layer < 2) return;
    const size_t record = static_cast<size_t>(layer) - 2;
    if (record >= layer_ends_.size() || begin[kStEnd] < layer_ends_[record])
      Fail("may come before the record of the layer before the last one");
  }

  void Read(std::vector<Place>* places, int64_t at, int64_t bytes, const Clock& begin, const End& end) {
    for (int64_t i = at; i < at + bytes; ++i, ++accesses_) {
      Place& place = (*places)[static_cast<size_t>(i)];
      if (!Before(place.writer, begin)) Fail(fmt::format("reads {:#x}, which may not be written yet", i));
      place.readers[static_cast<size_t>(end.stream)] = end.index;
    }
  }
  void Write(std::vector<Place>* places, int64_t at, int64_t bytes, const Clock& begin, const End& end) {
    for (int64_t i = at; i < at + bytes; ++i, ++accesses_) {
      Place& place = (*places)[static_cast<size_t>(i)];
      if (!Before(place.writer, begin)) Fail(fmt::format("writes {:#x}, which another one may still write", i));
      for (size_t s = 0; s < kStreams; ++s)
        if (place.readers[s] > begin[s]) Fail(fmt::format("writes {:#x}, which another one may still read", i));
      place.writer = end;
      place.readers = {};
    }
  }
  // Of reading (or writing) clients one at a time uses a bank.
  void UseBanks(Client client, int64_t at, int64_t bytes, const Clock& begin, const End& end) {
    if (c_.glb_single_port) return;
    for (int64_t b = at / c_.glb_bank_bytes; b <= (at + bytes - 1) / c_.glb_bank_bytes; ++b) {
      Bank& bank = banks_[static_cast<size_t>(b)];
      for (int other = 0; other < kClients; ++other)
        if (other != client && (other < kLf) == (client < kLf) && !Before(bank.last[static_cast<size_t>(other)], begin))
          Fail(fmt::format("client {} meets client {} on bank {}", static_cast<int>(client), other, b));
      bank.last[client] = end;
    }
  }
  void UseGlb(Client client, int64_t at, int64_t bytes, const Clock& begin, const End& end) {
    at &= (int64_t{1} << 18) - 1;
    UseBanks(client, at, bytes, begin, end);
    client < kLf ? Read(&glb_, at, bytes, begin, end) : Write(&glb_, at, bytes, begin, end);
  }

  void Move(Stream stream, Client client, const Clock& begin) {
    Clock own = begin;
    Join(&own, last_[stream]);  // one after the other
    const End end = Happen(stream, begin);
    const auto get = [&](const spec::Field& f) { return v_.Get(f); };
    const int64_t run = get(spec::kMoveRun);
    for (int64_t i2 = 0; run > 0 && i2 < get(spec::kMoveN2); ++i2) {
      for (int64_t i1 = 0; i1 < get(spec::kMoveN1); ++i1) {
        const int64_t memory =
            (get(spec::kMoveMem) + i1 * get(spec::kMoveMemStride1) + i2 * get(spec::kMoveMemStride2)) & 0xffffffff;
        UseGlb(client, get(spec::kMoveGlb) + i1 * get(spec::kMoveGlbStride1) + i2 * get(spec::kMoveGlbStride2), run,
               own, end);
        client == kStr ? Write(&memory_, memory, run, own, end) : Read(&memory_, memory, run, own, end);
      }
    }
    Give(end, v_.signal);
  }

  void ReadPattern() {
    const size_t pes = (static_cast<size_t>(c_.rows) * static_cast<size_t>(c_.cols) + 1) / 2;
    const size_t streams = static_cast<size_t>(v_.Get(spec::kMapStreams)),
                 units = static_cast<size_t>(v_.Get(spec::kMapUnits));
    const uint32_t* from = v_.operands + 1 + pes;
    const size_t slot = static_cast<size_t>(v_.Get(spec::kMapPattern));
    streams_[slot].assign(from, from + streams);
    units_[slot].assign(from + streams, from + streams + units);
  }

  void LoadFilters(const Clock& begin) {
    const bool param = v_.kind->opcode == spec::kOpParam;
    const int64_t bytes = param ? v_.Get(spec::kParamRows) * c_.post_lanes * 12
                                : v_.Get(spec::kFilterBeats) * v_.Get(spec::kFilterSets) * c_.rows * c_.lanes;
    Clock own = begin;
    Join(&own, last_[kLoaded]);
    const End end = Happen(kLoaded, begin);
    UseGlb(kFlt, v_.Get(param ? spec::kParamGlb : spec::kFilterGlb), bytes, own, end);
    Give(end, v_.signal);
  }

  void Pass(const Clock& begin) {
    const auto get = [&](const spec::Field& f) { return v_.Get(f); };
    const size_t slot = static_cast<size_t>(get(spec::kPassPattern));
    Clock feeds = begin, collects = begin;
    Join(&feeds, last_[kFed]);
    Join(&collects, last_[kEnded]);
    const End fed = Happen(kFed, begin);
    Clock ended_clock = last_[kFed];
    Join(&ended_clock, last_[kLoaded]);
    const End ended = Happen(kEnded, ended_clock);
    for (uint32_t stream : streams_[slot]) {
      const int64_t first = GetField(&stream, spec::kMapStreamFirst), count = GetField(&stream, spec::kMapStreamCount);
      const int64_t bytes = get(GetField(&stream, spec::kMapStreamShort) != 0 ? spec::kPassQShort : spec::kPassQ);
      for (int64_t x = first; x < first + count; ++x)
        UseGlb(kAct, get(spec::kPassActBase) + GetField(&stream, spec::kMapStreamOffset) + x * get(spec::kPassXstride),
               bytes, feeds, fed);
    }
    const int64_t steps = get(spec::kPassSteps), p = get(spec::kPassP);
    const int64_t sum_words = (p + c_.psum_words_per_glb_word() - 1) / c_.psum_words_per_glb_word();
    const int64_t sums = steps * static_cast<int64_t>(units_[slot].size()) * sum_words * c_.glb_bytes;
    const bool last = get(spec::kPassLast) != 0;
    if (get(spec::kPassAccIn) != 0) UseGlb(kPsr, get(spec::kPassPsumBase), sums, collects, ended);
    // A pass reads a stored sum before it writes it again.
    if (!last) {
      Clock written = collects;
      written[kEnded] = ended.index;
      UseGlb(kPsw, get(spec::kPassPsumBase), sums, written, ended);
    }
    for (uint32_t unit : units_[slot]) {
      for (int64_t n = 0; last && n < steps; ++n) {
        const int64_t at =
            get(spec::kPassOutBase) + n * get(spec::kPassOutStride) + GetField(&unit, spec::kMapUnitOffset);
        if (get(spec::kPassResEn) != 0) UseGlb(kRes, at + get(spec::kPassResDelta), p, collects, ended);
        // Positions done twice in a pass are the same.
        Clock written = collects;
        written[kEnded] = ended.index;
        UseGlb(kOut, at, p, written, ended);
      }
    }
    Clock free = last_[kEnded];
    Join(&free, last_[kFed]);
    passes_.push_back(free);
    Give(ended, v_.signal);
    Give(fed, v_.signal_feed);
  }

  const Config& c_;
  const std::vector<uint32_t>& words_;
  std::vector<Place> memory_, glb_;
  std::vector<Bank> banks_;
  CommandView v_;
  size_t at_ = 0;
  std::string problem_;
  int64_t accesses_ = 0;
  std::array<Clock, kStreams> last_ = {};
  std::array<int, kStreams> count_ = {};
  std::vector<Given> given_[spec::kSemCount];
  int given_stream_[spec::kSemCount] = {};
  size_t taken_[spec::kSemCount] = {};
  int layer_[kStreams] = {};
  std::vector<int> layer_ends_;  // per layer, in kStEnd
  std::vector<Clock> passes_;    // when their slots are free
  std::vector<uint32_t> streams_[1 << spec::kPassPattern.width], units_[1 << spec::kPassPattern.width];
};

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_HAZARDS_H_
