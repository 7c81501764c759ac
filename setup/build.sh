# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Configures and builds one preset into build/PRESET.

# Compilers at a time: one a core, but a torch source takes about 1.5 GB.
buildJobs() {
    local cores memory limit
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
    if [[ $limit != max ]] && ((limit / 1048576 < memory)); then
        memory=$((limit / 1048576))
    fi
    local jobs=$((memory / 1500))
    ((jobs < cores)) || jobs=$cores
    echo $((jobs > 0 ? jobs : 1))
}

# The stamp is as old as the start of the last good build, and names the folders that it was configured for. An nvcc
# that came or went changes what is built, too.
stampText() { echo "$root with $cache$(! nvccIsThere || echo ' and nvcc')"; }

# Folders count as sources too: adding or deleting a file makes them newer.
buildIsCurrent() {
    local folder=$root/build/release
    local stamp=$folder/kvprism.stamp
    [[ -x $folder/bin/kvprism && -x $folder/bin/kvprism-cli && -r $stamp && $(<"$stamp") == "$(stampText)" ]] || return 1
    [[ -z $(find "$root"/{CMakeLists.txt,CMakePresets.json,app,cmake,engine,resources,views} -newer "$stamp" -print -quit 2>/dev/null) ]]
}

# build PRESET TARGET...: all that a start needs.
build() {
    buildLocked "$@"
    mv "$root/build/$1/kvprism.stamp.new" "$root/build/$1/kvprism.stamp"
    exec {buildLock}>&-
}

# buildParts PRESET TARGET...: the build is not called current after that.
buildParts() {
    buildLocked "$@"
    exec {buildLock}>&-
}

# The lock is the caller's to give back.
buildLocked() {
    local preset=$1 folder=$root/build/$1 jobs
    shift
    if ! mkdir -p "$folder" 2>/dev/null || [[ ! -w $folder ]]; then
        fail 74 "$folder cannot be written; the build needs a checkout of your own."
    fi
    exec {buildLock}>"$folder/kvprism.lock"
    if ! flock -n "$buildLock"; then
        say "Another ./kvprism is building in $folder; waiting for it."
        flock "$buildLock"
    fi
    local stamp=$folder/kvprism.stamp
    stampText >"$stamp.new"
    configure "$preset"
    jobs=$(buildJobs)
    [[ -e $stamp ]] || say "Building $preset with $jobs compilers at a time (some minutes the first time, seconds later)."
    compile "$folder" -j "$jobs" --target "$@" || fail 70 "The build failed; the compiler's words are above."
}

# CMake looks again by itself when its files change; we only do it the first time, or for other folders.
configure() {
    local preset=$1 folder=$root/build/$1
    [[ ! -e $folder/build.ninja || ! -r $folder/kvprism.stamp || $(<"$folder/kvprism.stamp") != "$(stampText)" ]] || return 0
    say "Configuring $preset (a few seconds)."
    cmake -S "$root" --preset "$preset" --fresh -DKVPRISM_CACHE="$cache" >"$folder/configure.log" 2>&1 </dev/null || {
        cat "$folder/configure.log" >&2
        fail 70 "CMake could not configure the build; its words are above."
    }
}

# compile FOLDER OPTIONS: ninja's counter moves in place on a terminal; in a log every 25th line of it is enough.
compile() {
    local folder=$1
    shift
    if ! quietly; then
        cmake --build "$folder" "$@" >&2 </dev/null
        return
    fi
    cmake --build "$folder" "$@" 2>&1 </dev/null | while IFS= read -r line; do
        if [[ ! $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || ((BASH_REMATCH[1] % 25 == 0 || BASH_REMATCH[1] == BASH_REMATCH[2])); then
            printf '%s\n' "$line" >&2
        fi
    done
}
