"""`python` and what it runs as modules: `pip`, `gunicorn`, `pytest`, `mkdocs`, `venv`, `http.server`."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import replace

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.files import makes, must_be_file, must_exist
from runbook.checking.commands.options import read_options, verbs
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

PYTHON = "-u -V,--version -VV -h,--help -O -OO -B -I -E -s -S -v -q -x -b -W= -X= -i"
PIP = verbs("""
install: -r,--requirement= -c,--constraint= -e,--editable= -U,--upgrade -q,--quiet -qq --require-hashes --no-deps --only-binary= --no-binary= --user -t,--target= --no-cache-dir --no-input --dry-run --no-build-isolation --no-index --find-links= --pre --force-reinstall --disable-pip-version-check --group= --prefix=
uninstall: -y,--yes -r,--requirement= -q,--quiet
list|freeze: --outdated -o --format= --user --local -l --all --exclude= -q,--quiet --not-required
show: -f,--files -q,--quiet
check: -q,--quiet
download|wheel: -r,--requirement= -d,--dest= -w,--wheel-dir= --no-deps --require-hashes -q,--quiet
cache|config|debug|index|hash|inspect: -q,--quiet
""")
MKDOCS = verbs("""
build: -c,--clean --dirty -f,--config-file= -s,--strict --no-strict -t,--theme= --use-directory-urls --no-directory-urls -d,--site-dir= -q,--quiet -v,--verbose
serve: -a,--dev-addr= -o,--open --no-livereload --livereload --dirty -c,--clean -w,--watch= --watch-theme -f,--config-file= -s,--strict -q,--quiet -v,--verbose
get-deps: -v,--verbose -f,--config-file= -p,--projects-file=
gh-deploy: -c,--clean -m,--message= -b,--remote-branch= -r,--remote-name= --force --no-history -f,--config-file= -s,--strict -d,--site-dir= -q,--quiet
new: -q,--quiet -v,--verbose
""")
GUNICORN = (
    "-c,--config= -b,--bind= -w,--workers= -k,--worker-class= --threads= --worker-connections= --max-requests= --max-requests-jitter= -t,--timeout= "
    "--graceful-timeout= --keep-alive= --reload --reload-engine= --check-config --print-config --preload --chdir= -D,--daemon -e,--env= -p,--pid= "
    "--worker-tmp-dir= -u,--user= -g,--group= -m,--umask= --access-logfile= --access-logformat= --error-logfile=,--log-file= --log-level= "
    "--capture-output -n,--name= --pythonpath= --control-socket= --no-control-socket --forwarded-allow-ips= --backlog= -v,--version -h,--help"
)
PYTEST = (
    "-q,--quiet -v,--verbose -vv -x,--exitfirst -k= -m= -s --lf,--last-failed --ff,--failed-first --maxfail= --tb= -r= -p= -n,--numprocesses= --durations= "
    "--collect-only,--co --junitxml,--junit-xml= -c= --rootdir= -o= --pdb --sw,--stepwise --ignore= --deselect= -W= --no-header --timeout= --import-mode= -h,--help --version"
)


def python(command: Command, situation: Situation) -> Iterator[Finding]:
    """`-m` a module that exists, `-c` code that compiles, or a file that exists."""
    words = command.arguments
    split = next(
        (index for index, word in enumerate(words) if word.text in ("-m", "-c") or not word.text.startswith("-")),
        len(words),
    )
    yield from read_options(command, words[:split], PYTHON, "python").findings
    rest = words[split:]
    if not rest:
        if not words and not command.piped and command.stdin is None:
            yield finding(
                command, "empty_input", "python sans programme lit une entrée vide", "ajouter -m, -c ou un fichier"
            )
    elif rest[0].text in ("-m", "-c") and len(rest) == 1:
        yield finding(
            command, "options", f"« {rest[0].text} » de « python » sans valeur", "écrire sa valeur après elle", rest[0]
        )
    elif rest[0].text == "-c":
        yield from _code(command, rest[1])
    elif rest[0].text == "-m":
        yield from _module(command, rest[1:], situation)
    elif rest[0].text != "-":
        yield from must_be_file(command, rest[0], situation)


def _code(command: Command, word: Word) -> Iterator[Finding]:
    if not word.known:
        return
    try:
        ast.parse(word.text)
    except SyntaxError as error:
        yield finding(command, "python", f"code Python faux : {error.msg}", "corriger le texte après -c", word)


def _module(command: Command, words: tuple[Word, ...], situation: Situation) -> Iterator[Finding]:
    name = words[0]
    inner = replace(command, words=words)
    if name.text in MODULES:
        yield from MODULES[name.text](inner, situation)
    elif name.known and not _importable(name.text, situation.model):
        yield finding(
            command,
            "python",
            f"module « {name.text} » introuvable",
            "corriger son nom, ou l'ajouter aux dépendances",
            name,
        )


def _importable(module: str, model: Model) -> bool:
    """Whether Python finds the module, installed or under a folder of the repository."""
    path = module.replace(".", "/")
    if any(
        file == f"{path}.py" or file.endswith((f"/{path}.py", f"/{path}/__main__.py", f"/{path}/__init__.py"))
        for file in model.files
    ):
        return True
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def pip(command: Command, situation: Situation) -> Iterator[Finding]:
    """Verb and options; requirement files and editable folders exist."""
    outer = read_options(
        command,
        command.arguments,
        "--disable-pip-version-check -q,--quiet -qq -V,--version -h,--help --no-input",
        "pip",
        until_operand=True,
    )
    yield from outer.findings
    verb = outer.operands[0] if outer.operands else None
    if verb is None or verb.text not in PIP:
        if verb is not None and verb.known:
            yield finding(command, "python", f"verbe « pip {verb.text} » inconnu", nearest(verb.text, PIP), verb)
        return
    usage = read_options(command, outer.operands[1:], f"{PIP[verb.text]} -h,--help", f"pip {verb.text}")
    yield from usage.findings
    for word in usage.values("--requirement", "--constraint"):
        yield from must_be_file(command, word, situation)
    for word in usage.values("--editable"):
        yield from must_exist(command, word, situation, word.text.split("[")[0])


def gunicorn(command: Command, situation: Situation) -> Iterator[Finding]:
    """The application is one of the repository's; its ports answer from here on."""
    usage = read_options(command, command.arguments, GUNICORN, "gunicorn")
    yield from usage.findings
    for word in usage.values("--config"):
        yield from must_be_file(command, word, situation, word.text.removeprefix("file:"))
    for word in usage.values("--chdir"):
        yield from must_exist(command, word, situation)
    if usage.has("--version", "--help"):
        return
    factories = {source.factory: name for name, source in situation.model.settings.model.applications.items()}
    for word in usage.operands[:1]:
        application = factories.get(re.sub(r"\(.*\)$", "", word.text))
        if application is None and word.known:
            yield finding(
                command,
                "python",
                f"application « {word.text} » inconnue",
                nearest(word.text, [f"{name}()" for name in factories]),
                word,
            )
        elif application is not None:
            bound = [int(port) for bind in usage.values("--bind") for port in re.findall(r":(\d+)$", bind.text)]
            situation.ports.update(dict.fromkeys(bound or situation.model.applications[application].ports, application))
    if not usage.operands and not usage.values("--config"):
        yield finding(command, "python", "gunicorn sans application", nearest("", [f"{name}()" for name in factories]))
    if (
        not command.block.background
        and not command.block.not_run
        and not usage.has("--check-config", "--print-config", "--daemon")
    ):
        yield finding(command, "blocking", "gunicorn occupe le terminal", "data-arriere-plan au bloc")


