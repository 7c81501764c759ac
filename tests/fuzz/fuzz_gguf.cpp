// SPDX-License-Identifier: GPL-3.0-or-later
// A GGUF file: header, metadata, tensors and their values, configuration, chat template, tokenizer.
#include "engine/files/gguf.h"
#include "engine/files/model_config.h"
#include "engine/files/weight_bytes.h"
#include "engine/text/chat_template.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/use_tokenizer.h"

#include <algorithm>
#include <vector>

using namespace kvprism;

namespace {

template <class T> void mayRefuse(const Result<T>& result) {
    if (!result)
        fuzz::requireSentence(result.error());
}

// All of a small tensor; the first and the last block of a large one.
void readTensor(const files::Tensor& tensor) {
    const files::TensorTypeInfo& type = files::info(tensor.type);
    fuzz::require(tensor.data.size() == tensor.elements / type.blockElements * type.blockBytes,
                  "a tensor has not the bytes that its shape needs");
    const bool small = tensor.elements <= 4096;
    std::vector<float> values(small ? tensor.elements : type.blockElements);
    const std::size_t bytes = small ? tensor.data.size() : type.blockBytes;
    for (const auto part : {tensor.data.first(bytes), tensor.data.last(bytes)})
        fuzz::require(files::dequantise(tensor.type, part, values).ok(), "a tensor cannot be dequantised");
}

void readMetadata(const files::GgufFile& file) {
    for (const char* key : {"general.architecture", "llama.rope.freq_base", "tokenizer.ggml.tokens",
                            "tokenizer.ggml.scores", "nested", "one 12"}) {
        mayRefuse(file.integer(key));
        mayRefuse(file.number(key));
        mayRefuse(file.text(key));
        mayRefuse(file.count(key));
        mayRefuse(file.texts(key));
        mayRefuse(file.integers(key));
        mayRefuse(file.numbers(key));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    const auto file = files::GgufFile::open(folder.write("input.gguf", fuzz::textOf(data, size)));
    if (!file) {
        fuzz::requireSentence(file.error());
        return 0;
    }
    for (const files::Tensor& tensor : (*file)->tensors()) {
        readTensor(tensor);
        fuzz::require((*file)->findTensor(tensor.name) == &tensor, "a tensor cannot be found");
    }
    readMetadata(**file);
    const auto config = files::readModelConfig(**file);
    if (config)
        (void)files::weightBytes(**file, *config, 2);
    mayRefuse(config);
    (void)text::recogniseChatTemplate(**file);
    const auto tokenizer = text::readTokenizer(**file);
    if (tokenizer)
        fuzz::useTokenizer(**tokenizer);
    mayRefuse(tokenizer);
    fuzz::noteRead();
    return 0;
}
