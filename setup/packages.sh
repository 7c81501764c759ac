# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages: what is missing, and who may install it.

requirePlatform() {
    [[ $(uname -sm) == "Linux x86_64" ]] ||
        fail 69 "KVPrism runs on Linux on x86-64; this is $(uname -sm)."
}

# missingPackages LIST...: the names in these files of setup/ that are not installed, one a line.
missingPackages() {
    local wanted
    wanted=$(cd "$root/setup" && sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$@" | sort)
    # shellcheck disable=SC2086 # one word a package
    comm -23 <(echo "$wanted") <(
        dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort -u
    )
}

# mayInstall: sets asRoot to the words an apt-get needs in front; fails where there is no way to be root.
asRoot=()
mayInstall() {
    if [[ $(id -u) == 0 ]]; then
        asRoot=()
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 2 && -r /dev/tty ]]; }; then
        asRoot=(sudo)
    else
        return 1
    fi
}

# installPackages LIST...: what these files of setup/ name.
installPackages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "There is no apt-get here, so the packages of ${*/#/setup/} are yours to install; going on with what is there."
        return 0
    fi
    local -a missing
    mapfile -t missing < <(missingPackages "$@")
    ((${#missing[@]})) || return 0
    say "${#missing[@]} Debian packages are missing: ${missing[*]}"
    if [[ -n $offline ]]; then
        installFromFolder
    else
        installFromArchive
    fi
}

# refuse LINE: what to have run by somebody who may.
refuse() {
    say "Installing them needs root, and there is no sudo to become it. Have this line run as root, then start again:"
    printf '  %s\n' "$1" >&2
    exit 69
}

# Uses installPackages' array `missing`.
installFromArchive() {
    local -a install=(apt-get install --yes --no-install-recommends "${missing[@]}")
    mayInstall || refuse "apt-get update && ${install[*]}"
    finishInterruptedInstall
    say "Reading the lists of packages (apt-get update: about 10 MB, under a minute)."
    asRootQuietly apt-get update || fail 74 "apt-get update failed; its words are above. Is the network there?"
    local size
    size=$("${install[@]}" --print-uris -qq 2>/dev/null </dev/null | awk '{bytes += $3} END {print int(bytes / 1e6) + 1}') || true
    say "Installing them with what they depend on (apt-get: $size MB to fetch, one to five minutes)."
    asRootQuietly "${install[@]}" || fail 74 "apt-get could not install the packages; its words are above."
}

installFromFolder() {
    local list
    local -a files
    list=$(usefulPackageFiles) || exit $?
    mapfile -t files <<<"$list"
    [[ -n $list ]] || fail 69 "$offline holds no .deb packages that are of use here; docs/offline.md says how to fill it."
    # Without sources apt-get cannot look elsewhere for what the folder lacks, and says so at once.
    local -a install=(apt-get -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null)
    install+=(install --yes --no-install-recommends "${files[@]}")
    mayInstall || refuse "${install[*]@Q}"
    finishInterruptedInstall
    say "Installing ${#files[@]} packages from $offline (nothing to fetch, one to five minutes)."
    asRootQuietly "${install[@]}" || fail 74 "apt-get could not install the packages of $offline; its words are above."
}

# The .deb files of the folder that are newer than what is installed; apt-get would refuse to go back.
usefulPackageFiles() {
    local file package version installed
    for file in "$offline"/*.deb; do
        [[ -e $file ]] || continue
        read -r package version < <(dpkg-deb --show --showformat '${Package} ${Version}\n' "$file") ||
            fail 65 "$file is not a Debian package; fetch it again."
        installed=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || installed=
        if dpkg --compare-versions "$version" gt "$installed"; then
            echo "$file"
        fi
    done
}

# A dpkg that was interrupted refuses everything until it has been let finish.
finishInterruptedInstall() {
    compgen -G '/var/lib/dpkg/updates/[0-9]*' >/dev/null || return 0
    say "An earlier installation was interrupted; letting it finish (dpkg --configure -a)."
    asRootQuietly dpkg --configure -a || fail 74 "The interrupted installation cannot finish; dpkg's words are above."
}

# asRootQuietly COMMAND: asks nothing; where nobody watches, only the last words of a failure.
asRootQuietly() {
    local -a command=("${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive "$@")
    if ! quietly; then
        "${command[@]}" >&2 </dev/null
        return
    fi
    local output
    output=$("${command[@]}" 2>&1 </dev/null) || {
        tail -n 20 <<<"$output" >&2
        return 1
    }
}
