// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_file.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::files {

struct GgufValue;

// A GGUF file (versions 2 and 3), mapped read-only. open() checks every count, length, offset and product
// against the file's size before use; a bad file is an error that names file, offset and field. Immutable;
// any thread.
class GgufFile final : public ModelFile {
  public:
    static Result<std::unique_ptr<GgufFile>> open(const std::string& path);
    ~GgufFile() override;

    const std::string& path() const override;
    std::vector<std::string> files() const override { return {path()}; }
    std::uint64_t fileBytes() const override;
    std::span<const Tensor> tensors() const override;
    const Tensor* findTensor(std::string_view name) const override;
    Status intact() const override;
    std::string nameInFile(std::string_view name) const override { return std::string(name); }

    // Metadata. A missing key or another type is an error that names file and key.
    bool has(std::string_view key) const;
    Result<std::int64_t> integer(std::string_view key) const; // any integer type that fits; bool is 0 or 1
    Result<double> number(std::string_view key) const;        // f32, f64 or an integer
    Result<std::string> text(std::string_view key) const;
    Result<std::uint64_t> count(std::string_view key) const; // entries of a list
    Result<std::vector<std::string>> texts(std::string_view key) const;
    Result<std::vector<std::int64_t>> integers(std::string_view key) const;
    Result<std::vector<float>> numbers(std::string_view key) const;

  private:
    struct Impl;
    Result<const GgufValue*> value(std::string_view key, bool isArray) const;
    explicit GgufFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace kvprism::files
