"""Bind the runbooks of the built site into one page and, where a browser can print, one PDF; link to both."""

import sys
from pathlib import Path

from lxml import etree, html

from browser.find import MISSING, find_browser
from deck.downloads import Download, link
from deck.pdf import write_pdf
from deck.slides import DeckError

from .sheets import FIRST, bound, read_sheets

PAGE = "classeur.html"
PDF = "datapress-procedures.pdf"
STYLE = """
@page { size: A4; margin: 13mm 14mm; }
.md-typeset { font-size: 8.5pt !important; }
.dp-feuillet { break-before: page; }
.md-header, .md-tabs, .md-sidebar, .md-footer, .md-top, .md-path { display: none !important; }
"""


def main(site: Path) -> int:
    """The exit status: 0 once the page is made and linked, with the PDF where a browser can print it."""
    folder = site / FIRST
    try:
        _write_page(site, folder / PAGE)
        made = [Download(folder / PAGE, "Toutes les procédures en une page")]
        program = find_browser()
        (folder / PDF).unlink(missing_ok=True)
        if program is None:
            print(f"PDF non fabriqué\u00a0: {MISSING}", file=sys.stderr)
        else:
            write_pdf(program, folder / PAGE, folder / PDF)
            made.append(Download(folder / PDF, "PDF, à imprimer et à garder hors ligne"))
        link(folder / "index.html", made)
    except (DeckError, OSError) as error:
        print(f"classeur des procédures\u00a0: {error}", file=sys.stderr)
        return 1
    for download in made:
        print(download.path)
    return 0


def _write_page(site: Path, path: Path) -> None:
    sheets = list(read_sheets(site))
    names = {sheet.url: sheet.name for sheet in sheets}
    frame = html.parse(str(site / FIRST / "index.html")).getroot()
    for script in frame.xpath("//script"):
        script.drop_tree()
    style = etree.SubElement(frame.find("head"), "style")
    style.text = STYLE
    (article,) = frame.xpath("//article")
    article.clear()
    article.set("class", "md-content__inner md-typeset")
    etree.SubElement(article, "h1").text = "Procédures d’exploitation"
    contents = etree.SubElement(article, "ol")
    for sheet in sheets:
        etree.SubElement(etree.SubElement(contents, "li"), "a", href=f"#{sheet.name}").text = sheet.title
        article.append(bound(sheet, names))
    path.write_bytes(html.tostring(frame, encoding="utf-8", doctype="<!doctype html>"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
