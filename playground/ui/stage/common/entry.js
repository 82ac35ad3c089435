// The components' default export. Streamlit calls it at every rerun, on the same element, with the newest data.
// What is on the page comes from our own route, so that it is cached and may be several modules.

/** @import { Addresses, Component, Mounted } from "./page.js" */

/**
 * Fetch a module before the one that imports it has come.
 * @param {string} href
 */
function preload(href) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}

/** @param {Component<Addresses>} component */
export default function enter(component) {
  const { data, parentElement: element } = component;
  element.gpSlots ??= {};
  if (!element.gpSlots[data.script]) for (const name of data.modules) preload(data.assets + name);
  element.gpSlots[data.script] ??= { turn: 0, mounted: null };
  const slot = element.gpSlots[data.script];
  slot.turn += 1;
  const { turn } = slot;
  // A blob: module has no base address, so the path is made absolute here.
  import(new URL(`${data.assets}${data.script}`, window.location.href).href)
    .then((/** @type {{mount(component: Component<Addresses>): Mounted}} */ { mount }) => {
      if (turn !== slot.turn) return; // a newer call or the cleanup came first
      if (slot.mounted) slot.mounted.update(component);
      else slot.mounted = mount(component);
    })
    .catch((error) => {
      console.error(error);
      const line = element.querySelector(".gp-message");
      if (!line || turn !== slot.turn) return;
      line.closest("[hidden]")?.removeAttribute("hidden");
      line.textContent = "This part of the page could not be loaded. Reload the page to try again.";
    });
  return () => {
    if (turn !== slot.turn) return; // a rerun has taken over this element
    slot.turn += 1;
    slot.mounted?.unmount();
    slot.mounted = null;
  };
}
