#!/usr/bin/env bash
# down.sh DIR [--purge]: end the cluster that up.sh started in DIR, with its jobs; nothing else is touched.
#
# Without --purge the files stay, and `up.sh DIR` goes on with the same queue, as after a power cut: jobs that
# were running are requeued. With --purge DIR is removed.

set -euo pipefail
# shellcheck source=slurm/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

purge=''
for word in "$@"; do
    case $word in
    -h | --help) usage && exit ;;
    --purge) purge=yes ;;
    -*) fail "unknown option $word; see $0 --help" ;;
    *) [[ -z $dir ]] || fail "expected one folder, found '$dir' and '$word'; see $0 --help"
       dir=$word ;;
    esac
done
[[ -n $dir ]] || fail "expected the cluster's folder; see $0 --help"
[[ -e $dir ]] || exit 0
dir=$(cd "$dir" && pwd -P)
[[ -s $dir/options ]] || fail "found no cluster in $dir: up.sh starts one there"
alone ${purge:+--purge}

end() { # end SIGNAL PID...
    local pid
    for pid in "${@:2}"; do kill "-$1" "$pid" 2>/dev/null || true; done
}
# What keeps something is asked to end; the controller first, so that it starts nothing anew.
for daemon in slurmctld slurmdbd mariadbd; do
    [[ -z $purge ]] || break
    pid=$(cat "$dir/run/$daemon.pid" 2>/dev/null) || continue
    processes | grep -x "$pid" >/dev/null || continue
    end TERM "$pid"
    for ((i = 0; i < 100; i++)); do
        grep -qz . "/proc/$pid/cmdline" 2>/dev/null || break # gone, or a zombie
        sleep 0.1
    done
done
for ((i = 0; i < 50; i++)); do
    mapfile -t left < <(processes)
    ((${#left[@]})) || break
    end KILL "${left[@]}"
    sleep 0.05
done
((${#left[@]} == 0)) || fail "still running: ${left[*]}"

rm -rf "${dir:?}/run"
[[ -z $purge ]] || rm -rf "$dir"
