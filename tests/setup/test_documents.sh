#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What README, CONTRIBUTING and docs/ tell people to type exists: every subcommand, every option, every file.
#   test_documents.sh SOURCE_FOLDER KVPRISM_CLI
set -euo pipefail

cd "$1"
cli=$2
failures=0

complain() {
    echo "$*"
    failures=$((failures + 1))
}

# Lines of the shell blocks, with continuations joined.
# shellcheck disable=SC2016 # backticks of Markdown
shellLines() { sed -n '/^```sh/,/^```$/p' "$1" | sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' | grep -v '^```' || true; }

checkCommand() { # DOCUMENT SUBCOMMAND OPTION...
    local document=$1 subcommand=$2 option help
    shift 2
    case $subcommand in
    help | test | setup | build | bundle | clean | fuzz) return 0 ;; # ./kvprism's own; tests/setup/test_kvprism_script.sh tries them
    esac
    local -a command=("$subcommand")
    # "bench facts": a word behind it may be a subcommand of its own.
    [[ ${1:-} != [a-z]* ]] || ! "$cli" "$subcommand" "$1" --help >/dev/null 2>&1 || command+=("$1")
    help=$("$cli" "${command[@]}" --help 2>&1) || {
        complain "$document: there is no subcommand '$subcommand'"
        return 0
    }
    for option in "$@"; do
        [[ $option != --* ]] || grep -q -e "${option%%=*}\b" <<<"$help" || complain "$document: '${command[*]}' has no option '$option'"
    done
}

for document in README.md CONTRIBUTING.md docs/*.md; do
    while IFS= read -r line; do
        if [[ $line =~ (\./kvprism|kvprism-cli)\ +([a-z]+)([^|\>#]*) ]]; then
            read -ra words <<<"${BASH_REMATCH[3]}"
            checkCommand "$document" "${BASH_REMATCH[2]}" "${words[@]}"
        fi
    done < <(shellLines "$document")
    while IFS= read -r target; do
        [[ -e $(dirname "$document")/$target ]] || complain "$document: '$target' does not exist"
    done < <(grep -o '](\([^)#:]*\))' "$document" | sed 's/](//; s/)$//' || true)
done
exit $((failures > 0))
