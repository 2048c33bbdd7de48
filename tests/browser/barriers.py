"""What stands in someone's way on a page, once the page is at rest?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A colour half-way through its transition is nobody's choice. What never ends cannot be waited for,
# and what follows a scroll does not end by itself. One ended transition may begin another: two frames
# without any tell that all is over. A page that nobody sees may get no frame at all: no longer than that.
AT_REST = """
async () => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 250); });
  const running = () => document.getAnimations().filter((one) => one.playState === "running"
    && one.timeline === document.timeline && one.effect?.getComputedTiming().endTime !== Infinity);
  for (let still = 0; still < 2; still += 1) {
    await frame();
    const ending = running();
    if (ending.length) still = -1;
    await Promise.allSettled(ending.map((one) => one.finished));
  }
}
"""
# Impacts of axe that keep someone from reading or from acting.
_FOUND = """
const found = (await window.axe.run(where, { resultTypes: ["violations"], ...options })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact)).flatMap((one) =>
    one.nodes.map((node) =>
      `${one.id} (${one.impact}) : ${node.target} ${node.html.slice(0, 120)} ${node.failureSummary}`));
"""
_ALL = f"async (options) => {{ const where = document; {_FOUND} return found; }}"
# A text is legible or not for its own look and its ancestors': those of a look that was judged already are left out.
_UNJUDGED = (
    """
async (judged) => {
  const seen = new Set(judged), looks = new Map(), fresh = [];
  const hash = (text, start) => [...text].reduce((sum, one) => (Math.imul(sum, 33) ^ one.codePointAt(0)) >>> 0, start);
  const look = (one) => {
    if (!one) return 5381;
    if (!looks.has(one)) {
      const style = getComputedStyle(one);
      const own = [one.tagName, one.getAttribute("class"), style.color, style.backgroundColor, style.backgroundImage,
        style.opacity, style.fontSize, style.fontWeight, style.textDecorationLine, style.position].join();
      looks.set(one, hash(own, look(one.parentElement)));
    }
    return looks.get(one);
  };
  for (const one of document.body.querySelectorAll("*")) {
    const text = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!text && !one.matches("a[href], input, textarea, select, button")) continue;
    if (!one.checkVisibility({ visibilityProperty: true }) || seen.has(look(one))) continue;
    seen.add(look(one));
    fresh.push(look(one));
    one.setAttribute("data-unjudged", "");
  }
  if (!fresh.length) return [[], []];
  const where = { include: ["[data-unjudged]"] }, options = { runOnly: ["color-contrast", "link-in-text-block"] };
"""
    + _FOUND
    + """
  for (const one of document.querySelectorAll("[data-unjudged]")) one.removeAttribute("data-unjudged");
  return [fresh, found];
}
"""
)


def barriers(page: "Page") -> list[str]:
    """What axe finds serious or critical on the page as it stays after its transitions."""
    _ready(page)
    found: list[str] = page.evaluate(_ALL, {})
    return found


def built_barriers(page: "Page") -> list[str]:
    """The same, but for what colours are the cause of."""
    _ready(page)
    rules = {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")}
    found: list[str] = page.evaluate(_ALL, {"rules": rules})
    return found


def colour_barriers(page: "Page", judged: Sequence[int]) -> tuple[list[int], list[str]]:
    """The looks that are not among `judged`, and what colours are the cause of where the page has them."""
    _ready(page)
    looks, found = page.evaluate(_UNJUDGED, judged)
    return looks, found


def _ready(page: "Page") -> None:
    page.evaluate(AT_REST)
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {AXE_SCRIPT} }}")
