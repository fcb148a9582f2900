// SPDX-License-Identifier: Apache-2.0
// Mappings drawn on the array; which unit is where follows docs/mapping.md "Two lists" and compiler/pass_pattern.cc.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/report_chart.h"
#include "sim/report_table.h"

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

struct Unit {
  int64_t filter_group, position;
  std::string Name() const { return fmt::format("f{} p{}", filter_group, position); }
};

using Units = std::map<std::pair<int64_t, int64_t>, Unit>;  // by segment and column

Units UnitsOf(const Drawing& d, int64_t cols) {
  Units units;
  const int64_t fgs = std::min(d.fgs, d.total_fgs), sets = d.spread ? (fgs + d.segs - 1) / d.segs : fgs;
  for (int64_t u = 0; u < std::min(d.units, fgs * d.positions); ++u) {
    const int64_t f = u % fgs, position = u / fgs;
    const int64_t column = d.spread ? position * sets + f / d.segs : u / d.segs;
    if (column >= cols) break;
    units[{d.spread ? f % d.segs : u % d.segs, column}] = {f, position};
  }
  return units;
}

class ArrayPicture {
 public:
  ArrayPicture(const Run& run, const Drawing& drawing)
      : d_(drawing), rows_(*run.rows), cols_(*run.cols), units_(UnitsOf(drawing, cols_)) {}

  std::string Svg(const std::string& name) const;
  std::string Tables(const std::string& name) const;

 private:
  std::string Pe(int64_t row, int64_t col) const;

  const Drawing& d_;
  const int64_t rows_, cols_;
  const Units units_;
};

// data-key: filter group, position block, filter row, channel group; a colour each may be chosen for.
std::string ArrayPicture::Pe(int64_t row, int64_t col) const {
  const int64_t segment = std::min(row / d_.seg_rows, d_.segs - 1), place = row - segment * d_.seg_rows;
  const auto unit = units_.find({segment, col});
  const int64_t x = kLeft + col * kCellWidth, y = kTop + row * kCellHeight;
  const std::string rect = fmt::format("x={} y={} width={} height={} />", x, y, kCellWidth, kCellHeight);
  if (unit == units_.end() || place >= static_cast<int64_t>(d_.entries.size()))
    return fmt::format("<g class=mark><title>row {}, column {}: void, makes nothing in this pass</title><rect class=void {}</g>\n",
                       row, col, rect);
  const Entry& e = d_.entries[static_cast<size_t>(place)];
  const int64_t f = unit->second.filter_group, group = d_.depthwise ? f : e.channel / std::max<int64_t>(e.count, 1);
  const int64_t channel = d_.depthwise ? f * d_.p : e.channel, count = d_.depthwise ? d_.p : e.count;
  return fmt::format(
      "<g class=mark data-value=\"{0};{1}\"><title>row {2}, column {3}, segment {4}: channels {5} to {6}, filter row {7}, "
      "filter columns {8} to {9}; filter group {10} (filters {11} to {12}), position block {13}</title>"
      "<rect class=\"pe key{14}\" data-key=\"{10} {13} {7} {15}\" {16}"
      "<text x={17} y={18}>{0}</text><text x={17} y={19}>{20}</text></g>\n",
      unit->second.Name(), EntryName(d_, e), row, col, segment, channel, channel + count - 1, e.r, e.s,
      e.s + d_.taps - 1, f, f * d_.p, (f + 1) * d_.p - 1, unit->second.position, f % 8, group, rect, x + kCellWidth / 2,
      y + 12, y + 24, ShortEntry(d_, e));
}

std::string ArrayPicture::Svg(const std::string& name) const {
  const int64_t width = kLeft + cols_ * kCellWidth + 2, height = kTop + rows_ * kCellHeight + 2;
  std::string svg = fmt::format(
      "<div class=\"box chart\" role=group aria-label=\"PE array of {0}\"><svg class=array viewBox=\"0 0 {1} {2}\" width={1} "
      "height={2} role=group aria-label=\"PE array of {0}\">\n",
      Html(name), width, height);
  for (int64_t col = 0; col < cols_; ++col)
    svg += fmt::format("<text class=side x={} y=12>{}</text>", kLeft + col * kCellWidth + kCellWidth / 2, col);
  for (int64_t row = 0; row < rows_; ++row) {
    svg += fmt::format("<text class=side x=12 y={}>{}</text>\n", kTop + row * kCellHeight + 19, row);
    for (int64_t col = 0; col < cols_; ++col) svg += Pe(row, col);
  }
  for (int64_t s = 0; s < d_.segs && s * d_.seg_rows < rows_; ++s)
    svg += fmt::format("<line class=segment x1={} x2={} y1={} y2={} />", kLeft, width - 2, kTop + s * d_.seg_rows * kCellHeight,
                       kTop + s * d_.seg_rows * kCellHeight);
  return svg + "</svg></div>\n";
}

