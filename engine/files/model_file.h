// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/tensor_type.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::files {

// A tensor of a model. Its name is the one that GGUF has for this part ("blk.0.attn_q.weight"), whatever the
// file calls it; a part that GGUF does not know keeps its own. `shape` is in GGUF's order: shape[0] is the
// fastest dimension (columns).
struct Tensor {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<std::uint64_t> shape; // at most 4 entries (GGUF), each ≥ 1 in GGUF
    std::uint64_t elements = 0;
    std::span<const std::byte> data; // into the mapped file; valid while the ModelFile lives
};

// What a model is read from: a GGUF file (gguf.h) or a folder with safetensors (safetensors.h). Everything in
// it has been checked against the sizes of its files. Immutable; any thread.
class ModelFile {
  public:
    virtual ~ModelFile() = default;
    virtual const std::string& path() const = 0;
    virtual std::vector<std::string>
    files() const = 0;                           // paths of all that it reads, the same order every time
    virtual std::uint64_t fileBytes() const = 0; // of them all
    virtual std::span<const Tensor> tensors() const = 0;
    virtual const Tensor* findTensor(std::string_view name) const = 0; // nullptr where there is none
    // Whether all that was read of it until now was there: an error (io) once one of its files was cut, whose
    // tensors read as zeros from there on.
    virtual Status intact() const = 0;
    // What the file itself calls the tensor that GGUF calls `name`, for messages.
    virtual std::string nameInFile(std::string_view name) const = 0;
};

// Opens what `path` names: a GGUF file, a folder with config.json and safetensors, or one of the folder's
// .safetensors files, which stands for its folder.
Result<std::unique_ptr<ModelFile>> openModel(const std::string& path);

// SHA-256 of a model of one file; of several, that of the lines "sha256  name" of its files. Stop as in
// sha256OfFile.
Result<std::string> sha256OfModel(const ModelFile& model, const std::stop_token& stop = {});

} // namespace kvprism::files
