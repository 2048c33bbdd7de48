// The theme fetches its search engine and the whole index, the heaviest file of the site, as soon as a page
// opens. Most visits search nothing: both wait here until someone turns to the search.
const searching = new Promise((resolve) => {
  const search = document.querySelector("[data-md-component=search]");
  if (/[?&][qh]=/.test(location.search)) resolve();
  for (const turn of ["focusin", "pointerenter"]) search?.addEventListener(turn, resolve, { once: true });
  document.querySelector("#__search")?.addEventListener("change", resolve, { once: true });
});

const { open } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, url, ...others) {
  if (String(url).endsWith("/search/search_index.json")) {
    this.send = (...body) => searching.then(() => XMLHttpRequest.prototype.send.apply(this, body));
  }
  return open.call(this, method, url, ...others);
};

// « l'architecture » asks for the architecture, not for every word in l.
const ELIDED = /(?<![\p{L}\d])(?:[cdjlmnst]|qu)['’](?=\p{L})/giu;
const QUERY = 2; // among the kinds of messages of the theme

// The theme talks to its engine by messages alone, which a channel keeps until the engine runs.
const Engine = window.Worker;
window.Worker = function (address) {
  const { port1, port2 } = new MessageChannel();
  port1.start();
  searching.then(() => {
    const engine = new Engine(address);
    engine.onmessage = ({ data }) => port2.postMessage(data);
    port2.onmessage = ({ data }) =>
      engine.postMessage(data.type === QUERY ? { ...data, data: data.data.replace(ELIDED, "") } : data);
  });
  return port1;
};
