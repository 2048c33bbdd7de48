"""One change to a manifest is found, at its line, with the right name and what to do."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.engine.check import post

from runbook.checking.manifests.check import check_manifests
from runbook.checking.manifests.schema import schemas
from runbook.checking.repository import check_sources
from runbook.errors import SettingsError
from runbook.settings import StandIn

# file | what it says | what it says instead | a part of the cause | a part of the remedy
CHANGES = """
k8s/desk.yaml | kind: Deployment | kind: Deploymnt | n'existe pas dans Kubernetes | kind
k8s/desk.yaml | apiVersion: apps/v1 | apiVersion: apps/v2 | apps/v2 Deployment n'existe pas | apiVersion
k8s/desk.yaml | minReadySeconds: | minReadySecond: | champ « minReadySecond » inconnu | minReadySeconds
k8s/desk.yaml | automountServiceAccountToken: | activeDeadlineSeconds: 60\\n      automountServiceAccountToken: | activeDeadlineSeconds refusé | retirer
k8s/desk.yaml | automountServiceAccountToken: | nodeSelector: {disk: ssd}\\n      automountServiceAccountToken: | aucun nœud n'a l'étiquette « disk » | nodeSelector
k8s/desk.yaml | replicas: 2 | replicas: two | 'two' | replicas
k8s/desk.yaml | namespace: post | namespace: pots | espace de noms « pots » | « post »
k8s/desk-service.yaml | \\n  namespace: post |  | sans metadata.namespace | post
k8s/desk.yaml | matchLabels:\\n      app.kubernetes.io/name: post-desk | matchLabels:\\n      app.kubernetes.io/name: post-dsk | ne désigne pas ses propres pods | même valeur
k8s/board.yaml | app.kubernetes.io/name: post-board | app.kubernetes.io/name: post-desk | désigne aussi les pods | propre à chacun
k8s/desk.yaml | matchLabels:\\n      app | matchLabels:\\n      app.kubernetes.io/version: "1.2"\\n      app | contient une version | retirer
k8s/desk-service.yaml | selector:\\n    app.kubernetes.io/name: post-desk | selector:\\n    app.kubernetes.io/name: post-dsk | aucun pod ne porte | post-desk
k8s/desk-service.yaml | targetPort: http | targetPort: htp | n'a pas de port « htp » | « http »
k8s/desk-service.yaml | targetPort: http | targetPort: 9101 | n'a pas de port « 9101 » | http
k8s/desk-service.yaml | port: 80 | port: 8 | « post-desk » ne répond pas sur le port 80 | 8
k8s/desk-service.yaml | targetPort: http | targetPort: http\\n      protocol: UDP | port UDP | même protocole
k8s/board-service.yaml | nodePort: 30070 | nodePort: 3007 | NodePort 3007 refusé | 32767
k8s/board-service.yaml | type: NodePort | type: ClusterIP | nodePort dans un Service de type ClusterIP | NodePort
k8s/board-service.yaml |       nodePort: 30070\\n |  | tiré au hasard | fixer
k8s/board-service.yaml | type: NodePort | type: NodePrt | de type « NodePrt » | NodePort
k8s/desk.yaml | containerPort: 9100 | containerPort: 9101 | l'application écoute sur 9100 | 9100
k8s/desk.yaml | path: /health/ready | path: /health/redy | n'a pas de route « /health/redy » | /health/ready
k8s/desk.yaml | path: /health/ready | path: /health/live | question « live » | prendre
k8s/desk.yaml | path: /health/live\\n              port: http\\n            periodSeconds: 10 | path: /health/live\\n              port: htp\\n            periodSeconds: 10 | port « htp » | « http »
k8s/desk.yaml | readinessProbe: | readinesProbe: | champ « readinesProbe » inconnu | readinessProbe
k8s/desk.yaml |           readinessProbe:\\n            httpGet:\\n              path: /health/ready\\n              port: http\\n            periodSeconds: 2\\n |  | readinessProbe absente | l'ajouter
k8s/desk.yaml | periodSeconds: 10 | periodSeconds: 2 | trop près | livenessProbe
k8s/desk.yaml | name: post-config | name: post-confg | ConfigMap « post-confg » qu'aucun | « post-config »
k8s/desk.yaml | secretName: post-secret | secretName: post-secrt | Secret « post-secrt » qu'aucun | « post-secret »
k8s/desk.yaml | value: /run/post/STAMP | value: /run/post/STAMPS | aucun volume n'y met de fichier | /run/post/STAMP
k8s/desk.yaml | mountPath: /run/post | mountPath: /run/past | aucun volume n'y met de fichier | /run/past/STAMP
k8s/desk.yaml | name: STAMP_FILE | name: STAMP_FIL | variable « STAMP_FIL » que l'application ne lit pas | « STAMP_FILE »
k8s/desk.yaml | - name: stamp\\n              mountPath | - name: stmp\\n              mountPath | volume « stmp » que le pod ne décrit pas | « stamp »
k8s/desk.yaml |               readOnly: true\\n |  | monté en écriture | readOnly
k8s/desk.yaml | defaultMode: 0440 | defaultMode: 0444 | lisible par tous | 0440
k8s/desk.yaml | defaultMode: 0440 | defaultMode: 0400 | illisible par le groupe | 0440
k8s/secret.yaml | STAMP: | STAPM: | aucun volume n'y met de fichier | STAPM
k8s/secret.yaml | STAMP: eA== | STAMP: eA==\\n  EXTRA: eA== | clé « EXTRA » de Secret | STAMP
k8s/config.yaml | MOOD: calm | MOD: calm | clé « MOD » de ConfigMap « post-config » que personne ne lit | « MOOD »
k8s/config.yaml | MOOD: calm | MOD: calm | ne reçoit pas « MOOD » | ConfigMap
k8s/config.yaml | MOOD: calm | MOOD: clam | l'application desk refuse de démarrer | calm ou busy
k8s/config.yaml | MOOD: calm | MOOD: 1 | n'est pas un texte | guillemets
k8s/config.yaml | MOOD: calm | MOOD: calm\\n  DESK_TOKEN: x | sa place dans un Secret | déplacer
k8s/config.yaml | http://post-desk | http://post-dsk | le nom « post-dsk » n'existe pas | post-desk
k8s/config.yaml | http://post-desk | http://post-desk:81 | sur le port 81 | 80
k8s/desk.yaml | image: post-desk:1.2 | image: post-desk:1.3 | image « post-desk:1.3 » que Compose ne construit pas | post-desk:1.2
k8s/desk.yaml | image: post-desk:1.2 | image: post-board:1.2 | l'application « board » | image
k8s/desk.yaml | imagePullPolicy: IfNotPresent | imagePullPolicy: Always | registre | IfNotPresent
k8s/desk.yaml | memory: 32Mi | memory: 96Mi | au-dessus de sa limite | baisser
k8s/desk.yaml | memory: 64Mi | memory: 64 | invraisemblable | unité
k8s/desk.yaml |             limits:\\n              memory: 64Mi\\n |  | mémoire sans limite | limits.memory
k8s/desk.yaml | runAsNonRoot: true | runAsNonRoot: false | rien n'interdit root | runAsNonRoot: true
k8s/desk.yaml | runAsUser: 10001 | runAsUser: 10002 | a l'utilisateur 10001:10001 | 10001
k8s/desk.yaml | type: RuntimeDefault | type: Unconfined | profil seccomp | RuntimeDefault
k8s/desk.yaml | automountServiceAccountToken: false | automountServiceAccountToken: true | jeton d'accès | false
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: true | adresses des Services | false
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      hostNetwork: true | hostNetwork | retirer
k8s/desk.yaml | allowPrivilegeEscalation: false | allowPrivilegeEscalation: true | élévation | false
k8s/desk.yaml | readOnlyRootFilesystem: true | readOnlyRootFilesystem: false | modifiable | true
k8s/desk.yaml | drop: ["ALL"] | drop: ["NET_RAW"] | capacités système gardées | ALL
k8s/namespace.yaml | enforce: restricted | enforce: baseline | « baseline » | restricted
k8s/namespace.yaml | enforce: restricted | enforc: restricted | inconnue de Pod Security | enforce
k8s/desk.yaml | time.sleep(4) | time.sleep(0) | ne fait pas de pause | attendre
k8s/desk.yaml | time.sleep(4)" | time.sleep(4" | pas du Python | corriger
k8s/desk.yaml | terminationGracePeriodSeconds: 20 | terminationGracePeriodSeconds: 12 | n'y tiennent pas | plus de 14
src/serve.py | graceful_timeout = 10 | graceful_timeout = 30 | n'y tiennent pas | plus de 34
k8s/desk.yaml | maxUnavailable: 0 | maxUnavailable: 1 | avant que son remplaçant serve | maxUnavailable: 0
k8s/desk.yaml | rollingUpdate:\\n      maxUnavailable: 0 | rollingUpdate:\\n      maxUnavailable: 0\\n      maxSurge: 0 | ne commence jamais | maxSurge: 1
k8s/desk.yaml | strategy:\\n    rollingUpdate:\\n      maxUnavailable: 0 | strategy:\\n    type: Recreate | coupe le service | RollingUpdate
k8s/desk.yaml | app.kubernetes.io/version: "1.2" | app.kubernetes.io/version: "1.1" | « 1.1 », et image en « 1.2 » | 1.2
k8s/desk.yaml |     app.kubernetes.io/component: desk\\n    app | \\n    app | app.kubernetes.io/component : « absente » | même valeur
k8s/desk.yaml | maxSkew: 1 | maxSkew: 5 | ne répartit rien | maxSkew: 1
k8s/desk.yaml | ScheduleAnyway | ScheduleAnywa | whenUnsatisfiable | ScheduleAnyway
k8s/secret.yaml | type: Opaque | type: Opaqe | type « Opaqe » inconnu | Opaque
k8s/desk-service.yaml | name: post-desk\\n  namespace | name: post-board\\n  namespace | déjà décrit dans k8s/board-service.yaml:1 | retirer
k8s/config.yaml | kind: ConfigMap\\n |  | manifeste sans objet | kind
k8s/desk.yaml | periodSeconds: 10 | periodSeconds: 10\\n            successThreshold: 2 | livenessProbe : successThreshold 2 refusé | écrire 1
k8s/desk.yaml | import time; time | import tme; time | module « tme » absent de l'image « post-desk:1.2 » | « time »
k8s/desk.yaml | import time; time | from time import sleep; time | nom « time » que rien ne définit | sleep
k8s/desk.yaml | ["python", "-c" | ["curl", "-c" | « curl » n'est pas dans l'image | noms connus
k8s/desk.yaml | ["python", "-c" | ["python3.12", "-c" | qui a Python 3.13 | écrire python
k8s/desk.yaml | httpGet:\\n              path: /health/live\\n              port: http\\n            periodSeconds: 10 | exec:\\n              command: ["python", "-m", "postal_dsk.probe"]\\n            periodSeconds: 10 | module « postal_dsk.probe » absent | « postal_desk »
k8s/desk.yaml | httpGet:\\n              path: /health/live\\n              port: http\\n            periodSeconds: 10 | exec:\\n              command: ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:9200/health/live')"]\\n            periodSeconds: 10 | y écoute sur le port 9100 | http://localhost:9100/health/live
k8s/desk.yaml | httpGet:\\n              path: /health/live\\n              port: http\\n            periodSeconds: 10 | exec:\\n              command: ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:9100/health/liv')"]\\n            periodSeconds: 10 | n'a pas de route « /health/liv » | /health/live
k8s/desk.yaml | imagePullPolicy: IfNotPresent | imagePullPolicy: IfNotPresent\\n          workingDir: /srv/desk | démarre dans « /srv/desk » | retirer workingDir
k8s/desk.yaml |           env:\\n |           env:\\n            - name: LISTEN\\n              value: 127.0.0.1\\n | n'écouterait que depuis son propre conteneur | retirer
k8s/desk.yaml |           env:\\n |           env:\\n            - name: DESK_TOKEN\\n              value: abc\\n | « DESK_TOKEN » a sa valeur dans le manifeste | secretKeyRef
k8s/secret.yaml | STAMP: eA== | STAMP: c2VhbGluZy13YXg= | a une vraie valeur | hors de git
k8s/secret.yaml | data:\\n  STAMP: eA== | stringData:\\n  STAMP: 8f3a0c77d1e94b52 | a une vraie valeur | hors de git
k8s/desk.yaml | path: /health/ready | path: health/ready | chemin « health/ready » sans « / » | /health/ready
k8s/desk.yaml | path: /health/ready | path: / | n'est pas une route de santé | noms connus
k8s/desk.yaml |               memory: 64Mi |               memory: 64Mi\\n              memry: 64Mi | ressource « memry » inconnue | « memory »
k8s/desk.yaml | replicas: 2 | replicas: 2\\n  paused: true | en pause | retirer paused
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      nodeName: one | attaché au nœud « one » | nodeName
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      imagePullSecrets: [{name: post-secrt}] | Secret « post-secrt » qu'aucun | « post-secret »
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app.kubernetes.io/name: post-dsk}}}}]}} | affinité avec des pods que rien ne décrit | post-desk
k8s/desk.yaml | secret:\\n            secretName: post-secret\\n            defaultMode: 0440 | persistentVolumeClaim: {claimName: letters} | PersistentVolumeClaim « letters » qu'aucun | aucun
k8s/board.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      dnsPolicy: Default | dnsPolicy Default : le conteneur « board » ne trouverait pas DESK_URL | retirer
k8s/board.yaml |           envFrom:\\n |           envFrom:\\n            - secretRef:\\n                name: post-secret\\n | qui n'en lit rien | retirer
k8s/desk.yaml | mountPath: /run/post\\n | mountPath: /srv/post\\n | il cacherait « /srv/post » | autre dossier
k8s/desk-service.yaml | type: ClusterIP | type: ClusterIP\\n  clusterIP: None | n'écoutent pas sur 80 | 9100
k8s/config.yaml | http://post-desk | http://0.0.0.0:9100 | dit où écouter | localhost
k8s/desk.yaml | cpu: 50m | cpu: 50 | CPU de « 50 » | 50m
k8s/desk.yaml | memory: 64Mi | memory: 64Gi | 64Gi de mémoire, et 64m pour la même image dans Compose | unité
k8s/desk.yaml | enableServiceLinks: false | enableServiceLinks: false\\n      serviceAccountName: postman | compte de service « postman » | default
k8s/desk.yaml | defaultMode: 0440 | defaultMode: 440 | secret en mode 0670 | avec son zéro
k8s/config.yaml | http://post-desk | http://post-board | mène à l'application « board », et non à « desk » | post-desk
k8s/config.yaml | http://post-desk | http://localhost:9100 | est le conteneur lui-même | post-desk
k8s/config.yaml | http://post-desk | http://post-desk.pots | l'espace de noms « pots » n'existe pas | « post »
k8s/config.yaml | http://post-desk | http://post-desk.post.svc.cluster.locl | qui finit par « .svc.cluster.locl » | cluster.local
""".strip().splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be."""
    post.write(tmp_path)
    return tmp_path