def pytest(command: Command, situation: Situation) -> Iterator[Finding]:
    """Options, then paths, each before its `::`."""
    usage = read_options(command, command.arguments, PYTEST, "pytest")
    yield from usage.findings
    for word in usage.operands:
        yield from must_exist(command, word, situation, word.text.split("::")[0])


def mkdocs(command: Command, situation: Situation) -> Iterator[Finding]:
    """Verb, options, configuration file; `build` makes the site, `serve` does not end."""
    words = command.arguments
    verb = words[0].text if words else ""
    if verb in ("--version", "-V", "--help", "-h"):
        return
    if verb not in MKDOCS:
        if UNKNOWN not in verb:
            yield finding(command, "python", f"verbe « mkdocs {verb} » inconnu", nearest(verb, MKDOCS))
        return
    usage = read_options(
        command,
        words[1:],
        f"{MKDOCS[verb]} -h,--help",
        f"mkdocs {verb}",
        elsewhere={f"mkdocs {name}": text for name, text in MKDOCS.items()},
    )
    yield from usage.findings
    for word in usage.values("--config-file"):
        yield from must_be_file(command, word, situation)
    if verb == "build":
        makes(next((word.text for word in usage.values("--site-dir")), "site"), situation, tree=True)
    elif verb == "serve":
        address = next((word.text for word in usage.values("--dev-addr")), "127.0.0.1:8000")
        if address.rpartition(":")[2].isdecimal():
            situation.ports[int(address.rpartition(":")[2])] = None
        if not command.block.background and not command.block.not_run:
            yield finding(command, "blocking", "mkdocs serve occupe le terminal", "data-arriere-plan au bloc")


def venv(command: Command, situation: Situation) -> Iterator[Finding]:
    """Makes an environment."""
    usage = read_options(
        command,
        command.arguments,
        "--system-site-packages --symlinks --copies --clear --upgrade --without-pip --prompt= --upgrade-deps -h,--help",
        "venv",
    )
    yield from usage.findings
    for word in usage.operands:
        makes(word.text, situation, tree=True)


def http_server(command: Command, situation: Situation) -> Iterator[Finding]:
    """Serves a folder that exists, on a port that answers from here on."""
    usage = read_options(
        command, command.arguments, "--cgi -b,--bind= -d,--directory= -p,--protocol= -h,--help", "http.server"
    )
    yield from usage.findings
    for word in usage.values("--directory"):
        yield from must_exist(command, word, situation)
    port = usage.operands[0].text if usage.operands else "8000"
    if port.isdecimal():
        situation.ports[int(port)] = None
    if not command.block.background and not command.block.not_run:
        yield finding(command, "blocking", "http.server occupe le terminal", "data-arriere-plan au bloc")


MODULES: dict[str, Rule] = {
    "pip": pip,
    "gunicorn": gunicorn,
    "pytest": pytest,
    "mkdocs": mkdocs,
    "venv": venv,
    "http.server": http_server,
}
RESOLVERS: dict[str, Rule] = {
    **dict.fromkeys(("python", "python3", "python3.11", "python3.12", "python3.13"), python),
    **dict.fromkeys(("pip", "pip3"), pip),
    "gunicorn": gunicorn,
    "mkdocs": mkdocs,
    "pytest": pytest,
}
