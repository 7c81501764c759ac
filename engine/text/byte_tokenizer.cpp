// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_tokenizer.h"

namespace kvprism::text {

namespace {

constexpr std::string_view beginText = "<begin>";

} // namespace

Result<Encoding> ByteTokenizer::encode(std::string_view utf8, SpecialTokens special,
                                       const Watch& watch) const {
    if (auto error = refuseText(utf8))
        return *std::move(error);
    Encoding encoding;
    encoding.ids.reserve(utf8.size());
    encoding.begins.reserve(utf8.size());
    Pace pace(watch);
    for (std::size_t at = 0; at < utf8.size();) {
        if (!pace.at(at))
            return encodingStopped();
        const bool isBegin = special == SpecialTokens::parsed && utf8.substr(at).starts_with(beginText);
        encoding.ids.push_back(isBegin ? begin : static_cast<unsigned char>(utf8[at]));
        encoding.begins.push_back(static_cast<std::uint32_t>(at));
        at += isBegin ? beginText.size() : 1;
    }
    return encoding;
}

std::string ByteTokenizer::piece(std::int32_t id) const {
    if (id < 0 || id >= m_size)
        return {};
    if (id < begin)
        return std::string(1, static_cast<char>(id));
    return id == begin ? std::string(beginText) : "<" + std::to_string(id) + ">";
}

std::optional<std::int32_t> ByteTokenizer::find(std::string_view specialToken) const {
    return specialToken == beginText ? std::optional(begin) : std::nullopt;
}

ChatTemplate plainTemplate() {
    return {.name = "plain", .userOpening = "", .userClosing = "\n"};
}

} // namespace kvprism::text
