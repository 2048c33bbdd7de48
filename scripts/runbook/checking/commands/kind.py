"""`kind`: verbs, options, the configuration file of a cluster, the images that it loads."""

import re
from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import Command
from runbook.checking.commands.files import must_be_file
from runbook.checking.commands.images import image_exists
from runbook.checking.commands.options import Usage, read_options, verbs
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.images import built_images

VERBS = verbs("""
build node-image: --arch= --base-image= --image= --type=
completion bash|completion fish|completion zsh|version|get clusters:
create cluster: --config= --image= --kubeconfig= -n,--name= --retain --wait=
delete cluster: --kubeconfig= -n,--name=
delete clusters: -A,--all --kubeconfig=
export kubeconfig: --internal --kubeconfig= -n,--name=
export logs: -n,--name=
get kubeconfig: --internal -n,--name=
get nodes: -A,--all-clusters -n,--name=
load docker-image|load image-archive: -n,--name= --nodes=
""")
INVERTED = re.compile(r"(^|[;&|]\s*)!\s|\bgrep\s+(?:-\w+\s+)*(?:-\w*v|--invert-match)")
GLOBAL = "-q,--quiet -v,--verbosity= -h,--help --version"
ELSEWHERE = {f"kind {verb}": options for verb, options in VERBS.items()}


def kind(command: Command, situation: Situation) -> Iterator[Finding]:
    """Verb, options, then what the verb works on."""
    words = command.arguments
    verb = " ".join(word.text for word in words[:2])
    verb, rest = (verb, words[2:]) if verb in VERBS else (words[0].text if words else "", words[1:])
    if verb not in VERBS:
        if verb not in ("--version", "--help", "-h"):
            name = " ".join(word.text for word in words[:2])
            yield finding(command, "kind", f"verbe « kind {name} » inconnu", nearest(name, VERBS))
        return
    condition = command.block.condition or ""
    if "current-context" in condition and ("kind" not in condition or INVERTED.search(condition)):
        yield finding(
            command,
            "kind",
            f"« {condition} » : la commande kind ne passerait que là où le cluster n'est pas de kind",
            "chercher un contexte kind-…",
        )
    usage = read_options(command, rest, f"{GLOBAL} {VERBS[verb]}", f"kind {verb}", elsewhere=ELSEWHERE)
    yield from usage.findings
    for word in usage.values("--config"):
        if word.text != "-":
            yield from must_be_file(command, word, situation)
    for word in usage.values("--wait"):
        if word.known and not re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h))+|0", word.text):
            yield finding(command, "kind", f"« {word.text} » n'est pas une durée", "écrire par exemple 120s", word)
    yield from _cluster(command, verb, usage, situation)
    if verb.startswith("load") and not usage.operands:
        yield finding(command, "kind", f"kind {verb} sans rien à charger", "écrire au moins une image")
    if verb == "load docker-image" and all(word.known for word in usage.operands):
        yield from _all_loaded(command, usage, situation)
    for word in usage.operands:
        if verb == "load docker-image":
            yield from image_exists(command, word, situation)
        elif verb == "load image-archive":
            yield from must_be_file(command, word, situation)


def _all_loaded(command: Command, usage: Usage, situation: Situation) -> Iterator[Finding]:
    """Each image that is built here and that the pods of the base run: the cluster cannot find it elsewhere."""
    base = situation.model.settings.model.base
    run = {
        str(spec.get("image"))
        for item in situation.model.objects
        if item.path.rpartition("/")[0] == base
        for spec in item.containers
    }
    named = {word.text for word in usage.operands}
    if named & run:
        for image in sorted((run & set(built_images(situation.model))) - named):
            if image not in command.block.code:
                yield finding(
                    command,
                    "kind",
                    f"« {image} » n'est pas chargée, et les pods l'attendent",
                    "la nommer aussi",
                    command.words[-1],
                )


def _cluster(command: Command, verb: str, usage: Usage, situation: Situation) -> Iterator[Finding]:
    """A cluster is named as a configuration file of the repository names it, or as the page did when it made it."""
    if verb == "create cluster":
        situation.clusters.update(word.text for word in usage.values("--name"))
        return
    configured = {str(item.at("name", default="")) for item in situation.model.of_kind("Cluster")}
    known = {"kind", *configured, *situation.clusters} - {""}
    for word in usage.values("--name"):
        if word.known and word.text not in known:
            yield finding(
                command, "kind", f"aucun cluster kind « {word.text} » n'est créé ici", nearest(word.text, known), word
            )


RESOLVERS: dict[str, Rule] = {"kind": kind}
