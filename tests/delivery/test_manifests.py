"""Is what is given to the cluster the commit's, and is what is tried apart out of every user's way?"""

import shutil
import subprocess

import pytest

from delivery import release
from delivery.manifests import CAUSE, COMMIT, CONFIGURATION, read, trial
from delivery.programs import DeliveryError
from delivery.release import ROOT, Release, Source, check_out

IMAGES = {"api": "registre/api@sha256:0", "front": "registre/front@sha256:1"}
RELEASE = Release("0a1b2c3", "1.0.0", IMAGES)


@pytest.fixture
def source(tmp_path) -> Source:
    shutil.copytree(ROOT / "k8s", tmp_path / "k8s", ignore=shutil.ignore_patterns("options", "secret.yaml"))
    return Source("0a1b2c3", "1.0.0", tmp_path)


def test_a_deployment_names_its_image_by_digest_and_its_commit_wherever_a_person_looks(source) -> None:
    wanted = read(source, RELEASE, "1.0.0 du commit 0a1b2c3")

    for component, deployment in wanted.deployments.items():
        template = deployment["spec"]["template"]
        assert template["spec"]["containers"][0]["image"] == IMAGES[component]
        assert template["metadata"]["annotations"][COMMIT] == "0a1b2c3"
        assert deployment["metadata"]["annotations"][CAUSE] == "1.0.0 du commit 0a1b2c3"


def test_neither_the_secret_nor_an_option_is_delivered(source) -> None:
    (source.folder / "k8s/secret.yaml").write_text("{kind: Secret, metadata: {name: datapress-secret}}")

    wanted = read(source, RELEASE, "")

    assert {item["kind"] for item in wanted.others} == {"ConfigMap", "Service", "PodDisruptionBudget"}


def test_other_settings_are_other_pods(source) -> None:
    def configuration() -> set[str]:
        found = read(source, RELEASE, "").deployments.values()
        return {item["spec"]["template"]["metadata"]["annotations"][CONFIGURATION] for item in found}

    before = configuration()
    settings = source.folder / "k8s/configmap.yaml"
    settings.write_text(settings.read_text().replace("LOG_LEVEL: info", "LOG_LEVEL: debug"))

    assert len(before) == 1
    assert before.isdisjoint(configuration())


def test_no_service_budget_or_deployment_takes_a_tried_pod_for_its_own(source) -> None:
    wanted = read(source, RELEASE, "")
    selectors = [
        item["spec"]["selector"].get("matchLabels", item["spec"]["selector"])
        for item in (*wanted.others, *wanted.deployments.values())
        if "selector" in item.get("spec", {})
    ]
    tried = [item["spec"]["template"] for item in trial(wanted) if item["kind"] == "Deployment"]

    assert (len(selectors), len(tried)) == (5, 2)
    for template in tried:
        labels = template["metadata"]["labels"].items()
        assert not any(selector.items() <= labels for selector in selectors)


def test_a_tried_pod_reads_the_settings_that_it_would_get_and_not_those_in_use(source) -> None:
    wanted = read(source, RELEASE, "")
    tried = trial(wanted)
    made = {item["metadata"]["name"] for item in tried if item["kind"] == "ConfigMap"}
    used = {item["metadata"]["name"] for item in wanted.others if item["kind"] == "ConfigMap"}

    assert made
    assert made.isdisjoint(used)
    for item in tried:
        if item["kind"] == "Deployment":
            (container,) = item["spec"]["template"]["spec"]["containers"]
            assert {one["configMapRef"]["name"] for one in container["envFrom"]} <= made


def test_what_is_delivered_is_the_commit_whatever_the_folder_holds(tmp_path, monkeypatch) -> None:
    depot, out = tmp_path / "depot", tmp_path / "out"
    (depot / "k8s").mkdir(parents=True)
    (depot / "services").mkdir()
    (depot / "services/lu.txt").write_text("validé")
    (depot / "k8s/vide.yaml").touch()
    (depot / "pyproject.toml").write_text('project = {version = "3.2.1"}')
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "un"]):
        subprocess.run(["git", "-C", depot, "-c", "user.name=T", "-c", "user.email=t@example.org", *words], check=True)
    (depot / "services/lu.txt").write_text("pas encore validé")
    out.mkdir()
    monkeypatch.setattr(release, "ROOT", depot)

    found = check_out("HEAD", out)

    assert (found.version, len(found.commit)) == ("3.2.1", 40)
    assert (out / "services/lu.txt").read_text() == "validé"
    with pytest.raises(DeliveryError, match="commit inconnu : absent"):
        check_out("absent", out)
