# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads broken files with the readers of files from outside, by libFuzzer (tests/fuzz).

fuzzTargets=(gguf recording safetensors sentencepiece text tokenizer_json)

fuzzCommand() {
    local target=${1:-} seconds=${2:-}
    [[ $# == 2 ]] || fail 64 "fuzz needs a target and how many seconds to try it, e.g. './kvprism fuzz gguf 60'; the targets are ${fuzzTargets[*]}."
    [[ " ${fuzzTargets[*]} " == *" $target "* ]] || fail 64 "There is no target '$target' to fuzz; the targets are ${fuzzTargets[*]}."
    [[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || fail 64 "'$seconds' is no number of seconds; give a whole one from 1 to 9999999."
    requirePlatform
    installPackages debian-packages.txt fuzz-packages.txt
    build fuzz "fuzz_$target"
    fuzz "$target" "$seconds"
}

# fuzz TARGET SECONDS: the corpus grows from run to run, and an input that is a finding stays.
fuzz() {
    local target=$1 seconds=$2 folder=$root/build/fuzz
    local program=$folder/bin/fuzz_$1 corpus=$folder/corpus/$1 findings=$folder/findings/$1
    mkdir -p "$corpus" "$findings"
    # Some readers take a path: a folder in memory, where there is one.
    fuzzFolder=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" kvprism.XXXXXX)
    trap 'rm -rf "$fuzzFolder"' EXIT
    # 64 KiB of input must not take half a minute, nor half a gigabyte at once; slower ones are findings already.
    local -a options=(-timeout=30 -report_slow_units=30 -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=65536)
    options+=("-seed_inputs=@$folder/tests/fuzz/$target.seeds" "-artifact_prefix=$findings/" -print_final_stats=1)
    [[ ! -e $root/tests/fuzz/dictionaries/$target.dict ]] || options+=("-dict=$root/tests/fuzz/dictionaries/$target.dict")
    say "Trying $target for $seconds s; what teaches something is kept in $corpus."
    local end=$((SECONDS + seconds)) left status found
    while left=$((end - SECONDS)) && ((left > 0)); do
        touch "$fuzzFolder/began"
        # Files' times are some milliseconds coarse: what comes now is to be newer.
        until [[ $fuzzFolder/now -nt $fuzzFolder/began ]]; do touch "$fuzzFolder/now"; done
        status=0
        runFuzzer "$program" "-max_total_time=$left" "${options[@]}" "$corpus" || status=$?
        ((status != 0)) || break
        found=$(find "$findings" -type f -newer "$fuzzFolder/began" -print -quit)
        [[ -n $found ]] || fail 70 "fuzz_$target ended with status $status and left no input behind; its words are above."
        if [[ $found != */timeout-* && $found != */slow-unit-* ]] || ! runFuzzer "$program" -timeout=30 "$found"; then
            fail 70 "$target has a finding, which is told above. Its input is $found; try it again with: $program $found"
        fi
        rm "$found"
        say "That input took long once and not again: this machine was held up. Going on."
    done
    say "$target: $seconds s without a finding."
}

runFuzzer() { TMPDIR=$fuzzFolder UBSAN_OPTIONS=print_stacktrace=1 "$@"; }
