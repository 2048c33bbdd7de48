"""`uv`: verbs, options, and the files and groups that they name."""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import Command, Word
from runbook.checking.commands.files import makes, must_be_file, must_exist
from runbook.checking.commands.options import read_options, verbs
from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model

EVERYWHERE = (
    "-q,--quiet -qq -v,--verbose --color= --no-progress --offline --directory= --project= --config-file= --no-config -n,--no-cache --cache-dir= "
    "--native-tls --allow-insecure-host= --managed-python --no-managed-python --no-python-downloads -h,--help -V,--version"
)
INDEXES = (
    "--index= --default-index= -i,--index-url= --extra-index-url= -f,--find-links= --no-index --index-strategy= --keyring-provider= --resolution= --prerelease= --pre "
    "--fork-strategy= -C,--config-setting= --no-build-isolation --no-build-isolation-package= --exclude-newer= --link-mode= --no-sources --refresh --refresh-package= "
    "-U,--upgrade -P,--upgrade-package= --no-build --no-build-package= --no-binary= --only-binary= -p,--python= --python-version= --python-platform= --torch-backend="
)
CHOICE = "--extra= --all-extras --group= -c,--constraint,--constraints= --override,--overrides= -b,--build-constraint,--build-constraints= --no-deps --require-hashes --no-verify-hashes --strict"
PROJECT = "--extra= --all-extras --no-extra= --group= --no-group= --only-group= --all-groups --no-default-groups --dev --no-dev --only-dev --locked --frozen --no-editable --package= --all-packages --active"
VERBS = verbs(f"""
pip compile: {INDEXES} {CHOICE} -o,--output-file= --format= --universal --no-strip-extras --no-strip-markers --no-annotate --annotation-style= --no-header --custom-compile-command= --generate-hashes --emit-index-url --no-emit-index-url --emit-find-links --no-emit-find-links --emit-build-options --emit-index-annotation --no-emit-package= --system
pip install: {INDEXES} {CHOICE} -r,--requirement,--requirements= -e,--editable= --system --break-system-packages --target= --prefix= --reinstall --reinstall-package= --exact --compile-bytecode --user --dry-run
pip sync: {INDEXES} -c,--constraint,--constraints= -b,--build-constraint,--build-constraints= --require-hashes --no-verify-hashes --strict --reinstall --system --break-system-packages --target= --prefix= --allow-empty-requirements --compile-bytecode --dry-run
pip uninstall: -r,--requirement,--requirements= -p,--python= --system --break-system-packages --target= --prefix= --dry-run
pip list|pip freeze|pip tree|pip check|pip show: -e,--editable --exclude= --exclude-editable --format= --outdated --strict -p,--python= --system -f,--files --depth= --invert
sync: {INDEXES} {PROJECT} --inexact --no-install-project --check --dry-run --reinstall
lock: {INDEXES} --check --locked --frozen --dry-run
run: {INDEXES} {PROJECT} --with= --with-requirements= --with-editable= -m,--module -s,--script --isolated --env-file= --no-env-file --no-project --no-sync --exact
add|remove: {INDEXES} {PROJECT} --optional= -r,--requirements= -c,--constraints= --editable --raw --bounds= --no-sync --script=
export: {INDEXES} {PROJECT} --format= -o,--output-file= --no-hashes --no-annotate --no-header --no-emit-project
venv: -p,--python= --system-site-packages --seed -c,--clear --allow-existing --prompt= --relocatable --no-project --index-url= --link-mode=
python install|python list|python find|python pin: --reinstall --force --all-versions --only-installed --default --global
tool install|tool run: {INDEXES} --with= --from= --force --isolated
cache clean|cache prune|cache dir|self update|self version|version|build|init|tree: --force --ci --dry-run --short --bump= --wheel --sdist -o,--out-dir= --app --lib --name= --depth= --outdated
""")
GROUPS = frozenset(verb.partition(" ")[0] for verb in VERBS if " " in verb)
RUNS = ("run", "tool run")


def uv(command: Command, situation: Situation) -> Iterator[Finding]:
    """Verb and options; requirement files exist, and `pyproject.toml` has the dependency groups."""
    outer = read_options(command, command.arguments, EVERYWHERE, "uv", until_operand=True)
    yield from outer.findings
    count = 2 if outer.operands and outer.operands[0].text in GROUPS else 1
    verb = " ".join(word.text for word in outer.operands[:count])
    if not outer.operands or not all(word.known for word in outer.operands[:count]):
        return
    if verb not in VERBS:
        yield finding(command, "python", f"verbe « uv {verb} » inconnu", nearest(verb, VERBS), outer.operands[0])
        return
    others = {f"uv {name}": text for name, text in VERBS.items()}
    usage = read_options(
        command,
        outer.operands[count:],
        f"{VERBS[verb]} {EVERYWHERE}",
        f"uv {verb}",
        until_operand=verb in RUNS,
        elsewhere=others,
    )
    yield from usage.findings
    files = usage.values(
        "--requirement",
        "--requirements",
        "--constraint",
        "--constraints",
        "--override",
        "--overrides",
        "--build-constraints",
    )
    for word in [*files, *(usage.operands if verb in ("pip compile", "pip sync") else ())]:
        if word.known:
            yield from must_be_file(command, word, situation)
    for word in usage.values("--editable") if verb == "pip install" else ():
        yield from must_exist(command, word, situation, word.text.split("[")[0])
    yield from _groups(command, usage.values("--group", "--only-group", "--no-group"), situation.model)
    for word in usage.values("--output-file"):
        makes(word.text, situation)


def _groups(command: Command, words: list[Word], model: Model) -> Iterator[Finding]:
    groups = model.project.get("dependency-groups", {})
    for word in words:
        if groups and word.known and ":" not in word.text and word.text not in groups:
            yield finding(
                command,
                "python",
                f"groupe de dépendances « {word.text} » absent de pyproject.toml",
                nearest(word.text, groups),
                word,
            )


RESOLVERS: dict[str, Rule] = {"uv": uv}
