// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/device_ops.h"
#include "engine/score/scorer.h"
#include "engine/select/method.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace kvprism::score {

// The part of a run that chooses by what a scorer measures: by its place in partsOf(config).
struct RankedPart {
    std::size_t index = 0;
    select::Part part;
};

// The tokens of one step on a GPU, for the scorers that stay there. They are brought there when they are
// first asked for: at the step's end, while the GPU still computes what was queued, and not before its
// beginning.
class DeviceStep {
  public:
    DeviceStep(const StepTokens& tokens, at::Device device) : m_tokens(tokens), m_device(device) {}

    const at::Tensor& positions();  // [held] i32
    const at::Tensor& candidates(); // [held] u8
    const at::Tensor& rows();       // [candidates] i32: of held, ascending

  private:
    void bring();

    StepTokens m_tokens;
    at::Device m_device;
    at::Tensor m_positions, m_candidates, m_rows;
};

// What several tensors of a GPU hold, brought to the host in one go. Waits for the device.
class HostCopies {
  public:
    void add(const at::Tensor& tensor) { m_parts.push_back(tensor.contiguous().flatten().view(at::kByte)); }
    void fetch();
    // The next tensor, in the order in which they were added, as numbers of this type.
    template <class T> std::vector<T> take() {
        const auto bytes = static_cast<std::size_t>(m_parts[m_taken].numel());
        std::vector<T> values(bytes / sizeof(T));
        std::memcpy(values.data(), m_all.const_data_ptr<std::uint8_t>() + m_at, values.size() * sizeof(T));
        m_at += bytes;
        ++m_taken;
        return values;
    }

  private:
    std::vector<at::Tensor> m_parts;
    at::Tensor m_all;
    std::size_t m_taken = 0, m_at = 0;
};

} // namespace kvprism::score
