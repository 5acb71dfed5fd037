"""The language server with the fake analysis, for tests of everything but the analysis."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from server.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], analysis=f"{ROOT}/tests/support/fake_analysis.py:analyse"))
