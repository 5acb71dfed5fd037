"""How much of real programs is known, by namespace of the API, and why the rest is not.

The programs and what they really did come from `../shared/truth` (its README says how they are made); its judge decides
what is exact. Prints docs/exactness.md.

    PYTHONPATH=../shared .venv/bin/python benchmarks/exactness.py DATA [--corpus tf-docstrings] [--concrete-elements N]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from truth.score import TENSOR_LIKE, judge_dtype, judge_shape, key_of

ROOT = Path(__file__).resolve().parents[1]
MAX_TEXT = 70
_HEAD = """# How much is known

The examples in the docstrings of TensorFlow and Keras are run, each expression that is a tensor, an array or a variable is
noted with its shape and dtype, and what the analysis says of it is compared with that. *Exact* is an answer that says all of
it; *wrong* is one that contradicts a run. Counted are expressions, over all the examples of a namespace; namespaces with few
of them are counted together.

This page is made by

    PYTHONPATH=../shared .venv/bin/python benchmarks/exactness.py DATA --corpus {corpus}{options} > docs/exactness.md

## By namespace
"""
#: Namespaces that have a row of their own where they have enough expressions.
MIN_SPANS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpus", default="tf-docstrings")
    parser.add_argument("--concrete-elements", type=int)
    arguments = parser.parse_args()
    programs = sorted((arguments.data / "programs" / arguments.corpus).glob("*.py"))
    option = [] if arguments.concrete_elements is None else ["--concrete-elements", str(arguments.concrete_elements)]
    command = [sys.executable, "-m", "server", "infer", "--format", "json", *option, *map(str, programs)]
    told = json.loads(subprocess.run(command, capture_output=True, cwd=ROOT, check=False).stdout)
    facts = {Path(entry["path"]).name: entry["facts"] for entry in told["files"]}
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, list[str]] = defaultdict(list)
    for program in programs:
        truth_file = arguments.data / "truth" / arguments.corpus / f"{program.stem}.json"
        if truth_file.exists() and program.name in facts:
            truth = json.loads(truth_file.read_text("utf-8"))
            _judge(program.stem, truth, facts[program.name], rows[_namespace(program.stem)], reasons)
    total: Counter[str] = sum(rows.values(), Counter())
    small = [name for name, row in rows.items() if row["spans"] < MIN_SPANS]
    for name in small:
        root = name.partition(".")[0]
        rows[f"{root}, the rest"] += rows.pop(name)
    print(_HEAD.format(corpus=arguments.corpus, options=" ".join(["", *option])))
    print("| namespace | expressions | exact in shape | exact in dtype | wrong |")
    print("|---|---|---|---|---|")
    for name, row in [*sorted(rows.items()), ("**all**", total)]:
        if row["spans"]:
            shares = " | ".join(f"{100 * row[key] / row['spans']:.1f} %" for key in ("shape", "dtype"))
            print(f"| {name} | {row['spans']} | {shares} | {row['wrong']} |")
    print("\n## What is not known, and why\n")
    print("Each expression whose dtype is not known: the program it stands in, its line, and the expression.")
    for reason, places in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"\n### {reason}: {len(places)}\n")
        print("\n".join(f"* {place}" for place in places))


def _namespace(stem: str) -> str:
    """Return `tf.linalg` for `tf.linalg.matmul__fence2`."""
    parts = stem.split("__")[0].split(".")
    return ".".join(parts[:2]) if len(parts) > 2 or (len(parts) == 2 and parts[1][:1].isupper()) else parts[0]


def _judge(
    name: str, truth: dict[str, Any], facts: list[dict[str, Any]], row: Counter[str], reasons: dict[str, list[str]]
) -> None:
    if truth["status"].startswith(("syntax", "crash")):
        return
    answers = {key_of(fact["range"]): fact for fact in facts}
    for span in truth["spans"]:
        seen = span["observed"]
        kinds = {item["kind"] for item in seen}
        if not kinds <= TENSOR_LIKE or any(item["kind"] == "ndarray" and item["shape"] == [] for item in seen):
            continue
        fact = answers.get(key_of(span["range"]), {})
        shape = judge_shape([item["shape"] for item in seen], fact.get("shape")) if fact else "unknown"
        dtype = judge_dtype({item["dtype"] for item in seen}, fact.get("dtype")) if fact else "unknown"
        row["spans"] += 1
        row["shape"] += shape == "exact"
        row["dtype"] += dtype == "exact"
        row["wrong"] += "wrong" in (shape, dtype)
        if dtype == "unknown":
            why = " ".join(str(fact.get("reason") or ("its kind alone is known" if fact else "never reached")).split())
            text = " ".join(span["text"].split())
            text = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
            reasons[why].append(f"{name}:{span['range']['start']['line'] + 1} `{text}`")


if __name__ == "__main__":
    main()
