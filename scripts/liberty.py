# SPDX-License-Identifier: Apache-2.0
"""Energies of a standard-cell library in Liberty format.

Units follow the library: capacitances in its capacitive_load_unit (pF here), energies in that times
voltage_unit^2 (pJ). Tables are interpolated linearly and held beyond their ends.
"""
import bisect
import dataclasses
import re

TOKEN = re.compile(r'"[^"]*"|[{}():;,]|[^\s{}():;,"]+')


@dataclasses.dataclass
class Group:
    kind: str
    args: list
    attributes: dict = dataclasses.field(default_factory=dict)
    groups: list = dataclasses.field(default_factory=list)

    def all(self, kind):
        return [g for g in self.groups if g.kind == kind]

    def number(self, name, default=0.0):
        return float(self.attributes.get(name, default))


def parse(text):
    """The library as a tree of groups; complex attributes (index_1, values) become lists of strings."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S).replace("\\\n", " ")
    tokens = TOKEN.findall(text)
    root = Group("", [])
    stack, at = [root], 0
    while at < len(tokens):
        name = tokens[at]
        if name == "}":
            stack.pop()
            at += 1
        elif name == ";":
            at += 1
        elif tokens[at + 1] == ":":
            stack[-1].attributes[name] = tokens[at + 2].strip('"')
            at += 3
        elif tokens[at + 1] == "(":
            end = tokens.index(")", at)
            args = [t.strip('"') for t in tokens[at + 2:end] if t != ","]
            at = end + 1
            if at < len(tokens) and tokens[at] == "{":
                stack[-1].groups.append(Group(name, args))
                stack.append(stack[-1].groups[-1])
                at += 1
            else:
                stack[-1].attributes[name] = args
        else:
            raise ValueError(f"liberty: what is {' '.join(tokens[at:at + 4])!r}?")
    return root.groups[0]


def axis(strings):
    return [float(x) for s in strings for x in s.split(",")]


def between(points, x):
    """Index and weight of the interval of points that x lies in."""
    x = min(max(x, points[0]), points[-1])
    k = min(max(bisect.bisect_right(points, x) - 1, 0), len(points) - 2)
    return k, (x - points[k]) / (points[k + 1] - points[k])


def lookup(table, load, slew):
    """A table over the slew, or over load and slew."""
    rows = [axis([row]) for row in table.attributes["values"]]
    slews = axis(table.attributes["index_2" if "index_2" in table.attributes else "index_1"])
    j, v = between(slews, slew)
    if "index_2" not in table.attributes:
        return rows[0][j] * (1 - v) + rows[0][j + 1] * v
    i, u = between(axis(table.attributes["index_1"]), load)
    low, high = (rows[k][j] * (1 - v) + rows[k][j + 1] * v for k in (i, i + 1))
    return low * (1 - u) + high * u


class Library:
    def __init__(self, path, slew):
        """slew: transition time of all inputs, in the library's time unit."""
        self.tree = parse(path.read_text())
        self.slew = slew
        self.voltage = self.tree.number("nom_voltage")
        self.cells = {c.args[0]: {p.args[0]: p for p in c.all("pin")} for c in self.tree.all("cell")}

    def capacitance(self, cell, pin):
        return self.cells[cell][pin].number("capacitance")

    def is_output(self, cell, pin):
        return self.cells[cell][pin].attributes["direction"] == "output"

    def is_clock(self, cell, pin):
        return self.cells[cell][pin].attributes.get("clock") == "true"

    def internal(self, cell, pin, load=0.0):
        """Energy inside the cell for a change of the pin: mean of rise and fall, and of the inputs
        that an output's change may come from."""
        arcs = self.cells[cell][pin].all("internal_power")
        tables = [t for arc in arcs for kind in ("rise_power", "fall_power") for t in arc.all(kind)]
        return sum(lookup(t, load, self.slew) for t in tables) / len(tables) if tables else 0.0
