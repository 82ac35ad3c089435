// The component's default export. Streamlit calls it at every rerun, on the same element, with the newest data.
// The comparison itself comes from our own route, so that it is cached and may be several modules.
export default function compare(component) {
  const element = component.parentElement;
  element.gpCompare ??= { turn: 0, mounted: null };
  const slot = element.gpCompare;
  const turn = ++slot.turn;
  // A blob: module has no base address, so the path is made absolute here.
  const address = new URL(`${component.data.assets}compare/compare.js`, window.location.href).href;
  import(address)
    .then(({ mount }) => {
      if (turn !== slot.turn) return; // a newer call or the cleanup came first
      if (slot.mounted) slot.mounted.update(component);
      else slot.mounted = mount(component);
    })
    .catch((error) => {
      console.error(error);
      const line = element.querySelector(".gp-message");
      if (!line || turn !== slot.turn) return;
      line.parentElement.hidden = false;
      line.textContent = "The comparison could not be loaded. Reload the page to try again.";
    });
  return () => {
    if (turn !== slot.turn) return; // a rerun has taken over this element
    slot.turn += 1;
    slot.mounted?.unmount();
    slot.mounted = null;
  };
}