def test_the_repository_as_it_should_be_is_silent(root: Path) -> None:
    assert post.check(root) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_with_its_remedy(root: Path, change: str) -> None:
    name, old, new, cause, remedy = change.replace("\\n", "\n").split(" | ")
    post.change(root, name, old, new)
    findings = list(check_manifests(post.model(root)))
    assert any(cause in finding.cause and remedy in finding.remedy + finding.cause for finding in findings), findings


def test_a_finding_stands_at_the_line_of_what_is_wrong(root: Path) -> None:
    post.change(root, "k8s/desk.yaml", "containerPort: 9100", "containerPort: 9101")
    text = (root / "k8s/desk.yaml").read_text().splitlines()
    findings = {finding.rule: finding for finding in check_manifests(post.model(root))}
    assert "containerPort: 9101" in text[findings["container_ports"].line - 1]


def test_a_rule_that_the_settings_switch_off_says_nothing(root: Path) -> None:
    post.change(root, "k8s/desk.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")
    assert [finding.rule for finding in check_manifests(post.model(root))] == ["container_security"]
    assert list(check_manifests(post.model(root, rules_off=["container_security"]))) == []


def test_an_object_that_a_command_makes_may_be_declared(root: Path) -> None:
    post.change(root, "k8s/board.yaml", "name: post-config", "name: post-later")
    assert any("post-later" in finding.cause for finding in check_manifests(post.model(root)))
    assert not any(
        "post-later" in finding.cause
        for finding in check_manifests(post.model(root, made_by_commands=["configmap/post-later"]))
    )


