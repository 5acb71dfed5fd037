"""Expressions and statements over Python's own data: numbers, lists, dicts, text, tuples, sets and iterators."""

from __future__ import annotations

from typing import Protocol

#: By the first letter of their names: dicts, text, tuples, iterators.
KINDS = "dsui"


class Writer(Protocol):
    """What writes a program."""

    names: dict[str, list[str]]

    def pick(self, *options: str) -> str:
        """Return one of several."""

    def number(self, low: int = -2, high: int = 4) -> str:
        """Return an int."""

    def name(self, kind: str) -> str:
        """Return a name of a kind, or nothing."""


_KEYS = ("'a'", "'b'", "1", "0", "True", "(1, 2)")
_TEXTS = ("'ab'", "'a,b c'", "''", "'x={}'", "'%d-%s'", "'12'")
_KEY_FUNCTIONS = ("lambda v: -v", "abs", "lambda v: v % 2", "str", "operator.neg")


def _list(writer: Writer) -> str:
    return writer.name("l") or f"[{writer.number()}, {writer.number()}, {writer.number()}]"


def _dict(writer: Writer) -> str:
    return writer.name("d") or f"{{{writer.pick(*_KEYS)}: {writer.number()}, 'a': 2}}"


def _text(writer: Writer) -> str:
    return writer.name("s") or writer.pick(*_TEXTS)


def _set(writer: Writer) -> str:
    return writer.pick(f"set({_list(writer)})", f"{{{writer.number()}, {writer.number()}, 1}}", f"set({_text(writer)})")


def _any(writer: Writer) -> str:
    kind = writer.pick(*(kind for kind, names in writer.names.items() if names), "n")
    return writer.name(kind) or writer.number()


def numbers(writer: Writer) -> list[str]:
    """Return expressions that make numbers."""
    one, two, text = _list(writer), _dict(writer), _text(writer)
    return [
        f"sum({one})",
        f"sum({one}, {writer.number()})",
        f"max({one}, key={writer.pick(*_KEY_FUNCTIONS)})",
        f"min({one}, default={writer.number()})",
        f"{writer.pick('any', 'all')}({one})",
        f"{writer.pick('any', 'all')}(v > 1 for v in {one})",
        f"isinstance({_any(writer)}, {writer.pick('int', 'bool', 'list', '(float, str)', 'tf.Tensor', 'np.ndarray')})",
        f"isinstance({_any(writer)}, {writer.pick('tf.Variable', 'dict', 'tuple', 'tf.keras.layers.Layer', 'object')})",
        f"type({_any(writer)}) {writer.pick('is', '==', 'is not')} {writer.pick('int', 'float', 'str', 'np.ndarray')}",
        f"hasattr({_any(writer)}, {writer.pick(*(repr(n) for n in ('append', 'shape', 'numpy', 'keys', 'foo')))})",
        f"getattr({_any(writer)}, {writer.pick(repr('real'), repr('ndim'), repr('foo'))}, {writer.number()})",
        f"callable({_any(writer)})",
        f"divmod({writer.number()}, {writer.number(1)})[0]",
        f"pow({writer.number(0)}, {writer.number()})",
        f"round({writer.name('n') or '2.567'}, {writer.number()})",
        f"abs({writer.name('n') or '-2'})",
        f"len({two})",
        f"len({_set(writer)})",
        f"len({text})",
        f"{writer.pick(*_KEYS)} {writer.pick('in', 'not in')} {two}",
        f"{writer.number()} in {_set(writer)}",
        f"{two}.get({writer.pick(*_KEYS)}, {writer.number()})",
        f"{two}[{writer.pick(*_KEYS)}]",
        f"{two}.pop({writer.pick(*_KEYS)}, {writer.number()})",
        f"{two}.setdefault({writer.pick(*_KEYS)}, {writer.number()})",
        f"{one}.index({writer.number()})",
        f"{one}.count({writer.number()})",
        f"{text}.{writer.pick('count', 'find', 'startswith')}('a')",
        f"next({writer.name('i') or f'iter({one})'}, {writer.number()})",
        f"math.{writer.pick('sqrt', 'floor', 'ceil', 'log', 'exp', 'isnan')}({writer.name('n') or '2.5'})",
        f"math.{writer.pick('gcd', 'comb', 'pow', 'hypot')}({writer.number(0)}, {writer.number(0)})",
        f"math.prod({one})",
        f"functools.reduce(lambda a, b: a + b, {one}, 0)",
        f"functools.reduce(operator.mul, {one})",
        f"random.randint(0, {writer.number(1)})",
        f"random.choice({one})",
        f"collections.Counter({text})['a']",
        f"{one} == {_list(writer)}",
        f"{two} == {_dict(writer)}",
        f"({writer.number()}, 2) < ({writer.number()}, 1)",
        f"{_set(writer)} {writer.pick('==', '<=', '>')} {_set(writer)}",
    ]


