// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/tokenizer.h"

#include "engine/files/gguf.h"
#include "engine/files/safetensors.h"
#include "engine/text/folder_tokenizer.h"
#include "engine/text/gguf_tokenizer.h"
#include "engine/text/utf8.h"

#include <limits>

namespace kvprism::text {

std::optional<Error> refuseText(std::string_view utf8) {
    if (utf8.size() > std::numeric_limits<std::uint32_t>::max())
        return usageError("A text of more than 4 GiB cannot be turned into tokens; split it.");
    if (const std::size_t valid = validUtf8Prefix(utf8); valid < utf8.size())
        return malformed("The text is not valid UTF-8 at byte " + std::to_string(valid) +
                         "; convert it first.");
    return std::nullopt;
}

Result<std::unique_ptr<Tokenizer>> readTokenizer(const files::ModelFile& file) {
    if (const auto* gguf = dynamic_cast<const files::GgufFile*>(&file))
        return readGgufTokenizer(*gguf);
    if (const auto* folder = dynamic_cast<const files::SafetensorsFolder*>(&file))
        return readFolderTokenizer(*folder);
    return defect(file.path() + " is of a kind that has no tokenizer.");
}

} // namespace kvprism::text
