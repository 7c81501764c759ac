// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct CUstream_st;

namespace kvprism::kernels {

using Stream = CUstream_st*; // cudaStream_t

// What a launch says at once; what goes wrong on the device shows at the next synchronisation.
struct Launched {
    int code = 0;               // cudaError_t
    const char* what = nullptr; // of a refusal: a sentence
    bool ok() const { return code == 0 && !what; }
};

} // namespace kvprism::kernels
