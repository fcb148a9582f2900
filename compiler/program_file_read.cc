// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

#include "compiler/byte_stream.h"
#include "compiler/command_check.h"
#include "compiler/import_workload.h"
#include "compiler/mapping_json.h"
#include "compiler/pair.h"
#include "compiler/program_addresses.h"
#include "compiler/program_file.h"
#include "compiler/program_sections.h"
#include "compiler/split.h"

namespace weft {
namespace {

constexpr int64_t kAlign = 64, kPage = 4096;
constexpr int64_t kMostWindowBytes = int64_t{1} << 32;  // addresses in commands have 32 bits
constexpr size_t kMostNameBytes = 4096, kMostYamlBytes = 16384;

uint32_t Crc(const uint8_t* bytes, size_t count) {
  return static_cast<uint32_t>(crc32_z(0, bytes, count));
}

// Quoted bytes of a damaged file must not reach a terminal.
std::string Printable(std::string text) {
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = '?';
  return text;
}

struct Section {
  const uint8_t* bytes = nullptr;
  size_t count = 0;
  std::string where;
  ByteReader Reader() const { return ByteReader(bytes, count, where); }
};

std::vector<Section> ReadSections(const std::vector<uint8_t>& bytes, const std::string& path) {
  const auto refuse = [&](const std::string& what) {
    throw Error(fmt::format("{}: {}; compile the model again", path, what));
  };
  if (bytes.size() < kProgramHeaderBytes) refuse("the program file is cut off within its header");
  ByteReader in(bytes.data(), bytes.size(), path);
  in.U32();
  const uint32_t version = in.U32(), count = in.U32(), crc = in.U32();
  if (crc != Crc(bytes.data(), kProgramHeaderBytes - 4))
    refuse("the program file's header is damaged");
  if (version != kProgramFormatVersion) {
    refuse(fmt::format("program file of format version {}; this weft reads version {}", version,
                       kProgramFormatVersion));
  }
  if (count != kSectionCount)
    refuse(fmt::format("the program file has {} sections instead of {}", count,
                       size_t{kSectionCount}));
  std::vector<Section> sections;
  for (const char* name : kSectionNames) {
    if (in.left() < kSectionHeaderBytes)
      refuse(fmt::format("the program file is cut off before section {}", name));
    const uint8_t* header = in.Take(0);
    const uint8_t* letters = in.Take(4);
    const uint64_t length = in.U64();
    const uint32_t header_crc = in.U32(), content_crc = in.U32();
    if (header_crc != Crc(header, 12) || !std::equal(letters, letters + 4, name)) {
      refuse(fmt::format("the header of section {} is damaged", name));
    }
    if (length > in.left()) {
      refuse(fmt::format("the program file is cut off: section {} has {} bytes, {} are left", name,
                         length, in.left()));
    }
    const uint8_t* content = in.Take(static_cast<size_t>(length));
    if (content_crc != Crc(content, static_cast<size_t>(length))) {
      refuse(fmt::format("section {} is damaged: its CRC-32 does not agree", name));
    }
    sections.push_back(
        {content, static_cast<size_t>(length), fmt::format("{}: section {}", path, name)});
  }
  if (in.left() != 0)
    refuse(fmt::format("{} bytes follow the last section of the program file", in.left()));
  return sections;
}

void ReadConfig(const Section& section, Program* program) {
  ByteReader in = section.Reader();
  const uint32_t hash = in.U32(), options = in.U32();
  const uint32_t objective = options >> kOptionObjectiveBit;
  if (objective > static_cast<uint32_t>(Objective::kLatency)) {
    in.Fail(fmt::format("unknown compile options {:#x}", options));
  }
  program->options.keep_tensors = (options & kOptionKeepTensors) != 0;
  program->options.one_segment_per_layer = (options & kOptionSegmentPerLayer) != 0;
  program->options.objective = static_cast<Objective>(objective);
  const std::string name = in.Text();
  if (name.size() > kMostNameBytes) in.Fail("the configuration's name is too long");
  const std::string yaml = in.Text();
  in.ExpectEnd();
  if (yaml.size() > kMostYamlBytes) in.Fail("the configuration is too long");
  try {
    program->config = ParseConfig(yaml, "configuration");
  } catch (const std::exception& error) {  // also what yaml-cpp throws of its own
    in.Fail(Printable(error.what()));
  }
  if (program->config.Hash32() != hash) {
    in.Fail(fmt::format("the configuration's hash is {:#010x}, the file says {:#010x}",
                        program->config.Hash32(), hash));
  }
  program->config.name = name;
}

void ReadModel(const Section& section, Program* program) {
  ByteReader in = section.Reader();
  program->model_name = in.Text();
  if (program->model_name.size() > kMostNameBytes) in.Fail("the model's name is too long");
  program->model_bytes = in.Rest();
  try {
    program->graph = ImportModel(program->model_bytes, program->model_name);
    program->plan = LowerGraph(program->graph, !program->options.keep_tensors);
  } catch (const Error& error) {
    in.Fail(error.what());
  }
  for (Step& step : program->plan.steps)
    for (ArrayLayer& layer : step.layers) layer = Canonical(std::move(layer));
}

// Of a step's list: whether its first mapping is one of a pair.
bool IsPair(const nlohmann::ordered_json& list) {
  if (!list.is_array() || list.size() != 2 || !list[0].is_object()) return false;
  const auto pixel = list[0].find("pair_pixel");
  return pixel != list[0].end() && pixel->is_number_integer() && *pixel != 0;
}

// Layers that the mappings say are computed in parts give way to these.
void SplitLayers(const std::vector<Mapping>& mappings, std::vector<ArrayLayer>* layers) {
  std::vector<ArrayLayer> mapped;
  for (ArrayLayer& layer : *layers) {
    const bool split = mapped.size() < mappings.size() && mappings[mapped.size()].parts > 1;
    const std::vector<ArrayLayer> parts = split ? SplitAtPadding(layer) : std::vector<ArrayLayer>{layer};
    mapped.insert(mapped.end(), parts.begin(), parts.end());
  }
  *layers = std::move(mapped);
}

void ReadMappings(const Section& section, Program* program) {
  ByteReader in = section.Reader();
  const std::vector<uint8_t> text = in.Rest();
  const auto json = nlohmann::ordered_json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_array()) in.Fail("no JSON list");
  std::vector<Step>& steps = program->plan.steps;
  for (size_t s = 0; s < json.size() && s + 1 < steps.size(); ++s) {
    if (!IsPair(json[s])) continue;
    if (!CanPair(program->graph, program->plan, s)) in.Fail(fmt::format("step {}: is no pair with the next one", s));
    MergePair(program->graph, &program->plan, s);
  }
  if (json.size() != steps.size()) {
    in.Fail(fmt::format("mappings of {} steps; the model has {}", json.size(), steps.size()));
  }
  for (size_t s = 0; s < steps.size(); ++s) {
    if (!json[s].is_array()) in.Fail(fmt::format("step {}: no list of mappings", s));
    std::vector<Mapping> mappings;
    try {
      for (const auto& mapping : json[s]) mappings.push_back(MappingFromJson(mapping));
    } catch (const Error& error) {
      in.Fail(fmt::format("step {}: {}", s, error.what()));
    }
    SplitLayers(mappings, &steps[s].layers);
    if (mappings.size() != steps[s].layers.size())
      in.Fail(fmt::format("step {}: {} mappings of {} array layers", s, mappings.size(), steps[s].layers.size()));
    program->mappings.push_back(std::move(mappings));
  }
}

// Segments hold the accelerator's steps: all of them, in order, none of the host's.
void ReadCommands(const Section& section, Program* program) {
  ByteReader in = section.Reader();
  const std::vector<Step>& steps = program->plan.steps;
  const int64_t step_count = static_cast<int64_t>(steps.size());
  const int64_t count = in.Bounded(0, step_count, "number of segments");
  int64_t next = 0;
  const auto skip_host = [&] {
    while (next < step_count && !steps[static_cast<size_t>(next)].on_accelerator) ++next;
  };
  for (int64_t i = 0; i < count; ++i) {
    skip_host();
    Segment segment;
    const int64_t first = in.Bounded(0, step_count - 1, "first step"),
                  last = in.Bounded(first, step_count - 1, "last step");
    if (first != next)
      in.Fail(fmt::format("segment {} begins at step {} instead of {}", i, first, next));
    for (; next <= last; ++next) {
      if (!steps[static_cast<size_t>(next)].on_accelerator)
        in.Fail(fmt::format("segment {}: step {} runs on the host", i, next));
    }
    segment.first_step = static_cast<int>(first);
    segment.last_step = static_cast<int>(last);
    segment.address = in.Bounded(0, kMostWindowBytes - kAlign, "address");
    segment.words = in.Words();
    program->segments.push_back(std::move(segment));
  }
  in.ExpectEnd();
  skip_host();
  if (next != step_count) in.Fail(fmt::format("no segment runs step {}", next));
}

void ReadBindings(const Section& section, Program* program) {
  ByteReader in = section.Reader();
  program->window_bytes = in.Bounded(kPage, kMostWindowBytes, "window size");
  if (program->window_bytes % kPage != 0) in.Fail("the window size is no multiple of 4096");
  program->image_address = in.Bounded(0, program->window_bytes, "image address");
  for (const Step& step : program->plan.steps) {
    program->record_address.push_back(
        step.on_accelerator ? in.Bounded(0, program->window_bytes, "record address") : -1);
  }
  for (Buffer& buffer : program->plan.buffers)
    buffer.address = in.Bounded(0, program->window_bytes, "buffer address");
  in.ExpectEnd();
}

}  // namespace

bool IsProgramFile(const std::vector<uint8_t>& bytes) {
  if (bytes.size() < 4) return false;
  return ByteReader(bytes.data(), bytes.size(), "").U32() == kProgramMagic;
}

Program ReadProgram(const std::vector<uint8_t>& bytes, const std::string& path) {
  if (!IsProgramFile(bytes))
    throw Error(path +
                ": no program file (the letters WEFT are missing); `weft compile` writes one");
  const std::vector<Section> sections = ReadSections(bytes, path);
  Program program;
  ReadConfig(sections[kConf], &program);
  ReadModel(sections[kModl], &program);
  ReadMappings(sections[kMaps], &program);
  ReadCommands(sections[kCmds], &program);
  program.image = sections[kWght].Reader().Rest();
  ReadBindings(sections[kBind], &program);
  CheckAddresses(program, path);
  for (size_t i = 0; i < program.segments.size(); ++i) {
    CheckCommands(program, program.segments[i], fmt::format("{}: segment {}", path, i));
  }
  return program;
}

}  // namespace weft
