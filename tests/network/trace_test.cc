// SPDX-License-Identifier: Apache-2.0
// Event logs and timelines: rtl and systemc tell the same events with the same values in the same
// cycles, a log changes nothing, and what the timeline shows is what program and records say.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>

#include "sim/compare.h"
#include "sim/input.h"
#include "sim/systemc_device.h"
#include "sim/timeline.h"
#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string kDigits = WEFT_SOURCE_DIR "/zoo/digits/model.tflite";

std::unique_ptr<driver::Device> MakeDevice(bool rtl, const Program& program,
                                           const DeviceOptions& options) {
  if (rtl) return MakeRtlDevice(program.config, program.window_bytes, options);
  return MakeSystemcDevice(program.config, program.window_bytes, options);
}

struct Traced {
  RunResult result;
  std::vector<Event> events;  // with all bursts
  std::string timeline;       // the file
};

Traced RunTraced(bool rtl, const Program& program, const std::vector<TensorData>& inputs,
                 DeviceOptions options, int batch = 1, const Watchdogs& watchdogs = {}) {
  Traced traced;
  const std::string path =
      fmt::format("{}weft_trace_{}_{}.json", ::testing::TempDir(), ::getpid(), rtl);
  Timeline timeline(program, {"model", "engine", options.memory}, path);
  options.event_bursts = true;
  options.events = [&](const Event& event) {
    traced.events.push_back(event);
    timeline.Add(event);
  };
  DeviceRunner device(program, MakeDevice(rtl, program, options), watchdogs);
  TimelineRunner runner(&device, &timeline);
  RunOptions run;
  run.batch = batch;
  traced.result = RunOnDevice(program, &runner, inputs, run);
  timeline.Close();
  const std::vector<uint8_t> bytes = test::ReadFile(path);
  traced.timeline.assign(bytes.begin(), bytes.end());
  fs::remove(path);
  return traced;
}

std::string Text(const Event& e) {
  return fmt::format("cycle {} unit {} kind {} value {:x}", e.cycle, static_cast<int>(e.unit),
                     static_cast<int>(e.kind), e.value);
}

// The logs and files of both engines; false stops the test.
bool Equal(const Traced& rtl, const Traced& systemc) {
  const size_t common = std::min(rtl.events.size(), systemc.events.size());
  for (size_t i = 0; i < common; ++i) {
    if (rtl.events[i] == systemc.events[i]) continue;
    ADD_FAILURE() << "event " << i << ": rtl " << Text(rtl.events[i]) << ", systemc "
                  << Text(systemc.events[i]);
    return false;
  }
  EXPECT_EQ(rtl.events.size(), systemc.events.size());
  EXPECT_EQ(rtl.timeline, systemc.timeline);
  return rtl.events.size() == systemc.events.size() && rtl.timeline == systemc.timeline;
}

constexpr const char* kMemories[] = {"8,60", "4,100", "16,10", "8,60,stall=0.1", "2,200,stall=0.3"};

class TraceLayers : public ::testing::TestWithParam<const char*> {};

TEST_P(TraceLayers, OfRandomLayersAreThoseOfRtl) {
  const Config config = LoadConfig(GetParam());
  const uint64_t count = test::LongTests() ? 300 : 20;
  size_t events = 0;
  for (uint64_t seed = 20001; seed < 20001 + count; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, seed % 4 == 0 ? 20 : 10);
    SCOPED_TRACE(c.text);
    const Program program = Compile(c.graph, config);
    DeviceOptions options = test::QuietRtl();
    options.memory = kMemories[seed % std::size(kMemories)];
    options.seed = seed;
    const Traced rtl = RunTraced(true, program, c.inputs, options);
    ASSERT_EQ(rtl.result.fault.code, 0);
    ASSERT_FALSE(rtl.events.empty());
    ASSERT_TRUE(Equal(rtl, RunTraced(false, program, c.inputs, options)));
    events += rtl.events.size();
  }
  std::printf("%d layers on %s: %zu events equal\n", static_cast<int>(count), GetParam(), events);
}