def test_a_document_of_another_tool_is_left_alone(root: Path) -> None:
    (root / "k8s/tool.yaml").write_text("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: x\n")
    assert list(check_manifests(post.model(root))) == []


@pytest.mark.parametrize("line", range(1, len(post.FILES["k8s/desk.yaml"].splitlines()) + 1))
def test_no_missing_line_stops_the_check(root: Path, line: int) -> None:
    path = root / "k8s/desk.yaml"
    lines = path.read_text().splitlines()
    del lines[line - 1]
    path.write_text("\n".join(lines))
    model = post.model(root)
    assert model.faults or isinstance(list(check_manifests(model)), list)


def test_the_second_check_of_the_same_objects_asks_no_schema(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = post.model(root)
    assert list(schemas(model)) == []

    def refuse(name: str) -> None:
        raise AssertionError(name)

    monkeypatch.setattr("runbook.checking.manifests.schema.importlib.import_module", refuse)
    assert list(schemas(model)) == []


def test_what_the_cache_remembers_of_a_faulty_object_is_its_fault(root: Path) -> None:
    post.change(root, "k8s/desk.yaml", "replicas: 2", "replica: 2")
    first, second = list(schemas(post.model(root))), list(schemas(post.model(root)))
    assert first == second
    assert "champ « replica » inconnu" in first[0].cause


def test_a_key_written_twice_is_found_at_its_second_line(root: Path) -> None:
    post.change(root, "k8s/desk.yaml", "  replicas: 2\n", "  replicas: 2\n  minReadySeconds: 1\n  replicas: 1\n")
    lines = (root / "k8s/desk.yaml").read_text().splitlines()
    found = {
        (finding.path, lines[finding.line - 1].strip())
        for finding in check_sources(post.model(root))
        if "déjà écrite" in finding.cause
    }
    assert found == {("k8s/desk.yaml", "replicas: 1"), ("k8s/desk.yaml", "minReadySeconds: 1")}


@pytest.mark.parametrize(
    "host", ["post-desk.post", "post-desk.post.svc", "post-desk.post.svc.cluster.local", "post-desk.example.org"]
)
def test_the_long_names_of_a_service_are_its_names(root: Path, host: str) -> None:
    post.change(root, "k8s/config.yaml", "http://post-desk", f"http://{host}")
    assert [finding for finding in check_manifests(post.model(root)) if "adresse" in finding.cause] == []


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://post-desk", "un navigateur ne connaît pas"),
        ("http://localhost:9100", "rien n'ouvre le port 9100"),
        ("http://localhost:30070", "mène à l'application « board »"),
    ],
)
def test_an_address_for_browsers_leads_where_browsers_can_go(root: Path, address: str, cause: str) -> None:
    post.change(root, "k8s/config.yaml", "  MOOD", f"  DESK_PUBLIC_URL: {address}\n  MOOD")
    model = post.model(root)
    board = replace(
        model.applications["board"], variables={**model.applications["board"].variables, "DESK_PUBLIC_URL": ""}
    )
    changed = replace(model, applications={**model.applications, "board": board})
    assert any(cause in finding.cause and "DESK_PUBLIC_URL" in finding.cause for finding in check_manifests(changed))


