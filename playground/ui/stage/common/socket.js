// The feed's WebSocket: reconnects by itself, with longer and longer waits, until it is closed or refused.
/** @import { Command, KeyframeMessage, Message } from "./messages.js" */
/** @import { Receivers } from "./page.js" */
/** @typedef {ReturnType<typeof openFeed>} Feed */

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

const REFUSED = 4400; // close codes from here to 4499: the server will not have us, asking again is of no use

/**
 * Hands a message to what is done with its kind, if anything is.
 * @param {Partial<Receivers>} receive
 * @param {Message} message
 */
function hand(receive, message) {
  const act = /** @type {((message: Message) => void) | undefined} */ (receive[/** @type {keyof Receivers} */ (message.type)]);
  act?.(message);
}

/**
 * Opens `path` on the page's own host. `receive[type](message)` gets each message, `onFrame(buffer, keyframe)` each
 * frame, with the message that a recorded one comes with, else null. `onConnected(is, refused)`: a line that was refused,
 * with an error message that says why, stays closed.
 * @param {string} path
 * @param {object} handlers
 * @param {Partial<Receivers>} handlers.receive
 * @param {(bytes: ArrayBuffer, keyframe: KeyframeMessage | null) => void} handlers.onFrame
 * @param {(is: boolean, refused: boolean) => void} handlers.onConnected
 */
export function openFeed(path, { receive, onFrame, onConnected }) {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  /** @type {WebSocket} */
  let socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let wait = FIRST_WAIT_MS;
  let closed = false;
  let refused = false;

  function connect() {
    /** @type {KeyframeMessage | null} */
    let keyframe = null; // the next frame is this recorded one
    socket = new WebSocket(address.href);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => onConnected(true, false);
    socket.onmessage = ({ data }) => {
      wait = FIRST_WAIT_MS; // only a server that speaks is back
      if (typeof data !== "string") {
        onFrame(data, keyframe);
        keyframe = null;
        return;
      }
      /** @type {Message} */
      const message = JSON.parse(data);
      if (message.type === "keyframe") keyframe = message;
      else hand(receive, message);
    };
    socket.onclose = ({ code }) => {
      if (closed) return;
      refused = code >= REFUSED && code < REFUSED + 100;
      onConnected(false, refused);
      if (refused) return;
      timer = setTimeout(connect, wait * (0.75 + 0.5 * Math.random()));
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    };
  }

  connect();
  return {
    path,
    get refused() {
      return refused;
    },
    /** @param {Command} message */
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket.onmessage = null;
      socket.close();
    },
  };
}
