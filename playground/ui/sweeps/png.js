// What is shown as one picture: the canvases and their words, where they stand on the page.
import { penOf } from "../stage/common/dom.js";
import { readTheme } from "../stage/common/theme.js";
import { wrapped } from "./sheet.js";

const EDGE = 16,
  HEAD = 100;

/**
 * Hands the file to the browser's downloads.
 * @param {HTMLElement} host  of the pictures @param {string} title @param {string} about @param {string} name  of the file
 */
export function download(host, title, about, name) {
  drawn(host, title, about).toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  });
}

/** @param {HTMLElement} host @param {string} title @param {string} about */
function drawn(host, title, about) {
  const theme = readTheme(host);
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  const frame = host.getBoundingClientRect();
  const parts = [...host.querySelectorAll("canvas, h4, figcaption, .gps-said")].map((part) => ({ part, box: part.getBoundingClientRect() }));
  const width = Math.max(...parts.map(({ box }) => box.right - frame.left), 320) + 2 * EDGE;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round((frame.height + HEAD + EDGE) * ratio) });
  const pen = penOf(canvas);
  pen.scale(ratio, ratio);
  pen.fillStyle = theme.background;
  pen.fillRect(0, 0, width, frame.height + HEAD + EDGE);
  pen.fillStyle = theme.text;
  pen.font = `600 14px ${theme.font}`;
  pen.fillText(title, EDGE, 22, width - 2 * EDGE);
  pen.font = `400 11px ${theme.font}`;
  for (const [at, line] of wrapped(pen, about, width - 2 * EDGE).entries()) pen.fillText(line, EDGE, 40 + 15 * at);
  for (const { part, box } of parts) {
    const [x, y] = [box.left - frame.left + EDGE, box.top - frame.top + HEAD];
    if (part instanceof HTMLCanvasElement) pen.drawImage(part, x, y, box.width, box.height);
    else {
      pen.font = `${part.matches(".gps-said") ? 400 : 600} 13px ${theme.font}`;
      pen.fillText(part.textContent ?? "", x, y + 13, width - x - EDGE);
    }
  }
  return canvas;
}
