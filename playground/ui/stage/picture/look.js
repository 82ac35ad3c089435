// How the stage of points is looked at: which layers are on, which part is seen, what is under the pointer.
import { ratioOf } from "../common/axes.js";
import { find, listen } from "../common/dom.js";
import { contour } from "./contours.js";
import { createGlide } from "./glide.js";
import { createHover } from "./hover.js";
import { createLayers, lackedBy, layerOf } from "./layers.js";
import { createMicroscope } from "./microscope.js";
import { savePicture } from "./save.js";
import { createLiveLook } from "./view.js";
import { createZoom } from "./zoom.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { LayersCommand, Scene } from "../common/messages.js" */
/** @import { Config, Send, Words } from "../common/page.js" */
/** @import { Placing } from "./view.js" */

const TRAIL = 8; // pictures
const MORPH_MS = 1800;
const NOISE = 0.12; // share of that for which the noise is shown
const SUM_OF_LOGS = 60; // the logarithm's floor: densities below e^−60 of the largest are all alike

/**
 * `send` goes to the feed, `repaint` draws the last picture again, `place()` is the painter's placing or null;
 * `onLayers` hears of other layers. `still`: all pictures are recorded ones.
 * @param {HTMLElement} root
 * @param {{send: Send, repaint(): void, place(): Placing | null, onLayers(): void, still: boolean}} options
 */
