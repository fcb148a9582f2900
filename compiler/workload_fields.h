// SPDX-License-Identifier: Apache-2.0
// Internal to the reader of workloads: the fields of one YAML map, with every check of a value.

#ifndef WEFT_COMPILER_WORKLOAD_FIELDS_H_
#define WEFT_COMPILER_WORKLOAD_FIELDS_H_

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

constexpr int kMostWorkloadSize = 65535;  // of every dimension, window, stride and padding

class WorkloadFields {
 public:
  // where begins every message. Fails on a field twice and on one that is not in `known`.
  WorkloadFields(const YAML::Node& map, const std::string& where,
                 const std::vector<std::string>& known);

  [[noreturn]] void Fail(const std::string& what) const;

  bool Has(const char* field) const { return map_[field].IsDefined(); }
  YAML::Node Get(const char* field) const;  // fails if absent
  // Printable ASCII of at most `most` characters, not empty.
  std::string Text(const char* field, size_t most) const;
  int Size(const char* field) const;  // 1 to kMostWorkloadSize
  // One number for all, or a list of `count`.
  std::vector<int> Sizes(const char* field, size_t count, int lowest) const;
  double Fraction(const char* field) const;  // 0 to 1
  uint64_t Seed(const char* field) const;
  bool Flag(const char* field) const;

 private:
  int Number(const char* field, const YAML::Node& node, int lowest) const;
  std::string Scalar(const char* field, const YAML::Node& node) const;

  YAML::Node map_;
  std::string where_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_WORKLOAD_FIELDS_H_
