"""`git`: verbs, options, paths of the repository; what would throw work away."""

from collections.abc import Iterator

from runbook.checking.blocks.situation import Rule, Situation, finding
from runbook.checking.blocks.words import UNKNOWN, Command, Word
from runbook.checking.commands.files import makes, must_exist, place
from runbook.checking.commands.options import Usage, read_options, verbs
from runbook.checking.finding import Finding, nearest

GLOBAL = "-C= -c= -P,--no-pager -p,--paginate --git-dir= --work-tree= --version -h,--help --bare --no-optional-locks --exec-path?"
VERBS = verbs("""
add: -A,--all -u,--update -p,--patch -n,--dry-run -f,--force -v,--verbose -N,--intent-to-add --chmod=
apply: --check --stat -R,--reverse --index --cached -p= --3way -v,--verbose
archive: --format= --prefix= -o,--output= --remote=
blame: -L= -w -C -M -e --line-porcelain
branch: -a,--all -r,--remotes -v,--verbose -vv -d,--delete -D -m,--move -M -f,--force -u,--set-upstream-to= --show-current --list --contains= --merged? --no-merged? --sort= --format=
cat-file: -t -s -e -p --batch
checkout: -b= -B= -f,--force -q,--quiet -t,--track --detach -p,--patch --ours --theirs --orphan=
cherry-pick: -x -n,--no-commit -e,--edit --abort --continue -m=
clean: -n,--dry-run -f,--force -d -x -X -q,--quiet -e,--exclude=
clone: --depth= -b,--branch= -q,--quiet --single-branch --recurse-submodules? -o,--origin= --bare --mirror --no-checkout --filter=
commit: -m,--message= -a,--all --amend --no-edit -q,--quiet -s,--signoff -v,--verbose --allow-empty --author= --date= -F,--file= --no-verify --dry-run --fixup=
config: --global --local --system --get --get-all --unset --add -l,--list --bool --type= --show-origin
describe: --tags --always --dirty? --long --abbrev= --match= --all --exact-match
diff: --stat? --name-only --name-status --cached,--staged -w --exit-code --quiet --color? --no-color -U= --word-diff? --diff-filter= -p --check --shortstat --numstat -M -R
fetch: --all --tags --prune -p -q,--quiet --depth= -v,--verbose --dry-run --unshallow
grep: -n,--line-number -i -l -w -E -F -e= -c -q -r -I -v
init: -q,--quiet -b,--initial-branch= --bare
log: --oneline -n,--max-count= --stat? --graph --all --decorate? --format= --pretty? --since= --until= --after= --before= --author= --grep= -p,--patch --follow --name-only --name-status --reverse --no-merges --merges --abbrev-commit --date= -1 -2 -3 -5 --no-color --first-parent -S= -G=
ls-files: -z -c,--cached -o,--others -m,--modified -d,--deleted -s,--stage --exclude-standard --error-unmatch -i,--ignored
ls-remote: --tags --heads -q,--quiet --exit-code
merge: --no-ff --ff-only --squash --abort --continue -m= --no-commit --no-edit
mv: -f,--force -n,--dry-run -k -v,--verbose
pull: --rebase? --ff-only --no-rebase -q,--quiet --tags --all --autostash
push: -u,--set-upstream --tags -f,--force --force-with-lease? -d,--delete -n,--dry-run -q,--quiet --all --follow-tags
rebase: -i,--interactive --onto= --abort --continue --skip --autostash
reflog: -n=
remote: -v,--verbose
reset: --hard --soft --mixed -q,--quiet --keep -p,--patch
restore: -S,--staged -W,--worktree -s,--source= -p,--patch -q,--quiet
rev-list: --count --max-count= -n= --all --since= --reverse --no-merges
rev-parse: --short? --verify -q,--quiet --abbrev-ref --show-toplevel --is-inside-work-tree --git-dir --symbolic-full-name --show-prefix
revert: --no-edit -e,--edit -n,--no-commit -m= --abort --continue
rm: --cached -r -f,--force -q,--quiet -n,--dry-run
shortlog: -s -n -e -c
show: --stat? --name-only --name-status --format= --pretty? -s,--no-patch -q,--quiet --oneline --no-color --abbrev-commit
show-ref: --tags --heads --hash? --verify -q,--quiet
stash: -u,--include-untracked -q,--quiet -m,--message= -k,--keep-index -p,--patch
status: -s,--short -b,--branch --porcelain? -u,--untracked-files? --ignored? -z --long -v
switch: -c,--create= -C= -d,--detach -f,--force --discard-changes -q,--quiet --orphan= -t,--track
tag: -a,--annotate -m,--message= -l,--list -d,--delete -f,--force -n? -s,--sign --sort= --contains= --points-at= --format= -v
worktree: -b= -f,--force --detach --porcelain
""")
ELSEWHERE = {f"git {verb}": options for verb, options in VERBS.items()}
PATHS = ("add", "rm", "ls-files", "mv", "restore")  # all operands are paths
THROWS_AWAY = {
    "reset": ("--hard",),
    "clean": ("--force",),
    "push": ("--force",),
    "checkout": ("--force",),
    "switch": ("--force", "--discard-changes"),
    "branch": ("-D",),
}


def git(command: Command, situation: Situation) -> Iterator[Finding]:
    """Global options, the verb, its options, then the paths."""
    outer = read_options(command, command.arguments, GLOBAL, "git", until_operand=True, elsewhere=ELSEWHERE)
    yield from outer.findings
    for word in outer.values("-C"):
        yield from must_exist(command, word, situation)
    if not outer.operands:
        if not outer.findings and not outer.has("--version", "--help"):
            yield finding(command, "git", "git sans verbe", "écrire ce que git doit faire")
        return
    verb, rest = outer.operands[0], outer.operands[1:]
    options = VERBS.get(verb.text)
    if options is None:
        if verb.known:
            yield finding(command, "git", f"verbe « git {verb.text} » inconnu", nearest(verb.text, VERBS), verb)
        return
    words, paths = _split(rest)
    usage = read_options(command, words, f"-h,--help {options}", f"git {verb.text}", elsewhere=ELSEWHERE)
    yield from usage.findings
    if not outer.values("-C"):
        named = usage.operands if verb.text in PATHS else ()
        for word in [*named, *paths]:
            if not word.text.startswith(":"):
                yield from must_exist(command, word, situation)
    yield from _consequences(command, verb, usage, situation)


def _split(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """What stands before and after `--`."""
    for index, word in enumerate(words):
        if word.text == "--":
            return words[:index], words[index + 1 :]
    return words, ()


def _consequences(command: Command, verb: Word, usage: Usage, situation: Situation) -> Iterator[Finding]:
    given = {name for name, _ in usage.options}
    lost = given & set(THROWS_AWAY.get(verb.text, ()))
    if lost:
        yield finding(
            command,
            "destructive",
            f"« git {verb.text} {min(lost)} » efface un travail sans retour",
            "écrire une commande qui le garde",
            verb,
        )
    if usage.has("--interactive", "--patch") and verb.text not in ("log", "diff", "show") and not command.block.not_run:
        yield finding(
            command,
            "blocking",
            f"« git {verb.text} » attend quelqu'un au clavier",
            "retirer l'option interactive",
            verb,
        )
    if verb.text == "clone" and usage.operands:
        text = (
            usage.operands[1].text
            if len(usage.operands) > 1
            else usage.operands[0].text.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        )
        if text != UNKNOWN and place(text, situation):
            makes(text, situation, tree=True)


RESOLVERS: dict[str, Rule] = {"git": git}
