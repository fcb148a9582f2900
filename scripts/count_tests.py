#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what ran: GoogleTest cases from their XML, other ctest entries from ctest's JUnit
files.

Usage: count_tests.py RESULTS_DIR. Lists skipped cases with reasons; the last line is
'N passed, N failed, N skipped'. Exit status 1 if anything failed or nothing ran.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET


def main():
    results = pathlib.Path(sys.argv[1])
    passed, failed, skipped = 0, [], {}
    programs = set()
    for path in sorted(results.glob("*.xml")):
        programs.add(path.stem)
        for case in ET.parse(path).getroot().iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None:
                failed.append(name)
            elif case.find("skipped") is not None or case.get("result") == "skipped":
                reason = case.find("skipped")
                text = (reason.get("message") if reason is not None else "") or ""
                skipped.setdefault(" ".join(text.split()), []).append(name)
            elif case.get("status") == "run":
                passed += 1
    for junit in results.glob("*.junit"):
        for case in ET.parse(junit).getroot().iter("testcase"):
            # A GoogleTest program is NAME.STEM in ctest and writes NAME_STEM.xml.
            name = case.get("name")
            counted = name.replace(".", "_") in programs
            if case.get("status") == "fail" and not (counted and failed):
                failed.append(name)
            elif not counted and case.get("status") == "run":
                passed += 1
    for reason, names in sorted(skipped.items()):
        print(f"skipped {len(names)}: {reason or 'no reason given'} ({names[0]}, ...)")
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed, {sum(map(len, skipped.values()))} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
