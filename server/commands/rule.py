"""`rule`: explain a rule, from the same page that the documentation shows."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from ..pages import find_pages


def run(arguments: argparse.Namespace) -> int:
    """Print the page of a rule, or list the rules; return 2 if there is no such rule."""
    pages = find_pages()
    if arguments.name is None:
        for name, page in pages.items():
            print(f"{name:<24} {_first_sentence(page)}")
        if not pages:
            print("shapewright: the pages of the rules are not installed", file=sys.stderr)
        return 0 if pages else 2
    if arguments.name not in pages:
        near = difflib.get_close_matches(arguments.name, pages, 1)
        hint = f"; did you mean {near[0]}?" if near else "; `shapewright rule` lists them"
        print(f"shapewright: there is no rule {arguments.name}{hint}", file=sys.stderr)
        return 2
    print(pages[arguments.name].read_text("utf-8").rstrip())
    return 0


def _first_sentence(page: Path) -> str:
    paragraph: list[str] = []
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            break
    return " ".join(paragraph).partition(". ")[0].rstrip(".") + "." if paragraph else ""
