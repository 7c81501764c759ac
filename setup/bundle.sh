# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A folder or archive with kvprism-cli, the engine and the small libraries that they need, for machines that have
# libtorch: setup/bundle_starter.sh finds it there. Not in it: libtorch, Qt, and what every Linux has. libstdc++ stays
# out as well: libtorch and the driver are in the same process and may need a newer one than ours.

notBundled='^(linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|resolv|util|stdc\+\+|gcc_s|gomp|torch|torch_cpu|c10|cudart|cupti)\.)'

bundleCommand() {
    local model='' target='' version
    while (($#)); do
        case $1 in
        --with-model) model=$cache/models/$modelFile ;;
        -*) fail 64 "bundle does not know '$1'; it takes --with-model and a folder or a file that ends in .tar.gz." ;;
        *)
            [[ -z $target ]] || fail 64 "bundle makes one folder or file; '$1' would be the second."
            target=$1
            ;;
        esac
        shift
    done
    version=$(sed -n 's/^project(kvprism VERSION \([^ ]*\) .*/\1/p' "$root/CMakeLists.txt")
    : "${target:=$root/build/kvprism-$version-x86_64.tar.gz}"
    if [[ $target != *.tar.gz && -e $target ]] && { [[ ! -d $target ]] || [[ -n $(ls -A "$target") ]]; }; then
        fail 64 "$target is there already; a bundle goes to a new or empty folder, or to a file that ends in .tar.gz."
    fi
    mayReplaceBundle "$target" || fail 64 "$target is there already and is no bundle of KVPrism: name another file."
    mkdir -p "$(dirname "$target")" && [[ -w $(dirname "$target") ]] || fail 74 "$(dirname "$target") cannot be written."
    setUp
    buildParts release engine/all app/cli/all kvprism_bundled
    makeBundle "$root/build/release" "$target" "kvprism-$version" "$model"
    say "The bundle is $target ($(du -sh "$target" | cut -f1)). On a machine with libtorch 2.11, for example from 'python3 -m pip install torch==2.11.0', run the kvprism-cli in it."
}

# mayReplaceBundle TARGET: what is not there, a folder that may be filled, or an archive that this made.
mayReplaceBundle() {
    [[ $1 == *.tar.gz && -e $1 ]] || return 0
    [[ -f $1 && $(tar --list --file "$1" 2>/dev/null | sed -n 1p) == kvprism-*/ ]]
}

# makeBundle BUILD TARGET NAME MODEL: NAME is the folder in an archive; MODEL may be empty.
makeBundle() {
    local build=$1 target=$2 name=$3 model=$4 partial made
    mkdir -p "$(dirname "$target")" && partial=$(mktemp -d "$(dirname "$target")/.bundle.XXXXXX") ||
        fail 74 "$(dirname "$target") cannot be written."
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf ${partial@Q}" EXIT
    fillBundle "$build" "$partial/$name" "$model"
    if [[ $target == *.tar.gz ]]; then
        # Not of anybody here, and the same for the same files.
        made=$(git -C "$root" log -1 --format=%ct 2>/dev/null) || made=0
        tar --create --gzip --file "$partial/bundle.tar.gz" --directory "$partial" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$made" "$name" &&
            mv -f "$partial/bundle.tar.gz" "$target" || fail 74 "$target could not be written; tar's words are above."
    else
        mkdir -p "$target" && chmod 755 "$partial/$name" && mv "$partial/$name"/* "$target/" || fail 74 "$target could not be written."
    fi
    rm -rf "$partial"
    trap - EXIT
}

fillBundle() {
    local build=$1 folder=$2 model=$3 library
    mkdir -p "$folder"/{bin,lib,share/doc/kvprism}
    strip -o "$folder/bin/kvprism-cli" "$build/bin/kvprism-cli"
    for library in "$build/lib/libkvprism_pdf.so" "$build"/bundle/libkvprism_*.so; do
        strip --strip-unneeded -o "$folder/lib/${library##*/}" "$library"
    done
    cp -r "$build/share/." "$folder/share/"
    cp "$root/LICENSE" "$folder/"
    install -m 755 "$root/setup/bundle_starter.sh" "$folder/kvprism-cli"
    copyLibraries "$folder"
    if [[ -n $model ]]; then
        mkdir -p "$folder/share/kvprism/models"
        cp "$model" "$folder/share/kvprism/models/"
    fi
}

# copyLibraries FOLDER: what its program and libraries are linked to, each with its licence.
copyLibraries() {
    local folder=$1 linked name arrow path rest
    linked=$(env -u LD_LIBRARY_PATH ldd "$folder"/bin/* "$folder"/lib/libkvprism_*.so) ||
        fail 69 "ldd cannot tell what the bundle needs; its words are above."
    while read -r name arrow path rest; do
        [[ ! ${name##*/} =~ $notBundled ]] || continue
        [[ $arrow == '=>' && $path == /* ]] || fail 69 "$name, which the bundle needs, is not on this machine."
        [[ -e $folder/lib/$name ]] || {
            cp -L "$path" "$folder/lib/$name"
            chmod 644 "$folder/lib/$name"
            copyLicence "$path" "$folder/share/doc/kvprism"
        }
    done < <(sed -n 's/^\t//p' <<<"$linked" | sort -u)
}

# copyLicence LIBRARY FOLDER: as the library's Debian package has it. It may know the file by its name before /usr was
# merged, or after.
copyLicence() {
    local real package
    command -v dpkg-query >/dev/null || return 0
    real=$(readlink -f "$1")
    package=$(dpkg-query --search "$real" "${real#/usr}" 2>/dev/null | head -n 1 | cut -d: -f1) || true
    [[ ! -e /usr/share/doc/$package/copyright ]] || cp -L "/usr/share/doc/$package/copyright" "$2/$package.copyright"
}
