// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/safetensors_header.h"

#include "engine/base/checked.h"
#include "engine/base/printable.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>

namespace kvprism::files {

namespace {

constexpr std::uint64_t longestHeader = 100'000'000; // as the reference implementation has it
constexpr std::size_t mostDimensions = 64;

struct Type {
    std::string_view name;
    std::uint64_t bytes; // of a value
    std::optional<TensorType> ours;
};
constexpr std::array types{
    Type{"F32", 4, TensorType::f32},
    Type{"F16", 2, TensorType::f16},
    Type{"BF16", 2, TensorType::bf16},
    Type{"BOOL", 1, {}},
    Type{"U8", 1, {}},
    Type{"I8", 1, {}},
    Type{"F8_E5M2", 1, {}},
    Type{"F8_E4M3", 1, {}},
    Type{"U16", 2, {}},
    Type{"I16", 2, {}},
    Type{"U32", 4, {}},
    Type{"I32", 4, {}},
    Type{"U64", 8, {}},
    Type{"I64", 8, {}},
    Type{"F64", 8, {}},
};

struct Entry {
    std::string name, type;
    std::vector<std::uint64_t> shape;   // in the file's order: the fastest last
    std::vector<std::uint64_t> offsets; // begin and end in the data
    unsigned fields = 0;                // of type 1, shape 2, offsets 4: those that were there
};

// The header's events: an object of objects of three fields, and nothing else. Without a tree of the whole,
// because only events show a name that is there twice.
class HeaderEvents final : public nlohmann::json_sax<nlohmann::json> {
  public:
    std::vector<Entry> entries;
    std::string wrong; // empty: nothing

    bool start_object(std::size_t) override {
        if (m_depth == 0 && !m_began) {
            m_began = true;
            ++m_depth;
            return true;
        }
        if (m_depth != 1 || m_array)
            return fail("holds an object where none belongs");
        ++m_depth;
        if (!m_metadata)
            entries.push_back({.name = m_key, .type = {}, .shape = {}, .offsets = {}, .fields = 0});
        return true;
    }
    bool key(std::string& name) override {
        m_key = name;
        if (m_depth == 1) {
            m_metadata = name == "__metadata__";
            return m_names.insert(name).second || fail("has the name " + printable(name) + " twice");
        }
        if (m_metadata)
            return true;
        m_field = name == "dtype" ? 1U : name == "shape" ? 2U : name == "data_offsets" ? 4U : 0U;
        if (m_field == 0)
            return fail("has a field " + printable(name) + " in " + printable(entries.back().name));
        if (entries.back().fields & m_field)
            return fail("has the field " + printable(name) + " twice in " + printable(entries.back().name));
        entries.back().fields |= m_field;
        return true;
    }
    bool end_object() override {
        --m_depth;
        if (m_depth == 1 && !m_metadata && entries.back().fields != 7)
            return fail("lacks dtype, shape or data_offsets of " + printable(entries.back().name));
        return true;
    }
    bool start_array(std::size_t) override {
        if (m_depth != 2 || m_array || m_metadata || m_field == 1)
            return fail("holds a list where none belongs");
        m_array = true;
        return true;
    }
    bool end_array() override {
        m_array = false;
        return true;
    }
    bool number_unsigned(number_unsigned_t number) override {
        if (!m_array)
            return fail("holds a number where none belongs");
        auto& list = m_field == 2 ? entries.back().shape : entries.back().offsets;
        if (list.size() == mostDimensions)
            return fail("has a list of more than " + std::to_string(mostDimensions) + " numbers");
        list.push_back(number);
        return true;
    }
    bool string(std::string& text) override {
        if (m_depth == 2 && m_metadata)
            return true;
        if (m_depth != 2 || m_array || m_field != 1)
            return fail("holds a text where none belongs");
        entries.back().type = text;
        return true;
    }
    bool null() override { return fail("holds a null"); }
    bool boolean(bool) override { return fail("holds a truth value"); }
    bool number_integer(number_integer_t) override { return fail("holds a negative number"); }
    bool number_float(number_float_t, const string_t&) override { return fail("holds a fraction"); }
    bool binary(binary_t&) override { return fail("holds binary data"); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        return fail("is no JSON at byte " + std::to_string(8 + position));
    }

  private:
    bool fail(std::string what) {
        if (wrong.empty())
            wrong = std::move(what);
        return false;
    }

    std::unordered_set<std::string> m_names;
    std::string m_key;
    int m_depth = 0;
    unsigned m_field = 0;
    bool m_began = false, m_array = false, m_metadata = false;
};

// Checks entries against the data behind the header and gives them their bytes.
class Placer {
  public:
    Placer(std::span<const std::byte> data, const std::string& path) : m_data(data), m_path(path) {}

