// The gallery of recipes: cards on shelves, and a field that leaves those whose words have all that is typed.
import { find } from "../stage/common/dom.js";

/** @import { Card, Component, GalleryData } from "../stage/common/page.js" */

/** @param {Component<GalleryData>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gpg");
  const search = find(root, ".gpg-search", HTMLInputElement);
  const none = find(root, ".gpg-none");
  let { data, setTriggerValue } = component;
  /** @type {{words: string, button: HTMLElement}[]} */
  let cards = [];

  /** @param {Card} card @param {string} group */
  function build({ name, seen, label, source, expect, picture }, group) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "gpg-card";
    button.dataset.recipe = name;
    button.title = expect;
    if (name === data.chosen) button.setAttribute("aria-current", "true");
    const image = picture ? Object.assign(document.createElement("img"), { src: picture, alt: "" }) : document.createElement("i");
    const words = document.createElement("span");
    words.append(
      ...[
        ["b", seen],
        ["small", label],
        ["small", source],
      ].map(([tag, textContent]) => Object.assign(document.createElement(tag), { textContent })),
    );
    button.append(image, words);
    button.addEventListener("click", () => setTriggerValue("choose", name));
    cards.push({ words: [group, seen, label, source, expect].join(" ").toLowerCase(), button });
    return button;
  }

  function show() {
    cards = [];
    const shelves = data.shelves.map(({ title, cards: row }) => {
      const shelf = document.createElement("section");
      shelf.append(Object.assign(document.createElement("h4"), { textContent: title }));
      const cells = document.createElement("div");
      cells.className = "gpg-row";
      cells.append(...row.map((card) => build(card, title)));
      shelf.append(cells);
      return shelf;
    });
    find(root, ".gpg-shelves").replaceChildren(...shelves);
    sift();
  }

  function sift() {
    const typed = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { words, button } of cards) button.hidden = !typed.every((word) => words.includes(word));
    for (const shelf of root.querySelectorAll("section")) shelf.hidden = !shelf.querySelector(".gpg-card:not([hidden])");
    none.hidden = cards.some(({ button }) => !button.hidden);
  }

  search.addEventListener("input", sift);
  search.addEventListener("keydown", (event) => {
    const [first] = cards.filter(({ button }) => !button.hidden);
    if (event.key === "Enter" && search.value && first) first.button.click();
  });
  show();

  return {
    /** @param {Component<GalleryData>} next */
    update(next) {
      const before = JSON.stringify(data);
      ({ data, setTriggerValue } = next);
      if (JSON.stringify(data) !== before) show();
    },
    unmount() {},
  };
}
