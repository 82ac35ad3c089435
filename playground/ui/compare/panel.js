// One run of a comparison: its feed, its picture, its rows; live, or at a recorded step.

import { find } from "../stage/common/dom.js";
import { FIRST_LAYERS } from "../stage/common/facts.js";
import { thousands } from "../stage/common/format.js";
import { createHistory } from "../stage/common/history.js";
import { createWish } from "../stage/common/past.js";
import { createCanvas } from "../stage/picture/canvas.js";
import { createLanes } from "../stage/picture/lanes.js";
import { createLiveLook } from "../stage/picture/view.js";
import { AXES, createTrack } from "./lockstep.js";

/** @import { Frame } from "../stage/common/frame.js" */
/** @import { Change, Command, Scene } from "../stage/common/messages.js" */
/** @import { Bands, Config, Entrant, Latest, Receivers, Status, Words } from "../stage/common/page.js" */
/** @import { Feed, openFeed } from "../stage/common/socket.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Axis } from "./lockstep.js" */
/** @typedef {ReturnType<typeof createPanel>} Panel */
/** @typedef {"rows" | "state" | "keyframes" | "summary" | "picture"} News */

const KINDS = { images: "Generated images", points: "Real and generated points over the discriminator's output", phase: "Phase portrait" };
const RATE_MS = 1000; // over which the pictures are counted
const OVER = new Set(["diverged", "failed"]);
const PANEL = `
  <header class="gp-c-head"><a class="gp-c-name" target="_self"></a><span class="gp-c-step"></span></header>
  <div class="gp-frame"><canvas class="gp-canvas" role="img" aria-label="No picture yet"></canvas><span class="gp-c-badge" role="status"></span></div>
  <div class="gp-seeds"><button type="button" class="gp-button gp-all-seeds" aria-pressed="false" title="Samples of every seed, from the newest recorded picture">All seeds</button><span class="gp-outcome"></span></div>`;

/**
 * @param {HTMLElement} grid
 * @param {{open: typeof openFeed, onNews(kind: News): void, onError(sentence: string): void}} options
 */