def lists(writer: Writer) -> list[str]:
    """Return expressions that make lists."""
    one, two, text = _list(writer), _dict(writer), _text(writer)
    return [
        f"list(map({writer.pick('lambda v: v * 2', 'str', 'abs', 'lambda v: (v, 1)', 'lambda v: [v]')}, {one}))",
        f"list(filter({writer.pick('None', 'lambda v: v > 0', 'lambda v: flag()')}, {one}))",
        f"sorted({one}, key={writer.pick(*_KEY_FUNCTIONS)}, reverse={writer.pick('True', 'False', 'flag()')})",
        f"sorted({_set(writer)})",
        f"list({_set(writer)})",
        f"list({writer.pick('reversed', 'enumerate', 'set', 'zip', 'iter')}({one}))",
        f"list(zip({one}, {text}, range(3)))",
        f"list({two}.{writer.pick('keys', 'values', 'items')}())",
        f"list({two})",
        f"[k for k, v in {two}.items()]",
        f"{text}.{writer.pick('split', 'splitlines')}()",
        f"list({text})",
        f"list({writer.name('i') or one})",
        f"list(itertools.{writer.pick('product', 'zip_longest', 'chain')}({one}, [1, 2]))",
        f"list(itertools.{writer.pick('combinations', 'permutations')}({one}[:3], 2))",
        f"list(itertools.islice({writer.pick('itertools.count(2)', f'itertools.cycle({one})', one)}, 3))",
        f"list(itertools.accumulate({one}))",
        f"list(zip(itertools.repeat({writer.number()}), {one}))",
        f"copy.{writer.pick('copy', 'deepcopy')}({one})",
        f"[{one}, {one}]",
        f"[*{one}, *{two}]",
        f"random.sample({one}, 1)",
        f"{one}[{writer.pick('::2', '-2:', ':-1', '1:3', '::-1')}]",
    ]


