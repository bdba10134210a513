"""Run tasks against a served model: build, rehearse, ask, score, log."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lm_eval.api.instance import Instance

from harness.evaluation.bridge import ServedModel, Unit
from harness.evaluation.journal import Journal
from harness.evaluation.requests import RequestPlan, as_messages
from harness.evaluation.scoring import rehearse
from harness.evaluation.tasks import LoadedTask
from harness.records import Sample, item_id
from harness.records.model import Thinking
from harness.serving.servers import Servers
from harness.store import SampleLog


@dataclass(frozen=True)
class TaskPlan:
    """One task, which of its items, and how often."""

    loaded: LoadedTask
    indices: Sequence[int]
    repeats: int
    request: RequestPlan
    thinking: Thinking | None = None
    """How the model's traces look, for a model that thinks under this protocol."""

    @property
    def keys(self) -> list[tuple[str, int]]:
        """Every (item, repeat) that the task asks for."""
        items = [item_id(self.loaded.name, index) for index in self.indices]
        return [(item, repeat) for repeat in range(self.repeats) for item in items]

    def instances(self) -> dict[str, list[Instance]]:
        """Return the prompts of each item, once they are built."""
        items = [item_id(self.loaded.name, index) for index in self.indices]
        found: dict[str, list[Instance]] = {item: [] for item in items}
        for instance in self.loaded.task.instances:
            found[items[instance.doc_id]].append(instance)
        return found

    def build(self) -> None:
        """Let lm-eval build the prompts, and try the scorer on a placeholder.

        Raises HarnessError when an item cannot be scored on this machine.
        """
        loaded = self.loaded
        everything = len(self.indices) == loaded.items
        # The bridge hands prompts over as messages; plain text where the protocol has no template.
        chat = self.request.endpoint == "chat"
        loaded.task.build_all_requests(
            samples=None if everything else list(self.indices),
            system_instruction=self.request.system,
            apply_chat_template=chat,
            fewshot_as_multiturn=chat,
            chat_template=as_messages if chat else None,
        )
        rehearse(loaded.task, loaded.name, loaded.task.instances, runs_code=loaded.runs_code)


def evaluate(
    work: Sequence[tuple[TaskPlan, SampleLog]],
    servers: Servers,
    *,
    progress: Callable[[Sample], None] = lambda _: None,
    draining: Callable[[], bool] = lambda: False,
) -> None:
    """Answer what is still open of built plans; every answer is in its log before this returns.

    All tasks share one pool of requests, first repeats first, so that the server stays busy to the end. Once
    `draining`, nothing new is asked, and this returns when what is under way is answered.
    Raises HarnessError when no server is left; what was answered until then is kept.
    """
    journals = {
        plan.loaded.name: Journal(plan.loaded, plan.indices, plan.request, log, progress, plan.thinking)
        for plan, log in work
    }
    ServedModel(servers, journals, draining).answer(_open(work))


def _open(work: Sequence[tuple[TaskPlan, SampleLog]]) -> Iterator[Unit]:
    """Yield what no log holds yet."""
    by_item = [plan.instances() for plan, _ in work]
    for repeat in range(max(plan.repeats for plan, _ in work)):
        for (plan, log), items in zip(work, by_item, strict=True):
            if repeat < plan.repeats:
                for item, instances in items.items():
                    if (item, repeat) not in log.known:
                        yield Unit(repeat, instances)
