"""Write a small random checkpoint; a process of its own, so that PyTorch's memory goes with it."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.records.replica import Replica

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SEED = 20260101
PADDED_TO = 64
"""The number of tokens is a multiple of this, as in the models themselves."""
TURNS = ["<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
MARKS = [
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
]
"""What reasoning and tool parsers look for; ordinary tokens, as in the models themselves."""


def write(replica: Replica, template: str | None, target: Path) -> None:
    """Write config, random weights, tokenizer and chat template to the folder `target`, the same at every call."""
    import torch  # noqa: PLC0415 - slow to import
    from safetensors.torch import load_file, save_file  # noqa: PLC0415
    from transformers import (  # noqa: PLC0415
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForImageTextToText,
        PreTrainedTokenizerFast,
    )

    seen = replica.vision.tokens if replica.vision is not None else {}
    if replica.tokenizer == "harmony":
        inner, begin, end = harmony_tokenizer(), "<|startoftext|>", "<|return|>"
    else:
        inner, begin, end = byte_tokenizer(seen.values()), TURNS[0], TURNS[1]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token=begin, eos_token=end, pad_token=end, extra_special_tokens=seen
    )
    tokenizer.chat_template = template
    tokenizer.save_pretrained(target)

    torch.manual_seed(SEED)
    language = {
        "vocab_size": -(-len(tokenizer) // PADDED_TO) * PADDED_TO,
        "pad_token_id": tokenizer.eos_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    if replica.vision is None:
        config = AutoConfig.for_model(replica.model_type, **language, **replica.config)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    else:
        ids = {f"{name}_id": tokenizer.convert_tokens_to_ids(token) for name, token in seen.items()}
        inner_config = {"text_config": replica.config["text_config"] | language}
        config = AutoConfig.for_model(replica.model_type, **ids, **(replica.config | inner_config))
        model = AutoModelForImageTextToText.from_config(config, dtype=torch.bfloat16)
        for name, content in replica.vision.files.items():
            (target / name).write_text(json.dumps(content, indent=1) + "\n")
    model.save_pretrained(target)
    if replica.ones or replica.renamed:
        (weights,) = target.glob("*.safetensors")
        tensors = {_renamed(name, replica.renamed): tensor for name, tensor in load_file(weights).items()}
        for name in replica.ones:
            tensors[name] = torch.ones(replica.config["hidden_size"], dtype=torch.bfloat16)
        save_file(tensors, weights, metadata={"format": "pt"})
    path = target / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | replica.stored, indent=1) + "\n")


def _renamed(name: str, beginnings: dict[str, str]) -> str:
    """Return a tensor's name with its beginning exchanged, where it has one of `beginnings`."""
    old = next((old for old in beginnings if name.startswith(old)), "")
    return beginnings.get(old, "") + name.removeprefix(old)


def byte_tokenizer(special: Iterable[str] = ()) -> "Tokenizer":
    """Return a tokenizer whose tokens are the bytes, the marks of a conversation, `special` and reserved ones."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*TURNS, *special])
    tokenizer.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])
    missing = -tokenizer.get_vocab_size() % PADDED_TO
    tokenizer.add_special_tokens([f"<|reserved_{number}|>" for number in range(missing)])
    return tokenizer


def harmony_tokenizer() -> "Tokenizer":
    """Return a tokenizer with gpt-oss' tokens, from the vocabulary that the harmony library holds.

    It knows no merges: words that are no token become bytes. The engine encodes conversations with that library.
    """
    from openai_harmony import HarmonyEncodingName, load_harmony_encoding  # noqa: PLC0415
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415
    from transformers.convert_slow_tokenizer import bytes_to_unicode  # noqa: PLC0415

    encoding, letters = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS), bytes_to_unicode()
    special = {encoding.encode(token, allowed_special="all")[0]: token for token in encoding.special_tokens_set}
    first, last = min(special), max(special)
    vocabulary = {}
    for number in range(first):
        piece = encoding.decode([number], errors="surrogateescape").encode(errors="surrogateescape")
        vocabulary["".join(letters[byte] for byte in piece)] = number
    tokenizer = Tokenizer(models.BPE(vocabulary, [], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([special.get(n, f"<|reserved_{n}|>") for n in range(first, last + 1)])
    return tokenizer


if __name__ == "__main__":
    order = json.load(sys.stdin)
    write(Replica.model_validate(order["replica"]), order["template"], Path(sys.argv[1]))
