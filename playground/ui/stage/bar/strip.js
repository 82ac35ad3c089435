// The line under the bar: what trains, what is on its way, what needs a restart, and what went wrong.

/** Settings (`confirmed`, `wanted`, `past`) are in words: name -> what the page calls its value. */
export function createStrip(root, { ask }) {
  const strip = root.querySelector(".gp-strip");
  const message = strip.querySelector(".gp-message");
  const pending = strip.querySelector(".gp-pending");
  const restart = strip.querySelector(".gp-restart");
  const dismiss = strip.querySelector(".gp-dismiss");
  const progress = strip.querySelector(".gp-progress");
  const view = { confirmed: null, wanted: {}, labels: {}, notice: "", failure: "", error: "", told: "", rewound: false, past: null };
  let dismissed = "";

  restart.addEventListener("click", () => ask("restart"));
  dismiss.addEventListener("click", () => {
    dismissed = view.notice;
    view.error = "";
    show();
  });

  const name = (field) => view.labels[field]?.label ?? field;

  function settings(words) {
    const { labels } = view;
    return Object.entries(labels)
      .filter(([field]) => field in words)
      .filter(([field, label]) => label.key || ("default" in label && label.default !== words[field]))
      .map(([field, label]) => (label.bare ? words[field] : `${name(field)} ${words[field]}`));
  }

  function differences() {
    const { confirmed, wanted, labels } = view;
    const fields = Object.keys(wanted).filter((field) => field in labels && field in confirmed && wanted[field] !== confirmed[field]);
    const words = (field) => `${name(field)} ${confirmed[field]} → ${wanted[field]}`;
    return {
      live: fields.filter((field) => labels[field].live).map(words),
      restart: fields.filter((field) => !labels[field].live).map(words),
    };
  }

  function put(element, content) {
    if (element.textContent === content) return;
    element.textContent = content;
    element.title = content;
  }

  function show() {
    const notice = view.notice === dismissed ? "" : view.notice;
    const trouble = view.failure || view.error || notice;
    const changes = view.confirmed ? differences() : { live: [], restart: [] };
    const told = (doing, words) => `${doing} with ${settings(words).join(" · ")}`;
    const now = view.confirmed ? told("Training", view.confirmed) : "Connecting to the training process…";
    const calm = view.past ? told("Trained until then", view.past) : now;
    put(message, trouble || view.told || calm);
    message.classList.toggle("gp-told", Boolean(!trouble && view.told));
    message.classList.toggle("gp-trouble", Boolean(trouble));
    const news = [];
    if (changes.restart.length) news.push(`Needs a restart: ${changes.restart.join(", ")}`);
    if (changes.live.length && view.rewound) news.push(`${changes.live.join(", ")}: waits for a fork, or for Live`);
    else if (changes.live.length) news.push(`applying ${changes.live.join(", ")}…`);
    put(pending, news.join(" · "));
    pending.classList.toggle("gp-warning", changes.restart.length > 0);
    restart.hidden = changes.restart.length === 0;
    strip.classList.toggle("gp-busy", Boolean(trouble || news.length));
    dismiss.hidden = Boolean(view.failure) || !trouble;
  }

  return {
    set(changed) {
      Object.assign(view, changed);
      show();
    },
    /** Something is being prepared: {what, fraction}; done at 1. */
    setProgress({ what, fraction }) {
      progress.hidden = fraction >= 1;
      progress.setAttribute("aria-label", what);
      progress.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
      progress.style.setProperty("--gp-fraction", fraction);
      put(progress.firstElementChild, `${what}: ${Math.round(100 * fraction)} %`);
    },
  };
}
