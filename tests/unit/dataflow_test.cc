// SPDX-License-Identifier: Apache-2.0
// Dataflows in closed form: cases worked out by hand, reuse that adds up, and the search against all tiles there are.
#include "compiler/dataflow.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/dataflow_storage.h"
#include "compiler/row_stationary.h"

namespace weft {
namespace {

// Two filters of 3 x 3 over one channel of 4 x 4: outputs 2 x 2, 72 multiplications an image.
const DataflowLayer kSmall = {1, 2, 1, 4, 3, 2, 1};
const DataflowHardware kRoomy = {64, 1000, 100, 24};

DataflowEnergy Energy(Dataflow dataflow, const DataflowTile& tile) {
  const std::optional<DataflowMapping> mapping = MapTile(dataflow, kSmall, 1, kRoomy, tile);
  EXPECT_TRUE(mapping);
  return EnergyOf(mapping.value_or(DataflowMapping()), AccessCosts());
}

void ExpectLevels(const LevelEnergy& energy, double dram, double glb, double array, double rf) {
  EXPECT_DOUBLE_EQ(energy.dram, dram);
  EXPECT_DOUBLE_EQ(energy.glb, glb);
  EXPECT_DOUBLE_EQ(energy.array, array);
  EXPECT_DOUBLE_EQ(energy.rf, rf);
}

TEST(Dataflow, RowStationaryByHand) {
  // One set of 3 x 2 PEs, one filter after the other: 12 cycles of 6 PEs.
  DataflowTile tile;
  tile.m = 2, tile.e = 2;
  const DataflowEnergy energy = Energy(Dataflow::kRowStationary, tile);
  EXPECT_DOUBLE_EQ(energy.mac, 72);
  // 18 words of filters, past the GLB, to two columns of PEs each.
  ExpectLevels(energy.filter, 18 * 200, 0, 36 * 2, 72);
  // 16 pixels leave the GLB for each filter; six PEs take a row of 4.
  ExpectLevels(energy.ifmap, 16 * 200, 32 * 6, 48 * 2, 72);
  // 8 outputs, each of 3 psums from a column of PEs that added 3 products.
  ExpectLevels(energy.psum, 8 * 200, 0, 8 * 2 * 2, 8 * 3 * 2 * 2);
  EXPECT_DOUBLE_EQ(MapTile(Dataflow::kRowStationary, kSmall, 1, kRoomy, tile)->active_pes(), 6);
}

TEST(Dataflow, WeightStationaryByHand) {
  // 18 PEs. A psum passes 3 PEs and goes to the GLB and back from row to row of its plane.
  DataflowTile tile;
  tile.p = 2;
  const DataflowEnergy energy = Energy(Dataflow::kWeightStationary, tile);
  ExpectLevels(energy.filter, 18 * 200, 0, 18 * 2, 72);
  ExpectLevels(energy.ifmap, 16 * 200, 0, 72 * 2, 0);
  ExpectLevels(energy.psum, 8 * 200, 8 * 2 * 2 * 6, 8 * 3 * 2 * 2, 0);
  // The psums of a batch must fit: 8 words an image here.
  EXPECT_FALSE(MapTile(Dataflow::kWeightStationary, kSmall, 126, kRoomy, tile));
}

TEST(Dataflow, OutputStationaryByHand) {
  DataflowTile a;
  a.m = 2, a.e = 2, a.w = 2;
  ExpectLevels(Energy(Dataflow::kOutputA, a).ifmap, 16 * 200, 32 * 6, 72 * 2, 0);
  ExpectLevels(Energy(Dataflow::kOutputA, a).filter, 18 * 200, 18 * 6, 72 * 2, 0);
  ExpectLevels(Energy(Dataflow::kOutputA, a).psum, 8 * 200, 0, 0, 8 * 8 * 2);
  // Two rows of outputs with 3 ifmap rows each, for both filters at once.
  DataflowTile b;
  b.m = 2, b.w = 2, b.p = 2;
  ExpectLevels(Energy(Dataflow::kOutputB, b).ifmap, 24 * 200, 24 * 6, 72 * 2, 0);
  ExpectLevels(Energy(Dataflow::kOutputB, b).filter, 18 * 200, 36 * 6, 72 * 2, 0);
  // Four windows of 9 pixels.
  DataflowTile c;
  c.m = 2, c.p = 2;
  ExpectLevels(Energy(Dataflow::kOutputC, c).ifmap, 36 * 200, 36 * 6, 72 * 2, 0);
  ExpectLevels(Energy(Dataflow::kOutputC, c).filter, 18 * 200, 72 * 6, 72 * 2, 0);
}

TEST(Dataflow, NoLocalReuseByHand) {
  DataflowTile tile;
  tile.m = 2, tile.e = 2, tile.p = 2;
  const DataflowEnergy energy = Energy(Dataflow::kNoLocalReuse, tile);
  ExpectLevels(energy.filter, 18 * 200, 72 * 6, 0, 0);
  ExpectLevels(energy.ifmap, 16 * 200, 36 * 6, 72 * 2, 0);
  ExpectLevels(energy.psum, 8 * 200, 8 * 8 * 2 * 6, 0, 0);
}

// Of each size, from 1 to the layer's.
template <typename Visit>
void ForEachTile(Dataflow dataflow, const DataflowLayer& layer, int64_t batch, bool ifmaps_stay, Visit visit) {
  const bool rs = dataflow == Dataflow::kRowStationary, nlr = dataflow == Dataflow::kNoLocalReuse;
  const bool os = dataflow == Dataflow::kOutputA || dataflow == Dataflow::kOutputB || dataflow == Dataflow::kOutputC;
  const bool rows = rs || nlr || dataflow == Dataflow::kOutputA;
  const bool columns = os && dataflow != Dataflow::kOutputC;
  DataflowTile t;
  for (int stay = 0; stay <= (ifmaps_stay ? 1 : 0); ++stay)
    for (t.n = 1; t.n <= (rs || nlr || stay ? batch : 1); ++t.n)
      for (t.m = 1; t.m <= (rs || nlr || (os && !stay) ? layer.m : 1); ++t.m)
        for (t.e = 1; t.e <= (rows ? layer.e : 1); ++t.e)
          for (t.q = 1; t.q <= (rs ? layer.c : 1); ++t.q)
            for (t.p = 1; t.p <= (dataflow == Dataflow::kOutputA ? 1 : layer.m); ++t.p)
              for (t.r = 1; t.r <= (os ? 1 : layer.c); ++t.r)
                for (t.t = 1; t.t <= (rs ? layer.m : 1); ++t.t)
                  for (t.s = 1; t.s <= (os ? batch : 1); ++t.s)
                    for (t.w = 1; t.w <= (columns ? layer.e : 1); ++t.w) {
                      t.ifmaps_stay = stay == 1;
                      visit(t);
                    }
}

struct Case {
  DataflowLayer layer;
  int64_t batch;
  DataflowHardware hardware;
};
const Case kCases[] = {
    {{2, 7, 5, 7, 3, 5, 1}, 3, {40, 330, 30, 4}},
    {{1, 5, 3, 11, 3, 5, 2}, 4, {30, 450, 20, 3}},  // stride 2
    {{1, 11, 9, 2, 2, 1, 1}, 6, {24, 500, 26, 5}},  // fully connected
};

TEST(Dataflow, EveryValueIsUsedAsOftenAsTheLayerNeeds) {
  for (const Case& one : kCases) {
    for (const Dataflow dataflow : kDataflows) {
      const auto best = BestMapping(dataflow, one.layer, one.batch, one.hardware, AccessCosts());
      ASSERT_TRUE(best) << DataflowName(dataflow);
      for (const ReuseSplit& reuse : {best->ifmap, best->filter, best->psum}) {
        EXPECT_NEAR(reuse.values * reuse.uses(), best->macs, 1e-9 * best->macs) << DataflowName(dataflow);
        for (const double part : {reuse.a, reuse.b, reuse.c, reuse.d}) EXPECT_GE(part, 1 - 1e-9);
      }
      EXPECT_LE(best->active_pes(), static_cast<double>(one.hardware.pes));
      EXPECT_DOUBLE_EQ(best->psum.a, 1) << "psums never go to DRAM";
    }
  }
}

// What the chip's mapping moves is counted in words, elsewhere and with a physical array (compiler/row_stationary.h).
TEST(Dataflow, RowStationaryMovesWhatTheChipsCountsSay) {
  const DataflowLayer layer = {2, 8, 6, 9, 3, 4, 2};
  const int64_t batch = 4;
  RowStationaryMachine machine;
  machine.rows = 12, machine.cols = 14;
  machine.filter_spad = 224, machine.ifmap_spad = 12, machine.psum_spad = 24;
  machine.glb_banks = 25, machine.glb_bank_bytes = 4096, machine.filter_glb_bytes = 8192, machine.word_bytes = 2;
  machine.filter_bus = machine.psum_bus = 4, machine.ifmap_bus = 1;
  const RowStationaryShape shape = {4, 2, 6, 8, 4, 4, 3, 3, 2};
  DataflowTile tile;
  tile.m = 4, tile.n = 2, tile.e = 2, tile.p = 2, tile.q = 3, tile.r = 2, tile.t = 1;
  const RowStationaryCounts counts = CountRowStationary(shape, {4, 2, 2, 4, 2, 3, 2, 1}, machine);
  const auto mapping = MapTile(Dataflow::kRowStationary, layer, batch, {168, 51200, 260, 24}, tile);
  ASSERT_TRUE(mapping);
  const auto words = [](const ReuseSplit& reuse, int levels) {
    return reuse.values * reuse.a * (levels > 1 ? reuse.b : 1) * (levels > 2 ? reuse.c : 1);
  };
  EXPECT_DOUBLE_EQ(mapping->macs, static_cast<double>(counts.macs));
  EXPECT_DOUBLE_EQ(words(mapping->filter, 1), static_cast<double>(counts.dram_filter));
  EXPECT_DOUBLE_EQ(words(mapping->ifmap, 1), static_cast<double>(counts.dram_ifmap));
  EXPECT_DOUBLE_EQ(words(mapping->ifmap, 2), static_cast<double>(counts.glb_ifmap_reads));
  EXPECT_DOUBLE_EQ(words(mapping->psum, 1), static_cast<double>(counts.dram_ofmap));
  EXPECT_DOUBLE_EQ(words(mapping->psum, 2), static_cast<double>(counts.glb_psum_writes));
  EXPECT_DOUBLE_EQ(words(mapping->filter, 3), static_cast<double>(counts.filter_spad_writes));
  EXPECT_DOUBLE_EQ(words(mapping->ifmap, 3), static_cast<double>(counts.ifmap_spad_writes));
  EXPECT_DOUBLE_EQ(mapping->cycles, static_cast<double>(counts.mac_cycles));
}

TEST(Dataflow, SearchFindsWhatAllTilesHave) {
  for (const Case& one : kCases) {
    for (const Dataflow dataflow : kDataflows) {
      for (const bool ifmaps_stay : {false, true}) {
        double least = 0;
        int fitting = 0;
        const bool stay = ifmaps_stay && dataflow != Dataflow::kRowStationary &&
                          dataflow != Dataflow::kWeightStationary && dataflow != Dataflow::kNoLocalReuse;
        ForEachTile(dataflow, one.layer, one.batch, stay, [&](const DataflowTile& tile) {
          const auto mapping = MapTile(dataflow, one.layer, one.batch, one.hardware, tile);
          if (!mapping) return;
          const double energy = EnergyOf(*mapping, AccessCosts()).total();
          least = fitting++ == 0 ? energy : std::min(least, energy);
        });
        ASSERT_GT(fitting, 0);
        const auto best = BestMapping(dataflow, one.layer, one.batch, one.hardware, AccessCosts(), ifmaps_stay);
        ASSERT_TRUE(best);
        EXPECT_NEAR(EnergyOf(*best, AccessCosts()).total(), least, 1e-9 * least) << DataflowName(dataflow);
      }
    }
  }
}

TEST(Dataflow, NoMappingWhereNothingFits) {
  for (const Dataflow dataflow : kDataflows)
    EXPECT_FALSE(BestMapping(dataflow, kSmall, 1, {64, 3, 100, 24}, AccessCosts())) << DataflowName(dataflow);
}

TEST(DataflowStorage, AreaIsTheSameForEveryRf) {
  const AreaCurve curve({{2, 8}, {8, 14}, {64, 5}, {512, 1.6}, {4096, 1}});
  EXPECT_DOUBLE_EQ(curve.Area(5), 5 * 11.0);
  EXPECT_DOUBLE_EQ(curve.Area(1), 8);
  EXPECT_DOUBLE_EQ(curve.Area(8192), 8192);
  for (const int64_t pes : {256, 512, 1024}) {
    const double area = BaselineArea(curve, pes);
    EXPECT_DOUBLE_EQ(area, static_cast<double>(pes) * (512 * 1.6 + 512));
    for (const int64_t rf : {0, 2, 10, 98, 512}) {
      const double glb = static_cast<double>(GlbBytes(curve, pes, rf));
      EXPECT_NEAR(static_cast<double>(pes) * curve.Area(static_cast<double>(rf)) + curve.Area(glb), area, 1);
    }
    EXPECT_EQ(GlbBytes(curve, pes, 512), 512 * pes);
  }
}

}  // namespace
}  // namespace weft
