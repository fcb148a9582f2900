// SPDX-License-Identifier: Apache-2.0
// The `weft` program run from outside, in a folder of its own.

#ifndef WEFT_TESTS_SUPPORT_CLI_H_
#define WEFT_TESTS_SUPPORT_CLI_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/models.h"

namespace weft::test {

// $WEFT_BINARY, else `weft` above the folder of this test.
inline std::filesystem::path Binary() {
  if (const char* env = std::getenv("WEFT_BINARY")) return env;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "weft";
}

inline const std::string kDigits = WEFT_SOURCE_DIR "/zoo/digits/model.tflite";
inline const std::string kSeven = WEFT_SOURCE_DIR "/zoo/digits/samples/14_7.png";
inline const std::string kBert = WEFT_SOURCE_DIR "/workloads/bert_base.yaml";

constexpr unsigned kMostSeconds = 120;  // then a command is killed and its test fails

struct Outcome {
  int status = 0;
  std::string out, err;
};

class Cli : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Binary()))
      GTEST_SKIP() << "no " << Binary() << "; build the target weft";
    std::string pattern = ::testing::TempDir() + "weft_cli_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ASSERT_EQ(::chdir(folder_.c_str()), 0);
  }
  void TearDown() override {
    if (folder_.empty()) return;
    ASSERT_EQ(::chdir("/"), 0);
    std::filesystem::remove_all(folder_);
  }

  pid_t Start(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {Binary().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::alarm(kMostSeconds);
    ::dup2(::open((folder_ / ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open((folder_ / ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::execv(argv[0], argv.data());
    ::_exit(99);
  }
  Outcome Finish(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    Outcome outcome;
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    outcome.out = Text(".out");
    outcome.err = Text(".err");
    std::filesystem::remove(folder_ / ".out");
    std::filesystem::remove(folder_ / ".err");
    return outcome;
  }
  Outcome Weft(const std::vector<std::string>& arguments) { return Finish(Start(arguments)); }

  std::string Text(const std::string& name) {
    const std::vector<uint8_t> bytes = ReadFile(folder_ / name);
    return std::string(bytes.begin(), bytes.end());
  }
  void Write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  // It fails with the status, one line that holds the text, nothing on standard output, no new
  // file.
  void ExpectFails(int status, const std::string& text, const std::vector<std::string>& arguments) {
    std::string command;
    for (const std::string& a : arguments) command += a + " ";
    SCOPED_TRACE(command);
    const std::vector<std::string> before = Files();
    const Outcome outcome = Weft(arguments);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << text << " <> " << outcome.err;
    EXPECT_EQ(outcome.err.rfind("weft: ", 0), 0u) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(Files(), before);
  }

  // Runs the model on the reference engine; its first output.
  std::string Output(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"run", kDigits, "--engine", "reference", "--quiet", "--output-dir", "out"});
    const Outcome outcome = Weft(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    return outcome.status == 0 ? Text("out/output_0.bin") : "";
  }

  std::filesystem::path folder_;
};

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_CLI_H_
