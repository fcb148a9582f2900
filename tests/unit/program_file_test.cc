// SPDX-License-Identifier: Apache-2.0
// Program files: what is written is read again, and whatever is wrong in one is named.

#include "compiler/program_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "compiler/command.h"
#include "compiler/command_check.h"
#include "compiler/command_view.h"
#include "compiler/disassemble.h"
#include "compiler/import_tflite.h"
#include "compiler/mapping_json.h"
#include "model/error.h"
#include "tests/support/models.h"
#include "tests/support/program_parts.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::ProgramParts;

Program CompileFile(const fs::path& path, const Config& config,
                    const CompileOptions& options = {}) {
  Program program = Compile(ImportTfliteFile(path.string()), config, options);
  program.model_name = path.string();
  program.model_bytes = test::ReadFile(path);
  return program;
}

fs::path Digits() { return fs::path(WEFT_SOURCE_DIR) / "zoo/digits/model.tflite"; }

const std::vector<uint8_t>& DigitsFile() {
  static const std::vector<uint8_t> file =
      WriteProgram(CompileFile(Digits(), LoadConfig("weft168")));
  return file;
}

void ExpectEqual(const Program& a, const Program& b) {
  EXPECT_EQ(a.config.ToYaml(), b.config.ToYaml());
  EXPECT_EQ(a.options.keep_tensors, b.options.keep_tensors);
  EXPECT_EQ(a.options.one_segment_per_layer, b.options.one_segment_per_layer);
  EXPECT_EQ(a.options.objective, b.options.objective);
  EXPECT_EQ(a.model_name, b.model_name);
  EXPECT_EQ(a.model_bytes, b.model_bytes);
  EXPECT_EQ(a.image, b.image);
  EXPECT_EQ(a.image_address, b.image_address);
  EXPECT_EQ(a.record_address, b.record_address);
  EXPECT_EQ(a.window_bytes, b.window_bytes);
  ASSERT_EQ(a.plan.buffers.size(), b.plan.buffers.size());
  for (size_t i = 0; i < a.plan.buffers.size(); ++i)
    EXPECT_EQ(a.plan.buffers[i].address, b.plan.buffers[i].address);
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < a.segments.size(); ++i) {
    EXPECT_EQ(a.segments[i].first_step, b.segments[i].first_step);
    EXPECT_EQ(a.segments[i].last_step, b.segments[i].last_step);
    EXPECT_EQ(a.segments[i].address, b.segments[i].address);
    EXPECT_EQ(a.segments[i].words, b.segments[i].words);
  }
  ASSERT_EQ(a.mappings.size(), b.mappings.size());
  for (size_t s = 0; s < a.mappings.size(); ++s) {
    ASSERT_EQ(a.mappings[s].size(), b.mappings[s].size());
    for (size_t i = 0; i < a.mappings[s].size(); ++i) {
      EXPECT_EQ(MappingToJson(a.mappings[s][i], true), MappingToJson(b.mappings[s][i], true));
    }
  }
}

// Compiled programs pass the static check of their commands, whatever the operator.
TEST(ProgramFile, EverySingleOperatorSurvives) {
  std::vector<fs::path> models = {Digits()};
  for (const auto& entry :
       fs::directory_iterator(fs::path(WEFT_SOURCE_DIR) / "tests/network/single_op"))
    if (entry.path().extension() == ".tflite") models.push_back(entry.path());
  std::sort(models.begin(), models.end());
  for (const char* name : {"weft168", "odd", "nano", "ecp5"}) {
    const Config config = LoadConfig(name);
    for (const fs::path& path : models) {
      SCOPED_TRACE(path.filename().string() + " on " + name);
      const Program program = CompileFile(path, config);
      const std::vector<uint8_t> file = WriteProgram(program);
      const Program again = ReadProgram(file, "again.weft");
      ExpectEqual(program, again);
      EXPECT_EQ(WriteProgram(again), file);
    }
  }
}

TEST(ProgramFile, RealModelsSurvive) {
  if (test::TfliteModels().empty()) GTEST_SKIP() << test::NoModels();
  for (const fs::path& path : test::TfliteModels()) {
    SCOPED_TRACE(path.string());
    const Program program = CompileFile(path, LoadConfig("weft168"));
    ExpectEqual(program, ReadProgram(WriteProgram(program), "again.weft"));
  }
}

