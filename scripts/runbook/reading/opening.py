"""MkDocs made ready to read pages, on any site: what is not installed here is told, and left out."""

import contextlib
import functools
import logging
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown as python_markdown
import yaml
from mkdocs.config.config_options import Hooks
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import PluginCollection, get_plugins
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_theme_names
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

from runbook.errors import SettingsError
from runbook.reading.content import withheld

# Extensions that change words inside a line, never a block, and take long to make.
INLINE = ("pymdownx.emoji", "materialx.emoji")
# Plugins that change no command: they work on what is published, or ask the network or the history of git.
BESIDE = re.compile(
    r"git-authors|git-committers|git-committers-2|git-revision-date|git-revision-date-localized|glightbox"
    r"|htmlproofer|llmstxt|mike|minify|minify_html|mkdocstrings|offline|open-in-new-tab|optimize|pdf-export"
    r"|privacy|projects|redirects|rss|search|social|tags|with-pdf"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A site's settings and files, its pages in their order, and what could not be read of it here."""

    root: Path
    config: MkDocsConfig
    files: Files
    pages: tuple[MkDocsPage, ...]
    unknown: tuple[str, ...]


def open_site(root: Path, config_file: str) -> Opened:
    """The site that these settings of MkDocs describe; SettingsError if MkDocs or one of its plugins refuses it."""
    unknown: list[str] = []
    with as_mkdocs_does(root, config_file):
        config = _configuration(root / config_file, unknown)
        pass_on = functools.partial(_passed_on, config.plugins, unknown)
        pass_on("startup", None, command="build", dirty=False)
        config = pass_on("config", config)
        extensions = config.markdown_extensions  # names, which are here, and objects that plugins made
        config.markdown_extensions = [one for one in extensions if isinstance(one, str) or _is_here(one, unknown)]
        files = pass_on("files", get_files(config), config=config)
        navigation = pass_on("nav", get_navigation(files, config), config=config, files=files)
        listed = {page.file.src_uri for page in navigation.pages}
        others = (file.page for file in files.documentation_pages() if file.src_uri not in listed)
        pages = (*navigation.pages, *filter(None, others))
    return Opened(root, config, files, pages, tuple(f"{config_file} : {what}" for what in unknown))


@contextlib.contextmanager
def as_mkdocs_does(root: Path, config_file: str) -> Iterator[None]:
    """Silent, without proofs, in the folder of the settings; what MkDocs refuses is a SettingsError."""
    disabled, shown = logging.root.manager.disable, withheld.set(True)
    logging.disable(logging.CRITICAL)  # what is wrong is raised, in one line and with its place
    try:
        with contextlib.chdir((root / config_file).parent):
            yield
    except (Exception, SystemExit) as error:  # whatever MkDocs makes of settings of the wrong shape
        raise SettingsError(f"{config_file} : MkDocs refuse le site : {reason(error)}") from error
    finally:
        withheld.reset(shown)
        logging.disable(disabled)


def reason(error: BaseException) -> str:
    """What went wrong, in one line."""
    told = str(error) or str(error.__cause__ or "") or type(error).__name__
    return " ".join(told.split())


def _configuration(path: Path, unknown: list[str]) -> MkDocsConfig:
    """MkDocs's own reading of its settings, less what is not installed here and what no command depends on."""
    config = MkDocsConfig(config_file_path=str(path))
    with path.open("rb") as stream:
        written = yaml_load(stream, _loader(config, unknown))
    if not isinstance(written, dict):
        raise ConfigurationError("ce ne sont pas des réglages ; écrire au moins site_name: …")
    written.pop("watch", None)
    hooks = written.pop("hooks", None) or []
    theme = written.get("theme") or "mkdocs"
    theme_name = theme.get("name") if isinstance(theme, dict) else theme
    if theme_name is not None and theme_name not in get_theme_names():
        unknown.append(f"thème « {theme_name} » absent d'ici ; les pages sont lues sans lui")
        written["theme"] = "mkdocs"
    written["plugins"] = list(_installed_plugins(written.get("plugins"), theme_name, unknown))
    named = _entries(written.get("markdown_extensions"))
    here = ({name: given} for name, given in named if name not in INLINE and _is_here(str(name), unknown))
    written["markdown_extensions"] = list(here)
    config.load_dict(written)
    errors, _ = config.validate()
    if unknown and Path(config.docs_dir).is_dir():  # a plugin that is not here may let the site stand in its own folder
        errors = [(key, fault) for key, fault in errors if key not in ("docs_dir", "site_dir")]
    if errors:
        raise ConfigurationError(" ; ".join(f"{key} : {fault}" for key, fault in errors))
    for name in hooks:
        _add_hook(config, str(name), unknown)
    return config


def _loader(config: MkDocsConfig, unknown: list[str]) -> Any:
    """MkDocs's own reader of YAML, for which a Python name that is not there is nothing instead of the end."""
    loader = get_yaml_loader(config=config)

    def tolerant(construct: Any, reader: Any, name: str, node: Any) -> Any:
        try:
            return construct(reader, name, node)
        except (yaml.constructor.ConstructorError, ImportError) as error:
            if "emoji" not in name:
                cause = str(getattr(error, "problem", None) or error)
                unknown.append(f"« {name} » introuvable ici ({cause}) ; les pages sont lues sans lui")
            return None

    for tag, construct in (
        ("name", yaml.constructor.FullConstructor.construct_python_name),
        ("object/apply", yaml.constructor.UnsafeConstructor.construct_python_object_apply),
    ):
        loader.add_multi_constructor(f"tag:yaml.org,2002:python/{tag}:", functools.partial(tolerant, construct))
    return loader


def _entries(written: Any) -> Iterator[tuple[Any, Any]]:
    """Name and settings of each, however the list is written."""
    if isinstance(written, dict):
        yield from written.items()
        return
    for entry in written if isinstance(written, list) else ():
        yield next(iter(entry.items()), ("", None)) if isinstance(entry, dict) else (entry, None)


def _installed_plugins(written: Any, theme: str | None, unknown: list[str]) -> Iterator[dict[str, Any]]:
    installed = get_plugins()
    for name, options in _entries(written):
        if BESIDE.fullmatch(str(name).rpartition("/")[2]):
            continue
        if name in installed or f"{theme}/{name}" in installed:
            yield {name: deepcopy(options)}
        else:
            unknown.append(f"greffon « {name} » absent d'ici ; l'installer, sinon les pages sont lues sans lui")


def _is_here(extension: Any, unknown: list[str]) -> bool:
    """Whether an extension finds here what it imports, else that is told."""
    name = extension if isinstance(extension, str) else type(extension).__name__
    with contextlib.suppress(Exception):  # of another kind: with its own settings MkDocs will judge it
        try:
            python_markdown.Markdown(extensions=[extension]).convert("" if isinstance(extension, str) else "x")
        except (ImportError, AttributeError, OSError) as error:
            cause = f"extension « {name} » absente d'ici ({reason(error)})"
            unknown.append(f"{cause} ; l'installer, sinon les pages sont lues sans elle")
            return False
    return True


def _add_hook(config: MkDocsConfig, name: str, unknown: list[str]) -> None:
    path = os.path.join(os.path.dirname(config.config_file_path), name)  # noqa: PTH118, PTH120 — as MkDocs does
    try:
        config.plugins[name] = Hooks("plugins")._load_hook(name, path)  # noqa: SLF001 — MkDocs has no other door
    except ImportError as error:
        unknown.append(f"module « {name} » : {reason(error)} ; l'installer, sinon les pages sont lues sans lui")
    except Exception as error:
        raise ConfigurationError(f"hooks : {name} : {reason(error)}") from error


def _passed_on(plugins: PluginCollection, unknown: list[str], event: str, item: Any, **given: Any) -> Any:
    """What all plugins make of `item`, as MkDocs's own `run_event` has it.

    One that fails while the site is opened is left out, unless it writes into pages, and all that it needs is there.
    """
    owners, events = plugins._event_origins, plugins.events  # noqa: SLF001 — where MkDocs says whose a method is
    for method in list(events[event]):
        try:
            made = method(**given) if item is None else method(item, **given)
        except (Exception, SystemExit) as error:
            name = owners.get(method, "?")
            writes = name in (owners.get(one, "?") for one in events["page_markdown"])
            if writes and not isinstance(error, ImportError):
                raise ConfigurationError(f"greffon « {name} » : {reason(error)}") from error
            first = error.__context__ if isinstance(error.__context__, ImportError) else error
            unknown.append(f"greffon « {name} » en échec ({reason(first)}) ; les pages sont lues sans lui")
            plugins.pop(name, None)
            for methods in events.values():
                methods[:] = [one for one in methods if owners.get(one, "?") != name]
        else:
            item = item if made is None else made
    return item
