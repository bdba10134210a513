"""The part of the OpenAI wire format that we read; servers may add what they like."""

from typing import Self

from pydantic import BaseModel, Field, model_validator


class Message(BaseModel):
    """An assistant's message; vLLM names the reasoning `reasoning`, others `reasoning_content`."""

    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class TokenLogprob(BaseModel):
    """How likely one token of the prompt was; the most likely one has rank 1."""

    logprob: float
    rank: int | None = None


class Choice(BaseModel):
    """One completion; `message` for the chat endpoint, `text` for the plain one."""

    message: Message | None = None
    text: str | None = None
    finish_reason: str | None = None
    prompt_logprobs: list[dict[str, TokenLogprob] | None] | None = None

    @model_validator(mode="after")
    def _holds_an_answer(self) -> Self:
        if self.message is None and self.text is None:
            raise ValueError("a choice without message and text")
        return self


class Usage(BaseModel):
    """Token counts."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Completion(BaseModel):
    """An answer of either endpoint."""

    id: str | int | None = None
    choices: list[Choice] = Field(min_length=1)
    usage: Usage | None = None
    prompt_logprobs: list[dict[str, TokenLogprob] | None] | None = None
    """Of the chat endpoint; the plain one has them in its choice."""


class TokenCount(BaseModel):
    """vLLM's answer to a request to tokenise."""

    count: int
