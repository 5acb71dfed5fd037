"""Intervals: hulls, joins that end, and how they are written."""

from __future__ import annotations

import pytest

from server.analysis.values.intervals import Interval, hull, joined


def test_a_hull_is_around_both() -> None:
    assert hull(Interval(0, 1), Interval(-2, 0.5)) == Interval(-2, 1)
    assert hull(Interval(0, None), Interval(1, 3)) == Interval(0, None)


def test_a_join_goes_to_round_bounds() -> None:
    assert joined(Interval(0, 1), Interval(0, 1)) == Interval(0, 1)
    assert joined(Interval(0, 3), Interval(0, 7)) == Interval(0, 255)
    assert joined(Interval(0.25, 0.5), Interval(0.1, 0.75)) == Interval(0, 1)
    assert joined(Interval(-5, 300), Interval(-7, 900)) is None
    assert joined(Interval(0, 1), None) is None


def test_joins_end() -> None:
    grown: Interval | None = Interval(0, 1)
    seen = set()
    for step in range(100):
        grown = joined(grown, Interval(-step, step))
        seen.add(grown)
    assert len(seen) < 8


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(0, 255), "[0, 255]"),
        (Interval(-0.5, None), "at least -0.5"),
        (Interval(None, 2), "at most 2"),
        (Interval(-1.00784314, 1.00784314), "[-1.00785, 1.00785]"),
        (Interval(1 / 3, 2 / 3), "[0.333333, 0.666667]"),
    ],
)
def test_it_is_written_in_few_digits_and_outwards(interval: Interval, text: str) -> None:
    assert str(interval) == text


def test_one_lies_within_another() -> None:
    assert Interval(0, 1).within(Interval(0, 255))
    assert not Interval(0, None).within(Interval(0, 255))
    assert Interval().open
