"""One change to the Compose file or to a Dockerfile is found, with the right name and what to do."""

from pathlib import Path

import pytest
from tests.engine.check import post

from runbook.checking.compose.check import check_compose
from runbook.checking.dockerfiles.check import check_dockerfiles
from runbook.checking.offered.compose_values import seconds
from runbook.checking.repository import check_sources

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
dockerfile: desk.Dockerfile} | dockerfile: desk.Dockerfile, target: prod} | étape « prod » que desk.Dockerfile n'a pas | build
dockerfile: desk.Dockerfile} | dockerfile: desk.Dockerfile, target: build} | qui ne lance pas l'application | target
dockerfile: desk.Dockerfile} | dockerfile: desk.Dockerfile, args: {MOD: calm}} | argument « MOD » que desk.Dockerfile ne prend pas | il n'y en a aucun
read_only: true | read_only: true\\n  user: root | lancé par root | retirer user
read_only: true | read_only: true\\n  network_mode: none\\n  networks: [default] | network_mode et networks ensemble | l'un des deux
    image: post-desk:1.2 |     command: [python, serve.py, "postal_desk:mak()"]\\n    image: post-desk:1.2 | aucune application ne s'appelle « postal_desk:mak » | postal_desk:make
    image: post-desk:1.2 |     healthcheck: {test: [CMD, curl, -f, "http://localhost:9100/"]}\\n    image: post-desk:1.2 | « curl » n'est pas dans l'image | noms connus
    image: post-desk:1.2 |     healthcheck: {test: "wget -q http://localhost:9100/"}\\n    image: post-desk:1.2 | « wget » n'est pas dans l'image | noms connus
    image: post-desk:1.2 |     healthcheck: {test: [CMD, python, -c, "import urllib.request as u; u.urlopen('http://localhost:9000/')"]}\\n    image: post-desk:1.2 | y écoute sur le port 9100 | 9100
    image: post-desk:1.2 |     volumes: ["letters:/srv/letters"]\\n    image: post-desk:1.2 | volume « letters » non déclaré | aucun
    image: post-desk:1.2 |     volumes: ["./scr/postal_desk:/srv/desk"]\\n    image: post-desk:1.2 | « ./scr/postal_desk » absent du dépôt | src/postal_desk
    image: post-desk:1.2 |     volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\\n    image: post-desk:1.2 | moteur Docker entier | retirer
    image: post-desk:1.2 |     env_file: desk.env\\n    image: post-desk:1.2 | fichier « desk.env » absent | aucun
    image: post-board:1.2 |     links: [dsk]\\n    image: post-board:1.2 | lien vers « dsk », qui n'existe pas | « desk »
    image: post-desk:1.2 |     secrets: [stamp]\\n    image: post-desk:1.2 | « stamp » que secrets ne déclare pas | aucun
    image: post-desk:1.2 |     profiles: [late]\\n    image: post-desk:1.2 | qu'un profil écarte | retirer profiles
    image: post-desk:1.2 |     deploy: {replicas: 2}\\n    image: post-desk:1.2 | un seul pourrait le prendre | un
    image: post-desk:1.2 |     network_mode: none\\n    image: post-desk:1.2 | sans réseau, et publie le port 9100 | retirer
    image: post-desk:1.2 |     stop_signal: SIGTRM\\n    image: post-desk:1.2 | signal d'arrêt « SIGTRM » | « SIGTERM »
    image: post-desk:1.2 |     tmpfs: [/srv]\\n    image: post-desk:1.2 | cacherait « /srv/post » | autre dossier
    image: post-desk:1.2 |     volumes: ["./src:/srv/post"]\\n    image: post-desk:1.2 | cacherait « /srv/post » | autre dossier
    image: post-desk:1.2 |     healthcheck: {test: [NONE]}\\n    image: post-desk:1.2 | contrôle de santé coupé | retirer
    image: post-desk:1.2 |     entrypoint: [sh, -c]\\n    image: post-desk:1.2 | lancé par un shell | entrypoint
    image: post-desk:1.2 |     command: python serve.py --bind 0.0.0.0:9000 "postal_desk:make()"\\n    image: post-desk:1.2 | l'application écoute sur 9000 | 9000
