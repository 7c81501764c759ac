// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/harness.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace kvprism::fuzz {

namespace fs = std::filesystem;

namespace {

std::size_t read = 0;

} // namespace

Folder::Folder() : m_path(fs::temp_directory_path().string() + "/kvprism_fuzz.XXXXXX") {
    require(mkdtemp(m_path.data()) != nullptr, "there is no place for a folder");
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::string Folder::write(const std::string& name, std::string_view bytes) const {
    std::string path = m_path + "/" + name;
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (file >= 0 && !bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        require(count > 0, "the input could not be written");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    require(file >= 0 && close(file) == 0, "the input could not be written");
    return path;
}

void Folder::remove(const std::string& name) const {
    std::error_code ignored;
    fs::remove(m_path + "/" + name, ignored);
}

void noteRead() {
    ++read;
}

std::size_t inputsRead() {
    return read;
}

void require(bool holds, const char* what) {
    if (holds)
        return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

void requireSentence(const Error& error) {
    const std::string& text = error.message;
    const bool whole = text.ends_with('.') && text.find('\n') == std::string::npos;
    if (!whole || error.code == ErrorCode::defect)
        std::fprintf(stderr, "fuzz: error %d: %s\n", static_cast<int>(error.code), text.c_str());
    require(error.code != ErrorCode::defect, "a bad file is called a mistake of ours");
    require(whole, "an error is no sentence");
}

} // namespace kvprism::fuzz
