"""One kubectl command read: its verb, its options, its operands, the namespace that it looks at."""

import re
from dataclasses import dataclass
from functools import cache

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.kubectl import tables as kubectl_tables
from runbook.checking.commands.options import Usage, grammar, read_options
from runbook.checking.finding import Finding, nearest

ALIASES = {"top pods": "top pod", "top po": "top pod", "top nodes": "top node", "top no": "top node"}
SHORTER = {
    "ns": "namespace", "cm": "configmap", "deploy": "deployment", "svc": "service", "sa": "serviceaccount", "ing": "ingress",
    "pdb": "poddisruptionbudget", "cj": "cronjob", "pc": "priorityclass", "resourcequota": "quota",
}  # fmt: skip

# In the background, or under `timeout`.
ENDED = re.compile(r"(?<![&>|])&(?![&>\d])|\btimeout\b")


@dataclass(frozen=True, slots=True)
class Call:
    """A kubectl command; `verb` holds all its words (`rollout status`), `inner` what follows `--`, None without it."""

    command: Command
    situation: Situation
    verb: str
    word: Word
    usage: Usage
    inner: tuple[Word, ...] | None

    @property
    def operands(self) -> tuple[Word, ...]:
        return self.usage.operands

    @property
    def asked_namespace(self) -> Word | None:
        """The value of its last `-n`."""
        return next(reversed(self.usage.values("--namespace")), None)

    @property
    def namespace(self) -> str:
        """The namespace that it looks at."""
        asked = self.asked_namespace
        return asked.text if asked else self.situation.cluster.namespace

    @property
    def everywhere(self) -> bool:
        return self.usage.has("--all-namespaces")

    @property
    def dry(self) -> bool:
        """Whether it changes nothing: `--dry-run`, `--local`."""
        return any(word.text != "none" for word in self.usage.values("--dry-run")) or self.usage.has("--local")

    @property
    def must_succeed(self) -> bool:
        """Whether the page runs it and expects it to succeed."""
        block = self.command.block
        return block.exit_status == 0 and not block.not_run

    @property
    def bounded(self) -> bool:
        """Whether the page itself sees to the end of a command that has none."""
        code = self.command.block.code
        return bool(self.command.block.background or self.command.block.not_run or ENDED.search(code))

    def finding(self, rule: str, cause: str, remedy: str, word: Word | None = None) -> Finding:
        return finding(self.command, rule, cause, remedy, word)


def read_call(command: Command, situation: Situation) -> tuple[Call | None, list[Finding]]:
    """The command read by the grammar of its verb; None where the verb itself is wrong or not known."""
    words = list(command.arguments)
    end = next((index for index, word in enumerate(words) if word.text == "--"), len(words))
    inner = tuple(words[end + 1 :]) if end < len(words) else None
    words = words[:end]
    positions = list(_operands(words))
    if not positions:
        return None, [] if words else [
            finding(command, "kubectl_verb", "« kubectl » sans verbe", "écrire get, describe, apply…")
        ]
    first = words[positions[0]]
    verb = first.text
    if UNKNOWN in verb or verb in ("help", "options"):
        return None, []
    if verb not in kubectl_tables.verbs():
        return None, [
            finding(
                command,
                "kubectl_verb",
                f"verbe « {verb} » inconnu de kubectl",
                nearest(verb, kubectl_tables.verbs()),
                first,
            )
        ]
    used = 1
    for position in positions[1:]:
        below = kubectl_tables.verbs_below(verb)
        text = words[position].text
        longer = ALIASES.get(f"{verb} {text}") or f"{verb} {SHORTER.get(text, text) if verb == 'create' else text}"
        if longer not in kubectl_tables.options():
            if below and UNKNOWN not in text and not (_alone(verb) and (verb != "create" or _from_files(words))):
                return None, [
                    finding(
                        command,
                        "kubectl_verb",
                        f"« kubectl {verb} {text} » n'existe pas",
                        nearest(text, below),
                        words[position],
                    )
                ]
            break
        verb, used = longer, used + 1
    if kubectl_tables.verbs_below(verb) and used == len(positions) and not _alone(verb):
        known = ", ".join(sorted(kubectl_tables.verbs_below(verb)))
        return None, [
            finding(
                command, "kubectl_verb", f"« kubectl {verb} » est incomplet", f"le faire suivre de : {known}", first
            )
        ]
    skipped = set(positions[:used])
    usage = read_options(
        command,
        tuple(word for index, word in enumerate(words) if index not in skipped),
        kubectl_tables.options()[verb],
        f"kubectl {verb}",
        elsewhere=_prefixed(),
    )
    return Call(command, situation, verb, first, usage, inner), list(usage.findings)


def _alone(verb: str) -> bool:
    """Whether a verb that has longer ones below it also stands on its own."""
    return verb in ("apply", "create", "cluster-info") or not kubectl_tables.verbs_below(verb)


def _from_files(words: list[Word]) -> bool:
    return any(word.text.startswith(("-f", "-k", "--filename", "--kustomize", "--raw")) for word in words)


@cache
def _prefixed() -> dict[str, str]:
    return {f"kubectl {verb}": text for verb, text in kubectl_tables.options().items()}


def _operands(words: list[Word]) -> list[int]:
    """Where the words are that are neither options nor their values, as far as any verb's options tell."""
    known = grammar(kubectl_tables.common_options())
    places, skip = [], False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word.text.startswith("-") and word.text != "-":
            skip = known.names.get(word.text) in known.valued
        else:
            places.append(index)
    return places
