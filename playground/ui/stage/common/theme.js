// Streamlit's theme, read from its CSS variables, and our own colours for it.

import { DARK, LIGHT } from "./facts.js";

const probe = document.createElement("canvas").getContext("2d");

/** [r, g, b] in 0..255 of any CSS colour. */
export function rgb(color) {
  probe.fillStyle = "#808080";
  probe.fillStyle = color;
  const text = probe.fillStyle;
  if (text.startsWith("#")) return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  return text
    .match(/[\d.]+/g)
    .slice(0, 3)
    .map(Number);
}

export function alpha(color, opacity) {
  return `rgba(${rgb(color).join(",")},${opacity})`;
}

export function mix(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(",")})`;
}

/** The theme of an element; two themes are the same where their `key` is. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  const text = read("--st-text-color", "#31333f");
  const [r, g, b] = rgb(background);
  const dark = 0.2126 * r + 0.7152 * g + 0.0722 * b < 110;
  const theme = {
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
  theme.key = Object.values(theme).join("|");
  return theme;
}

/** Hands our colours to the style sheet. */
export function applyTheme(root, theme) {
  const [r, g, b] = rgb(theme.primary);
  const onPrimary = 0.2126 * r + 0.7152 * g + 0.0722 * b > 150 ? "#111" : "#fff";
  const { key: _, dark: __, ...values } = theme;
  for (const [name, value] of Object.entries(values)) root.style.setProperty(`--gp-${name}`, value);
  root.style.setProperty("--gp-onPrimary", onPrimary);
  root.style.colorScheme = theme.dark ? "dark" : "light";
}
