// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf_metadata.h"

#include "engine/base/printable.h"

#include <array>
#include <limits>

namespace kvprism::files {

namespace {

constexpr std::uint64_t longestKey = 65535; // bytes, as the format says
constexpr int deepestArray = 4;             // arrays in arrays; nobody writes more than two

// Bytes that a value of the type takes, at least (strings and arrays begin with their length).
constexpr std::array<std::uint64_t, ggufTypes> leastBytes{1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

std::uint64_t leastBytesOf(GgufType type) {
    return leastBytes[static_cast<std::uint32_t>(type)];
}

GgufType readType(GgufCursor& cursor, const std::string& field) {
    const auto number = cursor.number<std::uint32_t>(field);
    if (number < ggufTypes)
        return static_cast<GgufType>(number);
    cursor.fail(field + " is " + std::to_string(number) + ", which is no type");
    return GgufType::uint8;
}

void walkElements(GgufCursor& cursor, GgufType type, std::uint64_t count, const std::string& field,
                  int depth);

// Type and count of an array. The count is held against the bytes left before anything is done with it.
GgufValue readArrayHead(GgufCursor& cursor, const std::string& field) {
    GgufValue value;
    value.isArray = true;
    value.type = readType(cursor, "the element type of " + field);
    value.count = cursor.number<std::uint64_t>("the length of " + field);
    if (cursor.ok() && value.count > cursor.remaining() / leastBytesOf(value.type))
        cursor.fail("the length of " + field + " is " + std::to_string(value.count) + ", but only " +
                    std::to_string(cursor.remaining()) + " bytes are left");
    return value;
}

void walkElements(GgufCursor& cursor, GgufType type, std::uint64_t count, const std::string& field,
                  int depth) {
    if (type != GgufType::string && type != GgufType::array) {
        cursor.skip(count * leastBytesOf(type), field); // no overflow: count was held against the bytes left
        return;
    }
    if (depth > deepestArray)
        cursor.fail(field + " nests arrays deeper than " + std::to_string(deepestArray));
    for (std::uint64_t i = 0; i < count && cursor.ok(); ++i) {
        if (type == GgufType::string) {
            cursor.text(field);
        } else {
            const GgufValue inner = readArrayHead(cursor, field);
            if (cursor.ok())
                walkElements(cursor, inner.type, inner.count, field, depth + 1);
        }
    }
}

GgufValue readValue(GgufCursor& cursor, std::span<const std::byte> all, const std::string& field) {
    GgufValue value;
    value.type = readType(cursor, "the type of " + field);
    if (value.type == GgufType::array)
        value = readArrayHead(cursor, field);
    const std::uint64_t begin = cursor.offset();
    if (cursor.ok())
        walkElements(cursor, value.type, value.count, field, 1);
    if (!cursor.ok())
        return value;
    value.payload = all.subspan(begin, cursor.offset() - begin);
    if (value.type == GgufType::boolean && !value.isArray && static_cast<unsigned>(value.payload[0]) > 1)
        cursor.failAt(begin, field + " is neither true nor false");
    return value;
}

template <class T> T load(const GgufValue& value, std::uint64_t index) {
    T number{};
    std::memcpy(&number, value.payload.data() + index * sizeof(T), sizeof(T));
    return number;
}

} // namespace

GgufMetadata readGgufMetadata(GgufCursor& cursor, std::span<const std::byte> all, std::uint64_t count) {
    GgufMetadata metadata;
    for (std::uint64_t i = 0; i < count && cursor.ok(); ++i) {
        const std::uint64_t begin = cursor.offset();
        const std::string_view key = cursor.text("key " + std::to_string(i));
        if (cursor.ok() && (key.empty() || key.size() > longestKey))
            cursor.failAt(begin,
                          "key " + std::to_string(i) + " has " + std::to_string(key.size()) + " bytes");
        const GgufValue value = readValue(cursor, all, printable(key));
        if (cursor.ok() && !metadata.emplace(key, value).second)
            cursor.failAt(begin, "the key " + printable(key) + " is there twice");
    }
    return metadata;
}

std::optional<std::int64_t> integerAt(const GgufValue& value, std::uint64_t index) {
    switch (value.type) {
    case GgufType::uint8:
        return load<std::uint8_t>(value, index);
    case GgufType::int8:
        return load<std::int8_t>(value, index);
    case GgufType::uint16:
        return load<std::uint16_t>(value, index);
    case GgufType::int16:
        return load<std::int16_t>(value, index);
    case GgufType::uint32:
        return load<std::uint32_t>(value, index);
    case GgufType::int32:
        return load<std::int32_t>(value, index);
    case GgufType::int64:
        return load<std::int64_t>(value, index);
    case GgufType::boolean:
        return load<std::uint8_t>(value, index) != 0 ? 1 : 0;
    case GgufType::uint64: {
        const auto number = load<std::uint64_t>(value, index);
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    case GgufType::float32:
    case GgufType::float64:
    case GgufType::string:
    case GgufType::array:
        break;
    }
    return std::nullopt;
}

std::optional<double> numberAt(const GgufValue& value, std::uint64_t index) {
    if (value.type == GgufType::float32)
        return static_cast<double>(load<float>(value, index));
    if (value.type == GgufType::float64)
        return load<double>(value, index);
    if (const auto integer = integerAt(value, index))
        return static_cast<double>(*integer);
    return std::nullopt;
}

} // namespace kvprism::files