// A fault ends the log before its cycle, alike.
class TraceFaults : public ::testing::TestWithParam<const char*> {
 protected:
  // The code of the fault that both end with.
  int Fault(const Program& program, const DeviceOptions& options, const Watchdogs& watchdogs = {}) {
    const Traced rtl = RunTraced(true, program, case_.inputs, options, 1, watchdogs);
    EXPECT_TRUE(Equal(rtl, RunTraced(false, program, case_.inputs, options, 1, watchdogs)));
    return rtl.result.fault.code;
  }
  // Operand word of the first command with this opcode.
  uint32_t& Operand(Program* program, int opcode, size_t index) {
    std::vector<uint32_t>& words = program->segments[0].words;
    for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
      if (static_cast<int>(words[at] & 0x7F) == opcode)
        return words[at + spec::kCommandHeaderWords + index];
    throw std::runtime_error("no such command");
  }
  const test::RandomCase case_ = test::MakeRandomLayer(7, 8);
  const Program program_ = Compile(case_.graph, LoadConfig(GetParam()));
};

TEST_P(TraceFaults, OfTheMemory) {
  int faults = 0;
  for (int64_t address = program_.segments[0].address; address < program_.window_bytes;
       address += 776) {
    SCOPED_TRACE(address);
    DeviceOptions options = test::QuietRtl();
    options.error_address = address;
    faults += Fault(program_, options) != spec::kFaultNone;
  }
  EXPECT_GT(faults, 0);
  DeviceOptions options = test::QuietRtl();
  options.silent_from = 9;
  EXPECT_EQ(Fault(program_, options, {2, 7}), spec::kFaultMemTimeout);
}

TEST_P(TraceFaults, OfTheProgram) {
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpStore}) {
    Program program = program_;
    Operand(&program, opcode, 0) = static_cast<uint32_t>(program.window_bytes) + 64;
    EXPECT_EQ(Fault(program, test::QuietRtl()), spec::kFaultWindow);
  }
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpFilter, spec::kOpParam}) {
    Program program = program_;
    Operand(&program, opcode, opcode == spec::kOpLoadF || opcode == spec::kOpLoadI ? 1 : 0) |= 0x3FF00;
    EXPECT_EQ(Fault(program, test::QuietRtl()), spec::kFaultGlb);
  }
  Program program = program_;
  (&Operand(&program, spec::kOpStore, 0))[-spec::kCommandHeaderWords] ^= 0x01000000;  // its magic
  EXPECT_EQ(Fault(program, test::QuietRtl()), spec::kFaultCommand);
  program = program_;
  std::vector<uint32_t>& words = program.segments[0].words;
  for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
    if (static_cast<int>(words[at] & 0x7F) == spec::kOpPass) words[at + 1] &= 0xFF0000FF;  // no token from it
  EXPECT_EQ(Fault(program, test::QuietRtl(), {4, 2}), spec::kFaultToken);
}
INSTANTIATE_TEST_SUITE_P(Configs, TraceFaults, ::testing::Values("weft168", "odd", "nano"));

INSTANTIATE_TEST_SUITE_P(Configs, TraceLayers, ::testing::Values("weft168", "odd", "ecp5", "nano"));

Program CompileFile(const std::string& path, const char* config) {
  return Compile(ImportTfliteFile(path), LoadConfig(config));
}

void CompareModel(const std::string& path, const char* config, int batch = 1) {
  if (!fs::exists(path)) GTEST_SKIP() << test::NoModels();
  const Program program = CompileFile(path, config);
  const std::vector<TensorData> inputs = RandomInputs(program.graph, batch, 1);
  const Traced rtl = RunTraced(true, program, inputs, test::QuietRtl(), batch);
  EXPECT_TRUE(Equal(rtl, RunTraced(false, program, inputs, test::QuietRtl(), batch)));
  std::printf("%s: %zu events equal, timeline of %zu bytes\n", config, rtl.events.size(),
              rtl.timeline.size());
}