def test_a_pod_that_ends_is_not_started_again(root: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: courier, namespace: post}\nspec:\n  activeDeadlineSeconds: 60\n"
    (root / "k8s/courier.yaml").write_text(pod)
    assert any(
        "relancerait sans fin" in finding.cause and finding.line == 5 for finding in check_manifests(post.model(root))
    )
    (root / "k8s/courier.yaml").write_text(f"{pod}  restartPolicy: Never\n")
    assert not any("relancerait sans fin" in finding.cause for finding in check_manifests(post.model(root)))


COURIER = """
apiVersion: v1
kind: Pod
metadata: {name: courier, namespace: post}
spec:
  containers:
    - name: courier
      image: post-desk:1.2
      workingDir: /round
      command: ["python", "-m", "courier", "carry"]
      args: ["--fast"]
      volumeMounts: [{name: programme, mountPath: /round/courier, readOnly: true}]
  volumes: [{name: programme, configMap: {name: post-config}}]
"""


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("", "", ""),
        ("/round/courier", "/round/couriers", "module « courier » absent de l'image"),
        ("--fast", "--fst", "option « --fst » inconnue de « courier »"),
        ("carry", "cary", "« courier » n'a pas de « cary »"),
    ],
)
def test_a_module_that_a_volume_brings_is_asked_what_it_knows(root: Path, old: str, new: str, cause: str) -> None:
    (root / "tools/courier").mkdir(parents=True)
    (root / "tools/courier/__main__.py").write_text('verbs.add_parser("carry").add_argument("--fast")\n')
    (root / "k8s/courier.yaml").write_text(COURIER.replace(old, new) if old else COURIER)
    found = [finding for finding in check_manifests(post.model(root)) if finding.rule == "processes"]
    assert [finding.cause for finding in found if cause and cause in finding.cause] if cause else found == []


