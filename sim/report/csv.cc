// SPDX-License-Identifier: Apache-2.0
// CSV after RFC 4180: a row a layer and one for all, every number of the record; not known: empty.
#include <map>
#include <set>

#include "sim/report/field.h"
#include "sim/report/flat.h"
#include "sim/report/text.h"

namespace weft::report {
namespace {

using Values = std::map<std::string, std::string>;

std::string Quoted(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

bool IsSummed(const std::string& name) {
  for (const char* part : {"events.", "stalls.", "energy_pj.", "energy_events."})
    if (name.rfind(part, 0) == 0) return true;
  return false;
}

// The record's totals, and sums of what it has no totals of.
Values TotalValues(const Run& run) {
  std::map<std::string, int64_t> sums;
  for (const Json& layer : run.record()["layers"])
    for (const auto& [name, value] : Flatten(layer))
      if (IsSummed(name) && value->is_number_integer() && value->get<uint64_t>() <= kMostWhole)
        sums[name] += value->get<int64_t>();
  Values values;
  for (const auto& [name, sum] : sums) values[name] = std::to_string(sum);
  for (const auto& [name, value] : Flatten(run.record()["totals"])) values[name] = FlatText(*value, "");
  values["name"] = "total";
  const auto put = [&](const char* name, const auto& sum) {
    if (sum) values[name] = Json(*sum).dump();
  };
  put("cap.cycles", run.total.cap_cycles);
  put("traffic.compulsory_bytes", run.total.compulsory_bytes);
  put("traffic.bound_bytes", run.total.bound_bytes);
  put("traffic.best_tiling_bytes", run.total.best_tiling_bytes);
  return values;
}

struct Row {
  std::string run;
  Values values;
};

// Names in the order in which they come.
class Names {
 public:
  void Add(const std::string& name) {
    if (known_.insert(name).second) names_.push_back(name);
  }
  // Without those that are null in one layer and have parts in another.
  std::vector<std::string> Columns() const {
    std::vector<std::string> columns;
    for (const std::string& name : names_) {
      const auto part = known_.lower_bound(name + ".");
      if (part == known_.end() || part->rfind(name + ".", 0) != 0) columns.push_back(name);
    }
    return columns;
  }

 private:
  std::vector<std::string> names_;
  std::set<std::string> known_;
};

std::string Line(const std::vector<std::string>& values) {
  std::string line;
  for (size_t i = 0; i < values.size(); ++i) line += (i > 0 ? "," : "") + Quoted(values[i]);
  return line + "\r\n";
}

}  // namespace

std::string Csv(const std::vector<Run>& runs) {
  Names names;
  std::vector<Row> rows;
  for (const Run& run : runs) {
    for (const Json& layer : run.record()["layers"]) {
      rows.push_back({run.label, {}});
      for (const auto& [name, value] : Flatten(layer)) {
        names.Add(name);
        rows.back().values[name] = FlatText(*value, "");
      }
    }
    for (const auto& total : Flatten(run.record()["totals"])) names.Add(total.first);
    rows.push_back({run.label, TotalValues(run)});
  }
  std::vector<std::string> line;
  if (runs.size() > 1) line.push_back("run");
  const std::vector<std::string> columns = names.Columns();
  line.insert(line.end(), columns.begin(), columns.end());
  std::string csv = Line(line);
  for (Row& row : rows) {
    line.clear();
    if (runs.size() > 1) line.push_back(row.run);
    for (const std::string& name : columns) line.push_back(row.values[name]);
    csv += Line(line);
  }
  return csv;
}

}  // namespace weft::report
