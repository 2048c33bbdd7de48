"""Make the PowerPoint file and the PDF of the deck inside the built site, and link to them."""

import sys
from pathlib import Path

from .downloads import Download, link
from .pdf import BROWSERS, browser, write_pdf
from .powerpoint import write_powerpoint
from .slides import DeckError, read_slides

NAME = "datapress-validation-dsi"


def main(site: Path) -> int:
    """The exit status: 0 if the deck could be made, with the PDF where a browser is present."""
    folder = site / "presentation"
    page = folder / "diaporama" / "index.html"
    try:
        slides = read_slides(page)
        made = [Download(folder / f"{NAME}.pptx", "PowerPoint, modifiable")]
        write_powerpoint(slides, made[0].path)
        program = browser()
        if program:
            made.append(Download(folder / f"{NAME}.pdf", "PDF, à imprimer ou à envoyer"))
            write_pdf(program, page, made[1].path)
        else:
            print(f"PDF non fabriqué : aucun navigateur parmi {', '.join(BROWSERS)}", file=sys.stderr)
        link(folder / "index.html", made)
    except DeckError as error:
        print(f"scripts/presentation : {error}", file=sys.stderr)
        return 1
    for download in made:
        print(f"{download.path} : {len(slides)} diapositives")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
