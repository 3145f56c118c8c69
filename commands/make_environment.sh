#!/bin/sh
# Make .venv from requirements.lock, with the first Python that is new enough and has venv.
# An environment that is there is kept and only brought to the lock's versions.
set -eu

if ! .venv/bin/python -c '' 2>/dev/null; then
    python= old=
    for candidate in python3.13 python3.12 python3.11 python3; do
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
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
    pwd >.venv/folder
fi

echo "Installing what requirements.lock lists into .venv (some minutes the first time)"
if ! .venv/bin/python -m pip install --disable-pip-version-check -r requirements.lock; then
    echo "The installation stopped; the same command goes on." >&2
    exit 1
fi
