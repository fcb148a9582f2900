// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_json.h"

#include <fmt/format.h>

#include "model/error.h"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

struct IntField {
  const char* name;
  int Mapping::*member;
};
constexpr IntField kInts[] = {
    {"segs", &Mapping::segs},
    {"seg_rows", &Mapping::seg_rows},
    {"q", &Mapping::q},
    {"taps", &Mapping::taps},
    {"p", &Mapping::p},
    {"groups", &Mapping::groups},
    {"rpt", &Mapping::rpt},
    {"tap_stride", &Mapping::tap_stride},
    {"filter_stride", &Mapping::filter_stride},
    {"steps", &Mapping::steps},
    {"fgs", &Mapping::fgs},
    {"positions", &Mapping::positions},
    {"last_positions", &Mapping::last_positions},
    {"sets", &Mapping::sets},
    {"tile_images", &Mapping::tile_images},
    {"tile_rows", &Mapping::tile_rows},
    {"tile_cols", &Mapping::tile_cols},
    {"tile_fgs", &Mapping::tile_fgs},
    {"chunk_blocks", &Mapping::chunk_blocks},
    {"ring_rows", &Mapping::ring_rows},
    {"total_fgs", &Mapping::total_fgs},
    {"pair_pixel", &Mapping::pair_pixel},
    {"pair_cols", &Mapping::pair_cols},
    {"parts", &Mapping::parts},
};

struct LongField {
  const char* name;
  int64_t Mapping::*member;
};
constexpr LongField kLongs[] = {
    {"act_at", &Mapping::act_at},       {"act_bytes", &Mapping::act_bytes},
    {"act_slots", &Mapping::act_slots}, {"flt_at", &Mapping::flt_at}, {"block_bytes", &Mapping::block_bytes},
    {"flt_bytes", &Mapping::flt_bytes}, {"flt_slots", &Mapping::flt_slots},
    {"psum_at", &Mapping::psum_at},     {"psum_bytes", &Mapping::psum_bytes},
    {"out_at", &Mapping::out_at},       {"out_bytes", &Mapping::out_bytes},
    {"out_slots", &Mapping::out_slots}, {"res_at", &Mapping::res_at},
    {"res_slots", &Mapping::res_slots}, {"glb_used", &Mapping::glb_used},
    {"cycles", &Mapping::cycles},       {"dram_bytes", &Mapping::dram_bytes},
};

struct BoolField {
  const char* name;
  bool Mapping::*member;
};
constexpr BoolField kBools[] = {
    {"spread", &Mapping::spread},
    {"resident", &Mapping::resident},
    {"drain", &Mapping::drain},
    {"ring", &Mapping::ring},
    {"keep_ifmap", &Mapping::keep_ifmap},
};

constexpr char kRows[] = "rows";
constexpr int64_t kMostInt = 1 << 30;  // sums of two stay in 32 bits

int64_t Number(const Json& json, const char* name, int64_t lowest, int64_t highest) {
  const bool whole = json.is_number_integer();
  const bool large = whole && json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX;
  const int64_t value = whole && !large ? json.get<int64_t>() : 0;
  if (!whole || large || value < lowest || value > highest) {
    throw Error(fmt::format("mapping field {}: a whole number of {} to {} is needed", name, lowest,
                            highest));
  }
  return value;
}

const Json& Member(const Json& json, const char* name) {
  const auto it = json.find(name);
  if (it == json.end()) throw Error(fmt::format("mapping field {} is missing", name));
  return *it;
}

}  // namespace

Json MappingToJson(const Mapping& mapping, bool rows) {
  Json json;
  for (const IntField& f : kInts) json[f.name] = mapping.*f.member;
  for (const BoolField& f : kBools) json[f.name] = mapping.*f.member ? 1 : 0;
  for (const LongField& f : kLongs) json[f.name] = mapping.*f.member;
  if (!rows) return json;
  Json list = Json::array();
  for (const RowEntry& row : mapping.rows) list.push_back({row.channel, row.count, row.r, row.s});
  json[kRows] = std::move(list);
  return json;
}

Mapping MappingFromJson(const Json& json) {
  if (!json.is_object()) throw Error("a mapping is no JSON object");
  Mapping mapping;
  for (const IntField& f : kInts)
    mapping.*f.member = static_cast<int>(Number(Member(json, f.name), f.name, 0, kMostInt));
  for (const BoolField& f : kBools)
    mapping.*f.member = Number(Member(json, f.name), f.name, 0, 1) != 0;
  for (const LongField& f : kLongs)
    mapping.*f.member = Number(Member(json, f.name), f.name, 0, INT64_MAX);
  const Json& list = Member(json, kRows);
  if (!list.is_array()) throw Error("mapping field rows is no list");
  for (const Json& row : list) {
    if (!row.is_array() || row.size() != 4)
      throw Error("mapping field rows: an entry has not four numbers");
    int values[4];
    for (size_t i = 0; i < 4; ++i) values[i] = static_cast<int>(Number(row[i], kRows, 0, kMostInt));
    mapping.rows.push_back({values[0], values[1], values[2], values[3]});
  }
  // Derived sizes divide by it.
  if (mapping.seg_rows < 1) throw Error("mapping field seg_rows: at least 1 is needed");
  return mapping;
}

}  // namespace weft
