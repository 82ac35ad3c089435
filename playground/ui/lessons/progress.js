// What this browser has seen come true: tells the page at first, and keeps what is new. Another lesson begins at its top.
import { enterPagesOnce } from "../stage/common/address.js";
import { keep, recall } from "../stage/common/memory.js";

/** @import { Component, ProgressData } from "../stage/common/page.js" */

const KEPT = "gan-playground-claims";

/** @param {Component<ProgressData>} component */
export function mount(component) {
  enterPagesOnce();
  let lesson = component.data.lesson;
  /** @param {Component<ProgressData>} component @param {boolean} first */
  const take = ({ data, setStateValue }, first) => {
    if (data.lesson !== lesson) document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 });
    lesson = data.lesson;
    const known = kept();
    const all = [...new Set([...known, ...data.fresh])].sort();
    if (all.length > known.length) keep(KEPT, all);
    if (first && all.length) setStateValue("seen", all);
  };
  take(component, true);
  return {
    /** @param {Component<ProgressData>} component */
    update: (component) => take(component, false),
    unmount() {},
  };
}

/** @returns {string[]} */
function kept() {
  const found = recall(KEPT);
  return Array.isArray(found) ? found.filter((claim) => typeof claim === "string") : [];
}
