// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/html.h"
#include "sim/report/chart.h"

namespace weft::report {
namespace {

constexpr double kTicks = 5;  // about

// What a row needs in width, in the numbers' own unit.
double RowWidth(const BarChart& chart, const Run& run, const Layer& layer) {
  double stack = 0, most = 0;
  for (const Series& s : chart.stack) stack += s.number(run, layer).value();
  for (const Series& s : chart.marks) most = std::max(most, s.number(run, layer).value());
  return std::max(stack, most);
}

double Step(double full) {
  const double rough = full / kTicks, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double digit : {1, 2, 5})
    if (digit * power >= rough) return digit * power;
  return 10 * power;
}

// A number on an axis: "2 M", "500 k"; of shares "50 %"; of energies microjoules.
std::string Tick(double value, NumberKind kind) {
  if (kind == NumberKind::kShare) return fmt::format("{:g} %", 100 * value);
  if (kind == NumberKind::kEnergy) value /= 1e6;
  if (value >= 1e9) return fmt::format("{:g} G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:g} M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:g} k", value / 1e3);
  return fmt::format("{:g}", value);
}

class Chart {
 public:
  Chart(const BarChart& chart, const std::vector<Run>& runs) : chart_(chart) {
    for (const Run& run : runs)
      for (const Layer& layer : run.layers) full_ = std::max(full_, RowWidth(chart, run, layer));
    if (full_ <= 0) full_ = 1;
    step_ = Step(full_);
    full_ *= 1.01;
  }

  std::string Of(const Run& run) const;

 private:
  std::string Axis() const;
  std::string Rules() const;
  std::string Row(const Run& run, const Layer& layer) const;
  std::string Part(const Layer& layer, const Series& series, const Number& number, double from, double row) const;
  std::string Mark(const Layer& layer, const Series& series, const Number& number, double row) const;
  std::string Said(const Layer& layer, const Series& series, const Number& number) const;

  const BarChart& chart_;
  double full_ = 0, step_ = 1;
};

std::string Chart::Axis() const {
  const NumberKind kind = chart_.whole.number(Run(), Layer()).kind;
  std::string html = "<div class=\"row axis\" aria-hidden=true><span class=label></span><svg height=16>";
  for (double at = 0; at <= full_; at += step_) {
    const char* anchor = at == 0 ? "start" : at > 0.95 * full_ ? "end" : "middle";
    html += fmt::format("<text class=absolute x=\"{:.3f}%\" y=12 text-anchor={}>{}</text>", 100 * at / full_, anchor,
                        Tick(at, kind));
  }
  for (int quarter = 0; chart_.has_shares && quarter <= 4; ++quarter) {
    const char* anchor = quarter == 0 ? "start" : quarter == 4 ? "end" : "middle";
    html += fmt::format("<text class=share x=\"{0}%\" y=12 text-anchor={1}>{0} %</text>", 25 * quarter, anchor);
  }
  return html + fmt::format("</svg><span class=value>{}</span></div>\n", chart_.unit);
}

std::string Chart::Rules() const {
  std::string svg;
  for (double at = 0; at <= full_; at += step_)
    svg += fmt::format("<line class=\"rule absolute\" x1=\"{0:.3f}%\" x2=\"{0:.3f}%\" y1=0 y2=22 />", 100 * at / full_);
  return svg;
}

std::string Chart::Said(const Layer& layer, const Series& series, const Number& number) const {
  const std::string unit = number.kind == NumberKind::kShare ? "" : " " + chart_.unit;
  return EscapeHtml(fmt::format("{} {}: {} {}{}", layer.index, layer.name, series.name, Printed(number), unit));
}

std::string Chart::Part(const Layer& layer, const Series& series, const Number& number, double from, double row) const {
  return fmt::format(
      "<g class=mark data-value=\"{}\"><title>{}</title><rect class=\"{}\" x=\"{:.3f}%\" width=\"{:.3f}%\" y=3 "
      "height=16 "
      "data-share=\"{:.3f} {:.3f}\" /></g>",
      Plain(number), Said(layer, series, number), series.style, 100 * from / full_, 100 * number.value() / full_,
      100 * from / row, 100 * number.value() / row);
}

// Lines reach over the bar, dots stand on it.
std::string Chart::Mark(const Layer& layer, const Series& series, const Number& number, double row) const {
  const double x = 100 * number.value() / full_, share = 100 * number.value() / row;
  const std::string shape =
      series.style == "dot" ? fmt::format("<circle class=dot cx=\"{:.3f}%\" cy=11 r=4.5 data-share={:.3f} />", x, share)
                            : fmt::format("<rect class=\"{}\" x=\"{:.3f}%\" width=3 y=0 height=22 data-share={:.3f} />",
                                          series.style, x, share);
  return fmt::format("<g class=\"mark over\" data-value=\"{}\"><title>{}</title>{}</g>", Plain(number),
                     Said(layer, series, number), shape);
}

std::string Chart::Row(const Run& run, const Layer& layer) const {
  const Number whole = chart_.whole.number(run, layer);
  const double row = RowWidth(chart_, run, layer) > 0 ? RowWidth(chart_, run, layer) : 1;
  std::string parts, marks;
  double from = 0;
  for (const Series& series : chart_.stack) {
    const Number number = series.number(run, layer);
    if (!number.known()) continue;
    if (number.value() > 0) parts += Part(layer, series, number, from, row);
    from += number.value();
  }
  for (const Series& series : chart_.marks) {
    const Number number = series.number(run, layer);
    if (number.known()) marks += Mark(layer, series, number, row);
  }
  return fmt::format(
      "<div class=row><span class=label title=\"{0}\">{1}<span class=name><bdi>{0}</bdi></span></span>"
      "<svg height=22 aria-label=\"{1} {0}\" role=group>{2}{3}{4}</svg><span class=value{5}>{6}</span></div>\n",
      EscapeHtml(layer.name), layer.index, Rules(), parts, marks,
      whole.known() ? fmt::format(" data-value=\"{}\"", Plain(whole)) : "", Printed(whole));
}

std::string Chart::Of(const Run& run) const {
  std::string html = Axis();
  for (const Layer& layer : run.layers) html += Row(run, layer);
  return html;
}

}  // namespace

std::string Bars(const BarChart& chart, const std::vector<Run>& runs) {
  const Chart drawn(chart, runs);
  std::vector<std::string> charts;
  for (const Run& run : runs) charts.push_back(drawn.Of(run));
  return Figure(chart.title, Legend(chart), runs, charts);
}

}  // namespace weft::report
