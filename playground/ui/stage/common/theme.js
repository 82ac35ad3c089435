// Streamlit's theme, read from its CSS variables, and our own colours for it.

import { penOf } from "./dom.js";
import { DARK, LIGHT } from "./facts.js";

/** @typedef {ReturnType<typeof readTheme>} Theme */

/** @type {CanvasRenderingContext2D | null} */
let probe = null; // reads colours

/**
 * [r, g, b] in 0..255 of any CSS colour.
 * @param {string} color
 */
export function rgb(color) {
  probe ??= penOf(document.createElement("canvas"));
  probe.fillStyle = "#808080";
  probe.fillStyle = color;
  const text = String(probe.fillStyle);
  if (text.startsWith("#")) return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  return (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

// How bright a colour is, 0 to 255 (ITU-R BT.709's weights).
/** @param {string} color */
function luminance(color) {
  const [r, g, b] = rgb(color);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} color @param {number} opacity */
export function alpha(color, opacity) {
  return `rgba(${rgb(color).join(",")},${opacity})`;
}

/** @param {string} from @param {string} to @param {number} share */
export function mix(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(",")})`;
}

/**
 * The theme of an element; two themes are the same where their `key` is.
 * @param {Element} element
 */
export function readTheme(element) {
  const style = getComputedStyle(element);
  /** @param {string} name @param {string} otherwise */
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  const text = read("--st-text-color", "#31333f");
  const dark = luminance(background) < 110;
  const colors = {
    ...(dark ? DARK : LIGHT),
    background,
    text,
    secondary: read("--st-secondary-background-color", dark ? "#262730" : "#f0f2f6"),
    primary: read("--st-primary-color", LIGHT.real),
    font: read("--st-font", "sans-serif"),
    muted: mix(background, text, 0.66),
    line: mix(background, text, 0.22),
    grid: mix(background, text, 0.1),
    dark,
  };
  return { ...colors, key: Object.values(colors).join("|") };
}

/**
 * Hands our colours to the style sheet.
 * @param {HTMLElement} root
 * @param {Theme} theme
 */
export function applyTheme(root, theme) {
  const onPrimary = luminance(theme.primary) > 150 ? "#111" : "#fff";
  const { key: _, dark: __, ...values } = theme;
  for (const [name, value] of Object.entries(values)) root.style.setProperty(`--gp-${name}`, value);
  root.style.setProperty("--gp-onPrimary", onPrimary);
  root.style.colorScheme = theme.dark ? "dark" : "light";
}
