# shellcheck shell=bash
# What up.sh and down.sh share.

dir='' # the cluster's folder

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# The text at the head of the calling script.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

# Runs the calling script anew under the folder's lock, unless it is: one up.sh or down.sh at a time. -o: no daemon keeps it.
alone() { # alone ARGUMENT...: those after the folder
    [[ ${CLUSTER_LOCKED-} == "$dir" ]] || CLUSTER_LOCKED=$dir exec flock -o "$dir/lock" "$BASH" "$0" "$dir" "$@"
    unset CLUSTER_LOCKED
}

# Jobs carry it as SLURM_CLUSTER_NAME; each folder has another one.
cluster_name() { printf 'local%s' "$(printf %s "$dir" | md5sum | cut -c1-8)"; }

# Process ids of the cluster in $dir, each on a line: daemons and job steps by a file of $dir that they hold open (a step's
# daemon overwrites its environment), jobs by their environment, and whatever descends from these. Zombies hold and carry
# nothing, so they do not count. Processes that end meanwhile are no failure.
processes() {
    {
        find /proc/[0-9]*/fd -lname "$dir/*" 2>/dev/null | cut -d/ -f3 | sort -u | while read -r pid; do
            case $(cat "/proc/$pid/comm" 2>/dev/null) in
            munged | mariadbd | slurmdbd | slurmctld | slurmscriptd | slurmd | slurmstepd) echo "$pid" ;;
            esac
        done || true
        grep -lzxF "SLURM_CLUSTER_NAME=$(cluster_name)" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
        echo --
        # pid and parent of each process; a name may hold blanks and brackets
        cat /proc/[0-9]*/stat 2>/dev/null | sed -E 's/^([0-9]+) .*\) . ([0-9]+) .*/\1 \2/' || true
    } | awk -v self="$$" '
        $1 == "--" { tree = 1; next }
        !tree { found[$1] = 1; next }
        { parent[$1] = $2 }
        END {
            for (pid = self; pid > 1; pid = parent[pid]) caller[pid] = 1
            do {
                more = 0
                for (pid in parent) if (!(pid in found) && (parent[pid] in found)) more = found[pid] = 1
            } while (more)
            for (pid in found) if (!(pid in caller)) print pid
        }'
}
