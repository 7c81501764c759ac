// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stream_tokens.h"

#include "engine/text/chat_template.h"

#include <limits>
#include <string_view>
#include <utility>

namespace kvprism {

namespace {

void appendToken(trace::TokenTable& table, std::int32_t id, std::int64_t offset, std::string_view piece) {
    table.ids.push_back(id);
    table.byteOffsets.push_back(offset);
    table.pieces += piece;
    table.pieceEnds.push_back(static_cast<std::uint32_t>(table.pieces.size()));
}

} // namespace

Result<Stream> tokenise(const LoadedModel& model, const select::Config& config,
                        const text::Document& document, const text::Watch& watch) {
    Stream stream;
    const text::Tokenizer& tokenizer = *model.tokenizer;
    if (config.layout == select::Layout::inlined) {
        const auto prefix = text::prefixIds(tokenizer, model.chat, config.instruction);
        if (!prefix)
            return prefix.error();
        for (const std::int32_t id : *prefix)
            appendToken(stream.tokens, id, -1, tokenizer.piece(id));
        stream.prefixTokens = static_cast<std::int32_t>(prefix->size());
    }
    const auto encoding = tokenizer.encode(document.text, text::SpecialTokens::asText, watch);
    if (!encoding)
        return encoding.error();
    if (encoding->ids.size() > std::numeric_limits<std::int32_t>::max() / 2)
        return usageError("The document has too many tokens.");
    const std::string_view text = document.text;
    text::Pace pace(watch);
    for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
        if (!pace.step())
            return text::encodingStopped();
        const std::size_t begin = encoding->begins[i];
        const std::size_t end = i + 1 < encoding->ids.size() ? encoding->begins[i + 1] : text.size();
        appendToken(stream.tokens, encoding->ids[i], static_cast<std::int64_t>(document.diskOffset(begin)),
                    text.substr(begin, end - begin));
    }
    return stream;
}

text::Watch tokenisingWatch(const text::Document& document, EngineObserver* observer, std::stop_token stop) {
    text::Watch watch{std::move(stop), {}};
    if (observer)
        watch.progress = [observer, total = document.text.size()](std::size_t bytes) {
            observer->progress({.phase = Phase::tokenising,
                                .done = static_cast<std::int64_t>(bytes),
                                .total = static_cast<std::int64_t>(total)});
        };
    return watch;
}

} // namespace kvprism
