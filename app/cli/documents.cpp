// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/documents.h"

#include <cstdio>
#include <vector>

namespace kvprism::cli {

Result<text::Document> readDocumentArgument(const std::string& argument) {
    if (argument != "-")
        return text::readDocument(argument);
    std::string bytes;
    std::vector<char> buffer(1 << 16);
    while (bytes.size() <= text::mostDocumentBytes) { // one more than allowed is enough to be refused
        const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), stdin);
        if (got == 0)
            break;
        bytes.append(buffer.data(), got);
    }
    if (std::ferror(stdin))
        return ioError("Standard input: reading the document failed.");
    return text::documentFromBytes("standard input", bytes);
}

} // namespace kvprism::cli
