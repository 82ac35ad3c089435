// A sweep in a file of its own: the page's pictures, without a server.
import { mount } from "./sweeps.js";

/** @import { SweepData } from "../stage/common/page.js" */

/** @param {HTMLElement} page @param {{ sweep: SweepData }} told */
export function start(page, { sweep }) {
  mount({ data: sweep, parentElement: page, setTriggerValue() {}, setStateValue() {} });
}
