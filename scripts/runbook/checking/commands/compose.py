"""`docker compose`: options of each verb, services that the Compose file has, commands that would block."""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.commands.durations import time_to_build
from runbook.checking.commands.files import must_be_file, must_exist
from runbook.checking.commands.options import Usage, read_options, verbs
from runbook.checking.finding import Finding, nearest

GLOBAL = """
--ansi= --compatibility --dry-run --env-file= -f,--file= --parallel= --profile= --progress= --project-directory=
-p,--project-name= --verbose -v,--version -h,--help
"""
VERBS = verbs("""
attach: --detach-keys= --index= --no-stdin --sig-proxy
build: --build-arg= --builder= --dry-run -m,--memory= --no-cache --pull --push -q,--quiet --ssh= --with-dependencies --progress=
config: --dry-run --environment --format= --hash= --images --no-consistency --no-interpolate --no-normalize --no-path-resolution -o,--output= --profiles -q,--quiet --resolve-image-digests --services --variables --volumes
cp: -a,--archive --dry-run -L,--follow-link --index=
create: --build --dry-run --force-recreate --no-build --no-recreate --pull= --quiet-pull --remove-orphans --scale=
down: --dry-run --remove-orphans --rmi= -t,--timeout= -v,--volumes
events: --dry-run --json
exec: -d,--detach --dry-run -e,--env= --index= -T,--no-TTY --privileged -u,--user= -w,--workdir=
images: --dry-run --format= -q,--quiet
kill: --dry-run --remove-orphans -s,--signal=
logs: --dry-run -f,--follow --index= --no-color --no-log-prefix --since= -n,--tail= -t,--timestamps --until=
ls: -a,--all --dry-run --filter= --format= -q,--quiet
pause|unpause|start|top: --dry-run
port: --dry-run --index= --protocol=
ps: -a,--all --dry-run --filter= --format= --no-trunc --orphans -q,--quiet --services --status=
pull: --dry-run --ignore-buildable --ignore-pull-failures --include-deps --policy= -q,--quiet
push: --dry-run --ignore-push-failures --include-deps -q,--quiet
restart: --dry-run --no-deps -t,--timeout=
rm: --dry-run -f,--force -s,--stop -v,--volumes
run: --build --cap-add= --cap-drop= -d,--detach --dry-run --entrypoint= -e,--env= -i,--interactive -l,--label= --name= -T,--no-TTY --no-deps -p,--publish= --pull= --quiet-pull --remove-orphans --rm -P,--service-ports --use-aliases -u,--user= -v,--volume= -w,--workdir=
scale: --dry-run --no-deps
stats: -a,--all --dry-run --format= --no-stream --no-trunc
stop: --dry-run -t,--timeout=
up: --abort-on-container-exit --always-recreate-deps --attach= --attach-dependencies --build -d,--detach --dry-run --exit-code-from= --force-recreate --no-attach= --no-build --no-color --no-deps --no-log-prefix --no-recreate --no-start --pull= --quiet-pull --remove-orphans -V,--renew-anon-volumes --scale= -t,--timeout= --timestamps --wait --wait-timeout= -w,--watch
version: --dry-run -f,--format= --short
wait: --down-project --dry-run
watch: --dry-run --no-up --quiet
""")
PROGRAM = "docker compose"
ELSEWHERE = {f"{PROGRAM} {verb}": options for verb, options in VERBS.items()}
ONE_SERVICE = ("exec", "run", "port", "attach")  # the first operand is a service, what follows is not
NO_SERVICE = ("version", "ls", "cp")
CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "ps": {"--status": ("paused", "restarting", "removing", "running", "dead", "created", "exited")},
    "up": {"--pull": ("always", "missing", "never", "policy")},
    "down": {"--rmi": ("all", "local")},
}


def compose(command: Command, words: tuple[Word, ...], situation: Situation) -> Iterator[Finding]:
    """`words` are those after `docker compose`."""
    outer = read_options(command, words, GLOBAL, PROGRAM, until_operand=True, elsewhere=ELSEWHERE)
    yield from outer.findings
    for word in outer.values("--file", "--env-file"):
        yield from must_be_file(command, word, situation)
    for word in outer.values("--project-directory"):
        yield from must_exist(command, word, situation)
    if not outer.operands:
        if not outer.findings and not outer.has("--version", "--help"):
            yield finding(command, "compose", "docker compose sans verbe", nearest("", VERBS))
        return
    verb, *rest = outer.operands
    options = VERBS.get(verb.text)
    if options is None:
        if verb.known:
            yield finding(
                command, "compose", f"verbe « docker compose {verb.text} » inconnu", nearest(verb.text, VERBS), verb
            )
        return
    usage = read_options(
        command,
        tuple(rest),
        f"-h,--help {options}",
        f"{PROGRAM} {verb.text}",
        until_operand=verb.text in ONE_SERVICE,
        elsewhere=ELSEWHERE,
    )
    yield from usage.findings
    if not outer.values("--file"):  # another file has services of its own
        yield from _services(command, verb, usage, situation)
    yield from _blocking(command, verb, usage)
    yield from _values(command, verb, usage, situation)


