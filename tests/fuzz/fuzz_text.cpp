// SPDX-License-Identifier: GPL-3.0-or-later
// A document's bytes, an answer's, and a chat template's. PDFs are poppler's to read, and are fuzzed there.
#include "engine/text/chat_template_table.h"
#include "engine/text/document.h"
#include "engine/text/normal_form.h"
#include "engine/text/pdf.h"
#include "engine/text/utf8.h"
#include "engine/text/utf8_stream.h"
#include "tests/fuzz/harness.h"

using namespace kvprism;

namespace {

void readDocument(std::string_view bytes) {
    const auto document = text::documentFromBytes("input", bytes);
    if (!document)
        return fuzz::requireSentence(document.error());
    const std::string& text = document->text;
    fuzz::require(text::validUtf8Prefix(text) == text.size(), "a document is no UTF-8");
    std::uint64_t before = 0;
    for (std::uint64_t offset = 0; offset <= text.size(); ++offset) {
        const std::uint64_t place = document->diskOffset(offset);
        fuzz::require(place >= before && place <= bytes.size(),
                      "a place on disk does not ascend inside the file");
        before = place;
    }
    const text::Watch nobody;
    text::Pace pace(nobody);
    const auto form = text::NormalForm::ofText(text, pace);
    if (!form)
        return fuzz::requireSentence(form.error());
    fuzz::require(text::validUtf8Prefix(form->text()) == form->text().size(),
                  "a normalised text is no UTF-8");
    for (std::size_t at = 0, last = 0; at <= form->text().size(); ++at) {
        const std::size_t place = form->originalOf(at);
        fuzz::require(place >= last && place <= text.size(), "a place in a text does not ascend");
        last = place;
    }
    fuzz::noteRead();
}

// What comes in parts reads as the whole does.
void readAnswer(std::string_view bytes) {
    text::Utf8Stream stream;
    std::string streamed;
    for (std::size_t at = 0, length = 1; at < bytes.size(); at += length, length = length % 5 + 1)
        streamed += stream.push(bytes.substr(at, length));
    streamed += stream.finish();
    fuzz::require(text::validUtf8Prefix(streamed) == streamed.size(), "a streamed answer is no UTF-8");
    fuzz::require(streamed == text::toValidUtf8(bytes), "an answer in parts differs from the whole");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::textOf(data, size);
    if (!text::isPdf(bytes))
        readDocument(bytes);
    readAnswer(bytes);
    (void)text::knownChatTemplate(bytes);
    return 0;
}
