"""Hypothesis profiles: what CI and `make test` run is the same every time; SHAPEWRIGHT_FUZZ=large looks further."""

from __future__ import annotations

import os

os.environ.setdefault("SHAPEWRIGHT_STRICT", "1")

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("default", deadline=None, derandomize=True, max_examples=150, suppress_health_check=_QUIET)
settings.register_profile("large", deadline=None, max_examples=5000, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("SHAPEWRIGHT_FUZZ", "default"))
