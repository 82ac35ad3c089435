"""Bytes and texts that are not what they should be, drawn from a seed."""

from random import Random

NASTY = (
    "", " ", "\0", "NaN", "-0", "-1", "1e999", "9" * 400, "0x10", "٣", "null", "true", "[]", "{}", "../../etc/passwd",
    "..\\..\\x", "<b>x</b>", "<script>alert(1)</script>", "%{x}", "%00", "{{7*7}}", "'; DROP TABLE runs;--", "🎯" * 50,
    "\u202e", "e\u0301", "\ufeff", "a\nb", "a&b=c", "#x", "x" * 5000, "k=1,k=2", ",", "=1+1", "inf", "١,٢", "\x7f",
)  # fmt: skip
LETTERS = "aZ09-_.,;:=&%#?/\\\"'<>{}[]()+ \t\n\0é🎯"


def damaged(data: bytes, rng: Random) -> bytes:
    """The bytes with one to four of: bits flipped, cut off, cut out, doubled, zeroed, put in, moved."""
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 8, 64, 1 + len(data) // 4))
        part = data[at : at + length]
        kind = rng.randrange(7)
        if kind == 0 and part:
            data = data[:at] + bytes([part[0] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at]
        elif kind == 2:
            data = data[:at] + data[at + length :]
        elif kind == 3:
            data = data[:at] + part + data[at:]
        elif kind == 4:
            data = data[:at] + bytes(len(part)) + data[at + len(part) :]
        elif kind == 5:
            data = data[:at] + rng.randbytes(length) + data[at:]
        else:
            rest = data[:at] + data[at + length :]
            to = rng.randrange(len(rest) + 1)
            data = rest[:to] + part + rest[to:]
    return data


def mangled(text: str, rng: Random) -> str:
    """The text with one to three letters changed, put in or left out, or something nasty in it or instead of it."""
    for _ in range(rng.randint(1, 3)):
        at, kind = rng.randrange(len(text) + 1), rng.randrange(6)
        if kind == 0:
            text = rng.choice(NASTY)
        elif kind == 1:
            text = text[:at] + rng.choice(NASTY) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + rng.randint(1, 3) :]
        elif kind == 3:
            text = text[:at] + text[: rng.randint(1, 20)] + text[at:]
        else:
            text = text[:at] + rng.choice(LETTERS) + text[at + kind % 2 :]
    return text
