// The component's default export. Streamlit calls it at every rerun, on the same element, with the newest data.
// The stage itself comes from our own route, so that it is cached and may be several modules.
export default function stage(component) {
  const element = component.parentElement;
  element.gpStage ??= { turn: 0, stage: null };
  const slot = element.gpStage;
  const turn = ++slot.turn;
  // A blob: module has no base address, so the path is made absolute here.
  const address = new URL(`${component.data.assets}stage/stage.js`, window.location.href).href;
  import(address)
    .then(({ mount }) => {
      if (turn !== slot.turn) return; // a newer call or the cleanup came first
      if (slot.stage) slot.stage.update(component);
      else slot.stage = mount(component);
    })
    .catch((error) => {
      console.error(error);
      const line = element.querySelector(".gp-message");
      if (line && turn === slot.turn) line.textContent = "The stage could not be loaded. Reload the page to try again.";
    });
  return () => {
    if (turn !== slot.turn) return; // a rerun has taken over this element
    slot.turn += 1;
    slot.stage?.unmount();
    slot.stage = null;
  };
}
