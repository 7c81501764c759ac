// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/shared_library.h"

#include "engine/base/checked.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace kvprism {

namespace {

bool endsInside(std::uint64_t fileBytes, std::uint64_t offset, std::uint64_t bytes) {
    const auto end = checkedAdd(offset, bytes);
    return end && *end <= fileBytes;
}

// The segments that are mapped, and the table that lists them.
bool segmentsAreInside(std::ifstream& file, const Elf64_Ehdr& head, std::uint64_t fileBytes) {
    std::vector<Elf64_Phdr> segments(head.e_phnum);
    const std::uint64_t tableBytes = segments.size() * sizeof(Elf64_Phdr);
    if (head.e_phentsize != sizeof(Elf64_Phdr) || !endsInside(fileBytes, head.e_phoff, tableBytes))
        return false;
    file.seekg(static_cast<std::streamoff>(head.e_phoff));
    if (!file.read(reinterpret_cast<char*>(segments.data()), static_cast<std::streamsize>(tableBytes)))
        return false;
    for (const Elf64_Phdr& segment : segments)
        if (segment.p_type == PT_LOAD && !endsInside(fileBytes, segment.p_offset, segment.p_filesz))
            return false;
    return true;
}

std::string pathOfOurLibrary(const std::string& file) {
    std::error_code failure;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    for (const auto& candidate : {folder / file, folder.parent_path() / "lib" / file})
        if (std::filesystem::exists(candidate, failure))
            return candidate.string();
    return {};
}

constexpr const char* buildAgain = "run ./kvprism build to make it again.";

// By the loader's words, which begin with the library that it did not find.
std::string adviceFor(const std::string& reason) {
    if (reason.find("cannot open shared object file") == std::string::npos)
        return buildAgain;
    if (reason.starts_with("libtorch") || reason.starts_with("libc10"))
        return "run ./kvprism setup, or give a bundle libtorch 2.11: install torch 2.11 for python3, or name "
               "its folder in KVPRISM_LIBTORCH.";
    return "install that library.";
}

} // namespace

Status checkSharedLibrary(const std::string& path) {
    std::error_code failure;
    const std::uint64_t fileBytes = std::filesystem::file_size(path, failure);
    std::ifstream file(path, std::ios::binary);
    if (failure || !file)
        return unavailable(path + " cannot be read");
    Elf64_Ehdr head{};
    const bool hasHead = static_cast<bool>(file.read(reinterpret_cast<char*>(&head), sizeof head));
    if (!hasHead || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_ident[EI_DATA] != ELFDATA2LSB)
        return unavailable(path + " is damaged (it is no shared library)");
    const std::uint64_t sectionBytes = std::uint64_t{head.e_shnum} * head.e_shentsize;
    if (!segmentsAreInside(file, head, fileBytes) || !endsInside(fileBytes, head.e_shoff, sectionBytes))
        return unavailable(path + " is damaged (it is cut off)");
    return {};
}

Error loadFailure(const std::string& path, const std::string& reason, const std::string& advice) {
    // The loader's words where mmap(2) gives no room, as under ulimit -v.
    const bool noRoom = reason.find("failed to map segment") != std::string::npos;
    if (noRoom || reason.find(std::strerror(ENOMEM)) != std::string::npos)
        return outOfMemory("The system gave no more memory, so that " + path +
                           " could not be loaded: close other programs.");
    return unavailable(path + " could not be loaded (" + reason + "): " + advice);
}

bool ourLibraryIsThere(const std::string& file) {
    return !pathOfOurLibrary(file).empty();
}

Result<void*> symbolOfOurLibrary(const std::string& what, const std::string& file, const char* symbol) {
    const std::string path = pathOfOurLibrary(file);
    if (path.empty())
        return unavailable(
            what + " " + file +
            " is not beside the program: run ./kvprism build to make it (a bundle holds no more than "
            "the command line needs).");
    if (const Status whole = checkSharedLibrary(path); !whole)
        return unavailable(what + " " + whole.error().message + ": " + buildAgain);
    if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
        if (void* found = dlsym(library, symbol))
            return found;
    const char* message = dlerror();
    const std::string reason = message ? message : "unknown reason";
    return loadFailure(what + " " + path, reason, adviceFor(reason));
}

} // namespace kvprism
