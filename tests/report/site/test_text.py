import pytest

from harness.report.site.text import cut, finalize, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 한글 text\n\tand lines", "plain 한글 text\n\tand lines"),
        ("\x1b[31mred\x07", "⟨U+001B⟩[31mred⟨U+0007⟩"),
        ("abc\u202egpj.exe", "abc⟨U+202E⟩gpj.exe"),
        ("a\u200bb\u2066c\ufeff", "a⟨U+200B⟩b⟨U+2066⟩c⟨U+FEFF⟩"),
        ("\x00\x7f\x9b", "⟨U+0000⟩⟨U+007F⟩⟨U+009B⟩"),
        ("line\r\nbreak", "line\nbreak"),
        ("half \ud83d of a pair", "half ⟨U+D83D⟩ of a pair"),
        ("tag \U000e0041", "tag ⟨U+E0041⟩"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
    ],
)
def test_what_acts_or_hides_is_made_visible(text: str, shown: str):
    assert visible(text) == shown


def test_only_text_is_changed_on_its_way_into_a_page():
    assert finalize(3) == 3
    assert finalize("\x1b") == "⟨U+001B⟩"


def test_long_text_is_cut_and_its_length_told():
    assert cut("a" * 1_000_000, 10) == {"text": "a" * 10, "shown": 10, "characters": 1_000_000}
    assert cut("\x1b" * 12, 10)["shown"] == 10
