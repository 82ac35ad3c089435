// The stage of the Train page: one socket, one canvas, one bar, some charts. Mounted once, updated at every rerun.
import { createBar } from "./bar/bar.js";
import { createPicker } from "./bar/picker.js";
import { createWords } from "./bar/reading.js";
import { createRewind } from "./bar/rewind.js";
import { createStrip } from "./bar/strip.js";
import { createTitle } from "./bar/title.js";
import { createCharts, loadPlotly } from "./charts/charts.js";
import { marksOf } from "./charts/layout.js";
import { enterPagesOnce } from "./common/address.js";
import { find } from "./common/dom.js";
import { METHODS } from "./common/facts.js";
import { formatEpoch, thousands } from "./common/format.js";
import { createHistory } from "./common/history.js";
import { createPresentation } from "./common/present.js";
import { openFeed } from "./common/socket.js";
import { applyTheme, readTheme } from "./common/theme.js";
import { createFilm } from "./images/film.js";
import { nounOf } from "./images/pixels.js";
import { createTools } from "./images/tools.js";
import { createCanvas } from "./picture/canvas.js";
import { createLanes } from "./picture/lanes.js";
import { createLook } from "./picture/look.js";
import { phaseLegend } from "./picture/phase.js";

/** @import { Frame } from "./common/frame.js" */
/** @import { Change, HelloMessage, Scene, StateMessage } from "./common/messages.js" */
/** @import { Bands, Bars, Component, Config, Latest, Receivers, Send, StageData, Status, Words } from "./common/page.js" */
/** @import { Feed } from "./common/socket.js" */
/** @import { Theme } from "./common/theme.js" */

const SECOND_MS = 1000;
const LIVE = new Set(["play", "step"]);
const COMMANDS = new Set(["play", "pause", "step", "speed"]);

/** @param {Scene} scene */
const isImages = (scene) => scene.kind === "images";

/**
 * `open` and `load` bring what the stage shows, and what draws its charts: from the server, if nothing else is given.
 * `still`: all that it is given is recorded.
 * @param {Component<StageData>} component
 */
