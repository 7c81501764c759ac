// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/attention.h"

#include "engine/model/attention_amx.h"
#include "engine/model/attention_avx512.h"
#include "engine/model/device_ops.h"

#include <algorithm>
#include <limits>

namespace kvprism::model {

namespace {

constexpr std::int64_t chunkRows = 128; // masked work wasted per chunk against the size of each product

// −∞ where the key of a diagonal tile lies behind the row: [rows·group, rows].
at::Tensor diagonalMask(std::int64_t rows, std::int64_t group, const at::TensorOptions& options) {
    const at::Tensor mask = at::full({rows, rows}, -std::numeric_limits<float>::infinity(), options).triu(1);
    return mask.repeat_interleave(group, 0);
}

std::uint16_t* bits(const at::Tensor& tensor) {
    return static_cast<std::uint16_t*>(tensor.data_ptr());
}

} // namespace

at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                  AttentionByProducts* byProducts) {
    constexpr std::int64_t fewestTileRows = 16; // below this, packing for tiles costs more than they save
    const std::int64_t dim = query.size(3);
    if (query.is_cuda()) {
        const at::Tensor attended = opsOf(query).attend(query, keys, values, byProducts);
        return attended.defined() ? attended : attendGrouped(query.contiguous(), keys, values);
    }
    if (query.scalar_type() == at::kBFloat16) {
        if (query.size(1) >= fewestTileRows && canAttendAmx(dim))
            return attendFused(FusedKernel::amx, query, keys, values, byProducts);
        if (canAttendAvx512(dim))
            return attendFused(FusedKernel::avx512, query, keys, values);
    }
    return attendGrouped(query, keys, values);
}

bool canAttendFused(FusedKernel kernel, std::int64_t headDim) {
    return kernel == FusedKernel::amx ? canAttendAmx(headDim) : canAttendAvx512(headDim);
}

at::Tensor attendFused(FusedKernel kernel, const at::Tensor& query, const at::Tensor& keys,
                       const at::Tensor& values, AttentionByProducts* byProducts) {
    AttentionCall call;
    call.kvHeads = query.size(0);
    call.rows = query.size(1);
    call.group = query.size(2);
    call.past = keys.size(1) - call.rows;
    call.plane = keys.stride(0);
    const std::int64_t dim = query.size(3);
    TORCH_CHECK(query.is_contiguous() && keys.stride(1) == dim && values.strides() == keys.strides(),
                "attention needs contiguous rows");
    at::Tensor out = at::empty({call.rows, call.kvHeads * call.group * dim}, query.options());
    call.query = bits(query);
    call.keys = bits(keys);
    call.values = bits(values);
    call.out = bits(out);
    if (kernel == FusedKernel::avx512) {
        attendAvx512(call, dim);
        return out;
    }
    const at::Tensor logSumExp = at::empty({call.kvHeads, call.rows * call.group}, at::kFloat);
    call.logSumExp = logSumExp.data_ptr<float>();
    const at::Tensor packedKeys = attendAmx(call, dim);
    if (byProducts)
        *byProducts = {.logSumExp = logSumExp, .packedKeys = packedKeys, .lse2 = {}};
    return out;
}

at::Tensor attendGrouped(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) {
    const std::int64_t kvHeads = query.size(0);
    const std::int64_t rows = query.size(1);
    const std::int64_t group = query.size(2);
    const std::int64_t dim = query.size(3);
    const std::int64_t past = keys.size(1) - rows;
    at::Tensor out = at::empty({rows, kvHeads, group * dim}, query.options());
    at::Tensor mask;
    for (std::int64_t begin = 0; begin < rows; begin += chunkRows) {
        const std::int64_t count = std::min(chunkRows, rows - begin);
        const std::int64_t visible = past + begin + count;
        const at::Tensor chunk = query.narrow(1, begin, count).view({kvHeads, count * group, dim});
        at::Tensor logits = at::bmm(chunk, keys.narrow(1, 0, visible).transpose(1, 2));
        if (count > 1) {
            if (!mask.defined() || mask.size(1) != count)
                mask = diagonalMask(count, group, query.options());
            logits.narrow(2, visible - count, count).add_(mask);
        }
        const at::Tensor weights = at::softmax(logits, -1);
        const at::Tensor mixed =
            at::bmm(weights, values.narrow(1, 0, visible)); // [kv_heads, count·group, dim]
        out.narrow(0, begin, count).copy_(mixed.view({kvHeads, count, group * dim}).transpose(0, 1));
    }
    return out.view({rows, kvHeads * group * dim});
}

at::Tensor attendReference(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) {
    const std::int64_t rows = query.size(1);
    const std::int64_t past = keys.size(1) - rows;
    const at::Tensor queryHeads = query.to(at::kFloat).transpose(1, 2); // [kv_heads, group, rows, dim]
    const at::Tensor logits = at::matmul(queryHeads, keys.to(at::kFloat).unsqueeze(1).transpose(2, 3));
    const at::Tensor mask =
        at::full({rows, past + rows}, -std::numeric_limits<float>::infinity(), at::kFloat).triu(past + 1);
    const at::Tensor mixed = at::matmul(at::softmax(logits + mask, -1), values.to(at::kFloat).unsqueeze(1));
    return mixed.permute({2, 0, 1, 3}).reshape({rows, -1}).to(query.scalar_type());
}

} // namespace kvprism::model