TEST(ProgramFile, OptionsAndTheNameOfTheConfigurationSurvive) {
  Config config = LoadConfig("odd");
  config.name = "odd: \"1\" # yaml\n.yaml";
  for (int i = 0; i < 6; ++i) {
    CompileOptions options;
    options.keep_tensors = i % 2 == 1;
    options.one_segment_per_layer = i / 2 == 1;
    options.objective = static_cast<Objective>(i % 3);
    const Program program = CompileFile(Digits(), config, options);
    EXPECT_EQ(program.segments.size() > 1, options.one_segment_per_layer);
    ExpectEqual(program, ReadProgram(WriteProgram(program), "again.weft"));
  }
}

std::string MessageOf(const std::vector<uint8_t>& file) {
  try {
    ReadProgram(file, "bad.weft");
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), ExitStatus::kBadInput);
    const std::string line = error.what();
    EXPECT_EQ(line.rfind("bad.weft: ", 0), 0u) << line;
    return line;
  }
  return "accepted";
}

TEST(ProgramFile, NoTruncationIsAccepted) {
  const std::vector<uint8_t>& file = DigitsFile();
  for (size_t length = 0; length < file.size(); ++length) {
    const std::vector<uint8_t> cut(file.begin(),
                                   file.begin() + static_cast<std::ptrdiff_t>(length));
    ASSERT_NE(MessageOf(cut), "accepted") << length;
  }
}

TEST(ProgramFile, NoFlippedBitIsAccepted) {
  std::vector<uint8_t> file = DigitsFile();
  for (size_t i = 0; i < file.size(); ++i) {
    file[i] ^= static_cast<uint8_t>(1u << i % 8);
    ASSERT_NE(MessageOf(file), "accepted") << i;
    file[i] ^= static_cast<uint8_t>(1u << i % 8);
  }
}

struct BadFile {
  const char* part_of_message;
  std::function<void(ProgramParts*)> damage;
};

// Words of the first segment: behind the number of segments, two steps, an address and a length.
constexpr size_t kWordsAt = 40;

// The operand (or, from -2 on, header) word of the first command of a kind.
size_t WordAt(const ProgramParts& parts, int opcode, int operand) {
  std::vector<uint32_t> words;
  for (size_t at = kWordsAt; at < parts.sections[kCmds].size(); at += 4)
    words.push_back(static_cast<uint32_t>(test::GetLe(parts.sections[kCmds], at, 4)));
  CommandView view;
  std::string problem;
  CommandReader reader(words, LoadConfig("weft168"));
  while (reader.Next(&view, &problem))
    if (view.kind->opcode == opcode) return kWordsAt + 4 * (view.at + static_cast<size_t>(2 + operand));
  throw std::runtime_error("no such command");
}

std::function<void(ProgramParts*)> SetField(int opcode, const spec::Field& field, int64_t value,
                                            bool header = false) {
  return [=](ProgramParts* parts) {
    const size_t at = WordAt(*parts, opcode, field.word - (header ? 2 : 0));
    uint32_t word = static_cast<uint32_t>(test::GetLe(parts->sections[kCmds], at, 4));
    Command::PackField(field, value, &word);
    test::PutLe(word, 4, &parts->sections[kCmds], at);
  };
}

std::function<void(ProgramParts*)> SetNumber(SectionIndex section, size_t at, uint64_t value) {
  return [=](ProgramParts* parts) { test::PutLe(value, 8, &parts->sections[section], at); };
}

std::function<void(ProgramParts*)> ReplaceText(SectionIndex section, const std::string& from,
                                               const std::string& to) {
  return [=](ProgramParts* parts) {
    std::vector<uint8_t>& bytes = parts->sections[section];
    const auto it = std::search(bytes.begin(), bytes.end(), from.begin(), from.end());
    ASSERT_NE(it, bytes.end()) << from;
    const auto at = bytes.erase(it, it + static_cast<std::ptrdiff_t>(from.size()));
    bytes.insert(at, to.begin(), to.end());
  };
}

