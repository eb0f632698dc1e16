"""The recipe for a Dask cluster, on a real one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from escalate import load_policy
from escalate.offline import read, replay
from examples.recipes.dask_replay import dask_replay

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replay"
LOG, MAPPING, POLICY = (str(EXAMPLE / name) for name in ("log.csv", "mapping.toml", "policy.toml"))


# A cluster that stops warns of its own event loop and sockets; that is not ours to mend.
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finds_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    """Shards go to the workers of a local cluster; what comes back is what one process finds."""
    dask_replay.main(LOG, MAPPING, POLICY)
    here = replay(read(LOG, mapping=MAPPING), load_policy(POLICY))
    assert capsys.readouterr().out == json.dumps(here.to_json(), indent=2) + "\n"
