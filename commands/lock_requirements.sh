#!/bin/sh
# Write requirements.lock from pyproject.toml, and environment.yaml from it. pip-tools lives only
# as long as this takes; what the lock pins already stays, unless options say --upgrade.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools
"$folder/bin/python" -m piptools compile --quiet --extra dev --extra natural --strip-extras \
    --allow-unsafe --no-emit-index-url --no-emit-find-links --output-file requirements.lock "$@" pyproject.toml
# A version without its build: `+cpu` is one of several that a machine may need.
sed -E 's/^(torch==[0-9.]+)\+[a-z0-9]+/\1/' requirements.lock >"$folder/requirements.lock"
cat "$folder/requirements.lock" >requirements.lock
.venv/bin/python -m commands.write_environment
