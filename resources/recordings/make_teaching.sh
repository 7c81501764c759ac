#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the recordings for teaching in resources/recordings/teach again: the embedded model reads
# resources/documents/kestrel_light.md, in which one sentence says the number of a key, with a memory of 256 tokens, in
# different ways.
#
#   resources/recordings/make_teaching.sh [KVPRISM-CLI]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cli=$(readlink -f "${1:-$root/build/release/bin/kvprism-cli}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kvprism
model=SmolLM2-135M-Instruct.Q4_1.gguf

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Paths are recorded as they are given, so everything is given by its bare name.
cd "$folder"
ln -s "$cache/models/$model" .
cp "$root/resources/documents/kestrel_light.md" .

# record NAME WANTED OPTIONS...: WANTED is "found", "lost" or "either": what becomes of the number.
record() {
    local name=$1 wanted=$2 answer
    shift 2
    answer=$("$cli" ask --model "$model" --document kestrel_light.md --budget 256 --block-size 256 --max-new-tokens 40 \
        --question "What is the number of the spare key of the lamp room?" --record-detail full --dense-reference on \
        --record "$name.kvtrace" --quiet "$@")
    echo "$name: $answer"
    local is=lost
    if grep -qw 48213 <<<"$answer"; then is=found; fi
    if [[ $wanted != either && $wanted != "$is" ]]; then
        echo "The needle was $is and should be $wanted: this would teach something else." >&2
        exit 1
    fi
    "$cli" inspect "$name.kvtrace" --check
}

record needle_found found
record needle_lost lost --method h2o
record laser_kv either --preset laser-kv
record recency lost --method recency
record divisor_3 either --protection-divisor 3
record divisor_16 either --protection-divisor 16
mkdir -p "$root/resources/recordings/teach"
mv ./*.kvtrace "$root/resources/recordings/teach/"
