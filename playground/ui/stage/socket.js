// The feed's WebSocket: reconnects by itself, with longer and longer waits, until it is closed.
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/** Opens `path` on the page's own host. Handlers: onText(message), onFrame(buffer), onConnected(bool). */
export function openFeed(path, { onText, onFrame, onConnected }) {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let socket = null;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let closed = false;

  function connect() {
    socket = new WebSocket(address.href);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => onConnected(true);
    socket.onmessage = ({ data }) => {
      wait = FIRST_WAIT_MS; // only a server that speaks is back
      if (typeof data === "string") onText(JSON.parse(data));
      else onFrame(data);
    };
    socket.onclose = () => {
      if (closed) return;
      onConnected(false);
      timer = setTimeout(connect, wait * (0.75 + 0.5 * Math.random()));
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    };
  }

  connect();
  return {
    path,
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
