// SPDX-License-Identifier: Apache-2.0
#include "sim/report/field.h"

#include <fmt/format.h>

#include "model/error.h"

namespace weft::report {
namespace {

constexpr size_t kMostShown = 40;
constexpr double kMostReal = 1e18;

std::string Shown(const Field::Json& json) {
  const std::string text = json.dump(-1, ' ', true, Field::Json::error_handler_t::replace);
  return text.size() <= kMostShown ? text : text.substr(0, kMostShown) + "...";
}

}  // namespace

Field Field::operator[](const std::string& name) const {
  const std::string path = path_.empty() ? name : path_ + "." + name;
  if (!known()) return Field(where_, path, nullptr);
  if (!json_->is_object()) Fail(fmt::format("{} is no object", Shown(*json_)));
  const auto it = json_->find(name);
  return Field(where_, path, it == json_->end() ? nullptr : &*it);
}

Field Field::operator[](size_t index) const {
  return Field(where_, fmt::format("{}[{}]", path_, index), &(*json_)[index]);
}

size_t Field::size() const { return json_->size(); }

std::optional<int64_t> Field::Whole() const {
  if (!known()) return std::nullopt;
  // Negative ones are huge as unsigned ones.
  if (!json_->is_number_integer() || json_->get<uint64_t>() > kMostWhole)
    Fail(fmt::format("{} is no whole number of 0 to 2^53", Shown(*json_)));
  return json_->get<int64_t>();
}

std::optional<double> Field::Real() const {
  if (!known()) return std::nullopt;
  if (!json_->is_number() || json_->get<double>() < 0 || json_->get<double>() > kMostReal)
    Fail(fmt::format("{} is no number of 0 to {:g}", Shown(*json_), kMostReal));
  return json_->get<double>();
}

std::optional<std::string> Field::Text() const {
  if (!known()) return std::nullopt;
  if (!json_->is_string()) Fail(fmt::format("{} is no text", Shown(*json_)));
  return json_->get<std::string>();
}

int64_t Field::NeedWhole() const { return Need(Whole()); }
double Field::NeedReal() const { return Need(Real()); }
std::string Field::NeedText() const { return Need(Text()); }

const Field& Field::NeedObject() const {
  if (!known()) Fail("it is missing");
  if (!json_->is_object()) Fail(fmt::format("{} is no object", Shown(*json_)));
  return *this;
}

const Field& Field::NeedList() const {
  if (!known()) Fail("it is missing");
  if (!json_->is_array()) Fail(fmt::format("{} is no list", Shown(*json_)));
  return *this;
}

void Field::Fail(const std::string& what) const {
  if (path_.empty()) throw Error(fmt::format("{}: {}; a run record is needed (weft run --json)", where_, what));
  throw Error(fmt::format("{}: {}: {}", where_, path_, what));
}

}  // namespace weft::report
