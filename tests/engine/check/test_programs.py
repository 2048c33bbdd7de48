"""Scripts, wrappers, shell builtins, text filters, git, python and the others: each is known with its options."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.check.shop import block, found, make_model

from runbook.checking.offered.model import Model

RIGHT = """
tools/open --now noon
tools/close --require a,b
./tools/close
tools/send here a b c
tools/count begin --least=3
lolcat README.md
tools/choose --only=red,green
tools/table north
.venv/bin/pip list
timeout 5 curl -fsS http://localhost:7000/health
env PYTHONUTF8=1 python3 -c 'print(1)'
printf '%s\\n' a b | xargs -n 1 echo
bash -c 'echo "$0"'
command -v docker
/usr/bin/env TZ=UTC /bin/date -u
f() { echo "$1"; }; f x
f() { test -d deploy && "$@"; }; f cat README.md
set -uo pipefail
trap 'rm -f x' EXIT INT
kill "$!" || true
wait
export A=1 && echo "$A"
source .venv/bin/activate
read -r A B <README.md && echo "$A $B"
printf -v NOW '%(%F)T' && echo "$NOW"
test -z "$(git status --porcelain)"
[ -f absent ] || echo none
echo '{"a":1}' | python3 -m json.tool
grep -c words deploy/notes.txt
grep -rn kind deploy
sed -n 's/a/b/p' README.md | head -n 3 | sort | uniq -c | tail -1
awk -F: '{print $1}' README.md
head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \\n' | base64
diff README.md compose.yaml
cut -d: -f1,3-4 README.md
head -c 2k README.md
tail -n +2 README.md
docker compose logs --tail all till
find deploy -name '*.yaml' -print
date -u +%FT%TZ
jq -n --arg a b '{a: $a}'
echo '[]' | jq -r '.[] | "(\\(.a))"'
git status --short
git diff --stat -- README.md
git log -1 --format=%h
python -m gunicorn --check-config 'till:make()'
pip list
kind load docker-image shop-till:2.0 --name market
kind get clusters
runbook check --json
runbook run --target bare
mkdocs build --strict && ls site/index.html
""".strip().splitlines()

WRONG = """
tools/opn | « tools/opn » n'existe | « tools/open »
tools/open --nwo noon | option « --nwo » inconnue de « tools/open » | « --now »
tools/open evening | n'a pas de « evening » | morning, noon
tools/close now | ne prend pas l'argument « now » | usage
tools/send here | attend 2 argument(s), 1 donné(s) | usage
tools/count started | n'a pas de « started » | begin, end
tools/count begin --leats=3 | option « --leats » | « --least »
tools/choose --only red,gren | ne connaît pas « gren » | « green »
tools/choose --only=rde | ne connaît pas « rde » | « red »
tools/table nroth | n'a pas de « nroth » | « north »
.evnv/bin/pip list | « .evnv/bin/pip » n'existe |
echo a >/dev/unll | « /dev/unll » n'existe pas | « /dev/null »
tools/plain | n'est pas exécutable | chmod +x
crul http://localhost:7000 | commande « crul » inconnue | « curl »
/opt/thing/run | « /opt/thing/run » n'existe |
timeout curl http://localhost:7000/health | timeout sans durée |
timeout 5 crul x | commande « crul » inconnue | « curl »
echo a ; xargs crul | commande « crul » inconnue | « curl »
env TZ=UTC crul x | commande « crul » inconnue | « curl »
bash -c 'crul x' | commande « crul » inconnue | « curl »
bash -c 'echo "x' | syntaxe bash fausse | guillemets
bash absent.sh | « absent.sh » n'existe |
source absent.sh | « absent.sh » n'existe |
set -o pipefial | option « pipefial » | « pipefail »
trap 'x' TREM | signal « TREM » | « TERM »
test -y x | opérateur « -y » |
wait -q | option « -q » inconnue de « wait » |
printf '%y\\n' a | « %y » inconnu de printf |
sleep 5 | « sleep » | attendre une condition
sudo ls | « sudo » |
eval "$HOME" | « eval » |
less README.md | clavier |
exit 1 | ferme le terminal |
grep words | ne lit rien | nommer un fichier
sort | ne lit rien |
tr a b | ne lit rien |
grep -c words deploy/note.txt | « deploy/note.txt » n'existe | « deploy/notes.txt »
grep --cuont words README.md | option « --cuont » | « --count »
sed 's/a/b' README.md | substitution sed non fermée | « / »
docker '' | verbe « docker  » inconnu |
awk -f absent.awk README.md | « absent.awk » n'existe |
awk '{print' README.md | accolades |
tail -n 20x README.md | « 20x » : tail attend un nombre | 20
cut -d: -f a README.md | « a » : cut attend |
docker compose logs --tail 2x till | « 2x » n'est pas un nombre de lignes | all
kind create cluster --wait 120 | « 120 » n'est pas une durée | 120s
tail -f README.md | ne finit pas | data-arriere-plan
diff README.md | attend deux fichiers |
find deploy -nam x | « -nam » inconnu |
tar -xf absent.tar | « absent.tar » n'existe |
git statsu | verbe « git statsu » | « status »
git diff --sta | option « --sta » inconnue de « git diff » | « --stat »
git add absent | « absent » n'existe |
git reset --hard | efface un travail sans retour |
git push -f | efface un travail sans retour |
python -m absent_module | module « absent_module » |
python absent.py | « absent.py » n'existe |
python -c 'print(' | code Python faux |
pip install -r absent.txt | « absent.txt » n'existe |
gunicorn till:mke --check-config | application « till:mke » | « till:make() »
gunicorn 'till:make()' | occupe le terminal | data-arriere-plan
mkdocs biuld | verbe « mkdocs biuld » | « build »
pytest tests/absent | « tests/absent » n'existe |
kind load docker-image shop-till:9 | image « shop-till:9 » | « shop-till:2.0 »
kind create cluster --config absent.yaml | « absent.yaml » n'existe |
kind load docker-image shop-till:2.0 --name markt | aucun cluster kind « markt » | « market »
kind craete cluster | verbe « kind craete cluster » | « create cluster »
runbook chekc | verbe « runbook chekc » | « check »
runbook check --jsno | option « --jsno » inconnue de « runbook check » | « --json »
runbook run docs/absent.md | « docs/absent.md » n'existe |
runbook run --target nowhere | cible « nowhere » | bare
runbook serve nowhere | service « nowhere » | till
jq '.a [ {b' deploy/notes.txt | jamais fermé |
jq '.a)' deploy/notes.txt | de trop |
jq .a absent.json | « absent.json » n'existe |
jq . | jq ne lit rien |
echo 1 >x ; jq --rwa . x | option « --rwa » inconnue de « jq » |
""".strip().splitlines()


@pytest.mark.parametrize("code", RIGHT)
def test_a_command_that_holds_is_not_spoken_of(shop: Model, code: str) -> None:
    assert not found(shop, block(code))


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row.split(" | ")[0])
def test_a_command_that_does_not_hold_is_named_with_what_to_do(shop: Model, row: str) -> None:
    code, cause, remedy = (part.strip() for part in f"{row} ".split(" | "))
    assert any(cause in item.cause and remedy in item.remedy for item in found(shop, block(code)))


def test_a_command_declared_by_the_settings_is_known(shop: Model) -> None:
    assert not found(shop, block("lolcat --any-option"))
    assert found(shop, block("lolca --any-option"))


def test_a_cluster_that_the_page_made_may_be_named(shop: Model) -> None:
    prose = "# Page\n\nOn supprime ensuite ce cluster."
    assert not found(shop, block("kind create cluster --name fair\nkind delete cluster --name fair"), prose=prose)
    assert found(shop, block("kind delete cluster --name fair"), prose=prose)


def test_an_argument_that_only_running_tells_is_not_judged(shop: Model) -> None:
    assert not found(
        shop,
        block('X=$(date)\ntools/open "$X"\ncat "$X"\ncurl -fsS "$X"\ndocker image inspect "$X"\ngit checkout "$X"'),
    )


def test_a_mistake_may_be_shown_where_its_exit_status_is_expected(shop: Model) -> None:
    assert not found(shop, block("runbook run --target nowhere", exit_status=2))


@pytest.mark.parametrize(
    ("command", "known"),
    [(".venv/bin/audit --offline", True), (".venv/bin/audits --offline", False), ("bin/audit --offline", False)],
)
def test_a_program_of_a_lock_file_is_known_even_where_another_list_is_installed(
    tmp_path: Path, command: str, known: bool
) -> None:
    model = make_model(tmp_path)
    (tmp_path / "lock.txt").write_text("audit==1.2 \\\n    --hash=sha256:0\n", encoding="utf-8")
    told = found(replace(model, files=model.files | {"lock.txt"}), block(command))
    assert (told == []) is known


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("grep -q ^kind-", False),
        ("grep -qv ^kind-", True),
        ("grep --invert-match ^kind-", True),
        ("grep -q ^k3d-", True),
    ],
)
def test_kind_is_called_where_the_cluster_is_one_of_its_own(shop: Model, condition: str, told: bool) -> None:
    given = block(
        "kind load docker-image shop-till:2.0 --name market", condition=f"kubectl config current-context | {condition}"
    )
    assert (
        any("ne passerait que là où le cluster n'est pas de kind" in item.cause for item in found(shop, given)) is told
    )


def test_a_command_given_to_a_function_that_runs_it_is_checked(shop: Model) -> None:
    (item,) = found(shop, block('guarded() { test -d deploy && "$@"; }'), block("guarded cat absent.txt", line=20))
    assert item.line == 21
    assert "« absent.txt »" in item.cause


def test_a_file_that_is_sourced_gives_its_functions(shop: Model, tmp_path: Path) -> None:
    (tmp_path / "guard").write_text('guarded() { "$@"; }\n')
    model = replace(shop, root=tmp_path, files=frozenset({*shop.files, "guard"}))

    assert not found(model, block(". ./guard\nguarded true"))
    assert [item.cause for item in found(model, block(". ./guard\nguarded sevr"))] == [
        "commande « sevr » inconnue du contrôle"
    ]
