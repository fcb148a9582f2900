// SPDX-License-Identifier: Apache-2.0
#include "sim/report/array.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/html.h"
#include "sim/report/number.h"
#include "sim/report/table.h"

namespace weft::report {
namespace {

constexpr int kCellWidth = 58, kCellHeight = 30, kLeft = 26, kTop = 18;

std::string Span(const char* name, int64_t from, int64_t count) {
  return count == 1 ? fmt::format("{}{}", name, from) : fmt::format("{}{}-{}", name, from, from + count - 1);
}

std::string EntryName(const Drawing& d, const Entry& e) {
  const std::string channels = d.depthwise ? "" : Span("c", e.channel, e.count) + " ";
  return fmt::format("{}r{} {}", channels, e.r, Span("s", e.s, d.taps));
}

// As much of it as a cell has room for.
std::string ShortEntry(const Drawing& d, const Entry& e) {
  return d.depthwise ? EntryName(d, e) : fmt::format("{} r{}", Span("c", e.channel, e.count), e.r);
}

std::string UnitName(const ArrayPicture::Unit& unit) {
  return fmt::format("f{} p{}", unit.filter_group, unit.position);
}

ArrayPicture::Units UnitsOf(const Drawing& d, int64_t cols) {
  ArrayPicture::Units units;
  const int64_t fgs = std::min(d.fgs, d.total_fgs), sets = d.spread ? (fgs + d.segs - 1) / d.segs : fgs;
  for (int64_t u = 0; u < std::min(d.units, fgs * d.positions); ++u) {
    const int64_t f = u % fgs, position = u / fgs;
    const int64_t column = d.spread ? position * sets + f / d.segs : u / d.segs;
    if (column >= cols) break;
    units[{d.spread ? f % d.segs : u % d.segs, column}] = {f, position};
  }
  return units;
}

}  // namespace

ArrayPicture::ArrayPicture(const Run& run, const Drawing& drawing)
    : d_(drawing), rows_(*run.rows), cols_(*run.cols), units_(UnitsOf(drawing, cols_)) {}

// data-key: filter group, position block, filter row, channel group; a colour each may be chosen for.
std::string ArrayPicture::Pe(int64_t row, int64_t col) const {
  const int64_t segment = std::min(row / d_.seg_rows, d_.segs - 1), place = row - segment * d_.seg_rows;
  const auto unit = units_.find({segment, col});
  const int64_t x = kLeft + col * kCellWidth, y = kTop + row * kCellHeight;
  const std::string rect = fmt::format("x={} y={} width={} height={} />", x, y, kCellWidth, kCellHeight);
  if (unit == units_.end() || place >= static_cast<int64_t>(d_.entries.size()))
    return fmt::format(
        "<g class=mark><title>row {}, column {}: void, makes nothing in this pass</title><rect class=void {}</g>\n",
        row, col, rect);
  const Entry& e = d_.entries[static_cast<size_t>(place)];
  const int64_t f = unit->second.filter_group, group = d_.depthwise ? f : e.channel / std::max<int64_t>(e.count, 1);
  const int64_t channel = d_.depthwise ? f * d_.p : e.channel, count = d_.depthwise ? d_.p : e.count;
  return fmt::format(
      "<g class=mark data-value=\"{0};{1}\"><title>row {2}, column {3}, segment {4}: channels {5} to {6}, filter row "
      "{7}, "
      "filter columns {8} to {9}; filter group {10} (filters {11} to {12}), position block {13}</title>"
      "<rect class=\"pe key{14}\" data-key=\"{10} {13} {7} {15}\" {16}"
      "<text x={17} y={18}>{0}</text><text x={17} y={19}>{20}</text></g>\n",
      UnitName(unit->second), EntryName(d_, e), row, col, segment, channel, channel + count - 1, e.r, e.s,
      e.s + d_.taps - 1, f, f * d_.p, (f + 1) * d_.p - 1, unit->second.position, f % 8, group, rect, x + kCellWidth / 2,
      y + 12, y + 24, ShortEntry(d_, e));
}

std::string ArrayPicture::Svg(const std::string& name) const {
  const int64_t width = kLeft + cols_ * kCellWidth + 2, height = kTop + rows_ * kCellHeight + 2;
  std::string svg = fmt::format(
      "<div class=\"box chart\" role=group aria-label=\"PE array of {0}\"><svg class=array viewBox=\"0 0 {1} {2}\" "
      "width={1} "
      "height={2} role=group aria-label=\"PE array of {0}\">\n",
      EscapeHtml(name), width, height);
  for (int64_t col = 0; col < cols_; ++col)
    svg += fmt::format("<text class=side x={} y=12>{}</text>", kLeft + col * kCellWidth + kCellWidth / 2, col);
  for (int64_t row = 0; row < rows_; ++row) {
    svg += fmt::format("<text class=side x=12 y={}>{}</text>\n", kTop + row * kCellHeight + 19, row);
    for (int64_t col = 0; col < cols_; ++col) svg += Pe(row, col);
  }
  for (int64_t s = 0; s < d_.segs && s * d_.seg_rows < rows_; ++s)
    svg += fmt::format("<line class=segment x1={} x2={} y1={} y2={} />", kLeft, width - 2,
                       kTop + s * d_.seg_rows * kCellHeight, kTop + s * d_.seg_rows * kCellHeight);
  return svg + "</svg></div>\n";
}

std::string ArrayPicture::Tables(const std::string& name) const {
  std::string rows =
      "<thead><tr><th scope=col>row of a segment</th><th scope=col class=text>row entry</th></tr></thead><tbody>\n";
  for (size_t i = 0; i < d_.entries.size(); ++i)
    rows += fmt::format("<tr><th scope=row>{}</th><td class=text>{}</td></tr>\n", i, EntryName(d_, d_.entries[i]));
  std::string units = "<thead><tr><th scope=col>segment</th>";
  for (int64_t col = 0; col < cols_; ++col) units += fmt::format("<th scope=col>column {}</th>", col);
  units += "</tr></thead><tbody>\n";
  for (int64_t s = 0; s < d_.segs && s * d_.seg_rows < rows_; ++s) {
    units += fmt::format("<tr><th scope=row>{}</th>", s);
    for (int64_t col = 0; col < cols_; ++col) {
      const auto unit = units_.find({s, col});
      units += fmt::format("<td>{}</td>", unit == units_.end() ? "void" : UnitName(unit->second));
    }
    units += "</tr>\n";
  }
  return TableBox("Units of " + name, units + "</tbody>") +
         TableBox(fmt::format("Row entries of {}, first of {} row blocks", name, d_.row_blocks), rows + "</tbody>");
}

}  // namespace weft::report
