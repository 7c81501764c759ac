// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/saved_memory.h"

#include "engine/base/printable.h"
#include "engine/base/real_place.h"
#include "engine/files/json_fields.h"
#include "engine/files/mapped_file.h"
#include "engine/files/safetensors_header.h"
#include "engine/files/sha256.h"

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unistd.h>

namespace kvprism::files {

namespace fs = std::filesystem;

bool isSavedMemory(const std::string& path) {
    const std::string begin = std::string(R"({"__metadata__":{")") + memoryMetadata + "\"";
    std::ifstream file(path, std::ios::binary);
    std::string read(sizeof(std::uint64_t) + begin.size(), '\0');
    file.read(read.data(), static_cast<std::streamsize>(read.size()));
    return file && read.substr(sizeof(std::uint64_t)) == begin;
}

Result<std::string> aboutMemory(std::span<const std::byte> file, const std::string& path) {
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    const std::string_view header(reinterpret_cast<const char*>(file.data()) + sizeof length,
                                  static_cast<std::size_t>(length));
    const nlohmann::json json = parseJson(header);
    const auto metadata = json.find("__metadata__");
    const auto isText = [&](const char* name) {
        return metadata->contains(name) && metadata->at(name).is_string();
    };
    if (metadata == json.end() || !metadata->is_object() || !isText(memoryMetadata))
        return malformed("The memory " + printable(path) +
                         " is a safetensors file, but no memory that --save-memory wrote.");
    const auto text = metadata->at(memoryMetadata).get<std::string>();
    Sha256 hash;
    hash.add(text);
    const std::span<const std::byte> data = file.subspan(sizeof length + header.size());
    hash.add({reinterpret_cast<const char*>(data.data()), data.size()});
    if (!isText(memoryChecksum) || metadata->at(memoryChecksum).get<std::string>() != hash.hexadecimal())
        return malformed("The memory " + printable(path) +
                         " was changed since it was saved, or is damaged: read the document again.");
    return text;
}

Status checkSavedMemory(const std::string& path) {
    const auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    if (const auto tensors = readSafetensors(file->bytes(), path); !tensors)
        return tensors.error();
    if (const auto about = aboutMemory(file->bytes(), path); !about)
        return about.error();
    return {};
}

Status maySaveMemory(const std::string& path) {
    constexpr std::size_t suffix = 24; // of the file that is written beside first
    const auto refuse = [&](const std::string& why) {
        return usageError("A memory cannot be saved at " + printable(path) + ": " + why +
                          "; choose another place for it.");
    };
    const fs::path place = realPlace(path);
    std::error_code failure;
    const fs::file_status there = fs::status(place, failure);
    if (there.type() == fs::file_type::none)
        return refuse(failure.message());
    if (fs::exists(there) && !fs::is_regular_file(there))
        return refuse("what is there is no file");
    if (fs::exists(there) && fs::file_size(place, failure) > 0 && !isSavedMemory(place.string()))
        return refuse("the file that is there is no memory, so it is left alone");
    if (place.filename().string().size() + suffix > NAME_MAX)
        return refuse("its name is too long");
    const fs::path folder = place.parent_path().empty() ? fs::path(".") : place.parent_path();
    if (!fs::is_directory(folder, failure))
        return refuse("there is no folder " + printable(folder.string()));
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return ioError("A memory cannot be saved at " + printable(path) + " (" + std::strerror(errno) +
                       "): choose another place for it.");
    return {};
}

} // namespace kvprism::files