def _services(command: Command, verb: Word, usage: Usage, situation: Situation) -> Iterator[Finding]:
    if verb.text in NO_SERVICE:
        return
    named = list(usage.operands[:1] if verb.text in ONE_SERVICE else usage.operands)
    if verb.text in ONE_SERVICE and not named:
        yield finding(
            command, "compose", f"docker compose {verb.text} sans service", nearest("", situation.model.services), verb
        )
    if verb.text == "exec" and len(usage.operands) == 1:
        yield finding(
            command, "compose", "docker compose exec sans commande", "écrire la commande après le service", verb
        )
    if verb.text == "port" and len(usage.operands) == 2:
        yield from _port(command, usage.operands[0], usage.operands[1], situation)
    named += usage.values("--attach", "--no-attach", "--exit-code-from")
    scaled = [*usage.values("--scale"), *(named if verb.text == "scale" else [])]
    for word in [word for word in named if verb.text != "scale"] + scaled:
        service = word.text.split("=")[0]
        if word.known and service not in situation.model.services:
            file = situation.model.settings.model.compose
            yield finding(
                command,
                "compose",
                f"service « {service} » absent de {file}",
                nearest(service, situation.model.services),
                word,
            )


def _port(command: Command, service: Word, port: Word, situation: Situation) -> Iterator[Finding]:
    ports = situation.model.services.get(service.text, {}).get("ports") or []
    inner = [str(item.get("target")) if isinstance(item, dict) else str(item).rpartition(":")[2] for item in ports]
    if port.known and port.text not in inner:
        yield finding(
            command, "compose", f"« {service.text} » ne publie pas le port {port.text}", nearest(port.text, inner), port
        )


def _blocking(command: Command, verb: Word, usage: Usage) -> Iterator[Finding]:
    block = command.block
    if block.background or block.not_run:
        return
    remedy = "ajouter -d --wait, ou data-arriere-plan au bloc"
    if verb.text == "up" and not usage.has(
        "--detach", "--wait", "--no-start", "--dry-run", "--abort-on-container-exit", "--exit-code-from"
    ):
        yield finding(command, "blocking", "docker compose up occupe le terminal", remedy, verb)
    elif (
        (verb.text == "logs" and usage.has("--follow"))
        or verb.text in ("events", "watch", "attach")
        or (verb.text == "stats" and not usage.has("--no-stream"))
    ):
        yield finding(
            command,
            "blocking",
            f"docker compose {verb.text} ne finit pas",
            "retirer ce qui suit sans fin, ou data-arriere-plan au bloc",
            verb,
        )


def _values(command: Command, verb: Word, usage: Usage, situation: Situation) -> Iterator[Finding]:
    if verb.text == "exec" and not usage.has("--no-TTY") and not command.block.not_run:
        yield finding(
            command, "compose", "docker compose exec demande un terminal, absent d'un script", "ajouter -T", verb
        )
    for option, values in CHOICES.get(verb.text, {}).items():
        for word in usage.values(option):
            if word.known and word.text not in values:
                yield finding(command, "compose", f"« {option} {word.text} » inconnu", nearest(word.text, values), word)
    for word in usage.values("--timeout", "--wait-timeout"):
        if word.known and not word.text.isdecimal():
            yield finding(
                command, "compose", f"« {word.text} » n'est pas un nombre de secondes", "écrire un entier", word
            )
    for word in usage.values("--tail"):
        if word.known and word.text != "all" and not word.text.isdecimal():
            yield finding(
                command,
                "compose",
                f"« {word.text} » n'est pas un nombre de lignes",
                "écrire un entier, ou « all »",
                word,
            )
    if verb.text == "build" or usage.has("--build"):
        yield from time_to_build(command, verb, situation)
    if verb.text == "cp":
        yield from _copied(command, usage.operands, situation)


def _copied(command: Command, operands: tuple[Word, ...], situation: Situation) -> Iterator[Finding]:
    for word in operands:
        service, separator, _ = word.text.partition(":")
        if separator and service not in situation.model.services:
            yield finding(
                command, "compose", f"service « {service} » inconnu", nearest(service, situation.model.services), word
            )
    for word in operands[:1]:
        if ":" not in word.text and word.text != "-":
            yield from must_exist(command, word, situation)
