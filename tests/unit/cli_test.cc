// SPDX-License-Identifier: Apache-2.0
// The `weft` program from outside: exit statuses, one line on standard error for whatever goes
// wrong, nothing half-written, and what the reference engine computes from every kind of input.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/cli.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::Binary;
using test::Cli;
using test::kBert;
using test::kDigits;
using test::kSeven;
using test::Outcome;

std::string Npy(const std::string& header, const std::string& data) {
  std::string text = "\x93NUMPY";
  text += '\1';
  text += '\0';
  text += static_cast<char>(header.size());
  text += '\0';
  return text + header + data;
}

std::string NpyHeader(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
}

TEST_F(Cli, WrongUsageIsStatus2) {
  ExpectFails(2, "subcommand is required", {});
  ExpectFails(2, "--help", {"fly"});
  ExpectFails(2, "MODEL is required", {"run"});
  ExpectFails(2, "--nonsense", {"run", kDigits, "--engine", "reference", "--nonsense"});
  ExpectFails(2, "{rtl,systemc,reference}", {"run", kDigits, "--engine", "abacus"});
  ExpectFails(2, "--batch", {"run", kDigits, "--engine", "reference", "--batch", "0"});
  ExpectFails(2, "--batch", {"run", kDigits, "--engine", "reference", "--batch", "many"});
  ExpectFails(2, "--seed", {"run", kDigits, "--engine", "reference", "--seed", "-1"});
  ExpectFails(2, "--memory", {"run", kDigits, "--engine", "reference", "--memory", "fast"});
  ExpectFails(2, "A..B", {"run", kDigits, "--engine", "reference", "--layers", "3"});
  ExpectFails(2, "A..B", {"run", kDigits, "--engine", "reference", "--layers", "3..2"});
  ExpectFails(2, "layers 0..5", {"run", kDigits, "--engine", "reference", "--layers", "0..6"});
  ExpectFails(2, "--slice", {"run", kDigits, "--engine", "systemc", "--slice", "0"});
  ExpectFails(2, "--engine rtl or systemc", {"run", kDigits, "--engine", "reference", "--slice", "1"});
  ExpectFails(2, "--engine rtl", {"run", kDigits, "--engine", "reference", "--trace", "a.fst"});
  ExpectFails(2, "--engine rtl", {"run", kDigits, "--engine", "systemc", "--trace", "a.fst"});
  ExpectFails(2, "rtl or systemc", {"run", kDigits, "--engine", "reference", "--trace", "a.json"});
  for (const char* file : {"a.vcd", "a", ".fst", "a.fst.gz"})
    ExpectFails(2, "NAME.json is a timeline", {"run", kDigits, "--trace", file});
  ExpectFails(2, "2 files given; " + kDigits + " has 1 inputs",
              {"run", kDigits, "--engine", "reference", "--input", kSeven, "--input", kSeven});
  ExpectFails(2, "--output is required", {"compile", kDigits});
}

TEST_F(Cli, WorkloadOptionsWithoutAWorkloadAreStatus2) {
  ASSERT_EQ(Weft({"compile", kBert, "-o", "bert.weft", "--quiet"}).status, 0);
  for (const std::string& model : {kDigits, std::string("bert.weft")}) {
    ExpectFails(2, "--zeros: " + model + " is no .yaml workload",
                {"run", model, "--engine", "reference", "--zeros", "0.5"});
    ExpectFails(2, "--zeros-kind: " + model + " is no .yaml workload",
                {"compile", model, "-o", "x.weft", "--zeros-kind", "iid"});
    ExpectFails(2, "--seed: " + model + " is no .yaml workload",
                {"inspect", model, "--seed", "2"});
  }
  for (const char* command : {"run", "inspect"}) {
    ExpectFails(2, "--zeros", {command, kBert, "--zeros", "1.5"});
    ExpectFails(2, "--zeros", {command, kBert, "--zeros", "half"});
    ExpectFails(2, "--zeros", {command, kBert, "--zeros", "nan"});
    ExpectFails(2, "{iid,clustered}", {command, kBert, "--zeros-kind", "random"});
    ExpectFails(2, "--seed", {command, kBert, "--seed", "-1"});
  }
}

