"""Getting work to where it is done: Slurm jobs."""
