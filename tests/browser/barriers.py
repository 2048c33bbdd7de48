"""What stands in someone's way on a page, once the page is at rest?"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, overload

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.async_api import Page as AsyncPage
    from playwright.sync_api import Page

# A colour half-way through its transition is nobody's choice. What never ends cannot be waited for,
# and what follows a scroll does not end by itself. One ended transition may begin another: two frames
# without any tell that all is over.
AT_REST = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
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
_BARRIERS = f"""
async () => {{
  await ({AT_REST})();
  if (!window.axe) {{ {AXE_SCRIPT} }}
  const found = await window.axe.run(document, {{ resultTypes: ["violations"] }});
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).flatMap((one) =>
    one.nodes.map((node) =>
      `${{one.id}} (${{one.impact}}) : ${{node.target}} ${{node.html.slice(0, 120)}} ${{node.failureSummary}}`));
}}
"""


@overload
def barriers(page: "Page") -> list[str]: ...
@overload
def barriers(page: "AsyncPage") -> Awaitable[list[str]]: ...
def barriers(page: "Page | AsyncPage") -> list[str] | Awaitable[list[str]]:
    """What axe finds serious or critical on the page as it stays after its transitions;
    to be awaited where the page is."""
    found: list[str] | Awaitable[list[str]] = page.evaluate(_BARRIERS)
    return found
