// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/kv_store.h"

#include "engine/model/device_ops.h"

#include <cstring>

namespace kvprism::cache {

KvStore::KvStore(const files::ModelConfig& config, const at::TensorOptions& options, std::int32_t capacity,
                 KeyRotation rotation)
    : m_keys(at::empty({config.layers, config.kvHeads, capacity, config.headDim}, options)),
      m_values(at::empty_like(m_keys)), m_capacity(capacity), m_rotation(rotation) {
    if (m_keys.is_cuda())
        m_valueNorms = at::empty({config.layers, config.kvHeads, capacity}, options.dtype(at::kFloat));
}

at::Tensor KvStore::keys(LayerIndex layer, std::int32_t count) const {
    return m_keys.select(0, layer.value).narrow(1, 0, count);
}

at::Tensor KvStore::values(LayerIndex layer, std::int32_t count) const {
    return m_values.select(0, layer.value).narrow(1, 0, count);
}

at::Tensor KvStore::valueNorms(LayerIndex layer) const {
    return m_valueNorms.defined() ? m_valueNorms.select(0, layer.value) : at::Tensor();
}

void KvStore::extend(std::int32_t count) {
    TORCH_CHECK(count >= 0 && m_used + count <= m_capacity, "the K/V store is full");
    m_used += count;
}

void KvStore::truncate(std::int32_t count) {
    TORCH_CHECK(count >= 0 && count <= m_used, "cannot truncate the K/V store to more than it holds");
    m_used = count;
}

void KvStore::compact(std::span<const std::int32_t> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        TORCH_CHECK(rows[i] < m_used && rows[i] >= 0 && (i == 0 || rows[i] > rows[i - 1]),
                    "kept rows must be ascending and in use");
    if (m_keys.is_cuda())
        model::opsOf(m_keys).compact(m_keys, m_values, m_valueNorms, rows);
    else
        compactOnHost(rows);
    m_used = static_cast<std::int32_t>(rows.size());
}

void KvStore::compactOnHost(std::span<const std::int32_t> rows) {
    const std::size_t rowBytes = static_cast<std::size_t>(m_keys.size(3)) * m_keys.element_size();
    const std::size_t planeBytes = rowBytes * static_cast<std::size_t>(m_capacity);
    const std::int64_t planes = m_keys.size(0) * m_keys.size(1);
    for (at::Tensor* store : {&m_keys, &m_values}) {
        char* base = static_cast<char*>(store->data_ptr());
        at::parallel_for(0, planes, 4, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t plane = begin; plane < end; ++plane) {
                char* slots = base + static_cast<std::size_t>(plane) * planeBytes;
                // Ascending rows never move up, so runs can be moved one after another; a prefix that stays
                // is skipped.
                for (std::size_t i = 0; i < rows.size();) {
                    std::size_t run = 1;
                    while (i + run < rows.size() && rows[i + run] == rows[i] + static_cast<std::int32_t>(run))
                        ++run;
                    const auto source = static_cast<std::size_t>(rows[i]);
                    if (source != i)
                        std::memmove(slots + i * rowBytes, slots + source * rowBytes, run * rowBytes);
                    i += run;
                }
            }
        });
    }
}

void KvStore::moveTo(at::Device device) {
    if (m_keys.device() != device)
        *this = copyOn(device);
}

KvStore KvStore::copyOn(at::Device device) const {
    KvStore copy = *this;
    const at::TensorOptions options = m_keys.options().device(device);
    copy.m_keys = m_keys.to(options, false, true);
    copy.m_values = m_values.to(options, false, true);
    copy.m_valueNorms =
        device.is_cuda() ? at::linalg_vector_norm(copy.m_values, 2, {-1}, false, at::kFloat) : at::Tensor();
    return copy;
}

void KvStore::grow(std::int32_t capacity) {
    if (capacity <= m_capacity)
        return;
    for (at::Tensor* store : {&m_keys, &m_values, &m_valueNorms}) {
        if (!store->defined())
            continue;
        std::vector<std::int64_t> sizes = store->sizes().vec();
        sizes[2] = capacity;
        at::Tensor larger = at::empty(sizes, store->options());
        larger.narrow(2, 0, m_used).copy_(store->narrow(2, 0, m_used));
        *store = std::move(larger);
    }
    m_capacity = capacity;
}

std::uint64_t KvStore::bytesPerToken() const {
    return 2ULL * static_cast<std::uint64_t>(m_keys.size(0) * m_keys.size(1) * m_keys.size(3)) *
           m_keys.element_size();
}

std::uint64_t KvStore::bytesAllocated() const {
    return m_keys.nbytes() + m_values.nbytes() + (m_valueNorms.defined() ? m_valueNorms.nbytes() : 0);
}

} // namespace kvprism::cache
