#!/bin/bash -l
# Decide the claims from what the sample logs hold, and write the site; takes no GPU.

# Campaign k-exaone; written by `harness submit`. It says what is asked of Slurm and what the nodes are set up
# with; the rest is `harness job verdict`, which may also be called by hand.
#SBATCH --job-name=k-exaone-verdict
#SBATCH --output=/shared/harness/results/campaigns/k-exaone/logs/%x-%j.out
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --partition=gpu
#SBATCH --account=nlp
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=04:00:00
set -eo pipefail
module load cuda/12.8
source /etc/site.sh
set -u
export HF_HOME="/shared/hub"
export HARNESS_DATA="$HOME/my data"
export TMPDIR="/local/$SLURM_JOB_ID"
export HARNESS_INTERFACE="ib0"
export NCCL_DEBUG="WARN"
mkdir -p "$TMPDIR"
jobs=(all)
job=${jobs[${SLURM_ARRAY_TASK_ID:-0}]}
exec /shared/harness/.venv/bin/python -m harness.cli job verdict /shared/harness/results/campaigns/k-exaone "$job"
