"""What was delivered, when, by whom, and how did it end? Kept in the cluster, in a ConfigMap."""

import getpass
import json
import os
import socket
from datetime import UTC, datetime

from delivery.cluster import NAMESPACE, Cluster
from delivery.release import Release

NAME = "datapress-livraisons"
_KEPT = 50


def note(cluster: Cluster, release: Release, end: str, seconds: float) -> None:
    """Add a line; the oldest ones go."""
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    line = {
        "commit": release.commit,
        "version": release.version,
        "images": dict(release.images),
        "fin": end,
        "duree": round(seconds),
        "par": os.environ.get("GITHUB_ACTOR") or f"{getpass.getuser()}@{socket.gethostname()}",
    }
    kept = dict(sorted((_read(cluster) | {moment.replace(":", "-"): json.dumps(line)}).items())[-_KEPT:])
    item = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "datapress"}},
        "data": kept,
    }
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "--filename=-", given=item)


def table(cluster: Cluster) -> str:
    """The lines, oldest first, for a person."""
    rows = [("QUAND", "COMMIT", "VERSION", "FIN", "DURÉE", "PAR")]
    for moment, text in sorted(_read(cluster).items()):
        line = json.loads(text)
        date, _, clock = moment.partition("T")
        rows.append(
            (
                f"{date}T{clock.replace('-', ':')}",
                line["commit"][:12],
                line["version"],
                line["fin"],
                f"{line['duree']} s",
                line["par"],
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _read(cluster: Cluster) -> dict[str, str]:
    found = cluster.get("configmap", NAME)
    return (found or {}).get("data") or {}