def expression(writer: Writer, kind: str) -> str:
    """Return an expression that makes a dict, a text, a tuple or an iterator."""
    one, two, text = _list(writer), _dict(writer), _text(writer)
    options = {
        "d": [
            "{}",
            f"{{{writer.pick(*_KEYS)}: {_any(writer)}, {writer.pick(*_KEYS)}: {_any(writer)}}}",
            f"dict(zip({text}, {one}))",
            f"dict(a={writer.number()}, b={_any(writer)})",
            f"dict(enumerate({one}))",
            f"dict.fromkeys({one}, {writer.number()})",
            f"{two} | {_dict(writer)}",
            f"{two}.copy()",
            f"dict({two}, a=1)",
            f"{{k: v for k, v in {two}.items() if k != 'a'}}",
            f"{{**{two}, 'z': {writer.number()}}}",
            f"collections.defaultdict({writer.pick('int', 'list', 'lambda: 3')})",
            f"collections.OrderedDict({two})",
            f"collections.Counter({one})",
            f"copy.deepcopy({two})",
            f"({two} if flag() else {_dict(writer)})",
        ],
        "s": [
            *_TEXTS,
            f"f'{{{writer.name('n') or 3}}}-{{{_any(writer)}!r:>4}}'",
            f"f'{{{writer.name('n') or 3:}:.2f}}'",
            f"'{{}}|{{:>3}}'.format({writer.number()}, {_any(writer)})",
            f"'%s/%s' % ({writer.number()}, {_any(writer)})",
            f"{text} % ({writer.number()}, {writer.number()})",
            f"{text}.{writer.pick('upper', 'strip', 'title')}()",
            f"{text}.replace('a', {text})",
            f"{text}.zfill({writer.number(0)})",
            f"','.join({text})",
            f"'-'.join(str(v) for v in {one})",
            f"str({_any(writer)})",
            f"repr({one})",
            f"{text}[{writer.pick('0', '1:', '-1', '::2')}]",
            f"{text} + {text}",
            f"{text} * {writer.number()}",
            f"{writer.pick('hex', 'bin', 'chr')}({writer.number()})",
            f"({text} if flag() else {_text(writer)})",
        ],
        "u": [
            f"({_any(writer)}, {_any(writer)})",
            f"tuple({one})",
            f"divmod({writer.number()}, {writer.number()})",
            f"{text}.partition(',')",
            f"(*{one}, 1)",
            f"{writer.name('u') or (1, 2)} + ({writer.number()},)",
            f"{writer.name('u') or (1, 2)}[{writer.pick('1:', ':1', '::-1')}]",
            f"collections.namedtuple('P', 'x y', defaults=[5])({_any(writer)})",
            f"{two}.popitem()",
            f"max(enumerate({one}), key=lambda p: p[1])",
        ],
        "i": [
            f"iter({one})",
            f"zip({one}, {text})",
            f"enumerate({one}, {writer.number()})",
            f"reversed({one})",
            f"map(lambda v: v + 1, {one})",
            f"filter(None, {one})",
            f"{two}.{writer.pick('keys', 'values', 'items')}()",
            f"itertools.chain({one}, {text})",
            f"itertools.product({one}[:2], repeat=2)",
            f"itertools.count({writer.number()})" if not writer.names["i"] else f"iter({two})",
            f"collections.deque({one})",
        ],
    }
    options["i"] = [option for option in options["i"] if "count" not in option]
    return writer.pick(*options[kind])


def changes(writer: Writer) -> list[str]:
    """Return statements that change what several names may share."""
    out: list[str] = []
    one = writer.name("l")
    if one:
        out += [
            f"{one}.extend({_list(writer)})",
            f"{one}.remove({writer.number()})",
            f"{one}.sort(key={writer.pick(*_KEY_FUNCTIONS)}, reverse=True)",
            f"{one}.clear()",
            f"del {one}[{writer.pick('0', '-1', '1:', '::2')}]",
            f"{one}[{writer.pick('1:', ':1', '0:2')}] = {_list(writer)}",
            f"{one} += {_text(writer)}",
            f"{one}.append({_any(writer)})",
            f"{one}.pop({writer.number(0)})",
            f"random.shuffle({one})",
            f"{one}.extend(v * 2 for v in list({_list(writer)}))",
        ]
    two = writer.name("d")
    if two:
        out += [
            f"{two}[{writer.pick(*_KEYS)}] = {_any(writer)}",
            f"{two}[{writer.name('n') or 1}] = {writer.number()}",
            f"del {two}[{writer.pick(*_KEYS)}]",
            f"{two}.update({_dict(writer)}, b={writer.number()})",
            f"{two}.update(zip({_text(writer)}, {_list(writer)}))",
            f"{two}.clear()",
            f"{two} |= {_dict(writer)}",
            f"{two}[{writer.pick(*_KEYS)}] += {writer.number()}",
            f"{two}.setdefault('l', []).append({writer.number()})",
        ]
    if writer.names["i"]:
        out.append(f"n0 = next({writer.name('i')})")
        out.append(f"l0 = list({writer.name('i')})")
    return out