TEST(TraceModels, DigitsTwice) { CompareModel(kDigits, "weft168", 2); }
TEST(TraceModels, Resnet8OnWeft168) {
  CompareModel(test::ModelsDir() / "mlperf_tiny/ic_resnet8_int8/model.tflite", "weft168");
}
TEST(TraceModels, AutoencoderOnNano) {
  CompareModel(test::ModelsDir() / "mlperf_tiny/ad01_int8/model.tflite", "nano");
}
TEST(TraceModels, AutoencoderOnOdd) {
  CompareModel(test::ModelsDir() / "mlperf_tiny/ad01_int8/model.tflite", "odd");
}

// Nobody may notice that somebody looks.
TEST(Trace, ChangesNothing) {
  const Program program = CompileFile(kDigits, "weft168");
  const std::vector<TensorData> inputs = RandomInputs(program.graph, 1, 1);
  const auto report = [&](bool rtl, const DeviceOptions& options) {
    DeviceRunner runner(program, MakeDevice(rtl, program, options));
    return ReportOf(program, &runner, RunOnDevice(program, &runner, inputs, {}));
  };
  DeviceOptions options = test::QuietRtl();
  options.events = [](const Event&) {};
  options.event_bursts = true;
  for (bool rtl : {true, false})
    EXPECT_EQ(Compare(program, report(rtl, test::QuietRtl()), report(rtl, options)).difference, "");
}

// ---- the timeline against program and records ----

class TimelineFile : public ::testing::Test {
 protected:
  TimelineFile()
      : program_(CompileFile(kDigits, "weft168")),
        traced_(RunTraced(false, program_, RandomInputs(program_.graph, 1, 1), {})),
        events_(Json::parse(traced_.timeline)["traceEvents"]) {
    for (const Json& e : events_)
      if (e["ph"] == "M" && e["name"] == "thread_name") tracks_[e["args"]["name"]] = e["tid"];
  }
  std::vector<Json> Slices(const std::string& track) {
    std::vector<Json> slices;
    for (const Json& e : events_)
      if (e["ph"] == "X" && e["tid"] == tracks_.at(track)) slices.push_back(e);
    return slices;
  }
  int64_t Sum(const std::string& counter) {
    int64_t sum = 0, value = 0, next = 0;  // a count stands until the next one
    for (const Json& e : events_) {
      if (e["ph"] != "C" || e["name"] != counter) continue;
      const int64_t cycle = std::llround(e["ts"].get<double>() * 200);
      // The last window is short; in a segment's last cycle nothing is counted any more.
      const int64_t window = (cycle + Event::kWindow - 2) / Event::kWindow;
      sum += value * (window - next);
      next = window;
      value = e["args"].begin().value();
    }
    return sum;
  }
  size_t Commands(int opcode) {
    size_t count = 0;
    for (const Segment& s : program_.segments)
      for (size_t at = 0; at < s.words.size(); at += s.words[at] >> 8 & 0xFFFF)
        count += static_cast<int>(s.words[at] & 0x7F) == opcode;
    return count;
  }

  const Program program_;
  const Traced traced_;
  const Json events_;
  std::map<std::string, int> tracks_;
};

TEST_F(TimelineFile, LayersAreThoseOfTheRecords) {
  const std::vector<Json> layers = Slices("layers");
  size_t slice = 0;
  for (const LayerResult& layer : traced_.result.layers) {
    if (!layer.has_record) continue;
    ASSERT_LT(slice, layers.size());
    const Json& s = layers[slice++];
    EXPECT_EQ(s["name"], program_.plan.steps[static_cast<size_t>(layer.step)].name);
    EXPECT_EQ(s["args"]["layer"], layer.step);
    EXPECT_EQ(s["args"]["cycles"], layer.cycles);
    EXPECT_NEAR(s["dur"].get<double>(), static_cast<double>(layer.cycles) / 200, 1e-9);
  }
  EXPECT_EQ(slice, layers.size());
}

