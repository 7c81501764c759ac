// SPDX-License-Identifier: GPL-3.0-or-later
// A safetensors file; or, where the input begins with '{', a folder of such files with an index: its parts
// one after another, ASCII's record separator (which no JSON can hold) between them, the tensors last.
#include "engine/files/model_config.h"
#include "engine/files/safetensors.h"
#include "engine/files/safetensors_header.h"
#include "engine/text/chat_template.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/use_tokenizer.h"

#include <algorithm>
#include <iterator>

using namespace kvprism;

namespace {

constexpr char separator = '\x1E';
constexpr const char* partNames[] = {
    "model.safetensors.index.json", "config.json",    "tokenizer_config.json", "added_tokens.json",
    "chat_template.json",           "tokenizer.json", "shard.safetensors"};

void fill(const fuzz::Folder& folder, std::string_view input) {
    for (const char* name : partNames) {
        const bool last = name == *std::rbegin(partNames);
        const std::string_view part = last ? input : input.substr(0, input.find(separator));
        input.remove_prefix(std::min(part.size() + 1, input.size()));
        if (part.empty())
            folder.remove(name);
        else
            folder.write(name, part);
    }
}

void readHeader(std::string_view input) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(input.data()), input.size());
    const auto tensors = files::readSafetensors(bytes, "input");
    if (!tensors)
        return fuzz::requireSentence(tensors.error());
    std::size_t covered = 0;
    for (const files::Tensor& tensor : *tensors) {
        const bool inside = tensor.data.empty() ||
                            (tensor.data.data() >= bytes.data() && &tensor.data.back() <= &bytes.back());
        fuzz::require(inside, "a tensor lies outside its file");
        covered += tensor.data.size();
    }
    fuzz::require(covered <= input.size(), "tensors overlap");
    fuzz::noteRead();
}

void readFolder(std::string_view input) {
    static const fuzz::Folder folder;
    fill(folder, input);
    const auto model = files::openModel(folder.path());
    if (!model)
        return fuzz::requireSentence(model.error());
    const auto config = files::readModelConfig(**model);
    if (!config)
        fuzz::requireSentence(config.error());
    (void)text::recogniseChatTemplate(**model);
    const auto tokenizer = text::readTokenizer(**model);
    if (tokenizer)
        fuzz::useTokenizer(**tokenizer);
    else
        fuzz::requireSentence(tokenizer.error());
    if (config && tokenizer)
        fuzz::noteRead();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::textOf(data, size);
    if (input.starts_with('{'))
        readFolder(input);
    else
        readHeader(input);
    return 0;
}
