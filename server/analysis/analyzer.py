"""Analyse one document: the only door into the analysis.

The engine's worker calls `analyse` on its one library thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from .report import Report
from .request import AnalysisSettings, Cancelled, Request

__all__ = ["AnalysisSettings", "Cancelled", "Request", "analyse"]


def analyse(
    request: Request,
    publish: Callable[[Report], None] = lambda report: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """Analyse one version of a document.

    `publish` is given the report as soon as its facts and diagnostics stand, before the fixes are proved
    (`fixes_ready=False`), and only where there are fixes to prove. `cancelled` is asked at every step.

    Raises:
        Cancelled: `cancelled()` became true.
    """
    # TensorFlow comes with these: whoever only wants the types of this module does not pay for it.
    from .prove import prove
    from .run import run

    def check() -> None:
        if cancelled():
            raise Cancelled

    result = run(request, check)
    if (
        result.report.status == "failed"
        or not request.fixes
        or not any(finding.candidates for finding in result.findings)
    ):
        return result.report
    publish(dataclasses.replace(result.report, fixes_ready=False))
    return prove(request, result, check)
