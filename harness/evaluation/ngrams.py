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
    """Texts of fewer than `N` words, of which nothing can be said."""


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFC", text).casefold()).split()


def overlap(texts: Sequence[str], examples: Sequence[str] = ()) -> Overlap:
    """Return which of `texts` share a run of `N` words with each other, and with `examples`.

    Runs are compared by 64-bit hashes: two different ones among two million are taken for the same with a
    chance of one in ten million.
    """
    hashes, owners, lengths = _runs([*texts, *examples])
    pairs = np.unique(np.stack([hashes, owners.astype(np.uint64)]), axis=1) if len(hashes) else None
    short = int((lengths[: len(texts)] < N).sum())
    if pairs is None:
        return Overlap([], [], short)
    run, owner = pairs[0], pairs[1].astype(np.int64)
    number = np.unique(run, return_inverse=True)[1]
    of_text = owner < len(texts)
    holders = np.bincount(number[of_text], minlength=int(number.max()) + 1)
    telling = holders[number] <= COMMON
    exemplary = np.zeros(len(holders), dtype=bool)
    exemplary[number[~of_text]] = True
    seen = np.unique(owner[of_text & telling & exemplary[number]])
    return Overlap(_groups(number, owner, of_text & telling, len(texts)), [int(i) for i in seen], short)


def _runs(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the hash of every run, the text that each belongs to, and the length of every text in words."""
    vocabulary: dict[str, int] = {}
    split = [[vocabulary.setdefault(word, len(vocabulary)) for word in words(text)] for text in texts]
    lengths = np.array([len(numbers) for numbers in split], dtype=np.int64)
    flat = np.fromiter((number for numbers in split for number in numbers), dtype=np.int64, count=lengths.sum())
    # A random code for each word, and a polynomial over the codes (Karp and Rabin 1987), modulo 2^64.
    codes = np.random.default_rng(0).integers(0, 2**64, size=len(vocabulary) + 1, dtype=np.uint64)[flat]
    if len(codes) < N:
        return np.array([], np.uint64), np.array([], np.int64), lengths
    hashes = np.zeros(len(codes) - N + 1, dtype=np.uint64)
    for offset in range(N):
        hashes = hashes * _BASE + codes[offset : offset + len(hashes)]
    owner = np.repeat(np.arange(len(texts)), lengths)
    inside = owner[: len(hashes)] == owner[N - 1 :]
    return hashes[inside], owner[: len(hashes)][inside], lengths


def _groups(
    number: NDArray[np.intp], owner: NDArray[np.int64], wanted: NDArray[np.bool_], total: int
) -> list[list[int]]:
    number, owner = number[wanted], owner[wanted]
    same = number[1:] == number[:-1]
    edges = coo_array(
        (np.ones(int(same.sum()), dtype=np.int8), (owner[:-1][same], owner[1:][same])), (total, total)
    )
    label = connected_components(edges, directed=False)[1]
    members: dict[int, list[int]] = {}
    for text in np.flatnonzero(np.bincount(label)[label] > 1):
        members.setdefault(int(label[text]), []).append(int(text))
    return sorted(members.values())
