"""Does a kubectl command reach beyond what a runbook may touch, or wait for a person at a terminal?"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from runbook.checking.blocks.cluster import SYSTEM_NAMESPACES
from runbook.checking.blocks.words import UNKNOWN
from runbook.checking.commands.kubectl.call import Call
from runbook.checking.commands.kubectl.targets import read_targets
from runbook.checking.finding import Finding

RULE = "kubectl_safety"
READS_CONFIG = (
    "config view",
    "config current-context",
    "config get-contexts",
    "config get-clusters",
    "config get-users",
)
INTERACTIVE = ("edit", "attach", "apply edit-last-applied")


def check_safety(call: Call) -> Iterator[Finding]:
    """Nothing that changes the reader's configuration, other people's objects, or needs a terminal."""
    if call.verb in INTERACTIVE:
        yield call.finding(
            RULE,
            f"« kubectl {call.verb} » demande un terminal",
            "changer le fichier puis « kubectl apply », ou « kubectl patch »",
            call.word,
        )
    if call.usage.has("--tty"):
        yield call.finding(RULE, "-t demande un terminal", "retirer -t", call.word)
    yield from _context(call)
    if call.verb == "delete" and not call.dry:
        yield from _deletion(call)


def _context(call: Call) -> Iterator[Finding]:
    cluster = call.situation.cluster
    if call.verb == "config set-context" and call.usage.has("--current") and call.asked_namespace:
        cluster.namespace = call.namespace
    elif call.verb.startswith("config ") and call.verb not in READS_CONFIG:
        yield call.finding(
            RULE,
            f"« kubectl {call.verb} » change la configuration du lecteur",
            "le laisser choisir son contexte",
            call.word,
        )
    allowed = [
        pattern for target in call.situation.model.settings.targets.values() for pattern in target.contexts or []
    ]
    for word in call.usage.values("--context"):
        if UNKNOWN not in word.text and allowed and not any(fnmatchcase(word.text, pattern) for pattern in allowed):
            yield call.finding(
                RULE,
                f"contexte « {word.text} » hors de la liste permise",
                f"contextes permis : {', '.join(allowed)}",
                word,
            )


def _deletion(call: Call) -> Iterator[Finding]:
    for word in call.usage.values("--grace-period"):
        if call.usage.has("--force") and word.text.isdecimal() and int(word.text) > 0:
            yield call.finding(
                RULE,
                f"kubectl refuse --force avec --grace-period={word.text}",
                "écrire --grace-period=0, ou retirer --force",
                word,
            )
    if call.everywhere:
        yield call.finding(
            RULE, "suppression dans tous les espaces de noms", "nommer l'espace de noms par -n", call.word
        )
    elif call.usage.has("--all") and call.asked_namespace is None:
        yield call.finding(RULE, "« delete --all » sans espace de noms", "ajouter -n et l'espace de noms", call.word)
    targets, _ = read_targets(call, call.operands)
    for target in targets:
        if target.kind is None:
            continue
        if target.kind.name == "Namespace" and (target.name is None or target.name in SYSTEM_NAMESPACES):
            yield call.finding(
                RULE,
                f"suppression de « {target.name or 'tous les espaces de noms'} »",
                "ne supprimer que ce que ce dépôt a créé",
                target.word,
            )
        elif call.namespace in SYSTEM_NAMESPACES[1:] and target.kind.namespaced:
            yield call.finding(
                RULE, f"suppression dans « {call.namespace} »", "ne supprimer que ce que ce dépôt a créé", target.word
            )
        elif (
            not target.kind.namespaced
            and target.kind.name != "Namespace"
            and not any(call.situation.cluster.owners(target.kind.name, target.name))
        ):
            yield call.finding(
                RULE,
                f"suppression de « {target.word.text} », qui est à tout le cluster",
                "ne supprimer que ce que ce dépôt a créé",
                target.word,
            )
