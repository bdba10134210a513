"""Write a small random checkpoint; a process of its own, so that PyTorch's memory goes with it."""

import base64
import json
import sys
import tempfile
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
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast  # noqa: PLC0415

    if replica.tokenizer == "harmony":
        inner, begin, end = harmony_tokenizer(), "<|startoftext|>", "<|return|>"
    else:
        inner, begin, end = byte_tokenizer(), TURNS[0], TURNS[1]
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, bos_token=begin, eos_token=end, pad_token=end)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(target)

    torch.manual_seed(SEED)
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    size = -(-len(tokenizer) // PADDED_TO) * PADDED_TO
    config = AutoConfig.for_model(
        replica.model_type, vocab_size=size, pad_token_id=tokenizer.eos_token_id, **ids, **replica.config
    )
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(target)
    if replica.ones:
        (weights,) = target.glob("*.safetensors")
        tensors = load_file(weights)
        width = replica.config["hidden_size"]
        tensors |= {name: torch.ones(width, dtype=torch.bfloat16) for name in replica.ones}
        save_file(tensors, weights, metadata={"format": "pt"})
    path = target / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | replica.stored, indent=1) + "\n")


def byte_tokenizer() -> "Tokenizer":
    """Return a tokenizer whose tokens are the 256 bytes, the marks of a conversation and reserved ones."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(TURNS)
    tokenizer.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])
    missing = -tokenizer.get_vocab_size() % PADDED_TO
    tokenizer.add_special_tokens([f"<|reserved_{number}|>" for number in range(missing)])
    return tokenizer


def harmony_tokenizer() -> "Tokenizer":
    """Return gpt-oss' tokenizer, from the vocabulary that the harmony library holds."""
    from openai_harmony import HarmonyEncodingName, load_harmony_encoding  # noqa: PLC0415
    from transformers.convert_slow_tokenizer import TikTokenConverter  # noqa: PLC0415

    encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    special = {encoding.encode(token, allowed_special="all")[0]: token for token in encoding.special_tokens_set}
    lines = []
    for number in range(min(special)):
        piece = encoding.decode([number], errors="surrogateescape").encode(errors="surrogateescape")
        lines.append(f"{base64.b64encode(piece).decode()} {number}\n")
    with tempfile.TemporaryDirectory() as folder:
        ranks = Path(folder) / "ranks"
        ranks.write_text("".join(lines))
        names = [special.get(number, f"<|reserved_{number}|>") for number in range(min(special), max(special) + 1)]
        found: Tokenizer = TikTokenConverter(vocab_file=str(ranks), extra_special_tokens=names).converted()
        return found


if __name__ == "__main__":
    order = json.load(sys.stdin)
    write(Replica.model_validate(order["replica"]), order["template"], Path(sys.argv[1]))
