"""`python` and `pip`: modules and lists of requirements that exist."""

import importlib.util
import posixpath
from collections.abc import Iterator
from itertools import pairwise

from runbook.rules.call import Call
from runbook.rules.finding import Told, nearest
from runbook.rules.rule import rule


@rule("module-inconnu", "python")
def unknown_module(call: Call) -> Iterator[Told]:
    """python -m lance un module que ni le dépôt ni l'environnement n'ont.

    Mauvais : python -m json.toool settings.json
    Bon : python -m json.tool settings.json
    """
    words = call.operands
    place = next((index for index, word in enumerate(words) if word.text == "-m"), None)
    if place is None or place + 1 >= len(words) or not call.situation.here or not words[place + 1].known:
        return
    name = words[place + 1].text
    modules = (file.removesuffix(".py") for file in call.situation.repository.files if file.endswith(".py"))
    own = {path.removesuffix("/__main__").removesuffix("/__init__") for path in modules}
    if not any(f"/{path}".endswith(f"/{name.replace('.', '/')}") for path in own):
        try:
            there = importlib.util.find_spec(name) is not None
        except (ImportError, ValueError):
            there = False
        if not there:
            remedy = nearest(name, (posixpath.basename(path) for path in own))
            yield words[place + 1], f"module « {name} » introuvable", remedy


@rule("liste-de-paquets", "pip", "uv", "python")
def requirements(call: Call) -> Iterator[Told]:
    """pip installe, ou uv verrouille, d'après une liste que le dépôt n'a pas.

    Mauvais : pip install -r requirement.txt
    Bon : pip install -r requirements.txt
    """
    words = call.operands
    verb = next((word.text for word in words if word.text in ("install", "compile", "wheel", "download")), "")
    for option, word in pairwise(words) if verb else ():
        listed = option.text in ("-r", "--requirement", "-c", "--constraint")
        if listed or (verb == "compile" and "." in word.text and "-" not in (option.text[:1], word.text[:1])):
            yield from call.situation.missing(word)
