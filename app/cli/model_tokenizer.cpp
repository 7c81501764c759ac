// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_tokenizer.h"

#include "engine/files/embedded_model.h"
#include "engine/files/model_file.h"

namespace kvprism::cli {

Result<std::unique_ptr<text::Tokenizer>> tokenizerOfModel(const std::string& path) {
    const auto model = files::modelPath(path);
    if (!model)
        return model.error();
    const auto file = files::openModel(*model);
    if (!file)
        return file.error();
    return text::readTokenizer(**file);
}

} // namespace kvprism::cli
