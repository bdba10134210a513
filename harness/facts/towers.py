"""How many parameters stand beside the language model."""

from harness.records.architecture import LinearProjector, Tower, VisionTransformer


def tower_parameters(tower: Tower) -> int | None:
    """Return the parameters of a tower, counted from its sizes where they are published; None where unknown."""
    if isinstance(tower.sizes, VisionTransformer):
        return vision_transformer_parameters(tower.sizes)
    if isinstance(tower.sizes, LinearProjector):
        return (tower.sizes.inputs + 1) * tower.sizes.outputs
    return tower.parameters


def vision_transformer_parameters(sizes: VisionTransformer) -> int:
    """Return the parameters of a Qwen2.5-VL vision encoder with its merger (Bai et al., 2025, section 2.1).

    Patches enter through a convolution without bias; a block holds two RMSNorms, joint queries, keys and values
    (with bias), an output projection (with bias) and a gated block with biases; the merger normalises, joins
    merge_size squared patches and applies two linear layers with bias.
    """
    hidden, width = sizes.hidden_size, sizes.intermediate_size
    patches = sizes.channels * sizes.temporal_patch_size * sizes.patch_size**2 * hidden
    attention = 3 * hidden * (hidden + 1) + hidden * (hidden + 1)
    gated = 2 * width * (hidden + 1) + hidden * (width + 1)
    merged = hidden * sizes.merge_size**2
    merger = hidden + merged * (merged + 1) + sizes.out_hidden_size * (merged + 1)
    return patches + sizes.depth * (2 * hidden + attention + gated) + merger
