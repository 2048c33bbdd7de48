"""What nobody would see change in a manifest: a name, or a label, of which nothing speaks."""

import re
from collections.abc import Callable, Sequence

from runbook.reading.content import PageBlocks
from runbook.repository.model import Repository

Unseen = Callable[[str, tuple[str, ...], str], str]  # kind of the object, keys and value of a scalar → why, or nothing
BY_KUBERNETES = "pod-security.kubernetes.io/"  # labels that it reads itself
SELECTORS = {"Namespace": ("namespaceSelector",), "Pod": ("selector", "podSelector", "labelSelector")}


def unseen(read: Sequence[PageBlocks], repository: Repository) -> Unseen:
    """Says why nobody would see a scalar of an object change: no command, selector or other object speaks of it."""
    commands = "\n".join(block.code for page in read for block in page.blocks)
    manifests = [repository.text(path) for path in sorted({item.path for item in repository.objects})]
    spoken = "\n".join([*manifests, *(page.page.markdown for page in read)])
    below = [(keys[-1], str(told)) for item in repository.objects for keys, told in item.below() if keys]
    selectors = {kind: [told for key, told in below if key in words] for kind, words in SELECTORS.items()}

    def why(kind: str, keys: tuple[str, ...], value: str) -> str:
        key, named = re.escape(keys[-1]), re.escape(value)
        if keys == ("metadata", "name"):
            alone = len(re.findall(rf"(?<![\w-]){named}(?![\w-])", spoken)) == 1
            return "rien d'autre ne nomme cet objet" if alone else ""
        if keys[-2:-1] != ("labels",) or keys[-1].startswith(BY_KUBERNETES):
            return ""
        pods = kind == "Pod" or len(keys) > len(("metadata", "labels", key))
        asked = rf"{key}(=+{named}(?![\w.-])| in \([^)]*\b{named}\b|(?![\w.=:-]| in \())"
        chosen = any(keys[-1] in told and f"'{value}'" in told for told in selectors.get("Pod" if pods else kind, ()))
        # a command's variable may hold any value; Prometheus copies the labels of pods under other names
        free = pods and (re.search(rf"{key}=+[^a-z]", commands) or re.sub("[^a-z]", "_", keys[-1]) in spoken)
        seen = chosen or free or re.search(asked, commands)
        return "" if seen else f"aucun sélecteur, aucune commande ne choisit {keys[-1]}={value}"

    return why