std::string ArrayPicture::Tables(const std::string& name) const {
  std::string rows = "<thead><tr><th scope=col>row of a segment</th><th scope=col class=text>row entry</th></tr></thead><tbody>\n";
  for (size_t i = 0; i < d_.entries.size(); ++i)
    rows += fmt::format("<tr><th scope=row>{}</th><td class=text>{}</td></tr>\n", i, EntryName(d_, d_.entries[i]));
  std::string units = "<thead><tr><th scope=col>segment</th>";
  for (int64_t col = 0; col < cols_; ++col) units += fmt::format("<th scope=col>column {}</th>", col);
  units += "</tr></thead><tbody>\n";
  for (int64_t s = 0; s < d_.segs && s * d_.seg_rows < rows_; ++s) {
    units += fmt::format("<tr><th scope=row>{}</th>", s);
    for (int64_t col = 0; col < cols_; ++col) {
      const auto unit = units_.find({s, col});
      units += fmt::format("<td>{}</td>", unit == units_.end() ? "void" : unit->second.Name());
    }
    units += "</tr>\n";
  }
  return TableBox("Units of " + name, units + "</tbody>") +
         TableBox(fmt::format("Row entries of {}, first of {} row blocks", name, d_.row_blocks), rows + "</tbody>");
}

struct Group {
  std::string names;
  const Layer* layer;
  std::vector<size_t> members;  // of run.layers
};

// Layers that are mapped alike have one picture.
std::vector<Group> GroupsOf(const Run& run) {
  std::vector<Group> groups;
  std::map<std::string, size_t> known;
  for (size_t i = 0; i < run.layers.size(); ++i) {
    const Layer& layer = run.layers[i];
    if (layer.drawings.empty()) continue;
    const auto [it, is_new] = known.emplace(layer.mapping->dump(), groups.size());
    if (is_new) groups.push_back({"", &layer, {}});
    Group& group = groups[it->second];
    group.names += (group.names.empty() ? "" : ", ") + fmt::format("{} {}", layer.index, layer.name);
    group.members.push_back(i);
  }
  return groups;
}

}  // namespace

std::string ArrayDrawings(const Run& run) {
  const std::vector<Group> groups = GroupsOf(run);
  if (groups.empty() || !run.rows || !run.cols)
    return fmt::format("<p class=note>{}Mappings are not known: the record has no row entries or no array size.</p>\n",
                       run.label.empty() ? "" : run.label + ": ");
  std::map<size_t, std::string> options;
  std::string pictures;
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::string id = fmt::format("map{}-{}", run.label, g);
    for (const size_t member : groups[g].members)
      options[member] = fmt::format("<option value={}>{} {}</option>", id, run.layers[member].index,
                                    Html(run.layers[member].name));
    pictures += fmt::format("<div class=picture id={}><h4>{}</h4>\n", id, Html(groups[g].names));
    for (size_t d = 0; d < groups[g].layer->drawings.size(); ++d) {
      const Drawing& drawing = groups[g].layer->drawings[d];
      const std::string name = groups[g].names + (d > 0 ? ", second array layer" : "");
      const ArrayPicture picture(run, drawing);
      pictures += picture.Svg(name) + "<details><summary>as tables</summary>" + picture.Tables(name) + "</details>\n";
    }
    pictures += "</div>\n";
  }
  std::string html = "<div class=mappings><p class=\"controls needs-script\"><label>layer <select class=layer>";
  for (const auto& [layer, option] : options) html += option;
  return html +
         "</select></label> <label>colour by <select class=colour><option value=0>filter group</option>"
         "<option value=1>position block</option><option value=2>filter row</option>"
         "<option value=3>channel group</option></select></label></p>\n" +
         pictures + "</div>\n";
}

}  // namespace weft::report
