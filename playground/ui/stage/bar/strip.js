// The line under the bar: what trains, what is on its way, what needs a restart, and what went wrong.
import { find, put } from "../common/dom.js";
import { labelOf } from "../common/format.js";

/** @import { ProgressMessage } from "../common/messages.js" */
/** @import { Labels, Words } from "../common/page.js" */
/** @typedef {typeof NOTHING_YET} View */

// Settings are in words. `confirmed` is what trains, `past` what led to a recorded step that is looked at.
const NOTHING_YET = {
  confirmed: /** @type {Words | null} */ (null),
  past: /** @type {Words | null} */ (null),
  wanted: /** @type {Words} */ ({}),
  labels: /** @type {Labels} */ ({}),
  notice: "",
  missing: false,
  failure: "",
  error: "",
  told: "",
  rewound: false,
  preparing: false,
};

/**
 * @param {HTMLElement} root
 * @param {{ask(trigger: string): void}} options
 */
export function createStrip(root, { ask }) {
  const strip = find(root, ".gp-strip");
  const [message, pending, restart] = [".gp-message", ".gp-pending", ".gp-restart"].map((name) => find(strip, name));
  const [dismiss, progress, share] = [".gp-dismiss", ".gp-progress", ".gp-progress span"].map((name) => find(strip, name));
  const view = { ...NOTHING_YET };
  let dismissed = "";

  restart.addEventListener("click", () => ask("restart"));
  dismiss.addEventListener("click", () => {
    dismissed = view.notice;
    view.error = "";
    show();
  });

  /** @param {Words} words */
  function settings(words) {
    const { labels } = view;
    return Object.entries(labels)
      .filter(([field]) => field in words)
      .filter(([field, label]) => label.key || ("default" in label && label.default !== words[field]))
      .map(([field, label]) => (label.bare ? words[field] : `${labelOf(labels, field, words.method)} ${words[field]}`));
  }

  /** @param {Words} confirmed */
  function differences(confirmed) {
    const { wanted, labels } = view;
    const fields = Object.keys(wanted).filter((field) => field in labels && field in confirmed && wanted[field] !== confirmed[field]);
    /** @param {string} field */
    const words = (field) => `${labelOf(labels, field, confirmed.method)} ${confirmed[field]} → ${wanted[field]}`;
    return {
      live: fields.filter((field) => labels[field].live).map(words),
      restart: fields.filter((field) => !labels[field].live).map(words),
    };
  }

  const waits = () => view.confirmed !== null && differences(view.confirmed).restart.length > 0;

  function show() {
    const notice = view.notice === dismissed ? "" : view.notice;
    const trouble = view.failure || view.error || notice;
    const changes = view.confirmed ? differences(view.confirmed) : { live: [], restart: [] };
    /** @param {string} doing @param {Words} words */
    const told = (doing, words) => `${doing} with ${settings(words).join(" · ")}`;
    const now = view.confirmed ? told("Training", view.confirmed) : "Connecting to the training process…";
    const calm = view.past ? told("Trained until then", view.past) : now;
    const branch = view.preparing ? "A run from the same start: change settings, then press Start now. This run stays as it is; Live leads back to it." : "";
    put(message, trouble || branch || view.told || calm);
    message.classList.toggle("gp-told", Boolean(!trouble && (branch || view.told)));
    message.classList.toggle("gp-trouble", Boolean(trouble));
    const news = [];
    if (changes.restart.length && !view.missing) news.push(view.preparing ? changes.restart.join(", ") : `Needs a restart: ${changes.restart.join(", ")}`);
    if (changes.live.length && view.preparing) news.push(changes.live.join(", "));
    else if (changes.live.length && view.rewound) news.push(`${changes.live.join(", ")}: acts in a fork, or once you press Live`);
    else if (changes.live.length) news.push(`applying ${changes.live.join(", ")}…`);
    put(pending, news.join(" · "));
    pending.classList.toggle("gp-warning", changes.restart.length > 0 && !view.preparing);
    restart.hidden = changes.restart.length === 0 || view.preparing || view.missing;
    strip.classList.toggle("gp-busy", Boolean(trouble || news.length));
    dismiss.hidden = Boolean(view.failure) || !trouble;
  }

  return {
    /** Whether settings wait for a restart. */
    waits,
    /** @param {Partial<View>} changed */
    set(changed) {
      Object.assign(view, changed);
      show();
    },
    /**
     * Something is being prepared; done at 1.
     * @param {ProgressMessage} message
     */
    setProgress({ what, fraction }) {
      progress.hidden = fraction >= 1;
      progress.setAttribute("aria-label", what);
      progress.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
      progress.style.setProperty("--gp-fraction", String(fraction));
      put(share, `${what}: ${Math.round(100 * fraction)} %`);
    },
  };
}
