// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/key_products.h"

#include "engine/model/amx_tiles.h"
#include "engine/model/attention_packing.h"

#include <algorithm>
#include <vector>

namespace kvprism::model {

namespace {

const std::uint16_t* bitsOf(const at::Tensor& tensor) {
    return static_cast<const std::uint16_t*>(tensor.const_data_ptr());
}

at::Tensor packed(const at::Tensor& keys, std::int64_t padded) {
    const std::int64_t heads = keys.size(0), count = keys.size(1), dim = keys.size(2);
    const at::Tensor bits = at::empty({heads, padded * dim}, at::kShort);
    auto* target = static_cast<std::uint16_t*>(bits.data_ptr());
    at::parallel_for(0, heads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t head = begin; head < end; ++head)
            packKeys(bitsOf(keys) + head * keys.stride(0), count, padded, dim, target + head * padded * dim);
    });
    return bits;
}

KVPRISM_AMX void multiplyTiles(const std::uint16_t* query, const std::uint16_t* keys, std::int64_t dim,
                               std::int64_t count, float* logits, std::int64_t stride) {
    const AmxTiles tiles;
    tileLogits(query, keys, dim, count, logits, stride);
}

} // namespace

KeyProducts::KeyProducts(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& packedKeys)
    : m_amx(keys.scalar_type() == at::kBFloat16 && keys.size(2) % 32 == 0 && hasAmxTiles()),
      m_query(m_amx ? query : query.to(at::kFloat).contiguous()) {
    const std::int64_t padded = roundUp(keys.size(1), keyStep);
    if (!m_amx)
        m_keys = keys.to(at::kFloat).contiguous();
    else
        m_keys = packedKeys.defined() ? packedKeys : packed(keys, padded);
    TORCH_CHECK(m_query.stride(1) == m_query.size(2), "query rows must be close together");
    TORCH_CHECK(!m_amx || m_keys.size(1) == padded * keys.size(2), "packed keys of another number");
}

void KeyProducts::multiply(const Piece& piece, float* logits, std::int64_t stride) const {
    const auto& [head, first, rows, begin, end] = piece;
    const std::int64_t dim = m_query.size(2);
    if (!m_amx) {
        const c10::InferenceMode inference; // is a thread's own
        at::Tensor out = at::from_blob(logits, {rows, end - begin}, {stride, 1}, at::kFloat);
        at::mm_out(out, m_query.select(0, head).narrow(0, first, rows),
                   m_keys.select(0, head).narrow(0, begin, end - begin).t());
        return;
    }
    const std::uint16_t* query = bitsOf(m_query) + head * m_query.stride(0) + first * dim;
    if (rows < mostRows) {
        thread_local std::vector<std::uint16_t> padded; // rows that are not there are zeros
        padded.assign(static_cast<std::size_t>(mostRows * dim), 0);
        std::copy_n(query, rows * dim, padded.begin());
        query = padded.data();
    }
    multiplyTiles(query, bitsOf(m_keys) + head * m_keys.size(1) + begin * dim, dim,
                  roundUp(end - begin, keyStep), logits, stride);
}

} // namespace kvprism::model
