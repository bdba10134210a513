"""What a model's own files say about it, computed without running it. No I/O."""
