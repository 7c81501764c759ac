// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <string>
#include <vector>

// Small PDFs, written as the format says (ISO 32000), for tests.
namespace kvprism::test {

class PdfBuilder {
  public:
    void object(const std::string& content) { // numbered from 1
        m_offsets.push_back(m_bytes.size());
        m_bytes += std::to_string(m_offsets.size()) + " 0 obj\n" + content + "\nendobj\n";
    }
    std::string finish(const std::string& trailer) { // the first object is the catalogue
        const std::size_t table = m_bytes.size();
        const std::string count = std::to_string(m_offsets.size() + 1);
        m_bytes += "xref\n0 " + count + "\n0000000000 65535 f \n";
        for (const std::size_t offset : m_offsets) {
            char line[32];
            std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
            m_bytes += line;
        }
        m_bytes += "trailer\n<< /Size " + count + " /Root 1 0 R " + trailer + " >>\nstartxref\n" +
                   std::to_string(table) + "\n%%EOF\n";
        return m_bytes;
    }

  private:
    std::string m_bytes = "%PDF-1.4\n";
    std::vector<std::size_t> m_offsets;
};

// One page for each text (ASCII without brackets, one line); an empty text makes a page with nothing on it.
inline std::string pdf(const std::vector<std::string>& pages, const std::string& trailer = {}) {
    PdfBuilder builder;
    std::string kids;
    for (std::size_t i = 0; i < pages.size(); ++i)
        kids += std::to_string(4 + 2 * i) + " 0 R ";
    builder.object("<< /Type /Catalog /Pages 2 0 R >>");
    builder.object("<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>");
    builder.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (std::size_t i = 0; i < pages.size(); ++i) {
        builder.object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " +
                       std::to_string(5 + 2 * i) + " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
        const std::string content =
            pages[i].empty() ? "0 0 m" : "BT /F1 12 Tf 72 700 Td (" + pages[i] + ") Tj ET";
        builder.object("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content +
                       "\nendstream");
    }
    return builder.finish(trailer);
}

// A PDF that no empty password opens: its user and owner entries belong to none.
inline std::string lockedPdf() {
    const std::string entry = "<" + std::string(64, 'A') + ">";
    return pdf({"secret"}, "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O " + entry +
                               " /U " + entry + " >>");
}

} // namespace kvprism::test
