// SPDX-License-Identifier: Apache-2.0
// A layer small enough to be computed by hand, on an array of three PEs: every event, DRAM byte and
// class of cycles of its record, from the layer's definition and the recurrences of
// docs/microarchitecture.md and docs/memory.md alone.
#include <gtest/gtest.h>

#include <map>

#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

// 3 x 5 x 2 ifmap, two 3 x 3 filters, no padding: three output positions. Array row r takes filter
// row r, so all of it is one pass of three steps.
Graph SmallLayer() {
  Graph g;
  g.name = "small";
  const int in = test::AddTensor(&g, {1, 3, 5, 2});
  const int weights = test::AddTensor(&g, {2, 3, 3, 2});
  std::vector<uint8_t> w(36, 1);
  w[0] = 0;        // filter 0, r 0, s 0, channel 0
  w[18 + 4] = 0;   // filter 1, r 0, s 2, channel 0
  w[18 + 17] = 0;  // filter 1, r 2, s 2, channel 1
  test::MakeConstant(&g.tensors.back(), w);
  const int bias = test::AddTensor(&g, {2}, DType::kInt32);
  test::MakeConstant(&g.tensors.back(), test::Words({3, -4}));
  const int out = test::AddTensor(&g, {1, 1, 3, 2});
  ConvAttrs a;
  a.window.kernel_h = a.window.kernel_w = 3;
  a.weight_zero_points = {0, 0};
  a.output.multipliers = {QuantizeMultiplier(0.5), QuantizeMultiplier(0.25)};
  Op op;
  op.name = "conv";
  op.kind = OpKind::kConv2d;
  op.inputs = {in, weights, bias};
  op.outputs = {out};
  op.attrs = a;
  g.ops.push_back(op);
  g.inputs = {in};
  g.outputs = {out};
  return g;
}

// Every value is 2 but for column 2, which is zero.
TensorData SmallInput() {
  TensorData input(3 * 5 * 2, 2);
  for (size_t r = 0; r < 3; ++r) input[(r * 5 + 2) * 2] = input[(r * 5 + 2) * 2 + 1] = 0;
  return input;
}

class HandComputed : public ::testing::Test {
 protected:
  // What the program must look like for the computation below.
  static constexpr int kSteps = 3, kRows = 3, kFilters = 2, kTaps = 3, kChannels = 2;
  static constexpr int kWords = 74;        // commands: 10 + 10 + 10 + 9 + 4 + 4 + 11 + 10 + 4 + 2
  static constexpr int kFilterBytes = 48;  // kFilters * kTaps * kChannels beats of kRows bytes, in words of 16
  static constexpr int kParamBytes = 96;   // 8 channels of 12 bytes
  static constexpr int kLatency = 60;

  void SetUp() override {
    const Config config =
        ParseConfig("{base: weft168, name: hand, Rows: 3, Cols: 1, Segs: 1}", "hand");
    test::RtlNetwork network(SmallLayer(), config);
    ASSERT_EQ(network.program().segments[0].words.size(), static_cast<size_t>(kWords));
    const Mapping& m = network.program().mappings[0][0];
    ASSERT_EQ(std::make_tuple(m.steps, m.q, m.taps, m.p, m.row_blocks()),
              std::make_tuple(kSteps, kChannels, kTaps, kFilters, 1));
    // A window has 12 products of 2 and no zero weight where that meets column 2: filter 0 sums to
    // 22, 22, 24, filter 1 to 24, 20, 20; with bias 25, 25, 27 times 0.5 and 20, 16, 16 times 0.25.
    const TensorData out = network.session().Run({SmallInput()})[0];
    EXPECT_EQ(out, (TensorData{13, 5, 13, 4, 14, 4}));
    record_ = network.session().steps()[0].record;
  }

  driver::Record record_;
};

TEST_F(HandComputed, Events) {
  constexpr int kNonzeros = 4;  // of a window: two of its three columns have two each
  constexpr int kEntries = kRows * 4 * kChannels;       // columns 0, 1, 3, 4 of three rows
  constexpr int kTokens = kRows * 5;
  constexpr int kPeSteps = kRows * kSteps;
  constexpr int kCycles = kPeSteps * kFilters * kNonzeros;
  // Each zero weight meets column 2 in one of the three positions.
  constexpr int kGated = 3 * (kSteps - 1);
  constexpr int kFilterBeats = kFilters * kTaps * kChannels;
  const std::map<int, int64_t> expected = {
      {spec::kEvMac, kCycles - kGated},
      {spec::kEvMacGated, kGated},
      {spec::kEvFilterSpadWr, kFilterBeats * kRows},
      {spec::kEvIfmapSpadWr, kEntries},
      {spec::kEvPsumSpadRd, kPeSteps * kFilters},
      {spec::kEvPsumSpadWr, kPeSteps * kFilters},
      {spec::kEvChain, kPeSteps * kFilters},
      {spec::kEvActBus, kEntries},
      {spec::kEvFltBus, kFilterBeats},
      {spec::kEvActValues, kTokens * kChannels},
      {spec::kEvGlbAct, kTokens},
      {spec::kEvGlbFlt, (kFilterBytes + kParamBytes) / 16},
      {spec::kEvGlbPsr, 0},
      {spec::kEvGlbRes, 0},
      {spec::kEvGlbStr, 1},
      {spec::kEvGlbLf, (kFilterBytes + kParamBytes) / 8},
      {spec::kEvGlbLi, 4},
      {spec::kEvGlbPsw, 0},
      {spec::kEvGlbOut, kSteps},
      {spec::kEvPost, kSteps * kFilters},
      {spec::kEvPostAdd, 0},
      {spec::kEvDramRdCmd, kWords * 4},
      {spec::kEvDramRdFl, kFilterBytes + kParamBytes},
      {spec::kEvDramRdIl, 32},  // 30 bytes in beats of 8
      {spec::kEvDramWrSt, kSteps * kFilters},
      {spec::kEvDramWrRec, 0},
  };
  ASSERT_EQ(expected.size(), static_cast<size_t>(spec::kEventCount));
  for (const auto& [event, count] : expected)
    EXPECT_EQ(record_.events[static_cast<size_t>(event)], count)
        << spec::kEvents[static_cast<size_t>(event)].name;
}