@pytest.mark.parametrize(
    ("old", "new", "cause", "line"),
    [
        ("", "", "", 0),
        ("hostPort: 30070", "hostPort: 8080", "répondrait sur le port 8080", 7),
        ("containerPort: 30070", "containerPort: 30071", "port 30071 du nœud, qu'aucun Service n'ouvre", 6),
        ("extraPortMappings", "extraPortMapping", "clé « extraPortMapping » inconnue de kind", 5),
        ("control-plane", "controlplane", "rôle « controlplane » inconnu", 4),
        ("127.0.0.1", "0.0.0.0", "le port 30070 du cluster jetable s'ouvre à tout le réseau", 8),
        ("        listenAddress: 127.0.0.1\n", "", "s'ouvre à tout le réseau (0.0.0.0)", 6),
        ("v1alpha4", "v1alpha3", "que kind ne lit pas", 2),
    ],
)
def test_a_kind_cluster_opens_what_the_pages_call(root: Path, old: str, new: str, cause: str, line: int) -> None:
    text = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n  - role: control-plane\n    extraPortMappings:\n      - containerPort: 30070\n        hostPort: 30070\n        listenAddress: 127.0.0.1\n"
    (root / "k8s/cluster.yaml").write_text(text.replace(old, new) if old else text)
    found = [finding for finding in check_manifests(post.model(root)) if finding.path == "k8s/cluster.yaml"]
    assert any(cause in finding.cause and finding.line == line for finding in found) if cause else found == []


