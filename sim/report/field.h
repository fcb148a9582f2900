// SPDX-License-Identifier: Apache-2.0
// Fields of a run record with their place, so that what is wrong can be named: "r.json: layers[3].cycles: ...".

#ifndef WEFT_SIM_REPORT_FIELD_H_
#define WEFT_SIM_REPORT_FIELD_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace weft::report {

constexpr uint64_t kMostWhole = uint64_t{1} << 53;  // what every reader of JSON keeps exactly
constexpr size_t kMostLayers = 1000;                // sums of so many stay in 64 bits

class Field {
 public:
  using Json = nlohmann::ordered_json;

  // The whole record.
  Field(std::string where, const Json* record) : where_(std::move(where)), json_(record) {}

  // Neither absent nor null.
  bool known() const { return json_ != nullptr && !json_->is_null(); }
  const Json& json() const { return *json_; }

  Field operator[](const std::string& name) const;  // a member; of what is not known: not known
  Field operator[](size_t index) const;
  size_t size() const;  // of a list

  // Absent if not known; Error if of another kind or negative.
  std::optional<int64_t> Whole() const;
  std::optional<double> Real() const;
  std::optional<std::string> Text() const;

  // Error if not known or of another kind.
  int64_t NeedWhole() const;
  double NeedReal() const;
  std::string NeedText() const;
  const Field& NeedObject() const;
  const Field& NeedList() const;

  [[noreturn]] void Fail(const std::string& what) const;

 private:
  Field(std::string where, std::string path, const Json* json)
      : where_(std::move(where)), path_(std::move(path)), json_(json) {}
  template <typename T>
  T Need(const std::optional<T>& value) const {
    if (!value) Fail("it is missing");
    return *value;
  }

  std::string where_, path_;
  const Json* json_;
};

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_FIELD_H_
