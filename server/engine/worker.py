"""Start the engine process: run by path in the user's interpreter, `python -I …/worker.py`.

Before anything else is imported it takes the two descriptors of the protocol away from everybody else: TensorFlow,
absl and `summary()` write to descriptor 1. Then it loads the package that it stands in, by location and under a
private name, so that neither the server's folder nor its libraries ever come onto `sys.path`. The syntax is that of
Python 3.5: an interpreter that is too old must get as far as saying so.
"""

import os
import sys

PACKAGE = "_shapewright"


def take_descriptors() -> tuple:  # type: ignore[type-arg]
    """Move the protocol to private descriptors; what remains of 0 is empty, and 1 is the same as 2."""
    requests = os.dup(0)
    replies = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if os.name == "nt":
        import msvcrt

        msvcrt.setmode(requests, os.O_BINARY)  # type: ignore[attr-defined, unused-ignore]
        msvcrt.setmode(replies, os.O_BINARY)  # type: ignore[attr-defined, unused-ignore]
    return requests, replies


def load_package(folder: str) -> None:
    """Import the package in `folder` as `PACKAGE`, without making it reachable under any other name."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main() -> None:
    """Say hello, then serve until the requests end."""
    requests, replies = take_descriptors()
    load_package(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import importlib

    protocol = importlib.import_module(PACKAGE + ".engine.protocol")
    hello = {"type": "hello", "python": list(sys.version_info[:3]), "executable": sys.executable}
    os.write(replies, protocol.pack(hello))
    if sys.version_info[:2] < protocol.OLDEST_PYTHON:
        return
    importlib.import_module(PACKAGE + ".engine.serving").serve(requests, replies, sys.argv[1:])


if __name__ == "__main__":
    main()
