// The filmstrip: the picture's first ten latents at chosen epochs, one frame after the other.
import { find } from "../common/dom.js";
import { count, thousands } from "../common/format.js";
import { createAtlas, imagesOf } from "./pixels.js";

/** @import { FilmFrame } from "../common/messages.js" */

const COLUMNS = 5; // ten images as two rows of five: frames that fit beside each other
const IMAGE = 27; // CSS pixels that an image should have, about; whole multiples of its own pixels
const NEAR_END = 40; // CSS pixels

/** @param {HTMLElement} root */
export function createFilm(root) {
  const strip = find(root, ".gp-film-strip");
  const hint = find(root, ".gp-film .gp-film-hint");
  /** @type {Map<number, HTMLElement>} */
  let frames = new Map(); // by epoch

  function show() {
    hint.hidden = frames.size > 0;
    root.dataset.film = String(frames.size);
  }

  /** @param {FilmFrame} entry */
  function build({ epoch, step, images, shape }) {
    const atlas = createAtlas(COLUMNS, 1);
    atlas.paint(imagesOf({ images, shape }));
    const scale = Math.max(1, Math.round(IMAGE / shape[2]));
    const figure = document.createElement("figure");
    figure.className = "gp-film-frame";
    const { canvas } = atlas;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${shape[0]} generated images at epoch ${count(epoch)}`);
    canvas.style.width = `${canvas.width * scale}px`;
    canvas.style.height = `${canvas.height * scale}px`;
    const picture = document.createElement("div");
    picture.append(canvas);
    const caption = document.createElement("figcaption");
    caption.textContent = `epoch ${count(epoch)}`;
    figure.title = `Step ${thousands(step)}`;
    figure.append(picture, caption);
    return figure;
  }

  // The latent under the pointer is framed in every frame: that is what the strip is for.
  /** @param {PointerEvent} event */
  function follow(event) {
    const picture = event.target instanceof Element ? event.target.closest(".gp-film-frame div") : null;
    strip.classList.toggle("gp-follow", Boolean(picture));
    if (!picture) return;
    const box = picture.getBoundingClientRect();
    const rows = 2;
    strip.style.setProperty("--gp-column", String(Math.min(COLUMNS - 1, Math.floor(((event.clientX - box.left) / box.width) * COLUMNS))));
    strip.style.setProperty("--gp-line", String(Math.min(rows - 1, Math.floor(((event.clientY - box.top) / box.height) * rows))));
  }
  strip.addEventListener("pointermove", follow);
  strip.addEventListener("pointerleave", () => strip.classList.remove("gp-follow"));

  function clear() {
    frames = new Map();
    strip.replaceChildren();
    show();
  }

  clear();
  return {
    clear,
    /** @param {FilmFrame[]} entries @param {boolean} replace */
    add(entries, replace) {
      if (replace) clear();
      const atEnd = strip.scrollWidth - strip.clientWidth - strip.scrollLeft < NEAR_END;
      for (const entry of entries) {
        const figure = build(entry);
        const old = frames.get(entry.epoch); // trained again after a step back
        if (old) old.replaceWith(figure);
        else strip.append(figure);
        frames.set(entry.epoch, figure);
      }
      show();
      if (atEnd) strip.scrollLeft = strip.scrollWidth; // whoever looks at an older frame is left in peace
    },
  };
}
