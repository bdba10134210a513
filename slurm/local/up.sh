#!/usr/bin/env bash
# up.sh DIR [options]: a real Slurm cluster with fake GPUs, on this machine alone, with all its files in DIR.
#
# Prints the line that points Slurm's commands at it:  eval "$(slurm/local/up.sh /tmp/slurm)"
# Called again it changes nothing but starts daemons that have died; without options it keeps those of the first call.
# Clusters in different folders run side by side. Needs root and Debian's packages, which it installs when missing.
#
#   --nodes N             nodes, n1 to nN (3)
#   --gpus N              GPUs of each node (8); they are names only: a job sees CUDA_VISIBLE_DEVICES
#   --gpu-type TYPE       their type in GRES (h100)
#   --cpus N              CPUs of each node (64), however many this machine has
#   --memory MB           memory of each node (8000), however much this machine has
#   --partition NAME,…    partitions over all nodes (main,high): the first is the default, a later one preempts those
#                         before it, and the preempted jobs are requeued
#   --accounting          slurmdbd over MariaDB, so that sacct and sacctmgr work
#   --account NAME,…      accounts, of which a job must name one (the first is the default); implies --accounting

set -euo pipefail
# shellcheck source=slurm/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH=/usr/sbin:/sbin:$PATH

# --- What was asked for -----------------------------------------------------------------------------------------------
dir=${1-}
case $dir in
-h | --help) usage && exit ;;
'' | -*) fail "expected the cluster's folder first, found '$dir'; see $0 --help" ;;
esac
shift
[[ $(id -u) == 0 ]] || fail "expected root (it installs packages and starts Slurm's daemons), found user $(id -un); \
use a machine or container where you are root, or a cluster that exists"
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)
# A Unix socket's path has at most 107 characters, and the longest here is spool/nNN/nNN_JOB.STEP.
((${#dir} <= 60)) || fail "expected a path of at most 60 characters (sockets lie below it), found ${#dir}: $dir"
[[ $dir =~ ^[A-Za-z0-9/._-]+$ ]] || fail "expected a path of letters, digits and ._- (slurm.conf quotes nothing), found $dir"
alone "$@"

# shellcheck disable=SC2046 # words are meant
(($#)) || set -- $(cat "$dir/options" 2>/dev/null || true)
nodes=3 gpus=8 gpu_type=h100 cpus=64 memory=8000 partition=main,high accounting=no account=''
while (($#)); do
    option=$1 shape='[1-9][0-9]*'
    case $option in
    --help | -h) usage && exit ;;
    --accounting) accounting=yes && shift && continue ;;
    --nodes | --cpus | --memory) ;;
    --gpus) shape='[0-9]+' ;;
    --gpu-type) shape='[A-Za-z0-9._-]+' ;;
    --partition | --account) shape='[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*' ;;
    *) fail "unknown option $option; see $0 --help" ;;
    esac
    [[ ${2-} =~ ^$shape$ ]] || fail "$option: expected $shape, found '${2-}'; see $0 --help"
    name=${option#--}
    declare "${name//-/_}=$2"
    shift 2
done
[[ -z $account ]] || accounting=yes
options="--nodes $nodes --gpus $gpus --gpu-type $gpu_type --cpus $cpus --memory $memory --partition $partition"
[[ $accounting == no ]] || options+=" --accounting"
[[ -z $account ]] || options+=" --account $account"
[[ ! -s $dir/options || $(<"$dir/options") == "$options" ]] || fail "$dir holds another cluster.
  expected: $(<"$dir/options")
  found:    $options
  Take it down first (${0%up.sh}down.sh $dir --purge), or use another folder."
echo "$options" >"$dir/options"

# --- Packages ---------------------------------------------------------------------------------------------------------
packages=(slurmctld slurmd slurm-client munge)
[[ $accounting == no ]] || packages+=(slurmdbd slurm-wlm-mysql-plugin mariadb-server-core mariadb-client-core)
missing() {
    local package
    for package in "${packages[@]}"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}
install() {
    mapfile -t absent < <(missing) # another up.sh may have installed them meanwhile
    ((${#absent[@]})) || return 0
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${absent[@]}"; } >"$dir/apt.log" 2>&1
}
if [[ -n $(missing) ]]; then
    command -v apt-get >/dev/null || fail "expected Debian's packages ${packages[*]}, found no apt-get to install them with"
    (flock 9 && install) 9>/run/lock/slurm-local-apt || fail "apt-get could not install $(missing | xargs): $(tail -n 5 "$dir/apt.log")"
fi

# --- Files ------------------------------------------------------------------------------------------------------------
run=$dir/run log=$dir/log host=$(hostname -s)
mkdir -p "$run" "$log" "$dir/state" "$dir/gpu"
chmod 755 "$dir" "$run"
[[ -s $dir/munge.key ]] || (umask 077 && head -c 128 /dev/urandom >"$dir/munge.key")

free_ports() { # free_ports N: below the range that the kernel gives to clients
    local port found=' '
    while (($(wc -w <<<"$found") < $1)); do
        port=$((17000 + RANDOM % 15000))
        [[ $found == *" $port "* ]] || (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || found+="$port "
    done
    echo "$found"
}
[[ -s $dir/ports ]] || free_ports $((nodes + 3)) >"$dir/ports"
read -r -a port <"$dir/ports" # controller, slurmdbd, MariaDB, then the nodes

gres='' gres_types=''
: >"$dir/gres.conf"
if ((gpus)); then
    for ((i = 0; i < gpus; i++)); do # each another /dev/null; where no device may be made, Slurm takes a file but grumbles
        [[ -e $dir/gpu/$i ]] || mknod -m 666 "$dir/gpu/$i" c 1 3 2>/dev/null || : >"$dir/gpu/$i"
    done
    echo "NodeName=n[1-$nodes] Name=gpu Type=$gpu_type File=$dir/gpu/[0-$((gpus - 1))]" >"$dir/gres.conf"
    gres="Gres=gpu:$gpu_type:$gpus" gres_types=GresTypes=gpu
fi
: >"$dir/plugstack.conf"
echo CgroupPlugin=cgroup/v1 >"$dir/cgroup.conf" # none is used, but the default one looks for systemd
{
    cat <<CONF
ClusterName=$(cluster_name)
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${port[0]}
SlurmUser=root
# Short, because a requeued job waits until its old credential has expired (default: 2 minutes).
AuthInfo=socket=$run/munge.socket,cred_expire=5
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$run/slurmctld.pid
SlurmdPidFile=$run/%n.pid
SlurmctldLogFile=$log/slurmctld.log
SlurmdLogFile=$log/%n.log
# Nodes have the CPUs and the memory that are written here.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
MailProg=/bin/true
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=$((memory / cpus ? memory / cpus : 1))
$gres_types
# What never fits is refused and does not wait for ever.
EnforcePartLimits=ALL
ReturnToService=2
SlurmdTimeout=30
KillWait=5
# scontrol knows an ended job for so long; without accounting nothing else does.
MinJobAge=86400
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
CONF
    if [[ $accounting == yes ]]; then
        # Pass: clients of slurmdbd look for munge's socket here and not in AuthInfo.
        cat <<CONF
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${port[1]}
AccountingStoragePass=$run/munge.socket
AccountingStorageTRES=gres/gpu
CONF
    fi
    [[ -z $account ]] || echo AccountingStorageEnforce=associations
    for ((i = 1; i <= nodes; i++)); do
        echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${port[i + 2]} CPUs=$cpus CoresPerSocket=$cpus RealMemory=$memory $gres"
    done
    tier=0 default=YES
    for name in ${partition//,/ }; do
        echo "PartitionName=$name Nodes=n[1-$nodes] Default=$default DefaultTime=60 MaxTime=INFINITE PriorityTier=$((tier += 1))"
        default=NO
    done
} >"$dir/slurm.conf.new"
mv "$dir/slurm.conf.new" "$dir/slurm.conf"
# --- Daemons ----------------------------------------------------------------------------------------------------------
export SLURM_CONF=$dir/slurm.conf
# hwloc's probe of the CPU hangs now and then on virtual machines, and slurmd with it.
export HWLOC_COMPONENTS=-x86

running() { # running NAME WORD: is the process of run/NAME.pid alive, with WORD in its command line?
    local pid
    pid=$(cat "$run/$1.pid" 2>/dev/null) && grep -qzF -- "$2" "/proc/$pid/cmdline" 2>/dev/null
}
dark=''
[[ -n $(processes) ]] || dark=yes # no job runs, whatever the controller's saved state says
await() { # await SECONDS WHAT COMMAND...
    local end=$((SECONDS + $1)) what=$2
    until "${@:3}" >/dev/null 2>&1; do
        ((SECONDS < end)) || fail "$what did not come up within $1 s. The ends of its logs:
$(tail -n 5 "$log"/*.log)"
        sleep 0.05
    done
}
start() { # start COMMAND...: a daemon, which leaves our terminal and pipes alone
    timeout 15 "$@" </dev/null >>"$log/start.log" 2>&1
}

if ! running munged "$dir/"; then
    rm -f "$run"/munge.*
    start munged --force --num-threads=2 --key-file="$dir/munge.key" --socket="$run/munge.socket" \
        --pid-file="$run/munged.pid" --seed-file="$dir/munge.seed" --log-file="$log/munged.log"
fi
await 10 munged munge -n --socket="$run/munge.socket"

if [[ $accounting == yes ]]; then
    sql() { mariadb --no-defaults --user=root --socket="$run/mariadb.socket" "$@"; }
    if ! running mariadbd "$dir/"; then
        # Small and quick: these accounts need not outlive a power cut of the machine.
        database=(--no-defaults --user=root --datadir="$dir/mariadb" --innodb-buffer-pool-size=32M --innodb-log-file-size=10M
            --innodb-flush-method=nosync --innodb-doublewrite=0 --innodb-flush-log-at-trx-commit=0)
        [[ -d $dir/mariadb/mysql ]] || mariadb-install-db "${database[@]}" --auth-root-authentication-method=normal \
            --skip-test-db >"$log/mariadb-install.log" 2>&1
        setsid mariadbd "${database[@]}" --socket="$run/mariadb.socket" --pid-file="$run/mariadbd.pid" \
            --bind-address=127.0.0.1 --port="${port[2]}" --log-error="$log/mariadbd.log" --innodb-lock-wait-timeout=900 \
            </dev/null >/dev/null 2>&1 &
        await 30 MariaDB sql -e 'select 1'
        sql -e "create database if not exists slurm_acct_db;
            create user if not exists slurm@localhost identified by 'slurm';
            grant all on slurm_acct_db.* to slurm@localhost"
    fi
    (
        umask 077 && cat >"$dir/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$run/munge.socket
DbdHost=localhost
DbdPort=${port[1]}
SlurmUser=root
LogFile=$log/slurmdbd.log
PidFile=$run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${port[2]}
StorageUser=slurm
StoragePass=slurm
CONF
    )
    running slurmdbd slurmdbd || start slurmdbd
    manage() { timeout 20 sacctmgr --immediate "$@"; }
    await 30 slurmdbd manage show cluster
    known() { [[ -n $(manage --noheader --parsable2 show "$@") ]]; }
    known cluster "$(cluster_name)" || manage add cluster "$(cluster_name)" >/dev/null
    for name in ${account//,/ }; do
        known account "$name" || manage add account "$name" >/dev/null
        known association user=root account="$name" || manage add user root account="$name" >/dev/null
    done
    [[ -z $account ]] || manage modify user root set defaultaccount="${account%%,*}" >/dev/null || true # as it is: status 1
fi

running slurmctld "$dir/" || start slurmctld -f "$SLURM_CONF"
await 20 slurmctld timeout 5 scontrol ping
# Registering makes the nodes ready again; without this, jobs of before count as running for minutes.
[[ -z $dark ]] || timeout 20 scontrol update nodename="n[1-$nodes]" state=down reason='the cluster was down'
for ((i = 1; i <= nodes; i++)); do
    mkdir -p "$dir/spool/n$i"
    for try in 1 2 3; do # a start that hangs is ended after 15 s
        running "n$i" "n$i" || start slurmd -N "n$i" -f "$SLURM_CONF" || ((try < 3)) || fail "slurmd of n$i does not start: $(tail -n 3 "$log/start.log")"
    done
done
all_ready() {
    local states
    states=$(timeout 5 sinfo --noheader --Node --partition="${partition%%,*}" --format=%t)
    [[ $(grep -cxE 'idle|mix|alloc|comp|drain|drng|resv|plnd' <<<"$states") == "$nodes" ]]
}
await 40 'the nodes' all_ready
echo "export SLURM_CONF=$SLURM_CONF"
