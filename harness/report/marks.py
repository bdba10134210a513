"""How verdicts look and what they are called: a shape, a word, a colour."""

from dataclasses import dataclass

from harness.records import Outcome


@dataclass(frozen=True)
class Mark:
    """A verdict's mark; never colour alone."""

    shape: str
    en: str
    ko: str


MARKS: dict[Outcome, Mark] = {
    "reproduced": Mark("●", "reproduced", "재현됨"),
    "contradicted": Mark("✕", "contradicted", "반박됨"),
    "undecided": Mark("◐", "undecided", "판정 불가"),
    "protocol_dependent": Mark("⇄", "protocol dependent", "프로토콜에 따라 다름"),
    "not_testable": Mark("∅", "not testable", "검증할 수 없음"),
    "not_measured": Mark("○", "not measured", "미측정"),
}
