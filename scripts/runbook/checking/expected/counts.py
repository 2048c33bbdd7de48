"""Is the number that a page shows after counting pods the number of replicas that the manifests ask for?"""

from collections.abc import Iterator

from runbook.checking.blocks.words import Command
from runbook.checking.expected.state import PageState, named_objects, operands_of, option_values, verb_of
from runbook.checking.finding import Finding
from runbook.checking.offered.objects import selects
from runbook.reading.content import Block

PODS = ("pod", "pods", "po")
COUNTING = (["grep", "-c", "."], ["wc", "-l"])


def given_back(commands: list[Command], state: PageState) -> Iterator[Finding]:
    """A page that put a workload to no replica gives it back as many as its manifest; `state` is that before these commands."""
    for command in commands:
        asked = [value for value in option_values(command, "--replicas") if value.isdecimal()]
        if command.name != "kubectl" or verb_of(command) != "scale" or len(asked) != 1:
            continue
        for item in state.model.objects:
            usual = int(item.at("spec", "replicas", default=1)) if item.kind == "Deployment" else 0
            if (
                (item.kind, item.name) in named_objects(command)
                and state.replicas.get(item.name) == 0
                and int(asked[0]) not in (0, usual)
            ):
                yield Finding(
                    command.path,
                    command.line,
                    f"« {item.name} » était à zéro, et revient à {asked[0]} réplica(s) : son manifeste en a {usual}",
                    f"écrire --replicas={usual}",
                    "expected_counts",
                )


def counts(block: Block, commands: list[Command], state: PageState) -> Iterator[Finding]:
    """`kubectl get pods -l … | grep -c .` where every workload that the selector takes is at rest."""
    if block.expected is None or not block.expected.text.strip().isdecimal() or len(commands) != 2:
        return
    asked, counting = commands
    lines = option_values(asked, "-o", "--output")
    one_a_pod = len(lines) == 1 and (
        lines[0] == "name"
        or (lines[0].startswith("jsonpath={range .items[*]}") and lines[0].endswith(('{"\\n"}{end}', "{'\\n'}{end}")))
    )
    if (
        asked.name != "kubectl"
        or verb_of(asked) != "get"
        or operands_of(asked)[1:] not in [[kind] for kind in PODS]
        or not one_a_pod
    ):
        return
    selectors = option_values(asked, "-l", "--selector")
    if [word.text for word in counting.words] not in COUNTING or len(selectors) != 1:
        return
    taken = [
        item
        for item in state.model.objects
        if item.pod_template
        and selects(selectors[0], item.pod_template.get("metadata", {}).get("labels") or item.labels)
    ]
    if not taken or any(item.kind not in ("Deployment", "Pod") or item.name in state.unsettled for item in taken):
        return
    count = sum(state.wanted(item) for item in taken)
    if int(block.expected.text) != count:
        names = ", ".join(f"« {item.name} »" for item in taken)
        yield Finding(
            block.page,
            block.expected.line,
            f"résultat attendu : {block.expected.text.strip()} pod(s), et {names} en demandent {count}",
            f"écrire {count}",
            "expected_counts",
        )
