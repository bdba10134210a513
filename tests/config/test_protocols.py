import pytest

from harness.config.settings import load_benchmarks, load_models, load_protocols, load_settings, project
from harness.records import Protocol
from harness.workflow.verdicts import load_ledger

PROTOCOLS = load_protocols(project().configs)
MAKERS = sorted(name for name in PROTOCOLS if name.startswith("maker/"))
VARIANTS = sorted(name for name in PROTOCOLS if name.startswith("variant/"))
MODELS = load_models(project().configs)
BENCHMARKS = load_benchmarks(project().configs)
CLAIMS = [
    claim
    for claim in load_ledger().claims
    if claim.benchmark and BENCHMARKS[claim.benchmark].access != "closed" and claim.source.party == "first"
]
UNSTATED = {
    "sampling": "sampling",
    "temperature": "sampling",
    "decoding": "sampling",
    "max_tokens": "max_tokens",
    "num_fewshot": "num_fewshot",
    "repeats": "repeats",
    "mode": "thinking",
    "chat_template": "endpoint",
}
"""Settings as the ledger's sources leave them unsaid -> fields of a protocol."""


def own(claim) -> bool:
    """Whether a claim is its maker's own about its own model; quoted comparators follow their own makers."""
    return claim.source.of == claim.model or (claim.source.of is None and claim.model == "smollm2_135m")


def protocol_of(claim) -> Protocol | None:
    name = f"maker/{claim.model}"
    if claim.mode == "non_thinking":
        name += "_non_thinking"
    return PROTOCOLS[name].on(claim.benchmark) if name in PROTOCOLS else None


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_a_protocol_is_the_same_chosen_in_a_command_and_read_as_a_file(name):
    assert load_settings([f"protocol={name}"]).protocol == PROTOCOLS[name]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_differs_from_the_house_protocol_in_one_setting(name):
    variant, house = PROTOCOLS[name].model_dump(), PROTOCOLS["house"].model_dump()
    different = {field for field in house if variant[field] != house[field]} - {"id"}
    assert len(different) == 1 or different == {"max_tokens", "thinking_tokens"}


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_protocol_says_where_it_is_published_and_lists_settings_it_has(name):
    protocol = PROTOCOLS[name]
    assert protocol.source
    settings = Protocol.model_fields.keys() - {"id", "source", "unstated", "benchmarks"}
    for listed in (protocol.unstated, *(protocol.on(b).unstated for b in protocol.benchmarks)):
        assert set(listed) <= settings
        assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_protocol_is_of_a_model_and_of_benchmarks_that_exist(name):
    model = name.removeprefix("maker/").removesuffix("_non_thinking")
    assert model in MODELS
    assert PROTOCOLS[name].benchmarks.keys() <= BENCHMARKS.keys()


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_protocol_asks_for_a_switch_that_the_model_has(name):
    model = MODELS[name.removeprefix("maker/").removesuffix("_non_thinking")]
    thinking = PROTOCOLS[name].thinking
    if model.thinking is not None:
        model.thinking.switch(thinking)
    else:
        assert thinking == "default"


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_protocol_asks_for_no_more_tokens_than_the_model_has_room_for(name):
    # vLLM refuses a request for more than its whole context; the prompt's tokens it takes off by itself.
    protocol = PROTOCOLS[name]
    model = MODELS[name.removeprefix("maker/").removesuffix("_non_thinking")]
    for one in (protocol, *map(protocol.on, protocol.benchmarks)):
        thinks = model.thinking is not None and model.thinking.happens(one.thinking)
        assert one.max_tokens + (one.thinking_tokens if thinks else 0) <= model.context


@pytest.mark.parametrize("name", MAKERS)
def test_what_a_maker_leaves_unsaid_is_ours_as_the_house_has_it_or_a_comment_says_why(name):
    protocol, house = PROTOCOLS[name], PROTOCOLS["house"]
    base = PROTOCOLS["base_format"] if protocol.endpoint == "completions" else house
    own_values = {f for f in protocol.unstated if getattr(protocol, f) != getattr(base, f)}
    text = (project().configs / "protocol" / f"{name}.yaml").read_text()
    assert not own_values or text.startswith("#"), own_values


@pytest.mark.parametrize(
    "source", sorted({claim.source.id for claim in CLAIMS if own(claim) and protocol_of(claim)})
)
def test_a_makers_protocol_holds_what_the_ledger_says_is_stated_and_lists_what_is_not(source):
    for claim in (c for c in CLAIMS if c.source.id == source and own(c)):
        protocol = protocol_of(claim)
        known = claim.protocol.known
        if protocol is None or claim.source.read == "second_hand":
            continue
        sampling = protocol.sampling
        for field in ("temperature", "top_p", "top_k"):
            if field in known:
                assert sampling != "recommended" and getattr(sampling, field) == known[field], claim.id
        if claim.mode is not None:
            assert protocol.thinking == {"thinking": "on", "non_thinking": "off"}[claim.mode], claim.id
        if "num_fewshot" in known:
            assert protocol.num_fewshot == known["num_fewshot"], claim.id
        listed = {UNSTATED[name] for name in claim.protocol.unstated if name in UNSTATED}
        # The report states the context as the only bound of an answer.
        listed -= {"max_tokens"} if "context" in known else set()
        assert listed <= set(protocol.unstated), (claim.id, listed - set(protocol.unstated))


def test_every_model_that_a_maker_claims_scores_for_has_its_makers_protocol():
    claimed = {claim.model for claim in CLAIMS if own(claim) and claim.kind == "score" and claim.model in MODELS}
    # Its only claims are about speech, which no protocol of text decides.
    assert {m for m in claimed if f"maker/{m}" not in PROTOCOLS} <= {"a_x_k2_alm"}
