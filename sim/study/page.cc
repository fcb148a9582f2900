// SPDX-License-Identifier: Apache-2.0
#include "sim/study/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/html.h"
#include "sim/study/table.h"

namespace weft {
namespace {

constexpr double kWidth = 380, kLeft = 62, kRight = 44, kBar = 12, kStep = 14, kGap = 8, kTop = 6, kAxis = 20;

const char kStyle[] = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#59636e;--line:#d0d7de;
--s0:#3d444d;--s1:#0b62a3;--s2:#b36b00;--s3:#0a7f5a;--s4:#b0568c;--s5:#7a5cc9}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9aa4ae;--line:#30363d;
--s0:#b4bcc6;--s1:#4a9fe0;--s2:#e0a030;--s3:#35b88a;--s4:#e08fbf;--s5:#b09cf0}}
body{margin:0 auto;padding:1rem;max-width:78rem;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1rem}
figure{margin:0;break-inside:avoid}figcaption{font-weight:600}
svg{display:block;width:100%;max-width:34rem;height:auto}
svg text{fill:var(--fg);font:10px system-ui,sans-serif}svg .dim{fill:var(--dim)}svg .group{font-weight:600}
svg line{stroke:var(--line)}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}
g:focus{outline:2px solid var(--fg);outline-offset:1px}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;padding:0;margin:.5rem 0}
.legend svg{display:inline-block;width:.8em;height:.8em;margin-right:.4em;vertical-align:baseline}
.scroll{overflow-x:auto;margin:1.5rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
th,td{border-bottom:1px solid var(--line);padding:.15rem .5rem;text-align:right;white-space:nowrap}
.w{text-align:left;white-space:normal}
@media print{h2,.legend,caption{break-after:avoid}
:root{--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--s0:#3d444d;--s1:#0b62a3;--s2:#b36b00;--s3:#0a7f5a;
--s4:#b0568c;--s5:#7a5cc9}body{max-width:none;font-size:10pt}.scroll{overflow:visible}table{font-size:7pt}
th,td{padding:.1rem .25rem}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

double Length(const StackedBar& bar) { return std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0); }

double LongestBar(const StackedChart& chart) {
  double most = 0;
  for (const BarGroup& group : chart.groups)
    for (const StackedBar& bar : group.bars) most = std::max(most, Length(bar));
  return most;
}

// 1, 2 or 5 times a power of ten, four to ten of them in `most`.
double TickStep(double most) {
  const double power = std::pow(10, std::floor(std::log10(most / 4)));
  for (const double step : {5.0, 2.0})
    if (step * power * 4 <= most) return step * power;
  return power;
}

std::string BarHtml(const StackedChart& chart, const StackedBar& bar, double y, double scale) {
  std::string parts;
  for (size_t i = 0; i < bar.parts.size(); ++i) parts += fmt::format("; {} {:.3f}", chart.series[i], bar.parts[i]);
  const std::string says = EscapeHtml(
      bar.parts.empty() ? fmt::format("{}: {}", bar.name, bar.absent)
                        : fmt::format("{}: {:.3f} {}{}", bar.name, Length(bar), chart.unit, parts));
  std::string out = fmt::format("<g tabindex=\"0\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>", says);
  // The whole row answers the pointer.
  out += fmt::format("<rect x=\"0\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" fill=\"transparent\"/>", y, kWidth, kBar);
  const double base = y + kBar - 2.5;
  out += fmt::format("<text class=\"dim\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLeft - 5, base,
                     EscapeHtml(bar.label));
  double x = kLeft;
  for (size_t i = 0; i < bar.parts.size(); ++i) {
    const double width = bar.parts[i] * scale;
    out += fmt::format("<rect class=\"s{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{}\"/>", i, x, y,
                       width, kBar);
    x += width;
  }
  out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", x + 4, base,
                     bar.parts.empty() ? EscapeHtml(bar.absent) : fmt::format("{:.2f}", Length(bar)));
  return out;
}

std::string Legend(const std::vector<std::string>& series) {
  std::string out = "<ul class=\"legend\">";
  for (size_t i = 0; i < series.size(); ++i)
    out += fmt::format("<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"s{}\" width=\"1\" "
                       "height=\"1\"/></svg>{}</li>",
                       i, EscapeHtml(series[i]));
  return out + "</ul>\n";
}

}  // namespace

std::string ChartHtml(const StackedChart& chart) {
  const double most = chart.most > 0 ? chart.most : LongestBar(chart);
  const double scale = (kWidth - kLeft - kRight) / most;
  double height = kTop;
  for (const BarGroup& group : chart.groups) height += kStep * static_cast<double>(group.bars.size()) + kGap;
  std::string out = fmt::format(
      "<figure><figcaption>{0}</figcaption>\n<svg viewBox=\"0 0 {1} {2:.0f}\" role=\"group\" aria-label=\"{0}\">\n",
      EscapeHtml(chart.title), kWidth, height + kAxis);
  const double step = TickStep(most);
  for (int i = 0; i * step <= most * (1 + 1e-9); ++i) {
    const double x = kLeft + i * step * scale;
    out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1:.0f}\"/><text class=\"dim\" x=\"{0:.1f}\" "
                       "y=\"{2:.0f}\" text-anchor=\"middle\">{3:g}</text>\n",
                       x, height, height + 12, i * step);
  }
  double y = kTop;
  for (const BarGroup& group : chart.groups) {
    out += fmt::format("<text class=\"group\" x=\"0\" y=\"{:.1f}\">{}</text>\n", y + kBar - 2.5,
                       EscapeHtml(group.label));
    for (const StackedBar& bar : group.bars) {
      out += BarHtml(chart, bar, y, scale);
      y += kStep;
    }
    y += kGap;
  }
  return out + "</svg></figure>\n";
}

std::string ChartsHtml(const std::vector<StackedChart>& charts) {
  if (charts.empty()) return "";
  std::string out = Legend(charts.front().series) + "<div class=\"charts\">\n";
  for (const StackedChart& chart : charts) out += ChartHtml(chart);
  return out + "</div>\n";
}

std::string PageHtml(const std::string& title, const std::string& body) {
  return fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                     "<style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n{2}</body></html>\n",
                     EscapeHtml(title), kStyle, body);
}

}  // namespace weft
