"""Response files of IFBench and IFEval: `{"prompt": …, "response": …}` per line."""

from pathlib import Path

from harness.evaluation.imports.lines import Line, Place, checked, json_lines
from harness.evaluation.imports.log import ForeignAnswer, ForeignItem, ForeignLog
from harness.records import Answer


class ResponseLine(Line):
    """A line with a prompt and a response."""

    prompt: str
    response: str


def read(path: Path) -> list[ForeignLog]:
    """Return the log in a response file; it says neither scores nor model, which the file's name stands for.

    Raises UsageError with file and line for a line that is none, and for a prompt that stands twice.
    """
    answers: list[ForeignAnswer] = []
    seen: dict[str, Place] = {}
    for place, data in json_lines(path):
        line = checked(ResponseLine, data, place)
        if line.prompt in seen:
            raise place.wrong(f"the prompt of line {seen[line.prompt].line} again", "each prompt once")
        seen[line.prompt] = place
        item = ForeignItem(str(len(answers)), [[line.prompt]])
        answers.append(ForeignAnswer(item, 0, [Answer(text=line.response)]))
    return [ForeignLog("ifbench", path.name.split(".")[0], answers)]
