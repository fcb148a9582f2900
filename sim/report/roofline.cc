// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/html.h"
#include "sim/report/axis.h"
#include "sim/report/chart.h"
#include "sim/report/columns.h"

namespace weft::report {
namespace {

constexpr double kRoomForName = 40;  // of the width, that of a phone too

class Plot {
 public:
  explicit Plot(const std::vector<Run>& runs);
  std::string Of(const Run& run) const;

 private:
  std::string Grid() const;
  std::string Roof(const Run& run) const;
  std::string Point(const Run& run, const Layer& layer) const;
  std::string Line(const char* style, double x1, double y1, double x2, double y2) const {
    return fmt::format("<line class=\"{}\" x1=\"{:.3f}%\" y1=\"{:.3f}%\" x2=\"{:.3f}%\" y2=\"{:.3f}%\" />", style,
                       x_.At(x1), 100 - y_.At(y1), x_.At(x2), 100 - y_.At(y2));
  }

  Axis x_, y_;
};

bool HasPoint(const Layer& layer) { return MacsPerByte(layer).value_or(0) > 0 && MacsPerCycle(layer).value_or(0) > 0; }

Plot::Plot(const std::vector<Run>& runs) {
  x_.Add(1);
  y_.Add(1);
  bool any = false;
  for (const Run& run : runs) {
    for (const Layer& layer : run.layers) {
      if (!HasPoint(layer)) continue;
      if (!any) x_ = y_ = Axis();
      any = true;
      x_.Add(*MacsPerByte(layer));
      y_.Add(*MacsPerCycle(layer));
    }
  }
  for (const Run& run : runs) {
    if (!run.multipliers) continue;
    const double most = static_cast<double>(*run.multipliers);
    y_.Add(most);
    if (run.memory_bytes_a_cycle) x_.Add(most / static_cast<double>(*run.memory_bytes_a_cycle));
  }
  x_.Round();
  y_.Round();
}

std::string Plot::Grid() const {
  std::string svg;
  for (const double tick : x_.Ticks())
    svg += Line("rule", tick, y_.low(), tick, y_.high()) +
           fmt::format("<text x=\"{:.3f}%\" y=\"100%\" dy=16 text-anchor=middle>{:g}</text>", x_.At(tick), tick);
  for (const double tick : y_.Ticks())
    svg += Line("rule", x_.low(), tick, x_.high(), tick) +
           fmt::format("<text x=0 y=\"{:.3f}%\" dx=-6 dy=4 text-anchor=end>{:g}</text>", 100 - y_.At(tick), tick);
  svg += "<text x=\"100%\" y=\"100%\" dy=34 text-anchor=end>MACs per DRAM byte</text>";
  return svg + "<text x=0 y=0 dx=-30 dy=-12>MACs per cycle</text>";
}

std::string Plot::Roof(const Run& run) const {
  if (!run.multipliers || !run.memory_bytes_a_cycle) return "";
  const double most = static_cast<double>(*run.multipliers), bytes = static_cast<double>(*run.memory_bytes_a_cycle);
  const double ridge = most / bytes, from = std::max(x_.low(), y_.low() / bytes);
  std::string svg;
  if (from < ridge) {
    svg += Line("roof", from, from * bytes, ridge, most);
    const double middle = std::sqrt(from * ridge);
    svg += fmt::format("<text class=roof-name x=\"{:.3f}%\" y=\"{:.3f}%\" dx=8 dy=14>{} bytes a cycle</text>",
                       x_.At(middle), 100 - y_.At(middle * bytes), *run.memory_bytes_a_cycle);
  }
  // Left of the roof's corner, where no layer can be; if there is no room, under the roof.
  const char* place = x_.At(ridge) > kRoomForName ? "dx=-6 dy=4 text-anchor=end" : "dx=6 dy=16";
  return svg + Line("roof", std::max(ridge, x_.low()), most, x_.high(), most) +
         fmt::format("<text class=roof-name x=\"{:.3f}%\" y=\"{:.3f}%\" {}>{} multipliers</text>",
                     x_.At(std::max(ridge, x_.low())), 100 - y_.At(most), place, *run.multipliers);
}

std::string Plot::Point(const Run& run, const Layer& layer) const {
  const std::optional<double> x = MacsPerByte(layer), y = MacsPerCycle(layer), roof = RoofAt(run, x);
  const std::string said =
      fmt::format("{} {}: {} MACs per DRAM byte, {} MACs per cycle{}", layer.index, layer.name, Printed(Real(x)),
                  Printed(Real(y)), roof ? fmt::format(", roof {}", Printed(Real(roof))) : "");
  const double cx = x_.At(*x), cy = 100 - y_.At(*y);
  return fmt::format(
      "<g class=\"mark point{}\" data-value=\"{};{}\"><title>{}</title><circle cx=\"{:.3f}%\" cy=\"{:.3f}%\" r=5.5 />"
      "<text x=\"{:.3f}%\" y=\"{:.3f}%\" dx=8 dy=4>{}</text></g>\n",
      roof && *y > *roof ? " above" : "", Plain(Real(x)), Plain(Real(y)), EscapeHtml(said), cx, cy, cx, cy,
      layer.index);
}

std::string Plot::Of(const Run& run) const {
  std::string svg =
      "<div class=plot><svg width=\"100%\" height=360 role=group aria-label=roofline>" + Grid() + Roof(run);
  std::string missing;
  for (const Layer& layer : run.layers) {
    if (HasPoint(layer))
      svg += Point(run, layer);
    else
      missing += fmt::format("{}{} {}", missing.empty() ? "" : ", ", layer.index, layer.name);
  }
  svg += "</svg></div>\n";
  if (!missing.empty())
    svg += fmt::format("<p class=note>No point (no MACs, or not known): {}.</p>\n", EscapeHtml(missing));
  if (!run.multipliers || !run.memory_bytes_a_cycle)
    svg += "<p class=note>The roof is not known: the record tells no multipliers or no memory.</p>\n";
  return svg;
}

}  // namespace

std::string Roofline(const std::vector<Run>& runs) {
  const Plot plot(runs);
  std::vector<std::string> charts;
  for (const Run& run : runs) charts.push_back(plot.Of(run));
  return Figure("Roofline: every layer by its number", "", runs, charts);
}

}  // namespace weft::report
