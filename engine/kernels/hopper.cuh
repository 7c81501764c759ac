// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cuda.h>
#include <cuda_runtime.h>

// The few instructions of compute capability 9.0a that CUDA C++ has no names for; names and operands as in
// the PTX ISA. The descriptor's fields are those of its section on matrix descriptors in shared memory.
namespace kvprism::kernels {

__device__ inline std::uint32_t sharedAddress(const void* pointer) {
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

__device__ inline void initBarrier(std::uint64_t* barrier, std::uint32_t arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(sharedAddress(barrier)), "r"(arrivals));
}

__device__ inline void arrive(std::uint64_t* barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(sharedAddress(barrier)) : "memory");
}

__device__ inline void arriveExpecting(std::uint64_t* barrier, std::uint32_t bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(sharedAddress(barrier)),
                 "r"(bytes)
                 : "memory");
}

__device__ inline void wait(std::uint64_t* barrier, std::uint32_t parity) {
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@!done bra again;\n"
                 "}" ::"r"(sharedAddress(barrier)),
                 "r"(parity)
                 : "memory");
}

// The same for a whole warp, whose lanes go on side by side: products want that.
__device__ inline void waitTogether(std::uint64_t* barrier, std::uint32_t parity) {
    wait(barrier, parity);
    __syncwarp();
}

// A stage of a ring, and the parity of its barriers' turn.
struct RingPlace {
    int stage = 0;
    std::uint32_t parity = 0;
    __device__ void next(int stages) {
        if (++stage == stages) {
            stage = 0;
            parity ^= 1;
        }
    }
};

// A box of a tensor into shared memory; completes on the barrier.
__device__ inline void loadBox(void* to, const CUtensorMap* map, int x, int y, int z,
                               std::uint64_t* barrier) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], "
                 "[%1, {%2, %3, "
                 "%4}], [%5];" ::"r"(sharedAddress(to)),
                 "l"(map), "r"(x), "r"(y), "r"(z), "r"(sharedAddress(barrier))
                 : "memory");
}

// `bytes` bytes, both ends aligned to 16.
__device__ inline void loadBytes(void* to, const void* from, std::uint32_t bytes, std::uint64_t* barrier) {
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
            sharedAddress(to)),
        "l"(from), "r"(bytes), "r"(sharedAddress(barrier))
        : "memory");
}

// Brings `bytes` bytes into the L2 cache; the place and their number are multiples of 16.
__device__ inline void prefetchBytes(const void* from, std::uint32_t bytes) {
    asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(from), "r"(bytes) : "memory");
}

template <int registers> __device__ inline void growRegisters() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(registers));
}
template <int registers> __device__ inline void shrinkRegisters() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(registers));
}

// What threads have written to shared memory is seen by products and by the copy engine after this.
__device__ inline void fenceForProducts() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

// Rows of 64 bf16 (128 bytes), swizzled by 128 bytes, stacked without a gap; the tile begins at a multiple of
// 1,024.
__device__ inline std::uint64_t tileDescriptor(const void* tile) {
    const std::uint64_t start = (sharedAddress(tile) & 0x3FFFF) >> 4;
    return start | (std::uint64_t(1) << 16) | (std::uint64_t(64) << 32) | (std::uint64_t(1) << 62);
}

__device__ inline void beginProducts() {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ inline void commitProducts() {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
__device__ inline void awaitProducts() {
    asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
}

// Four matrices of 8 × 8 numbers of 16 bits; each lane names a row of 16 bytes, its quarter of the warp a
// matrix.
__device__ inline void loadFourMatrices(std::uint32_t (&to)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(sharedAddress(row))
                 : "memory");
}

#define KVPRISM_F8(i)                                                                                        \
    "+f"(sum[i]), "+f"(sum[i + 1]), "+f"(sum[i + 2]), "+f"(sum[i + 3]), "+f"(sum[i + 4]), "+f"(sum[i + 5]),  \
        "+f"(sum[i + 6]), "+f"(sum[i + 7])

// sum [64 × 128] (+)= a [64 × 16] · bᵀ, b [128 × 16] in shared memory; of the warpgroup's four warps.
__device__ inline void multiplyAdd(float (&sum)[64], const std::uint32_t (&a)[4], std::uint64_t b, bool add) {
    asm volatile("{\n"
                 ".reg .pred add;\n"
                 "setp.ne.b32 add, %69, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
                 "{%64, %65, %66, %67}, %68, add, 1, 1, 0;\n"
                 "}\n"
                 : KVPRISM_F8(0), KVPRISM_F8(8), KVPRISM_F8(16), KVPRISM_F8(24), KVPRISM_F8(32),
                   KVPRISM_F8(40), KVPRISM_F8(48), KVPRISM_F8(56)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(int(add)));
}

// The same of half as many columns: sum [64 × 64], b [64 × 16].
__device__ inline void multiplyAdd(float (&sum)[32], const std::uint32_t (&a)[4], std::uint64_t b, bool add) {
    asm volatile("{\n"
                 ".reg .pred add;\n"
                 "setp.ne.b32 add, %37, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
                 "{%32, %33, %34, %35}, %36, add, 1, 1, 0;\n"
                 "}\n"
                 : KVPRISM_F8(0), KVPRISM_F8(8), KVPRISM_F8(16), KVPRISM_F8(24)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(int(add)));
}
#undef KVPRISM_F8

} // namespace kvprism::kernels
