"""In a real browser: does every slide fit, on a wide screen and on a phone, and do the keys work?"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from browser.find import find_browser

from .conftest import Deck

PROGRAM = find_browser()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no browser on this machine; the estimates of test_powerpoint hold the same content"
)

# The page measures itself, in a frame of the wanted size, and tells the page around it.
MEASURE = """
<script>
const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const shown = () => [...document.querySelectorAll(".dp-page")].filter((page) => page.offsetHeight > 0);
const over = () => shown().filter((page) => {
  const slide = page.querySelector(".dp-diapo");
  const body = page.querySelector(".dp-corps");
  return slide.scrollWidth > slide.clientWidth + 1 || slide.scrollHeight > slide.clientHeight + 1
    || body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
}).map((page) => page.getAttribute("aria-label"));
addEventListener("load", () => {
  const result = { shown: [], over: [], sideways: document.documentElement.scrollWidth - innerWidth };
  for (let step = 0; step < 10; step += 1) {
    result.shown.push(shown().length);
    result.over.push(...over());
    if (step < 9) press("ArrowRight");
  }
  result.last = document.querySelector("[role=status]").textContent;
  result.focus = document.activeElement.id;
  press("Home");
  result.first = document.querySelector("[role=status]").textContent;
  press("n");
  result.notes = document.querySelector(".dp-courante .dp-notes").offsetHeight > 0;
  parent.postMessage(result, "*");
});
</script>
"""
AROUND = """<body><iframe src="measured.html" style="width:{width}px;height:{height}px;border:0"></iframe><pre></pre>
<script>addEventListener("message", (event) => {{ document.querySelector("pre").textContent = JSON.stringify(event.data); }});</script>"""


def _measure(deck: Deck, width: int, height: int) -> dict[str, Any]:
    folder = deck.page.parent
    (folder / "measured.html").write_text(
        deck.page.read_text(encoding="utf-8").replace("</body>", f"{MEASURE}</body>"), encoding="utf-8"
    )
    around = folder / "around.html"
    around.write_text(AROUND.format(width=width, height=height), encoding="utf-8")
    dumped = subprocess.run(
        [
            str(PROGRAM),
            "--headless",
            "--disable-gpu",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--window-size={max(width, 600)},{height + 200}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            Path(around).as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    found = re.search(r"<pre>(\{.*\})</pre>", dumped)
    assert found, dumped[-500:]
    measured: dict[str, Any] = json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    return measured


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (1920, 1080)])
def test_on_a_wide_screen_the_keys_show_each_slide_alone_and_whole(deck: Deck, width: int, height: int) -> None:
    measured = _measure(deck, width, height)

    assert measured["over"] == []
    assert measured["shown"] == [1] * 10
    assert (measured["first"], measured["last"], measured["focus"]) == ("1 / 10", "10 / 10", "decision")
    assert measured["notes"]
    assert measured["sideways"] <= 0


def test_on_a_phone_all_slides_follow_one_another_and_none_is_wider(deck: Deck) -> None:
    measured = _measure(deck, 375, 812)

    assert measured["shown"] == [10] * 10
    assert measured["over"] == []
    assert measured["sideways"] <= 0


def test_without_a_record_every_slide_fits_as_well(bare_deck: Deck) -> None:
    assert _measure(bare_deck, 1440, 900)["over"] == []
