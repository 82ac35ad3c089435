// The run's name, which can be changed by clicking it, and where the run comes from.
import { find, put } from "../common/dom.js";

/** @import { RecordMessage } from "../common/messages.js" */
/** @import { About } from "../common/page.js" */

/**
 * `ask(trigger, value)` goes to Python.
 * @param {HTMLElement} root
 * @param {{ask(trigger: string, value: unknown): void}} options
 */
export function createTitle(root, { ask }) {
  const name = find(root, ".gp-name", HTMLButtonElement);
  const input = find(root, ".gp-rename", HTMLInputElement);
  const lineage = find(root, ".gp-lineage");
  const link = find(root, ".gp-title .gp-compare", HTMLAnchorElement);
  /** @type {About} */
  let run = { run: "", name: "", lineage: "", compare: "", colour: null, recorded: false, mine: false }; // as Python tells it
  /** @type {RecordMessage | null} */
  let record = null; // as the feed tells it

  /** @param {boolean} on */
  function edit(on) {
    name.hidden = on;
    input.hidden = !on;
    if (!on) return;
    input.value = run.name;
    input.focus();
    input.select();
  }

  function finish() {
    if (input.hidden) return;
    const wanted = input.value.trim();
    edit(false);
    if (!wanted || wanted === run.name) return;
    name.textContent = wanted;
    ask("rename", { name: wanted });
  }

  name.addEventListener("click", () => edit(true));
  input.addEventListener("blur", finish);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") edit(false);
    if (event.key === "Enter") finish();
  });

  function show() {
    const [, long, tail] = /^(.*?)( · run \d+)?$/.exec(run.name) ?? [run.name, run.name, ""]; // a long name is cut before its number
    name.replaceChildren(...[long, tail ?? ""].map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    name.disabled = !run.mine;
    name.title = run.mine ? `${run.name} (click to rename)` : run.name;
    name.style.setProperty("--gp-run", run.colour ? `light-dark(${run.colour.join(",")})` : "transparent");
    put(lineage, run.lineage);
    link.hidden = !run.compare || !run.recorded;
    if (run.compare) link.href = run.compare;
  }

  // A run is recorded from its first step on: the feed may know that before Python has looked, or the other way round.
  function showRecord() {
    if (record && record.id === run.run && record.colour) run = { ...run, name: record.title, colour: record.colour, recorded: true, mine: record.mine };
    show();
  }

  return {
    /** @param {About} next  from Python */
    set(next) {
      run = next;
      if (run.recorded) show();
      else showRecord();
    },
    /** @param {RecordMessage} next  the feed's word on a run's record */
    setRecord(next) {
      record = next;
      showRecord();
    },
  };
}
