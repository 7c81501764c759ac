// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/pdf.h"

#include "engine/shared_library.h"
#include "engine/text/pdf_library.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <mutex>

namespace kvprism::text {

namespace {

class Pages {
  public:
    Pages(std::string& text, const std::stop_token& stop) : m_text(text), m_stop(stop) {}

    // False where the text has become too long for a document, and where nobody wants it any more.
    bool add(const char* utf8, std::size_t length) {
        ++m_count;
        if (m_stop.stop_requested())
            return false;
        std::string words = utf8 ? toValidUtf8({utf8, length}) : std::string();
        // Form feeds end pages; a font without a table of characters gives other controls.
        std::erase_if(words, [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
        });
        words.erase(words.find_last_not_of(" \t\n") + 1);
        if (words.find_first_not_of(" \t\n") == std::string::npos) {
            if (m_empty++ == 0)
                m_firstEmpty = m_count;
            return true;
        }
        m_text += m_text.empty() ? "" : "\n";
        m_text += words;
        m_text += '\n';
        return m_text.size() <= mostDocumentBytes;
    }

    std::size_t count() const { return m_count; }
    std::size_t empty() const { return m_empty; }
    std::size_t firstEmpty() const { return m_firstEmpty; } // from 1

  private:
    std::string& m_text;
    const std::stop_token& m_stop;
    std::size_t m_count = 0, m_empty = 0, m_firstEmpty = 0;
};

std::string pagesText(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " page" : " pages");
}

Status failureOf(PdfOutcome outcome, const std::string& name) {
    switch (outcome) {
    case PdfOutcome::read:
        return {};
    case PdfOutcome::locked:
        return malformed(name + " is a PDF locked by a password; save a copy without one (qpdf --decrypt).");
    case PdfOutcome::broken:
        return malformed(name + " is a PDF that is damaged or cut off; fetch it again.");
    case PdfOutcome::stopped:
        return malformed(name + " is a PDF with more than " + std::to_string(mostDocumentBytes >> 20) +
                         " MiB of text, the most a document may have; split it.");
    case PdfOutcome::noMemory:
        return outOfMemory("The system gave no more memory while reading " + name +
                           ": close other programs.");
    }
    return defect("The library that reads PDFs gave an outcome that is none.");
}

void tell(const Pages& pages, std::string_view bytes, Document& document) {
    document.notices.push_back("The text of " + pagesText(pages.count()) +
                               " was taken out of the PDF; byte offsets count in that text.");
    if (pages.empty() > 0)
        document.notices.push_back(pagesText(pages.empty()) +
                                   " of the PDF held no text (pictures of text need "
                                   "OCR first), the first is page " +
                                   std::to_string(pages.firstEmpty()) + ".");
    // A whole PDF says so within its last 1024 bytes.
    if (bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 1024)).find("%%EOF") ==
        std::string_view::npos)
        document.notices.push_back(
            "The PDF has no end: it may be cut off, and what could be found was read.");
}

} // namespace

bool isPdf(std::string_view bytes) {
    return bytes.starts_with("%PDF-");
}

Status readPdf(std::string_view bytes, Document& document, const std::stop_token& stop) {
    const auto symbol =
        symbolOfOurLibrary("The library that reads PDFs", "libkvprism_pdf.so", "kvprism_read_pdf");
    if (!symbol)
        return symbol.error();
    const auto read = reinterpret_cast<decltype(&kvprism_read_pdf)>(*symbol);
    static std::mutex oneAtATime;
    const std::lock_guard lock(oneAtATime);
    Pages pages(document.text, stop);
    const PdfOutcome outcome = read(
        bytes.data(), bytes.size(),
        [](void* context, const char* utf8, std::size_t length) {
            return static_cast<Pages*>(context)->add(utf8, length);
        },
        &pages);
    if (outcome == PdfOutcome::stopped && stop.stop_requested())
        return interrupted(document.name + " was not read to its end: that was stopped.");
    if (const Status failure = failureOf(outcome, document.name); !failure)
        return failure;
    if (document.text.empty())
        return malformed(document.name + " is a PDF of " + pagesText(pages.count()) +
                         " without any text: if it was scanned, let OCR put the text in first (ocrmypdf).");
    tell(pages, bytes, document);
    return {};
}

} // namespace kvprism::text
