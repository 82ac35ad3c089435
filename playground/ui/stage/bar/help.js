// The list of keys behind "?", and three hints on the first visit.
import { find } from "../common/dom.js";

const SEEN = "gp-hints-seen"; // in localStorage: a visitor who has dismissed the hints is not told again
const KEYS = [
  ["space", "Play or pause"],
  ["s", "One step: D, then G"],
  ["d", "Step D only"],
  ["g", "Step G only"],
  ["← →", "Back and forth through the recorded pictures"],
  ["r", "Reset to step 0"],
  ["p", "Presentation: large type, for a projector"],
  ["Esc", "Close what lies on top; back to the newest picture"],
  ["?", "This list"],
];
const PLACE = `<span class="gp-wide">on the left</span><span class="gp-narrow">among the settings (» at the top)</span>`;
const HINTS = [
  `Press <b>Play</b>, or the space bar. <span class="gp-on-points">Orange points are what the network makes so far, the blue ones are the data: training has to lay the orange on the blue.</span><span class="gp-on-phase">The orange point is the whole GAN: G's one number to the right, D's upwards. Does it come to the blue ring, or go round it?</span><span class="gp-on-images">Every picture in the grid is made of one piece of noise, always the same piece.</span>`,
  `Move a slider ${PLACE} <b>while it trains</b>, such as a learning rate. What changed, and when, is marked in the charts.`,
  `Where it goes wrong, the line above the picture <b>says so and why</b>. The recipes ${PLACE} show each way that a GAN can fail.`,
];

/**
 * The list of keys, over the picture.
 * @param {HTMLElement} root
 */
export function createHelp(root) {
  const opener = find(root, '[data-do="help"]');
  const panel = document.createElement("div");
  panel.className = "gp-card gp-help";
  panel.hidden = true;
  panel.tabIndex = -1;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", "Keys");
  panel.innerHTML = `<h4>Keys</h4><dl>${KEYS.map(([key, does]) => `<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`).join("")}</dl>`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "gp-card-close";
  close.setAttribute("aria-label", "Close the list of keys");
  close.textContent = "×";
  panel.prepend(close);
  find(root, ".gp-frame").append(panel);

  function toggle(open = Boolean(panel.hidden)) {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) panel.focus();
  }

  close.addEventListener("click", () => toggle(false));
  opener.addEventListener("click", () => toggle());
  return {
    toggle,
    get open() {
      return !panel.hidden;
    },
  };
}

/**
 * Three short hints, one at a time, in a row below the words, over nothing; gone for good once dismissed.
 * `played()`: what the first one asks for has been done.
 * @param {HTMLElement} root
 */
export function createHints(root) {
  if (seen() || root.classList.contains("gp-lesson")) return { played() {} };
  const card = document.createElement("div");
  card.className = "gp-hints";
  card.setAttribute("role", "note");
  card.innerHTML = `<p></p><span class="gp-hints-row"><i></i><button type="button" class="gp-button gp-hints-end">Got it</button><button type="button" class="gp-button gp-hints-next">Next</button></span>`;
  const [text, place, end, next] = ["p", "i", ".gp-hints-end", ".gp-hints-next"].map((name) => find(card, name));
  let at = 0;

  function show() {
    text.innerHTML = HINTS[at];
    place.textContent = `${at + 1} of ${HINTS.length}`;
    next.hidden = at === HINTS.length - 1;
  }

  function dismiss() {
    card.remove();
    root.classList.remove("gp-hinted");
    try {
      localStorage.setItem(SEEN, "yes");
    } catch {
      // a browser that keeps nothing shows the hints again
    }
  }

  function turn() {
    at += 1;
    show();
  }

  next.addEventListener("click", () => {
    turn();
    (next.hidden ? end : next).focus();
  });
  end.addEventListener("click", dismiss);
  show();
  root.classList.add("gp-hinted");
  find(root, ".gp-body").before(card);
  return {
    played() {
      if (at === 0) turn();
    },
  };
}

function seen() {
  try {
    return localStorage.getItem(SEEN) === "yes";
  } catch {
    return true; // hints that can't be dismissed would be a nuisance
  }
}
