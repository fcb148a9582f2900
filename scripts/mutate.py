#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks the exact model on purpose, one cycle, event or class at a time, and wants every break found.

  scripts/mutate.py [TEXT]   makes each mutation of tests/mutations.yaml (with TEXT in its file or
                             meaning) in a copy of the tree, builds tests/network/systemc_test there,
                             runs it until its first failure; all of them: writes docs/mutations.md.
                             Exit status 4 if one is not found.
  scripts/mutate.py --check  that the list still fits the sources; runs nothing
  scripts/mutate.py --test   all of them, as a test: skipped (77) unless WEFT_LONG is 1; no page

What was found out before is not run again as long as the sources are the same
(build/mutate/results.json).
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/mutations.yaml"
PAGE = ROOT / "docs/mutations.md"
WORK = ROOT / "build/mutate"
TARGET = "network_systemc_test"
# What a result depends on.
MATTERS = re.compile(r"(model|rtl|driver|compiler|sim|tests/support)/.*[.](cc|h|sv)$|"
                     r"tests/network/systemc_test.cc$")
TESTS = "*SystemcLayers*:*SystemcDigits*:*SystemcShapes*:*SystemcNano.Mover*:*SystemcFaults*"
HANGS = 900  # seconds; a run takes a tenth of it
JOBS = os.environ.get("WEFT_JOBS", str(os.cpu_count()))


