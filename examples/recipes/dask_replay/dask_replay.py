"""Replay a log on the workers of a Dask cluster: ``python dask_replay.py LOG MAPPING POLICY [SCHEDULER]``.

Without the address of a scheduler, a cluster of two processes is started on this machine.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack

from distributed import Client, LocalCluster

from escalate import load_policy
from escalate.offline import Replay, replay, split

SHARDS_A_WORKER = 4


def on_a_cluster(client: Client, log: str, mapping: str, policy: str) -> Replay:
    """Cut *log* into shards and replay them where *client* leads to."""
    workers = len(client.scheduler_info(n_workers=-1)["workers"])
    # On several machines, give split a folder that all of them see: folder="/mnt/shared".
    with split(log, SHARDS_A_WORKER * max(1, workers), mapping=mapping) as parts:
        return replay(parts, load_policy(policy), executor=client.get_executor(pure=False))


def main(log: str, mapping: str, policy: str, scheduler: str = "") -> None:
    """Print the result as JSON."""
    with ExitStack() as stack:
        if not scheduler:
            cluster = stack.enter_context(
                LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
            )
            scheduler = cluster.scheduler_address
        client = stack.enter_context(Client(scheduler))
        found = on_a_cluster(client, log, mapping, policy)
        sys.stdout.write(json.dumps(found.to_json(), indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
