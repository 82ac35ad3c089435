// A small menu below a button: one at a time, closed by Esc, by a click elsewhere, or by choosing.

/** @type {Partial<Record<string, number>>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

let close = () => {};

/** @param {HTMLElement} menu */
const linesOf = (menu) => [...menu.querySelectorAll("button")];

/** @typedef {{label: string, checked?: boolean, act(): void}} Item  `checked`: of a box to tick */

/**
 * A menu with boxes stays open. Called again on the same button it closes.
 * @param {HTMLElement} root
 * @param {HTMLElement} button
 * @param {() => Item[]} items
 */
export function toggleMenu(root, button, items) {
  const same = button.getAttribute("aria-expanded") === "true";
  close();
  if (same) return;
  const menu = document.createElement("div");
  menu.className = "gp-menu";
  menu.setAttribute("role", "menu");
  menu.append(...items().map((item) => entry(item)));
  root.append(menu);
  button.setAttribute("aria-expanded", "true");
  place();
  menu.querySelector("button")?.focus();

  /** @param {Item} item */
  function entry({ label, checked, act }) {
    const line = document.createElement("button");
    line.type = "button";
    line.textContent = label;
    line.setAttribute("role", checked === undefined ? "menuitem" : "menuitemcheckbox");
    if (checked !== undefined) line.setAttribute("aria-checked", String(checked));
    line.addEventListener("click", () => {
      act();
      if (checked === undefined) return close();
      const index = linesOf(menu).indexOf(line);
      menu.replaceChildren(...items().map((item) => entry(item)));
      linesOf(menu)[index].focus();
    });
    return line;
  }

  function place() {
    const [box, at] = [root.getBoundingClientRect(), button.getBoundingClientRect()];
    menu.style.top = `${at.bottom - box.top + 4}px`;
    menu.style.right = `${Math.max(0, box.right - at.right)}px`;
  }

  /** @param {PointerEvent} event */
  const onDown = ({ target }) => {
    if (target instanceof Node && !menu.contains(target) && !button.contains(target)) close();
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const lines = linesOf(menu);
    const step = STEPS[event.key];
    if (event.key === "Escape") {
      button.focus();
      close();
    } else if (step) {
      const at = lines.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      lines[(at + step + lines.length) % lines.length].focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("pointerdown", onDown, true);
  window.addEventListener("keydown", onKey, true);
  close = () => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", onDown, true);
    window.removeEventListener("keydown", onKey, true);
    close = () => {};
  };
}

export function closeMenu() {
  close();
}
