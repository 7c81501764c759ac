// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/files/model_config.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::cache {

enum class KeyRotation { stored, atUse };

// Keys and values of every layer, allocated once for `capacity` slots. Slots 0 … used−1 hold tokens; the
// forward pass writes behind them, compaction moves rows down in place. Keys are stored rotated at their
// stream position (absolute), or un-rotated and rotated at their slot whenever they are used (reindexed:
// LASER-KV page, section 6).
class KvStore {
  public:
    KvStore() = default; // of no slots
    // On the device of `options`.
    KvStore(const files::ModelConfig& config, const at::TensorOptions& options, std::int32_t capacity,
            KeyRotation rotation = KeyRotation::stored);

    KeyRotation rotation() const { return m_rotation; }
    void settleRotation() { m_rotation = KeyRotation::stored; } // its keys were rotated in place

    void moveTo(at::Device device);
    KvStore copyOn(at::Device device) const;

    // Room for `capacity` slots, if that is more; what is held stays.
    void grow(std::int32_t capacity);

    std::int32_t capacity() const { return m_capacity; }
    std::int32_t used() const { return m_used; }
    at::Device device() const { return m_keys.device(); }
    at::ScalarType dtype() const { return m_keys.scalar_type(); }

    // Slots 0 … count−1 of one layer: [kv_heads, count, head_dim], a view.
    at::Tensor keys(LayerIndex layer, std::int32_t count) const;
    at::Tensor values(LayerIndex layer, std::int32_t count) const;
    // ‖v‖₂ of a layer's slots as they were written, [kv_heads, capacity] f32; of a store on a GPU, elsewhere
    // undefined.
    at::Tensor valueNorms(LayerIndex layer) const;

    // Of all layers, one after another: [layers·kv_heads, count, head_dim], and norms [layers·kv_heads,
    // capacity]. Here, since the part for GPUs does not link the engine.
    at::Tensor keysOfAll(std::int32_t count) const { return m_keys.flatten(0, 1).narrow(1, 0, count); }
    at::Tensor valuesOfAll(std::int32_t count) const { return m_values.flatten(0, 1).narrow(1, 0, count); }
    at::Tensor valueNormsOfAll() const { return m_valueNorms.flatten(0, 1); }

    // `count` more slots are in use (the forward pass has written them), or only `count` of the first.
    void extend(std::int32_t count);
    void truncate(std::int32_t count);

    // Keeps the slots in `rows` (ascending, unique, < used) and moves them to 0 … rows.size()−1, in all
    // layers.
    void compact(std::span<const std::int32_t> rows);

    std::uint64_t bytesPerToken() const; // 2 · layers · kv_heads · head_dim · sizeof(dtype)
    std::uint64_t bytesInUse() const { return bytesPerToken() * static_cast<std::uint64_t>(m_used); }
    std::uint64_t bytesAllocated() const;

  private:
    void compactOnHost(std::span<const std::int32_t> rows);

    at::Tensor m_keys;       // [layers, kv_heads, capacity, head_dim]
    at::Tensor m_values;     // the same
    at::Tensor m_valueNorms; // [layers, kv_heads, capacity]: scorers on a GPU read them at every step
    std::int32_t m_capacity = 0;
    std::int32_t m_used = 0;
    KeyRotation m_rotation = KeyRotation::stored;
};

} // namespace kvprism::cache
