"""Read which option an expression such as `B입니다`, `③번`, `(나)` or an option's own text names."""

import re
from collections.abc import Sequence

from harness.evaluation.extraction import INVALID
from harness.evaluation.extraction.text import plain

_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩"
_SYLLABLES = "가나다라마바사아자차"
_CONSONANTS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"
_SIGNS = (_CIRCLES, _SYLLABLES, _CONSONANTS)
_END = r"\s*(?:$|[.,)\]:!]|번|입니|이다|이에|임)"
_PARTICLE = r"번|항|입니|임|이[다에고며므라었지]|예요|였|[가을를은는로와과도만의]|으로|라|다|야|인|일|에"

MARKER = (
    rf"(?:(?P<letter>[A-Z])(?![A-Za-z0-9]|(?!{_PARTICLE})[가-힣])|(?P<small>[a-z])(?={_END})"
    rf"|(?P<circle>[{_CIRCLES}])|(?P<number>10|[1-9])(?=\s*번|[)\]])"
    rf"|(?P<syllable>[{_SYLLABLES}])(?:(?=[)\]])|(?={_END}))|(?P<consonant>[{_CONSONANTS}])(?![가-힣ㄱ-ㅎ]*[ㄱ-ㅎ]))"
)
"""One sign that names an option; `A형`, `나라`, `3개` and `ㄱㄴ` are none."""

_MARKED = re.compile(rf"[(\[{{<「『'\"“‘]*\s*{MARKER}\s*[)\]}}>」』'\"”’]*\s*(?:번|항)?")
_BARE_NUMBER = re.compile(r"(10|[1-9])(?=\s*(?:$|\.\s|\.$|입니|이다|이에|임))")
_SECOND = re.compile(
    rf"\s*(?:,|/|·|&|및|와|과|또는|혹은|이나|or\b|and\b)\s*(?:또는|혹은|or\b|and\b)?\s*[(\[]?"
    rf"(?:[A-Z](?![A-Za-z0-9가-힣])|[A-Z](?=번|입니|이[다에]|[가를와과])|[{_CIRCLES}]|[1-9]번|\([{_SYLLABLES}{_CONSONANTS}]\)"
    rf"|[{_CONSONANTS}](?![가-힣]))"
)
"""One more marker right after the first: then no single option is named."""
_BRACKETED = re.compile(r"[(\[]\s*([A-Ja-j])\s*[)\]]")
_PRONOUN = re.compile(r"\s*(?:'[a-z]|(?:think|believe|would|am|do|can|cannot|choose|pick|guess|will|was|don't)\b)")
_COPULA = re.compile(r"(?:입니다|이다|이에요|예요|임)$")


class Options:
    """The options of one item, to be recognised in text that `plain` has gone over."""

    def __init__(self, options: Sequence[str]) -> None:
        self._letters = [chr(ord("A") + i) for i in range(len(options))]
        self._texts = [_bare(plain(str(option))) for option in options]

    def letter(self, letter: str) -> str:
        """Return `letter` as a capital, INVALID when there is no such option."""
        return letter.upper() if letter.upper() in self._letters else INVALID

    def named(self, expression: str) -> str | None:
        """Return the letter of the one option that `expression` begins with; None where it begins with no option.

        INVALID where it names several, or one that is not there. The letter is the label that our prompts show, so
        it goes first, then an option's own text. Other signs (③, 3번, 나) count from the first option, unless the
        options hold that sign themselves: then it is text.
        """
        expression = expression.strip(" \t→:=-–—")
        found = _MARKED.match(expression)
        if found and (found["letter"] or found["small"]):
            letter = found["letter"] or found["small"]
            rest = expression[found.end() :]
            if letter == "I" and _PRONOUN.match(rest):
                return None
            return INVALID if _SECOND.match(rest) else self.letter(letter)
        return self.begun(expression) or self._counted(expression, found) or self._bracketed(expression)

    def mentioned(self, expression: str, unless: re.Pattern[str]) -> str | None:
        """Return the letter of the one option whose text occurs in `expression`; longer ones hide shorter ones.

        None where the words around it match `unless`.
        """
        left, found = expression.casefold(), []
        for i in sorted(range(len(self._texts)), key=lambda i: -len(self._texts[i])):
            if self._texts[i]:
                left, times = re.subn(_whole(self._texts[i]), "\0", left)
                found += [self._letters[i]] if times else []
        return found[0] if len(found) == 1 and not unless.search(left) else None

    def begun(self, expression: str) -> str | None:
        """Return the letter of the longest option text that `expression` begins with."""
        bare = _bare(expression)
        fitting = [i for i, text in enumerate(self._texts) if text and re.match(_whole(text), bare)]
        longest = max((len(self._texts[i]) for i in fitting), default=0)
        best = [self._letters[i] for i in fitting if len(self._texts[i]) == longest]
        return best[0] if len(best) == 1 else INVALID if best else None

    def _counted(self, expression: str, found: re.Match[str] | None) -> str | None:
        """Return the letter of an option that is named by its place in the list."""
        found = found or _BARE_NUMBER.match(expression)
        if found is None:
            return None
        if _SECOND.match(expression[found.end() :]):
            return INVALID
        sign = next(group for group in found.groups() if group)
        shown = found[0].strip() if sign.isascii() else sign
        whole = re.compile(rf"(?<![\w.]){re.escape(shown)}(?!\w)")
        holders = [i for i, text in enumerate(self._texts) if whole.search(text)]
        if holders:  # `3 m` for a bare 3; anything else would be a guess
            unit = len(holders) == 1 and shown.isdigit() and self._texts[holders[0]].startswith(shown)
            return self._letters[holders[0]] if unit else INVALID
        place = int(sign) - 1 if sign.isascii() else next(s.index(sign) for s in _SIGNS if sign in s)
        letter = self.letter(chr(ord("A") + place))
        return letter if self._bracketed(expression) in (None, letter) else INVALID

    def _bracketed(self, expression: str) -> str | None:
        """Return the only letter in brackets: `서울 (B)`."""
        letters = {letter.upper() for letter in _BRACKETED.findall(expression.split("\n", maxsplit=1)[0])}
        return self.letter(letters.pop()) if len(letters) == 1 else None


def _bare(text: str) -> str:
    """Return `text` for comparison: no case, no outer punctuation, no copula, single spaces."""
    text = " ".join(text.casefold().split()).strip(" .,;:!?\"'“”‘’「」『』")
    return _COPULA.sub("", text).strip()


def _whole(text: str) -> str:
    """Return a pattern for `text` as a whole word, Korean particles aside."""
    after = {
        "number": r"(?![0-9a-z%^/*+]|[.,]\d|번|[만천억백십조]|\s*분의)",
        "hangul": rf"(?!(?!{_PARTICLE}|이|입)[가-힣])",
        "other": r"(?![a-z0-9])",
    }
    kind = "number" if text[-1].isdigit() else "hangul" if "가" <= text[-1] <= "힣" else "other"
    before = r"(?<![\w.\-/])" if text[0].isalnum() or text[0] == "-" else ""
    return before + re.escape(text) + after[kind]
