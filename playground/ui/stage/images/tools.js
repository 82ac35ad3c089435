// The row under the images: which question a click asks, and the newest answer.
import { find, put } from "../common/dom.js";
import { createAnswer } from "./answer.js";
import { imagesOf, nounOf } from "./pixels.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { AnswerMessage, Scene } from "../common/messages.js" */
/** @import { Bytes, Marks, Question, Send } from "../common/page.js" */

const AGAIN_MS = 2000; // a standing question is asked again at most this often
const LOST_MS = 8000; // an answer that has not come by now does not come
const TICK_MS = 250;

/** @param {string} noun */
const a = (noun) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

// How many images a question is about, and what to click next, by how many have been clicked.
/** @type {Record<Question, {takes: number, says(noun: string): string[]}>} */
const TOOLS = {
  neighbours: {
    takes: 1,
    says: (noun) => [`Click ${a(noun)}: its nearest training images.`, `Click another ${noun} for its neighbours.`],
  },
  walk: {
    takes: 2,
    says: (noun) => [`Click the ${noun} to start from (a).`, `Now click the ${noun} to walk to (b).`, `Click ${a(noun)} to start a new walk.`],
  },
  arithmetic: {
    takes: 3,
    says: (noun) => [`Click ${noun} a.`, `Now b, which is taken away from a.`, `Now c, which is added.`, `Click ${a(noun)} to start a new sum.`],
  },
};

/**
 * `ask(command)` goes to the feed; `marks` are drawn over the canvas by images.js.
 * @param {HTMLElement} root
 * @param {{ask: Send, marks: Marks, repaint(): void}} options
 */
export function createTools(root, { ask, marks, repaint }) {
  const panel = find(root, ".gp-tools");
  const [says, caption, clear] = [".gp-tool-says", ".gp-answer-told", ".gp-clear"].map((name) => find(panel, name));
  const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (panel.querySelectorAll("[data-tool]"))];
  const answer = createAnswer(find(panel, ".gp-answer", HTMLCanvasElement));
  /** @type {Question} */
  let tool = "neighbours";
  let noun = "image";
  /** @type {Frame | null} */
  let frame = null; // the picture shown, where it is one of images
  let asked = { id: 0, of: /** @type {number[]} */ ([]), step: -1, at: -Infinity };
  let waiting = false;

  const complete = () => marks.chosen.length === TOOLS[tool].takes;

  function show() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    put(says, TOOLS[tool].says(noun)[marks.chosen.length]);
    clear.hidden = marks.chosen.length === 0;
    root.dataset.chosen = JSON.stringify(marks.chosen);
    repaint();
  }

  function forget() {
    waiting = false;
    asked = { ...asked, of: [], step: -1 };
    answer.clear();
    put(caption, "");
    delete root.dataset.answer;
  }

  /** @param {number} step  of the picture that it is about */
  function question(step) {
    asked = { id: asked.id + 1, of: [...marks.chosen], step, at: performance.now() };
    waiting = true;
    ask({ do: "ask", id: asked.id, kind: tool, of: asked.of });
  }

  // A standing question is asked again where training has moved on, so that the answer lives with the picture.
  function turn() {
    if (!frame || !complete() || document.hidden) return;
    const since = performance.now() - asked.at;
    const fresh = asked.of.join() !== marks.chosen.join();
    if (fresh || (since >= (waiting ? LOST_MS : AGAIN_MS) && frame.step !== asked.step)) question(frame.step);
  }

  // Neighbours come alone; the image that was asked about is in the picture.
  /** @param {Bytes} found @param {Bytes} shown @returns {Bytes} */
  function behindQuery({ data, shape: [count, ...form] }, shown) {
    const size = data.length / count;
    const all = new Uint8Array((count + 1) * size);
    all.set(shown.data.subarray(asked.of[0] * size, (asked.of[0] + 1) * size));
    all.set(data, size);
    return { data: all, shape: [count + 1, ...form] };
  }

  /** @param {number[]} chosen */
  function choose(chosen) {
    marks.chosen = chosen;
    forget();
    show();
    turn();
    if (waiting) put(caption, "Looking…");
  }

  clear.addEventListener("click", () => choose([]));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.dataset.tool === tool) return;
      tool = /** @type {Question} */ (button.dataset.tool);
      choose([]);
    });
  }
  const timer = setInterval(turn, TICK_MS);
  show();

  return {
    /** @param {number} index */
    pick(index) {
      choose(complete() ? [index] : [...marks.chosen, index]);
    },
    clear: () => choose([]),
    /** @param {number} index  where the keys are */
    say(index) {
      const classes = frame?.classes;
      const side = Math.sqrt(frame?.arrays.images?.shape[0] ?? 100);
      const of = classes ? `, class ${classes[index]}` : "";
      put(says, `Row ${Math.floor(index / side) + 1}, column ${(index % side) + 1}${of}: Enter chooses it.`);
    },
    /**
     * A new run or a restart; the selection stands where there still are images, for an index is a latent for ever.
     * @param {Scene} scene
     */
    setScene(scene) {
      noun = nounOf(scene);
      frame = null;
      if (scene.kind !== "images") marks.chosen = [];
      forget();
      show();
    },
    setTheme: answer.setTheme,
    /** @param {Frame} next */
    drew(next) {
      frame = next.arrays.images ? next : null;
    },
    /** @param {AnswerMessage} message */
    receive(message) {
      if (message.id !== asked.id || !frame || !complete()) return; // about another selection
      waiting = false;
      const { kind, shape, labels } = message;
      const images = imagesOf(message);
      answer.show(message, kind === "neighbours" && frame.arrays.images ? behindQuery(images, frame.arrays.images) : images);
      put(caption, message.text ?? "");
      root.dataset.answer = JSON.stringify({ kind, of: asked.of, shape, labels: labels ?? null });
    },
    close() {
      clearInterval(timer);
      answer.close();
    },
  };
}
