// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace kvprism::cli {

// A folder that goes away with what is in it.
class TemporaryFolder {
  public:
    static Result<std::unique_ptr<TemporaryFolder>> make() {
        std::error_code failure;
        std::string path = (std::filesystem::temp_directory_path(failure) / "kvprism.XXXXXX").string();
        if (failure || !mkdtemp(path.data()))
            return ioError("A temporary folder could not be made (" +
                           (failure ? failure.message() : std::string(std::strerror(errno))) +
                           "): set TMPDIR to a folder that can be written to.");
        return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(std::move(path)));
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return m_path; }
    std::string file(const char* name) const { return m_path + "/" + name; }

  private:
    explicit TemporaryFolder(std::string path) : m_path(std::move(path)) {}
    std::string m_path;
};

} // namespace kvprism::cli
