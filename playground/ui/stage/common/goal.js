// The field of the step to train to.
import { find } from "./dom.js";

import { thousands } from "./format.js";

/**
 * `train(to)` after Enter; the field is cleared then. `least()` is the step that training stands at: what is named has to
 * be beyond it, and the browser says so at the field itself, where it goes away by itself.
 * @param {HTMLElement} bar
 * @param {(to: number) => void} train
 * @param {() => number} least
 */
export function createGoal(bar, train, least) {
  const field = find(bar, ".gp-goal", HTMLInputElement);
  field.addEventListener("input", () => field.setCustomValidity(""));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value) return;
    event.preventDefault();
    const at = least();
    field.setCustomValidity(Number(field.value) > at ? "" : `Step ${thousands(at)} is reached already: name a later one.`);
    if (!field.reportValidity()) return;
    train(Number(field.value));
    field.value = "";
    field.blur();
  });
  return field;
}
