// Where in its arrays a figure finds a place of its sliders.

/**
 * The value that is nearest to a number, by its place.
 * @param {number[]} values
 * @param {number} wanted
 */
export function placeNear(values, wanted) {
  let best = 0;
  values.forEach((value, place) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = place;
  });
  return best;
}

/**
 * Which of an array's blocks belongs to these places. An axis of length 1 is one along which nothing changes.
 * @param {number[]} shape  of the array: the sliders' axes, then those of a block
 * @param {number[]} places
 */
export function offsetAt(shape, places) {
  return places.reduce((offset, place, axis) => offset * shape[axis] + Math.min(place, shape[axis] - 1), 0);
}
