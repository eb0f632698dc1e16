"""``python pm4py_peer.py LOG``: CPU seconds of pm4py, as JSON. It runs in an environment of its own."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any


def main(path: str) -> dict[str, Any]:
    """Measure what escalate does too, through pm4py's simplified interface."""
    warnings.simplefilter("ignore")
    import pandas as pd
    import pm4py

    def reading() -> Any:
        frame = pd.read_csv(path)
        return pm4py.format_dataframe(
            frame, case_id="ticket", activity_key="status", timestamp_key="at"
        )

    found: dict[str, Any] = {"version": f"pm4py {pm4py.__version__}, pandas {pd.__version__}"}
    log, found["reading"] = _cpu_s(reading)
    calls: dict[str, Callable[[], Any]] = {
        "variants": lambda: pm4py.get_variants(log),
        "throughput times": lambda: pm4py.get_all_case_durations(log),
        "start and end": lambda: (pm4py.get_start_activities(log), pm4py.get_end_activities(log)),
        "directly follows": lambda: pm4py.discover_dfg(log),
    }
    for name, call in calls.items():
        found[name] = _cpu_s(call)[1]
    return found


def _cpu_s(call: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return call(), time.process_time() - began


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
