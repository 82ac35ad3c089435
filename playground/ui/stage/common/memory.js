// What a browser remembers from visit to visit. A private one may refuse: then a thing lasts as long as the page.

/**
 * What was kept under a key; null where nothing is, or nothing that we wrote.
 * @param {string} key
 */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // it is forgotten with the page
  }
}