export function createLook(root, { send, repaint, place, onLayers, still }) {
  const canvas = find(root, ".gp-canvas", HTMLCanvasElement);
  const look = createLiveLook([]);
  /** @type {Scene | null} */
  let scene = null; // of points or of a phase portrait, else null
  let layered = false; // points and images have layers
  /** @type {Frame | null} */
  let frame = null;
  let asked = "";
  /** @type {LayersCommand["on"]} */
  let bars = []; // what charts draw of a picture
  let drawn = ""; // the networks whose drawing the microscope has
  const glide = createGlide();

  const layers = createLayers(root, {
    onChange(on) {
      if (scene?.dim === 2 && on.has("manifold") && !look.on.has("manifold") && frame) animate();
      look.on = on;
      settleCuts();
      if (!on.has("microscope")) microscope.clear();
      microscope.show();
      request();
      onLayers();
      repaint();
    },
    onAnimate: animate,
    onSave: () => frame && layers.theme && savePicture(canvas, { frame, on: look.on, theme: layers.theme, config: layers.config, words: layers.words }),
    onReset() {
      look.view.reset();
      moved();
    },
    onCuts(cuts) {
      look.cuts = cuts;
      repaint();
    },
  });
  const hover = createHover(root, { place, read, onActive: request, onMove: point });
  const unlisten = listen(
    canvas,
    {
      pointermove: ({ clientX, clientY }) => {
        const { left, top } = canvas.getBoundingClientRect();
        point([clientX - left, clientY - top]);
      },
      pointerleave: () => point(null),
    },
    () => scene === null && look.on.has("codes"), // points are read by what is above
  );
  const zoom = createZoom(canvas, { view: look.view, place, enabled: () => scene !== null, onMove: moved });
  const microscope = createMicroscope(root, { look, repaint, isOn: () => layers.has("microscope"), isPlaying: () => root.dataset.status === "playing" });

  // Where a code may be is shown of the example under the pointer.
  /** @param {[number, number] | null} at  in CSS pixels */
  function point(at) {
    const ratio = ratioOf(canvas);
    look.pointer = at && [at[0] * ratio, at[1] * ratio];
    if (look.on.has("codes")) repaint();
  }

  function read() {
    return { frame, scene, seen: look.density?.seen ?? null, bandwidth: frame?.optimal?.bandwidth };
  }

  // As many strips as maps.
  function settleCuts() {
    const count = layers.maps().length;
    look.cuts = Array.from({ length: Math.max(0, count - 1) }, (_, i) => (i + 1) / count);
    layers.placeCuts(look.cuts);
  }

  // Tell the server what the picture has to hold. The data's density is sent once.
  function request() {
    if (!layered) return;
    /** @type {Set<LayersCommand["on"][number]>} */
    const wanted = new Set([...look.on].flatMap((name) => (name === "microscope" ? name : (layerOf(name)?.needs ?? []))));
    for (const name of bars) wanted.add(name);
    if (hover.active) wanted.add("optimal");
    if ((look.on.has("contours") || hover.active || wanted.has("optimal")) && !look.density) wanted.add("density");
    const key = [...wanted].sort().join();
    if (key === asked) return;
    asked = key;
    send({ do: "layers", on: [...wanted].sort() });
  }

  function moved() {
    layers.setZoomed(look.view.zoomed);
    hover.refresh();
    repaint();
  }

  // From the noise to the manifold.
  function animate() {
    glide.start(MORPH_MS, NOISE, (share) => {
      look.morph = share;
      root.dataset.morph = share.toFixed(2);
      repaint();
    });
  }

  /** @param {Frame} frame */
  function keepDensity({ arrays, density }) {
    if (!arrays.p_data_seen || !density || look.density) return;
    look.density = { seen: arrays.p_data_seen, contours: [], version: 1, shape: [], bandwidth: density.bandwidth };
    if (arrays.p_data) {
      const { data, shape } = arrays.p_data;
      const floor = Math.log(density.levels[0]) - SUM_OF_LOGS;
      const logs = Float32Array.from(data, (value) => Math.max(floor, Math.log(value))); // a Gaussian's is a parabola: smooth lines
      Object.assign(look.density, { shape, contours: density.levels.map((level) => contour(logs, shape, Math.log(level))) });
      root.dataset.contours = String(look.density.contours.reduce((sum, { length }) => sum + length / 4, 0));
    }
    layers.setDensity(look.density);
    request();
  }

  /** @param {Frame} next */
  function keepTrail(next) {
    const fake = next.arrays.fake?.data;
    const [last] = look.past.slice(-1);
    if (!fake || (frame && frame.lane !== next.lane) || (frame && next.step < frame.step) || last?.length !== fake.length) look.past = [];
    if (fake && (!frame || frame.step !== next.step || look.past.length === 0)) look.past = [...look.past, fake].slice(-TRAIL);
  }

  return {
    look,
    /** What the layer says that is shown in place of images; empty where there is none. */
    get told() {
      return layers.told;
    },
    /**
     * A new run or a restart.
     * @param {Scene} next
     */
    setScene(next) {
      scene = next.kind === "images" ? null : next;
      layered = next.kind !== "phase";
      frame = null;
      asked = "";
      Object.assign(look, { past: [], density: null, pointer: null });
      if (scene) look.view.setScene(scene);
      layers.setScene(next);
      hover.setScene(scene);
      zoom.settle();
      microscope.clear();
      settleCuts();
      moved();
      request();
    },
    /**
     * Where the connection is back, the server has to be told again.
     * @param {boolean} now
     */
    setConnected(now) {
      if (now) asked = "";
      if (now) request();
    },
    /** @param {{config: Config | null, words: Words}} settings */
    setSettings(settings) {
      layers.setSettings(settings);
      const { config, words } = settings;
      const key = JSON.stringify([scene?.dim, config]);
      if (scene?.kind !== "points" || !config || key === drawn) return;
      drawn = key;
      microscope.setNetworks(config, words, scene.dim);
    },
    /** What charts draw of a picture. @param {string[]} names */
    setBars(names) {
      bars = /** @type {LayersCommand["on"]} */ (names);
      request();
    },
    /** Layers that a link wishes for: a list of names. */
    setWish: layers.setWish,
    setTheme: layers.setTheme,
    /**
     * A picture is about to be drawn.
     * @param {Frame} next
     */
    meet(next) {
      if (!scene) return;
      next.without = lackedBy(next, still || next.keyframe !== null);
      keepDensity(next);
      keepTrail(next);
      frame = next;
      microscope.meet(next);
    },
    /** @param {Frame} next */
    drew(next) {
      if (!scene) return;
      layers.drew(next);
      hover.refresh();
    },
    close() {
      glide.stop();
      microscope.close();
      zoom.close();
      hover.close();
      unlisten();
    },
  };
}
