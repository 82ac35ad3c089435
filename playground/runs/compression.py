"""What the store keeps in its database is compressed: a zstd stream, never unpacked beyond a limit."""

import pyarrow as pa  # type: ignore[import-untyped]

MAX_BYTES = 64 << 20
"""Bytes that are unpacked at most, however damaged or hostile the stream."""
LEVEL = 15
"""Of zstd: about a millisecond for a picture or a chunk of rows, written a few times a second at most."""
_MAGIC = b"\x28\xb5\x2f\xfd"


def is_compressed(data: bytes) -> bool:
    """Whether the bytes begin as a zstd stream does; nothing that older versions kept does so."""
    return data.startswith(_MAGIC)


def compress(data: bytes) -> bytes:
    """The bytes as one zstd stream."""
    packed: bytes = pa.Codec("zstd", compression_level=LEVEL).compress(data, asbytes=True)
    return packed


def expand(data: bytes, most: int | None = None) -> bytes:
    """What `compress` was given, at most so many bytes of it (else MAX_BYTES).

    Raises ValueError where the stream is damaged or too large.
    """
    most = MAX_BYTES if most is None else most
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
            plain: bytes = stream.read(most + 1)
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"it can't be unpacked ({str(error).strip().rstrip('.')[:200]})") from None
    if len(plain) > most:
        raise ValueError("it is too large")
    return plain
