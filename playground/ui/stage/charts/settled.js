// Axes of curves that begin far away: what comes later fills them, and the beginning that is cut off is told.
import { thousands } from "../common/format.js";

/** @import { Layout, Trace } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @typedef {{step: number, value: number}} Point */

const LATER = 0.1; // share of the steps that may be cut off
const WIDER = 2; // times the later values' range, from which on the whole is too wide
const LEAST = 0.02; // of the whole that is shown: what hardly moves is no curve
const ROOM = 0.12; // of that range, around it

/** @param {Trace} trace @returns {Point[]} */
const pointsOf = ({ x = [], y = [] }) =>
  y.flatMap((value, i) => (Number.isFinite(value) && Number.isFinite(x[i]) ? [{ step: Number(x[i]), value: Number(value) }] : []));

/** @param {Point[]} points @returns {[Point, Point]} */
const endsOf = (points) => [points.reduce((a, b) => (b.value < a.value ? b : a)), points.reduce((a, b) => (b.value > a.value ? b : a))];

/**
 * Where the later values take less than half of an axis it shows them, and says how far the others go.
 * @param {Layout} layout
 * @param {Trace[]} data
 * @param {Theme} theme
 */
export function settleAxes(layout, data, theme) {
  for (const name of Object.keys(layout).filter((key) => /^yaxis\d*$/.test(key))) {
    const axis = name.replace("axis", "");
    const points = data.filter(({ yaxis = "y" }) => yaxis === axis).flatMap(pointsOf);
    const last = Math.max(...points.map(({ step }) => step));
    const later = points.filter(({ step }) => step >= LATER * last);
    if (later.length === points.length || !later.length) continue;
    const [[least, most], [low, high]] = [endsOf(points), endsOf(later)];
    const whole = most.value - least.value;
    const span = Math.max(high.value - low.value, LEAST * whole);
    if (!whole || whole <= WIDER * span) continue;
    const room = ROOM * span + (span - (high.value - low.value)) / 2;
    layout[name].range = [low.value - room, high.value + room];
    for (const { end, cut, mark, yanchor } of [
      { end: least, cut: least.value < layout[name].range[0], mark: "↓", yanchor: "bottom" },
      { end: most, cut: most.value > layout[name].range[1], mark: "↑", yanchor: "top" },
    ])
      if (cut) layout.annotations.push(told(end, mark, layout[name].range[yanchor === "top" ? 1 : 0], axis, yanchor, theme));
  }
}

/** @param {Point} end @param {string} mark @param {number} y @param {string} yref @param {string} yanchor @param {Theme} theme @returns {Layout} */
function told({ step, value }, mark, y, yref, yanchor, theme) {
  const number = Math.abs(value) >= 100 ? thousands(value) : String(Number(value.toPrecision(3)));
  return {
    ...{ x: step, xref: "x", xanchor: "left", xshift: 14, y, yref, yanchor }, // beside the curve on its way out
    bgcolor: theme.background,
    borderpad: 0,
    text: `${mark} ${number.replace("-", "−")} at step ${thousands(step)}`,
    showarrow: false,
    font: { size: 10, color: theme.muted },
  };
}
