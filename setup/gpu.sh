# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# libtorch's part for NVIDIA GPUs: 2.3 GB to fetch, so only where a GPU answers and KVPrism's own part for it can be
# built. KVPRISM_GPU=on takes both for granted, KVPRISM_GPU=off leaves the part out. Nothing here stops the program:
# without the part it works on the processor.

oldestDriver=580 # what CUDA 13 asks for

# torch is last: its libtorch_cuda.so gets its name when everything that it needs is there.
gpuWheels=(nvidia-cublas nvidia-cuda-nvrtc nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusparse
    nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 torch)

# gpuMembers WHEEL: what libtorch_cuda.so is linked to, and NVRTC, which cuDNN opens by name. Not cuSOLVER with
# libtorch_cuda_linalg.so: only decompositions of matrices use them, and we have none.
gpuMembers() {
    case $1 in
    torch) printf 'torch/lib/%s\n' libc10_cuda.so libtorch_nvshmem.so libcaffe2_nvrtc.so libtorch_cuda.so ;;
    nvidia-cublas) printf 'nvidia/cu13/lib/%s\n' libcublas.so.13 libcublasLt.so.13 ;;
    nvidia-cuda-nvrtc) printf 'nvidia/cu13/lib/%s\n' libnvrtc.so.13 libnvrtc-builtins.so.13.0 ;;
    nvidia-cudnn-cu13) echo 'nvidia/cudnn/lib/libcudnn*.so.9' ;;
    nvidia-cufft) echo nvidia/cu13/lib/libcufft.so.12 ;;
    nvidia-cufile) echo nvidia/cu13/lib/libcufile.so.0 ;;
    nvidia-curand) echo nvidia/cu13/lib/libcurand.so.10 ;;
    nvidia-cusparse) echo nvidia/cu13/lib/libcusparse.so.12 ;;
    nvidia-cusparselt-cu13) echo nvidia/cusparselt/lib/libcusparseLt.so.0 ;;
    nvidia-nccl-cu13) echo nvidia/nccl/lib/libnccl.so.2 ;;
    nvidia-nvjitlink) echo nvidia/cu13/lib/libnvJitLink.so.13 ;;
    nvidia-nvshmem-cu13) echo nvidia/nvshmem/lib/libnvshmem_host.so.3 ;;
    esac
}

gpuAnswers() {
    [[ -e /dev/nvidiactl ]] || { command -v nvidia-smi >/dev/null && timeout 10 nvidia-smi -L >/dev/null 2>&1; }
}

# The major version of the NVIDIA driver; nothing where it cannot be told.
gpuDriver() {
    {
        timeout 10 nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null ||
            sed -n '1s/.*[^0-9]\([0-9]\{3,\}\.[0-9]\).*/\1/p' /proc/driver/nvidia/version 2>/dev/null
    } | sed -n 's/^\([0-9]*\)\..*/\1/p' | head -n 1
}

# Where cmake/KVPrismCuda.cmake looks for it.
nvccIsThere() {
    command -v nvcc >/dev/null || [[ -x ${CUDA_HOME:-}/bin/nvcc || -x ${CUDA_PATH:-}/bin/nvcc || -x /usr/local/cuda/bin/nvcc ]]
}

# gpuHindrance: why the GPU that answers cannot be used; nothing where it can.
gpuHindrance() {
    local driver
    driver=$(gpuDriver) || true
    if [[ -n $driver ]] && ((driver < oldestDriver)); then
        echo "its driver $driver is too old for CUDA 13: install $oldestDriver or newer"
    elif ! nvccIsThere; then
        echo "KVPrism's part for it is built by the CUDA toolkit, and there is no nvcc: install version 12.8 or newer"
    fi
}

gpuWanted() {
    case ${KVPRISM_GPU:-} in
    on) ;;
    off) return 1 ;;
    '') gpuAnswers && [[ -z $(gpuHindrance) ]] ;;
    *) fail 64 "KVPRISM_GPU is '$KVPRISM_GPU'; it is on, off, or not set: then a GPU is looked for." ;;
    esac
}

gpuPartUnpacked() { [[ -s $(libtorchFolder)/torch/lib/libtorch_cuda.so ]]; }

# What failed is not tried again at every start, but a day later, or when somebody says so.
gpuPartFailure() { echo "$cache/gpu-part-failed"; }
gpuPartFailedToday() { [[ ${KVPRISM_GPU:-} != on && -n $(find "$(gpuPartFailure)" -mmin -1440 2>/dev/null) ]]; }

gpuPartMissing() { ! gpuPartUnpacked && ! gpuPartFailedToday && gpuWanted; }

# The cache is ours: called by fetchWheels. The subshell is what a failure ends.
fetchGpuPart() {
    local status
    rm -f "$(gpuPartFailure)"
    set +e # a subshell in a condition would not stop at its first failure
    (set -e && unpackGpuPart)
    status=$?
    set -e
    ((status != 0)) || return 0
    touch "$(gpuPartFailure)"
    say "Going on without the GPU, on the processor; './kvprism setup' tries again to fetch what the GPU needs."
}

unpackGpuPart() {
    local name folder partial fetched=0 unpacked=0
    local -a members
    folder=$(libtorchFolder)
    partial=$folder.gpu.unpacking
    for name in "${gpuWheels[@]}"; do
        [[ -n $(findWheel "$name") ]] || fetched=$((fetched + $(pinned "$name" fetch)))
        unpacked=$((unpacked + $(pinned "$name" unpacked)))
    done
    say "Adding what an NVIDIA GPU needs: $([[ -n $offline ]] || echo "$fetched MB to fetch, ")$unpacked MB once unpacked. KVPRISM_GPU=off leaves it out."
    rm -rf "$partial"
    requireSpace "${gpuWheels[@]}"
    for name in "${gpuWheels[@]}"; do
        provideWheel "$name"
    done
    say "Unpacking libtorch's part for NVIDIA GPUs into $folder (half a minute)."
    mkdir "$partial" || fail 74 "$partial could not be made."
    for name in "${gpuWheels[@]}"; do
        mapfile -t members < <(gpuMembers "$name")
        unpack "$(findWheel "$name")" "$partial" "${members[@]}"
    done
    moveGpuPart "$partial" "$folder" || fail 74 "What was unpacked could not be moved from $partial to $folder."
    rm -rf "$partial"
    dropWheels "${gpuWheels[@]}"
}

# moveGpuPart FROM TO: beside libtorch's other libraries, where their own run paths look.
moveGpuPart() {
    local file
    while IFS= read -r file; do
        mkdir -p "$2/$(dirname "$file")" && mv -f "$1/$file" "$2/$file" || return
    done < <(cd "$1" && find . -type f ! -name libtorch_cuda.so)
    mv -f "$1/torch/lib/libtorch_cuda.so" "$2/torch/lib/"
}

# For ./kvprism setup: a GPU that is there and left out deserves a reason.
sayWhyTheGpuIsNotUsed() {
    local hindrance
    [[ -z ${KVPRISM_GPU:-} ]] && ! gpuPartUnpacked && gpuAnswers || return 0
    hindrance=$(gpuHindrance)
    [[ -z $hindrance ]] || say "There is an NVIDIA GPU, but $hindrance. KVPrism works on the processor until then."
}
