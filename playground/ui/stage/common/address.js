// The browser's list of addresses, which its Back button goes through.

/**
 * Streamlit enters a page that one comes to twice, once without its parameters and once with them: Back would lead to
 * the page that one is on. From here on the second address takes the first one's place. Where the parameters come before
 * the path has changed, they are taken back from the page that one leaves.
 */
export function enterPagesOnce() {
  if (Object.hasOwn(history, "pushState")) return; // done already: the document outlives the pages
  /** @type {{before: string, now: string} | null} */
  let completed = null; // the entry that got its parameters last
  history.pushState = function (state, unused, address) {
    const next = new URL(address ?? location.href, location.href);
    /** @param {"pushState" | "replaceState"} way @param {string} to */
    const enter = (way, to) => History.prototype[way].call(this, state, unused, to);
    if (next.pathname === location.pathname && !location.search && next.search) {
      completed = { before: location.href, now: next.href };
      enter("replaceState", next.href);
      return;
    }
    if (completed?.now === location.href && next.search === location.search) enter("replaceState", completed.before);
    completed = null;
    enter("pushState", next.href);
  };
}
