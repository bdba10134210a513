"""What is asked of a model under a protocol, and the identity of the run that holds the answers."""

import platform
from importlib import metadata

from harness.config.settings import Settings
from harness.errors import UsageError
from harness.evaluation.requests import RequestPlan
from harness.evaluation.tasks import LoadedTask
from harness.records import Benchmark, Decoding, RunIdentity
from harness.records.model import Switch, Thinking
from harness.serving import Checkpoint
from harness.workflow.servers import served_as


def decoding(settings: Settings) -> Decoding:
    """Return how tokens are drawn; raises UsageError where neither the protocol nor the model's maker says it."""
    model, wanted = settings.model, settings.protocol.sampling
    found = model.sampling or settings.protocol.unrecommended if wanted == "recommended" else wanted
    if found is None:
        raise UsageError(
            expected="sampling settings",
            found=f"the maker of {model.name} recommends none",
            where=f"configs/model/{model.id}.yaml, sampling",
            fix="name them: 'protocol.sampling={temperature: 0.6, top_p: 0.95}'",
        )
    return found


def _switch(settings: Settings) -> Switch:
    """Return the fields of each request that switch thinking."""
    model, wanted = settings.model, settings.protocol.thinking
    try:
        if model.thinking is not None:
            return model.thinking.switch(wanted)
        if wanted != "on":
            return {}
        problem = "it does not think before it answers"
    except ValueError as error:
        problem = str(error)
    raise UsageError(
        expected=f"a model whose thinking can be switched {wanted}",
        found=f"{model.name}: {problem}",
        where=f"configs/model/{model.id}.yaml, thinking",
        fix="protocol.thinking=default, or name the switch there",
    )


def thoughts(settings: Settings) -> Thinking | None:
    """Return how the model's thoughts look, None where it has none under this protocol."""
    thinking = settings.model.thinking
    return thinking if thinking is not None and thinking.happens(settings.protocol.thinking) else None


def request_plan(settings: Settings, loaded: LoadedTask) -> RequestPlan:
    """Return what goes into a request besides the prompt.

    A task that weighs given answers is always asked in plain text, under whatever protocol. Raises UsageError for
    what the model or its service cannot do.
    """
    protocol, model = settings.protocol, settings.model
    writes = loaded.output_type == "generate_until"
    chat = protocol.endpoint == "chat"
    if model.hosted is not None and not writes:
        raise UsageError(
            expected="tasks that a hosted model can answer",
            found=f"{loaded.name}, which weighs given answers by their log-likelihood",
            where="suite.tasks",
            fix="choose a task that lets the model write its answer",
        )
    if not writes:
        # Nothing of how an answer would be drawn matters: two protocols that differ in it ask the same.
        return RequestPlan(
            model=model.id,
            endpoint="completions",
            decoding=Decoding(temperature=0.0),
            max_tokens=1,
            stop=[],
            base_seed=0,
        )
    thinking_tokens = protocol.thinking_tokens if thoughts(settings) else 0
    return RequestPlan(
        model=model.hosted.model if model.hosted else model.id,
        endpoint="chat" if chat else "completions",
        decoding=decoding(settings),
        system=protocol.system if chat else None,
        thinking=_switch(settings),
        # A server refuses a length beyond its context.
        max_tokens=min(protocol.max_tokens + thinking_tokens, model.context),
        stop=list(loaded.stop) if protocol.stop == "task" else protocol.stop,
        base_seed=protocol.base_seed,
        fields=model.hosted.fields if model.hosted else {},
    )


def identity_of(
    settings: Settings,
    checkpoint: Checkpoint | None,
    loaded: LoadedTask,
    request: RequestPlan,
    benchmark: Benchmark,
) -> RunIdentity:
    """Return everything that can change a score of these answers."""
    return RunIdentity(
        model=settings.model.id,
        **served_as(settings, checkpoint, chat=request.endpoint == "chat"),
        task=loaded.name,
        task_sha256=loaded.task_sha256,
        data_sha256=loaded.data_sha256,
        library=library_of(benchmark),
        endpoint=request.endpoint,
        decoding=request.decoding,
        system=request.system,
        thinking=request.thinking,
        max_tokens=request.max_tokens,
        stop=request.stop,
        num_fewshot=loaded.num_fewshot,
        extractor=settings.protocol.extractor if benchmark.score.lenient else "strict",
        base_seed=request.base_seed,
    )


def library_of(benchmark: Benchmark | None) -> str:
    """Return the packages that score a benchmark, with their versions; Python's, too, where code is run."""
    packages = ("lm-eval", *(benchmark.packages if benchmark else ()))
    python = [f"Python {platform.python_version()}"] if benchmark and "code" in benchmark.needs else []
    return ", ".join([f"{name} {metadata.version(name)}" for name in packages] + python)
