// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace kvprism::files {

// A JSON text; a discarded value where it is none, or nests deeper than any of our files does: what copies,
// compares or prints a value calls itself for each level.
nlohmann::json parseJson(std::string_view text);
nlohmann::ordered_json parseOrderedJson(std::string_view text); // fields in the text's order

// A JSON text that is one object; else an error that names `where` (a file).
Result<nlohmann::json> parseJsonObject(std::string_view text, const std::string& where);

// Reads fields of a JSON object from outside. A field that is not there or null is absent; one of another
// type or out of range is an error that names `where` and the field. The first error is kept, and what is
// read after it does not count.
class JsonFields {
  public:
    JsonFields(const nlohmann::json& object, std::string where)
        : m_object(object), m_where(std::move(where)) {}

    const std::optional<Error>& error() const { return m_error; }
    bool has(const char* key) const { return find(key) != nullptr; }

    std::int32_t integer(const char* key, std::int32_t least, std::int32_t most);
    std::int32_t integerOr(const char* key, std::int32_t least, std::int32_t most, std::int32_t absent);
    double number(const char* key, double least, double most);
    double numberOr(const char* key, double least, double most, double absent);
    std::string textOr(const char* key, const std::string& absent);
    bool truthOr(const char* key, bool absent);
    const nlohmann::json* objectAt(const char* key); // nullptr: absent
    const nlohmann::json* listAt(const char* key);

    void refuse(const std::string& what);       // malformed
    void notSupported(const std::string& what); // unavailable: "…is not supported"
    void fail(Error error);

  private:
    const nlohmann::json* find(const char* key) const; // nullptr: absent or null

    const nlohmann::json& m_object;
    std::string m_where;
    std::optional<Error> m_error;
};

} // namespace kvprism::files
