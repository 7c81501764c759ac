// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/pdf_library.h"

#include <limits>
#include <memory>
#include <new>
#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

using kvprism::text::PdfOutcome;
using kvprism::text::PdfPage;

namespace {

// In the order in which people read it: columns one after another.
bool readPage(const poppler::document& document, int index, PdfPage page, void* context) {
    const std::unique_ptr<poppler::page> source(document.create_page(index));
    if (!source)
        return page(context, nullptr, 0);
    const poppler::byte_array words =
        source->text(poppler::rectf(), poppler::page::non_raw_non_physical_layout).to_utf8();
    return page(context, words.data(), words.size());
}

PdfOutcome readAll(const char* bytes, int size, PdfPage page, void* context) {
    const std::unique_ptr<poppler::document> document(poppler::document::load_from_raw_data(bytes, size));
    if (!document)
        return PdfOutcome::broken;
    if (document->is_locked())
        return PdfOutcome::locked;
    for (int index = 0; index < document->pages(); ++index)
        if (!readPage(*document, index, page, context))
            return PdfOutcome::stopped;
    return PdfOutcome::read;
}

} // namespace

PdfOutcome kvprism_read_pdf(const char* bytes, std::size_t size, PdfPage page, void* context) {
    // Its remarks on a file's syntax are not for people who asked for the words.
    poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return PdfOutcome::broken;
    try {
        return readAll(bytes, static_cast<int>(size), page, context);
    } catch (const std::bad_alloc&) {
        return PdfOutcome::noMemory;
    } catch (...) {
        return PdfOutcome::broken;
    }
}
