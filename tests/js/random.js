// Random numbers that are the same in every run of a test: mulberry32 (Tommy Ettinger 2017).

/**
 * Numbers from 0 (inclusive) to 1, by a seed.
 * @param {number} seed
 */
export function randomBy(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
