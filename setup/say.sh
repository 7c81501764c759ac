# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Messages go to standard error, so that an answer is alone on standard output.

say() { printf 'kvprism: %s\n' "$*" >&2; }

# fail STATUS SENTENCE: statuses as in sysexits (64 usage, 69 not available, 74 read or write error).
fail() {
    local status=$1
    shift
    say "$@"
    exit "$status"
}

# quietly: somebody watches a terminal, or a log wants few lines?
quietly() { [[ -n ${CI:-} || ! -t 2 ]]; }
