// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_file.h"

#include "engine/files/gguf.h"
#include "engine/files/safetensors.h"
#include "engine/files/sha256.h"

#include <filesystem>

namespace kvprism::files {

namespace {

template <class T> Result<std::unique_ptr<ModelFile>> asModel(Result<std::unique_ptr<T>> file) {
    if (!file)
        return file.error();
    return std::unique_ptr<ModelFile>(std::move(*file));
}

} // namespace

Result<std::unique_ptr<ModelFile>> openModel(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::is_directory(path, ignored))
        return asModel(SafetensorsFolder::open(path));
    const fs::path file(path);
    if (file.extension() == ".safetensors" && fs::exists(file, ignored))
        return asModel(SafetensorsFolder::open(file.has_parent_path() ? file.parent_path().string() : "."));
    return asModel(GgufFile::open(path));
}

Result<std::string> sha256OfModel(const ModelFile& model, const std::stop_token& stop) {
    const std::vector<std::string> paths = model.files();
    if (paths.size() == 1)
        return sha256OfFile(paths[0], stop);
    std::string lines;
    for (const std::string& path : paths) {
        const auto hash = sha256OfFile(path, stop);
        if (!hash)
            return hash.error();
        lines += *hash + "  " + std::filesystem::path(path).filename().string() + "\n";
    }
    return sha256(lines);
}

} // namespace kvprism::files
