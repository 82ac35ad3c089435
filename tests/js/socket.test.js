// The feed's line: what comes goes to who reads it, a lost line is opened again, a refused one is not.
// @ts-nocheck: what a browser has is played by parts of it
import assert from "node:assert/strict";
import { test } from "node:test";
import { openFeed } from "../../playground/ui/stage/common/socket.js";

/** A feed over sockets that a test plays the server of. */
function feeding(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sockets = [];
  const heard = [];
  globalThis.window = { location: { href: "http://here/points" } };
  globalThis.WebSocket = class {
    static OPEN = 1;
    constructor(address) {
      this.address = address;
      sockets.push(this);
    }
  };
  const receive = { error: ({ text }) => heard.push(text), hello: () => heard.push("hello") };
  const onFrame = (buffer, keyframe) => heard.push([buffer, keyframe?.step ?? null]);
  const feed = openFeed("/feed/run", { receive, onFrame, onConnected: (...is) => heard.push(is) });
  return { feed, sockets, heard, say: (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) }) };
}

test("a keyframe's message goes with the frame after it, and with no other", (t) => {
  const { sockets, heard, say } = feeding(t);
  assert.equal(sockets[0].address, "ws://here/feed/run");
  say({ type: "hello" });
  say({ type: "something newer" });
  say({ type: "keyframe", asked: 7, step: 5, latest: {} });
  say({ type: "hello" });
  for (const data of ["old", "new"].map((name) => ({ name }))) sockets[0].onmessage({ data });
  assert.deepEqual(heard, ["hello", "hello", [{ name: "old" }, 5], [{ name: "new" }, null]]);
});

test("a line that breaks is opened again, and knows nothing of a keyframe that had been announced", (t) => {
  const { sockets, heard, say } = feeding(t);
  say({ type: "keyframe", asked: 7, step: 5, latest: {} });
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual(heard, [[false, false]]);
  t.mock.timers.tick(5000);
  assert.equal(sockets.length, 2);
  sockets[1].onopen();
  sockets[1].onmessage({ data: {} });
  assert.deepEqual(heard.slice(1), [
    [true, false],
    [{}, null],
  ]);
});

test("a line that the server refuses says why and is not opened again", (t) => {
  const { feed, sockets, heard, say } = feeding(t);
  say({ type: "error", text: "This page comes from elsewhere." });
  sockets[0].onclose({ code: 4403 });
  t.mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  assert.equal(feed.refused, true);
  assert.deepEqual(heard, ["This page comes from elsewhere.", [false, true]]);
});
