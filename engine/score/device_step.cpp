// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/device_step.h"

namespace kvprism::score {

void DeviceStep::bring() {
    if (m_positions.defined())
        return;
    std::vector<std::int32_t> places, choosable;
    places.reserve(m_tokens.held.size());
    choosable.reserve(m_tokens.held.size());
    for (std::size_t row = 0; row < m_tokens.held.size(); ++row) {
        places.push_back(m_tokens.held[row].value);
        if (m_tokens.candidates[row])
            choosable.push_back(static_cast<std::int32_t>(row));
    }
    m_positions = model::onDevice(at::tensor(places, at::kInt), m_device);
    m_candidates = model::onDevice(at::tensor(m_tokens.candidates, at::kByte), m_device);
    m_rows = model::onDevice(at::tensor(choosable, at::kInt), m_device);
}

const at::Tensor& DeviceStep::positions() {
    bring();
    return m_positions;
}

const at::Tensor& DeviceStep::candidates() {
    bring();
    return m_candidates;
}

const at::Tensor& DeviceStep::rows() {
    bring();
    return m_rows;
}

void HostCopies::fetch() {
    const at::Tensor all = at::cat(m_parts);
    // Page-locked memory is what the device writes to directly.
    m_all = at::empty_like(all, at::TensorOptions().device(at::kCPU).pinned_memory(all.is_cuda()));
    m_all.copy_(all);
}

} // namespace kvprism::score
