import json


def test_the_profiles_are_listed(harness):
    code, out, _ = harness("cluster", "list")
    assert code == 0
    assert "h200x8" in out
    found = json.loads(harness("cluster", "list", "--json")[1])["clusters"]
    assert {one["id"] for one in found} >= {"local", "slurm_local", "h100x8", "template"}


def test_this_machine_is_checked_where_no_cluster_is_named(harness):
    code, out, _ = harness("cluster", "check", "--json")
    assert code == 0
    assert json.loads(out)["checks"][0]["found"].startswith("none: work is done on this machine")


def test_a_cluster_without_a_profile_is_wrong_use(harness):
    for name in ("h100x9", "cluster=h100x9"):
        code, _, err = harness("cluster", "check", name)
        assert code == 2
        assert "did you mean h100x8" in err
