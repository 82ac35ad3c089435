// Recorded runs next to each other, from one file: the comparison of the pages, without a server.
import { mount } from "../compare/compare.js";
import { replaying } from "./feed.js";
import { createPictures } from "./pictures.js";
import { createPlots } from "./plots.js";

/** @import { ComparedData } from "../stage/common/page.js" */

/**
 * @param {HTMLElement} page
 * @param {ComparedData} record
 * @param {Uint8Array} content  of the pictures, run after run
 */
export function start(page, { comparison, runs, pictures: packed }, content) {
  const pictures = createPictures(packed, content);
  let first = 0;
  const feeds = runs.map((run) => {
    const offset = first;
    first += run.steps.length;
    return replaying(
      run,
      (place) => pictures.frame(offset + place),
      () => {},
    );
  });
  const component = { data: comparison, parentElement: page, setTriggerValue() {}, setStateValue() {} };
  mount(component, { open: (feed, handlers) => feeds[Number(feed)](feed, handlers), load: async () => createPlots() });
}
