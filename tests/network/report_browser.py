#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Opens pages of `weft report` in Chromium without a window, at the width of a phone and of a desk, light, dark and on
paper. Usage: report_browser.py WEFT. Exit status 77 (skipped) without Chromium."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
PHONE, DESK, PAPER = 375, 1280, 703  # pixels; A4 without margins
HOSTILE = "</script></style><img src=http://x/ onerror=boom()>\"'&" + "conv_" * 40

# What is not in a table of the page, of all that is plotted.
UNTABLED = """(() => {
  const plain = (text) => text.replaceAll(',', '').replace(/ %$/, '').trim();
  const tabled = new Set(Array.from(document.querySelectorAll('td'), (cell) => plain(cell.textContent)));
  const plotted = Array.from(document.querySelectorAll('[data-value]'), (mark) => mark.dataset.value.split(';')).flat();
  return [plotted.length, plotted.filter((value) => !tabled.has(value))];
})()"""

# Rows of the table with that caption, as texts.
TABLE = """(caption) => Array.from(document.querySelectorAll('table')).filter(
  (table) => table.caption.textContent.startsWith(caption)).map((table) => Array.from(table.tBodies[0].rows,
  (row) => Array.from(row.cells, (cell) => cell.textContent)))[0]"""

TOO_WIDE = """(width) => Array.from(document.querySelectorAll('table, svg, p, h2, h3, h4')).filter(
  (part) => part.getBoundingClientRect().width > 0 && part.getBoundingClientRect().right > width + 1).map(
  (part) => part.tagName + ' ' + (part.caption ? part.caption.textContent : part.textContent.slice(0, 40)) + ' ' +
  part.getBoundingClientRect().right)"""


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=300)


def hostile(record):
    """Names that want to be markup; nothing known that need not be."""
    changed = copy.deepcopy(record)
    changed["command"] = changed["model"] = HOSTILE
    for name in ("energy_table", "energy", "config_fields"):
        changed[name] = None
    for part in changed["layers"] + [changed["totals"]]:
        for name in ("energy_pj", "energy_uj", "energy_events", "cap", "traffic", "mapping", "stalls", "cycles"):
            part.pop(name, None)
    for layer in changed["layers"]:
        layer["name"] = HOSTILE
    return changed


def pages(weft, folder):
    """Name and report.html of each kind of report."""
    model = ROOT / "zoo/digits/model.tflite"
    run(weft, "run", model, "--engine", "systemc", "--quiet", "--json", folder / "a.json")
    run(weft, "run", model, "--engine", "systemc", "--quiet", "--memory", "4,100", "--json", folder / "b.json")
    run(weft, "run", model, "--engine", "reference", "--quiet", "--json", folder / "reference.json")
    record = json.loads((folder / "a.json").read_text())
    (folder / "hostile.json").write_text(json.dumps(hostile(record)))
    for name, records in {"one": ["a"], "two": ["a", "b"], "reference": ["reference"], "hostile": ["hostile"],
                          "two_hostile": ["a", "hostile"]}.items():
        run(weft, "report", *[folder / f"{r}.json" for r in records], "-o", folder / name)
        yield name, folder / name / "report.html"


def check_screen(page, path):
    for width in (PHONE, DESK):
        for dark in (False, True):
            page.view(width, dark)
            page.open(path)
            check(page.run("document.documentElement.dataset.ready") == "yes", "the script did not come to its end")
            wide = page.run("document.documentElement.scrollWidth")
            check(wide <= width, f"{wide} pixels wide on a screen of {width}")
            background = page.run("getComputedStyle(document.body).backgroundColor")
            check((background == "rgb(255, 255, 255)") != dark, f"background {background}, dark: {dark}")
    plotted, missing = page.run(UNTABLED)
    check(not missing, f"plotted, but in no table: {missing[:5]} of {plotted}")
    return plotted


