// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/device_step.h"

namespace kvprism::score {

DeviceStep::DeviceStep(const StepTokens& tokens, at::Device device) {
    std::vector<std::int32_t> places, choosable;
    for (std::size_t row = 0; row < tokens.held.size(); ++row) {
        places.push_back(tokens.held[row].value);
        if (tokens.candidates[row])
            choosable.push_back(static_cast<std::int32_t>(row));
    }
    positions = model::onDevice(at::tensor(places, at::kInt), device);
    candidates = model::onDevice(at::tensor(tokens.candidates, at::kByte), device);
    rows = model::onDevice(at::tensor(choosable, at::kInt), device);
}

void HostCopies::fetch() {
    const at::Tensor all = at::cat(m_parts);
    // Page-locked memory is what the device writes to directly.
    m_all = at::empty_like(all, at::TensorOptions().device(at::kCPU).pinned_memory(all.is_cuda()));
    m_all.copy_(all);
}

} // namespace kvprism::score
