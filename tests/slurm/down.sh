#!/usr/bin/env bash
# Stop the cluster that up.sh started in FOLDER, each daemon by its pid, and remove its configuration.
folder=$(cd "${1:?Say the folder that up.sh was given}" && pwd)
grep -qsx "# written by tests/slurm/up.sh" /etc/slurm/slurm.conf || exit 0 # another's, or none
if [ -n "$(timeout 5 squeue -h -o %A 2>/dev/null)" ]; then
    timeout 10 scancel --user=root && sleep 3
fi
stop() { # the daemons with these pid files, at once
    pids=$(cat "$@" 2>/dev/null)
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    for pid in $pids; do
        for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -9 "$pid" 2>/dev/null
    done
}
stop "$folder"/slurmd.*.pid
stop "$folder/slurmctld.pid"
stop "$folder/munged.pid"
rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf
