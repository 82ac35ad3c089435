// The stage of two-dimensional data: real and generated points over maps, with the layers that are on.
import { areaOf, drawAxis, drawBorder, layerOf, ticks } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { thousands } from "../common/format.js";
import { alpha } from "../common/theme.js";
import { createCodes, nearest } from "../images/codes.js";
import { drawInsight } from "./insight.js";
import { createMaps } from "./maps.js";
import { contourPath, createArrows, drawManifold, drawPairs, drawTrails } from "./overlays.js";
import { placing } from "./view.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Grid } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Painter } from "./canvas.js" */
/** @import { Density, Look } from "./view.js" */

const MARGINS = [12, 8, 34, 38]; // top, right, bottom, left: equal sums keep a square area square
const REAL_RADIUS = 1.7;
const FAKE_RADIUS = 2.6;
const MODE_RADIUS = 9; // a ring around a mode's centre: a cross would cover a narrow mode's points

/**
 * @param {Scene} scene
 * @param {Theme} theme
 * @param {Box} box
 * @param {unknown} _marks
 * @param {Look} look
 * @returns {Painter}
 */
export function createPlane(scene, theme, box, _marks, look) {
  const area = areaOf(box, MARGINS);
  const maps = createMaps(theme, box);
  const arrows = createArrows(theme, box);
  const codes = createCodes(
    (scene.modes ?? []).map((_, i) => String(i + 1)),
    theme,
    box,
    area,
  );
  const dot = drawDot();
  const still = { under: layerOf(box), over: layerOf(box), key: "" };
  let place = placing(area, look.view);

  // What does not change from picture to picture: contours, real points and modes; axes.
  function drawStill() {
    const key = [look.view.version, look.on.has("real"), look.on.has("contours") && look.density?.version].join();
    if (key === still.key) return;
    still.key = key;
    place = placing(area, look.view);
    still.under = layerOf(box);
    const context = penOf(still.under);
    clip(context);
    if (look.on.has("contours") && look.density) drawContours(context, look.density);
    if (look.on.has("real")) drawReal(context);
    still.over = layerOf(box);
    drawAxes(penOf(still.over));
  }

  /** @param {Pen} context */
  function clip(context) {
    context.beginPath();
    context.rect(area.x, area.y, area.width, area.height);
    context.clip();
  }

  /** @param {Pen} context */
  function drawReal(context) {
    context.fillStyle = alpha(theme.real, 0.62);
    for (const [x, y] of scene.real) {
      context.beginPath();
      context.arc(place.toX(x), place.toY(y), REAL_RADIUS * box.ratio, 0, 2 * Math.PI);
      context.fill();
    }
    context.strokeStyle = alpha(theme.text, 0.55);
    context.lineWidth = box.ratio;
    for (const [x, y] of scene.modes ?? []) {
      context.beginPath();
      context.arc(place.toX(x), place.toY(y), MODE_RADIUS * box.ratio, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // The line around the densest half is the strongest.
  /** @param {Pen} context @param {Density} density */
  function drawContours(context, { contours, shape }) {
    contours.forEach((segments, i) => {
      context.strokeStyle = alpha(theme.real, 1 - 0.2 * i);
      context.lineWidth = (i === 0 ? 1.8 : 1.2) * box.ratio;
      context.stroke(contourPath(segments, shape, scene.extent, place));
    });
  }

  /** @param {Pen} context */
  function drawAxes(context) {
    drawAxis(context, area, "bottom", ticks(...look.view.x), place.toX, box, theme);
    drawAxis(context, area, "left", ticks(...look.view.y), place.toY, box, theme);
    drawBorder(context, area, box, theme);
  }

  // One generated point, with a rim in the background's colour, drawn once and stamped many times.
  function drawDot() {
    const radius = FAKE_RADIUS * box.ratio;
    const size = 2 * Math.ceil(radius + box.ratio) + 1;
    const canvas = layerOf({ width: size, height: size });
    const context = penOf(canvas);
    context.beginPath();
    context.arc(size / 2, size / 2, radius, 0, 2 * Math.PI);
    context.fillStyle = theme.fake;
    context.fill();
    context.lineWidth = 0.8 * box.ratio;
    context.strokeStyle = alpha(theme.background, 0.75);
    context.stroke();
    return canvas;
  }

  /** @param {Pen} context @param {Grid} points */
  function drawFake(context, { data }) {
    const half = dot.width / 2;
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    for (let i = 0; i < data.length; i += 2) {
      const [x, y] = [place.toX(data[i]), place.toY(data[i + 1])];
      if (x >= area.x && x <= right && y >= area.y && y <= bottom) context.drawImage(dot, x - half, y - half);
    }
  }

  // Told where the whole stage is seen: in a part of it most points are outside anyway.
  // Where points are drawn by rejection, those that are none have been rejected.
  /** @param {Pen} context @param {Grid} points @param {boolean} byRejection */
  function drawOutside(context, { data }, byRejection) {
    const [low, high] = scene.extent;
    let inside = 0;
    for (let i = 0; i < data.length; i += 2) if (data[i] >= low && data[i] <= high && data[i + 1] >= low && data[i + 1] <= high) inside += 1;
    const none = byRejection ? data.filter(Number.isNaN).length / 2 : 0;
    const count = data.length / 2 - none - inside;
    if (!count || look.view.zoomed) return;
    context.font = `600 ${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "right";
    context.textBaseline = "bottom";
    const text = `${thousands(count)} generated outside`;
    const [right, bottom, pad] = [area.x + area.width - 8 * box.ratio, area.y + area.height - 8 * box.ratio, 3 * box.ratio];
    const width = context.measureText(text).width;
    context.fillStyle = alpha(theme.background, 0.75);
    context.fillRect(right - width - pad, bottom - pad - 11 * box.ratio, width + 2 * pad, 11 * box.ratio + 2 * pad);
    context.fillStyle = theme.fake;
    context.fillText(text, right, bottom);
  }

  // In a corner. The fresh point that is nearest to the pointer has a ring.
  /** @param {Pen} context @param {Frame} frame */
  function drawCodes(context, frame) {
    const { coded } = frame.arrays;
    if (!coded || !look.pointer) return codes.draw(context, frame, null);
    const { index } = nearest(coded.data, place.fromX(look.pointer[0]), place.fromY(look.pointer[1]));
    context.beginPath();
    context.arc(place.toX(coded.data[2 * index]), place.toY(coded.data[2 * index + 1]), 5 * box.ratio, 0, 2 * Math.PI);
    context.strokeStyle = theme.text;
    context.lineWidth = 1.8 * box.ratio;
    context.stroke();
    codes.draw(context, frame, index);
  }

  /** @param {Pen} context @param {Frame} frame */
  function drawLayers(context, frame) {
    const { on } = look;
    const { fake, manifold, manifold_latents, plan, push, reconstructions } = frame.arrays;
    if (on.has("manifold") && manifold && manifold_latents) drawManifold(context, manifold, manifold_latents, look.morph, place, scene.extent, theme, box);
    if (on.has("trail")) drawTrails(context, look.past, place, theme);
    if (on.has("plan") && plan) drawPairs(context, plan.data, place, theme, box, 0);
    if (on.has("fake") && fake) {
      context.globalAlpha = on.has("manifold") && look.morph < 1 ? 0.25 : 1; // the manifold is on its way
      drawFake(context, fake);
      context.globalAlpha = 1;
    }
    if (on.has("reconstructions") && reconstructions) drawPairs(context, reconstructions.data, place, theme, box, 2);
    if (on.has("push") && push && fake) arrows.draw(context, fake.data, push.data, place);
  }

  return {
    /** Data to device pixels and back. */
    get place() {
      return placing(area, look.view);
    },
    draw(context, frame) {
      drawStill();
      context.fillStyle = theme.background;
      context.fillRect(0, 0, box.width, box.height);
      const seen = look.asSeen(frame); // under the microscope, the picture as it was at that half of the step
      context.save();
      clip(context);
      if (seen) maps.draw(context, seen, look.on, place, scene.extent, look.cuts);
      if (look.insight?.half !== "discriminator") context.drawImage(still.under, 0, 0); // D is shown its own batch
      if (seen && look.insight) drawInsight(context, seen, look.insight.half, place, theme, box, { arrows, drawFake });
      else if (seen) drawLayers(context, seen);
      context.restore();
      context.drawImage(still.over, 0, 0);
      if (seen?.arrays.fake && look.on.has("fake") && look.insight?.half !== "discriminator")
        drawOutside(context, seen.arrays.fake, Boolean(seen.arrays.density));
      if (seen && look.on.has("codes")) drawCodes(context, seen);
    },
  };
}
