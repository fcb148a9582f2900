// SPDX-License-Identifier: Apache-2.0
#include "sim/judge.h"

#include <algorithm>
#include <vector>

#include "compiler/pass_loops.h"
#include "compiler/traffic.h"
#include "sim/layer_bench.h"

namespace weft {
namespace {

// Passes at the end of those run, in which too little is loaded ahead.
int64_t Ahead(int64_t run) { return run / 8; }

// Two rounds of an outer loop that are not much longer than what is asked for.
int64_t PassesToRun(const PassLoops& loops, int64_t passes) {
  passes = std::max<int64_t>(1, passes);
  for (int64_t loop : {loops.inner, loops.tile, loops.chunk}) {
    const int64_t two = loop * 16 / 7 + 1;
    if (two <= passes || two > 3 * passes) continue;
    return two;
  }
  return passes;
}

// Cycles of the whole layer, from those in which its first passes ended.
int64_t Extrapolate(const PassLoops& loops, const Mapping& m, const std::vector<int64_t>& ends) {
  // Whole rounds of the outermost loop that has gone round more than twice. In the first round everything
  // begins empty; at the end nothing more is loaded ahead.
  const int64_t run = static_cast<int64_t>(ends.size()), whole = run - Ahead(run);
  int64_t round = 1;
  for (int64_t loop : {loops.run, loops.batch, loops.chunk, loops.tile, loops.inner})
    if (whole >= 2 * loop) round = loop;
  const int64_t rounds = whole / round;
  if (rounds < 2) return ends.back() * loops.all / run;
  const int64_t from = std::max<int64_t>(1, rounds / 8) * round, to = rounds * round;
  const auto at = [&ends](int64_t pass) { return ends[static_cast<size_t>(pass - 1)]; };
  const int64_t last_store = m.out_bytes / LayerBench::kBytesPerCycle;
  return at(to) + (loops.all - to) * (at(to) - at(from)) / (to - from) + last_store;
}

Judgement JudgeOne(const LayerBench& bench, const ArrayLayer& layer, const Config& config, const Mapping& m,
                   int64_t most_cycles) {
  const LayerBench::Commands whole = bench.Schedule(m);
  Judgement judgement;
  judgement.dram_bytes = DramBytes(whole.words, config);
  if (!bench.Fits(whole)) {  // a program with this layer cannot be run, but looked at
    judgement.cycles = m.cycles;
    return judgement;
  }
  if (m.cycles <= most_cycles) {
    judgement.cycles = bench.Run(whole);
    return judgement;
  }
  const PassLoops loops = PassLoopsOf(layer, m);
  std::vector<int64_t> ends;
  bench.Run(bench.Schedule(m, PassesToRun(loops, most_cycles * loops.all / m.cycles)), kNever, &ends);
  judgement.cycles = Extrapolate(loops, m, ends);
  return judgement;
}

}  // namespace

std::vector<Judgement> JudgeByModel(const ArrayLayer& layer, const Config& config, const std::vector<Mapping>& mappings,
                                    int64_t most_cycles) {
  const LayerBench bench(layer, config);
  std::vector<Judgement> judged;
  for (const Mapping& m : mappings) judged.push_back(JudgeOne(bench, layer, config, m, most_cycles));
  return judged;
}

}  // namespace weft
