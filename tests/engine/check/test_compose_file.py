"""One change to the Compose file or to a Dockerfile is found, with the right name and what to do."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.compose import check_compose, seconds
from runbook.checking.dockerfiles import check_dockerfiles

COMPOSE = """
  desk:\\n    <<: *service\\n    image: post-desk:1.2 |   desk:\\n    <<: *service\\n    image: post-desk | sans étiquette | version
image: post-board:1.2 | image: post-desk:1.2 | construite par deux services | par service
dockerfile: desk.Dockerfile | dockerfile: desk.Dockerfil | Dockerfile « desk.Dockerfil » absent | « desk.Dockerfile »
context: ., dockerfile: desk | context: srcs, dockerfile: desk | contexte de construction « srcs » absent | « src »
127.0.0.1:9100:9100 | 127.0.0.1:9100:9101 | l'application écoute sur 9100 | 9100
127.0.0.1:9100:9100 | 9100:9100 | ouvert à tout le réseau | 127.0.0.1
published: "9200" | published: "9100" | publié par deux services | un autre
published: "9200" | published: "92000" | port 92000 impossible | 65535
host_ip: 127.0.0.1 | host_ip: 127.0.0.0.1 | adresse « 127.0.0.0.1 » | 127.0.0.1
target: 9200 | targt: 9200 | clé « targt » inconnue | « target »
MOOD: busy | MOD: busy | variable « MOD » que l'application ne lit pas | « MOOD »
MOOD: busy | MOOD: bzy | l'application desk refuse de démarrer | calm ou busy
http://desk:9100 | http://dsk:9100 | le nom « dsk » n'existe pas | « desk »
http://desk:9100 | http://desk:9101 | « desk » ne répond pas sur le port 9101 | 9100
http://desk:9100 | http://desk:9100/nowhere | aucune route « /nowhere » | route
http://desk:9100 | http://localhost:9109 | aucun service ne publie le port 9109 | 9100
    environment:\\n      DESK_URL: http://desk:9100\\n |  | DESK_URL vaudrait « http://localhost:9100 » | environment
condition: service_healthy | condition: service_helthy | condition « service_helthy » inconnue | « service_healthy »
condition: service_healthy | condition: service_started | n'attend pas que « desk » réponde | service_healthy
      desk:\\n        condition |       dsk:\\n        condition | attend « dsk », qui n'existe pas | « desk »
    depends_on:\\n      desk:\\n        condition: service_healthy\\n |  | appelle « desk » sans l'attendre | depends_on
read_only: true | read_only: false | modifiable | read_only: true
read_only: true | read_onl: true | clé « read_onl » | « read_only »
cap_drop: [ALL] | cap_drop: [NET_RAW] | capacités système gardées | cap_drop
no-new-privileges:true | no-new-privileges:false | élévation | no-new-privileges:true
mem_limit: 64m | mem_limit: 64 | mémoire « 64 » | 192m
pids_limit: 64 | pids_limit: -1 | nombre de processus | pids_limit
driver: json-file | driver: json-fle | pilote de journaux « json-fle » | json-file
options: {max-size: 1m} | options: {} | sans limite de taille | max-size
stop_grace_period: 20s | stop_grace_period: 5s | arrêté après 5 s, quand le serveur en donne 10 | plus de 10s
stop_grace_period: 20s | stop_grace_period: soon | durée « soon » illisible | 30s
services: | service: | aucun service | services
""".strip("\n").splitlines()
DOCKERFILES = """
COPY src/postal_desk ./postal_desk\\n |  | « src/postal_desk » n'entre pas dans l'image | copier
COPY src/postal_desk | COPY src/postal_dsk | « src/postal_dsk » absent du contexte | src/postal_desk
COPY src/serve.py ./\\n |  | « src/serve.py » n'entre pas dans l'image | copier
--from=build | --from=bild | étape « bild » inconnue | « build »
COPY --from=build /srv/post ./\\n |  | ne prend pas l'application | --from=build
--from=build /srv/post | --from=build /srv/pots | « /srv/pots » que l'étape « build » ne fait pas | /srv/post
FROM python:3.13-slim\\n | FROM python:3.12-slim\\n | bases différentes | la même
FROM python:3.13-slim\\n | FROM python\\n | sans étiquette | version
LISTEN=0.0.0.0 | LISTEN=127.0.0.1 | n'écouterait que depuis son propre conteneur | 0.0.0.0
LISTEN=0.0.0.0 | LISTN=0.0.0.0 | variable « LISTN » que l'application ne lit pas | « LISTEN »
PORT=9100 | PORT=9101 | l'image écoute sur 9101 | 9100
EXPOSE 9100 | EXPOSE 9101 | port 9101 annoncé | EXPOSE 9100
EXPOSE 9100\\n |  | aucun port annoncé | EXPOSE
USER 10001:10001 | USER post | utilisateur « post » | numéro
USER 10001:10001\\n |  | utilisateur « root » | USER
postal_desk:make() | postal_desk:mak() | aucune application ne s'appelle « postal_desk:mak » | postal_desk:make
postal_desk:make() | postal_board:make() | le service « desk » lance l'application « board » | CMD
CMD ["python", "serve.py", "postal_desk:make()"] | CMD python serve.py 'postal_desk:make()' | lancée par un shell | CMD [
HEALTHCHECK CMD ["python", "-c", "pass"]\\n |  | sans HEALTHCHECK | ajouter
HEALTHCHECK CMD ["python", "-c", "pass"] | HEALTHCHECK CMD ["python", "-m", "postal_desk.nothing"] | module « postal_desk.nothing » absent | corriger
""".strip("\n").splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The repository as it should be."""
    post.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize("change", COMPOSE)
def test_a_change_to_compose_is_found_with_its_remedy(root: Path, change: str) -> None:
    old, new, cause, remedy = change.replace("\\n", "\n").split(" | ")
    post.change(root, "compose.yaml", old, new)
    findings = list(check_compose(post.model(root)))
    assert any(cause in finding.cause for finding in findings), findings
    assert any(remedy in finding.remedy + finding.cause for finding in findings), findings


@pytest.mark.parametrize("change", DOCKERFILES)
def test_a_change_to_a_dockerfile_is_found_with_its_remedy(root: Path, change: str) -> None:
    old, new, cause, remedy = change.replace("\\n", "\n").split(" | ")
    post.change(root, "desk.Dockerfile", old, new)
    findings = list(check_dockerfiles(post.model(root)))
    assert any(cause in finding.cause and remedy in finding.remedy + finding.cause for finding in findings), findings
    assert {finding.path for finding in findings} == {"desk.Dockerfile"}


def test_a_finding_in_what_an_anchor_gives_stands_at_the_anchor(root: Path) -> None:
    post.change(root, "compose.yaml", "read_only: true", "read_only: false")
    assert {finding.line for finding in check_compose(post.model(root))} == {3}


@pytest.mark.parametrize(("text", "value"), [("30s", 30), ("1m30s", 90), ("2m", 120), ("1h", 3600), ("", None), ("30", None), ("soon", None)])
def test_a_duration_is_read_as_compose_does(text: str, value: float | None) -> None:
    assert seconds(text) == value


def test_a_repository_without_compose_has_nothing_to_say(root: Path) -> None:
    (root / "compose.yaml").unlink()
    model = post.model(root, compose="")
    assert [*check_compose(model), *check_dockerfiles(model)] == []
