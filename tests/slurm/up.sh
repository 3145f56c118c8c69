#!/usr/bin/env bash
# Bring up a Slurm cluster on this machine: one node for CPU jobs and two with a pretended GPU each,
# all listening on the loopback interface only. Needs root and Debian's slurmctld, slurmd,
# slurm-client and munge; no systemd, cgroup or database.
#
#   tests/slurm/up.sh FOLDER && snakemake --profile slurm; tests/slurm/down.sh FOLDER
#
# Writes /etc/slurm/slurm.conf and gres.conf (never over another cluster's), all else below FOLDER.
set -euo pipefail
mkdir -p "${1:?Say in which folder the cluster keeps its files}"
folder=$(cd "$1" && pwd)
host=$(hostname -s)
mark="# written by tests/slurm/up.sh"

if [ -e /etc/slurm/slurm.conf ] && ! grep -qx "$mark" /etc/slurm/slurm.conf; then
    echo "/etc/slurm/slurm.conf belongs to another cluster; it is left alone" >&2
    exit 3
fi

mkdir -p /etc/slurm "$folder"/{munge,state,log,spool.node1,spool.node2,spool.node3}
chmod 0755 "$folder" # munge wants a way to its socket that all may go
chmod 0711 "$folder/munge"
(umask 077 && dd if=/dev/urandom of="$folder/munge.key" bs=1024 count=1 status=none)

# The plugin's inner srun forgets SLURM_CONF: the file must be at its default place.
# Requeueing is off, so that a job on a dead node becomes a new job by Snakemake's own retry.
cat >/etc/slurm/slurm.conf <<CONF
$mark
ClusterName=clseave
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=16817
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
PropagateResourceLimits=NONE
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
GresTypes=gpu
DefMemPerCPU=200
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=0
MinJobAge=3600
KillWait=2
SlurmdTimeout=15
SlurmctldTimeout=30
InactiveLimit=0
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/log/jobs.log
NodeName=DEFAULT CPUs=2 RealMemory=16000 State=UNKNOWN
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=16818
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=16819 Gres=gpu:1
NodeName=node3 NodeHostname=$host NodeAddr=127.0.0.1 Port=16820 Gres=gpu:1
PartitionName=cpu Nodes=node1 Default=YES MaxTime=1440 State=UP
PartitionName=gpu Nodes=node2,node3 MaxTime=1440 State=UP
CONF
echo "NodeName=node[2-3] Name=gpu File=/dev/null" >/etc/slurm/gres.conf

unset SLURM_CONF
munged --force --num-threads=2 --key-file="$folder/munge.key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/log/munged.log" \
    --seed-file="$folder/munge.seed"
slurmctld -c # -c: forget the jobs of an earlier cluster
for node in node1 node2 node3; do slurmd -N "$node"; done

# With a dead slurmctld sinfo would wait for a minute: bound each call, and all of them.
end=$((SECONDS + 30))
while [ "$SECONDS" -lt "$end" ]; do
    if [ "$(timeout 3 sinfo -h -N -o %T 2>/dev/null | sort -u)" = idle ]; then exit 0; fi
    sleep 0.2
done
echo "Slurm did not come up:" >&2
grep -h -E "fatal|error" "$folder"/log/*.log | tail -n 20 >&2
exit 1
