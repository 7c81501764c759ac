// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/documents.h"
#include "app/cli/escape.h"
#include "app/cli/model_tokenizer.h"
#include "app/cli/run_options.h"
#include "app/cli/standard_output.h"
#include "engine/text/document.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8_stream.h"

#include <memory>

namespace kvprism::cli {

namespace {

struct Options {
    std::string text;
    std::string file;
    std::string model, random;
    bool textGiven = false;
    bool pieces = false;
    bool parseSpecial = false;
};

Result<std::string> readText(const Options& options) {
    if (options.textGiven && !options.file.empty())
        return usageError("Give either a text or --file, not both.");
    if (!options.textGiven && options.file.empty())
        return usageError("Give a text, or a file with --file F.");
    if (options.textGiven) {
        std::size_t replaced = 0;
        std::string text = text::toValidUtf8(options.text, &replaced);
        if (replaced > 0)
            std::fprintf(stderr,
                         "kvprism-cli: %zu invalid UTF-8 sequences of the text were replaced by U+FFFD.\n",
                         replaced);
        return text;
    }
    auto document = readDocumentArgument(options.file);
    if (!document)
        return document.error();
    for (const std::string& notice : document->notices)
        std::fprintf(stderr, "kvprism-cli: %s\n", oneLine(notice).c_str());
    return std::move(document->text);
}

std::string idLine(const std::vector<std::int32_t>& ids) {
    std::string line;
    for (const std::int32_t id : ids)
        line += (line.empty() ? "" : " ") + std::to_string(id);
    return line + "\n";
}

std::string pieceLines(const text::Tokenizer& tokenizer, const std::vector<std::int32_t>& ids) {
    std::string lines;
    for (const std::int32_t id : ids)
        lines += std::to_string(id) + '\t' + escaped(tokenizer.piece(id)) + '\n';
    return lines;
}

Status run(const Options& options) {
    const auto text = readText(options);
    if (!text)
        return text.error();
    const auto tokenizer = tokenizerOfModel({.path = options.model, .random = options.random});
    if (!tokenizer)
        return tokenizer.error();
    const auto special = options.parseSpecial ? text::SpecialTokens::parsed : text::SpecialTokens::asText;
    const auto encoding = (*tokenizer)->encode(*text, special);
    if (!encoding)
        return encoding.error();
    return printResult(options.pieces ? pieceLines(**tokenizer, encoding->ids) : idLine(encoding->ids));
}

} // namespace

void addTokens(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("tokens", "Print the token ids of a text");
    CLI::Option* text = command->add_option("text", options->text, "The text itself");
    command->add_option("--file", options->file, "Take the text from this file; - for standard input");
    command->add_option("--model", options->model,
                        "GGUF file or folder with safetensors (default: the embedded model)");
    command->add_option("--random", options->random, randomHelp())->type_name("SHAPE")->excludes("--model");
    command->add_flag("--pieces", options->pieces, "One token a line: its id and what it stands for");
    command->add_flag("--parse-special,--parse_special", options->parseSpecial,
                      "Read special tokens written in the text as tokens");
    command->callback([options, text, &status] {
        options->textGiven = text->count() > 0;
        if (const Status done = run(*options); !done)
            status = report(done.error());
    });
}

} // namespace kvprism::cli
