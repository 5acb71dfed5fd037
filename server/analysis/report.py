"""What an analysis tells about one document: facts, diagnostics and proved fixes.

Only these types cross the border between the engine process and everything else, so they are plain frozen
dataclasses that need the standard library alone. Lines and columns are 0-based; a column counts Unicode code
points. What LSP wants (UTF-16 units) is made from them in `server.convert` and nowhere else.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in a text: 0-based line, 0-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open stretch of text."""

    start: Position
    end: Position

    def contains(self, position: Position) -> bool:
        """Say whether a cursor at `position` touches this stretch (its end included, as editors count it)."""
        return self.start <= position <= self.end


@dataclass(frozen=True, slots=True)
class Location:
    """A stretch of text in a file."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one expression, all visits of it joined.

    `shape` is None for an unknown rank (and for what has no shape); a dim is an int, None (unknown) or a string
    (a symbolic dimension). `text` is the whole value in a few characters (`f32[2, 3]`, `int`, `Dense`); `constant`
    a short rendering of its content where that is known; `values` what they lie between (`[0, 255]`); `spec` what has
    structure. `gap` is None but where tracking stopped, if that was asked for: there it is the number of other facts that are unknown because of this one.
    """

    span: Span
    kind: str
    dtype: str | None = None
    shape: tuple[int | str | None, ...] | None = None
    spec: Any = None
    reason: str | None = None
    text: str = ""
    constant: str | None = None
    origin: Location | None = None
    symbol: str | None = None
    gap: int | None = None
    values: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a diagnostic."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` of the file `path` by `new_text`."""

    path: str
    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that was applied to a copy and analysed: its diagnostic is gone and nothing new has appeared."""

    title: str
    edits: tuple[Edit, ...]
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding: `message` is one plain sentence, `detail` the library's own words."""

    path: str
    span: Span
    code: str
    severity: str  # error, warning, information or hint
    message: str
    detail: str = ""
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that one analysis of one version of a document found.

    `status` is `complete`, `cut` (a budget ran out: the rest is unknown) or `failed` (nothing could be said;
    `problem` says why). `fixes_ready` is False in the early report that is sent before the fixes are proved.
    `dependencies` are the other files that the answer was read from.
    """

    path: str
    version: int | None = None
    status: str = "complete"
    problem: str | None = None
    facts: tuple[Fact, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    dependencies: tuple[str, ...] = ()
    fixes_ready: bool = True


def to_json(value: Any) -> Any:
    """Turn a report, or any part of one, into JSON values; fields at their default are left out."""
    # Of thousands of facts, in the way of every keystroke: the commonest kinds first, and no reflection twice.
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is Span:
        return [value.start.line, value.start.column, value.end.line, value.end.column]
    fields = _FIELDS.get(kind)
    if fields is not None:
        out = {}
        for name, default in fields:
            item = getattr(value, name)
            if item is not default and (default is dataclasses.MISSING or item != default):
                out[name] = item if type(item) in _ATOMS else to_json(item)
        return out
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if kind is Position:
        return [value.line, value.column]
    return value


_ATOMS = frozenset({str, int, float, bool, type(None)})
_FIELDS = {
    kind: tuple((field.name, field.default) for field in dataclasses.fields(kind))
    for kind in (Location, Fact, Related, Edit, Fix, Diagnostic, Report)
}


def span_from_json(data: list[int]) -> Span:
    """Make a span of what `to_json` wrote."""
    return Span(Position(data[0], data[1]), Position(data[2], data[3]))


def location_from_json(data: dict[str, Any]) -> Location:
    """Make a location of what `to_json` wrote."""
    return Location(data["path"], span_from_json(data["span"]))


def fact_from_json(data: dict[str, Any]) -> Fact:
    """Make a fact of what `to_json` wrote."""
    get = data.get
    shape = get("shape")
    origin = get("origin")
    return Fact(
        span_from_json(data["span"]),
        data["kind"],
        get("dtype"),
        None if shape is None else tuple(shape),
        get("spec"),
        get("reason"),
        get("text", ""),
        get("constant"),
        None if origin is None else location_from_json(origin),
        get("symbol"),
        get("gap"),
        get("values"),
    )


def diagnostic_from_json(data: dict[str, Any]) -> Diagnostic:
    """Make a diagnostic of what `to_json` wrote."""
    rest = {key: item for key, item in data.items() if key not in ("span", "related", "fixes")}
    related = tuple(Related(location_from_json(item["location"]), item["message"]) for item in data.get("related", ()))
    fixes = tuple(
        Fix(
            item["title"],
            tuple(Edit(edit["path"], span_from_json(edit["span"]), edit["new_text"]) for edit in item["edits"]),
            item.get("preferred", False),
        )
        for item in data.get("fixes", ())
    )
    return Diagnostic(span=span_from_json(data["span"]), related=related, fixes=fixes, **rest)


def report_from_json(data: dict[str, Any]) -> Report:
    """Make a report of what `to_json` wrote."""
    rest = {key: item for key, item in data.items() if key not in ("facts", "diagnostics", "dependencies")}
    return Report(
        facts=tuple(fact_from_json(item) for item in data.get("facts", ())),
        diagnostics=tuple(diagnostic_from_json(item) for item in data.get("diagnostics", ())),
        dependencies=tuple(data.get("dependencies", ())),
        **rest,
    )
