// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/tensor_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kvprism::files {

namespace {

struct Row {
    std::string_view gguf, safetensors; // without ".weight" or ".bias"
};

constexpr std::array ofModel{
    Row{"token_embd", "model.embed_tokens"},
    Row{"output_norm", "model.norm"},
    Row{"output", "lm_head"},
};
constexpr std::array ofLayer{
    Row{"attn_norm", "input_layernorm"},    Row{"attn_q", "self_attn.q_proj"},
    Row{"attn_k", "self_attn.k_proj"},      Row{"attn_v", "self_attn.v_proj"},
    Row{"attn_output", "self_attn.o_proj"}, Row{"attn_q_norm", "self_attn.q_norm"},
    Row{"attn_k_norm", "self_attn.k_norm"}, Row{"ffn_norm", "post_attention_layernorm"},
    Row{"ffn_gate", "mlp.gate_proj"},       Row{"ffn_up", "mlp.up_proj"},
    Row{"ffn_down", "mlp.down_proj"},
};
constexpr Row layers{"blk.", "model.layers."};

template <class Rows>
std::string renamed(const Rows& rows, std::string_view name, std::string_view Row::*from,
                    std::string_view Row::*to) {
    const std::size_t dot = name.rfind('.');
    const auto found =
        std::ranges::find_if(rows, [&](const Row& row) { return row.*from == name.substr(0, dot); });
    if (dot == std::string_view::npos || found == rows.end())
        return {};
    return std::string((*found).*to) + std::string(name.substr(dot));
}

std::string rename(std::string_view name, std::string_view Row::*from, std::string_view Row::*to) {
    if (std::string whole = renamed(ofModel, name, from, to); !whole.empty())
        return whole;
    if (!name.starts_with(layers.*from))
        return std::string(name);
    const std::string_view rest = name.substr((layers.*from).size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0 || digits == rest.size() || rest[digits] != '.')
        return std::string(name);
    const std::string part = renamed(ofLayer, rest.substr(digits + 1), from, to);
    if (part.empty())
        return std::string(name);
    return std::string(layers.*to) + std::string(rest.substr(0, digits + 1)) + part;
}

} // namespace

std::string toGgufName(std::string_view safetensors) {
    return rename(safetensors, &Row::safetensors, &Row::gguf);
}

std::string toSafetensorsName(std::string_view gguf) {
    return rename(gguf, &Row::gguf, &Row::safetensors);
}

} // namespace kvprism::files