export function mount(component, { open = openFeed, load = loadPlotly, still = false } = {}) {
  enterPagesOnce();
  const root = find(component.parentElement, ".gp-root");
  root.classList.toggle("gp-lesson", component.data.lesson);
  const history = createHistory();
  let current = component; // the newest call's data and callbacks
  /** @type {Feed | null} */
  let feed = null;
  /** @type {Theme | null} */
  let theme = null;
  let run = {
    id: "",
    scene: /** @type {Scene | null} */ (null),
    floors: /** @type {Bands} */ ({}),
    latest: /** @type {Latest} */ ({}),
    changes: /** @type {Change[]} */ ([]),
    config: /** @type {Config | null} */ (null),
    words: /** @type {Words} */ ({}),
    status: /** @type {Status} */ ("paused"),
    trained: false, // D may have been, though the step is still 0
    preparing: "",
    step: 0,
    said: 0, // the step that the worker said last
    epoch: /** @type {number | null} */ (null),
    bars: /** @type {Bars} */ ({}),
  };
  let pictures = 0;
  let chartsAsked = false;
  const apart = { seen: "", told: "" }; // configs that are not what the widgets stand at

  /** @type {Send} */
  const send = (message) => {
    if (LIVE.has(message.do)) rewind.leave(); // to train on is to look at the newest again
    if (COMMANDS.has(message.do)) strip.set({ error: "" }); // what was refused before is over
    feed?.send(message);
  };
  /** @param {string} trigger @param {unknown} value */
  const ask = (trigger, value = Date.now()) => current.setTriggerValue(trigger, value);
  const rewind = createRewind(root, { send, ask, tell: (state, value) => current.setStateValue(state, value), onChange: rewound, waits: () => strip.waits() });
  const bar = createBar(root, { send, ask, rewind });
  const strip = createStrip(root, { ask });
  const presentation = createPresentation(root, { onChange: () => charts.present(presentation.on), ask });
  const film = createFilm(root);
  const picture = find(root, ".gp-canvas", HTMLCanvasElement);
  const picker = createPicker(picture, {
    cellAt: (x, y) => canvas.cellAt(x, y),
    repaint: () => canvas.repaint(),
    onChoose: (index) => tools.pick(index),
    onClear: () => tools.clear(),
    onMove: (index) => tools.say(index),
  });
  const look = createLook(root, { send, repaint: () => canvas.repaint(), place: () => canvas.place(), onLayers: settleImages, still });
  const canvas = createCanvas(picture, {
    marks: picker.marks,
    look: look.look,
    onMet: look.meet,
    onDrawn: drawn,
    onDone: () => send({ do: "ack" }),
    onBroken: (error) => strip.set({ error: `A picture of this run can't be read: ${error.message}.` }),
  });
  const tools = createTools(root, { ask: send, marks: picker.marks, repaint: canvas.repaint });
  const lanes = createLanes(root, { onToggle: rewind.follow, onChoose: (lane) => send({ do: "lane", lane }), onBand: () => charts.redraw() });
  const title = createTitle(root, { ask });
  const words = createWords(root, { ask });
  const charts = createCharts(
    find(root, ".gp-charts"),
    () => ({
      history,
      cursor: rewind.cursor,
      band: lanes.band,
      scale: Number(root.dataset.scale ?? 1),
      theme,
      floors: run.floors,
      bars: run.bars,
      latest: rewind.latest ?? run.latest,
      scene: run.scene,
      preparing: run.preparing,
      changes: run.changes,
      marks: marksOf(run.changes, current.data.labels, run.words.method),
      run: run.id,
      stepsPerEpoch: run.scene?.steps_per_epoch ?? null,
    }),
    (names) => look.setBars(names),
  );

  /** @type {Receivers} */
  const receive = {
    hello(message) {
      run = {
        ...run,
        id: message.run,
        scene: message.scene,
        floors: {},
        latest: {},
        changes: [],
        trained: false,
        preparing: "",
        step: 0,
        said: 0,
        epoch: null,
        bars: {},
      };
      history.clear();
      root.dataset.rows = "0";
      showKind(message.scene);
      canvas.setScene(message.scene);
      tools.setScene(message.scene);
      look.setScene(message.scene);
      film.clear();
      bar.setSeeds(message.scene.seeds, message.lane, message.config.seed);
      rewind.reset(message);
      title.setRecord(message.record); // recorded already, if the page was late
      lanes.setScene(message.scene, message.config.seed);
      setStep(0);
      setConfig(message);
      strip.set({ error: "", failure: "" });
      charts.setScene();
      charts.redraw();
    },
    state(message) {
      // While it trains on, a newer picture may have been here before what the worker says.
      const step = run.status === "playing" && message.status === "playing" ? Math.max(run.step, message.steps) : message.steps;
      run.said = message.steps;
      run.status = message.status;
      run.trained = message.updates.some((count) => count > 0);
      root.dataset.status = message.status;
      if (JSON.stringify(run.changes) !== JSON.stringify(message.changes)) {
        run.changes = message.changes;
        charts.redraw();
      }
      bar.setState(message);
      if (message.status !== "playing") bar.setUpdates(message.updates, message.steps);
      lanes.setDiverged(message.diverged);
      setStep(step);
      setConfig(message);
      const stopped = message.status === "diverged" || message.status === "failed";
      strip.set({ failure: stopped ? message.message || `Training has ${message.status}.` : "", told: stopped ? "" : message.message });
      showHint();
    },
    rows(message) {
      history.add(message.columns, message.replace);
      run.latest = message.latest;
      root.dataset.rows = String(history.length);
      if (rewind.away) setStep(message.columns.step.at(-1) ?? run.step);
      charts.redraw();
    },
    keyframes: (message) => rewind.setKeyframes(message),
    summary: (message) => lanes.setSummary(message),
    record(message) {
      root.dataset.parent = message.parent ?? "";
      title.setRecord(message);
    },
    reading: (message) => words.set(message),
    floors(message) {
      run.floors = message.bands;
      charts.redraw();
    },
    film(message) {
      film.add(message.entries, message.replace);
    },
    answer: (message) => tools.receive(message),
    progress(message) {
      strip.setProgress(message);
      run.preparing = message.fraction < 1 ? `${message.what}: ${Math.round(100 * message.fraction)} %` : "";
      charts.redraw();
    },
    error(message) {
      strip.set({ error: message.text });
    },
  };

  // Reading the chart library takes the browser half a second: the first picture comes before it.
  function loadCharts() {
    if (chartsAsked || !root.isConnected) return;
    chartsAsked = true;
    load(current.data.plotly).then(charts.setPlotly, (error) => strip.set({ error: error.message }));
  }

  /** @param {Frame} frame */
  function drawn(frame) {
    setTimeout(loadCharts, 0);
    pictures += 1;
    root.dataset.pictures = String(pictures);
    lanes.drew(frame);
    look.drew(frame);
    root.classList.toggle("gp-critic", frame.log_odds === false);
    if (frame.keyframe) return rewind.drew(frame);
    if (frame.bars) {
      run.bars = frame.bars;
      charts.redraw();
    }
    bar.drew(frame);
    tools.drew(frame);
    // A picture that was on its way when the worker said where the run stands does not set the counter back.
    if (frame.step >= run.said) setStep(frame.step, frame.epoch);
    showHint();
  }

  // A picture knows its epoch (k may have changed on the way); between pictures it follows from the steps.
  /** @param {number} step @param {number} [epoch] */
  function setStep(step, epoch) {
    const each = run.scene?.steps_per_epoch;
    if (epoch !== undefined) run.epoch = epoch;
    else if (!each) run.epoch = null;
    else if (run.epoch === null || step !== run.step) run.epoch = history.epochAt(step, each);
    run.step = step;
    root.dataset.step = String(step);
    root.dataset.epoch = run.epoch === null ? "" : String(run.epoch);
    bar.setStep(step, run.epoch);
    rewind.setStep(step);
  }

  function rewound() {
    settleImages();
    const past = rewind.cursor === null ? null : settingsBefore(rewind.cursor);
    strip.set({ rewound: past !== null, preparing: rewind.preparing, past: past?.words ?? null });
    if (run.config) look.setSettings(past ?? run);
    words.setRewound(rewind.cursor !== null);
    if (still) bar.setStep(rewind.cursor ?? run.step, run.epoch);
    charts.redraw();
  }

  // The settings that led to a recorded step: the changes since are taken back.
  /** @param {number} step */
  function settingsBefore(step) {
    const later = run.changes.filter((change) => change.step >= step).reverse();
    /** @param {Record<string, [any, any]>} changed */
    const before = (changed) => Object.fromEntries(Object.entries(changed).map(([name, [was]]) => [name, was]));
    return {
      config: Object.assign({}, run.config, ...later.map(({ fields }) => before(fields))),
      words: Object.assign({}, run.words, ...later.map(({ words: said }) => before(said))),
    };
  }

  // What the page around the picture looks like.
  /** @param {Scene} scene */
  function showKind(scene) {
    const images = isImages(scene);
    root.classList.toggle("gp-images", images);
    root.classList.toggle("gp-one", !images && scene.dim === 1);
    root.classList.toggle("gp-phase", scene.kind === "phase");
    if (scene.kind === "phase") find(root, ".gp-legend-text").replaceChildren(...phaseLegend());
  }

  // What is said over images, and whether they can be chosen: a click asks the newest generated ones.
  function settleImages() {
    const { scene } = run;
    const generated = scene && isImages(scene) && !look.told;
    picker.setSide(generated && rewind.cursor === null ? scene.grid_side : 0);
    if (!scene?.image) return;
    const [count, [h, w]] = [scene.grid_side ** 2, scene.image];
    const text = look.told || `${count} generated ${nounOf(scene)}s, ${h} × ${w}, always the same latents`;
    Object.assign(find(root, ".gp-legend-text"), { textContent: text, title: text });
  }

  /** @param {HelloMessage | StateMessage} message */
  function setConfig({ config, words: said }) {
    Object.assign(run, { config, words: said });
    root.dataset.config = JSON.stringify(config);
    bar.setConfig(config);
    if (rewind.cursor === null) look.setSettings(run);
    strip.set({ confirmed: said });
  }

  // Another tab of this browser has changed this run: the widgets take that up in a rerun of the page.
  function followOthers() {
    const { wanted, labels } = current.data;
    const differs = Object.entries(run.words).some(([name, said]) => labels[name]?.live && name in wanted && wanted[name] !== said);
    const seen = (rewind.cursor === null && differs && root.dataset.config) || "";
    if (seen && seen === apart.seen && seen !== apart.told) {
      apart.told = seen;
      ask("follow");
    }
    apart.seen = seen;
  }

  function showHint() {
    root.classList.toggle("gp-untouched", run.step === 0 && run.status === "paused" && !run.trained);
  }

  function describe() {
    const { scene, latest, step, epoch } = run;
    if (!scene) return;
    if (isImages(scene)) {
      const what = `${scene.grid_side ** 2} generated ${nounOf(scene)}s at step ${thousands(step)}`;
      const when = epoch === null ? "" : `, epoch ${formatEpoch(epoch)}`;
      picture.setAttribute("aria-label", `${what}${when}. Arrow keys move, Enter chooses.`);
      return;
    }
    if (scene.kind === "phase") {
      const [theta, psi] = [latest.theta, latest.psi].map((value) => (typeof value === "number" ? value.toFixed(2).replace("-", "−") : "unknown"));
      picture.setAttribute("aria-label", `Phase portrait of the Dirac-GAN at step ${thousands(step)}: θ ${theta}, ψ ${psi}.`);
      return;
    }
    const kind = scene.dim === 1 ? "Density of real and generated values" : "Real and generated points";
    const modes = typeof latest.modes === "number" && scene.modes ? `, ${latest.modes} of ${scene.modes.length} modes covered` : "";
    const judged = METHODS[/** @type {keyof typeof METHODS} */ (run.config?.method ?? "gan")].plays ? " over the discriminator's output" : "";
    const text = `${kind}${judged} at step ${thousands(step)}${modes}.`;
    picture.setAttribute("aria-label", text);
  }

  function followTheme() {
    const now = readTheme(root);
    if (theme?.key === now.key) return;
    theme = now;
    applyTheme(root, now);
    canvas.setTheme(now);
    tools.setTheme(now);
    look.setTheme(now);
    lanes.setTheme(now);
    charts.redraw();
  }

  /** @param {string} path */
  function connect(path) {
    if (feed?.path === path && !feed.refused) return;
    feed?.close();
    setConnected(false, false);
    root.classList.add("gp-first"); // the badge waits a moment
    feed = open(path, {
      receive,
      onFrame: canvas.show,
      onConnected: setConnected,
    });
  }

  /** @param {boolean} now @param {boolean} refused */
  function setConnected(now, refused) {
    root.dataset.connected = String(now);
    if (now) root.classList.remove("gp-first");
    look.setConnected(now);
    bar.setConnected(now, refused);
  }

  /** @param {Component<StageData>} next */
  function update(next) {
    current = next;
    const { data } = next;
    followTheme();
    strip.set({ wanted: data.wanted, labels: data.labels, notice: data.notice, missing: data.missing });
    if (!run.scene) root.classList.toggle("gp-images", data.images);
    title.set(data.about);
    look.setWish(data.layers);
    presentation.follow(data.present);
    charts.setCharts(data.charts);
    connect(data.feed);
  }

  const timer = setInterval(() => {
    followTheme();
    describe();
    followOthers();
  }, SECOND_MS);

  update(component);
  setTimeout(loadCharts, SECOND_MS);

  return {
    update,
    unmount() {
      clearInterval(timer);
      feed?.close();
      canvas.close();
      tools.close();
      look.close();
      rewind.close();
      lanes.close();
      bar.close();
      presentation.close();
      words.close();
      charts.close();
    },
  };
}
