#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What ./kvprism bundle makes of a build, taken elsewhere: only what the bundle brings, and the system's own libraries.
#   test_bundle.sh SOURCE_FOLDER BUILD_FOLDER CACHE
# shellcheck disable=SC2317 # behaviours are found by their names
set -uo pipefail

root=$(cd "$1" && pwd)
build=$2
libtorch=$3/libtorch-$(sed -n 's/^torch==\([^ ]*\) .*/\1/p' "$root/setup/wheels.txt")
model=$3/models/SmolLM2-135M-Instruct.Q4_1.gguf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR/../..
source "$root/setup/say.sh"
# shellcheck source-path=SCRIPTDIR/../..
source "$root/setup/bundle.sh"

# in a folder with a space, with nothing of the caller's environment
bundle="$work/else where/bundle"
runIn() { # NAME=VALUE... -- ARGUMENTS
    local -a settings=()
    while [[ $1 != -- ]]; do
        settings+=("$1")
        shift
    done
    shift
    out=$(cd / && env -i PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" "${settings[@]}" "$bundle/kvprism-cli" "$@" 2>"$work/err" </dev/null)
    status=$?
    err=$(<"$work/err")
}

# python MODULES: a python3 that finds modules in that folder alone.
python() {
    printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -S "$@"\n' "$1" "$realPython" >"$work/bin/python3"
    chmod +x "$work/bin/python3"
}
realPython=$(command -v python3)

expect() { # expect DESCRIPTION COMMAND...
    local description=$1
    shift
    "$@" || {
        echo "    not so: $description (status ${status:-none})"
        printf '    | %s\n' "$out" "$err"
        passed=no
    }
}
hasStatus() { [[ $status == "$1" ]]; }
says() { [[ $err == *"$1"* ]]; }
prints() { [[ $out == *"$1"* ]]; }
oneLine() { [[ $err != *$'\n'* ]]; }
not() { ! "$@"; }

# --- Behaviour -------------------------------------------------------------------------------------------------------

isSmallAndNamesNoFolderOfThisMachine() {
    expect "25 MB at most in the archive" test "$(stat -c %s "$work/bundle.tar.gz")" -lt 25000000
    expect "relative run paths alone" not grep -qE 'R(UN)?PATH.*\[[^]]*(/root|/home|:|'"$build"')' <(readelf -d "$bundle"/bin/* "$bundle"/lib/*)
    expect "no libtorch" lines 0 "$bundle"/lib/*torch*
    expect "the licences of what it brings" test -s "$bundle/LICENSE" -a -n "$(ls "$bundle/share/doc/kvprism")"
    expect "a manual" test -s "$bundle/share/man/man1/kvprism-cli.1"
    expect "completions" test -s "$bundle/share/bash-completion/completions/kvprism-cli"
}
lines() { [[ $(compgen -G "$2" | wc -l) == "$1" ]]; }

theArchiveHoldsTheSameInOneFolder() {
    mkdir "$work/unpacked"
    tar -xzf "$work/bundle.tar.gz" -C "$work/unpacked"
    expect "the folder's content" diff -r "$bundle" "$work/unpacked/kvprism-test"
    expect "nobody's name" not grep -qv ' 0/0 ' <(tar -tvzf "$work/bundle.tar.gz")
}

leavesAnothersFileAlone() {
    printf 'mine\n' >"$work/notes.tar.gz"
    mkdir "$work/folder.tar.gz"
    tar -czf "$work/other.tar.gz" -C "$work" notes.tar.gz
    local each
    for each in notes folder other; do
        expect "$each is left alone" not mayReplaceBundle "$work/$each.tar.gz"
    done
    mkdir -p "$work/kvprism-0/bin" && tar -czf "$work/ours.tar.gz" -C "$work" kvprism-0
    expect "one of ours may be replaced" mayReplaceBundle "$work/ours.tar.gz"
}

startsWithoutAHome() {
    out=$(cd / && env -i PATH="/usr/bin:/bin" "$bundle/kvprism-cli" --version 2>"$work/err" </dev/null)
    status=$? err=$(<"$work/err")
    expect "success" hasStatus 0
    runIn KVPRISM_LIBTORCH=/a:/b -- --version
    expect "status 64" hasStatus 64
    expect "a sentence" says "without a colon"
}

needsNoLibtorchForWhatNeedsNoModel() {
    runIn -- --version
    expect "success" hasStatus 0
    expect "its version" prints 'kvprism-cli '
    runIn -- methods
    expect "the methods" prints snapkv
    expect "silence" test -z "$err"
}

worksThroughASymlink() {
    ln -s "$bundle/kvprism-cli" "$work/link"
    out=$(env -i PATH=/usr/bin:/bin HOME="$work/home" "$work/link" --version)
    expect "its version" prints 'kvprism-cli '
}

saysWhatToDoWithoutLibtorch() {
    python "$work/home"
    echo words >"$work/words.txt"
    runIn -- perplexity --document "$work/words.txt" --model "$model"
    expect "not available" hasStatus 69
    expect "the way out" says 'install torch 2.11 for python3, or name its folder in KVPRISM_LIBTORCH'
    expect "one sentence" oneLine
}

saysThatPythonHasAnotherTorch() {
    mkdir -p "$work/modules/torch/lib"
    touch "$work/modules/torch/__init__.py" "$work/modules/torch/lib/libtorch_cpu.so"
    echo "__version__ = '2.9.1+cpu'" >"$work/modules/torch/version.py"
    python "$work/modules"
    runIn -- methods
    expect "success all the same" hasStatus 0
    expect "which it has and which is needed" says 'python3 has torch 2.9.1, but a model needs 2.11'
    expect "one sentence" oneLine
}

refusesAFolderWithoutLibtorchOrWithAnother() {
    runIn KVPRISM_LIBTORCH=/usr -- methods
    expect "no such input" hasStatus 66
    expect "the folder" says 'KVPRISM_LIBTORCH is /usr'
    runIn KVPRISM_LIBTORCH="$work/modules/torch" -- methods
    expect "not available" hasStatus 69
    expect "the version" says 'holds libtorch 2.9.1, but this needs 2.11'
}

readsWithTheLibtorchThatIsNamed() {
    [[ -s $model ]] || return 0
    echo 'One, two, three, four, five, six, seven.' >"$work/words.txt"
    runIn KVPRISM_LIBTORCH="$libtorch" -- perplexity --document "$work/words.txt" --model "$model"
    expect "success" hasStatus 0
    expect "a perplexity" prints perplexity
}

readsWithTheLibtorchOfPythonAndTheModelOfTheBundle() {
    [[ -s $model ]] || return 0
    mkdir -p "$work/site" "$bundle/share/kvprism/models"
    ln -s "$libtorch"/* "$work/site/"
    python "$work/site"
    ln -s "$model" "$bundle/share/kvprism/models/"
    runIn -- perplexity --document "$work/words.txt"
    expect "success" hasStatus 0
    expect "a perplexity" prints perplexity
    rm -r "$bundle/share/kvprism"
}

readsAPdf() {
    [[ -s $model ]] || return 0
    local content='BT /F1 24 Tf 72 720 Td (Forty two) Tj ET'
    # Without a table of its objects: poppler looks for them itself.
    cat >"$work/words.pdf" <<PDF
%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length ${#content} >> stream
$content
endstream endobj
trailer << /Root 1 0 R >>
%%EOF
PDF
    runIn -- tokens --pieces --file "$work/words.pdf" --model "$model"
    expect "success" hasStatus 0
    expect "its words" prints '" two"'
}

# --- Run all of them -------------------------------------------------------------------------------------------------

mkdir -p "$work/bin" "$work/home"
(set -e && makeBundle "$build" "$bundle" kvprism-test '' && makeBundle "$build" "$work/bundle.tar.gz" kvprism-test '') || exit 1
failures=0
mapfile -t behaviours < <(sed -n 's/^\([a-z][A-Za-z]*\)() {$/\1/p' "$0" | sed -n '/^isSmall/,$p')
for behaviour in "${behaviours[@]}"; do
    passed=yes
    "$behaviour"
    [[ $passed == yes ]] || failures=$((failures + 1))
    echo "$([[ $passed == yes ]] && echo PASS || echo FAIL) $behaviour"
done
exit $((failures > 0))
