// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_file.h"

#include <optional>

namespace kvprism::files {

// A folder as transformers saves a model: config.json, the tokenizer's files, and the tensors in
// model.safetensors or in the files that model.safetensors.index.json names. The tensor files are mapped.
class SafetensorsFolder final : public ModelFile {
  public:
    static Result<std::unique_ptr<SafetensorsFolder>> open(const std::string& folder);
    ~SafetensorsFolder() override;

    const std::string& path() const override;
    std::vector<std::string> files() const override;
    std::uint64_t fileBytes() const override;
    std::span<const Tensor> tensors() const override;
    const Tensor* findTensor(std::string_view name) const override;
    Status intact() const override;
    std::string nameInFile(std::string_view name) const override;

    // A side file of the model by its name ("config.json"), at most 64 MiB of it; nothing where it is not
    // there. The names are those of `files()`.
    Result<std::optional<std::string>> text(std::string_view name) const;

  private:
    struct Impl;
    explicit SafetensorsFolder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace kvprism::files
