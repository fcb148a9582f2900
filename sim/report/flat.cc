// SPDX-License-Identifier: Apache-2.0
#include "sim/report/flat.h"

#include <algorithm>

namespace weft::report {
namespace {

bool IsOfEvent(const Json& entry) { return entry.is_object() && entry.contains("event"); }

void Append(const Json& json, const std::string& name, FlatList* list) {
  const std::string before = name.empty() ? "" : name + ".";
  if (json.is_object()) {
    for (const auto& [key, value] : json.items())
      if (key != "event") Append(value, before + key, list);
  } else if (json.is_array() && !json.empty() && std::all_of(json.begin(), json.end(), IsOfEvent)) {
    for (const Json& entry : json) Append(entry, before + FlatText(entry["event"], ""), list);
  } else {
    list->emplace_back(name, &json);
  }
}

}  // namespace

FlatList Flatten(const Json& json, const std::string& prefix) {
  FlatList list;
  Append(json, prefix, &list);
  return list;
}

std::string FlatText(const Json& value, const std::string& null_text) {
  if (value.is_null()) return null_text;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace weft::report
