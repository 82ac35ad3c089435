// The field of the step to train to.
import { find } from "./dom.js";

/**
 * `train(to)` after Enter; the field is cleared then.
 * @param {HTMLElement} bar
 * @param {(to: number) => void} train
 */
export function createGoal(bar, train) {
  const field = find(bar, ".gp-goal", HTMLInputElement);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value) return;
    event.preventDefault();
    if (!field.reportValidity()) return;
    train(Number(field.value));
    field.value = "";
    field.blur();
  });
  return field;
}
