// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_tokenizer.h"

#include "engine/files/embedded_model.h"
#include "engine/files/model_file.h"
#include "engine/files/random_shape.h"
#include "engine/text/byte_tokenizer.h"

namespace kvprism::cli {

Result<std::string> placeOfModel(const ModelRequest& request) {
    if (request.random.empty())
        return files::modelPath(request.path);
    if (const auto shape = files::randomShape(request.random); !shape)
        return shape.error();
    return files::randomModelPath(request.random);
}

Result<std::unique_ptr<text::Tokenizer>> tokenizerOfModel(const ModelRequest& request) {
    const auto model = placeOfModel(request);
    if (!model)
        return model.error();
    if (!request.random.empty())
        return std::unique_ptr<text::Tokenizer>(
            std::make_unique<text::ByteTokenizer>(files::randomShape(request.random)->vocabularySize));
    const auto file = files::openModel(*model);
    if (!file)
        return file.error();
    return text::readTokenizer(**file);
}

} // namespace kvprism::cli
