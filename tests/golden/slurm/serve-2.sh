#!/bin/bash -l
# Start a model's servers, ask what is still open, and hand over to a successor when it is stopped.

# Campaign k-exaone; written by `harness submit`. It says what is asked of Slurm and what the nodes are set up
# with; the rest is `harness job serve`, which may also be called by hand.
#SBATCH --job-name=k-exaone-serve-2
#SBATCH --output=/shared/harness/results/campaigns/k-exaone/logs/%x-%A_%a.out
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --partition=gpu
#SBATCH --account=nlp
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --time=24:00:00
#SBATCH --signal=B:USR1@600
#SBATCH --gres=gpu:h100:8
#SBATCH --cpus-per-task=64
#SBATCH --mem=819200M
#SBATCH --array=0-0%2
set -eo pipefail
module load cuda/12.8
source /etc/site.sh
set -u
export HF_HOME="/shared/hub"
export HARNESS_DATA="$HOME/my data"
export TMPDIR="/local/$SLURM_JOB_ID"
export HARNESS_INTERFACE="ib0"
export HF_HUB_OFFLINE="1"
export HF_DATASETS_OFFLINE="1"
export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK"
export NCCL_DEBUG="WARN"
mkdir -p "$TMPDIR"
jobs=(a_x_k1)
job=${jobs[${SLURM_ARRAY_TASK_ID:-0}]}
exec /shared/harness/.venv/bin/python -m harness.cli job serve /shared/harness/results/campaigns/k-exaone "$job"
