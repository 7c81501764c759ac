// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/safetensors.h"

#include "engine/base/printable.h"
#include "engine/files/json_fields.h"
#include "engine/files/mapped_file.h"
#include "engine/files/safetensors_header.h"
#include "engine/files/tensor_names.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace kvprism::files {

namespace fs = std::filesystem;

struct SafetensorsFolder::Impl {
    std::string path;
    std::vector<std::string> names; // of all files, sorted
    std::uint64_t bytes = 0;
    std::vector<MappedFile> shards;
    std::vector<Tensor> tensors;
    std::unordered_map<std::string_view, std::size_t> tensorByName; // names lie in `tensors`

    std::string pathOf(std::string_view name) const { return (fs::path(path) / name).string(); }
};

namespace {

constexpr const char* singleFile = "model.safetensors";
constexpr const char* indexFile = "model.safetensors.index.json";
constexpr std::uint64_t longestSideFile = 64 << 20;
constexpr std::array sideFiles{"added_tokens.json",  "chat_template.jinja",    "config.json",
                               "chat_template.json", "generation_config.json", indexFile,
                               "tokenizer.json",     "tokenizer.model",        "tokenizer_config.json"};

Result<std::string> readSmall(const std::string& path) {
    const auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    if (file->bytes().size() > longestSideFile)
        return malformed(path + " has " + std::to_string(file->bytes().size()) +
                         " bytes, too many for such a file; it is damaged or of another kind.");
    std::string text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
    if (const Status whole = file->intact(); !whole)
        return whole.error();
    return text;
}

// A file of this very folder: an index must not lead anywhere else.
bool isPlainName(const std::string& name) {
    return name.ends_with(".safetensors") &&
           name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos && !name.starts_with('.');
}

using WeightMap = std::map<std::string, std::string>; // tensor → file

Result<WeightMap> readIndex(const std::string& path) {
    const auto text = readSmall(path);
    if (!text)
        return text.error();
    const auto wrong = [&](const std::string& what) {
        return malformed(path + ": " + what + "; the file is damaged, fetch it again.");
    };
    const auto json = parseJson(*text);
    if (!json.is_object())
        return wrong("it is no JSON object");
    const auto found = json.find("weight_map");
    if (found == json.end() || !found->is_object() || found->empty())
        return wrong("there is no 'weight_map' of tensors and files");
    WeightMap map;
    for (const auto& [tensor, file] : found->items()) {
        if (!file.is_string() || !isPlainName(file.get_ref<const std::string&>()))
            return wrong("the tensor " + printable(tensor) +
                         " is said to lie in something else than a .safetensors file of this folder");
        map[tensor] = file.get<std::string>();
    }
    return map;
}

// What is checked of an index: every tensor lies in the file that it names.
Status checkIndex(const WeightMap& map, const std::map<std::string, std::unordered_set<std::string>>& found,
                  const std::string& path) {
    for (const auto& [tensor, file] : map)
        if (!found.at(file).contains(tensor))
            return malformed(path + ": the tensor " + printable(tensor) + " is not in " + printable(file) +
                             ", where the index says it is; the model is incomplete, fetch it again.");
    return {};
}

} // namespace

Result<std::unique_ptr<SafetensorsFolder>> SafetensorsFolder::open(const std::string& folder) {
    auto impl = std::make_unique<Impl>();
    impl->path = folder;
    std::error_code ignored;
    for (const char* name : sideFiles)
        if (fs::is_regular_file(impl->pathOf(name), ignored))
            impl->names.emplace_back(name);
    const auto has = [&](std::string_view name) {
        return std::ranges::find(impl->names, name) != impl->names.end();
    };
    if (!has("config.json"))
        return noInput(folder +
                       " has no config.json: give a GGUF file, or a folder with a model in safetensors.");
    WeightMap map;
    std::vector<std::string> shards{singleFile};
    if (has(indexFile)) {
        auto index = readIndex(impl->pathOf(indexFile));
        if (!index)
            return index.error();
        map = std::move(*index);
        shards.clear();
        for (const auto& [tensor, file] : map)
            shards.push_back(file);
        std::ranges::sort(shards);
        shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
    }
    std::map<std::string, std::unordered_set<std::string>> found;
    for (const std::string& name : shards) {
        auto file = MappedFile::open(impl->pathOf(name));
        if (!file)
            return file.error();
        auto tensors = readSafetensors(file->bytes(), impl->pathOf(name));
        if (const Status whole = file->intact(); !whole)
            return whole.error();
        if (!tensors)
            return tensors.error();
        auto& names = found[name];
        for (Tensor& tensor : *tensors) {
            names.insert(tensor.name);
            tensor.name = toGgufName(tensor.name);
            impl->tensors.push_back(std::move(tensor));
        }
        impl->shards.push_back(std::move(*file));
        impl->names.push_back(name);
    }
    if (const Status index = checkIndex(map, found, impl->pathOf(indexFile)); !index)
        return index.error();
    for (std::size_t i = 0; i < impl->tensors.size(); ++i) {
        const std::string& name = impl->tensors[i].name;
        if (!impl->tensorByName.emplace(name, i).second)
            return malformed(folder + ": the tensor " + printable(toSafetensorsName(name)) +
                             " is in it twice; the model was put together wrongly, fetch it again.");
    }
    std::ranges::sort(impl->names);
    for (const std::string& name : impl->names)
        impl->bytes += fs::file_size(impl->pathOf(name), ignored);
    return std::unique_ptr<SafetensorsFolder>(new SafetensorsFolder(std::move(impl)));
}

SafetensorsFolder::SafetensorsFolder(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
SafetensorsFolder::~SafetensorsFolder() = default;

const std::string& SafetensorsFolder::path() const {
    return m_impl->path;
}
std::uint64_t SafetensorsFolder::fileBytes() const {
    return m_impl->bytes;
}
std::span<const Tensor> SafetensorsFolder::tensors() const {
    return m_impl->tensors;
}
std::string SafetensorsFolder::nameInFile(std::string_view name) const {
    return toSafetensorsName(name);
}

std::vector<std::string> SafetensorsFolder::files() const {
    std::vector<std::string> paths;
    for (const std::string& name : m_impl->names)
        paths.push_back(m_impl->pathOf(name));
    return paths;
}

const Tensor* SafetensorsFolder::findTensor(std::string_view name) const {
    const auto found = m_impl->tensorByName.find(name);
    return found == m_impl->tensorByName.end() ? nullptr : &m_impl->tensors[found->second];
}

Status SafetensorsFolder::intact() const {
    for (const MappedFile& shard : m_impl->shards)
        if (const Status whole = shard.intact(); !whole)
            return whole;
    return {};
}

Result<std::optional<std::string>> SafetensorsFolder::text(std::string_view name) const {
    if (std::ranges::find(m_impl->names, name) == m_impl->names.end())
        return std::optional<std::string>();
    auto text = readSmall(m_impl->pathOf(name));
    if (!text)
        return text.error();
    return std::optional<std::string>(std::move(*text));
}

} // namespace kvprism::files
