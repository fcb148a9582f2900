// SPDX-License-Identifier: Apache-2.0
// Numbers of a report and how they are printed: the same digits in charts, tables and differences.

#ifndef WEFT_SIM_REPORT_NUMBER_H_
#define WEFT_SIM_REPORT_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string>

namespace weft::report {

constexpr char kNotKnown[] = "not known";

enum class NumberKind : uint8_t {
  kCount,   // whole
  kEnergy,  // whole pJ, printed as microjoules with six decimals, so every digit counts
  kShare,   // real, 1 printed as 100.00 %
  kReal,    // real, four decimals, of thousands one
};

struct Number {
  NumberKind kind = NumberKind::kCount;
  std::optional<int64_t> whole;  // kCount, kEnergy
  std::optional<double> real;    // kShare, kReal

  bool known() const { return whole || real; }
  double value() const { return whole ? static_cast<double>(*whole) : real.value_or(0); }
};

Number Count(const std::optional<int64_t>& n);
Number Energy(const std::optional<int64_t>& pj);
Number Share(const std::optional<double>& share);
Number Real(const std::optional<double>& real);
// a / b; not known if one of them is not, or b is 0.
template <typename A, typename B>
std::optional<double> Ratio(const std::optional<A>& a, const std::optional<B>& b) {
  if (!a || !b || *b == 0) return std::nullopt;
  return static_cast<double>(*a) / static_cast<double>(*b);
}

// "1,234,567", "1,234.567890", "12.34 %", "1.2345", "not known". Plain: without commas and " %", empty if
// not known.
std::string Printed(const Number& number);
std::string Plain(const Number& number);

// b - a: "+1,234 (+5.2 %)", of shares "+1.20 points", "0"; empty if one of them is not known.
std::string Difference(const Number& a, const Number& b);

}  // namespace weft::report

#endif  // WEFT_SIM_REPORT_NUMBER_H_
