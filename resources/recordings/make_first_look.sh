#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes first_look.kvtrace, the run that a new window shows, again: the first six sections of LICENSE with one sentence
# planted among them, read by the embedded model into a memory of 256 tokens.
#
#   resources/recordings/make_first_look.sh [KVPRISM-CLI]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cli=$(readlink -f "${1:-$root/build/release/bin/kvprism-cli}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kvprism
model=SmolLM2-135M-Instruct.Q4_1.gguf
secret=48213

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Paths are recorded as they are given, so everything is given by its bare name.
cd "$folder"
ln -s "$cache/models/$model" .
sed -n '1,244p' "$root/LICENSE" | sed "97 s/\$/  The secret number of Lisbon is $secret./" >licence-with-a-secret.txt
"$cli" ask --model "$model" --document licence-with-a-secret.txt --question "What is the secret number of Lisbon?" \
    --budget 256 --block-size 256 --max-new-tokens 40 --record first_look.kvtrace --quiet | tee answer
grep -qw "$secret" answer || {
    echo "The answer is wrong: this would be no good first look." >&2
    exit 1
}
"$cli" inspect first_look.kvtrace --check
mv first_look.kvtrace "$root/resources/recordings/first_look.kvtrace"
