// SPDX-License-Identifier: GPL-3.0-or-later
// The entry of libkvprism_cuda.so, which engine/model/device_ops.cpp loads.
#include "engine/cuda/cuda_ops.h"

#include <ATen/Context.h>

#include <cuda_runtime_api.h>
#include <exception>
#include <string>

// The operators, or nullptr and why there are none, a clause that begins in lower case; what is returned
// lives as long as the program.
extern "C" __attribute__((visibility("default"))) kvprism::model::DeviceOps*
kvprism_gpu_ops(const char** sentence) {
    static kvprism::cuda::CudaOps ops;
    static std::string why;
    int devices = 0;
    const cudaError_t error = cudaGetDeviceCount(&devices);
    if (error == cudaSuccess && devices > 0) {
        try {
            at::globalContext().lazyInitDevice(at::kCUDA); // the allocator answers from then on
            return &ops;
        } catch (const std::exception& failure) {
            why = std::string("libtorch cannot use it (") + failure.what() + ").";
            *sentence = why.c_str();
            return nullptr;
        }
    }
    int driver = 0; // 0: there is none, which the runtime calls too old as well
    if (error == cudaErrorInsufficientDriver && cudaDriverGetVersion(&driver) == cudaSuccess && driver == 0)
        why = "there is no NVIDIA driver.";
    else if (error == cudaErrorInsufficientDriver)
        why = "the NVIDIA driver is too old for CUDA 13: install driver 580 or newer.";
    else if (error == cudaErrorNoDevice || error == cudaSuccess)
        why = "no NVIDIA GPU answers (CUDA_VISIBLE_DEVICES may hide it).";
    else
        why = std::string("the NVIDIA GPU does not answer (") + cudaGetErrorString(error) + ").";
    *sentence = why.c_str();
    return nullptr;
}
