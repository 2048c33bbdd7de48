"""A cluster in memory, asked as `kubectl` would be."""

from typing import Any

import pytest

from delivery.programs import DeliveryError


class Memory:
    """Objects by kind and name; `create` and `replace` refuse what an API server refuses."""

    context = "essai"

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.version = 0

    def get(self, kind: str, name: str = "", selector: str = "") -> Any:
        return self.objects.get((kind.lower(), name))

    def kubectl(self, verb: str, *words: str, given: Any = None, within: float = 60) -> str:
        if verb == "delete":
            self.objects.pop((words[0], words[1]))
            return ""
        key = (given["kind"].lower(), given["metadata"]["name"])
        there = self.objects.get(key)
        if verb == "create" and there:
            raise DeliveryError("Error from server (AlreadyExists)")
        if verb == "replace" and (
            not there or there["metadata"]["resourceVersion"] != given["metadata"].get("resourceVersion")
        ):
            raise DeliveryError("Error from server (Conflict)")
        self.version += 1
        self.objects[key] = given | {"metadata": given["metadata"] | {"resourceVersion": str(self.version)}}
        return ""


@pytest.fixture
def cluster() -> Memory:
    return Memory()
