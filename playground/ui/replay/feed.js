// A recorded run in place of the feed: it says the same, from the file, and plays by going through its pictures.

/** @import { Message, StateMessage } from "../stage/common/messages.js" */
/** @import { Receivers, ReplayRun } from "../stage/common/page.js" */
/** @import { openFeed } from "../stage/common/socket.js" */

const PICTURE_MS = 80; // between two pictures while it plays

/**
 * What opens it, with the interface of the feed's socket. `show(place)`: moves the slider to one of the pictures.
 * @param {ReplayRun} record
 * @param {(place: number) => ArrayBuffer} frameOf
 * @param {(place: number) => void} show
 * @returns {typeof openFeed}
 */
export function replaying({ messages, steps, latest }, frameOf, show) {
  return (path, { receive, onFrame, onConnected }) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let place = 0; // of the picture looked at last
    /** @param {StateMessage["status"]} status */
    const tell = (status) => {
      const state = messages.find((message) => message.type === "state");
      if (state) hand({ ...state, status });
    };
    /** @param {Exclude<Message, {type: "keyframe"}>} message */
    const hand = (message) => /** @type {(message: Message) => void} */ (receive[message.type])?.(message);

    /** @param {number | null} step  null: the newest */
    function give(step) {
      const nearest =
        step === null
          ? steps.length - 1
          : Math.max(
              0,
              steps.findLastIndex((each) => each <= step),
            );
      if (step !== null) place = nearest;
      if (nearest < 0) return;
      onFrame(frameOf(nearest), step === null ? null : { type: "keyframe", asked: step, step: steps[nearest], latest: latest[nearest] });
    }

    function pause() {
      clearTimeout(timer);
      timer = undefined;
      tell("paused");
    }

    function play() {
      if (timer !== undefined) return;
      let next = place < steps.length - 1 ? place : 0; // from the start, once it has been to the end
      tell("playing");
      const turn = () => {
        show(next);
        next += 1;
        if (next < steps.length) timer = setTimeout(turn, PICTURE_MS);
        else {
          place = 0;
          pause();
        }
      };
      timer = setTimeout(turn, PICTURE_MS);
    }

    setTimeout(() => {
      onConnected(true, false);
      messages.forEach(hand);
      give(null);
    }, 0);
    return {
      path,
      refused: false,
      send(command) {
        if (command.do === "rewind") setTimeout(give, 0, command.step);
        if (command.do === "play") play();
        if (command.do === "pause") pause();
      },
      close: () => clearTimeout(timer),
    };
  };
}
