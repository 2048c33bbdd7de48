// A table wider than the screen scrolls in a frame: give the frame to the keyboard as well.
const reachTables = () => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", "Tableau défilant");
    } else {
      frame.removeAttribute("tabindex");
      frame.removeAttribute("role");
      frame.removeAttribute("aria-label");
    }
  }
};

window.addEventListener("load", reachTables);
window.addEventListener("resize", reachTables);

// The theme gives its search window a role and no name.
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Recherche");