TEST_F(Cli, BadFilesAreStatus1) {
  Write("empty.tflite", "");
  Write("text.tflite", "this is no model\n");
  Write("cut.tflite", [] {
    const std::vector<uint8_t> bytes = test::ReadFile(kDigits);
    return std::string(bytes.begin(), bytes.begin() + 2000);
  }());
  ExpectFails(1, "No such file", {"run", "absent.tflite"});
  ExpectFails(1, "it is a folder", {"run", "."});
  ExpectFails(1, "no regular file", {"inspect", "/dev/null"});
  ExpectFails(1, "empty.tflite", {"run", "empty.tflite"});
  ExpectFails(1, "TFL3", {"compile", "text.tflite", "-o", "x.weft"});
  ExpectFails(1, "cut.tflite", {"inspect", "cut.tflite"});
}

TEST_F(Cli, BadProgramFilesAreStatus1) {
  ASSERT_EQ(Weft({"compile", kDigits, "-o", "digits.weft", "--quiet"}).status, 0);
  const std::string whole = Text("digits.weft");
  Write("cut.weft", whole.substr(0, whole.size() / 2));
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
  Write("flipped.weft", flipped);
  for (const char* command : {"run", "inspect"}) {
    ExpectFails(1, "cut off", {command, "cut.weft"});
    ExpectFails(1, "CRC-32", {command, "flipped.weft"});
  }
  ExpectFails(2, "compiled for weft168", {"run", "digits.weft", "--config", "nano"});
}

TEST_F(Cli, BadWorkloadsAreStatus1) {
  Write("unknown.yaml", "name: w\nsource: s\nlayers:\n- {name: a, type: matmul, X: 1}\n");
  Write("missing.yaml", "name: w\nsource: s\nlayers:\n- {name: a, type: matmul, M: 1, N: 2}\n");
  Write("broken.yaml", "name: [\n");
  Write("config.yaml", "Rows: 12\n");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run"}, {"inspect"}, {"compile", "-o", "x.weft"}}) {
    const auto with = [&](const char* file) {
      std::vector<std::string> all = command;
      all.push_back(file);
      return all;
    };
    ExpectFails(1, "unknown.yaml: layer a: unknown field X", with("unknown.yaml"));
    ExpectFails(1, "missing.yaml: layer a: field K is missing", with("missing.yaml"));
    ExpectFails(1, "broken.yaml: line 2: not YAML", with("broken.yaml"));
    ExpectFails(1, "config.yaml: unknown field Rows", with("config.yaml"));
  }
}

TEST_F(Cli, InputsOfTheWrongSizeAreStatus1AndNameWhatFits) {
  const std::vector<std::string> run = {"run",    kDigits,  "--engine",     "reference",
                                        "--json", "r.json", "--output-dir", "o"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), run.begin(), run.end());
    return more;
  };
  Write("short.bin", std::string(63, 'x'));
  Write("two.bin", std::string(128, 'x'));
  Write("none.bin", "");
  ExpectFails(1, "N x 64 bytes", with({"--input", "short.bin"}));
  ExpectFails(1, "N x 64 bytes", with({"--input", "none.bin"}));
  ExpectFails(1, "--batch 2 fits", with({"--input", "two.bin"}));
  ExpectFails(1, "--batch 2 fits", with({"--input", "two.bin", "--batch", "3"}));
  ExpectFails(1, "--batch 1 fits", with({"--input", kSeven, "--batch", "2"}));
  ExpectFails(1, "No such file", with({"--input", "absent.bin"}));
  Write("bad.png", "\x89PNG\r\n\x1a\n and then nothing");
  ExpectFails(1, "no usable PNG", with({"--input", "bad.png"}));
  Write("bad.npy", "\x93NUMPY");
  ExpectFails(1, "no .npy", with({"--input", "bad.npy"}));
  Write("shape.npy", Npy(NpyHeader("|i1", "1, 1, 8, 8"), std::string(64, 'x')));
  ExpectFails(1, "shape 1x1x8x8", with({"--input", "shape.npy"}));
  Write("type.npy", Npy(NpyHeader("|u1", "1, 8, 8, 1"), std::string(64, 'x')));
  ExpectFails(1, "needs int8", with({"--input", "type.npy"}));
  Write("order.npy", Npy("{'descr': '|i1', 'fortran_order': True, 'shape': (1, 8, 8, 1), }",
                         std::string(64, 'x')));
  ExpectFails(1, "Fortran", with({"--input", "order.npy"}));
  Write("long.npy", Npy(NpyHeader("|i1", "1, 8, 8, 1"), std::string(65, 'x')));
  ExpectFails(1, "65 bytes of data", with({"--input", "long.npy"}));
}

