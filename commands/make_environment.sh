#!/bin/sh
# Make .venv from requirements.lock, with the first Python that is new enough and has venv.
set -eu

python= old=
for candidate in python3.13 python3.12 python3.11 python3 .venv/bin/python; do
    if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        continue # not there, or too old
    elif "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        python=$candidate
        break
    fi
    old=$candidate
done
if [ -z "$python" ] && [ -n "$old" ]; then
    echo "$old has no module venv. On Debian or Ubuntu: apt-get install $old-venv" >&2
    exit 1
elif [ -z "$python" ]; then
    echo "There is no Python 3.11 or newer. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
fi
exec "$python" -S -m commands.make_environment # -S: what an interrupted installation left may not load
