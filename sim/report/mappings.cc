// SPDX-License-Identifier: Apache-2.0
// The mappings of a run: a picture for all layers that are mapped alike, and a choice of one.
#include <fmt/format.h>

#include <map>

#include "sim/html.h"
#include "sim/report/array.h"
#include "sim/report/chart.h"

namespace weft::report {
namespace {

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
      options[member] =
          fmt::format("<option value={}>{} {}</option>", id, run.layers[member].index,
                      EscapeHtml(run.layers[member].name));
    pictures += fmt::format("<div class=picture id={}><h4>{}</h4>\n", id, EscapeHtml(groups[g].names));
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
