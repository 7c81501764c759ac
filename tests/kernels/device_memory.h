// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <vector>

namespace kvprism::test {

inline void check(cudaError_t error, const char* doing) {
    if (error == cudaSuccess)
        return;
    std::fprintf(stderr, "%s: %s\n", doing, cudaGetErrorString(error));
    std::exit(1);
}

// Numbers on the device, poisoned until they are written.
template <class T> class DeviceMemory {
  public:
    explicit DeviceMemory(std::size_t count) : m_count(count) {
        check(cudaMalloc(&m_data, count * sizeof(T) + 1), "cudaMalloc");
        check(cudaMemset(m_data, 0xFF, count * sizeof(T)), "cudaMemset");
    }
    explicit DeviceMemory(const std::vector<T>& values) : DeviceMemory(values.size()) {
        check(cudaMemcpy(m_data, values.data(), m_count * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
    }
    ~DeviceMemory() { cudaFree(m_data); }
    DeviceMemory(const DeviceMemory&) = delete;
    DeviceMemory& operator=(const DeviceMemory&) = delete;

    T* data() { return m_data; }
    std::vector<T> values() const {
        std::vector<T> result(m_count);
        check(cudaMemcpy(result.data(), m_data, m_count * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return result;
    }

  private:
    T* m_data = nullptr;
    std::size_t m_count;
};

} // namespace kvprism::test
