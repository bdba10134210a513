from harness.facts.towers import tower_parameters
from harness.records.architecture import LinearProjector, Tower


def test_a_published_number_counts_as_it_is():
    assert tower_parameters(Tower(kind="vision", parameters=330_000_000, source="report")) == 330_000_000


def test_a_projector_is_a_matrix_and_a_bias():
    sizes = LinearProjector(form="linear", inputs=4, outputs=3)
    assert tower_parameters(Tower(kind="projector", sizes=sizes, source="test")) == 4 * 3 + 3


def test_a_tower_of_unknown_size_stays_unknown():
    assert tower_parameters(Tower(kind="audio", source="report")) is None
