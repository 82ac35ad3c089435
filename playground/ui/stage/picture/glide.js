// A move from one state of the picture to another, eased at both ends.

export function createGlide() {
  let request = 0;
  const stop = () => cancelAnimationFrame(request);
  return {
    stop,
    /**
     * Begins anew; `onShare` gets how far it has come, from 0 to 1, before each frame of the browser. For a share `hold`
     * of its length, in ms, nothing moves yet.
     * @param {number} length
     * @param {number} hold
     * @param {(share: number) => void} onShare
     */
    start(length, hold, onShare) {
      stop();
      const start = performance.now();
      const turn = (/** @type {number} */ now) => {
        const share = Math.min(1, Math.max(0, (now - start) / length - hold) / (1 - hold));
        if (share < 1) request = requestAnimationFrame(turn);
        onShare(share * share * (3 - 2 * share));
      };
      request = requestAnimationFrame(turn);
    },
  };
}
