#!/bin/sh
# Run a program with nothing to reach: called by sandbox.py inside fresh mount, PID, network, IPC and UTS
# namespaces (and a user namespace, unless we are root). Arguments:
#   SCRATCH MEMORY_BYTES CPU_SECONDS FILE_BYTES PROCESSES PYTHON IDENTITY_FLAGS LIBRARY_FOLDER…
# The file system becomes an empty one: system libraries and Python read-only, /tmp of limited size.
set -eu
trap 'echo "the sandbox could not be set up"' EXIT
scratch=$1 memory=$2 cpu=$3 file=$4 processes=$5 python=$6 identity=$7
shift 7

root=$scratch/root
mkdir -p "$root"
mount -t tmpfs -o "size=$file,mode=755,nosuid,nodev" sandbox "$root"
for folder in /usr /bin /sbin /lib /lib64 "$@"; do
    [ -e "$folder" ] || continue
    if [ -L "$folder" ]; then
        ln -s "$(readlink "$folder")" "$root$folder"
        continue
    fi
    mkdir -p "$root$folder"
    mount --bind "$folder" "$root$folder"
    mount -o remount,bind,ro,nosuid,nodev "$root$folder"
done
mkdir -p "$root/proc" "$root/dev"
mkdir -m 1777 "$root/tmp"
mount -t proc -o ro,nosuid,nodev,noexec proc "$root/proc"
for device in null zero random urandom; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
cp "$scratch/program.py" "$root/program.py"

# The environment is emptied, limits are set, and no capability survives: nothing above can be undone from inside.
# This shell stays, as the first process of the namespace: the kernel ends it with unshare, and all others with it.
# The program itself could not be trusted with that: a change of user clears the signal that a parent's death sends.
trap - EXIT
: > "$scratch/ready"
# shellcheck disable=SC2086 # the identity is a list of flags
status=0
/usr/sbin/chroot "$root" /usr/bin/env -i HOME=/tmp PATH=/usr/bin:/bin LANG=C.UTF-8 PYTHONHASHSEED=0 \
    prlimit --as="$memory" --cpu="$cpu" --fsize="$file" --nproc="$processes" --core=0 --nofile=64 \
    setpriv $identity --no-new-privs --bounding-set=-all --inh-caps=-all \
    "$python" -I -B /program.py || status=$?
exit "$status"
