// The deck on a screen wide enough: one slide at a time. Elsewhere, on paper and without this
// script, the slides follow one another.
const pages = [...document.querySelectorAll(".dp-page")];
const number = document.querySelector(".dp-numero");
const notesButton = document.querySelector("[data-geste=notes]");
const wide = window.matchMedia("(min-width: 50em) and (min-height: 24em)");
let current = 0;

const headingOf = (page) => page.querySelector("h1, h2");

const show = (index, { focus = true } = {}) => {
  current = Math.max(0, Math.min(index, pages.length - 1));
  pages.forEach((page, position) => page.classList.toggle("dp-courante", position === current));
  number.textContent = `${current + 1} / ${pages.length}`;
  document.querySelector("[data-geste=precedente]").disabled = current === 0;
  document.querySelector("[data-geste=suivante]").disabled = current === pages.length - 1;
  const heading = headingOf(pages[current]);
  history.replaceState(null, "", `#${heading.id}`);
  if (focus) heading.focus({ preventScroll: wide.matches });
};

const gestures = {
  precedente: () => show(current - 1),
  suivante: () => show(current + 1),
  premiere: () => show(0),
  derniere: () => show(pages.length - 1),
  notes: () => {
    const shown = document.body.classList.toggle("dp-avec-notes");
    notesButton.setAttribute("aria-pressed", String(shown));
  },
  ecran: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  imprimer: () => window.print(),
};

const keys = {
  ArrowRight: "suivante",
  ArrowDown: "suivante",
  PageDown: "suivante",
  " ": "suivante",
  ArrowLeft: "precedente",
  ArrowUp: "precedente",
  PageUp: "precedente",
  Home: "premiere",
  End: "derniere",
  n: "notes",
  f: "ecran",
};

document.addEventListener("keydown", (event) => {
  const onControl = event.target.closest("button, a");
  const gesture = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!gesture || !wide.matches || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && onControl) return; // the space bar presses what has the focus
  event.preventDefault();
  gestures[gesture]();
});

for (const button of document.querySelectorAll("[data-geste]")) {
  button.addEventListener("click", () => gestures[button.dataset.geste]());
}

const fromAddress = () => pages.findIndex((page) => `#${headingOf(page).id}` === location.hash);

// A table wider than a phone scrolls in its frame: the keyboard must reach it.
const reachTables = () => {
  for (const frame of document.querySelectorAll(".dp-tableau")) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", "Tableau défilant");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    }
  }
};
window.addEventListener("resize", reachTables);

pages.forEach((page) => headingOf(page).setAttribute("tabindex", "-1"));
window.addEventListener("hashchange", () => show(fromAddress()));
document.body.classList.add("dp-anime");
show(fromAddress(), { focus: false });
reachTables();
