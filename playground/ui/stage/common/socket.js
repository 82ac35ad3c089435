// The feed's WebSocket: reconnects by itself, with longer and longer waits, until it is closed.
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

const REFUSED = 4400; // close codes from here to 4499: the server will not have us, asking again is of no use

/** Opens `path` on the page's own host. Handlers: onText(message), onFrame(buffer), onConnected(bool). */
export function openFeed(path, { onText, onFrame, onConnected }) {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let socket = null;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let closed = false;
  let refused = false;

  function connect() {
    socket = new WebSocket(address.href);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => onConnected(true);
    socket.onmessage = ({ data }) => {
      wait = FIRST_WAIT_MS; // only a server that speaks is back
      if (typeof data === "string") onText(JSON.parse(data));
      else onFrame(data);
    };
    socket.onclose = ({ code }) => {
      if (closed) return;
      onConnected(false);
      refused = code >= REFUSED && code < REFUSED + 100;
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
