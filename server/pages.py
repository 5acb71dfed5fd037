"""Where the pages of the rules stand on this machine: for `shapewright rule`, and for the links in diagnostics."""

from __future__ import annotations

import functools
import site
import sysconfig
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@functools.lru_cache(maxsize=256)
def page_address(rule: str) -> str | None:
    """Return the address of a rule's page on this machine; None where the pages are not installed."""
    page = find_pages().get(rule)
    return None if page is None else page.as_uri()


def find_pages() -> dict[str, Path]:
    """Return the pages by rule, from wherever this program is installed."""
    for folder in folders():
        pages = {page.stem: page for page in sorted(folder.glob("*.md")) if page.stem != "README"}
        if pages:
            return pages
    return {}


def folders() -> list[Path]:
    """Return where the pages may be, the likeliest first."""
    if _PACKAGE.name == "server":  # the repository, or the editor's extension
        return [_PACKAGE.parent / "docs" / "rules"]
    # A wheel's data files go under the installation's prefix: of an environment, of a user, of `pip install -t`.
    bases = [Path(sysconfig.get_path("data")), Path(site.getuserbase()), _PACKAGE.parent]
    return [base / "share" / "shapewright" / "rules" for base in bases]
