// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/tensor_type.h"

#include "engine/base/checked.h"
#include "engine/files/blocks/blocks.h"

#include <array>

namespace kvprism::files {

namespace {

struct Row {
    TensorTypeInfo info;
    FromBlocks* dequantise;
};

constexpr std::array table{
    Row{{TensorType::f32, "F32", 0, 1, 4}, fromF32},
    Row{{TensorType::f16, "F16", 1, 1, 2}, fromF16},
    Row{{TensorType::bf16, "BF16", 30, 1, 2}, fromBf16},
    Row{{TensorType::q8_0, "Q8_0", 8, 32, 34}, fromQ80},
    Row{{TensorType::q4_0, "Q4_0", 2, 32, 18}, fromQ40},
    Row{{TensorType::q4_1, "Q4_1", 3, 32, 20}, fromQ41},
    Row{{TensorType::q5_0, "Q5_0", 6, 32, 22}, fromQ50},
    Row{{TensorType::q5_1, "Q5_1", 7, 32, 24}, fromQ51},
    Row{{TensorType::q2_k, "Q2_K", 10, 256, 84}, fromQ2K},
    Row{{TensorType::q3_k, "Q3_K", 11, 256, 110}, fromQ3K},
    Row{{TensorType::q4_k, "Q4_K", 12, 256, 144}, fromQ4K},
    Row{{TensorType::q5_k, "Q5_K", 13, 256, 176}, fromQ5K},
    Row{{TensorType::q6_k, "Q6_K", 14, 256, 210}, fromQ6K},
    Row{{TensorType::iq4_nl, "IQ4_NL", 20, 32, 18}, fromIq4Nl},
    Row{{TensorType::iq4_xs, "IQ4_XS", 23, 256, 136}, fromIq4Xs},
};

const Row& rowOf(TensorType type) {
    for (const Row& row : table)
        if (row.info.type == type)
            return row;
    return table[0];
}

} // namespace

const TensorTypeInfo& info(TensorType type) {
    return rowOf(type).info;
}

std::optional<TensorType> tensorTypeFromGgml(std::uint32_t id) {
    for (const Row& row : table)
        if (row.info.ggmlId == id)
            return row.info.type;
    return std::nullopt;
}

std::string tensorTypeNames() {
    std::string names;
    for (const Row& row : table)
        names += (names.empty() ? "" : ", ") + std::string(row.info.name);
    return names;
}

Status dequantise(TensorType type, std::span<const std::byte> data, std::span<float> values) {
    const auto& [layout, fromBlocks] = rowOf(type);
    const std::size_t blocks = values.size() / layout.blockElements;
    const auto needed = checkedMultiply(blocks, layout.blockBytes);
    if (values.size() % layout.blockElements != 0 || needed != data.size())
        return defect("Dequantising " + std::to_string(values.size()) + " values of type " +
                      std::string(layout.name) + " from " + std::to_string(data.size()) +
                      " bytes, which does not fit.");
    if (!values.empty())
        fromBlocks(data.data(), values.data(), blocks);
    return {};
}

} // namespace kvprism::files
