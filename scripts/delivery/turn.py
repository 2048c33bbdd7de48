"""Whose turn is it? One delivery at a time in a cluster, by a Lease that only one can create."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from delivery.cluster import NAMESPACE, Cluster
from delivery.programs import DeliveryError, say

NAME = "datapress-livraison"
LONGEST = 1800  # seconds after which a delivery that never said its end no longer counts


@contextmanager
def turn(cluster: Cluster, patience: float) -> Iterator[None]:
    """Hold the cluster's turn; raises `DeliveryError` when another has it and keeps it for `patience` seconds."""
    holder = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
    end = time.monotonic() + patience
    waited = False
    while (other := _take(cluster, holder)) is not None:
        since = other["spec"]["acquireTime"]
        by = other["spec"]["holderIdentity"]
        if time.monotonic() > end:
            raise DeliveryError(
                f"une autre livraison est en cours, par {by} depuis {since} ; attendre sa fin : --attendre SECONDES"
            )
        if not waited:
            say("attendre", f"une autre livraison est en cours, par {by} depuis {since}")
            waited = True
        time.sleep(1)
    try:
        yield
    finally:
        held = cluster.get("lease", NAME)
        if held and held["spec"]["holderIdentity"] == holder:
            cluster.kubectl("delete", "lease", NAME)


def _take(cluster: Cluster, holder: str) -> Any:
    """None once it is ours, else the Lease of whoever has it."""
    now = datetime.now(UTC)
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "datapress"}},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": LONGEST,
            "acquireTime": now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        },
    }
    try:
        cluster.kubectl("create", "--filename=-", given=lease)
    except DeliveryError as error:
        if "AlreadyExists" not in str(error):
            raise
    else:
        return None
    other = cluster.get("lease", NAME)
    if other is None:  # just given back
        return _take(cluster, holder)
    begun = datetime.fromisoformat(other["spec"]["acquireTime"])
    if now - begun < timedelta(seconds=other["spec"]["leaseDurationSeconds"]):
        return other
    # Replaced only as it was read: of two that find it out of date, one is refused.
    lease["metadata"]["resourceVersion"] = other["metadata"]["resourceVersion"]  # type: ignore[index]
    try:
        cluster.kubectl("replace", "--filename=-", given=lease)
    except DeliveryError:
        return cluster.get("lease", NAME) or other
    return None
