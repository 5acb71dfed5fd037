"""Every public callable is classified, by rule; the table of it is up to date; what a rule does not know is seen."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import tensorflow as tf

from server.analysis.libraries import exported as exported_module
from server.analysis.libraries import symbols
from server.analysis.libraries.classification import modelled
from server.analysis.libraries.classification.verdicts import KINDS
from server.analysis.libraries.classify import classify, verdict, why_not
from server.analysis.libraries.exported import Exported, exported

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_script", ROOT / "scripts" / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load()
    return module


def test_every_public_callable_is_classified(script: ModuleType) -> None:
    assert len(exported()) > 5000
    assert script.unclassified() == []
    for item in exported():
        found = verdict(item.name)
        assert found.kind in KINDS
        assert found.reason or found.kind in ("concrete", "symbolic", "model"), item.name


def test_the_table_is_up_to_date(script: ModuleType) -> None:
    text = script.TARGET.read_text(encoding="utf-8")
    made_with = re.search(r"^Made with (.*):", text, re.MULTILINE).group(1)
    here = script.table()
    if re.search(r"^Made with (.*):", here, re.MULTILINE).group(1) != made_with:
        pytest.skip(f"the table is that of {made_with}")
    assert text == here, "python scripts/coverage.py"


INVENTED = [
    "tensorflow.read_mind",
    "tensorflow.brandnew.thing",
    "tensorflow.raw_ops.ReadMind",
    "tensorflow.compat.v1.read_mind",
    "keras.read_mind",
    "keras.brandnew.thing",
    "numpy.read_mind",
    "numpy.brandnew.thing",
    "elsewhere.thing",
]


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_name_is_known_to_no_rule(name: str) -> None:
    assert verdict(name).kind == "unclassified"
    assert classify(name) == "unknown"


def test_a_release_that_brings_a_new_name_fails(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf, "read_mind", lambda: 0, raising=False)
    monkeypatch.setattr(np, "read_mind", lambda: 0, raising=False)
    monkeypatch.setattr(np, "__all__", [*np.__all__, "read_mind"])
    for cached in (symbols.resolve, symbols._numpy_names, exported_module.exported, verdict):
        cached.cache_clear()
    try:
        assert script.unclassified() == ["numpy.read_mind", "tensorflow.read_mind"]
        assert "Known to no rule" in script.table()
        assert script.main.__doc__
    finally:
        monkeypatch.undo()
        for cached in (symbols.resolve, symbols._numpy_names, exported_module.exported, verdict):
            cached.cache_clear()


def test_an_object_is_listed_once_with_all_of_its_names() -> None:
    found = {item.name: item for item in exported()}
    assert {"tensorflow.add", "tensorflow.math.add"} <= set(found["tensorflow.add"].aliases)
    assert "tensorflow.math.add" not in found
    assert found["tensorflow.RaggedTensor.from_row_splits"].owner == "tensorflow.RaggedTensor"
    assert isinstance(found["keras.layers.Dense"], Exported)


def test_every_canonical_name_leads_back_to_its_object() -> None:
    for item in exported():
        entry = symbols.resolve(item.name)
        assert entry is not None, item.name
        assert entry.name == item.name


def test_a_model_is_known_by_its_registration() -> None:
    assert verdict("tensorflow.test.Benchmark").kind == "forbidden"
    modelled.register("tensorflow.test.Benchmark", by="a test", asks="symbolic")
    try:
        assert (verdict("tensorflow.test.Benchmark").kind, classify("tensorflow.test.Benchmark")) == (
            "model",
            "symbolic",
        )
    finally:
        modelled._NAMES.pop("tensorflow.test.Benchmark")
        verdict.cache_clear()


def test_the_reason_is_told() -> None:
    assert why_not("numpy.load") == "numpy.load is not run: reads or writes files"
    assert "Python of the program" in why_not("numpy.vectorize")


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("MatMul", "concrete"),
        ("Conv2D", "concrete"),
        ("RandomUniform", "symbolic"),
        ("Print", "symbolic"),
        ("ReadFile", "forbidden"),
        ("MatchingFiles", "forbidden"),
        ("WriteFile", "forbidden"),
        ("PyFunc", "forbidden"),
        ("VarHandleOp", "forbidden"),
        ("LookupTableFindV2", "forbidden"),
        ("MapDataset", "forbidden"),
        ("If", "forbidden"),
        ("Send", "forbidden"),
    ],
)
def test_raw_ops_go_by_the_registry(operation: str, kind: str) -> None:
    assert verdict(f"tensorflow.raw_ops.{operation}").kind == kind
