// SPDX-License-Identifier: Apache-2.0
// The YAML text of an energy table: its fields, or one line that says which of them is wrong.

#ifndef WEFT_MODEL_ENERGY_YAML_H_
#define WEFT_MODEL_ENERGY_YAML_H_

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace weft {

std::string JoinedNames(const std::vector<std::string>& names);  // "a, b, c"

class EnergyYaml {
 public:
  // where: the table's name in messages.
  EnergyYaml(const std::string& text, const std::string& where);

  const YAML::Node& root() const { return root_; }
  [[noreturn]] void Refuse(const std::string& what) const;

  // All below refuse what is missing or of another kind; `of`: what the node is, for messages.
  void AllowKeys(const YAML::Node& node, const std::string& of, const std::vector<std::string>& keys) const;
  YAML::Node Field(const YAML::Node& node, const std::string& of, const std::string& key) const;
  std::string Name(const YAML::Node& node) const;
  std::string Text(const YAML::Node& node, const std::string& of, const std::string& key) const;
  // 0 or more; positive: above 0.
  double Number(const YAML::Node& node, const std::string& what, bool positive) const;
  double Number(const YAML::Node& node, const std::string& of, const std::string& key, bool positive) const;

 private:
  const std::string where_;
  YAML::Node root_;
};

}  // namespace weft

#endif  // WEFT_MODEL_ENERGY_YAML_H_