TEST_F(Cli, BadConfigurationsAreStatus1AndNameFieldAndBound) {
  Write("unknown.yaml", "Rose: 12\n");
  Write("large.yaml", "Rows: 99\n");
  Write("impossible.yaml", "Rows: 20\n");
  Write("small.yaml", "base: nano\nGlbBankBytes: 256\n");
  Write("broken.yaml", "Rows: [1\n");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"config"},
        {"run", kDigits, "--engine", "reference", "--json", "r.json", "--config"},
        {"inspect", kDigits, "--config"}}) {
    const auto with = [&](const char* file) {
      std::vector<std::string> all = command;
      all.push_back(file);
      return all;
    };
    ExpectFails(1, "unknown field Rose", with("unknown.yaml"));
    ExpectFails(1, "Rows: 99 is out of range; 1 to 32", with("large.yaml"));
    ExpectFails(1, "Rows x Lanes = 20 exceeds GlbBytes = 16", with("impossible.yaml"));
    ExpectFails(1, "not YAML", with("broken.yaml"));
    ExpectFails(1, "built-in ones are", with("absent"));
  }
  ExpectFails(1, "Glb", {"compile", kDigits, "-o", "x.weft", "--config", "small.yaml"});
}

TEST_F(Cli, WhatCannotBeWrittenIsStatus5) {
  ExpectFails(5, "absent", {"compile", kDigits, "-o", "absent/x.weft"});
  ExpectFails(5, "absent", {"run", kDigits, "--engine", "reference", "--json", "absent/r.json"});
  Write("file", "");
  ExpectFails(5, "file", {"run", kDigits, "--engine", "reference", "--output-dir", "file"});
}

TEST_F(Cli, EveryKindOfInputGivesTheSameBytes) {
  const std::vector<uint8_t> png = test::ReadFile(kSeven);
  const std::string from_png = Output({"--input", kSeven});
  ASSERT_EQ(from_png.size(), 10u);
  EXPECT_EQ(std::max_element(from_png.begin(), from_png.end(),
                             [](char a, char b) {
                               return static_cast<signed char>(a) < static_cast<signed char>(b);
                             }) -
                from_png.begin(),
            7);
  const auto accuracy =
      nlohmann::json::parse(test::ReadFile(WEFT_SOURCE_DIR "/zoo/digits/accuracy.json"));
  EXPECT_NE(accuracy.dump().find("14_7.png"), std::string::npos);
  std::string pixels(64, '\0');
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(3 * i);
  Write("raw.bin", pixels);
  Write("array.npy", Npy(NpyHeader("|i1", "1, 8, 8, 1"), pixels));
  Write("image.npy", Npy(NpyHeader("|i1", "8, 8, 1"), pixels));
  Write("two.bin", pixels + pixels);
  Write("two.npy", Npy(NpyHeader("|i1", "2, 8, 8, 1"), pixels + pixels));
  const std::string one = Output({"--input", "raw.bin"});
  EXPECT_EQ(Output({"--input", "array.npy"}), one);
  EXPECT_EQ(Output({"--input", "image.npy"}), one);
  EXPECT_EQ(Output({"--input", "two.bin", "--batch", "2"}), one + one);
  EXPECT_EQ(Output({"--input", "two.npy", "--batch", "2", "--jobs", "2"}), one + one);
  EXPECT_NE(Output({"--seed", "2"}), Output({"--seed", "3"}));
  EXPECT_EQ(Output({"--batch", "3"}).substr(0, 10), Output({"--seed", "1"}));
}

