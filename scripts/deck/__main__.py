"""Make the PowerPoint file and the PDF of the deck inside the built site, and link to them."""

import sys
from pathlib import Path

from browser.find import MISSING, find_browser

from .downloads import Download, link
from .pdf import write_pdf
from .powerpoint import write_powerpoint
from .slides import DeckError, read_slides

NAME = "datapress-validation-dsi"


def main(site: Path) -> int:
    """The exit status: 0 once the PowerPoint file is made and linked, with the PDF where a browser can print it."""
    folder = site / "presentation"
    page = folder / "diaporama" / "index.html"
    try:
        slides = read_slides(page)
        made = [Download(folder / f"{NAME}.pptx", "PowerPoint, modifiable")]
        write_powerpoint(slides, made[0].path)
        pdf = folder / f"{NAME}.pdf"
        if _print(page, pdf):
            made.append(Download(pdf, "PDF, à imprimer ou à envoyer"))
        link(folder / "index.html", made)
    except DeckError as error:
        print(f"scripts/presentation\u00a0: {error}", file=sys.stderr)
        return 1
    for download in made:
        print(f"{download.path}\u00a0: {len(slides)} diapositives")
    return 0


def _print(page: Path, pdf: Path) -> bool:
    """Whether this machine could print the deck; says in one line why it could not."""
    pdf.unlink(missing_ok=True)
    program = find_browser()
    if program is None:
        print(f"PDF non fabriqué\u00a0: {MISSING}", file=sys.stderr)
        return False
    try:
        write_pdf(program, page, pdf)
    except DeckError as error:
        print(f"PDF non fabriqué\u00a0: {error}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
