# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Says what could be removed, and asks. Recordings and settings are not touched.

# offerToRemove WHAT PATH...
offerToRemove() {
    local what=$1 path answer=
    shift
    local -a there=()
    for path in "$@"; do
        [[ ! -e $path ]] || there+=("$path")
    done
    ((${#there[@]})) || return 0
    say "$what:"
    du -sh "${there[@]}" | sed 's/^/  /' >&2
    if [[ -t 0 ]]; then
        read -r -p "Remove? [y/N] " answer || true
    fi
    if [[ $answer == [yY]* ]]; then
        rm -rf "${there[@]}"
        say "Removed."
    else
        say "Kept."
    fi
}

cleanCommand() {
    offerToRemove "What was built; building again takes some minutes" "$root/build"
    offerToRemove "What was fetched, shared by every checkout of yours; fetching again takes about 640 MB, with a GPU's part 2.4 GB" \
        "$cache"/libtorch-* "$cache/models/$modelFile" "$cache/models/unpacking" "$cache/wheels" "$(gpuPartFailure)" "$cache/lock"
}
