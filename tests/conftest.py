"""What all tests share: one process with real TensorFlow in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.truth import Reality


@pytest.fixture(scope="session")
def reality() -> Iterator[Reality]:
    process = Reality()
    yield process
    process.close()
