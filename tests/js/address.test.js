// The browser's list of addresses, played by a list: what Back would lead to after Streamlit has entered pages its way.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { enterPagesOnce } from "../../playground/ui/stage/common/address.js";

const HOST = "http://host";

class Entries {
  /** @type {string[]} */
  list = [`${HOST}/points?run=a`];

  /** @param {unknown} _state @param {string} _unused @param {string} address */
  pushState(_state, _unused, address) {
    this.list.push(new URL(address, HOST).href);
    show(this.list);
  }

  /** @param {unknown} _state @param {string} _unused @param {string} address */
  replaceState(_state, _unused, address) {
    this.list[this.list.length - 1] = new URL(address, HOST).href;
    show(this.list);
  }
}

/** @param {string[]} list */
function show(list) {
  Object.assign(globalThis, { location: new URL(list[list.length - 1]) });
}

let entries = new Entries();
beforeEach(() => {
  entries = new Entries();
  Object.assign(globalThis, { history: entries, History: Entries });
  show(entries.list);
  enterPagesOnce();
});

/** Where each entry leads, without the host. */
const ways = () => entries.list.map((address) => address.slice(HOST.length));

test("a page entered without its parameters and then with them is one entry", () => {
  history.pushState({}, "", "/images");
  history.pushState({}, "", "/images?run=b");
  assert.deepEqual(ways(), ["/points?run=a", "/images?run=b"]);
});

test("a page that has parameters gets another entry for others", () => {
  history.pushState({}, "", "/points?run=b");
  history.pushState({}, "", "/points?run=c");
  assert.deepEqual(ways(), ["/points?run=a", "/points?run=b", "/points?run=c"]);
});

test("parameters that come before the path are taken back from the page that one leaves", () => {
  history.pushState({}, "", "/runs");
  history.pushState({}, "", "/runs?run=b"); // meant for the page that comes next
  history.pushState({}, "", "/points?run=b");
  assert.deepEqual(ways(), ["/points?run=a", "/runs", "/points?run=b"]);
});

test("asked for twice it is done once", () => {
  const { pushState } = history;
  enterPagesOnce();
  assert.equal(history.pushState, pushState);
});
