// SPDX-License-Identifier: Apache-2.0
// The mapper's parts, without a device: what the ifmap buffer holds, where the GLB's buffers lie, and
// that known shapes get mappings near what the multipliers allow.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "compiler/glb_contents.h"
#include "compiler/ifmap_buffer.h"
#include "compiler/mapping_space.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

ArrayLayer ConvLayer(int channels, int size, int filters, int kernel, int pad, double density) {
  ArrayLayer layer;
  layer.in.h = layer.in.w = size;
  layer.in.c = channels;
  layer.kernel_h = layer.kernel_w = kernel;
  layer.pad_top = layer.pad_left = pad;
  layer.out.h = layer.out.w = size + 2 * pad - kernel + 1;
  layer.out.c = filters;
  layer.density = density;
  return layer;
}

// Which row lies in which place of the buffer.
class Shadow {
 public:
  explicit Shadow(const Mapping& m) : buffer_(m, 8, 4) {}

  // Returns how many rows are loaded.
  int Use(const IfmapTile& tile) {
    int rows = 0;
    for (const IfmapBuffer::Part& part : buffer_.Use(tile))
      for (int y = part.y0; y < part.y1; ++y, ++rows)
        held_[part.glb + static_cast<int64_t>(y - part.y0) * buffer_.row_bytes()] = {part.n, y, tile.x0};
    for (int n = tile.n0; n < tile.n1; ++n)
      for (int y = tile.y0; y < tile.y1; ++y)
        EXPECT_EQ(held_[buffer_.RowAt(n, y)], std::make_tuple(n, y, tile.x0)) << "image " << n;
    return rows;
  }

 private:
  IfmapBuffer buffer_;
  std::map<int64_t, std::tuple<int, int, int>> held_;
};

TEST(IfmapBuffer, RingLoadsEveryRowOnce) {
  test::Random r(3);
  for (int round = 0; round < 500; ++round) {
    const int height = r.Int(3, 40), kernel = r.Int(2, 5), step = r.Int(1, 4), images = r.Int(1, 3);
    Mapping m;
    m.ring = true;
    m.ring_rows = step + kernel - 1 + r.Int(0, step + 2);
    Shadow shadow(m);
    for (int n = 0; n < images; ++n)
      for (int x = 0; x < 2; ++x) {
        int rows = 0;
        for (int y = 0; y + kernel <= height; y += step)
          rows += shadow.Use({n, n + 1, y, std::min(height, y + step + kernel - 1), 8 * x, 8 * x + 8, 0, 4});
        EXPECT_LE(rows, height);
      }
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST(IfmapBuffer, SlotsHoldTheirTile) {
  test::Random r(4);
  Mapping m;
  m.act_slots = 2;
  m.act_bytes = 2 * 8 * 32;
  Shadow shadow(m);
  for (int round = 0; round < 200; ++round) {
    const int y = r.Int(0, 3);
    shadow.Use({0, 2, y, y + r.Int(1, 8), 0, 8, 0, 4});
  }
}

// Against a table of every byte. A piece of which a byte is read counts as read: later than needed, never earlier.
TEST(GlbContents, KnowsLoadsAndReaders) {
  test::Random r(6);
  constexpr int kBytes = 200;
  for (int round = 0; round < 50; ++round) {
    GlbContents contents;
    int load[kBytes], reader[kBytes], exact = 0;
    std::fill_n(load, kBytes, GlbContents::kNone);
    std::fill_n(reader, kBytes, GlbContents::kNone);
    for (int command = 0; command < 200; ++command) {
      const int from = r.Int(0, kBytes - 1), to = r.Int(from + 1, kBytes);
      if (r.Chance(0.4)) {
        const int last = *std::max_element(reader + from, reader + to);
        const int found = contents.Load(from, to, command);
        EXPECT_GE(found, last);
        exact += found == last;
        std::fill(load + from, load + to, command);
        std::fill(reader + from, reader + to, GlbContents::kNone);
      } else {
        EXPECT_EQ(contents.Read(from, to, command), *std::max_element(load + from, load + to));
        for (int at = from; at < to; ++at)
          if (load[at] != GlbContents::kNone) reader[at] = command;
      }
      if (HasFailure()) FAIL() << "round " << round << " command " << command;
    }
    EXPECT_GT(exact, 0);
  }
}

// Buffers lie in the GLB one behind the other, and kinds share no bank.
TEST(PlaceInGlb, KindsShareNoBank) {
  test::Random r(5);
  for (const char* name : {"weft168", "odd", "ecp5"}) {
    const Config c = LoadConfig(name);
    for (int round = 0; round < 20; ++round) {
      const int kernel = r.Int(1, 5);
      const Mapping m = ChooseMapping(
          ConvLayer(r.Int(1, 100), r.Int(kernel, 40), r.Int(1, 100), kernel, kernel / 2, r.Real()), c);
      const std::pair<int64_t, int64_t> kinds[] = {{m.act_at, m.act_bytes * m.act_slots},
                                                   {m.flt_at, m.flt_bytes * m.flt_slots},
                                                   {m.psum_at, m.psum_bytes},
                                                   {m.out_at, m.out_bytes * m.out_slots}};
      int64_t bank = 0;  // first that is free
      for (const auto& [at, bytes] : kinds) {
        if (bytes == 0) continue;
        EXPECT_GE(at / c.glb_bank_bytes, bank);
        bank = (at + bytes - 1) / c.glb_bank_bytes + 1;
      }
      EXPECT_LE(bank, c.glb_banks);
    }
  }
}

struct Shape {
  const char* name;
  int channels, size, filters, kernel, pad;
};

// Cycles by the closed form against those that 168 multipliers need, dense, padding counted.
TEST(ChooseMapping, ComesNearTheMultipliers) {
  const Config c = LoadConfig("weft168");
  for (const Shape& s : {Shape{"narrow", 512, 7, 512, 3, 1}, Shape{"1x1", 256, 56, 64, 1, 0},
                         Shape{"28 wide", 128, 28, 128, 3, 1}, Shape{"many rows", 64, 224, 64, 3, 1}}) {
    const Mapping m = ChooseMapping(ConvLayer(s.channels, s.size, s.filters, s.kernel, s.pad, 1), c);
    const double macs = static_cast<double>(s.size) * s.size * s.channels * s.filters * s.kernel * s.kernel;
    EXPECT_GT(macs / c.multipliers() / static_cast<double>(m.cycles), 0.9) << s.name;
  }
}

}  // namespace
}  // namespace weft
