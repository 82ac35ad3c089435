// The presentation: the stage over the whole window, in type that the last row of a lecture hall can read.
import { find } from "./dom.js";

const LINES = 560; // CSS pixels of height, as if the window had no more: so all grows with it
const LEAST_WIDTH = 900; // and of width, below which nothing grows
const PAGE = "gp-page-presents"; // on the document, whose own bars give way

/**
 * `onChange()` when it begins, ends or grows. How much larger all is stands in `root.dataset.scale`. `ask(trigger, value)`
 * tells Python, whose address says so too.
 * @param {HTMLElement} root
 * @param {{onChange(): void, ask(trigger: string, value: unknown): void}} options
 */
export function createPresentation(root, { onChange, ask }) {
  const button = find(root, '[data-do="present"]', HTMLButtonElement);
  let on = false;
  let linked = false; // what the page's link has asked for last

  function fit() {
    const scale = on ? Math.max(1, Math.min(window.innerHeight / LINES, window.innerWidth / LEAST_WIDTH)) : 1;
    root.dataset.scale = String(scale);
    root.style.setProperty("--gp-scale", String(scale));
    onChange();
  }

  /** @param {boolean} wanted */
  function show(wanted) {
    if (on === wanted) return;
    on = wanted;
    root.classList.toggle("gp-presenting", on);
    document.documentElement.classList.toggle(PAGE, on);
    button.setAttribute("aria-pressed", String(on));
    fit();
  }

  const resized = () => on && fit();
  window.addEventListener("resize", resized);
  button.addEventListener("click", () => {
    show(!on);
    ask("present", { on, at: Date.now() });
  });

  return {
    get on() {
      return on;
    },
    end: () => show(false),
    /** @param {boolean} wanted  by the page's link */
    follow(wanted) {
      if (linked === wanted) return;
      linked = wanted;
      show(wanted);
    },
    close() {
      show(false);
      window.removeEventListener("resize", resized);
    },
  };
}