TEST_F(HandComputed, Classes) {
  // Fetch: asks in 0, granted in 1, address on the bus in 2; then a word a cycle, two of a beat.
  constexpr int kFirstBeat = 2 + kLatency, kRouted = kFirstBeat + 1;  // word w is routed in kRouted + w
  // A word reaches its front end two cycles later, and the command is complete after its last one.
  const auto complete = [](int last_word) { return kRouted + last_word + 2 + 1; };
  // FL: a burst of 16 beats and one of 2, asked for a cycle after the command is seen, their addresses
  // on the bus another one later. A beat a cycle.
  constexpr int kFlBeats = 18;
  const int fl_seen = complete(9), fl_first = fl_seen + 2 + kLatency, fl_done = fl_first + kFlBeats - 1;
  ASSERT_GT(fl_first, kFirstBeat + kWords - 2);  // behind the last beat of commands
  // IL: its address is on the bus in time, its four beats follow those of FL.
  const int il_seen = complete(19), il_done = fl_done + 4;
  ASSERT_LT(il_seen + 2 + kLatency, fl_done + 1);
  // C: CFG and MAP fire when their header is there, each operand in a cycle; PARAM waits for FL's token.
  const int cfg_fire = complete(21), map_fire = cfg_fire + 8 + 2 + 1, param_seen = map_fire + 7 + 2 + 1;
  ASSERT_LT(param_seen, fl_done);
  const int param_taken = fl_done + 1 + 2;                          // token, then two operand words
  const int param_end = param_taken + 1 + kParamBytes / 4;          // a word's read, then 4 bytes a step
  const int filter_taken = param_end + 1, filter_ok = filter_taken + 1 + 12 + 1 + 1;
  const int pass_valid = filter_taken + 2 + 1 + 9 + 1;              // header, fire, nine operands
  // Feeder: its first beat 6 cycles later, then 15 tokens, row 0, 1, 2 of each column.
  const int beat = pass_valid + 6;
  // The first window of row r is complete with the token of column 2; its filters are there.
  const int setup = beat + 2 * kRows + 1;                           // row 0; row r: r later
  ASSERT_GE(setup, filter_ok);
  constexpr int kStep = 1 + 2 * 4;                                  // 1 + groups * nonzeros
  const int array_end = setup + (kRows - 1) + kSteps * kStep;       // first cycle without a busy PE
  // The second sum of a step is there 6 cycles after its last entry; from row 2 it passes rows 1 and
  // 0 and the gather buffer, whose row is visible a cycle later.
  const int row = setup + 2 + (kStep - 1) + 6 + 2 + 1 + 1;          // of step 0; step n: n * kStep later
  const int last_row = row + (kSteps - 1) * kStep;
  const int pass_done = last_row + 6;                               // post without residual
  // ST: waits for the pass; request, address, GLB read, step, beat; its answer ends the layer.
  const int st_seen = complete(67), st_go = pass_done + 1;
  const int read = st_go + 3, wbeat = read + 2, end = wbeat + kLatency;

  using Counts = std::array<int, 6>;  // busy, output, memory, input, token, idle
  const int cycles = end + 1, token = fl_done + 1 - param_seen;
  const auto with_idle = [cycles](Counts c) {
    for (size_t k = 0; k < 5; ++k) c[5] -= c[k];
    c[5] += cycles;
    return c;
  };
  const Counts expected[] = {
      with_idle({kWords, 0, kFirstBeat, 0, 0, 0}),
      with_idle({kFlBeats, 0, fl_first - fl_seen, 0, 0, 0}),
      with_idle({4, 0, fl_done + 1 - il_seen, 0, 0, 0}),
      with_idle({1, 0, cycles - st_go - 2, 1, st_go - st_seen, 0}),
      with_idle({15, 0, 0, beat - pass_valid - 1, token, 0}),
      with_idle({kParamBytes / 4 + 12, 0, 0, 2, token, 0}),
      with_idle({array_end - setup, 0, 0, setup - pass_valid, token, 0}),
      with_idle({2 + kSteps, pass_done - last_row, 0, last_row - pass_valid - 1 - kSteps, token, 0}),
  };
  EXPECT_EQ(il_done, 158);  // the figures of one walk through, as a check of the check
  EXPECT_EQ(record_.start, 0);
  EXPECT_EQ(record_.cycles(), cycles);
  EXPECT_EQ(cycles, 320);
  for (size_t e = 0; e < std::size(expected); ++e)
    for (size_t c = 0; c < 6; ++c)
      EXPECT_EQ(record_.classes[e * spec::kClassCount + c], expected[e][c])
          << spec::kEngineNames[e] << " " << spec::kClassNames[c];
}

}  // namespace
}  // namespace weft
