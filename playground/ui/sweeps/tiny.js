// A cell's tiny picture: points in a square, or a sheet of images.

/** @import { TinyPicture } from "../stage/common/page.js" */

/** @type {Map<string, Uint8Array>} */
const read = new Map();

/** @param {string} data */
export function bytes(data) {
  const had = read.get(data);
  if (had) return had;
  const made = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  read.set(data, made);
  return made;
}

/** Whether a point lies outside the frame, on whose edge such points are kept. @param {TinyPicture} picture @param {number} at */
function outside({ data, shape: [, columns] }, at) {
  const values = bytes(data);
  return Array.from({ length: columns }, (_, axis) => values[columns * at + axis]).some((value) => value === 0 || value === 255);
}

/** How many of a picture's points lie outside its frame. @param {TinyPicture} picture */
export function lost(picture) {
  if (picture.kind === "image") return 0;
  return Array.from({ length: picture.shape[0] }, (_, at) => outside(picture, at)).filter(Boolean).length;
}

/**
 * Rings where the data's modes are.
 * @param {CanvasRenderingContext2D} pen @param {number[][]} marks @param {number} x @param {number} y @param {number} side
 * @param {string} ink
 */
export function rings(pen, marks, x, y, side, ink) {
  pen.strokeStyle = ink;
  pen.lineWidth = Math.max(0.75, side / 120);
  for (const [across, up] of marks) {
    pen.beginPath();
    pen.arc(x + across * side, y + (1 - up) * side, Math.max(2, side / 24), 0, 2 * Math.PI);
    pen.stroke();
  }
}

/**
 * Points outside the frame are left out: on its edge they would look like a heap.
 * @param {CanvasRenderingContext2D} pen @param {TinyPicture} picture @param {number} x @param {number} y
 * @param {number} side @param {string} ink  of points @param {string} [rim]  around them, where what is behind may be as bright
 */
export function paint(pen, picture, x, y, side, ink, rim) {
  const values = bytes(picture.data);
  const [rows, columns] = picture.shape;
  if (picture.kind === "image") {
    const image = new ImageData(columns, rows);
    for (let i = 0; i < values.length; i++) image.data.set([values[i], values[i], values[i], 255], 4 * i);
    const sheet = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    sheet.getContext("2d")?.putImageData(image, 0, 0);
    pen.drawImage(sheet, x, y, side, side);
    return;
  }
  const dot = Math.max(1, side / 45);
  for (const [colour, more] of rim
    ? /** @type {[string, number][]} */ ([
        [rim, 1],
        [ink, 0],
      ])
    : /** @type {[string, number][]} */ ([[ink, 0]])) {
    pen.fillStyle = colour;
    for (let i = 0; i < rows; i++) {
      if (outside(picture, i)) continue;
      const across = x + (values[columns * i] / 255) * side;
      const up = y + (1 - (columns > 1 ? values[columns * i + 1] / 255 : 0.5)) * side;
      pen.fillRect(across - dot / 2 - more / 2, up - dot / 2 - more / 2, dot + more, dot + more);
    }
  }
}
