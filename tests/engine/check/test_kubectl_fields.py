"""Formats, JSONPath, Go templates, columns and orders: what cannot be read, and fields that the kind does not have."""

import pytest
from tests.engine.check.bakery import deployed

from runbook.checking.commands.kubectl.paths import PathError, go_template, jsonpath, relaxed

WRONG = [
    ("get pods -n bakery -o jsn", "n'a pas de format « jsn »", "« json »"),
    ("version -o wide", "« kubectl version » n'a pas de format « wide »", "yaml"),
    ("get pods -n bakery -o jsonpath", "-o jsonpath sans modèle", "jsonpath="),
    ("get deploy oven -n bakery -o jsonpath=.spec.replicas", "sans accolades", "{.spec.replicas}"),
    (
        "get deploy oven -n bakery -o jsonpath='{.spec.replica}'",
        "« DeploymentSpec » n'a pas de champ « replica »",
        "« replicas »",
    ),
    ("get deploy oven -n bakery -o jsonpath='{.spec.replicas.x}'", "« replicas » n'a pas de champ « x »", "s'arrêter"),
    ("get deploy oven -n bakery -o jsonpath='{.spec[0]}'", "« spec » n'est pas une liste", "crochets"),
    ("get deploy oven -n bakery -o jsonpath='{.items[0].metadata.name}'", "la réponse est un seul objet", "retirer"),
    ("get pods -n bakery -o jsonpath='{.metadata.name}'", "la réponse est une liste", ".items[*]"),
    ("get pods -n bakery -o jsonpath='{.items.metadata.name}'", ".items est une liste", ".items[*]"),
    (
        "get pods -n bakery -o jsonpath='{.items[*].spec.containers.name}'",
        "« containers » est une liste",
        "containers[*]",
    ),
    ("get pods -n bakery -o jsonpath='{range .items[*]}{.metadata.nam}{end}'", "n'a pas de champ « nam »", "« name »"),
    (
        "get pods -n bakery -o jsonpath='{.items[?(@.status.phas==\"Running\")].metadata.name}'",
        "n'a pas de champ « phas »",
        "« phase »",
    ),
    ("get deploy oven -n bakery -o jsonpath='{.spec.replicas'", "« { » sans « } »", "corriger"),
    ("get pods -n bakery -o jsonpath='{range .items[*]}{.metadata.name}'", "{range} sans {end}", "corriger"),
    (
        "get secret oven-secret -n bakery -o jsonpath='{.data.RECIP}'",
        "« oven-secret » n'a pas de « RECIP » sous « data »",
        "« RECIPE »",
    ),
    (
        "get secret oven-secret -n bakery -o jsonpath='{.data.RECIPE}'",
        "la valeur d'un Secret est affichée en base64",
        "base64 --decode",
    ),
    ("get deploy oven -n bakery -o jsonpath='{.metadata.labels.ap}'", "n'a pas de « ap » sous « labels »", "« app »"),
    ("get pods -n bakery -o custom-columns=.metadata.name", "colonne « .metadata.name » mal écrite", "TITRE:"),
    ("get pods -n bakery -o custom-columns=N:.metadata.nam", "n'a pas de champ « nam »", "« name »"),
    (
        "get pods -n bakery --sort-by=.metadata.creationTime",
        "n'a pas de champ « creationTime »",
        "« creationTimestamp »",
    ),
    ("top pods -n bakery --sort-by=memry", "--sort-by=memry inconnu", "« memory »"),
    (
        "get pods -n bakery -o go-template='{{range .items}}{{.metadata.nam}}{{end}}'",
        "n'a pas de champ « nam »",
        "« name »",
    ),
    ("get pods -n bakery -o go-template='{{range .items}}{{.metadata.name}}'", "sans {{end}}", "corriger"),
    ("get pods -n bakery -o go-template-file=none.tpl", "« none.tpl » n'existe", ""),
]


@pytest.mark.parametrize(("command", "cause", "remedy"), WRONG)
def test_a_field_that_is_not_there_is_named(command: str, cause: str, remedy: str) -> None:
    findings = deployed(f"kubectl {command}")
    assert any(cause in finding.cause and remedy in finding.remedy for finding in findings), findings


def test_the_fields_of_several_kinds_are_those_of_any_of_them() -> None:
    assert deployed("kubectl get deploy,svc -n bakery -o jsonpath='{.items[*].spec.clusterIP}'") == []
    (finding,) = deployed("kubectl get deploy,svc -n bakery -o jsonpath='{.items[*].spec.nothing}'")
    assert "nothing" in finding.cause


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ("{.a.b}", [("a", "b")]),
        ("{.a} and {.b[*].c}", [("a",), ("b", "[]", "c")]),
        ('{range .items[*]}{.x}{"}"}{end}{.y}', [("items", "[]"), ("items", "[]", "x"), ("y",)]),
        ("{.a['b\\.c']}", [("a", "b.c")]),
        ("{.a\\.b/c}", [("a.b/c",)]),
        ("{.a[?(@.k=='v')].z}", [("a", "[]", "k"), ("a", "[]", "z")]),
        ("{..name}", [("..", "name")]),
        ("{$.a}{@}", [("a",), ()]),
    ],
)
def test_a_template_holds_these_paths(template: str, paths: list[tuple[str, ...]]) -> None:
    assert jsonpath(template) == paths


@pytest.mark.parametrize("template", ["{.a", "}", "{.a[}", "{.a[x]}", "{end}", "{nothing}", "{.a}}"])
def test_a_template_that_kubectl_refuses_is_refused(template: str) -> None:
    with pytest.raises(PathError):
        jsonpath(template)


def test_braces_and_the_first_dot_of_a_lone_path_are_free() -> None:
    assert relaxed("{.a.b}") == relaxed(".a.b") == relaxed("a.b") == ("a", "b")
    with pytest.raises(PathError):
        relaxed("{.a.b")


def test_a_go_template_is_followed_into_its_loops() -> None:
    paths = go_template(
        "{{.a}}{{range .items}}{{.x}}{{with .y}}{{.z}}{{end}}{{end}}{{range $k, $v := .m}}{{.unknown}}{{end}}"
    )
    assert ("items", "[]", "x") in paths
    assert ("items", "[]", "y", "z") in paths
    assert not any("unknown" in path for path in paths)