["no-new-privileges:true"] | ["no-new-privileges:true", "seccomp:unconfined"] | retire une protection | retirer
services:\\n | networks: {default: {external: true}}\\nservices:\\n | réseau « default » que Compose ne fait pas | external
MOOD: busy | MOOD: | prend la valeur que l'hôte se trouve avoir | « calm »
options: {max-size: 1m} | options: {max-size: 1m, max-files: "3"} | option « max-files » inconnue | « max-file »
MOOD: busy | MOOD: busy\\n      LISTEN: 127.0.0.1 | n'écouterait que depuis son propre conteneur | retirer
MOOD: busy | MOOD: busy\\n      DESK_TOKEN: abc | « DESK_TOKEN » a sa valeur dans le fichier | sans valeur
http://desk:9100 | http://localhost:9100 | est le conteneur lui-même | desk
http://desk:9100 | http://board:9200 | mène à l'application « board », et non à « desk » | desk
mem_limit: 64m | mem_limit: 64m\\n  mem_limit: 64m | clé « mem_limit » déjà écrite ligne 6 | corriger
""".strip("\n").splitlines()
DOCKERFILES = """
EXPOSE 9100 | ARG EDITION=2\\nEXPOSE 9100 | argument « EDITION » dont l'étape ne fait rien | ${EDITION}
EXPOSE 9100 | ARG EDITION=2.5\\nENV NUMBER=${EDITION} SHOWN=2.5\\nEXPOSE 9100 | « 2.5 » écrit là où l'argument « EDITION » devrait compter | ${EDITION}
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
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["python", "serve.py", "postal_desk:make"] | sans parenthèses elle serait prise pour elle | postal_desk:make()
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["python", "serve.py", "--bind", "0.0.0.0:9000", "postal_desk:make()"] | l'image écoute sur 9000 | 9100
CMD ["python", "serve.py", "postal_desk:make()"] | ENTRYPOINT ["sh", "-c"]\\nCMD ["python", "serve.py", "postal_desk:make()"] | lancée par un shell | retirer ENTRYPOINT
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["pythn", "serve.py", "postal_desk:make()"] | « pythn » n'est pas dans l'image | python
    PORT=9100\\nEXPOSE 9100 |     MOOD=calm\\nEXPOSE 9200 | port 9200 annoncé, et l'application écoute sur 9100 | EXPOSE 9100
