"""What is each page called?"""

from pathlib import Path
from typing import Any

from mkdocs.utils import meta

from .sources import read_text


def read_titles(docs: Path) -> dict[str, str]:
    """The title in the front matter of every page under `docs`, by its path there."""
    return {
        str(path.relative_to(docs)): title
        for path in sorted(docs.rglob("*.md"))
        if (title := _front_matter(path).get("title"))
    }


def _front_matter(path: Path) -> dict[str, Any]:
    _, data = meta.get_data(read_text(path))
    return data
