"""Draw small programs over tensors, arrays, numbers and lists."""

from __future__ import annotations

from hypothesis import strategies as st

from . import data

HEADER = [
    "import collections",
    "import copy",
    "import functools",
    "import itertools",
    "import math",
    "import operator",
    "import random",
    "import numpy as np",
    "import tensorflow as tf",
]
_DTYPES = ["tf.float32", "tf.int32", "tf.float64", "tf.uint8", "tf.bool"]
_NUMPY_DTYPES = ["np.float32", "np.int64", "float", "int", "bool", "np.uint8"]


class Writer:
    """Writes a program: knows which names are bound (to tensors, arrays, numbers or lists, as far as it can tell)."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.lines = list(HEADER)
        self.indent = ""
        self.names: dict[str, list[str]] = {"t": [], "a": [], "n": [], "l": [], **{kind: [] for kind in data.KINDS}}
        self.budget = 14

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def number(self, low: int = -2, high: int = 4) -> str:
        return str(self.draw(st.integers(low, high)))

    def name(self, kind: str) -> str:
        return self.draw(st.sampled_from(self.names[kind])) if self.names[kind] else ""

    def put(self, line: str) -> None:
        self.lines.append(self.indent + line)

    def shape(self) -> str:
        return "[" + ", ".join(self.draw(st.lists(st.sampled_from("1233"), max_size=3))) + "]"

    def literal(self) -> str:
        rows = self.draw(st.integers(1, 3))
        row = [self.number() for _ in range(self.draw(st.integers(1, 3)))]
        tail = ".0" if self.draw(st.booleans()) else ""
        inner = "[" + ", ".join(item + tail for item in row) + "]"
        return inner if rows == 1 else "[" + ", ".join([inner] * rows) + "]"

    def axis(self) -> str:
        return self.pick("0", "1", "-1", "None", "[0]", "2")

    def index(self) -> str:
        return self.pick("0", "-1", "1:", ":2", "::-1", "..., 0", ":, 0", "None", ":, None", "0:1", "..., None", "1")

    # Expressions ----------------------------------------------------------------------------------------------------

    def tensor(self) -> str:
        t = self.name("t")
        make = [
            f"tf.zeros({self.shape()})",
            f"tf.ones({self.shape()}, dtype={self.pick(*_DTYPES)})",
            f"tf.constant({self.literal()})",
            f"tf.range({self.number(0)})",
            f"tf.Variable({self.literal()})",
            f"tf.random.normal({self.shape()})",
        ]
        if self.names["a"]:
            make.append(f"tf.constant({self.name('a')})")
        if not t:
            return self.pick(*make)
        other = self.draw(st.sampled_from([self.name("t"), self.number(), "0.5", self.name("n") or "2"]))
        return self.pick(
            *make[:3],
            *(f"{t} {self.pick('+', '-', '*', '/', '//', '%', '==', '<', '@', '**')} {other}" for _ in range(3)),
            f"{other} {self.pick('+', '*', '-')} {t}",
            f"-{t}",
            f"abs({t})",
            f"tf.{self.pick('reduce_sum', 'reduce_mean', 'reduce_max')}({t}, axis={self.axis()})",
            f"tf.reduce_sum({t}, axis={self.axis()}, keepdims=True)",
            f"tf.cast({t}, {self.pick(*_DTYPES)})",
            f"tf.reshape({t}, {self.pick('[-1]', '[-1, 1]', '[2, -1]', '[3, 3]', '(1, -1)')})",
            f"tf.transpose({t})",
            f"tf.expand_dims({t}, {self.pick('0', '-1', '1')})",
            f"tf.squeeze({t})",
            f"tf.concat([{t}, {self.name('t')}], {self.pick('0', '1', '-1')})",
            f"tf.stack([{t}, {self.name('t')}])",
            f"tf.matmul({t}, {self.name('t')}, transpose_b={self.pick('True', 'False')})",
            f"{t}[{self.index()}]",
            f"{t}[{self.index()}]",
            f"tf.one_hot({t}, {self.number(1)})",
            f"tf.where({t} > 0, {t}, {self.name('t')})",
            f"tf.shape({t})",
            f"tf.nn.softmax({t})",
            f"tf.argmax({t}, axis={self.pick('0', '-1')})",
            f"tf.boolean_mask({t}, {t} > 0)",
            f"tf.unique(tf.reshape({t}, [-1]))[0]",
            f"tf.tile({t}, [2] * len({t}.shape))",
            f"tf.keras.layers.Dense(3)({t})",
            f"tf.keras.losses.mean_squared_error({t}, {self.name('t')})",
        )

    def array(self) -> str:
        a = self.name("a")
        make = [
            f"np.zeros({self.shape()})",
            f"np.ones({self.shape()}, dtype={self.pick(*_NUMPY_DTYPES)})",
            f"np.array({self.literal()})",
            f"np.arange({self.number(0)})",
            f"np.random.rand({self.number(1)}, 2)",
        ]
        if self.names["t"]:
            make.append(f"{self.name('t')}.numpy()")
        if not a:
            return self.pick(*make)
        other = self.draw(st.sampled_from([self.name("a"), self.number(), "0.5", self.name("n") or "2"]))
        return self.pick(
            *make[:3],
            *(f"{a} {self.pick('+', '-', '*', '/', '>', '@')} {other}" for _ in range(3)),
            f"np.{self.pick('sum', 'mean', 'max', 'argmax', 'cumsum')}({a}, axis={self.pick('0', '-1', 'None')})",
            f"{a}.{self.pick('sum', 'mean', 'max')}({self.pick('', 'axis=0', 'axis=-1, keepdims=True')})",
            f"{a}.reshape({self.pick('-1', '-1, 1', '(2, -1)', '1, -1')})",
            f"{a}.astype({self.pick(*_NUMPY_DTYPES)})",
            f"{a}.T",
            f"{a}[{self.index()}]",
            f"{a}[{a} > 0]",
            f"{a}.copy()",
            f"np.concatenate([{a}, {self.name('a')}])",
            f"np.expand_dims({a}, {self.pick('0', '-1')})",
            f"np.unique({a})",
            f"np.where({a} > 0, {a}, 0)",
            f"np.{self.pick('square', 'zeros_like', 'atleast_2d', 'ravel', 'exp')}({a})",
            f"np.add({a}, 1, out={a})",
            f"np.clip({a}, 0, 1)",
        )

    def scalar(self) -> str:
        options = [self.number(), "2.5", "True", f"len({self.literal()})"]
        if self.names["n"]:
            n = self.name("n")
            options += [f"{n} {self.pick('+', '*', '-', '//', '%', '<', '==')} {self.number()}", f"int({n})", f"-{n}"]
            options += [f"float({n}) / 2", f"max({n}, {self.number()})", f"{n} and {self.number()}", f"not {n}"]
        if self.names["t"]:
            t = self.name("t")
            options += [f"len({t})", f"{t}.shape[0]", f"int(tf.size({t}))", f"{t}.shape == {self.name('t')}.shape"]
        if self.names["a"]:
            options += [f"{self.name('a')}.shape[-1]", f"{self.name('a')}.size", f"{self.name('a')}.ndim"]
        if self.names["l"]:
            options += [f"len({self.name('l')})", f"{self.name('l')}[-1]", f"{self.number()} in {self.name('l')}"]
        return self.pick(*options, *data.numbers(self))

    def sequence(self) -> str:
        options = [f"[{self.number()}, {self.number()}]", "[]", f"list(range({self.number(0)}))"]
        options += [f"[i * 2 for i in range({self.number(0)})]", f"[i for i in range(4) if i > {self.number(0)}]"]
        if self.names["l"]:
            one = self.name("l")
            options += [one, f"{one} + [{self.number()}]", f"{one}[1:]", f"{one} * 2", f"sorted({one})"]
            options += [f"{one}.copy()", f"({one} if flag() else {self.name('l')})"]
        if self.names["t"]:
            options += [f"{self.name('t')}.shape.as_list()", f"[{self.name('t')}, 1]"]
        return self.pick(*options, *data.lists(self))

    # Statements -----------------------------------------------------------------------------------------------------

    def assign(self) -> None:
        kind = self.draw(st.sampled_from("ttttaaanlldsui"))
        if kind in data.KINDS:
            value = data.expression(self, kind)
        else:
            value = {"t": self.tensor, "a": self.array, "n": self.scalar, "l": self.sequence}[kind]()
        name = f"{kind}{self.draw(st.integers(0, 3))}"
        self.put(f"{name} = {value}")
        if name not in self.names[kind] and not self.indent:
            self.names[kind].append(name)

    def change(self) -> None:
        options = []
        if self.names["l"]:
            one = self.name("l")
            options += [f"{one}.append({self.number()})", f"{one} += [{self.number()}]", f"{one}.pop()", f"{one} *= 2"]
            options += [f"{one}[0] = {self.number()}", f"{one}.insert(0, 7)", f"{one}.reverse()", f"{one}.sort()"]
        if self.names["a"]:
            one = self.name("a")
            options += [f"{one}[0] = {self.number()}", f"{one} += 1", f"{one}[...] = 3", f"{one}.sort()", f"{one} *= 2"]
            options += [f"{one}.fill(2)", f"np.add({one}, 1, out={one})", f"np.random.shuffle({one})"]
        if self.names["n"]:
            options.append(f"{self.name('n')} {self.pick('+=', '*=', '-=')} {self.number()}")
        if self.names["t"]:
            options.append(f"{self.name('t')} += {self.number()}")
            options.append(f"print({self.name('t')})")
        options += data.changes(self)
        if options:
            self.put(self.pick(*options))

    def block(self, header: str) -> None:
        self.put(header)
        self.indent += "    "
        for _ in range(self.draw(st.integers(1, 2))):
            self.statement(nested=True)
        if self.draw(st.integers(0, 4)) == 0 and header.startswith(("for", "while")):
            self.put(f"if {self.pick('flag()', self.name('n') or 'False')}: {self.pick('break', 'continue')}")
        self.put("pass")
        self.indent = self.indent[:-4]

    def compound(self) -> None:
        shape = self.pick("if", "if-else", "for", "for-list", "while", "try", "def")
        if shape.startswith("if"):
            self.block(f"if {self.pick('flag()', 'flag()', self.name('n') or 'True', 'not flag()')}:")
            if shape == "if-else":
                self.block("else:")
        elif shape == "for":
            self.block(f"for n{self.number(0, 3)} in range({self.number(0)}):")
        elif shape == "for-list":
            self.block(f"for n3 in {self.name('l') or '(1, 2)'}[:5]:")
        elif shape == "while":
            self.put("count = 0")
            self.put(f"while count < {self.number(0, 5)}:")
            self.put("    count += 1")
            self.put("    if flag(): break")
            self.indent += "    "
            self.block("if True:")
            self.indent = self.indent[:-4]
        elif shape == "try":
            self.block("try:")
            self.block(f"except {self.pick('Exception', 'ValueError', '(TypeError, IndexError)')}:")
            if self.draw(st.booleans()):
                self.block("finally:")
        else:
            self.put("def f(x, y=2):")
            self.put(f"    if {self.pick('flag()', 'y > 1', 'x is None')}: return {self.pick('x', 'y', 'None', '[x]')}")
            self.put(f"    return {self.pick('x + y', 'x', '(x, y)', 'x * 2')}")
            self.put(f"r = f({self.name('t') or self.number()}{self.pick('', ', 3', ', y=1')})")

    def statement(self, nested: bool = False) -> None:
        self.budget -= 1
        what = self.draw(st.integers(0, 9))
        if what < 6 or (self.budget < 0):
            self.assign()
        elif what < 8 or nested:
            self.change()
        else:
            self.compound()


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw a program."""
    writer = Writer(draw)
    for _ in range(draw(st.integers(3, 12))):
        writer.statement()
    every = [name for names in writer.names.values() for name in names]
    writer.put("end = (" + "".join(f"{name}, " for name in every) + ")")
    return "\n".join(writer.lines) + "\n"
