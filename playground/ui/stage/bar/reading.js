// The reading in words above the picture, why it happens, and what to try.
import { find, linked, put } from "../common/dom.js";

/** @import { ReadingMessage, Try } from "../common/messages.js" */

const MARKS = { good: "✓", bad: "!", neutral: "…" };

/**
 * `ask(trigger, value)` hands a suggestion's settings to the page.
 * @param {HTMLElement} root
 * @param {{ask(trigger: string, value: unknown): void}} options
 */
export function createWords(root, { ask }) {
  const row = find(root, ".gp-words");
  const [mark, title, text, button] = ["mark", "title", "text", "why"].map((name) => find(row, `.gp-words-${name}`));
  const card = document.createElement("div");
  card.className = "gp-card gp-words-card";
  card.setAttribute("role", "region");
  card.setAttribute("aria-label", "Why, and what to try");
  card.hidden = true;
  row.append(card);
  /** @type {ReadingMessage | null} */
  let reading = null;
  let rewound = false;

  function show() {
    if (!reading) return;
    const { tone, title: name, sentence, seed, tries } = reading;
    row.dataset.case = reading.case;
    row.dataset.tone = tone;
    put(mark, MARKS[tone], "");
    const about = [rewound && "Newest state", seed !== null && `Seed ${seed}`, name].filter(Boolean);
    put(title, `${about.join(" · ")}:`, "");
    put(text, sentence);
    put(button, tries.length ? "Why? What to try" : "Why?", "");
    button.hidden = false;
    if (!card.hidden) fill(reading);
  }

  /** @param {ReadingMessage} reading */
  function fill(reading) {
    const key = JSON.stringify([reading.why, reading.tries]);
    if (card.dataset.key === key) return; // a button stays the same while it is pressed
    card.dataset.key = key;
    const why = document.createElement("p");
    why.append(...linked(reading.why));
    card.replaceChildren(why, ...reading.tries.map(suggestion));
  }

  /** @param {Try} suggestion */
  function suggestion({ label, changes, why, restarts }) {
    const line = document.createElement("div");
    line.className = "gp-try";
    const apply = document.createElement("button");
    apply.type = "button";
    apply.className = "gp-button";
    apply.dataset.do = "apply";
    apply.textContent = restarts ? "Apply and restart" : "Apply";
    apply.setAttribute("aria-label", `${apply.textContent}: ${label}`);
    apply.addEventListener("click", () => {
      open(false);
      ask("apply", { changes, restarts, at: Date.now() });
    });
    const words = document.createElement("span");
    const what = document.createElement("b");
    what.textContent = label;
    words.append(what, " ", ...linked(why));
    line.append(apply, words);
    return line;
  }

  /** @param {boolean} wanted */
  function open(wanted) {
    card.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    if (wanted && reading) fill(reading);
    else delete card.dataset.key;
  }

  /** @param {PointerEvent} event */
  const onDown = ({ target }) => {
    if (!card.hidden && target instanceof Node && !row.contains(target)) open(false);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== "Escape" || card.hidden) return;
    open(false);
    button.focus();
    event.stopImmediatePropagation();
  };
  button.addEventListener("click", () => open(Boolean(card.hidden)));
  document.addEventListener("pointerdown", onDown, true);
  window.addEventListener("keydown", onKey, true);

  return {
    /** @param {ReadingMessage} message */
    set(message) {
      reading = message;
      show();
    },
    /**
     * Whether the picture is one of the past: the reading is about the newest state all the same.
     * @param {boolean} now
     */
    setRewound(now) {
      rewound = now;
      show();
    },
    close() {
      document.removeEventListener("pointerdown", onDown, true);
      window.removeEventListener("keydown", onKey, true);
      card.remove();
    },
  };
}
