// SPDX-License-Identifier: Apache-2.0
#include "sim/report/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace weft::report {
namespace {

constexpr int64_t kPjPerUj = 1'000'000;
constexpr double kLeastPercent = 0.05;  // less would be printed as 0.0 %

// Of a number without sign: commas between the thousands before the point.
std::string Grouped(std::string digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  for (size_t at = point; at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

// Without sign.
std::string Digits(const Number& n) {
  switch (n.kind) {
    case NumberKind::kCount:
      return fmt::format("{}", std::abs(*n.whole));
    case NumberKind::kEnergy:
      return fmt::format("{}.{:06}", std::abs(*n.whole) / kPjPerUj, std::abs(*n.whole) % kPjPerUj);
    case NumberKind::kShare:
      return fmt::format("{:.2f}", 100 * std::abs(*n.real));
    case NumberKind::kReal:
      break;
  }
  return fmt::format("{:.{}f}", std::abs(*n.real), std::abs(*n.real) < 1000 ? 4 : 1);
}

}  // namespace

Number Count(const std::optional<int64_t>& n) { return {NumberKind::kCount, n, {}}; }
Number Energy(const std::optional<int64_t>& pj) { return {NumberKind::kEnergy, pj, {}}; }
Number Share(const std::optional<double>& share) { return {NumberKind::kShare, {}, share}; }
Number Real(const std::optional<double>& real) { return {NumberKind::kReal, {}, real}; }

std::string Plain(const Number& number) { return number.known() ? Digits(number) : ""; }

std::string Printed(const Number& number) {
  if (!number.known()) return kNotKnown;
  return Grouped(Digits(number)) + (number.kind == NumberKind::kShare ? " %" : "");
}

std::string Difference(const Number& a, const Number& b) {
  if (!a.known() || !b.known()) return "";
  Number d = b;
  if (d.whole) d.whole = *b.whole - *a.whole;
  if (d.real) d.real = *b.real - *a.real;
  if (d.value() == 0) return "0";
  const char* sign = d.value() < 0 ? "\u2212" : "+";
  const std::string text = sign + Grouped(Digits(d));
  if (d.kind == NumberKind::kShare) return text + " points";
  if (a.value() == 0) return text;
  const double percent = 100 * std::abs(d.value() / a.value());
  return percent < kLeastPercent ? text : fmt::format("{} ({}{:.1f} %)", text, sign, percent);
}

}  // namespace weft::report