TEST_F(TimelineFile, HasEveryCommandOnce) {
  const auto named = [&](const std::string& track, const std::string& name) {
    size_t count = 0;
    for (const Json& s : Slices(track)) {
      count += s["name"] == name;
      EXPECT_FALSE(s["args"].contains("unfinished"));
    }
    return count;
  };
  EXPECT_EQ(named("filter load (FL)", "LOAD_F"), Commands(spec::kOpLoadF));
  EXPECT_EQ(named("ifmap load (IL)", "LOAD_I"), Commands(spec::kOpLoadI));
  EXPECT_EQ(named("store (ST)", "STORE"), Commands(spec::kOpStore));
  EXPECT_EQ(named("store (ST)", "END_LAYER"), Commands(spec::kOpEndLayer));
  EXPECT_EQ(named("compute: commands (C)", "MAP"), Commands(spec::kOpMap));
  EXPECT_EQ(named("compute: commands (C)", "PASS"), Commands(spec::kOpPass));
  EXPECT_EQ(named("compute: filters", "FILTER"), Commands(spec::kOpFilter));
  EXPECT_EQ(named("compute: filters", "PARAM"), Commands(spec::kOpParam));
  for (const char* track : {"compute: feeder", "compute: array", "compute: post-processing"})
    EXPECT_EQ(named(track, "PASS"), Commands(spec::kOpPass)) << track;
  EXPECT_GT(named("command fetch", "BURST"), 0u);
}

TEST_F(TimelineFile, SlicesOfATrackDoNotOverlap) {
  for (const auto& [name, track] : tracks_) {
    double free = 0;
    for (const Json& s : Slices(name)) {
      EXPECT_GE(s["ts"].get<double>(), free - 1e-6) << name << " " << s;
      EXPECT_GE(s["dur"].get<double>(), 0.001) << name << " " << s;
      free = s["ts"].get<double>() + s["dur"].get<double>();
    }
  }
}

// A command ends while its layer runs or, begun early, the one before.
TEST_F(TimelineFile, CommandsLieInTheirLayers) {
  std::map<int, std::pair<int64_t, int64_t>> layers;
  for (const Json& s : Slices("layers"))
    layers[s["args"]["layer"]] = {s["args"]["start"], s["args"]["end"]};
  for (const char* track : {"filter load (FL)", "ifmap load (IL)", "compute: array"})
    for (const Json& s : Slices(track)) {
      const int layer = s["args"]["layer"];
      const auto before = layers.find(layer - 1);
      const auto [own, end] = layers.at(layer);
      EXPECT_LE(s["args"]["end"].get<int64_t>(), end) << s;
      EXPECT_GE(s["args"]["end"].get<int64_t>(), before != layers.end() ? before->second.first : own) << s;
    }
}

TEST_F(TimelineFile, CountersSumToTheEventsOfTheRecords) {
  std::vector<int64_t> all(spec::kEventCount);
  for (const LayerResult& layer : traced_.result.layers)
    for (size_t e = 0; e < spec::kEventCount; ++e) all[e] += layer.events[e];
  EXPECT_EQ(Sum("GLB words read"), all[spec::kEvGlbAct] + all[spec::kEvGlbFlt] + all[spec::kEvGlbPsr] +
                                       all[spec::kEvGlbRes] + all[spec::kEvGlbStr]);
  EXPECT_EQ(Sum("GLB words written"), all[spec::kEvGlbLf] + all[spec::kEvGlbLi] +
                                          all[spec::kEvGlbPsw] + all[spec::kEvGlbOut]);
  int64_t command_bytes = 0;
  for (const Segment& s : program_.segments)  // whole beats
    command_bytes += static_cast<int64_t>((s.words.size() * 4 + 7) / 8 * 8);
  EXPECT_EQ(Sum("memory bytes read"), all[spec::kEvDramRdFl] + all[spec::kEvDramRdIl] + command_bytes);
  // The last record of a segment counts for no layer.
  EXPECT_EQ(Sum("memory bytes written"),
            all[spec::kEvDramWrSt] + all[spec::kEvDramWrRec] +
                static_cast<int64_t>(program_.segments.size() * spec::kRecordWords * 8));
}

}  // namespace
}  // namespace weft
