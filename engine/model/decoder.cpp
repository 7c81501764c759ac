// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decoder.h"

#include "engine/base/printable.h"
#include "engine/model/device_ops.h"
#include "engine/model/linear_rows.h"
#include "engine/model/row_ops.h"

#include <algorithm>
#include <utility>

namespace kvprism::model {

namespace {

at::Tensor tensorOfIds(std::span<const std::int32_t> ids) {
    return at::tensor(at::ArrayRef<std::int32_t>(ids.data(), ids.size()), at::kInt);
}

RotaryTable slotTable(std::int32_t count, const files::ModelConfig& config, at::Device device) {
    std::vector<StreamPos> slots;
    for (std::int32_t slot = 0; slot < count; ++slot)
        slots.emplace_back(slot);
    return rotaryTable(slots, config.headDim, config.rope, device);
}

} // namespace

Result<at::Tensor> forward(const Weights& weights, cache::KvStore& store, std::span<const std::int32_t> ids,
                           std::span<const StreamPos> positions, const LayerObserver& observer,
                           std::stop_token stop) {
    const files::ModelConfig& config = weights.config;
    const HeadShape heads{config.queryHeads, config.kvHeads, config.headDim};
    const auto rows = static_cast<std::int32_t>(ids.size());
    const std::int32_t past = store.used();
    const bool reindexed = store.rotation() == cache::KeyRotation::atUse;
    const at::Device device = weights.embedding.device();
    const RotaryTable slots = reindexed ? slotTable(past + rows, config, device) : RotaryTable();
    const RotaryTable rotary =
        reindexed ? RotaryTable{slots.cosine.narrow(0, past, rows), slots.sine.narrow(0, past, rows)}
                  : rotaryTable(positions, config.headDim, config.rope, device);
    // Keys rotated at their slots, of one layer at a time; strides as the store has them.
    const at::Tensor rotated = reindexed ? at::empty({config.kvHeads, store.capacity(), config.headDim},
                                                     at::TensorOptions().dtype(store.dtype()).device(device))
                                         : at::Tensor();
    store.extend(rows);
    at::Tensor hidden = at::index_select(weights.embedding, 0, onDevice(tensorOfIds(ids), device));
    at::Tensor delta; // that the layer before adds to them
    // Looked at between the three heavy parts of a layer, so that a stop is seen soon on a busy machine, too.
    const auto given = [&](Error error) {
        store.truncate(past);
        return error;
    };
    const auto stopped = [&] { return given(interrupted("Stopped.")); };
    for (std::int32_t index = 0; index < config.layers; ++index) {
        if (stop.stop_requested())
            return stopped();
        const LayerWeights& layer = weights.layers[static_cast<std::size_t>(index)];
        const at::Tensor cached = store.keys(LayerIndex(index), past + rows);
        const at::Tensor values = store.values(LayerIndex(index), past + rows);
        // What a statement has used up goes with it: activations are what a block takes beside the store.
        at::Tensor projected =
            linearRows(addNorm(hidden, std::exchange(delta, {}), layer.attentionNorm, config.rmsEpsilon),
                       layer.queryKeyValue, layer.queryKeyValueBias);
        at::Tensor query = rotateAndStore(
            std::exchange(projected, {}), rotary, heads, {layer.queryNorm, layer.keyNorm, config.rmsEpsilon},
            {cached, values, store.valueNorms(LayerIndex(index)), past, !reindexed});
        const at::Tensor keys = reindexed ? rotated.narrow(1, 0, past + rows) : cached;
        if (reindexed)
            rotateKeys(cached, slots, keys);
        if (stop.stop_requested())
            return stopped();
        AttentionByProducts byProducts;
        at::Tensor attended = attend(query, keys, values, observer ? &byProducts : nullptr);
        if (observer) // now, while keys and values are in the caches
            observer({LayerIndex(index), query, keys, values, cached, byProducts});
        query.reset();
        delta = linearRows(std::exchange(attended, {}), layer.attentionOutput);
        if (stop.stop_requested())
            return stopped();
        at::Tensor gateUp =
            linearRows(addNorm(hidden, std::exchange(delta, {}), layer.feedForwardNorm, config.rmsEpsilon),
                       layer.gateUp);
        at::Tensor product = gatedProduct(std::exchange(gateUp, {}));
        delta = linearRows(std::exchange(product, {}), layer.down);
        if (device.is_cuda())
            opsOf(delta).keepPace();
    }
    hidden.add_(delta);
    if (const Status whole = weights.intact(); !whole)
        return given(whole.error());
    return hidden;
}

void settleRotation(const Weights& weights, cache::KvStore& store) {
    if (store.rotation() != cache::KeyRotation::atUse)
        return;
    const RotaryTable slots = slotTable(store.used(), weights.config, weights.embedding.device());
    for (std::int32_t index = 0; index < weights.config.layers; ++index) {
        const at::Tensor keys = store.keys(LayerIndex(index), store.used());
        rotateKeys(keys, slots, keys);
    }
    store.settleRotation();
}

at::Tensor askFinite(const at::Tensor& rows, std::int64_t row) {
    return at::isfinite(rows.select(0, row)).all();
}

bool isFinite(const at::Tensor& rows, std::int64_t row) {
    return askFinite(rows, row).item<bool>();
}

Error noNumbers(const Weights& weights, const std::string& doing) {
    return malformed("The model " + printable(weights.config.name) + " computes no finite numbers when it " +
                     doing + "; its file is damaged, fetch it again.");
}

at::Tensor logits(const Weights& weights, const at::Tensor& hidden) {
    return linearRows(rmsNorm(hidden, weights.finalNorm, weights.config.rmsEpsilon), weights.head)
        .to(at::kFloat);
}

Result<at::Tensor> negativeLogLikelihood(const Weights& weights, const at::Tensor& hidden,
                                         std::span<const std::int32_t> targets, std::stop_token stop) {
    constexpr std::int64_t piece = 64; // rows of logits at a time
    at::Tensor losses = at::empty({static_cast<std::int64_t>(targets.size())}, at::kFloat);
    const at::Tensor wanted = tensorOfIds(targets).to(hidden.device(), at::kLong);
    for (std::int64_t begin = 0; begin < losses.size(0); begin += piece) {
        if (stop.stop_requested())
            return interrupted("Stopped.");
        const std::int64_t count = std::min(piece, losses.size(0) - begin);
        const at::Tensor rows = logits(weights, hidden.narrow(0, begin, count));
        const at::Tensor chosen = rows.gather(1, wanted.narrow(0, begin, count).unsqueeze(1)).squeeze(1);
        losses.narrow(0, begin, count).copy_(at::logsumexp(rows, 1) - chosen);
    }
    if (const Status whole = weights.intact(); !whole)
        return whole.error();
    return losses;
}

} // namespace kvprism::model
