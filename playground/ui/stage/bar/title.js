// The run's name, which can be changed by clicking it, and where the run comes from.

/** `ask(trigger, value)` goes to Python. */
export function createTitle(root, { ask }) {
  const box = root.querySelector(".gp-title");
  const [name, input, lineage, link] = [".gp-name", ".gp-rename", ".gp-lineage", ".gp-compare"].map((part) => box.querySelector(part));
  let run = { name: "", lineage: "", compare: "", colour: null, recorded: false, mine: false }; // as Python tells it
  let record = null; // as the feed tells it

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
    name.textContent = run.name;
    name.disabled = !run.mine;
    name.title = run.mine ? `${run.name} (click to rename)` : run.name;
    name.style.setProperty("--gp-run", run.colour ? `light-dark(${run.colour.join(",")})` : "transparent");
    lineage.textContent = run.lineage;
    lineage.title = run.lineage;
    link.hidden = !run.compare || !run.recorded;
    if (run.compare) link.href = run.compare;
  }

  // A run is recorded from its first step on: the feed may know that before Python has looked, or the other way round.
  function showRecord() {
    if (record?.id === run.run && record.colour) run = { ...run, name: record.title, colour: record.colour, recorded: true, mine: record.mine };
    show();
  }

  return {
    /** {run, name, lineage, compare, colour, recorded, mine} from Python. */
    set(next) {
      if (!next) return;
      run = next;
      if (run.recorded) show();
      else showRecord();
    },
    /** The feed's word on a run's record. */
    setRecord(next) {
      record = next;
      showRecord();
    },
  };
}
