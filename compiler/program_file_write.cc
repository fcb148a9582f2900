// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include "compiler/byte_stream.h"
#include "compiler/mapping_json.h"
#include "compiler/program_file.h"
#include "compiler/program_sections.h"

namespace weft {
namespace {

std::vector<uint8_t> ConfigSection(const Program& program) {
  Config config = program.config;
  config.name = kStoredConfigName;  // the real one may be a path that YAML would need quoted
  ByteWriter out;
  out.U32(config.Hash32());
  out.U32((program.options.keep_tensors ? kOptionKeepTensors : 0) |
          (program.options.one_segment_per_layer ? kOptionSegmentPerLayer : 0) |
          static_cast<uint32_t>(program.options.objective) << kOptionObjectiveBit);
  out.Text(program.config.name);
  out.Text(config.ToYaml());
  return out.bytes();
}

std::vector<uint8_t> ModelSection(const Program& program) {
  ByteWriter out;
  out.Text(program.model_name);
  out.Raw(program.model_bytes);
  return out.bytes();
}

std::vector<uint8_t> MappingSection(const Program& program) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const std::vector<Mapping>& step : program.mappings) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Mapping& mapping : step) list.push_back(MappingToJson(mapping, true));
    steps.push_back(std::move(list));
  }
  const std::string text = steps.dump();
  return std::vector<uint8_t>(text.begin(), text.end());
}

std::vector<uint8_t> CommandSection(const Program& program) {
  ByteWriter out;
  out.U64(program.segments.size());
  for (const Segment& segment : program.segments) {
    out.U64(static_cast<uint64_t>(segment.first_step));
    out.U64(static_cast<uint64_t>(segment.last_step));
    out.U64(static_cast<uint64_t>(segment.address));
    out.Words(segment.words);
  }
  return out.bytes();
}

std::vector<uint8_t> BindingSection(const Program& program) {
  ByteWriter out;
  out.U64(static_cast<uint64_t>(program.window_bytes));
  out.U64(static_cast<uint64_t>(program.image_address));
  for (size_t s = 0; s < program.plan.steps.size(); ++s)
    if (program.plan.steps[s].on_accelerator)
      out.U64(static_cast<uint64_t>(program.record_address[s]));
  for (const Buffer& buffer : program.plan.buffers) out.U64(static_cast<uint64_t>(buffer.address));
  return out.bytes();
}

uint32_t Crc(const std::vector<uint8_t>& bytes, size_t begin) {
  return static_cast<uint32_t>(crc32_z(0, bytes.data() + begin, bytes.size() - begin));
}

}  // namespace

std::vector<uint8_t> WriteProgram(const Program& program) {
  const std::vector<uint8_t> contents[kSectionCount] = {
      ConfigSection(program),  ModelSection(program), MappingSection(program),
      CommandSection(program), program.image,         BindingSection(program)};
  ByteWriter out;
  out.U32(kProgramMagic);
  out.U32(kProgramFormatVersion);
  out.U32(kSectionCount);
  out.U32(Crc(out.bytes(), 0));
  for (size_t i = 0; i < kSectionCount; ++i) {
    const size_t begin = out.bytes().size();
    for (int c = 0; c < 4; ++c) out.bytes().push_back(static_cast<uint8_t>(kSectionNames[i][c]));
    out.U64(contents[i].size());
    out.U32(Crc(out.bytes(), begin));
    out.U32(Crc(contents[i], 0));
    out.Raw(contents[i]);
  }
  return out.bytes();
}

}  // namespace weft
