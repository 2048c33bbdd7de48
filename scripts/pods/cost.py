"""What do pods cost: how many, what they take of memory and processor, how long until they were ready?

usage: scripts/cout NAMESPACE… [-l SELECTOR]
One line, such as « 2 pods, 58 Mio, 12 millièmes de processeur, prêts en 4 s au plus »; of several namespaces, one line
each and the whole. What is taken is what the nodes measured last.
Exit status: 0 once every pod is ready and measured, 1 before, or where kubectl fails, 2 for a wrong call.
"""

import json
import sys
from datetime import datetime
from functools import cache
from typing import Any

from pods.kubectl import KubectlError, kubectl


def main(words: list[str]) -> int:
    """Print what the pods of each namespace cost."""
    namespaces, selector = (words[:-2], words[-1]) if "-l" in words[-2:-1] else (words, "")
    if not namespaces or any(word.startswith("-") for word in namespaces):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        costs = {namespace: _costs(namespace, selector) for namespace in namespaces}
    except KubectlError as error:
        print(f"scripts/cout\u00a0: {error}", file=sys.stderr)
        return 1
    except (KeyError, StopIteration):
        print("scripts/cout\u00a0: un pod n'est pas prêt, ou pas encore mesuré\u00a0; relancer", file=sys.stderr)
        return 1
    if len(costs) > 1:
        for namespace, of_pods in costs.items():
            print(f"{namespace}\u00a0: {_told(of_pods)}")
    print(_told([cost for of_pods in costs.values() for cost in of_pods]))
    return 0


def _costs(namespace: str, selector: str) -> list[tuple[float, float, float]]:
    """Bytes, nanocores and seconds to ready of each pod; `KeyError` or `StopIteration` where one is not known yet."""
    told = json.loads(kubectl("get", "pods", "--namespace", namespace, "--selector", selector, "--output=json"))
    there = [pod for pod in told["items"] if pod["status"]["phase"] in {"Pending", "Running"}]
    pods = [pod for pod in there if "deletionTimestamp" not in pod["metadata"]]
    if not pods:
        raise KubectlError(f"aucun pod dans {namespace}" + (f" avec {selector}" if selector else ""))
    return [(*_taken(pod), _until_ready(pod)) for pod in pods]


def _taken(pod: dict[str, Any]) -> tuple[float, float]:
    parts = _measured(pod["spec"]["nodeName"])[pod["metadata"]["uid"]]
    return sum(part["memory"]["workingSetBytes"] for part in parts), sum(
        part["cpu"]["usageNanoCores"] for part in parts
    )


@cache
def _measured(node: str) -> dict[str, list[dict[str, Any]]]:
    """What the kubelet of this node measured of each container, by the identity of its pod."""
    pods = json.loads(kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary"))["pods"]
    return {pod["podRef"]["uid"]: pod["containers"] for pod in pods}


def _until_ready(pod: dict[str, Any]) -> float:
    ready = next(one for one in pod["status"]["conditions"] if (one["type"], one["status"]) == ("Ready", "True"))
    times = (pod["metadata"]["creationTimestamp"], ready["lastTransitionTime"])
    begin, end = map(datetime.fromisoformat, times)
    return (end - begin).total_seconds()


def _told(costs: list[tuple[float, float, float]]) -> str:
    memory, processor, seconds = zip(*costs, strict=True)
    thousandths = round(sum(processor) / 1e6)
    return (
        f"{len(costs)} pod{'s' * (len(costs) > 1)}, {sum(memory) / 2**20:.0f} Mio, "
        f"{thousandths} millième{'s' * (thousandths > 1)} de processeur, prêts en {max(seconds):.0f} s au plus"
    )