TEST_F(Cli, TheSameCommandGivesTheSameRecord) {
  const std::vector<std::string> run = {"run",     kDigits, "--engine", "reference",
                                        "--batch", "3",     "--json",   "-"};
  const Outcome first = Weft(run), second = Weft(run);
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.err, "");
  nlohmann::ordered_json a = nlohmann::ordered_json::parse(first.out),
                         b = nlohmann::ordered_json::parse(second.out);
  for (auto* json : {&a, &b})
    for (auto& [key, value] : (*json)["totals"].items())
      if (key.find("_seconds") != std::string::npos) value = 0;
  EXPECT_EQ(a, b);
  EXPECT_EQ(a["schema"], 1);
  EXPECT_EQ(a["batch"], 3);
  EXPECT_EQ(a["config"], "weft168");
  EXPECT_EQ(a["layers"].size(), 6u);
  EXPECT_EQ(a["layers"][2]["name"], "dw2 + pw2 + add");
  EXPECT_EQ(a["layers"][2]["macs"], 3 * 81024);
  EXPECT_EQ(a["layers"][5]["on"], "host");
  EXPECT_TRUE(a["totals"]["cycles"].is_null());
  EXPECT_TRUE(a["layers"][0]["energy_pj"].is_null());
  EXPECT_TRUE(a["status"]["fault"].is_null());
  EXPECT_EQ(a["outputs"][0]["dtype"], "int8");
  EXPECT_EQ(a["outputs"][0]["sha256"].get<std::string>().size(), 64u);
}

