"""What an analysis is asked: one version of one document, its surroundings, and what the user has set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Cancelled(BaseException):
    """A newer version of the document has come; the analysis is given up where it stands.

    A BaseException, because libraries on the stack between catch and re-wrap Exceptions.
    """


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """What a user may set of the analysis itself.

    concrete_elements: calls whose results have at most so many elements are run for real and keep their values;
        0 means never. max_steps: statements and expressions one analysis may visit.
    gaps: say where tracking stopped, in the facts and as hints.
    """

    concrete_elements: int = 10_000
    max_steps: int = 150_000
    gaps: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One version of one document, and what of its surroundings the analysis may read.

    path: absolute. roots: the workspace folders, absolute; modules outside of them are never read.
    overlays: texts of other open documents that differ from the disk, by path.
    """

    path: str
    text: str
    version: int | None = None
    roots: tuple[str, ...] = ()
    overlays: Mapping[str, str] = field(default_factory=dict)
    settings: AnalysisSettings = AnalysisSettings()
    fixes: bool = True