def check_paper(page):
    page.send("Emulation.setDeviceMetricsOverride", width=PAPER, height=1000, deviceScaleFactor=1, mobile=False)
    page.send("Emulation.setEmulatedMedia", media="print",
              features=[{"name": "prefers-color-scheme", "value": "dark"}])
    check(page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "dark paper")
    wide = page.run(f"({TOO_WIDE})({PAPER})")
    check(not wide, f"wider than paper: {wide}")
    hidden = page.run("Array.from(document.querySelectorAll('.picture')).filter((p) => !p.offsetHeight).length")
    check(hidden == 0, f"{hidden} mappings are not printed")
    page.send("Emulation.setEmulatedMedia", media="")
    pdf = page.pdf()
    check(pdf.startswith(b"%PDF-") and len(pdf) > 20000, "no PDF")


def micro(text):
    """Whole pJ of a printed number of microjoules."""
    whole, decimals = text.replace(",", "").split(".")
    check(len(decimals) == 6, f"{text} has not six decimals")
    return int(whole + decimals)


def check_energies(page):
    rows = page.run(f"({TABLE})('Energy by component')")
    known = [[micro(cell) for cell in row[2:9]] for row in rows if row[2] != "not known"]
    check(len(known) > 2, "no energies")
    for row in known:
        check(sum(row[:6]) == row[6], f"components of {row} do not sum to the last")
    for column in zip(*known):
        check(sum(column[:-1]) == column[-1], f"layers of {column} do not sum to the last")


def check_keys(page, path):
    page.view(DESK, False)
    page.open(path)
    for _ in range(40):
        page.key("Tab")
        if page.run("document.activeElement.classList.contains('mark')"):
            break
    label = "document.activeElement.getAttribute('aria-label')"
    tip = "[document.getElementById('tip').hidden, document.getElementById('tip').textContent]"
    first = page.run(label)
    check(first and page.run(tip) == [False, first], "no number at the focus")
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowUp", "Home"):
        before = page.run(label)
        page.key(key)
        check(page.run(label) != before and page.run(tip) == [False, page.run(label)], f"{key} moves nothing")
    check(page.run(label) == first, "Home is not the first part")
    page.run("document.querySelector('input.shares').focus()")
    page.key(" ")
    full = page.run("""Array.from(document.querySelectorAll('#energy .row:not(.axis) svg')).map((svg) => Array.from(
        svg.querySelectorAll('.mark rect'), (r) => parseFloat(r.getAttribute('width'))).reduce((a, b) => a + b, 0))""")
    check(all(abs(row - 100) < 0.1 or row == 0 for row in full), f"shares of {full} %")
    page.run("document.querySelector('select.layer').focus()")
    shown = "Array.from(document.querySelectorAll('.picture')).filter((p) => p.offsetHeight).map((p) => p.id)"
    before = page.run(shown)
    page.key("ArrowDown")
    check(len(before) == 1 and len(page.run(shown)) == 1 and page.run(shown) != before, "no other mapping chosen")


def check_without_scripts(page, path):
    page.view(DESK, False)
    page.open(path, scripts=False)
    check(page.run("document.documentElement.dataset.ready") is None, "scripts ran")
    hidden = page.run("Array.from(document.querySelectorAll('.picture')).filter((p) => !p.offsetHeight).length")
    hints = page.run("Array.from(document.querySelectorAll('.mark')).filter((m) => !m.querySelector('title')).length")
    check(hidden == 0 and hints == 0, f"without scripts {hidden} mappings and {hints} numbers are hidden")


def main():
    if browser.find_chromium() is None:
        print("no Chromium; install the package chromium")
        return 77
    page = browser.Browser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, path in pages(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder)):
                try:
                    plotted = check_screen(page, path)
                    check_paper(page)
                    if name == "one":
                        check(plotted > 100, f"only {plotted} numbers are plotted")
                        check_energies(page)
                        check_keys(page, path)
                        check_without_scripts(page, path)
                    check(not page.problems, f"the browser complains: {page.problems[:3]}")
                except Failed as failure:
                    print(f"{name}: {failure}")
                    return 1
                print(f"{name}: {plotted} numbers are plotted and in tables")
    finally:
        page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
