// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/documents.h"

#include <cstdio>
#include <sstream>
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

bool isBlank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

Result<std::vector<std::string>> readQuestions(const std::string& argument) {
    const auto file = readDocumentArgument(argument);
    if (!file)
        return file.error();
    if (!file->notices.empty()) // an altered question is another one
        return malformed("The questions of " + file->name + " are not read: " + file->notices.front());
    std::vector<std::string> questions;
    std::istringstream lines(file->text);
    for (std::string line; std::getline(lines, line);) {
        while (!line.empty() && isBlank(line.substr(line.size() - 1)))
            line.pop_back();
        if (!line.empty())
            questions.push_back(line);
    }
    if (questions.empty())
        return malformed(file->name + " holds no question: write one a line.");
    return questions;
}

} // namespace kvprism::cli