// CRCs are right, the content is not.
TEST(ProgramFile, WhatIsWrongBehindACrcIsNamed) {
  const uint64_t huge = ~uint64_t{0};
  const Program good = ReadProgram(DigitsFile(), "digits.weft");
  const uint64_t words = good.segments[0].words.size();
  const auto window = static_cast<uint32_t>(good.window_bytes);
  std::string pair_pixel;
  for (const std::vector<Mapping>& step : good.mappings)
    if (step.size() == 2) pair_pixel = fmt::format("\"pair_pixel\":{}", step[0].pair_pixel);
  ASSERT_NE(pair_pixel, "");
  static constexpr char kNoPair[] = "[{\"pair_pixel\":16},0],";
  const BadFile bad_files[] = {
      {"format version 2", [](ProgramParts* p) { p->version = 2; }},
      {"has 7 sections", [](ProgramParts* p) { p->count = 7; }},
      {"CONF: ends early", [](ProgramParts* p) { p->sections[kConf].resize(7); }},
      {"CONF: has 1 bytes too many", [](ProgramParts* p) { p->sections[kConf].push_back(0); }},
      {"unknown compile options", SetNumber(kConf, 4, 16)},
      {"the configuration's hash", ReplaceText(kConf, "Cols: 14", "Cols: 12")},
      {"Rows x Lanes", ReplaceText(kConf, "Rows: 12", "Rows: 20")},
      {"unknown field", ReplaceText(kConf, "Rows: 12", "Rose: 12")},
      {"digits/model.tflite: the TFLite file is damaged",
       [](ProgramParts* p) { p->sections[kModl].resize(400); }},
      {"MAPS: no JSON list", [](ProgramParts* p) { p->sections[kMaps].pop_back(); }},
      {"MAPS: mappings of 1 steps; the model has 8",
       [](ProgramParts* p) {
         p->sections[kMaps] = {'[', '1', ']'};
       }},
      {"mapping field segs", ReplaceText(kMaps, "\"segs\":4", "\"segs\":-4")},
      {"mapping field segs is missing", ReplaceText(kMaps, "\"segs\":4", "\"sags\":4")},
      {"mappings of 6 steps; the model has 7", ReplaceText(kMaps, pair_pixel, "\"pair_pixel\":0")},
      {"step 0: is no pair with the next one",
       [](ProgramParts* p) {
         p->sections[kMaps].insert(p->sections[kMaps].begin() + 1, kNoPair, kNoPair + sizeof kNoPair - 1);
       }},
      {"number of segments", SetNumber(kCmds, 0, huge)},
      {"begins at step 1 instead of 0", SetNumber(kCmds, 8, 1)},
      {"step 5 runs on the host", SetNumber(kCmds, 16, 5)},
      {"last step", SetNumber(kCmds, 16, 6)},
      {"no segment runs step 4", SetNumber(kCmds, 16, 3)},
      {"address", SetNumber(kCmds, 24, huge)},
      {"no multiple of 64", SetNumber(kCmds, 24, 0x5641)},
      {"leaves the window", SetNumber(kCmds, 24, 0x40000)},
      {"CMDS: ends early", SetNumber(kCmds, 32, huge)},
      {"CMDS: ends early", SetNumber(kCmds, 32, 4000)},
      {"CMDS: has 4 bytes too many", SetNumber(kCmds, 32, words - 1)},
      {"window size", SetNumber(kBind, 0, huge)},
      {"multiple of 4096", SetNumber(kBind, 0, window + 1)},
      {"a window of", SetNumber(kBind, 0, uint64_t{1} << 32)},
      {"image address", SetNumber(kBind, 0, 4096)},
      {"image address", SetNumber(kBind, 8, huge)},
      {"overlap", SetNumber(kBind, 8, 0)},
      {"record address", SetNumber(kBind, 16, huge)},
      {"writes the record to", SetField(spec::kOpEndLayer, spec::kEndLayerMem, 64)},
      {"BIND: ends early", [](ProgramParts* p) { p->sections[kBind].resize(8); }},
      {"BIND: has 8 bytes too many",
       [](ProgramParts* p) { p->sections[kBind].resize(p->sections[kBind].size() + 8); }},
      {"no command begins with", SetField(spec::kOpPass, spec::kHeaderMagic, 0x56, true)},
      {"unknown opcode 0x7f", SetField(spec::kOpPass, spec::kHeaderOpcode, 0x7f, true)},
      {"pass of 12 words; 11 are needed", SetField(spec::kOpPass, spec::kHeaderWords, 12, true)},
      {"pass keeps operand word 3, which is not held",
       SetField(spec::kOpPass, spec::kHeaderKeep, 4, true)},
      {"param keeps operand word 1, which is not held",
       SetField(spec::kOpParam, spec::kHeaderKeep, 1, true)},
      {"gives a semaphore of another engine",
       SetField(spec::kOpPass, spec::kHeaderSignal, 1, true)},
      {"waits for a semaphore of another engine",
       SetField(spec::kOpPass, spec::kHeaderWait, 0x80, true)},
      {"which only a pass can", SetField(spec::kOpLoadF, spec::kHeaderSignalFeed, 1, true)},
      {"waits for a token of fl_c", SetField(spec::kOpLoadF, spec::kHeaderSignal, 0, true)},
      {"another parity", SetField(spec::kOpPass, spec::kHeaderParity, 1, true)},
      {"reads memory outside", SetField(spec::kOpLoadF, spec::kMoveMem, 0x7fffffff)},
      {"writes memory outside", SetField(spec::kOpStore, spec::kMoveMem, window)},
      {"leaves the GLB", SetField(spec::kOpStore, spec::kMoveGlb, 110592)},
      {"run = 0; 1 to 110592", SetField(spec::kOpStore, spec::kMoveRun, 0)},
      {"stores nothing",
       [](ProgramParts* p) {
         const size_t at = WordAt(*p, spec::kOpStore, 0);
         for (size_t i = 0; i < 4 * spec::kStoreOperandWords; ++i) p->sections[kCmds][at + i] = 0;
       }},
      {"more bytes than the GLB has", SetField(spec::kOpStore, spec::kMoveN2, 60000)},
      {"ends layer 1", SetField(spec::kOpEndLayer, spec::kEndLayerLayer, 1)},
      {"operand words", SetField(spec::kOpMap, spec::kMapStreams, 31)},
      {"lo exceeds hi", SetField(spec::kOpCfg, spec::kCfgHi, -129)},
      {"add_e3 = 40", SetField(spec::kOpCfg, spec::kCfgAddE3, 40)},
      {"beats = 300", SetField(spec::kOpFilter, spec::kFilterBeats, 300)},
      {"pattern that was not loaded", SetField(spec::kOpFilter, spec::kFilterPattern, 1)},
      {"parameters beyond the GLB", SetField(spec::kOpParam, spec::kParamGlb, 110590)},
      {"filters that were not loaded", SetField(spec::kOpPass, spec::kPassCopy, 1)},
      {"parameters that were not loaded", SetField(spec::kOpPass, spec::kPassHalf, 1)},
      {"constants that were not loaded", SetField(spec::kOpPass, spec::kPassCfg, 1)},
      {"max without dw", SetField(spec::kOpPass, spec::kPassMax, 1)},
      {"steps = 0", SetField(spec::kOpPass, spec::kPassSteps, 0)},
      {"rpt = 0", SetField(spec::kOpPass, spec::kPassRpt, 0)},
      {"stride = 9", SetField(spec::kOpPass, spec::kPassStride, 9)},
      {"its filters exceed", SetField(spec::kOpPass, spec::kPassFilterStride, 256)},
      {"reads activations beyond", SetField(spec::kOpPass, spec::kPassXstride, 60000)},
      {"its outputs leave", SetField(spec::kOpPass, spec::kPassOutStride, 110000)},
      {"its stored sums leave",
       [](ProgramParts* p) {
         SetField(spec::kOpPass, spec::kPassLast, 0)(p);
         SetField(spec::kOpPass, spec::kPassPsumBase, 110000)(p);
       }},
  };
  const ProgramParts whole = test::TakeApart(DigitsFile());
  ASSERT_EQ(test::PutTogether(whole), DigitsFile());
  for (const BadFile& bad : bad_files) {
    ProgramParts parts = whole;
    bad.damage(&parts);
    const std::string line = MessageOf(test::PutTogether(parts));
    EXPECT_NE(line.find(bad.part_of_message), std::string::npos)
        << bad.part_of_message << " <> " << line;
  }
}

TEST(Disassembly, HasALineACommandAndNamesWhatIsNoCommand) {
  const Program program = ReadProgram(DigitsFile(), "digits.weft");
  std::vector<uint32_t> words = program.segments[0].words;
  const std::string text = Disassemble(words, program.config, false);
  size_t commands = 0;
  CommandView view;
  std::string problem;
  CommandReader reader(words, program.config);
  while (reader.Next(&view, &problem)) ++commands;
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), commands);
  EXPECT_NE(text.find("st_il"), std::string::npos);
  EXPECT_EQ(text.substr(text.rfind("fetch")), "fetch  end\n");
  EXPECT_NE(Disassemble(words, program.config, true).find("row 11"), std::string::npos);
  words[0] = 0;
  EXPECT_EQ(Disassemble(words, program.config, false),
            "       0  no command begins with 0x00000000\n");
}

}  // namespace
}  // namespace weft
