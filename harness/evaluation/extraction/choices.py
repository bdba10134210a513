"""The letter that an answer to a multiple-choice question settles on: filters for lm-eval's `custom` filter."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harness.evaluation.extraction import INVALID
from harness.evaluation.extraction.markers import MARKER, Options
from harness.evaluation.extraction.text import plain

Doc = Mapping[str, Any]

_ASKED = re.compile(r"^[ \t]*(?:정답|answer)[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_ASKED_VALUE = re.compile(r"(?:\\boxed\s*\{|[(\[{<])?\s*([A-Za-z])\s*[)\]}>]?\s*\.?")

_WORD = (
    r"(?:정답|해답|답안|답변|답|선택(?=\s*:)|(?:올바른|옳은|알맞은|맞는|적절한)\s*(?:선택지|선지|보기|답|번호))"
    r"(?:\s*(?:번호|기호))?"
)
_CUES = re.compile(
    rf"(?<![가-힣A-Za-z])(?:최종\s*|최종적인\s*|따라서\s*)?{_WORD}\s*"
    r"(?:(?:은|는|이|:|=|→)[ \t]*:?|(?=[ \t]*[(\[]?[A-Z①-⑩])|(?=\n))"
    r"|(?<![A-Za-z])(?:answer|(?:correct|best|right)\s+(?:choice|option|answer))\s*"
    r"(?:(?:is|would\s+be|should\s+be|must\s+be|:|=)\s*)+(?:(?:therefore|thus|clearly|simply)\s*)?"
    r"(?:(?:the\s+)?(?:option|choice|letter)\b)?\s*:?",
    re.IGNORECASE,
)
_FILLER = re.compile(r"\s*(?:다음과\s*같(?:습니다|다|음)|아래와\s*같(?:습니다|다|음)|as\s+follows)?[ \t.:]*\n\s*")
_BOXED = re.compile(r"\\f?boxed\s*\{([^{}]{0,200})\}|<answer>([^<>]{0,200})</answer>|\[\[\s*([A-Za-z])\s*\]\]")
_M = re.sub(r"\?P<\w+>", "?:", MARKER)
_ONE = rf"(?<![A-Za-z0-9가-힣ㄱ-ㅎ])([(\[]?{_M}[)\]]?(?:\s*번)?)"
_REVERSED = re.compile(
    rf"{_ONE}\s*(?:이|가)?\s*(?:바로\s*)?(?:정답|답)\s*(?:입니다|이다|이에요|임|이므로|이고|이며|[.!]|$)"
    rf"|{_ONE}\s*[을를]\s*(?:최종\s*)?(?:정답으로\s*|답으로\s*)?"
    r"(?:선택(?:합니다|한다|하겠|했|해야|함)|고릅니다|고른다|고르겠|골랐|골라야|택합니다|택한다|택하겠)"
    rf"|{_ONE}\s+is\s+(?:therefore\s+)?(?:the\s+)?(?:(?:correct|right|best)(?:\s+(?:answer|choice|option))?|answer)\b"
    rf"|\b(?:choose|pick|select|go\s+with)\s+(?:(?:option|choice|answer)\s*)?{_ONE}",
    re.MULTILINE,
)
_COPULA = r"\s*(?:입니다|이다|이에요|예요|임|다)?\s*[.!]?\s*$"
_LAST = re.compile(
    rf"(?:(?:^|.*?\s)(?:따라서|그러므로|그래서|결국|즉|so|thus|hence|therefore)\s*,?\s*|.*고르면\s*|.*(?:것|선지|선택지|보기|설명|문장)[은는]\s*|)"
    rf"{_ONE}{_COPULA}"
    rf"|.*{_ONE}\s*[가이]\s*(?:가장\s*)?(?:적절|옳|맞|올바|타당|틀리|틀렸|부적절|잘못)(?![^\n]*(?:않|아니))[가-힣\s]*[.!]?\s*$",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"[ \t]*([(\[]?{_M}[)\]]?)[ \t]*[.):][ \t]*(\S.*)?$", re.MULTILINE)

_NOT = re.compile(r"\s*(?:not\b|아닌|아니|될\s*수\s*없)")
_DENIED = re.compile(
    r"[^\n.,]{0,40}?(?:[이가은는도]\s*)?(?:아니(?:라|고|며),?|아닌)\s+|\s*not\b[^.\n]{0,40}?\bbut\s+(?:rather\s+)?"
)
_SOFTENED = re.compile(
    r"\s*(?:(?:바로|아마도?|결국|당연히|분명히|선택지|선지|보기|definitely|clearly|probably|simply|letter|option)\s+)+"
)
_UNSETTLED = re.compile(
    r"[)\]'\"]*\s*(?:번|항)?\s*(?:[이가은는]\s*)?(?:정답이\s*)?"
    r"(?:아니|아닙|아닌|될\s*수\s*없|이?라면|이면|일\s*(?:경우|수|때|까)|인\s*경우|인지|인가|이?라고\s*(?:생각했|착각|오해|보기|볼\s*수\s*없)|\?)"
)
_SUPPOSED = re.compile(r"(?:만약|만일|가정|\bif\b|\bsuppose|\bwhether\b|\bassum)[^.\n]{0,40}$", re.IGNORECASE)
_QUOTED = re.compile(
    r"(?:[\"“「『‘]|(?<![^\s(])')[^\"”」』’\n]{0,300}?(?:정답|답은|answer)[^\"”」』’'\n]{0,300}[\"”」』’'](?=[^\n]*[^\s.!)])",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"아[니닌닙]|않|없|틀|오답|제외|\bnot\b|n't\b|\bwrong\b|\bexcept", re.IGNORECASE)


def strict(responses: Iterable[list[str]], docs: Iterable[Doc]) -> Iterator[list[str]]:
    """Yield, per item, the letters of its answers, from the last line `정답: X` or `Answer: X` as asked for.

    Brackets, bold type and a full stop are tolerated. A last such line that holds anything else is no answer.
    """
    return _each(strict_letter, responses, docs)


def lenient(responses: Iterable[list[str]], docs: Iterable[Doc]) -> Iterator[list[str]]:
    """Yield, per item, the letters of its answers, said in any usual Korean or English form.

    The last statement of the answer counts. Without one, a last line that is the answer alone; without that,
    the one option whose text the last line names. Never a letter that merely occurs; several at once are no
    answer.
    """
    return _each(lenient_letter, responses, docs)


def strict_letter(text: str, options: Options) -> str:
    """Return the letter in the form asked for, or INVALID."""
    lines = _ASKED.findall(plain(text))
    found = _ASKED_VALUE.fullmatch(lines[-1].strip()) if lines else None
    return options.letter(found[1]) if found else INVALID


def lenient_letter(text: str, options: Options) -> str:
    """Return the letter in any usual form, or INVALID."""
    text = _QUOTED.sub(" ", plain(text)).strip()
    return _stated(text, options) or _alone(text, options) or INVALID


def _each(
    letter: Callable[[str, Options], str], responses: Iterable[list[str]], docs: Iterable[Doc]
) -> Iterator[list[str]]:
    for answers, doc in zip(responses, docs, strict=True):
        options = Options(doc["options"])
        yield [letter(answer, options) for answer in answers]


def _stated(text: str, options: Options) -> str | None:
    """Return the letter of the last statement of the answer: INVALID for several, None without a statement."""
    found: list[tuple[int, str]] = []
    for cue in _CUES.finditer(text):
        letter = _after(text, cue, options)
        if letter is not None:
            found.append((cue.end(), letter))
    for pattern in (_BOXED, _REVERSED):
        for match in pattern.finditer(text):
            letter = options.named(next(group for group in match.groups() if group is not None))
            if letter is not None and not _SUPPOSED.search(text[: match.start()][-60:]):
                found.append((match.end(), letter))
    return max(found)[1] if found else None


def _after(text: str, cue: re.Match[str], options: Options) -> str | None:
    """Return what the words after a cue such as `정답은` name."""
    if _SUPPOSED.search(text[max(0, cue.start() - 60) : cue.start()]):
        return None
    start = cue.end()
    filler = _FILLER.match(text, start)
    if filler:
        start = filler.end()
    expression = text[start : start + 300].split("\n", maxsplit=1)[0]
    if not expression.strip():
        return INVALID if not text[start:].strip() else None  # cut off before the answer
    denied = _DENIED.match(expression)
    if denied:
        expression = expression[denied.end() :]
    elif _NOT.match(expression) and not options.begun(expression):
        return None
    expression = _SOFTENED.sub("", expression, count=1) if _SOFTENED.match(expression) else expression
    found = re.match(rf"\s*[(\[]?{_M}", expression)
    if found and _UNSETTLED.match(expression, found.end()):
        return None
    return options.named(expression)


def _alone(text: str, options: Options) -> str | None:
    """Return the letter of an answer that is its last line, or its first one before an explanation."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return None
    found = _LAST.match(lines[-1])
    if found:
        return options.named(next(group for group in found.groups() if group is not None))
    first = _LAST.fullmatch(lines[0])
    if first and first[1] and len(first[0]) <= 12:
        return options.named(first[1])
    listed = list(_LISTED.finditer("\n".join(lines)))
    if listed and listed[-1][0].strip() == lines[-1] and len(listed) > 1:
        return None  # a list of the options
    if len(listed) == 1 and listed[0][0].strip() in (lines[0], lines[-1]):
        return options.named(listed[0][1])
    return options.mentioned(lines[-1], unless=_NEGATION)
