// SPDX-License-Identifier: Apache-2.0
#include "compiler/workload_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/error.h"

namespace weft {
namespace {

// What a file holds, fit for a one-line message.
std::string Shown(std::string text) {
  constexpr size_t kMost = 40;
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = '?';
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

}  // namespace

WorkloadFields::WorkloadFields(const YAML::Node& map, const std::string& where,
                               const std::vector<std::string>& known)
    : map_(map), where_(where) {
  if (!map.IsMap()) Fail("a list of `field: value` is needed");
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      Fail(fmt::format("unknown field {}; there are {}", Shown(key), fmt::join(known, ", ")));
    }
    if (!seen.insert(key).second) Fail(fmt::format("field {} is there twice", key));
  }
}

void WorkloadFields::Fail(const std::string& what) const {
  throw Error(fmt::format("{}: {}", where_, what));
}

YAML::Node WorkloadFields::Get(const char* field) const {
  const YAML::Node node = map_[field];
  if (!node.IsDefined()) Fail(fmt::format("field {} is missing", field));
  return node;
}

std::string WorkloadFields::Scalar(const char* field, const YAML::Node& node) const {
  if (!node.IsScalar()) Fail(fmt::format("{}: one value is needed", field));
  return node.Scalar();
}

std::string WorkloadFields::Text(const char* field, size_t most) const {
  const std::string text = Scalar(field, Get(field));
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (text.empty() || text.size() > most || !printable) {
    Fail(fmt::format("{}: '{}' is not 1 to {} printable ASCII characters", field, Shown(text),
                     most));
  }
  return text;
}

int WorkloadFields::Number(const char* field, const YAML::Node& node, int lowest) const {
  const std::string text = Scalar(field, node);
  int64_t value = 0;
  if (!YAML::convert<int64_t>::decode(node, value)) {
    Fail(fmt::format("{}: '{}' is no whole number", field, Shown(text)));
  }
  if (value < lowest || value > kMostWorkloadSize) {
    Fail(fmt::format("{}: {} is out of range; {} to {}", field, value, lowest, kMostWorkloadSize));
  }
  return static_cast<int>(value);
}

int WorkloadFields::Size(const char* field) const { return Number(field, Get(field), 1); }

std::vector<int> WorkloadFields::Sizes(const char* field, size_t count, int lowest) const {
  const YAML::Node node = Get(field);
  if (!node.IsSequence()) return std::vector<int>(count, Number(field, node, lowest));
  if (node.size() != count) {
    Fail(fmt::format("{}: {} values; one or {} are needed", field, node.size(), count));
  }
  std::vector<int> sizes;
  for (const YAML::Node& one : node) sizes.push_back(Number(field, one, lowest));
  return sizes;
}

double WorkloadFields::Fraction(const char* field) const {
  const YAML::Node node = Get(field);
  const std::string text = Scalar(field, node);
  double value = 0;
  if (!YAML::convert<double>::decode(node, value) || !(value >= 0 && value <= 1)) {
    Fail(fmt::format("{}: '{}' is no fraction; 0 to 1", field, Shown(text)));
  }
  return value;
}

uint64_t WorkloadFields::Seed(const char* field) const {
  const YAML::Node node = Get(field);
  const std::string text = Scalar(field, node);
  uint64_t value = 0;
  if (text.find('-') != std::string::npos || !YAML::convert<uint64_t>::decode(node, value)) {
    Fail(fmt::format("{}: '{}' is no whole number from 0 on", field, Shown(text)));
  }
  return value;
}

bool WorkloadFields::Flag(const char* field) const {
  const YAML::Node node = Get(field);
  bool value = false;
  if (!YAML::convert<bool>::decode(node, value)) {
    Fail(fmt::format("{}: '{}' is neither true nor false", field,
                     Shown(node.IsScalar() ? node.Scalar() : "")));
  }
  return value;
}

}  // namespace weft
