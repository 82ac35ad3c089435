"""Code lengths against values worked out by hand and against brute force."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from playground.lessons import bits

Q, P = bits.WEATHER_Q, bits.WEATHER_P


def test_entropy_and_what_a_wrong_code_costs() -> None:
    assert bits.entropy([0.5, 0.25, 0.25]) == pytest.approx(1.5)  # ½·1 + 2·¼·2
    assert bits.cross_entropy([0.5, 0.5], [0.25, 0.75]) == pytest.approx(0.5 * 2 + 0.5 * math.log2(4 / 3))
    assert bits.entropy(Q) == pytest.approx(stats.entropy(Q, base=2))
    assert bits.kl(P, Q) == pytest.approx(stats.entropy(P, Q, base=2))
    assert bits.cross_entropy(P, Q) == pytest.approx(bits.entropy(P) + bits.kl(P, Q))


def test_holes() -> None:
    assert bits.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert bits.cross_entropy([1.0, 0.0], [0.5, 0.5]) == 1.0
    assert bits.entropy([1.0, 0.0]) == 0.0


def test_the_lectures_code_tables() -> None:
    """Words of 1, 1, 2, 2 bits and of 2, 2, 1, 1: both shorter than the entropy, because neither can be read."""
    first, second = bits.WEATHER_CODES
    assert bits.average_length(Q, first) == pytest.approx(0.1 + 0.3 + 0.8 + 0.4)
    assert bits.average_length(Q, second) == pytest.approx(0.2 + 0.6 + 0.4 + 0.2)
    assert max(bits.average_length(Q, code) for code in bits.WEATHER_CODES) < bits.entropy(Q)
    for code in bits.WEATHER_CODES:
        assert bits.kraft(code) == 1.5
        assert not bits.decodable(code)


def texts(code: tuple[str, ...], longest: int) -> list[str]:
    """Every text of up to so many words."""
    return ["".join(words) for count in range(1, longest + 1) for words in itertools.product(code, repeat=count)]


@pytest.mark.parametrize(
    ("code", "readable"),
    [
        (("0", "10", "11"), True),
        (("0", "01", "11"), True),  # no prefix code, but it can be read from the end
        (("0", "01", "10"), False),  # 010
        (("1", "011", "01110", "1110", "10011"), False),  # the example of Sardinas and Patterson: 011101110011
        (("0", "0"), False),
    ],
)
def test_which_codes_can_be_read(code: tuple[str, ...], readable: bool) -> None:
    assert bits.decodable(code) == readable


@given(some.lists(some.text("01", min_size=1, max_size=3), min_size=2, max_size=4))
def test_a_code_that_can_be_read_gives_every_text_once(words: list[str]) -> None:
    code = tuple(words)
    if bits.decodable(code):
        made = texts(code, 4)
        assert len(set(made)) == len(made)
        assert bits.kraft(code) <= 1 + 1e-12  # McMillan


@given(some.lists(some.integers(1, 50), min_size=2, max_size=7))
def test_huffman_is_readable_and_within_a_bit_of_the_entropy(counts: list[int]) -> None:
    p = [count / sum(counts) for count in counts]
    code = bits.huffman(p)
    assert bits.decodable(code) and bits.kraft(code) == pytest.approx(1)
    assert bits.entropy(p) - 1e-9 <= bits.average_length(p, code) < bits.entropy(p) + 1


def test_huffman_on_the_weather() -> None:
    """The two rarest share their last branch: 3, 2, 1 and 3 bits."""
    assert [len(word) for word in bits.huffman(Q)] == [3, 2, 1, 3]
    assert bits.average_length(Q, bits.huffman(Q)) == pytest.approx(1.9)
    assert bits.huffman([1.0]) == ("0",)


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((), "at least one outcome"),
        ((0.5, 0.6), "sum to 1 (these sum to 1.1)"),
        ((1.5, -0.5), "from 0 to 1"),
        ((math.nan, 1.0), "from 0 to 1"),
    ],
)
def test_what_is_no_distribution(p: tuple[float, ...], said: str) -> None:
    with pytest.raises(ValueError, match="^(A|P)") as refused:
        bits.entropy(p)
    assert said in str(refused.value)


def test_what_is_no_code() -> None:
    with pytest.raises(ValueError, match="one word for each outcome: 2"):
        bits.average_length([0.5, 0.5], ["0"])
    with pytest.raises(ValueError, match="digits 0 and 1"):
        bits.kraft(["0", ""])
    with pytest.raises(ValueError, match="as many outcomes"):
        bits.kl([1.0], [0.5, 0.5])


@pytest.mark.parametrize("code", [*bits.WEATHER_CODES, ("1", "011", "01110", "1110"), ("0", "0")])
def test_a_text_with_two_readings_has_both(code: tuple[str, ...]) -> None:
    found = bits.two_readings(code)
    assert found is not None
    text, *readings = found
    assert readings[0] != readings[1] and all("".join(code[i] for i in one) == text for one in readings)


def test_the_shortest_text_with_two_readings_is_found() -> None:
    found = bits.two_readings(("0", "1", "10", "11"))
    assert found is not None and found[0] in ("10", "11")
    assert bits.two_readings(bits.huffman(Q)) is None