def load():
    """The list, checked: every old text occurs exactly once."""
    mutations = yaml.safe_load(LIST.read_text())
    wrong = []
    for m in mutations:
        count = (ROOT / m["file"]).read_text().count(m["old"])
        if count != 1:
            wrong.append(f"{m['file']}: '{m['old']}' occurs {count} times, not once")
        if m["new"] == m["old"]:
            wrong.append(f"{m['file']}: '{m['old']}' is replaced by itself")
    if wrong:
        sys.exit("\n".join(f"{LIST.relative_to(ROOT)}: {line}" for line in wrong))
    return mutations


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def put(path, data):
    """Writes only what differs, so that little is built again."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def copy_tree():
    """Copies the sources, and returns a digest of those that a result depends on."""
    tree, digest = WORK / "tree", hashlib.sha256()
    names = [n for n in git("ls-files", "-z").split("\0") if n and (ROOT / n).is_file()]
    for name in names:
        data = (ROOT / name).read_bytes()
        put(tree / name, data)
        if MATTERS.match(name):
            digest.update(f"{name}\n{len(data)}\n".encode() + data)
    for path in [p for p in tree.rglob("*") if p.is_file()]:
        if str(path.relative_to(tree)) not in names:
            path.unlink()
    return digest.hexdigest()


def build():
    """None, or what the compiler says."""
    done = subprocess.run(["ninja", "-C", WORK / "build", "-j", JOBS, TARGET], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return None if done.returncode == 0 else done.stdout


def run():
    """(test that failed or None, first difference)"""
    command = [WORK / "build/tests" / TARGET, f"--gtest_filter={TESTS}", "--gtest_fail_fast",
               "--gtest_output="]
    try:
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, timeout=HANGS,
                              stderr=subprocess.STDOUT, env={**os.environ, "WEFT_LONG": "0"})
        text, ended = done.stdout, f"ended with status {done.returncode}"
        if done.returncode == 0:
            return None, ""
    except subprocess.TimeoutExpired as error:
        text, ended = (error.stdout or b"").decode(), "does not end"
    failed = re.search(r"\[  FAILED  \] (\w+/?\w+[.]\w+(?:/\d+)?)", text)
    started = re.findall(r"\[ RUN      \] (\S+)", text)  # the last one crashed
    difference = re.search(r'Which is: "(.*)"', text)
    thrown = re.search(r"C\+\+ exception with description \"(.*)\"", text)
    found = difference or thrown
    return failed.group(1) if failed else started[-1], found.group(1) if found else ended


def attempt(mutation):
    """Makes it, runs it, takes it back."""
    path = WORK / "tree" / mutation["file"]
    before = path.read_text()
    path.write_text(before.replace(mutation["old"], mutation["new"]))
    try:
        errors = build()
        if errors is not None:
            sys.exit(f"{errors[-3000:]}\n{mutation['file']}: '{mutation['new']}' does not compile")
        return run()
    finally:
        path.write_text(before)


def attempt_none(results):
    """Without a mutation nothing may differ."""
    errors = build()
    test, difference = ("build", errors[-3000:]) if errors is not None else run()
    if test is not None:
        sys.exit(f"without a mutation: {test}: {difference}")
    results.add(None, (test, difference))


class Results:
    """What is known, by mutation (None: without one), as long as the sources are the same."""

    def __init__(self, digest):
        self.path, self.digest = WORK / "results.json", digest
        stored = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.known = stored.get("results", {}) if stored.get("digest") == digest else {}

    @staticmethod
    def key(m):
        return "" if m is None else "\n".join((m["file"], m["old"], m["new"]))

    def get(self, m):
        return self.known.get(self.key(m))

    def add(self, m, result):
        self.known[self.key(m)] = result
        self.path.write_text(json.dumps({"digest": self.digest, "results": self.known}, indent=1))


def code(text):
    return "`" + re.sub(r"\s+", " ", text).strip().replace("|", "\\|") + "`"


def row(m, *more):
    return f"| {m['file']} | {m['what']} | {code(m['old'])} | {code(m['new'])} | " + " | ".join(
        text.replace("|", "\\|") for text in more) + " |"


def page(mutations, without_effect, results):
    commit = git("log", "-1", "--format=%h, %cs").strip()
    if git("status", "--porcelain", "--", "model", "rtl", "tests", "sim", "driver", "compiler"):
        commit += ", with changes"
    found = [results.get(m) for m in mutations]
    caught = sum(test is not None for test, _ in found)
    lines = ["<!-- Generated from tests/mutations.yaml by scripts/mutate.py; do not edit. -->",
             "# Mutations of the exact model", "",
             "Each line is one deliberate error of the model, of a cycle, an event or a class, made alone;",
             "then `tests/network/systemc_test.cc` (random layers, shapes, the digits model and faults; all that",
             "engines say is compared) ran until its first failure, whose text is the last column.", "",
             f"{caught} of {len(mutations)} found. Commit {commit}.", "",
             "| file | meaning | old | new | found by | first difference |", "|---|---|---|---|---|---|"]
    lines += [row(m, test or "**not found**", difference)
              for m, (test, difference) in zip(mutations, found)]
    lines += ["", "## Without effect", "",
              "Tried, and no program of the compiler can tell; the reason is in the last column.", "",
              "| file | meaning | old | new | reason |", "|---|---|---|---|---|"]
    lines += [row(m, m["no_effect"]) for m in without_effect]
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    option = arguments[0] if arguments and arguments[0].startswith("-") else ""
    if len(arguments) > 1 or option not in ("", "--check", "--test"):
        sys.exit(__doc__)
    entries = load()
    mutations = [m for m in entries if "no_effect" not in m]
    without_effect = [m for m in entries if "no_effect" in m]
    if option == "--check":
        print(f"{len(mutations)} mutations of {len({m['file'] for m in mutations})} files, "
              f"{len(without_effect)} without effect")
        return 0
    if option == "--test" and os.environ.get("WEFT_LONG") != "1":
        print("needs WEFT_LONG=1")
        return 77
    text = arguments[0] if arguments and not option else ""
    chosen = [m for m in mutations if text in m["file"] or text in m["what"]]
    WORK.mkdir(parents=True, exist_ok=True)
    results = Results(copy_tree())
    if any(results.get(m) is None for m in chosen):
        subprocess.run(["cmake", "-S", WORK / "tree", "-B", WORK / "build", "-G", "Ninja",
                        "-DWEFT_TESTS=ON"], check=True, stdout=subprocess.DEVNULL)
        if results.get(None) is None:
            attempt_none(results)
    for number, m in enumerate(chosen, 1):
        if results.get(m) is None:
            results.add(m, attempt(m))
        test, difference = results.get(m)
        print(f"{number}/{len(chosen)} {m['file']}: {m['what']}: "
              f"{f'{test}: {difference}' if test else 'NOT FOUND'}", flush=True)
    if len(chosen) == len(mutations) and not option:
        PAGE.write_text(page(mutations, without_effect, results))
    return 4 if any(results.get(m)[0] is None for m in chosen) else 0


if __name__ == "__main__":
    sys.exit(main())
