// The stage of image data: a square of generated images, always from the same latents, and the marks of a selection.
// A layer takes their place: test images beside their reconstructions, a grid of codes decoded, or codes in a plane.

import { layerOf } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { BETWEEN_IMAGES, DARK } from "../common/facts.js";
import { createCodes } from "./codes.js";
import { createAtlas } from "./pixels.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Marks } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Look } from "../picture/view.js" */

const GAP = 2; // CSS pixels between images
const NAMES = ["a", "b", "c"];
const CHOSEN = [DARK.fake, DARK.real, DARK.manifold]; // Okabe and Ito's, lighter: they lie on black in every theme

/**
 * `marks`: others change them between two pictures.
 * @param {Scene} scene
 * @param {Theme} theme
 * @param {Box} box
 * @param {Marks} marks
 * @param {Look} look
 */
export function createImages(scene, theme, box, marks, look) {
  const side = scene.grid_side;
  const [h, w] = scene.image ?? [1, 1];
  const gap = Math.max(1, Math.round(GAP * box.ratio));
  // All cells have the same whole number of device pixels, so that every image is sampled alike.
  const unit = Math.min(fitting(box.width) / w, fitting(box.height) / h);
  const cell = { width: Math.max(1, Math.floor(unit * w)), height: Math.max(1, Math.floor(unit * h)) };
  const pitch = { x: cell.width + gap, y: cell.height + gap };
  const left = Math.floor((box.width - side * pitch.x + gap) / 2);
  const top = Math.floor((box.height - side * pitch.y + gap) / 2);
  const atlas = createAtlas(side);
  const tags = layerOf(box);
  const codes = createCodes(scene.classes, theme, box);
  let tagged = "";

  /** @param {number} length */
  function fitting(length) {
    return Math.floor((length - (side - 1) * gap) / side);
  }

  /** @param {number} i @returns {[number, number]} */
  const at = (i) => [left + (i % side) * pitch.x, top + Math.floor(i / side) * pitch.y];

  /** @param {Pen} context */
  function drawEmpty(context) {
    context.fillStyle = "#000";
    for (let i = 0; i < side * side; i += 1) context.fillRect(...at(i), cell.width, cell.height);
  }

  // The class that each image was asked to be, in its corner; drawn once and stamped over every picture.
  /** @param {number[]} classes */
  function drawTags(classes) {
    const context = penOf(tags);
    context.clearRect(0, 0, box.width, box.height);
    context.font = `600 ${10 * box.ratio}px ${theme.font}`;
    context.textBaseline = "top";
    context.fillStyle = "rgba(240, 160, 48, 0.85)";
    classes.forEach((index, i) => {
      const [x, y] = at(i);
      context.fillText(scene.classes[index] ?? String(index), x + 2 * box.ratio, y + 2 * box.ratio, cell.width);
    });
  }

  /** @param {Pen} context @param {number} i @param {string} color @param {number} width @param {number[]} dash */
  function outline(context, i, color, width, dash = []) {
    const [x, y] = at(i);
    const line = Math.max(1, Math.round(width * box.ratio));
    context.strokeStyle = color;
    context.lineWidth = line;
    context.setLineDash(dash.map((length) => length * box.ratio));
    context.strokeRect(x + line / 2, y + line / 2, cell.width - line, cell.height - line); // inside: the outer cells touch the edge
    context.setLineDash([]);
  }

  /** @param {Pen} context @param {number} i @param {string} text @param {string} color @param {number} place */
  function drawBadge(context, i, text, color, place) {
    const [x, y] = at(i);
    const size = 13 * box.ratio;
    const right = x + cell.width - place * size; // the same image may be both a and c
    context.fillStyle = color;
    context.fillRect(right - size, y, size, size);
    context.font = `700 ${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = "#111";
    context.fillText(text, right - size / 2, y + size / 2);
    context.textAlign = "left";
  }

  /** @param {Pen} context */
  function drawMarks(context) {
    const { hover, cursor, chosen } = marks;
    if (hover !== null) outline(context, hover, "rgba(255, 255, 255, 0.75)", 1.5);
    chosen.forEach((i, order) => {
      outline(context, i, CHOSEN[order], 2.5);
      drawBadge(context, i, NAMES[order], CHOSEN[order], chosen.slice(0, order).filter((other) => other === i).length);
    });
    if (cursor !== null) outline(context, cursor, "#fff", 2, [4, 3]);
  }

  return {
    /** @param {Pen} context @param {Frame | null} frame */
    draw(context, frame) {
      context.fillStyle = theme.background;
      context.fillRect(0, 0, box.width, box.height);
      const { arrays } = frame ?? {};
      if (frame && look.on.has("codes") && arrays?.codes) return codes.draw(context, frame, look.pointer);
      context.fillStyle = BETWEEN_IMAGES;
      context.fillRect(left, top, side * pitch.x - gap, side * pitch.y - gap);
      const other = (look.on.has("reconstructions") && arrays?.reconstructions) || (look.on.has("decoded") && arrays?.decoded);
      const images = other || arrays?.images;
      if (!images) drawEmpty(context);
      else {
        atlas.paint(images);
        const count = Math.min(images.shape[0], side * side);
        for (let i = 0; i < count; i += 1) atlas.stamp(context, i, ...at(i), cell.width, cell.height);
        const classes = (!other && frame?.classes) || [];
        if (classes.join() !== tagged) {
          tagged = classes.join();
          drawTags(classes);
        }
        if (tagged) context.drawImage(tags, 0, 0);
      }
      if (!other) drawMarks(context);
    },
    /**
     * The index of the image at a place in device pixels, or null.
     * @param {number} x
     * @param {number} y
     */
    cellAt(x, y) {
      if (look.on.size) return null; // these are no generated ones
      const [column, row] = [Math.floor((x - left) / pitch.x), Math.floor((y - top) / pitch.y)];
      return column >= 0 && row >= 0 && column < side && row < side ? row * side + column : null;
    },
  };
}

/**
 * The name and the colour of the n-th chosen image.
 * @param {number} order
 */
export function nameOf(order) {
  return { name: NAMES[order], color: CHOSEN[order] };
}
