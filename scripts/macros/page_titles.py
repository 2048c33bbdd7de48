"""What is each page called?"""

from pathlib import Path

from mkdocs.utils import meta

from .sources import read_text


def read_titles(docs: Path) -> dict[str, str]:
    """The title in the front matter of every page under `docs`, by its path there."""
    heads = {str(path.relative_to(docs)): meta.get_data(read_text(path))[1] for path in sorted(docs.rglob("*.md"))}
    return {path: head["title"] for path, head in heads.items() if head.get("title")}
