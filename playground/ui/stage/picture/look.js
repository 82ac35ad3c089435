// How the stage of points is looked at: which layers are on, which part is seen, what is under the pointer.
import { LAYERS } from "../common/facts.js";
import { contour } from "./contours.js";
import { createHover } from "./hover.js";
import { createLayers } from "./layers.js";
import { createMicroscope } from "./microscope.js";
import { savePicture } from "./save.js";
import { createView } from "./view.js";
import { createZoom } from "./zoom.js";

const TRAIL = 8; // pictures
const MORPH_MS = 1800;
const MICROSCOPE = { needs: "microscope" }; // has a button of its own
const SUM_OF_LOGS = 60; // the logarithm's floor: densities below e^−60 of the largest are all alike

/**
 * `send` goes to the feed, `repaint` draws the last picture again, `place()` is the painter's placing or null.
 * The canvas's painters read: on, view, cuts, past, morph, density, insight, asSeen(frame).
 */
export function createLook(root, { send, repaint, place }) {
  const canvas = root.querySelector(".gp-canvas");
  const look = { on: new Set(), view: createView(), cuts: [0.5], past: [], morph: 1, density: null, insight: null, asSeen: (frame) => frame };
  let scene = null; // of points, else null
  let frame = null;
  let asked = "";
  let animation = 0;

  const layers = createLayers(root, {
    onChange(on) {
      if (scene?.dim === 2 && on.has("manifold") && !look.on.has("manifold") && frame) animate();
      look.on = on;
      settleCuts();
      if (!on.has("microscope")) microscope.clear();
      microscope.show();
      request();
      repaint();
    },
    onAnimate: animate,
    onSave: () => frame && savePicture(canvas, { frame, on: look.on, theme: layers.theme, config: layers.config, words: layers.words }),
    onReset() {
      look.view.reset();
      moved();
    },
    onCuts(cuts) {
      look.cuts = cuts;
      repaint();
    },
  });
  const hover = createHover(root, { place, read, onActive: request });
  const zoom = createZoom(canvas, { view: look.view, place, enabled: () => scene !== null, onMove: moved });
  const microscope = createMicroscope(root, { look, repaint, isOn: () => layers.has("microscope"), isPlaying: () => root.dataset.status === "playing" });

  function read() {
    return { frame, scene, seen: look.density?.seen ?? scene?.seen ?? null, bandwidth: frame?.optimal?.bandwidth };
  }

  // As many strips as maps.
  function settleCuts() {
    const count = layers.maps().length;
    look.cuts = Array.from({ length: Math.max(0, count - 1) }, (_, i) => (i + 1) / count);
    layers.placeCuts(look.cuts);
  }

  // Tell the server what the picture has to hold. The data's density is sent once.
  function request() {
    if (!scene) return;
    const wanted = new Set([...look.on].map((name) => (LAYERS[name] ?? MICROSCOPE).needs).filter(Boolean));
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
    cancelAnimationFrame(animation);
    const start = performance.now();
    const turn = (now) => {
      const share = Math.min(1, Math.max(0, (now - start) / MORPH_MS - 0.12) / 0.88); // a moment on the noise
      look.morph = share * share * (3 - 2 * share);
      root.dataset.morph = look.morph.toFixed(2);
      repaint();
      if (share < 1) animation = requestAnimationFrame(turn);
    };
    animation = requestAnimationFrame(turn);
  }

  function keepDensity({ arrays, density }) {
    if (!arrays.p_data_seen || look.density) return;
    look.density = { seen: arrays.p_data_seen, contours: [], version: 1, shape: null, bandwidth: density.bandwidth, shares: density.shares };
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

  function keepTrail(next) {
    const fake = next.arrays.fake?.data;
    const [last] = look.past.slice(-1);
    if (!fake || (frame && frame.lane !== next.lane) || (frame && next.step < frame.step) || last?.length !== fake.length) look.past = [];
    if (fake && (!frame || frame.step !== next.step || look.past.length === 0)) look.past = [...look.past, fake].slice(-TRAIL);
  }

  return {
    look,
    /** A new run or a restart. */
    setScene(next) {
      scene = next.kind === "points" ? next : null;
      frame = null;
      asked = "";
      Object.assign(look, { past: [], density: null });
      if (scene) look.view.setScene(scene);
      layers.setScene(next);
      hover.setScene(scene);
      zoom.settle();
      microscope.clear();
      settleCuts();
      moved();
      request();
    },
    /** The connection is back: the server has to be told again. */
    setConnected(now) {
      if (now) asked = "";
      if (now) request();
    },
    setSettings: layers.setSettings,
    /** Layers that a link wishes for: a list of names. */
    setWish: layers.setWish,
    setTheme: layers.setTheme,
    /** A picture is about to be drawn. */
    meet(next) {
      if (!scene) return;
      keepDensity(next);
      keepTrail(next);
      frame = next;
      microscope.meet(next);
    },
    drew(next) {
      if (!scene) return;
      layers.drew(next);
      hover.refresh();
    },
    close() {
      cancelAnimationFrame(animation);
      microscope.close();
      zoom.close();
      hover.close();
    },
  };
}
