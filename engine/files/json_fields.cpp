// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/json_fields.h"

#include <cmath>

namespace kvprism::files {

namespace {

std::string shown(const nlohmann::json& value) {
    const std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() <= 40 ? text : text.substr(0, 40) + "…";
}

std::string named(const char* key) {
    return std::string("'") + key + "'";
}

constexpr int deepest = 64;

// Whether no list or object lies within more than `deepest` others. What is no JSON may be called either.
bool isShallow(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            i += c == '\\' ? 1 : 0;
        else if ((c == '[' || c == '{') && ++depth > deepest)
            return false;
        else if (c == ']' || c == '}')
            --depth;
    }
    return true;
}

template <class Json> Json parseShallow(std::string_view text) {
    return isShallow(text) ? Json::parse(text, nullptr, false) : Json(Json::value_t::discarded);
}

} // namespace

nlohmann::json parseJson(std::string_view text) {
    return parseShallow<nlohmann::json>(text);
}

nlohmann::ordered_json parseOrderedJson(std::string_view text) {
    return parseShallow<nlohmann::ordered_json>(text);
}

Result<nlohmann::json> parseJsonObject(std::string_view text, const std::string& where) {
    auto json = parseJson(text);
    if (!json.is_object())
        return malformed(
            where + " is no JSON object, or one that nests too deeply; the file is damaged, fetch it again.");
    return json;
}

const nlohmann::json* JsonFields::find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

std::int32_t JsonFields::integer(const char* key, std::int32_t least, std::int32_t most) {
    const nlohmann::json* value = find(key);
    if (!value) {
        refuse(named(key) + " is missing");
        return least;
    }
    // Numbers that are not negative are read as unsigned ones, however large.
    const bool fits = value->is_number_unsigned()
                          ? most >= 0 && value->get<std::uint64_t>() <= static_cast<std::uint64_t>(most) &&
                                value->get<std::int64_t>() >= least
                          : value->is_number_integer() && value->get<std::int64_t>() >= least &&
                                value->get<std::int64_t>() <= most;
    if (!fits) {
        refuse(named(key) + " is " + shown(*value) + ", no integer within " + std::to_string(least) + " … " +
               std::to_string(most));
        return least;
    }
    return value->get<std::int32_t>();
}

std::int32_t JsonFields::integerOr(const char* key, std::int32_t least, std::int32_t most,
                                   std::int32_t absent) {
    return has(key) ? integer(key, least, most) : absent;
}

double JsonFields::number(const char* key, double least, double most) {
    const nlohmann::json* value = find(key);
    if (!value) {
        refuse(named(key) + " is missing");
        return least;
    }
    const double number = value->is_number() ? value->get<double>() : NAN;
    if (!(number >= least && number <= most)) {
        refuse(named(key) + " is " + shown(*value) + ", no number within " + shown(least) + " … " +
               shown(most));
        return least;
    }
    return number;
}

double JsonFields::numberOr(const char* key, double least, double most, double absent) {
    return has(key) ? number(key, least, most) : absent;
}

std::string JsonFields::textOr(const char* key, const std::string& absent) {
    const nlohmann::json* value = find(key);
    if (!value)
        return absent;
    if (!value->is_string()) {
        refuse(named(key) + " is " + shown(*value) + ", no text");
        return absent;
    }
    return value->get<std::string>();
}

bool JsonFields::truthOr(const char* key, bool absent) {
    const nlohmann::json* value = find(key);
    if (!value)
        return absent;
    if (!value->is_boolean()) {
        refuse(named(key) + " is " + shown(*value) + ", neither true nor false");
        return absent;
    }
    return value->get<bool>();
}

const nlohmann::json* JsonFields::objectAt(const char* key) {
    const nlohmann::json* value = find(key);
    if (value && !value->is_object()) {
        refuse(named(key) + " is " + shown(*value) + ", no object");
        return nullptr;
    }
    return value;
}

const nlohmann::json* JsonFields::listAt(const char* key) {
    const nlohmann::json* value = find(key);
    if (value && !value->is_array()) {
        refuse(named(key) + " is " + shown(*value) + ", no list");
        return nullptr;
    }
    return value;
}

void JsonFields::refuse(const std::string& what) {
    fail(malformed(m_where + ": " + what + "; the file is damaged or not supported."));
}

void JsonFields::notSupported(const std::string& what) {
    fail(unavailable(m_where + ": " + what + " is not supported; use another model."));
}

void JsonFields::fail(Error error) {
    if (!m_error)
        m_error = std::move(error);
}

} // namespace kvprism::files
