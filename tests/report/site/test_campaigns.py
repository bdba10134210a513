import json

from harness.report.site import JobRecords
from harness.report.site.campaigns import gpu_hours, state_of
from tests.report.site.material import ATTEMPTS, CAMPAIGN, GIVEN_UP, JOB, NODE, PLACE, RESTING, material, site

SITE = site(material())
TWIN = json.loads(SITE["data/campaigns/trial.json"])
COMPLETE = ATTEMPTS[0].model_copy(update={"outcome": "complete"})


def test_no_page_names_a_machine_a_folder_or_an_account():
    for name, text in SITE.items():
        for hidden in (NODE, NODE.partition(".")[0], PLACE, "a-user", "10.1.2.3"):
            assert hidden not in text, f"{hidden} in {name}"
    assert "OSError: … on … port …" in TWIN["jobs"][0]["attempts"][0]["why"]


def test_of_the_command_only_what_was_asked_is_said():
    assert TWIN["asked"] == ["claims=card*", "cluster=big"]


def test_a_campaign_shows_what_was_planned_and_what_became_of_it():
    (job,) = TWIN["jobs"]
    assert (job["state"], job["done"], job["wanted"]) == ("at_work", 4, 8)
    assert [(part["benchmark"], part["items"], part["repeats"]) for part in job["asked"]] == [
        ("Quiz", 10, None),
        ("Exam", 2, 3),
    ]
    assert [(one["outcome"], one["new"]) for one in job["attempts"]] == [("failed", 1), (None, 0)]


def test_gpu_hours_go_from_start_to_end_or_to_the_last_answer_on_record():
    assert gpu_hours(CAMPAIGN.jobs[0]) == (0.5 + 0.25) * 16
    assert TWIN["gpu_hours"] == {"spent": 12.0, "planned": 20.0}


def test_a_job_leads_to_its_runs():
    (run,) = TWIN["jobs"][0]["runs"]
    assert f"en/{run['path']}.html" in SITE
    assert f'href="../{run["path"]}.html"' in SITE["en/campaigns/trial.html"]


def test_the_newest_campaign_stands_first_and_a_rehearsal_says_so():
    listed = json.loads(SITE["data/campaigns.json"])["campaigns"]
    assert [one["id"] for one in listed] == ["trial", "earlier"]
    assert "A rehearsal" in SITE["en/campaigns/earlier.html"]
    assert "A rehearsal" not in SITE["en/campaigns/trial.html"]


def test_without_a_campaign_the_list_says_so():
    assert "No campaign is on record" in site(material(campaigns=[]))["en/campaigns.html"]


def test_the_state_of_a_job_is_what_is_on_record_of_it():
    ended = ATTEMPTS[:1]
    assert state_of(JobRecords(JOB)) == "planned"
    assert state_of(JobRecords(JOB, submitted=True)) == "submitted"
    assert state_of(JobRecords(JOB, ATTEMPTS)) == "at_work"
    assert state_of(JobRecords(JOB, ended)) == "interrupted"
    assert state_of(JobRecords(JOB, ended, None, GIVEN_UP)) == "given_up"
    assert state_of(JobRecords(JOB, [COMPLETE], None, GIVEN_UP)) == "complete"
    assert state_of(RESTING.jobs[0]) == "given_up"
