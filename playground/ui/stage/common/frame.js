// One frame on the wire: uint32 header length, JSON header, then little-endian arrays, each 4-byte aligned.
/** @import { KeyframeMessage } from "./messages.js" */
/** @import { Arrays, Header } from "./page.js" */
/** @typedef {Header & {arrays: Arrays, keyframe?: KeyframeMessage | null}} Frame  `keyframe`: what a recorded one came with */

/** @type {Partial<Record<string, Float32ArrayConstructor | Uint8ArrayConstructor>>} */
const TYPES = { float32: Float32Array, uint8: Uint8Array };

/**
 * The frame in one binary message. Throws where it is damaged.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 */
export function decodeFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Record<string, {shape: number[], data: Float32Array | Uint8Array}>} */
  const arrays = {};
  let at = 4 + length;
  for (const { name, shape, dtype } of header.arrays) {
    const Type = TYPES[dtype];
    if (!Type) throw new Error(`it has an array of the unknown type ${dtype}`);
    const count = shape.reduce((/** @type {number} */ product, /** @type {number} */ size) => product * size, 1);
    const bytes = count * Type.BYTES_PER_ELEMENT;
    const aligned = at % Type.BYTES_PER_ELEMENT === 0;
    arrays[name] = { shape, data: aligned ? new Type(buffer, at, count) : new Type(buffer.slice(at, at + bytes)) };
    at += Math.ceil(bytes / 4) * 4;
  }
  return { ...header, arrays };
}

/**
 * A frame's bytes, as `decodeFrame` reads them.
 * @param {object} values  its header
 * @param {{name: string, shape: number[], data: Float32Array | Uint8Array}[]} arrays
 */
export function encodeFrame(values, arrays) {
  const told = arrays.map(({ name, shape, data }) => ({ name, shape, dtype: data instanceof Uint8Array ? "uint8" : "float32" }));
  const header = new TextEncoder().encode(JSON.stringify({ ...values, arrays: told }));
  const padded = (/** @type {number} */ length) => Math.ceil(length / 4) * 4;
  const start = 4 + padded(header.length);
  const bytes = new Uint8Array(start + arrays.reduce((total, { data }) => total + padded(data.byteLength), 0));
  new DataView(bytes.buffer).setUint32(0, padded(header.length), true);
  bytes.fill(32, 4, start);
  bytes.set(header, 4);
  let at = start;
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += padded(data.byteLength);
  }
  return bytes.buffer;
}
