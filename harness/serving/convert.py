"""Turn a GGUF file into a plain checkpoint; a process of its own, so that PyTorch's memory goes with it."""

import sys
from pathlib import Path


def convert(gguf: Path, target: Path, precision: str) -> None:
    """Write the weights and the tokenizer of `gguf` to the folder `target` in `precision`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - slow to import
    from transformers.utils.quantization_config import GgufConfig  # noqa: PLC0415

    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    AutoTokenizer.from_pretrained(**source).save_pretrained(target)
    AutoModelForCausalLM.from_pretrained(
        **source, dtype=precision, quantization_config=GgufConfig(dequantize=True)
    ).save_pretrained(target)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
