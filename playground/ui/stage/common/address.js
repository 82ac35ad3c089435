// The browser's list of addresses, which its Back button goes through.

/**
 * Streamlit enters a page that one comes to twice, first without its parameters and then with them: Back would lead to
 * the page that one is on. From here on the second address takes the first one's place.
 */
export function enterPagesOnce() {
  if (Object.hasOwn(history, "pushState")) return; // done already: the document outlives the pages
  history.pushState = function (state, unused, address) {
    const next = new URL(address ?? location.href, location.href);
    const completed = next.pathname === location.pathname && location.search === "" && next.search !== "";
    History.prototype[completed ? "replaceState" : "pushState"].call(this, state, unused, address);
  };
}
