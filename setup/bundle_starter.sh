#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts kvprism-cli of a bundle with the libtorch of this machine: of $KVPRISM_LIBTORCH, of a python3 that has torch, or
# of KVPrism's own cache. Without one everything works that needs no model: recordings, comparisons, exports.
set -euo pipefail
unset CDPATH # cd would print

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
wanted=2.11

fail() {
    printf 'kvprism-cli: %s\n' "$2" >&2
    exit "$1"
}

# librariesIn FOLDER: of an installed torch, of an unpacked libtorch, or of a folder that holds one of them.
librariesIn() {
    local folder
    for folder in "$1" "$1/lib" "$1/torch/lib"; do
        [[ ! -e $folder/libtorch_cpu.so ]] || { (cd -- "$folder" && pwd -P) && return; }
    done
    return 1
}

# versionOf LIBRARIES: "2.11.0"; nothing where it cannot be told.
versionOf() {
    local around=$1/..
    {
        sed -n "s/^__version__ = ['\"]\([0-9.]*\).*/\1/p" "$around/version.py" ||
            sed -n '1s/^\([0-9.]*\).*/\1/p' "$around/build-version" ||
            sed -n 's/^ *"\([0-9]*\.[0-9.]*\)".*/\1/p' "$around/include/torch/headeronly/version.h"
    } 2>/dev/null | head -n 1 || true
}

isWanted() {
    local version
    version=$(versionOf "$1")
    [[ -z $version || $version == "$wanted" || $version == "$wanted".* ]]
}

# Where python3 would take torch from, without importing it, and not from the folder that we are in.
torchOfPython() {
    command -v python3 >/dev/null && python3 - 2>/dev/null <<'PYTHON'
import importlib.util, sys
sys.path = [folder for folder in sys.path if folder]
print(list(importlib.util.find_spec("torch").submodule_search_locations)[0])
PYTHON
}

cache=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}/.cache
[[ ${XDG_CACHE_HOME:-} != /* ]] || cache=$XDG_CACHE_HOME
complaint=
libraries=
if [[ -n ${KVPRISM_LIBTORCH:-} ]]; then
    [[ $KVPRISM_LIBTORCH != *:* ]] || fail 64 "KVPRISM_LIBTORCH names one folder, without a colon."
    libraries=$(librariesIn "$KVPRISM_LIBTORCH") ||
        fail 66 "KVPRISM_LIBTORCH is $KVPRISM_LIBTORCH, and there is no libtorch in it (libtorch_cpu.so): name the folder of torch $wanted."
    isWanted "$libraries" ||
        fail 69 "KVPRISM_LIBTORCH is $KVPRISM_LIBTORCH, which holds libtorch $(versionOf "$libraries"), but this needs $wanted: name another folder."
else
    if torch=$(torchOfPython) && found=$(librariesIn "$torch"); then
        if isWanted "$found"; then
            libraries=$found
        else
            complaint="python3 has torch $(versionOf "$found"), but a model needs $wanted: 'python3 -m pip install torch==$wanted.0' installs it, and KVPRISM_LIBTORCH can name the folder of another."
        fi
    fi
    for folder in "$cache/kvprism/libtorch-$wanted".*; do
        [[ -n $libraries ]] || libraries=$(librariesIn "$folder") || libraries=
    done
    [[ -n $libraries || -z $complaint ]] || printf 'kvprism-cli: %s\n' "$complaint" >&2
fi

if [[ -n $libraries ]]; then
    path=$libraries
    for folder in "$libraries"/../../nvidia/*/lib; do
        [[ ! -d $folder ]] || path+=:$folder
    done
    export LD_LIBRARY_PATH=$path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi
exec "$here/bin/kvprism-cli" "$@"
