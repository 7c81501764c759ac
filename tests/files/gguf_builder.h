// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/gguf_metadata.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::tests {

// Little GGUF files for tests, byte by byte; everything in them can be made wrong.
template <class T> std::string raw(T number) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &number, sizeof(T));
    return bytes;
}
inline std::string rawText(std::string_view text) {
    return raw<std::uint64_t>(text.size()) + std::string(text);
}

class GgufBuilder {
  public:
    std::uint32_t version = 3;
    std::uint64_t alignment = 32; // where the data begins, and each tensor in it

    GgufBuilder& pair(std::string_view key, files::GgufType type, const std::string& payload) {
        m_pairs.push_back(rawText(key) + raw(static_cast<std::uint32_t>(type)) + payload);
        return *this;
    }
    GgufBuilder& integer(std::string_view key, std::uint32_t value) {
        return pair(key, files::GgufType::uint32, raw(value));
    }
    GgufBuilder& number(std::string_view key, float value) {
        return pair(key, files::GgufType::float32, raw(value));
    }
    GgufBuilder& text(std::string_view key, std::string_view value) {
        return pair(key, files::GgufType::string, rawText(value));
    }
    GgufBuilder& texts(std::string_view key, const std::vector<std::string>& values) {
        std::string payload = arrayHead(files::GgufType::string, values.size());
        for (const std::string& value : values)
            payload += rawText(value);
        return pair(key, files::GgufType::array, payload);
    }
    GgufBuilder& integers(std::string_view key, const std::vector<std::int32_t>& values) {
        std::string payload = arrayHead(files::GgufType::int32, values.size());
        for (const std::int32_t value : values)
            payload += raw(value);
        return pair(key, files::GgufType::array, payload);
    }
    GgufBuilder& tensor(std::string_view name, std::uint32_t type, const std::vector<std::uint64_t>& shape,
                        const std::string& data) {
        m_data.resize((m_data.size() + alignment - 1) / alignment * alignment, '\0');
        m_heads.push_back(tensorHead(name, type, shape, m_data.size()));
        m_data += data;
        return *this;
    }

    static std::string arrayHead(files::GgufType type, std::uint64_t count) {
        return raw(static_cast<std::uint32_t>(type)) + raw(count);
    }
    static std::string tensorHead(std::string_view name, std::uint32_t type,
                                  const std::vector<std::uint64_t>& shape, std::uint64_t offset) {
        std::string head = rawText(name) + raw(static_cast<std::uint32_t>(shape.size()));
        for (const std::uint64_t size : shape)
            head += raw(size);
        return head + raw(type) + raw(offset);
    }
    // A tensor whose head is given as bytes, without data.
    GgufBuilder& rawTensorHead(const std::string& head) {
        m_heads.push_back(head);
        return *this;
    }

    // The data of the last tensor ends the file, so that any shorter file lacks some of it.
    std::string bytes() const {
        std::string file =
            "GGUF" + raw(version) + raw<std::uint64_t>(m_heads.size()) + raw<std::uint64_t>(m_pairs.size());
        for (const std::string& pair : m_pairs)
            file += pair;
        for (const std::string& head : m_heads)
            file += head;
        if (!m_heads.empty())
            file.resize((file.size() + alignment - 1) / alignment * alignment, '\0');
        return file + m_data;
    }

  private:
    std::vector<std::string> m_pairs;
    std::vector<std::string> m_heads;
    std::string m_data;
};

// Adds to the tokens of a byte-level vocabulary those of a byte that it must have.
inline std::vector<std::string> withLetters(std::vector<std::string> tokens) {
    std::vector<std::string> letters{"Ġ", "Ċ"}; // space, line feed
    for (char c = 0x21; c < 0x7F; ++c)
        letters.emplace_back(1, c);
    for (const std::string& letter : letters)
        if (std::ranges::find(tokens, letter) == tokens.end())
            tokens.push_back(letter);
    return tokens;
}

// Name and shape of the tensors of a Llama model but its embedding.
inline std::map<std::string, std::vector<std::uint64_t>>
llamaTensors(std::uint64_t layers, std::uint64_t hidden, std::uint64_t inner, std::uint64_t queries,
             std::uint64_t keys) {
    std::map<std::string, std::vector<std::uint64_t>> tensors{{"output_norm.weight", {hidden}}};
    for (std::uint64_t layer = 0; layer < layers; ++layer) {
        const std::string prefix = "blk." + std::to_string(layer) + ".";
        tensors[prefix + "attn_norm.weight"] = tensors[prefix + "ffn_norm.weight"] = {hidden};
        tensors[prefix + "attn_q.weight"] = {hidden, queries};
        tensors[prefix + "attn_k.weight"] = tensors[prefix + "attn_v.weight"] = {hidden, keys};
        tensors[prefix + "attn_output.weight"] = {queries, hidden};
        tensors[prefix + "ffn_gate.weight"] = tensors[prefix + "ffn_up.weight"] = {hidden, inner};
        tensors[prefix + "ffn_down.weight"] = {inner, hidden};
    }
    return tensors;
}

} // namespace kvprism::tests