    // Entries in the order of their data.
    Result<Tensor> place(const Entry& entry) {
        const std::string name = printable(entry.name);
        const auto type = std::ranges::find(types, entry.type, &Type::name);
        if (type == types.end())
            return wrong("the tensor " + name + " has the type " + printable(entry.type) +
                         ", which the format does not know");
        if (!type->ours)
            return unavailable(m_path + ": the tensor " + name + " has the type " + entry.type +
                               ", which is not supported; use a model of F32, F16 or BF16.");
        if (entry.offsets.size() != 2 || entry.offsets[0] > entry.offsets[1] ||
            entry.offsets[1] > m_data.size())
            return wrong("the data_offsets of the tensor " + name + " are no range within the " +
                         std::to_string(m_data.size()) + " bytes of data");
        if (entry.offsets[0] != m_end)
            return wrong("the data of the tensor " + name + " begins at " + std::to_string(entry.offsets[0]) +
                         ", but the one before ends at " + std::to_string(m_end));
        m_end = entry.offsets[1];
        std::optional<std::uint64_t> elements = 1;
        for (const std::uint64_t side : entry.shape)
            elements = elements ? checkedMultiply(*elements, side) : std::nullopt;
        const auto bytes = elements ? checkedMultiply(*elements, type->bytes) : std::nullopt;
        if (bytes != entry.offsets[1] - entry.offsets[0])
            return wrong("the tensor " + name + " has " +
                         std::to_string(entry.offsets[1] - entry.offsets[0]) +
                         " bytes, which is not what its shape and type need");
        return Tensor{entry.name,
                      *type->ours,
                      {entry.shape.rbegin(), entry.shape.rend()},
                      *elements,
                      m_data.subspan(entry.offsets[0], *bytes)};
    }
    std::uint64_t end() const { return m_end; }
    Error wrong(const std::string& what) const {
        return malformed(m_path + ": " + what + "; the file is damaged, fetch it again.");
    }

  private:
    std::span<const std::byte> m_data;
    const std::string& m_path;
    std::uint64_t m_end = 0; // of what was placed
};

Result<std::string_view> headerOf(std::span<const std::byte> file, const std::string& path) {
    std::uint64_t length = 0;
    const auto wrong = [&](const std::string& what) {
        return malformed(path + ": " + what +
                         "; it is no safetensors file, or it is damaged: fetch it again.");
    };
    if (file.size() < sizeof length)
        return wrong("the file ends within the length of its header");
    std::memcpy(&length, file.data(), sizeof length);
    if (length > longestHeader)
        return wrong("the header is said to have " + std::to_string(length) + " bytes, more than " +
                     std::to_string(longestHeader));
    if (length > file.size() - sizeof length)
        return wrong("the header is said to have " + std::to_string(length) + " bytes, but only " +
                     std::to_string(file.size() - sizeof length) + " follow");
    const std::string_view header(reinterpret_cast<const char*>(file.data()) + sizeof length, length);
    if (!header.starts_with('{'))
        return wrong("the header does not begin with '{'");
    if (header[header.find_last_not_of(' ')] != '}')
        return wrong("the header does not end with '}' and spaces");
    return header;
}

} // namespace

Result<std::vector<Tensor>> readSafetensors(std::span<const std::byte> file, const std::string& path) {
    const auto header = headerOf(file, path);
    if (!header)
        return header.error();
    Placer placer(file.subspan(sizeof(std::uint64_t) + header->size()), path);
    HeaderEvents events;
    const bool parsed = nlohmann::json::sax_parse(*header, &events);
    if (!parsed || !events.wrong.empty())
        return placer.wrong("the header " + (events.wrong.empty() ? "is no JSON" : events.wrong));
    // Tensors without data begin where the next one does.
    std::ranges::stable_sort(events.entries,
                             [](const Entry& a, const Entry& b) { return a.offsets < b.offsets; });
    std::vector<Tensor> tensors;
    for (const Entry& entry : events.entries) {
        auto tensor = placer.place(entry);
        if (!tensor)
            return tensor.error();
        tensors.push_back(std::move(*tensor));
    }
    const std::uint64_t data = file.size() - sizeof(std::uint64_t) - header->size();
    if (placer.end() != data)
        return placer.wrong("the tensors end at " + std::to_string(placer.end()) + " of " +
                            std::to_string(data) + " bytes of data");
    return tensors;
}

} // namespace kvprism::files
