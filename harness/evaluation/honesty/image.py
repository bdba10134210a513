"""Does a model that takes images look at them?"""

from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image

from harness.evaluation.honesty.subject import Subject, failed, noted, passed
from harness.records import Answer, ProbeCheck

SIDE = 128
RED, BLUE = (255, 0, 0), (0, 0, 255)
QUESTION = "Which colour is this?"
BEYOND_ROUNDING = 2.0
"""Another image must move the question's tokens by more than this many times what the same image moves them by."""

FIX = "no --language-model-only, no --limit-mm-per-prompt; model.images=false for a run of text alone"


async def image(subject: Subject) -> ProbeCheck:
    """An image is taken, takes up room in the prompt, and is looked at: the words after it depend on it."""
    name = "image"
    if not subject.model.images:
        return noted(name, "the model takes none")
    if subject.plan.endpoint != "chat":
        return noted(name, "plain completions carry none")
    bare = await subject.ask(QUESTION, max_tokens=1)
    try:
        red, again, blue = [await _shown(subject, colour) for colour in (RED, RED, BLUE)]
    except ValueError as error:
        return failed(name, f"an image is refused: {error}"[:500], FIX)
    room = (red.prompt_tokens or 0) - (bare.prompt_tokens or 0)
    same, other = _distance(red, again), _distance(red, blue)
    moves = f"the same image moves the prompt by {same:.4f}, another by {other:.4f}"
    found = f"{SIDE}x{SIDE} pixels take {room} tokens; {moves}"
    if room <= 0 or other <= BEYOND_ROUNDING * same:
        return failed(name, found, FIX)
    return passed(name, found)


async def _shown(subject: Subject, colour: tuple[int, int, int]) -> Answer:
    """Return the answer to a question about a square of one colour, with the likelihoods of its prompt."""
    messages = [{"role": "user", "content": [square(colour), {"type": "text", "text": QUESTION}]}]
    return await subject.ask(QUESTION, messages=messages, max_tokens=8, temperature=0.0, prompt_logprobs=0)


def square(colour: tuple[int, int, int]) -> dict[str, Any]:
    """Return a square of one colour as the API takes an image in a message."""
    file = BytesIO()
    Image.new("RGB", (SIDE, SIDE), colour).save(file, "PNG")
    url = f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _distance(first: Answer, second: Answer) -> float:
    """Return by how many nats, at most, a token of one prompt is likelier than that of the other."""
    pairs = zip(first.prompt_logprobs or [], second.prompt_logprobs or [], strict=True)
    return max((abs(one - two) for (one, _), (two, _) in pairs), default=0.0)
