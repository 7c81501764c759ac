// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/checked.h"
#include "engine/base/result.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace kvprism::files {

// Reads a byte range from front to back. Each read checks what is left; the first that fails is remembered,
// and all after it fail too, so that a caller may look at ok() once per record.
class GgufCursor {
  public:
    GgufCursor(std::span<const std::byte> bytes, std::string_view path) : m_bytes(bytes), m_path(path) {}

    bool ok() const { return !m_error; }
    const Error& error() const { return *m_error; }
    std::uint64_t offset() const { return m_offset; }
    std::uint64_t remaining() const { return m_bytes.size() - m_offset; }

    template <class T> T number(std::string_view field) {
        static_assert(std::is_arithmetic_v<T>);
        T value{};
        if (const auto bytes = skip(sizeof(T), field); !bytes.empty())
            std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }

    // A 64-bit length, then that many bytes. The view lies in the bytes.
    std::string_view text(std::string_view field) {
        const auto length = number<std::uint64_t>(field);
        const auto bytes = skip(length, field);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    // The next `length` bytes; nothing where fewer are left.
    std::span<const std::byte> skip(std::uint64_t length, std::string_view field) {
        if (!ok())
            return {};
        if (length > remaining()) {
            fail(std::string(field) + " needs " + std::to_string(length) + " bytes, but " +
                 std::to_string(remaining()) + " are left");
            return {};
        }
        const auto part = m_bytes.subspan(m_offset, length);
        m_offset += length;
        return part;
    }

    // Keeps the first failure: "FILE, offset N: what. Where it came from is the usual cause."
    void fail(const std::string& what) { failAt(m_offset, what); }
    void failAt(std::uint64_t offset, const std::string& what) {
        if (ok())
            m_error = malformed(std::string(m_path) + ", offset " + std::to_string(offset) + ": " + what +
                                "; the file is damaged or incomplete, fetch it again.");
    }
    void refuse(Error error) {
        if (ok())
            m_error = std::move(error);
    }

  private:
    std::span<const std::byte> m_bytes;
    std::string_view m_path;
    std::uint64_t m_offset = 0;
    std::optional<Error> m_error;
};

} // namespace kvprism::files