ENV LISTEN | ENV DESK_TOKEN=abc\\nENV LISTEN | « DESK_TOKEN » a une valeur dans l'image | au lancement
COPY src/serve.py ./\\n | COPY src/serve.py ./\\nRUN pip install flask\\n | dont rien ne fixe l'empreinte | --require-hashes
COPY src/serve.py ./\\n | COPY src/serve.py ./\\nRUN pip install --require-hashes flask\\n | dont rien ne fixe l'empreinte | -r
COPY src/serve.py ./\\n | COPY src/serve.py ./\\nRUN chmod -R 777 .\\n | que tous peuvent modifier | a+rX
COPY src/serve.py ./\\n | COPY src/serve.py ./\\nRUN chmod -R o+w .\\n | que tous peuvent modifier | a+rX
FROM python:3.13-slim\\nWORKDIR | FROM python:3.13-slim AS build\\nWORKDIR | étape « build » déjà nommée ligne 1 | autre nom
ENV LISTEN | ENV PYTHONUNBUFERED=1\\nENV LISTEN | « PYTHONUNBUFERED » que Python ne lit pas | « PYTHONUNBUFFERED »
USER 10001:10001 | LABEL version="${VERSION}"\\nUSER 10001:10001 | « VERSION » que l'étape ne déclare pas | PORT
USER 10001:10001 | USER 10001:10001\\nCMD ["python"] | deuxième CMD | une
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ['python', 'serve.py', 'postal_desk:make()'] | guillemets doubles | CMD
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["sh", "-c", "python serve.py 'postal_desk:make()'"] | lancée par un shell | CMD [
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["gunicorn", "--worker", "2", "postal_desk:make()"] | option « --worker » de gunicorn inconnue | « --workers »
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["gunicorn", "--reload", "postal_desk:make()"] | option « --reload » de gunicorn qui n’a rien à faire | retirer
COPY src/postal_desk ./postal_desk | COPY src/postal_desk ./desk | Python n'y trouverait pas le module « postal_desk » | ./postal_desk
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["gunicorn", "-c", "gunicrn.conf.py", "postal_desk:make()"] | fichier de réglages « gunicrn.conf.py » que rien n'apporte | nom
CMD ["python", "serve.py", "postal_desk:make()"] | CMD ["gunicorn", "--config=serv.py", "postal_desk:make()"] | fichier de réglages « serv.py » que rien n'apporte | « serve.py »
COPY src/serve.py ./ | COPY . . | « COPY . » prend tout le contexte | nommer
USER 10001:10001 | RUN apt-get update && apt-get install -y curl\\nUSER 10001:10001 | programmes du système ajoutés à l'image livrée | étape de construction
HEALTHCHECK CMD | HEALTHCHECK --timeout=3 CMD | durée « 3 » | 3s
HEALTHCHECK CMD | HEALTHCHECK --retry=3 CMD | option « --retry » de HEALTHCHECK inconnue | « retries »
HEALTHCHECK CMD | HEALTHCHECK --retries=0 CMD | --retries=0 | au moins 1
HEALTHCHECK CMD ["python", "-c", "pass"] | HEALTHCHECK CMD curl -f http://localhost:9100/ | « curl » n'est pas dans l'image | noms connus
HEALTHCHECK CMD ["python", "-c", "pass"] | HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:9200/')"] | y écoute sur le port 9100 | 9100
CMD ["python", "serve.py", "postal_desk:make()"] | CMD python serve.py 'postal_desk:make()' | lancée par un shell | CMD [
HEALTHCHECK CMD ["python", "-c", "pass"]\\n |  | sans HEALTHCHECK | ajouter
HEALTHCHECK CMD ["python", "-c", "pass"] | HEALTHCHECK CMD ["python", "-m", "postal_desk.nothing"] | module « postal_desk.nothing » absent | « postal_desk »
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
    model = post.model(root)
    findings = [*check_compose(model), *(finding for finding in check_sources(model) if finding.rule == "model")]
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


@pytest.mark.parametrize(
    ("text", "value"), [("30s", 30), ("1m30s", 90), ("2m", 120), ("1h", 3600), ("", None), ("30", None), ("soon", None)]
)
def test_a_duration_is_read_as_compose_does(text: str, value: float | None) -> None:
    assert seconds(text) == value


def test_a_repository_without_compose_has_nothing_to_say(root: Path) -> None:
    (root / "compose.yaml").unlink()
    model = post.model(root, compose="")
    assert [*check_compose(model), *check_dockerfiles(model)] == []


def test_one_base_has_one_version_in_all_images(root: Path) -> None:
    post.change(root, "board.Dockerfile", "python:3.13-slim", "python:3.14-slim")
    found = [finding for finding in check_dockerfiles(post.model(root)) if "et ailleurs" in finding.cause]
    assert {finding.line for finding in found} == {1, 6}
    assert len({finding.path for finding in found}) == 1


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ("*\n!src/**\n", ""),
        ("# all but tests\ntests\n**/*.md\n", ""),
        ("*\n!src/postal_desk/**\n!src/postal_board\n", "« src/serve.py » n'entre pas dans la construction"),
        ("*\n!src/serve.py\n!src/postal_board/**\n", "« src/postal_desk/__init__.py » n'entre pas"),
        ("src/*/__init__.py\n", "« src/postal_desk/__init__.py » n'entre pas"),
        ("**/serve.??\n", "« src/serve.py » n'entre pas"),
    ],
)
def test_what_is_copied_is_not_left_out_of_the_build(root: Path, lines: str, cause: str) -> None:
    (root / ".dockerignore").write_text(lines)
    found = [
        finding.cause
        for finding in check_dockerfiles(post.model(root))
        if "n'entre pas dans la construction" in finding.cause
    ]
    assert any(cause in text for text in found) if cause else found == []


@pytest.mark.parametrize(
    ("command", "signal", "told"),
    [
        ('["gunicorn", "x:make()"]', "SIGINT", True),
        ('["gunicorn", "x:make()"]', "SIGTERM", False),
        ('["python", "serve.py"]', "SIGINT", False),
    ],
)
def test_gunicorn_is_stopped_by_the_signal_that_lets_requests_end(
    root: Path, command: str, signal: str, told: bool
) -> None:
    image = (root / "desk.Dockerfile").read_text()
    (root / "desk.Dockerfile").write_text(f"{image[: image.rindex('CMD')]}STOPSIGNAL {signal}\nCMD {command}\n")
    post.change(
        root, "compose.yaml", "    image: post-desk:1.2", f"    stop_signal: {signal}\n    image: post-desk:1.2"
    )
    model = post.model(root)
    found = {
        finding.path
        for finding in (*check_dockerfiles(model), *check_compose(model))
        if "couperait les requêtes en cours" in finding.cause
    }
    assert found == ({"desk.Dockerfile", "compose.yaml"} if told else set())
