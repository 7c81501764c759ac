// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cuda/cuda_ops.h"

#include "engine/cuda/launching.h"
#include "engine/kernels/row_kernels.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>

#include <cmath>
#include <cuda_runtime_api.h>

namespace kvprism::cuda {

namespace {

// One part of the attention by cuDNN: [rows, heads, dim], and its log-sum-exp [heads, rows].
struct Part {
    at::Tensor out, logSumExp;
};
Part attendPart(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values, bool causal) {
    const auto result =
        at::_scaled_dot_product_cudnn_attention(query.transpose(0, 1).unsqueeze(0), keys.unsqueeze(0),
                                                values.unsqueeze(0), {}, true, 0.0, causal, false, 1.0);
    const at::Tensor& out = std::get<0>(result); // [1, heads, rows, dim]
    return {out.squeeze(0).transpose(0, 1),
            std::get<1>(result).reshape({query.size(1), query.size(0)}).contiguous()};
}

// Both in one by FlashAttention-2: row r sees keys up to past + r.
Part attendByFlash(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) {
    const auto result = at::_flash_attention_forward(query.unsqueeze(0), keys.transpose(0, 1).unsqueeze(0),
                                                     values.transpose(0, 1).unsqueeze(0), {}, {},
                                                     query.size(0), keys.size(1), 0.0, true, false, 1.0);
    return {std::get<0>(result).squeeze(0), std::get<1>(result).squeeze(0)};
}

// cuDNN makes a plan for every new number of rows and keys, which takes longer than a few rows do.
constexpr std::int64_t fewestRowsOfAPlan = 256;

bool fitsCudnn(const at::Tensor& query) {
    return query.size(0) >= fewestRowsOfAPlan && query.size(-1) <= 128;
}

bool fitsFlash(const at::Tensor& query) {
    return query.scalar_type() == at::kBFloat16 && query.size(-1) % 8 == 0 && query.size(-1) <= 256;
}

} // namespace

std::uint64_t CudaOps::availableBytes() const {
    std::size_t free = 0, total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(c10::cuda::current_device());
    const auto& reserved = stats.reserved_bytes[0];
    const auto& allocated = stats.allocated_bytes[0];
    return free + static_cast<std::uint64_t>(reserved.current - allocated.current);
}

at::Tensor CudaOps::addNorm(const at::Tensor& hidden, const at::Tensor& delta, const at::Tensor& weight,
                            double epsilon) {
    TORCH_CHECK(hidden.is_contiguous() && (!delta.defined() || delta.is_contiguous()), "rows in one piece");
    at::Tensor out = at::empty_like(hidden);
    kernels::AddNorm call;
    call.type = numberOf(hidden);
    call.residual = hidden.data_ptr(); // only read where nothing is added
    call.delta = delta.defined() ? delta.data_ptr() : nullptr;
    call.weight = weight.data_ptr<float>();
    call.normed = out.data_ptr();
    call.rows = small(hidden.numel() / hidden.size(-1));
    call.width = small(hidden.size(-1));
    call.epsilon = static_cast<float>(epsilon);
    check(kernels::addNorm(call, stream()));
    return out;
}

at::Tensor CudaOps::gatedProduct(const at::Tensor& gateUp) {
    const at::Tensor in = gateUp.contiguous();
    const std::int64_t width = in.size(1) / 2;
    at::Tensor out = at::empty({in.size(0), width}, in.options());
    check(kernels::gatedProduct(
        {numberOf(in), in.data_ptr(), out.data_ptr(), small(in.size(0)), small(width)}, stream()));
    return out;
}

at::Tensor CudaOps::rotateAndStore(const at::Tensor& qkv, const model::RotaryTable& rotary,
                                   const model::HeadShape& heads, const model::HeadNorms& norms,
                                   const model::StoreRows& store) {
    const std::int64_t rows = qkv.size(0);
    const at::Tensor query = at::empty({rows, heads.queryHeads, heads.headDim}, qkv.options());
    kernels::RotateAndStore call;
    call.type = numberOf(qkv);
    call.projected = qkv.data_ptr();
    call.cosine = rotary.cosine.data_ptr<float>();
    call.sine = rotary.sine.data_ptr<float>();
    if (norms.query.defined()) {
        call.queryNorm = norms.query.data_ptr<float>();
        call.keyNorm = norms.key.data_ptr<float>();
        call.epsilon = static_cast<float>(norms.epsilon);
    }
    call.query = query.data_ptr();
    call.keys = store.keys.data_ptr();
    call.values = store.values.data_ptr();
    call.valueNorms = store.valueNorms.defined() ? store.valueNorms.data_ptr<float>() : nullptr;
    call.capacity = capacityOf(store.keys);
    call.rows = small(rows);
    call.first = store.first;
    call.queryHeads = heads.queryHeads;
    call.kvHeads = heads.kvHeads;
    call.headDim = heads.headDim;
    call.queryScale = 1.0f / std::sqrt(static_cast<float>(heads.headDim));
    call.rotateKeys = store.rotateKeys;
    check(kernels::rotateAndStore(call, stream()));
    return query.view({rows, heads.kvHeads, heads.group(), heads.headDim}).transpose(0, 1);
}

void CudaOps::rotateKeys(const at::Tensor& keys, const model::RotaryTable& rotary, const at::Tensor& out) {
    kernels::RotateKeys call;
    call.type = numberOf(keys);
    call.keys = keys.data_ptr();
    call.out = out.data_ptr();
    call.cosine = rotary.cosine.data_ptr<float>();
    call.sine = rotary.sine.data_ptr<float>();
    call.capacity = capacityOf(keys);
    call.outCapacity = capacityOf(out);
    call.count = small(keys.size(1));
    call.kvHeads = small(keys.size(0));
    call.headDim = small(keys.size(2));
    check(kernels::rotateKeys(call, stream()));
}

// All of what was there before, and what is causal among the rows themselves, merged by their log-sum-exps.
at::Tensor CudaOps::attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                           model::AttentionByProducts* byProducts) {
    const std::int64_t rows = query.size(1), dim = query.size(3), heads = query.size(0) * query.size(2);
    const std::int64_t past = keys.size(1) - rows;
    const at::Tensor byRow = query.transpose(0, 1).reshape({rows, heads, dim});
    if (!fitsFlash(byRow))
        return {};
    Part own, before;
    if (!fitsCudnn(byRow)) {
        own = attendByFlash(byRow, keys, values);
    } else {
        own = attendPart(byRow, keys.narrow(1, past, rows), values.narrow(1, past, rows), true);
        if (past > 0)
            before = attendPart(byRow, keys.narrow(1, 0, past), values.narrow(1, 0, past), false);
    }
    if (!byProducts && !before.out.defined())
        return own.out.reshape({rows, heads * dim});
    const at::Tensor out = at::empty({rows, heads * dim}, byRow.options());
    TORCH_CHECK(!before.out.defined() || before.out.strides() == own.out.strides(), "both parts lie alike");
    kernels::MergeParts call;
    call.type = kernels::Number::bf16;
    call.second = own.out.data_ptr();
    call.secondLse = own.logSumExp.data_ptr<float>();
    if (before.out.defined()) {
        call.first = before.out.data_ptr();
        call.firstLse = before.logSumExp.data_ptr<float>();
    }
    call.rowStride = own.out.stride(0);
    call.headStride = own.out.stride(1);
    call.out = out.data_ptr();
    call.rows = small(rows);
    call.heads = small(heads);
    call.headDim = small(dim);
    if (byProducts) {
        call.lseStride = model::columnRowsPadded(rows);
        byProducts->lse2 = at::empty({heads, call.lseStride}, byRow.options().dtype(at::kFloat));
        call.lse2 = byProducts->lse2.data_ptr<float>();
    }
    check(kernels::mergeParts(call, stream()));
    return out;
}

void CudaOps::compact(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& valueNorms,
                      std::span<const std::int32_t> kept) {
    const at::Tensor rows = model::onDevice(
        at::tensor(at::ArrayRef<std::int32_t>(kept.data(), kept.size()), at::kInt), keys.device());
    const std::int32_t rowBytes = small(keys.size(3) * static_cast<std::int64_t>(keys.element_size()));
    kernels::Compact call;
    call.parts[0] = {keys.data_ptr(), rowBytes};
    call.parts[1] = {values.data_ptr(), rowBytes};
    call.parts[2] = {valueNorms.data_ptr(), sizeof(float)};
    call.planes = keys.size(0) * keys.size(1);
    call.capacity = keys.size(2);
    call.kept = rows.data_ptr<std::int32_t>();
    call.count = small(static_cast<std::int64_t>(kept.size()));
    check(kernels::compact(call, stream()));
}

void CudaOps::keepPace() {
    Event& oldest = m_layers[m_layersQueued++ % mostLayersAhead];
    if (m_layersQueued <= mostLayersAhead)
        oldest.make();
    else
        oldest.wait();
    oldest.record();
}

} // namespace kvprism::cuda
