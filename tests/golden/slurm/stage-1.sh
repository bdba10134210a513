#!/bin/bash -l
# Fetch weights and items for the jobs that follow; takes no GPU.

# Campaign k-exaone; written by `harness submit`. It says what is asked of Slurm and what the nodes are set up
# with; the rest is `harness job stage`, which may also be called by hand.
#SBATCH --job-name=k-exaone-stage-1
#SBATCH --output=/shared/harness/results/campaigns/k-exaone/logs/%x-%A_%a.out
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --partition=gpu
#SBATCH --account=nlp
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=04:00:00
#SBATCH --array=0-1
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
jobs=(k_exaone_236b solar_open_100b)
job=${jobs[${SLURM_ARRAY_TASK_ID:-0}]}
exec /shared/harness/.venv/bin/python -m harness.cli job stage /shared/harness/results/campaigns/k-exaone "$job"
