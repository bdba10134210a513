import pytest

from harness.report.site.text import cut, finalize, visible, without_places


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no file /scratch/project_42/someone/weights.bin", "no file …"),
        ("~/cache/hub is full", "… is full"),
        ("ssh someone@login.example.edu failed", "ssh … failed"),
        ("http://10.0.0.7:8000/v1 refused", "… refused"),
        ("connect to 10.0.0.7:8000", "connect to …"),
        ("connect to fe80::1ff:fe23:4567:890a", "connect to …"),
        ("node17 and node17.cluster.local are gone", "… and … are gone"),
        ("rank 3 at worker:29500 left", "rank 3 at … left"),
        ("vLLM 0.32.0 needs 3.5 GiB, and/or less at 12:30", "vLLM 0.32.0 needs 3.5 GiB, and/or less at 12:30"),
        ("suite=table/card at 11,627 tokens/s", "suite=table/card at 11,627 tokens/s"),
    ],
)
def test_what_names_a_machine_or_a_folder_is_left_out(text: str, shown: str):
    assert without_places(text, ["node17"]) == shown
