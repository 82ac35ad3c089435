// The sweeps that come with the project, as cards: a tiny map, the name, and what it shows.
import { find, penOf } from "../stage/common/dom.js";
import { fromAddress, measureOf } from "./shown.js";
import { fill, scaled } from "./told.js";

/** @import { Component, SweepCard, SweepCards } from "../stage/common/page.js" */

const SIDE = 192;

/** @param {Component<SweepCards>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gpw");
  let { data, setTriggerValue } = component;

  /** @param {SweepCard} card */
  function build({ name, says, sheet }) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "gpw-card" });
    if (name === data.chosen) button.setAttribute("aria-current", "true");
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    const words = document.createElement("span");
    const shown = fromAddress({}, sheet);
    const [told] = scaled([{ sheet, shown }]);
    const [across, up] = [sheet.axes[shown.x], sheet.axes[shown.y]];
    const [wide, high] = [SIDE / across.texts.length, SIDE / (up?.texts.length ?? 1)];
    const pen = penOf(canvas);
    for (const cell of sheet.cells) {
      pen.fillStyle = fill(told, cell) ?? "#8884";
      pen.fillRect(cell.at[shown.x] * wide, SIDE - ((cell.at[shown.y] ?? 0) + 1) * high, wide - 1, high - 1);
    }
    const about = `${measureOf(sheet, shown.measure).label}: ${[across, up].flatMap((axis) => (axis ? [axis.label] : [])).join(" × ")}`;
    words.append(
      ...[
        ["b", sheet.name],
        ["small", about],
        ["span", says.join(" ")],
      ].map(([tag, textContent]) => Object.assign(document.createElement(tag), { textContent })),
    );
    button.append(canvas, words);
    button.addEventListener("click", () => setTriggerValue("choose", name));
    return button;
  }

  function show() {
    root.replaceChildren(...data.cards.map(build));
  }
  show();
  return {
    /** @param {Component<SweepCards>} next */
    update(next) {
      const before = JSON.stringify(data);
      ({ data, setTriggerValue } = next);
      if (JSON.stringify(data) !== before) show();
    },
    unmount() {},
  };
}
