"""What can be asked of the cluster of a context?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from delivery.programs import DeliveryError, call

NAMESPACE = "datapress-recette"
# In a pod, where no policy of the network is in the way, and no shell is needed.
_ASK = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
connection.request("GET", sys.argv[2])
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster that a context of kubectl names; everything is asked of it by that name."""

    context: str

    def kubectl(self, *words: str, given: Any = None, within: float = 60) -> str:
        """What kubectl prints, in the namespace of the recette."""
        text = None if given is None else json.dumps(given)
        return call("kubectl", "--context", self.context, "--namespace", NAMESPACE, *words, given=text, within=within)

    def get(self, kind: str, name: str = "", selector: str = "") -> Any:
        """One object (None if it is not there), or the objects that a selector finds."""
        words = ["get", kind, *([name] if name else []), *(["--selector", selector] if selector else [])]
        told = self.kubectl(*words, "--ignore-not-found", "--output=json")
        return (json.loads(told) if told else None) if name else json.loads(told)["items"]

    def apply(self, item: Mapping[str, Any]) -> str:
        """Give the cluster this object; says what kubectl says."""
        return self.kubectl("apply", "--filename=-", given=item).strip()

    def ask(self, pod: str, port: int, path: str) -> tuple[int, dict[str, Any]]:
        """The status and the JSON that this pod answers."""
        told = self.kubectl("exec", pod, "--", "python", "-c", _ASK, str(port), path, within=20)
        status, _, body = told.partition(" ")
        try:
            answer = json.loads(body)
        except ValueError:
            answer = {}
        return int(status), answer if isinstance(answer, dict) else {}

    def check(self) -> None:
        """Refuse to begin where nothing can be delivered."""
        try:
            self.kubectl("version", "--request-timeout=5s")
        except DeliveryError as error:
            raise DeliveryError(f"le cluster du contexte « {self.context} » ne répond pas ; {error}") from None
