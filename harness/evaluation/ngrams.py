"""Runs of thirteen words that texts share: the usual sign that one was seen with the other."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

N = 13
"""Words in a run; a word is what stands between spaces, in small letters and without punctuation (Brown et al.,
2020, Language models are few-shot learners, appendix C). Thirteen Korean words say more than thirteen English."""
COMMON = 10
"""A run in more texts than this is a phrase of the benchmark's own and shows nothing (the same appendix)."""
EDGE = 6
"""Nor does a run that begins or ends with so many words of such a phrase: a prompt's fixed words, say, and the few
that happen to stand beside them. That leaves at least eight words of the item's own, the appendix's least."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True)
class Overlap:
    """Which texts share a run of `N` words; all by their position."""

    groups: list[list[int]]
    """Texts that hang together by runs that two of them share."""
    examples: list[int]
    """Texts that share a run with an example."""
    short: int
    """Texts too short for a run that tells anything, but for phrases common to many; nothing is said of them."""


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFC", text).casefold()).split()


def overlap(texts: Sequence[str], examples: Sequence[str] = ()) -> Overlap:
    """Return which of `texts` share a run of `N` words with each other, and with `examples`.

    Runs are compared by 64-bit hashes: two different ones among two million are taken for the same with a
    chance of one in ten million.
    """
    codes, owner = _coded([*texts, *examples])
    total = len(texts)
    run, common = _runs(codes, owner, N, total)
    fixed = _runs(codes, owner, EDGE, total)[1]
    count, last = len(run), N - EDGE
    telling = (run >= 0) & ~common & ~fixed[:count] & ~fixed[last : last + count]
    number, owner = run[telling], owner[:count][telling]
    short = total - len(np.unique(owner[owner < total]))
    order = np.lexsort((owner, number))
    number, owner = number[order], owner[order]
    shown = np.unique(number[owner >= total])
    seen = np.unique(owner[(owner < total) & np.isin(number, shown)])
    return Overlap(_groups(number[owner < total], owner[owner < total], total), seen.tolist(), short)


def _coded(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a random code for each word of all texts in a row, and the position of the text it stands in."""
    vocabulary: dict[str, int] = {}
    split = [[vocabulary.setdefault(word, len(vocabulary)) for word in words(text)] for text in texts]
    lengths = np.array([len(numbers) for numbers in split], dtype=np.int64)
    flat = np.fromiter((number for numbers in split for number in numbers), dtype=np.int64, count=lengths.sum())
    codes = np.random.default_rng(0).integers(0, 2**64, size=len(vocabulary), dtype=np.uint64)
    return codes[flat], np.repeat(np.arange(len(texts)), lengths)


def _runs(
    codes: NDArray[np.uint64], owner: NDArray[np.int64], length: int, texts: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return of the run of `length` words from each word on: its number, the same for the same words and -1 where
    its text ends before, and whether more than COMMON of the first `texts` texts hold it.
    """
    count = max(len(codes) - length + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(length):  # a polynomial over the codes (Karp and Rabin 1987), modulo 2^64
        hashes = hashes * _BASE + codes[offset : offset + count]
    inside = owner[:count] == owner[length - 1 :]
    number = np.full(count, -1, dtype=np.int64)
    number[inside] = np.unique(hashes[inside], return_inverse=True)[1]
    mine = inside & (owner[:count] < texts)
    pairs = np.sort(number[mine] * max(texts, 1) + owner[:count][mine])
    distinct = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    holders = np.bincount(distinct // max(texts, 1), minlength=int(number.max(initial=0)) + 1)
    return number, inside & (holders[number] > COMMON)


def _groups(number: NDArray[np.int64], owner: NDArray[np.int64], total: int) -> list[list[int]]:
    """Return the texts that hang together, from pairs of a run and a text that holds it, ordered by run."""
    same = number[1:] == number[:-1]
    edges = coo_array(
        (np.ones(int(same.sum()), dtype=np.int8), (owner[:-1][same], owner[1:][same])), (total, total)
    )
    label = connected_components(edges, directed=False)[1]
    members: dict[int, list[int]] = {}
    for text in np.flatnonzero(np.bincount(label)[label] > 1):
        members.setdefault(int(label[text]), []).append(int(text))
    return sorted(members.values())
