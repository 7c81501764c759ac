// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/device_memory.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace kvprism::model {

namespace {

c10::DeviceIndex indexOf(at::Device device) {
    return device.has_index() ? device.index() : c10::DeviceIndex(0);
}

} // namespace

DeviceMemory memoryOf(at::Device device) {
    if (device.is_cpu())
        return {};
    const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(indexOf(device));
    return {stats.num_device_alloc, stats.allocated_bytes[0].peak, stats.reserved_bytes[0].peak};
}

void resetPeak(at::Device device) {
    if (device.is_cpu())
        return;
    c10::DeviceAllocator* allocator = c10::getDeviceAllocator(device.type());
    allocator->emptyCache();
    allocator->resetPeakStats(indexOf(device));
}

} // namespace kvprism::model