TEST_F(Cli, LayersAloneGiveTheirOwnOutputs) {
  const Outcome outcome = Weft({"run", kDigits, "--engine", "reference", "--input", kSeven,
                                "--layers", "4..5", "--json", "-", "--output-dir", "layers"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto record = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(record["layers"].size(), 2u);
  EXPECT_EQ(record["layers"][0]["index"], 4);
  EXPECT_EQ(record["outputs"][1]["name"], "digit");
  EXPECT_EQ(Text("layers/output_1.bin"), Output({"--input", kSeven}));
}

// Of a model and of its program file; a slice says so and has no utilization.
TEST_F(Cli, ASliceComputesLess) {
  Write("w.yaml", "name: w\nsource: s\nlayers:\n- {name: a, type: conv, N: 2, C: 64, H: 20, W: 20, M: 48, R: 3, S: 3}\n");
  ASSERT_EQ(Weft({"compile", "w.yaml", "-o", "w.weft", "--quiet"}).status, 0);
  const auto record = [&](std::vector<std::string> run) {
    run.insert(run.end(), {"--engine", "systemc", "--json", "-"});
    const Outcome outcome = Weft(run);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const bool sliced = std::find(run.begin(), run.end(), "--slice") != run.end();
    EXPECT_EQ(outcome.err.find("outputs are partial") != std::string::npos, sliced) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  const auto whole = record({"run", "w.yaml"}), slice = record({"run", "w.yaml", "--slice", "1"}),
             file = record({"run", "w.weft", "--slice", "1"});
  EXPECT_LT(slice["totals"]["cycles"], whole["totals"]["cycles"]);
  EXPECT_TRUE(slice["totals"]["utilization"].is_null());
  EXPECT_TRUE(slice["layers"][0]["utilization"].is_null());
  EXPECT_TRUE(whole["totals"]["utilization"].is_number());
  EXPECT_EQ(slice["slice_tiles"], 1);
  EXPECT_TRUE(whole["slice_tiles"].is_null());
  EXPECT_EQ(slice["layers"][0]["mapping"], whole["layers"][0]["mapping"]);
  EXPECT_EQ(slice["outputs"], file["outputs"]);
  EXPECT_NE(slice["outputs"], whole["outputs"]);
}

TEST_F(Cli, AWorkloadsProgramFileGivesTheSame) {
  const std::vector<std::string> options = {"--zeros", "0.25", "--zeros-kind",
                                            "clustered", "--seed", "9"};
  const auto record = [&](std::vector<std::string> run, bool with_options) {
    if (with_options) run.insert(run.end(), options.begin(), options.end());
    run.insert(run.end(), {"--engine", "reference", "--layers", "1..2", "--json", "-"});
    const Outcome outcome = Weft(run);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  std::vector<std::string> compile = {"compile", kBert, "-o", "bert.weft", "--quiet"};
  compile.insert(compile.end(), options.begin(), options.end());
  ASSERT_EQ(Weft(compile).status, 0);
  const auto direct = record({"run", kBert}, true), file = record({"run", "bert.weft"}, false);
  EXPECT_EQ(direct["seed"], 9);
  EXPECT_EQ(file["seed"], 9);
  EXPECT_EQ(direct["model_sha256"], file["model_sha256"]);
  EXPECT_EQ(direct["outputs"], file["outputs"]);
  EXPECT_NE(direct["outputs"], record({"run", kBert}, false)["outputs"]);
  // Other inputs, the same weights.
  EXPECT_NE(direct["outputs"], record({"run", "bert.weft", "--seed", "1"}, false)["outputs"]);
}

TEST_F(Cli, AProgramFileIsAsGoodAsItsModel) {
  const Outcome compiled = Weft({"compile", kDigits, "-o", "digits.weft", "--config", "odd"});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  const Outcome run = Weft({"run", "digits.weft", "--engine", "reference", "--input", kSeven,
                            "--json", "r.json", "--output-dir", "o"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("answer: 7"), std::string::npos);
  EXPECT_EQ(Text("o/output_0.bin"), Output({"--input", kSeven}));
  const auto record = nlohmann::json::parse(Text("r.json"));
  EXPECT_EQ(record["config"], "odd");
  EXPECT_TRUE(record["layers"][0]["mapping"].is_object());
  EXPECT_EQ(Files(), (std::vector<std::string>{"digits.weft", "o", "out", "output_0.bin",
                                               "output_0.bin", "r.json"}));
  const Outcome inspected = Weft({"inspect", "digits.weft", "--json"});
  ASSERT_EQ(inspected.status, 0) << inspected.err;
  const auto json = nlohmann::json::parse(inspected.out);
  EXPECT_EQ(json["ops"][7]["on"], "free");
  EXPECT_EQ(json["ops"][5]["verdict"], "accelerator, fused into layer 2");
  EXPECT_GT(json["segments"][0]["commands"].size(), 10u);
  EXPECT_EQ(Weft({"inspect", "digits.weft", "--expand"}).status, 0);
}

TEST_F(Cli, ConfigVersionAndDoctorAnswer) {
  const Outcome config = Weft({"config", "nano"});
  ASSERT_EQ(config.status, 0);
  Write("nano.yaml", config.out);
  EXPECT_EQ(Weft({"config", "nano.yaml"}).out, config.out);
  EXPECT_NE(Weft({"config", "--limits"}).out.find("PsumRows"), std::string::npos);
  const Outcome version = Weft({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_NE(version.out.find("RTL sha256"), std::string::npos);
  EXPECT_EQ(Weft({"run", "--help"}).status, 0);
  const Outcome doctor = Weft({"doctor"});
  EXPECT_TRUE(doctor.status == 0 || doctor.status == 5) << doctor.status;
  EXPECT_NE(doctor.out.find("verilator"), std::string::npos);
}

TEST_F(Cli, InterruptedRunsEndWith130AndLeaveNothing) {
  const pid_t child = Start({"run", kDigits, "--engine", "reference", "--batch", "1000000",
                             "--json", "r.json", "--output-dir", "o"});
  ::usleep(700'000);
  ASSERT_EQ(::kill(child, SIGINT), 0);
  EXPECT_EQ(Finish(child).status, 130);
  EXPECT_TRUE(Files().empty());
}

// A terminal is not needed to be told that standard output is full.
TEST_F(Cli, AFullStandardOutputIsStatus5) {
  const std::string command = Binary().string() + " config >/dev/full 2>err";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 5);
  EXPECT_NE(Text("err").find("standard output"), std::string::npos);
}

}  // namespace
}  // namespace weft
