// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace kvprism {

// What went wrong, as an exit status of sysexits; the command line returns these numbers.
enum class ErrorCode {
    usage = 64,        // an argument or a setting that cannot be
    malformed = 65,    // a file whose content is not what it should be
    noInput = 66,      // a file that is not there or cannot be opened
    unavailable = 69,  // a device or a feature that this machine or build lacks
    defect = 70,       // a mistake of ours
    outOfMemory = 71,  // host or device memory
    io = 74,           // reading or writing failed halfway
    interrupted = 130, // the user stopped it
};

// One sentence for people: what was wrong, where (file, offset, field) and what to do.
struct Error {
    ErrorCode code = ErrorCode::defect;
    std::string message;
    std::int64_t fittingBudget = 0; // tokens: a budget that would do where this one does not; 0: none is known
};

// A value or an Error, as std::expected (which clang 14 lacks for libstdc++, and the fuzzers need clang).
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T held) : m_state(std::in_place_index<0>, std::move(held)) {}
    Result(Error failure) : m_state(std::in_place_index<1>, std::move(failure)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { assert(ok()); return *std::get_if<0>(&m_state); }
    const T& value() const& { assert(ok()); return *std::get_if<0>(&m_state); }
    T&& value() && { assert(ok()); return std::move(*std::get_if<0>(&m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { assert(!ok()); return *std::get_if<1>(&m_state); }

  private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error failure) : m_error(std::move(failure)) {}

    bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { assert(m_error); return *m_error; }

  private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

inline Error usageError(std::string message) { return {ErrorCode::usage, std::move(message)}; }
inline Error malformed(std::string message) { return {ErrorCode::malformed, std::move(message)}; }
inline Error noInput(std::string message) { return {ErrorCode::noInput, std::move(message)}; }
inline Error unavailable(std::string message) { return {ErrorCode::unavailable, std::move(message)}; }
inline Error defect(std::string message) { return {ErrorCode::defect, std::move(message)}; }
inline Error outOfMemory(std::string message) { return {ErrorCode::outOfMemory, std::move(message)}; }
inline Error ioError(std::string message) { return {ErrorCode::io, std::move(message)}; }
inline Error interrupted(std::string message) { return {ErrorCode::interrupted, std::move(message)}; }

} // namespace kvprism
