// SPDX-License-Identifier: Apache-2.0
#include "model/energy_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/error.h"

namespace weft {

std::string JoinedNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

EnergyYaml::EnergyYaml(const std::string& text, const std::string& where) : where_(where) {
  try {
    root_ = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    Refuse(fmt::format("line {}: not YAML: {}", e.mark.line + 1, e.msg));
  }
  if (!root_.IsMap()) Refuse("an energy table is a map with `costs` and `events`");
}

void EnergyYaml::Refuse(const std::string& what) const { throw Error(fmt::format("{}: {}", where_, what)); }

void EnergyYaml::AllowKeys(const YAML::Node& node, const std::string& of, const std::vector<std::string>& keys) const {
  if (!node.IsMap()) Refuse(of + " must be a map");
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = Name(entry.first);
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      Refuse(fmt::format("{}: unknown field {}; there are {}", of, key, JoinedNames(keys)));
    if (!seen.insert(key).second) Refuse(fmt::format("{}: {} is given twice", of, key));
  }
}

YAML::Node EnergyYaml::Field(const YAML::Node& node, const std::string& of, const std::string& key) const {
  const YAML::Node field = node[key];
  if (!field) Refuse(fmt::format("{}: field {} is missing", of, key));
  return field;
}

std::string EnergyYaml::Name(const YAML::Node& node) const {
  if (!node.IsScalar()) Refuse(fmt::format("line {}: a name is needed", node.Mark().line + 1));
  return node.Scalar();
}

std::string EnergyYaml::Text(const YAML::Node& node, const std::string& of, const std::string& key) const {
  const YAML::Node field = Field(node, of, key);
  if (!field.IsScalar() || field.Scalar().empty()) Refuse(fmt::format("{}: {} must be a text", of, key));
  return field.Scalar();
}

double EnergyYaml::Number(const YAML::Node& node, const std::string& what, bool positive) const {
  double value = -1;
  const bool read = node.IsScalar() && YAML::convert<double>::decode(node, value);
  if (!read || !(value < 1e12))
    Refuse(fmt::format("{}: {} is not a number", what, node.IsScalar() ? "'" + node.Scalar() + "'" : "what is there"));
  if (value < 0 || (positive && value == 0))
    Refuse(fmt::format("{}: {} is not {}", what, node.Scalar(), positive ? "above 0" : "0 or more"));
  return value;
}

double EnergyYaml::Number(const YAML::Node& node, const std::string& of, const std::string& key, bool positive) const {
  return Number(Field(node, of, key), of + ": " + key, positive);
}

}  // namespace weft
