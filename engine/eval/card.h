// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/eval/gpu_bench.h"
#include "engine/model/torch.h"

#include <memory>

namespace kvprism::eval {

// Looks at a card's clocks and power while it works, through NVIDIA's management library where it is
// installed.
class CardWatch {
  public:
    explicit CardWatch(at::Device device); // of the host: sees nothing
    ~CardWatch();
    CardWatch(const CardWatch&) = delete;
    CardWatch& operator=(const CardWatch&) = delete;

    void look(); // at most every 50 ms
    const GpuCard& seen() const { return m_card; }

  private:
    class Library;
    std::unique_ptr<Library> m_library;
    GpuCard m_card;
};

} // namespace kvprism::eval
