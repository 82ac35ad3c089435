// What the bands around a line reach over, several seeds being trained: all of them, or their middle half.

/** @typedef {"range" | "quartiles"} Band */

/**
 * The buttons of a choice between the two; `onBand()` after each.
 * @param {ParentNode} root
 * @param {() => void} onBand
 */
export function createBands(root, onBand) {
  const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-band]"))];
  /** @type {Band} */
  let band = "range";
  for (const button of buttons) {
    button.addEventListener("click", () => {
      band = button.dataset.band === "quartiles" ? "quartiles" : "range";
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      onBand();
    });
  }
  return {
    get band() {
      return band;
    },
  };
}

/**
 * The two columns between which a measure's band lies.
 * @param {string} name
 * @param {Band} band
 */
export function edgesOf(name, band) {
  return band === "quartiles" ? [`${name}_q1`, `${name}_q3`] : [`${name}_lo`, `${name}_hi`];
}
