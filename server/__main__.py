"""Start the program: `python -m server …`, or by path, `python <folder>/server/__main__.py …`, as editors do.

Started with `-m`, Python would look for modules in the user's folder first; started by path it looks in this
folder first. An editor's start must do neither: the folder above comes first, and what was bundled with it.
"""

from __future__ import annotations

import sys


def _prepare_path() -> None:
    """Make the package importable under its name in this folder, and its bundled libraries too."""
    import os.path

    package = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.dirname(package)
    here = {package, os.path.realpath(package)}
    sys.path[:] = [entry for entry in sys.path if entry and os.path.abspath(entry) not in here]
    bundled = os.path.join(folder, "bundled", "libs")
    sys.path.insert(0, folder)
    if os.path.isdir(bundled):
        sys.path.insert(1, bundled)


def main() -> int:
    """Run the command line."""
    if __package__:
        from .cli import main as run
    else:
        import importlib
        import os.path

        _prepare_path()
        name = os.path.basename(os.path.dirname(os.path.abspath(__file__)))
        run = importlib.import_module(f"{name}.cli").main
    return run()


if __name__ == "__main__":
    sys.exit(main())
