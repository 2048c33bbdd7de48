// A table wider than the screen scrolls in a frame: give the frame to the keyboard as well, and tell where it goes on.
const tellMore = (frame) => {
  const hidden = frame.scrollWidth - frame.clientWidth;
  if (hidden > 1) frame.dataset.suite = frame.scrollLeft < hidden - 1 ? "droite" : "gauche";
  else delete frame.dataset.suite;
};

const reachTables = () => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    frame.onscroll = () => tellMore(frame);
    tellMore(frame);
    if (frame.dataset.suite) {
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

// A proof ages while the site stays as it was built: what is to be seen from a day on is shown by the reader's clock.
for (const told of document.querySelectorAll("[data-montrer-apres]")) {
  told.hidden = Date.now() < Date.parse(told.dataset.montrerApres);
}

// The theme gives its search window a role and no name.
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Recherche");

// On a small screen the menu and the search open by labels, which the keyboard passes over. The theme
// itself answers Enter on a label that has the focus.
for (const [toggle, name] of [["__drawer", "Menu"], ["__search", "Recherche"]]) {
  for (const label of document.querySelectorAll(`.md-header label[for=${toggle}].md-header__button`)) {
    label.tabIndex = 0;
    label.setAttribute("role", "button");
    label.setAttribute("aria-label", name);
    label.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      label.click();
    });
  }
}
