"""What the check says of whole pages: where it judges, where it does not, and what it is asked to leave out."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runbook.rules.check import check
from runbook.rules.finding import meant
from runbook.rules.ignores import USELESS

from .sample import fenced, found, offered, page, write


def rules(root: Path, code: str, target: str = "compose", attributes: str = "") -> list[str]:
    """The rules that find something in a page of one block."""
    return [one.rule for one in found(root, page(fenced(code, attributes), target))]


@pytest.mark.parametrize(
    "code",
    [
        "kubectl ctx staging",
        "kubectl get ingressroutes -A",
        "kubectl get certificates.cert-manager.io",
        "kubectl get ksvc,kservice,sks,kingress",
        "kubectl -l='app=shop' logs -c user-container",
        'kubectl patch sa default -p "{\\"imagePullSecrets\\": [{\\"name\\": \\"registry\\"}]}"',
        '{"level":"info","ts":"2019-08-16","stacktrace":"fanout.(*Handler)\\n"}',
        "{% raw %}\nkubectl get ns -o go-template='{{.metadata.labels}}'\n{% endraw %}",
        "git sparse-checkout set docs",
        "git lfs pull",
        "helm upgrade --install --atomic shop ./chart",
        "terraform apply -auto-approve",
        "docker compose publish shop",
        "kubectl apply -f deployment.yaml && cat values.yaml",
        "kubectl delete pod my-pod -n elsewhere",
        "kubectl logs <my-app> -n <namespace> --tail=5",
        "make build && curl -fsSL https://example.org/install.sh | sh",
        'echo "$NOT_SET"',
        "sed -i '' s/a/b/ file.txt",
        "curl http://localhost:9999/",
    ],
)
def test_a_page_that_runs_nowhere_may_name_what_is_its_readers(tmp_path: Path, code: str) -> None:
    assert rules(write(tmp_path), code, target="") == []


@pytest.mark.parametrize(
    ("code", "identifier"),
    [
        ("kubectl gett pods", "verbe-inconnu"),
        ("docker compose up --detch", "option-inconnue"),
        ("docker compose up -f compose.yaml", "option-inconnue"),
        ("kubectl get deploymets", "sorte-inconnue"),
        ("kubectl apply -f k8s/apy.yaml", "fichier-absent"),
        ("kubectl --namspace=shop logs deploy/shop-front", "option-inconnue"),
        ("kubectl get pods \\ \n  --watch=false", "shellcheck:SC1101"),
        ("git -C other -c user.name=a commit --quietx", "option-inconnue"),
        ("scripts/check --quite", "option-inconnue"),
        ("pytest -q docs/indx.md::test_x docs/indx.md", "fichier-absent"),
    ],
)
def test_a_slip_is_found_wherever_the_page_runs(tmp_path: Path, code: str, identifier: str) -> None:
    assert rules(write(tmp_path), code, target="") == [identifier]


def test_an_anchor_is_there_if_browsers_find_it(tmp_path: Path) -> None:
    good = ("café-crème", "caf%C3%A9-cr%C3%A8me", "cafe-creme", "old")
    text = "# Café `crème`\n\n<a name=old></a>\n" + "".join(f"[x](#{one})\n" for one in (*good, "cafés"))
    assert [(one.line, one.rule) for one in found(write(tmp_path), page(text))] == [(8, "ancre-absente")]


def test_a_page_that_asks_to_come_after_one_that_does_not_exist_is_found(tmp_path: Path) -> None:
    lost = replace(page(fenced("true")), after=("nowhere.md",))

    assert [(one.line, one.rule) for one in found(write(tmp_path), lost)] == [(1, "bloc")]


def test_a_text_to_replace_is_told_as_such_and_not_as_a_redirection(tmp_path: Path) -> None:
    (one,) = found(write(tmp_path), page(fenced("kubectl logs <my-app> -n shop")))

    assert (one.rule, "texte à remplacer" in one.cause) == ("texte-a-remplacer", True)


def test_what_a_page_makes_is_there_for_the_pages_after_it(tmp_path: Path) -> None:
    root = write(tmp_path)
    first = page(
        fenced("kubectl create configmap later -n shop --from-literal=a=b; mkdir -p out; touch out/a"), uri="a.md"
    )
    code = "kubectl get configmap/later -n shop; cat out/a"

    assert found(root, first, page(fenced(code), uri="b.md", after=("a.md",))) == []
    assert [one.rule for one in found(root, page(fenced(code), uri="b.md"))] == ["objet-inconnu", "fichier-absent"]


def test_the_commands_of_a_wrapper_a_function_and_a_loop_are_judged(tmp_path: Path) -> None:
    code = """
        run() { timeout 5 "$@"; }
        docker() { run command docker "$@"; docker "$@"; }
        run kubectl get deploymets -n shop
        for name in api frnt; do docker compose logs "$name"; done
        bash -c 'cat settings.envv'
        for pod in $(kubectl get endpoints shop-apii -n shop -o name); do kubectl logs "$pod"; done
        kind load docker-image shop-apy:1.0
    """
    elsewhere = ["objet-inconnu", "espace-de-noms", "image-inconnue"]
    assert rules(write(tmp_path), code) == ["sorte-inconnue", "service-inconnu", "fichier-absent", *elsewhere]


def test_a_finding_ends_with_its_rule(tmp_path: Path) -> None:
    (one,) = found(write(tmp_path), page(fenced("cat settings.envv")))

    assert str(one) == (
        "docs/index.md:2 : « settings.envv » n'existe ni dans le dépôt ni plus haut dans la page ; "
        "vouliez-vous dire « settings.env » ? [fichier-absent]"
    )


def test_a_block_leaves_a_rule_out_with_a_reason(tmp_path: Path) -> None:
    root = write(tmp_path)

    assert rules(root, "cat nowhere", attributes='data-ignore="fichier-absent: the reader makes it"') == []
    assert rules(root, "cat nowhere", attributes='data-ignore="fichier-absent"') == [USELESS, "fichier-absent"]
    assert rules(root, "true", attributes='data-ignore="fichier-absent: nothing here"') == [USELESS]
    assert rules(root, "true", attributes='data-ignore="no-such-rule: x"') == [USELESS]


def test_the_settings_leave_a_rule_out_in_some_files(tmp_path: Path) -> None:
    root = write(tmp_path, "k8s/api.yaml", "path: /health", "path: /healthy")
    settings = root / "pyproject.toml"
    ignore = '\n[tool.runbook.rules.ignore."k8s/*.yaml"]\nsonde = "another team\'s"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + ignore, encoding="utf-8")

    assert found(root) == []

    write(tmp_path)
    settings.write_text(settings.read_text(encoding="utf-8") + ignore, encoding="utf-8")
    assert [(one.path, one.rule) for one in found(root)] == [("pyproject.toml", USELESS)]


def test_an_unknown_program_is_a_note_and_a_known_one_brings_its_grammar(tmp_path: Path) -> None:
    repository = offered(write(tmp_path))
    code = "lolcat a; ruff check; python3.14 settings.jso; runbook chek --nowx; runbook check --jsn"
    checked = check(lambda: [page(fenced(code))], repository)

    assert sorted(one.rule for one in checked.findings) == ["fichier-absent", "option-inconnue", "verbe-inconnu"]
    assert checked.notes == ["inconnu ici, et non jugé : « lolcat »"]


def test_a_program_that_is_not_installed_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    checked = check(lambda: [page(fenced("true"))], offered(write(tmp_path)))

    assert checked.notes == ["absent, et donc non consulté : shellcheck, hadolint, zizmor"]


@pytest.mark.parametrize(
    ("code", "identifiers"),
    [
        ('name=a; [ -e "$namex" ]', ["variable-inconnue"]),
        ('name=a; [ -z "$other" ] || [ -e "$name" ]', []),
        ('echo "${LATER:?no value}"; LATER=1', ["variable-inconnue"]),
        ("kubectl rollout status deploy/shop-frontt -n shop --timeout=9s", ["objet-inconnu"]),
        ("kubectl rollout status deploy/something -n shop --timeout=9s", []),
        ("kubectl get pods -n shopp", ["espace-de-noms"]),
        ("kubectl get pods -n elsewhere", []),
        ("kubectl set env deploy/shop-api --from=secret/shop-laterr -n shop", ["objet-inconnu"]),
        ("kubectl create configmap a --from-file=a=settings.envv -n shop", ["fichier-absent"]),
    ],
)
def test_after_what_only_running_tells_a_slip_is_still_one(tmp_path: Path, code: str, identifiers: list[str]) -> None:
    assert rules(write(tmp_path), f"sed s/a/b/ settings.env | kubectl apply -f -; {code}") == identifiers


NAMES = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: proxy}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: shop}
spec: {ingressClassName: proxy}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a, namespace: shop}
roleRef: {kind: Role, name: reader}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  volumes: [{name: c, configMap: {name: shop-config}}]
  containers: [{name: a, args: [--file=/etc/a/GREETING], volumeMounts: [{name: c, mountPath: /etc/a}]}]
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("ClassName: proxy", "ClassName: proxi"), ("Role, name: reader", "Role, name: redaer"), ("/GREETING", "/a.yaml")],
)
def test_what_an_object_names_in_its_own_way_is_looked_for(tmp_path: Path, right: str, wrong: str) -> None:
    root = write(tmp_path)
    for text, count in ((NAMES, 0), (NAMES.replace(right, wrong), 1)):
        (root / "k8s/more.yaml").write_text(text, encoding="utf-8")
        assert [one.rule for one in found(root)].count("reference-absente") == count


def test_what_waits_for_an_address_leaves_there_whom_it_is_known_to_be(tmp_path: Path) -> None:
    waiting = fenced("docker compose up", 'data-arriere-plan="http://localhost:8080/health"')
    asked = page(waiting + fenced("curl -fsS http://localhost:8080/healthz"))
    assert [one.rule for one in found(write(tmp_path), asked)] == ["route-inconnue"]


def test_the_addresses_in_a_mounted_file_are_those_of_services(tmp_path: Path) -> None:
    told = "a.yml: |\n    - shop-apj:8000\n    - shop-api:8000\n    - elsewhere:8000\n"
    root = write(tmp_path, "k8s/other.yaml", "API_URL: http://shop-api", told)
    assert [one.rule for one in found(root)].count("adresse-interne") == 2


CUSTOM = """\
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop-tls, namespace: shop}
spec: {secretName: shop-tls-keys}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: base, namespace: shop}
spec: {volumeClaimTemplates: [{metadata: {name: disk}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {metadata: {labels: {part-of: boutique}}, spec: {containers: [{name: a}]}}}
"""
BEHIND = "kubectl get --raw /api/v1/namespaces/shop/services"


@pytest.mark.parametrize(
    ("code", "identifiers"),
    [
        ("kubectl wait certificate/shop-tls -n shop --for=condition=Ready", []),
        ("kubectl wait certificate/shop-tlss -n shop --for=condition=Ready", ["objet-inconnu"]),
        ("kubectl get certificates -n shop; kubectl get certificate/made-by-a-controller -n shop", []),
        ("kubectl create configmap later --from-literal=a=b", ["espace-de-noms"]),
        ("kubectl create namespace later; kubectl create clusterrole later --verb=get --resource=pods", []),
        ("kubectl delete secret shop-tls-keys -n shop", []),
        ("kubectl delete secret shop-tls-keyss -n shop --ignore-not-found", ["objet-inconnu"]),
        ("kubectl delete secret something -n shop --ignore-not-found", []),
        ("kubectl create job once-2 -n shop --from=cronjob/nightly; kubectl logs job/nightly-29 -n shop", []),
        ("kubectl create job once-2 -n shop --from=cronjob/nightlyy", ["objet-inconnu"]),
        ("kubectl logs job/nightly-2x -n shop", ["objet-inconnu"]),
        ("kubectl describe pvc disk-base-0 -n shop; kubectl logs base-0 -n shop", []),
        ("kubectl describe pvc base-0 -n shop", ["objet-inconnu"]),
        (f"{BEHIND}/shop-api:http/proxy/health; {BEHIND}/shop-api/proxy/health?a=b", []),
        (f"{BEHIND}/shop-apii:http/proxy/health", ["objet-inconnu"]),
        (f"{BEHIND}/shop-api:http/proxy/healthy", ["route-inconnue"]),
        ("scripts/check shop/deploy/shop-frontt", ["objet-inconnu"]),
        ("scripts/check shop/deploy/shop-front; scripts/check shop/deploy/another", []),
        ("scripts/chekc", ["fichier-absent"]),
        ("curl -fsS http://front:8080/", ["adresse-muette"]),
        ("kubectl get pods -n shop -o jsn", ["champ-inconnu"]),
        ('kubectl get pods -A -o jsonpath="{..image}"', []),
        ("kubectl get pods -A -o jsonpath=\"{.items[*]['metadata.name', 'status.capacity']}\"", []),
        ("kubectl get pods -A -o jsonpath='{.items[*].metadta.name}{\"\\t\"}'", ["champ-inconnu"]),
        ("git add k8s/apis.yaml; chown 65534 settings.envv", ["fichier-absent"] * 2),
        ("docker compose --env-file settings.envv up --detach", ["fichier-absent"]),
        ("docker build --file front.Dockerfil .", ["fichier-absent"]),
        ("uv pip compile --constraint requirements.txt", []),
        ("uv pip compile --constraint requirement.txt", ["fichier-absent"]),
        ("uv pip compile --output-file out.txt pyproject.tom", ["fichier-absent"]),
    ],
)
def test_what_is_named_without_an_operand_of_its_own_is_looked_for(
    tmp_path: Path, code: str, identifiers: list[str]
) -> None:
    root = write(tmp_path)
    (root / "k8s/more.yaml").write_text(CUSTOM, encoding="utf-8")
    judged = [one for one in found(root, page(fenced(code))) if one.path.startswith("docs/")]
    assert [one.rule for one in judged] == identifiers


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: a, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: api}}}}
  ingress: [{{ports: [{{port: {}}}]}}]
"""


OUT = "8000}]}]\n  egress: [{ports: [{port: %s"


@pytest.mark.parametrize(("port", "times"), [("8000", 0), ("http", 0), ("8001", 1), (OUT % "htpp", 1), (OUT % "1", 0)])
def test_a_policy_opens_a_port_of_the_pods(tmp_path: Path, port: str, times: int) -> None:
    root = write(tmp_path)
    (root / "k8s/more.yaml").write_text(POLICY.format(port), encoding="utf-8")
    assert [one.rule for one in found(root)] == ["port-de-service"] * times


TWICE = CUSTOM.replace("name: once,", "name: once, labels: {part-of: boutique},")  # the job and its pods
PEER = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: a, namespace: shop}}
spec: {{podSelector: {{}}, egress: [{{to: [{{{space}podSelector: {{matchLabels: {{app: {app}}}}}}}]}}]}}
"""
OTHER = "namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {}}}}}, "


@pytest.mark.parametrize(
    ("app", "space", "times"),
    [("api", "", 0), ("other", "", 1), ("api", OTHER.format("shop"), 0), ("other", OTHER.format("kube-system"), 0)],
)
def test_whom_a_policy_lets_in_or_out_is_there(tmp_path: Path, app: str, space: str, times: int) -> None:
    root = write(tmp_path)
    (root / "k8s/more.yaml").write_text(PEER.format(app=app, space=space), encoding="utf-8")
    assert [one.rule for one in found(root)].count("selecteur") == times


@pytest.mark.parametrize(
    "text",
    [CUSTOM, TWICE, POLICY.format("8000") + "  egress: [{to: [{podSelector: {matchLabels: {part-of: boutique}}}]}]\n"],
)
def test_a_label_of_pods_and_one_that_a_policy_asks_for_may_be_a_slip_too(tmp_path: Path, text: str) -> None:
    root = write(tmp_path)
    for label, times in (("boutique", 0), ("boutiqeu", 1)):
        (root / "k8s/more.yaml").write_text(text.replace("boutique", label), encoding="utf-8")
        assert [one.rule for one in found(root)].count("etiquette-isolee") == times * text.count("boutique")


def test_effects_outside_are_judged_in_pages_that_run_and_not_in_the_projects_scripts(tmp_path: Path) -> None:
    root = write(tmp_path)
    code = "git -c user.name=me commit -m x; base64 -d <settings.env | sh; cp settings.env ~/.ssh/config; "
    code += 'rm settings.env\neval "$(cat settings.env | base64 -d)"; rm -r k8s'

    expected = [*["ecrit-les-sources"] * 3, *["execute-sans-lire"] * 2, "touche-aux-cles"]
    assert sorted(rules(root, code)) == expected
    assert rules(root, code, attributes='data-non-execute="dangerous"') == []


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("make", ["umask"], ""),
        ("kubeclt", ["kubectl", "kube"], "kubectl"),
        ("a", ["b"], "b"),
        ("kubectx", ["docker"], ""),
    ],
)
def test_only_a_slip_is_taken_for_one(name: str, known: list[str], near: str) -> None:
    assert meant(name, known) == near


def test_a_query_is_judged_where_it_stands_in_a_config_map_and_in_a_dashboard(tmp_path: Path) -> None:
    root = write(tmp_path)
    rules = "groups:\n  - name: shop\n    rules:\n      - record: shop:orders\n        expr: sum(shop_order_total)\n"
    (root / "k8s/unused.yaml").write_text(
        "kind: PrometheusRule\nspec:\n  " + rules.replace("\n", "\n  ") + "\n---\n"
        "kind: ConfigMap\ndata:\n  rules.yaml: |\n    " + rules.replace("\n", "\n    "),
        encoding="utf-8",
    )
    (root / "settings.json").write_text(
        '{"panels": [\n{"targets": [{"expr": "shop_order_total{a=\\"b\\"}[$__interval]"}]},\n'
        '{"targets": [{"expr": "node_load1"}]}]}\n',
        encoding="utf-8",
    )

    told = [(one.path, one.line) for one in found(root) if one.rule == "metrique-inconnue"]

    assert told == [("k8s/unused.yaml", 7), ("k8s/unused.yaml", 17), ("settings.json", 2)]


def test_where_exporters_are_declared_no_other_name_passes(tmp_path: Path) -> None:
    root = write(tmp_path, "pyproject.toml", "[tool.runbook.model]\n", '[tool.runbook.model]\nmetrics = ["pg_*"]\n')

    assert [one.cause for one in found(root) if one.rule == "metrique-inconnue"] == ["pas de mesure « node_load1 »"]


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("context: .\n", "context: apps\n", "fichier-de-compose"),
        ("dockerfile: Dockerfile # api", "dockerfile: Dockerfil # api", "fichier-de-compose"),
        ("context: .\n", "context: .\n      target: builds\n", "construction-de-compose"),
        ('args: {EDITION: "2"}', 'args: ["EDITIONS=2"]', "construction-de-compose"),
    ],
)
def test_what_compose_builds_from_is_looked_for(tmp_path: Path, right: str, wrong: str, rule: str) -> None:
    assert rule in [one.rule for one in found(write(tmp_path, "compose.yaml", right, wrong))]
