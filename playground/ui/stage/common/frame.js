// One frame on the wire: uint32 header length, JSON header, then little-endian arrays, each 4-byte aligned.
const TYPES = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint32: Uint32Array, uint8: Uint8Array };

/** {step, …, arrays: {name: {data, shape}}} of one binary message. Throws where it is damaged. */
export function decodeFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  let at = 4 + length;
  for (const { name, shape, dtype } of header.arrays) {
    const Type = TYPES[dtype];
    if (!Type) throw new Error(`it has an array of the unknown type ${dtype}`);
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = count * Type.BYTES_PER_ELEMENT;
    const aligned = at % Type.BYTES_PER_ELEMENT === 0;
    arrays[name] = { shape, data: aligned ? new Type(buffer, at, count) : new Type(buffer.slice(at, at + bytes)) };
    at += Math.ceil(bytes / 4) * 4;
  }
  return { ...header, arrays };
}
