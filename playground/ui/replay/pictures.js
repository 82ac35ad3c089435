// The recorded pictures as `feed/replay_pictures.py` packed them, each given back as a frame of the feed.
import { encodeFrame } from "../stage/common/frame.js";

/** @import { PackedPictures, PackedStack } from "../stage/common/page.js" */
/** @typedef {Uint8Array | Uint16Array | Uint32Array} Whole */

const WHOLE = { uint8: Uint8Array, float16: Uint16Array, float32: Uint32Array };

/**
 * `frame(place)` gives one of them as bytes of the feed.
 * @param {PackedPictures} packed
 * @param {Uint8Array} content
 */
export function createPictures({ frames, stacks }, content) {
  /** @type {(Whole | undefined)[]} */
  const read = []; // a stack is read when the first of its pictures is wanted
  return {
    /** @param {number} place */
    frame(place) {
      const { values, arrays } = frames[place];
      const found = arrays.map(([which, nth]) => {
        const stack = stacks[which];
        read[which] ??= numbersOf(stack, content);
        const size = sizeOf(stack);
        const own = read[which].subarray(nth * size, (nth + 1) * size);
        return { name: stack.name, shape: stack.shape, data: valuesOf(own, stack.dtype) };
      });
      return encodeFrame(values, found);
    },
  };
}

/** @param {PackedStack} stack */
const sizeOf = ({ shape }) => shape.reduce((product, side) => product * side, 1);

/**
 * A stack's numbers as whole ones.
 * @param {PackedStack} stack
 * @param {Uint8Array} content
 * @returns {Whole}
 */
export function numbersOf(stack, content) {
  const size = sizeOf(stack);
  const length = stack.count * size;
  const numbers = new WHOLE[stack.dtype](length);
  const bytes = numbers.BYTES_PER_ELEMENT;
  for (let plane = 0; plane < bytes; plane += 1) {
    const from = stack.at + plane * length;
    for (let i = 0; i < length; i += 1) numbers[i] = numbers[i] * 256 + content[from + i];
  }
  if (stack.foretells === "nothing") return numbers;
  for (let i = 0; i < length; i += 1) numbers[i] = (numbers[i] >>> 1) ^ -(numbers[i] & 1); // folded: 0, −1, 1, −2 …
  if (stack.foretells === "before") sum(numbers, size, () => true);
  else {
    const [rows, columns] = stack.shape.slice(-2);
    sum(numbers, columns, (i) => i % (rows * columns) >= columns); // each row less the one above
    sum(numbers, 1, (i) => i % columns > 0);
  }
  return numbers;
}

/**
 * Adds to each number the one that lies `back` before it, where there is one.
 * @param {Whole} numbers
 * @param {number} back
 * @param {(i: number) => boolean} has
 */
function sum(numbers, back, has) {
  for (let i = back; i < numbers.length; i += 1) if (has(i)) numbers[i] += numbers[i - back];
}

/**
 * What the whole numbers stand for: floats are numbered in their order.
 * @param {Whole} whole
 * @param {PackedStack["dtype"]} dtype
 */
function valuesOf(whole, dtype) {
  if (dtype === "uint8") return Uint8Array.from(whole);
  const sign = dtype === "float16" ? 0x8000 : 0x80000000;
  const all = dtype === "float16" ? 0xffff : 0xffffffff;
  const bits = whole.map((number) => (number & sign ? number & ~sign : ~number & all));
  return dtype === "float16" ? Float32Array.from(bits, half) : new Float32Array(Uint32Array.from(bits).buffer);
}

/**
 * A float16 from its bits.
 * @param {number} bits
 */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}
