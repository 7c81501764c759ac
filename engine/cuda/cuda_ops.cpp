// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cuda/cuda_ops.h"

#include "engine/kernels/row_kernels.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAStream.h>

#include <cmath>
#include <cuda_runtime_api.h>

namespace kvprism::cuda {

namespace {

kernels::Number numberOf(const at::Tensor& tensor) {
    TORCH_CHECK(tensor.scalar_type() == at::kBFloat16 || tensor.scalar_type() == at::kFloat,
                "f32 or bf16 is wanted");
    return tensor.scalar_type() == at::kBFloat16 ? kernels::Number::bf16 : kernels::Number::f32;
}

kernels::Stream stream() {
    return c10::cuda::getCurrentCUDAStream().stream();
}

void check(const kernels::Launched& launched) {
    TORCH_CHECK(!launched.what, launched.what);
    TORCH_CHECK(launched.code == 0, cudaGetErrorString(static_cast<cudaError_t>(launched.code)));
}

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

bool fitsCudnn(const at::Tensor& query) {
    return query.scalar_type() == at::kBFloat16 && query.size(-1) % 8 == 0 && query.size(-1) <= 128;
}

} // namespace

std::uint64_t CudaOps::availableBytes() const {
    std::size_t free = 0, total = 0;
    TORCH_CHECK(cudaMemGetInfo(&free, &total) == cudaSuccess, "the GPU does not say how much memory it has");
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(c10::cuda::current_device());
    const auto& reserved = stats.reserved_bytes[0];
    const auto& allocated = stats.allocated_bytes[0];
    return free + static_cast<std::uint64_t>(reserved.current - allocated.current);
}

at::Tensor CudaOps::rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    const at::Tensor in = x.contiguous();
    at::Tensor out = at::empty_like(in);
    kernels::AddNorm call;
    call.type = numberOf(in);
    call.residual = in.data_ptr(); // nothing is added, so it is only read
    call.weight = weight.data_ptr<float>();
    call.normed = out.data_ptr();
    call.rows = static_cast<std::int32_t>(in.numel() / in.size(-1));
    call.width = static_cast<std::int32_t>(in.size(-1));
    call.epsilon = static_cast<float>(epsilon);
    check(kernels::addNorm(call, stream()));
    return out;
}

at::Tensor CudaOps::gatedProduct(const at::Tensor& gateUp) {
    const at::Tensor in = gateUp.contiguous();
    const std::int64_t width = in.size(1) / 2;
    at::Tensor out = at::empty({in.size(0), width}, in.options());
    check(kernels::gatedProduct({numberOf(in), in.data_ptr(), out.data_ptr(),
                                 static_cast<std::int32_t>(in.size(0)), static_cast<std::int32_t>(width)},
                                stream()));
    return out;
}

at::Tensor CudaOps::rotateAndStore(const at::Tensor& qkv, const model::RotaryTable& rotary,
                                   const model::HeadShape& heads, const at::Tensor& keys,
                                   const at::Tensor& values, std::int32_t first, bool rotateKeys) {
    const std::int64_t rows = qkv.size(0);
    const at::Tensor query = at::empty({rows, heads.queryHeads, heads.headDim}, qkv.options());
    kernels::RotateAndStore call;
    call.type = numberOf(qkv);
    call.projected = qkv.data_ptr();
    call.cosine = rotary.cosine.data_ptr<float>();
    call.sine = rotary.sine.data_ptr<float>();
    call.query = query.data_ptr();
    call.keys = keys.data_ptr();
    call.values = values.data_ptr();
    call.capacity = keys.stride(0) / heads.headDim;
    call.rows = static_cast<std::int32_t>(rows);
    call.first = first;
    call.queryHeads = heads.queryHeads;
    call.kvHeads = heads.kvHeads;
    call.headDim = heads.headDim;
    call.queryScale = 1.0f / std::sqrt(static_cast<float>(heads.headDim));
    call.rotateKeys = rotateKeys;
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
    call.capacity = keys.stride(0) / keys.size(2);
    call.outCapacity = out.stride(0) / out.size(2);
    call.count = static_cast<std::int32_t>(keys.size(1));
    call.kvHeads = static_cast<std::int32_t>(keys.size(0));
    call.headDim = static_cast<std::int32_t>(keys.size(2));
    check(kernels::rotateKeys(call, stream()));
}

// All of what was there before, and what is causal among the rows themselves, merged by their log-sum-exps.
at::Tensor CudaOps::attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) {
    const std::int64_t rows = query.size(1), dim = query.size(3), heads = query.size(0) * query.size(2);
    const std::int64_t past = keys.size(1) - rows;
    const at::Tensor byRow = query.transpose(0, 1).reshape({rows, heads, dim});
    if (!fitsCudnn(byRow))
        return {};
    const Part own = attendPart(byRow, keys.narrow(1, past, rows), values.narrow(1, past, rows), rows > 1);
    Part before;
    if (past > 0)
        before = attendPart(byRow, keys.narrow(1, 0, past), values.narrow(1, 0, past), false);
    const at::Tensor out = at::empty({rows, heads * dim}, byRow.options());
    TORCH_CHECK(past == 0 || before.out.strides() == own.out.strides(), "both parts lie alike");
    kernels::MergeParts call;
    call.type = kernels::Number::bf16;
    call.first = past > 0 ? before.out.data_ptr() : nullptr;
    call.second = own.out.data_ptr();
    call.firstLse = past > 0 ? before.logSumExp.data_ptr<float>() : nullptr;
    call.secondLse = own.logSumExp.data_ptr<float>();
    call.rowStride = own.out.stride(0);
    call.headStride = own.out.stride(1);
    call.out = out.data_ptr();
    call.rows = static_cast<std::int32_t>(rows);
    call.heads = static_cast<std::int32_t>(heads);
    call.headDim = static_cast<std::int32_t>(dim);
    check(kernels::mergeParts(call, stream()));
    return out;
}

void CudaOps::compact(const at::Tensor& keys, const at::Tensor& values, std::span<const std::int32_t> kept) {
    const at::Tensor rows =
        at::tensor(at::ArrayRef<std::int32_t>(kept.data(), kept.size()), at::kInt).to(keys.device());
    const auto rowBytes =
        static_cast<std::int32_t>(keys.size(3) * static_cast<std::int64_t>(keys.element_size()));
    kernels::Compact call;
    call.parts[0] = {keys.data_ptr(), rowBytes};
    call.parts[1] = {values.data_ptr(), rowBytes};
    call.planes = keys.size(0) * keys.size(1);
    call.capacity = keys.size(2);
    call.kept = rows.data_ptr<std::int32_t>();
    call.count = static_cast<std::int32_t>(kept.size());
    check(kernels::compact(call, stream()));
}

} // namespace kvprism::cuda