export function createPanel(grid, { open, onNews, onError }) {
  const box = document.createElement("section");
  box.className = "gp-c-panel";
  box.innerHTML = PANEL;
  grid.append(box);
  const name = find(box, ".gp-c-name", HTMLAnchorElement);
  const [stepLine, badge, allSeeds] = [".gp-c-step", ".gp-c-badge", ".gp-all-seeds"].map((part) => find(box, part));
  const picture = find(box, ".gp-canvas", HTMLCanvasElement);
  const history = createHistory();
  const track = createTrack(history);
  const look = createLiveLook(FIRST_LAYERS);
  const canvas = createCanvas(picture, {
    marks: { hover: null, cursor: null, chosen: [] },
    look,
    onMet() {},
    onDrawn: drawn,
    onDone: () => send({ do: "ack" }),
    onBroken: (error) => onError(`a picture can't be read: ${error.message}.`),
  });
  const lanes = createLanes(box, { onToggle: (following) => request({ following }), onChoose: (lane) => send({ do: "lane", lane }), onBand() {} });
  /** @type {Entrant} */
  let run = { id: "", name: "", short: "", tail: "", colour: ["", ""], feed: "", address: "", mine: true };
  /** @type {Feed | null} */
  let feed = null;
  let now = fresh();
  let connected = false;
  let pictures = 0;
  /** @type {number[]} */
  let times = [];
  /** @type {number | null} */
  let cursor = null; // the step that is looked at; null is live
  /** @type {number | null} */
  let shown = null; // the step of the picture on the canvas
  /** @type {Axis} */
  let axis = "step";

  function fresh() {
    return {
      scene: /** @type {Scene | null} */ (null),
      config: /** @type {Config | null} */ (null),
      words: /** @type {Words | null} */ (null),
      status: /** @type {Status} */ ("paused"),
      message: "",
      changes: /** @type {Change[]} */ ([]),
      compiled: /** @type {number | null} */ (null),
      step: 0,
      until: /** @type {number | null} */ (null),
      floors: /** @type {Bands} */ ({}),
      latest: /** @type {Latest} */ ({}),
      keyframes: /** @type {number[]} */ ([]),
      summary: /** @type {Record<string, number | null>} */ ({}),
      outcome: "",
      wanted: 0,
      queued: false,
    };
  }

  /** @param {Command} message */
  const send = (message) => feed?.send(message);
  const wish = createWish(send);

  // Whether one looks back, or at all seeds, whose samples are only in recorded pictures.
  /** @param {{following?: boolean}} changes */
  function request(changes = {}) {
    const [steps, here] = [now.keyframes, cursor];
    const at = here === null ? null : (steps.findLast((step) => step <= here) ?? steps[0] ?? null);
    wish.want({ steps, at, ...changes });
    box.dataset.wanted = String(wish.target() ?? "");
  }

  /** @param {Frame} frame */
  function drawn(frame) {
    const time = performance.now();
    times = [...times.filter((at) => time - at < RATE_MS), time];
    pictures += 1;
    shown = frame.step;
    lanes.drew(frame);
    box.dataset.pictures = String(pictures);
    box.dataset.recorded = String(frame.keyframe !== null);
    box.dataset.step = String(frame.step);
    if (frame.keyframe) wish.drew(frame.keyframe);
    else now.step = Math.max(now.step, frame.step); // of a run that went on unseen the newest picture may be an old one
    tell();
    onNews("picture");
  }

  /** @type {Partial<Receivers>} */
  const receive = {
    hello(message) {
      now = { ...fresh(), scene: message.scene, config: message.config, words: message.words, status: now.status, until: now.until, wanted: now.wanted };
      history.clear();
      track.follow();
      wish.forget();
      shown = null;
      canvas.setScene(message.scene);
      if (message.scene.kind !== "images") look.view.setScene(message.scene);
      lanes.setScene(message.scene, message.config.seed);
      box.dataset.kind = message.scene.kind;
      tell();
      onNews("state");
    },
    state(message) {
      const { status, changes, compiled, config, words } = message;
      Object.assign(now, { status, message: message.message, changes, compiled, config, words, queued: message.queued });
      if (message.status === "playing" || message.queued) now.wanted = 0;
      const measured = history.column("step", 2)?.at(-1) ?? 0; // a run from the disk may have been measured after its state was written
      now.step = Math.max(message.steps, measured, message.status === "playing" ? now.step : 0);
      lanes.setDiverged(message.diverged);
      if (OVER.has(message.status) && message.message) onError(message.message);
      tell();
      onNews("state");
    },
    rows(message) {
      history.add(message.columns, message.replace);
      track.follow();
      now.latest = message.latest;
      const last = message.columns.step.at(-1);
      if (typeof last === "number") now.step = Math.max(now.step, last);
      box.dataset.rows = String(history.length);
      onNews("rows");
    },
    floors(message) {
      now.floors = message.bands;
      onNews("rows");
    },
    keyframes(message) {
      now.keyframes = message.steps;
      box.dataset.keyframes = String(message.steps.length);
      request();
      onNews("keyframes");
    },
    summary(message) {
      now.summary = message.values;
      now.outcome = message.outcome;
      lanes.setSummary(message);
      onNews("summary");
    },
    error(message) {
      now.wanted = 0;
      onError(message.text);
    },
  };

  // What stands over and in the picture.
  function tell() {
    const step = shown ?? now.step;
    const place = axis === "step" ? null : track.placeOf(step, axis);
    const more = place === null ? "" : ` · ${axis === "seconds" ? place.toFixed(1) : thousands(place)} ${AXES[axis].unit}`;
    stepLine.textContent = `step ${thousands(step)}${more}`;
    box.dataset.status = now.status;
    box.dataset.past = String(cursor !== null);
    box.dataset.live = String(now.step);
    badge.textContent = badgeOf();
    badge.classList.toggle("gp-c-bad", OVER.has(now.status) && cursor === null);
  }

  function badgeOf() {
    if (cursor !== null) return now.keyframes.length ? "recorded" : "nothing recorded yet";
    if (!connected) return feed?.refused ? "not connected" : "connecting…";
    if (OVER.has(now.status)) return now.status;
    if (now.queued) return "starts when there is room";
    if (api.waits) return "waits for the others";
    return "";
  }

  function describe() {
    if (!now.scene) return;
    picture.setAttribute("aria-label", `${run.name}: ${KINDS[now.scene.kind]} at step ${thousands(shown ?? now.step)}.`);
    times = times.filter((at) => performance.now() - at < RATE_MS);
    stepLine.title = `${times.length} pictures in the last second`;
    tell();
  }

  const api = {
    box,
    history,
    track,
    get id() {
      return run.id;
    },
    get name() {
      return run.name;
    },
    get colour() {
      return run.colour;
    },
    get now() {
      return now;
    },
    get step() {
      return now.step;
    },
    get connected() {
      return connected;
    },
    /** Whether it may train: it is this browser's, and it has not come to an end. */
    get canTrain() {
      return run.mine && connected && now.scene !== null && !OVER.has(now.status);
    },
    /** Whether it trains, or has just been told to. */
    get trains() {
      return api.canTrain && (now.status === "playing" || performance.now() < now.wanted);
    },
    get waits() {
      return now.status === "playing" && now.until !== null && now.step >= now.until;
    },
    /** @param {Entrant} next */
    set(next) {
      const other = next.id !== run.id;
      run = next;
      const parts = [run.short.slice(0, run.short.length - run.tail.length), run.tail]; // a long name is cut before its number
      name.replaceChildren(...parts.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
      name.title = run.address ? `${run.name}: open it on its own page` : run.name;
      if (run.address) name.href = run.address;
      box.dataset.run = run.id;
      if (other || feed?.refused) connect();
    },
    /** @param {Theme} theme */
    setTheme(theme) {
      canvas.setTheme(theme);
      lanes.setTheme(theme);
      box.style.setProperty("--gp-run", run.colour[theme.dark ? 1 : 0]);
    },
    /** @param {Axis} next */
    setAxis(next) {
      axis = next;
      tell();
    },
    /**
     * Look at the nearest recorded step that is not beyond this one; null is live.
     * @param {number | null} step
     */
    look(step) {
      cursor = step;
      if (step === null) shown = null;
      request();
      tell();
    },
    /** @param {number | null} to  the step to pause at */
    play(to) {
      now.wanted = performance.now() + 5000;
      send({ do: "play", to, wait: true });
    },
    pause() {
      now.wanted = 0;
      send({ do: "pause" });
    },
    /** @param {number | null} step */
    until(step) {
      if (step === now.until) return;
      now.until = step;
      send({ do: "until", step });
    },
    showLive() {
      if (allSeeds.getAttribute("aria-pressed") === "true") allSeeds.click();
    },
    describe,
    close() {
      wish.close();
      feed?.close();
      canvas.close();
      lanes.close();
      box.remove();
    },
  };

  function connect() {
    feed?.close();
    connected = false;
    now = fresh();
    pictures = 0;
    Object.assign(box.dataset, { pictures: "0", step: "0", live: "0", recorded: "false", keyframes: "0", rows: "0", status: "paused" });
    feed = open(run.feed, {
      receive,
      onFrame: canvas.show,
      onConnected(is) {
        connected = is;
        tell();
        onNews("state");
      },
    });
  }

  return api;
}
