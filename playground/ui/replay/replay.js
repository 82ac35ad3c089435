// A recorded run that plays from one file: the stage of the pages, without a server.
import { find } from "../stage/common/dom.js";
import { mount } from "../stage/stage.js";
import { replaying } from "./feed.js";
import { createPictures } from "./pictures.js";
import { createPlots } from "./plots.js";

/** @import { ReplayData } from "../stage/common/page.js" */

/**
 * @param {HTMLElement} page
 * @param {ReplayData} record
 * @param {Uint8Array} content  of its pictures
 */
export function start(page, record, content) {
  const pictures = createPictures(record.pictures, content);
  const slider = find(page, ".gp-slider", HTMLInputElement);
  /** @param {number} place */
  const show = (place) => {
    slider.value = String(place);
    slider.dispatchEvent(new Event("input"));
  };
  const component = { data: record.stage, parentElement: page, setTriggerValue() {}, setStateValue() {} };
  mount(component, { open: replaying(record, pictures.frame, show), load: async () => createPlots(), still: true });
}
