// Elements of a page, and what is heard of them.

/**
 * The element below `root` that fits a selector. Throws where there is none: then page and script are not of one version.
 * @template {HTMLElement} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} kind
 * @returns {E}
 */
export function find(root, selector, kind = /** @type {any} */ (HTMLElement)) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * A canvas's pen.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function penOf(canvas, settings) {
  const pen = canvas.getContext("2d", settings);
  if (!pen) throw new Error("This browser can't draw on a canvas.");
  return pen;
}

/**
 * Words that may be cut where there is no room: a pointer reads them in full. What stands there already is left alone.
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string} title  what the pointer reads
 */
export function put(element, text, title = text) {
  if (element.textContent === text) return;
  element.textContent = text;
  element.title = title;
}

const LINK = /\[([^\]]+)\]\((https:[^)\s]+)\)/g; // as Markdown writes one

/**
 * A text with its links, as nodes.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function linked(text) {
  const parts = text.split(LINK); // words, a link's name, where it leads, words …
  /** @type {(string | HTMLElement)[]} */
  const nodes = [];
  for (let i = 0; i < parts.length; i += 3) {
    nodes.push(parts[i]);
    if (i + 1 < parts.length)
      nodes.push(Object.assign(document.createElement("a"), { textContent: parts[i + 1], href: parts[i + 2], target: "_blank", rel: "noopener" }));
  }
  return nodes;
}

/**
 * Where the arrow keys lead: to the right, and down.
 * @type {Record<string, [number, number]>}
 */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Whether a key is pressed for the browser, not for us.
 * @param {KeyboardEvent} event
 */
export function isShortcut({ ctrlKey, metaKey, altKey }) {
  return ctrlKey || metaKey || altKey;
}

const PRESSABLE = "button, a, summary, [role=button], [role=tab], [role=radio], [role=checkbox], [role=menuitem]";

/**
 * Whose the space bar is: it presses what keys have walked to, and plays where something only has the focus because it
 * was clicked. `takes(target)` says whether the target keeps it; one that does not loses the focus.
 */
export function followPresses() {
  /** @type {Element | null} */
  let clicked = null;
  const ended = new AbortController();
  const options = { capture: true, signal: ended.signal };
  const pressed = (/** @type {EventTarget | null} */ target) => (target instanceof Element ? target.closest(PRESSABLE) : null);
  document.addEventListener("pointerdown", ({ target }) => (clicked = pressed(target)), options);
  document.addEventListener(
    "focusin",
    ({ target }) => {
      if (pressed(target) !== clicked) clicked = null;
    },
    options,
  );
  /** @param {Element} target */
  function takes(target) {
    const button = pressed(target);
    if (button === null) return false;
    if (button !== clicked) return true;
    if (button instanceof HTMLElement) button.blur();
    return false;
  }
  return {
    takes,
    /** Whether the arrow keys are nobody's: nothing has the focus, or something that was only clicked, which loses it. @param {Element} target */
    frees: (target) => target === document.body || (pressed(target) !== null && !takes(target)),
    close: () => ended.abort(),
  };
}

/** @typedef {{[E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void}} Handlers */
/**
 * Hears an element's events while `when()` holds. Returns what ends it.
 * @param {HTMLElement} element
 * @param {Handlers} handlers
 * @param {() => boolean} when
 */
export function listen(element, handlers, when) {
  const ended = new AbortController();
  for (const [name, handler] of Object.entries(handlers)) {
    const heard = /** @type {(event: Event) => void} */ (handler);
    element.addEventListener(name, (event) => when() && heard(event), { passive: false, signal: ended.signal });
  }
  return () => ended.abort();
}
