"""The bridge to lm-eval: its tasks build prompts and score, our code owns requests, log and resume."""

import os

# lm-eval draws its own bars through tqdm, which reads this when it is imported; ours is the one display.
os.environ.setdefault("TQDM_DISABLE", "1")
