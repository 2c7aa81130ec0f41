#!/usr/bin/env bash
# Writes jupyter.txt, tests.txt, tensorflow.txt and bench.txt anew: every package that the .in files need, on Python 3.10 and later and
# on every system, each with the sha256 of all its files. Run after a change of an .in file, and read the difference.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch" && "$scratch/bin/pip" install --quiet uv==0.13.9
export UV_CUSTOM_COMPILE_COMMAND='bash scripts/python/lock.sh'
lock() { "$scratch/bin/uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url "$@"; }
lock jupyter.in --output-file jupyter.txt
lock tests.in --constraint jupyter.txt --output-file tests.txt # into the same environment, so of the same versions
lock --no-deps tensorflow.in --output-file tensorflow.txt
lock bench.in --output-file bench.txt