def test_a_stand_in_gives_what_its_target_gives(root: Path) -> None:
    model = post.model(root)
    targets = {**model.settings.targets}
    stand_in = StandIn(target="bare", env={"desk": {"MOOD": "busy"}})
    for name, causes in (
        ("compose", []),
        ("cluster", ["le substitut donne MOOD = « busy » à « desk », et la cible « calm »"]),
    ):
        asked = {**targets, name: msgspec.structs.replace(targets[name], stand_in=stand_in)}
        changed = replace(model, settings=msgspec.structs.replace(model.settings, targets=asked))
        found = [finding.cause for finding in check_manifests(changed)]
        assert len(found) == len(causes)
        assert all(cause in text for cause, text in zip(causes, found, strict=True))


@pytest.mark.parametrize("given", ["$STAMP_FILE", "${STAMP_FILE}"])
def test_what_compose_hands_on_from_the_host_is_not_asked_of_the_cluster(root: Path, given: str) -> None:
    post.change(
        root, "compose.yaml", "DESK_URL: http://desk:9100", f"DESK_URL: http://desk:9100\n      LISTEN: {given}"
    )
    assert not any("LISTEN" in finding.cause for finding in check_manifests(post.model(root)))


@pytest.mark.parametrize(("supported", "refused"), [("1.25", True), ("1.37", False)])
def test_the_manifests_are_held_to_the_versions_that_are_supported(root: Path, supported: str, refused: bool) -> None:
    (root / "versions.yaml").write_text(f'kubernetes: [{{version: "{supported}"}}]\n')
    (root / "k8s/budget.yaml").write_text(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: post-desk, namespace: post}\n"
        "spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}\n"
    )
    found = [it.cause for it in schemas(post.model(root, kubernetes="versions.yaml"))]
    assert any("unhealthyPodEvictionPolicy" in cause and supported in cause for cause in found) is refused
    assert found == [] or refused


@pytest.mark.parametrize("text", ["kubernetes: 1.37\n", "docker: []\n", "{"])
def test_versions_that_cannot_be_read_are_an_error_that_names_their_file(root: Path, text: str) -> None:
    (root / "versions.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"^versions\.yaml : "):
        list(schemas(post.model(root, kubernetes="versions.yaml")))
