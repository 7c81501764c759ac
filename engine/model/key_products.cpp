// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/key_products.h"

#include "engine/model/amx_tiles.h"
#include "engine/model/attention_packing.h"

#include <algorithm>
#include <vector>

namespace kvprism::model {

namespace {

constexpr std::int64_t step = 32; // keys of a tile

const std::uint16_t* bitsOf(const at::Tensor& tensor) {
    return static_cast<const std::uint16_t*>(tensor.const_data_ptr());
}

at::Tensor packedKeys(const at::Tensor& keys, std::int64_t padded) {
    const std::int64_t heads = keys.size(0), count = keys.size(1), dim = keys.size(2);
    const at::Tensor packed = at::empty({heads, padded * dim}, at::kShort);
    auto* target = static_cast<std::uint16_t*>(packed.data_ptr());
    at::parallel_for(0, heads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t head = begin; head < end; ++head)
            packKeys(bitsOf(keys) + head * keys.stride(0), count, padded, dim, target + head * padded * dim);
    });
    return packed;
}

KVPRISM_AMX void multiplyTiles(const std::uint16_t* query, const std::uint16_t* keys, std::int64_t dim,
                               std::int64_t count, float* logits, std::int64_t stride) {
    const AmxTiles tiles;
    tileLogits(query, keys, dim, count, logits, stride);
}

} // namespace

KeyProducts::KeyProducts(const at::Tensor& query, const at::Tensor& keys)
    : m_amx(keys.scalar_type() == at::kBFloat16 && keys.size(2) % 32 == 0 && hasAmxTiles()),
      m_query(m_amx ? query.contiguous() : query.to(at::kFloat).contiguous()),
      m_stride(roundUp(keys.size(1), step)) {
    m_keys = m_amx ? packedKeys(keys, m_stride) : keys.to(at::kFloat).contiguous();
}

void KeyProducts::multiply(std::int64_t head, std::int64_t first, std::int64_t rows, std::int64_t seen,
                           float* logits) const {
    const std::int64_t dim = m_query.size(2);
    if (!m_amx) {
        const c10::InferenceMode inference; // is a thread's own
        at::Tensor out = at::from_blob(logits, {rows, seen}, {m_stride, 1}, at::kFloat);
        at::mm_out(out, m_query.select(0, head).narrow(0, first, rows),
                   m_keys.select(0, head).narrow(0, 0, seen).t());
        return;
    }
    thread_local std::vector<std::uint16_t> padded; // rows that are not there are zeros
    padded.assign(static_cast<std::size_t>(mostRows * dim), 0);
    std::copy_n(bitsOf(m_query) + (head * m_query.size(1) + first) * dim, rows * dim, padded.begin());
    multiplyTiles(padded.data(), bitsOf(m_keys) + head * m_stride * dim, dim, roundUp(seen, step), logits,
                  m_stride);
}

} // namespace kvprism::model
