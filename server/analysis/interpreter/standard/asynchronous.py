"""The module `asyncio`: coroutines of the program are followed where somebody waits for them alone."""

from __future__ import annotations

from ...values import Const, Value
from ..generators import awaited, make_done
from .registry import StandardCall, models


@models("asyncio.run")
def _run(call: StandardCall) -> Value | None:
    main = call.get(0, "main")
    return None if main is None else awaited(call.interp, call.frame, main)


@models("asyncio.sleep")
def _sleep(call: StandardCall) -> Value:
    return make_done(call.interp, call.get(1, "result") or Const(None))
