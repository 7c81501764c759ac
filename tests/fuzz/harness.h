// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What the programs of this folder share. Each has libFuzzer's LLVMFuzzerTestOneInput: reads any bytes as the
// file that its reader takes, and ends the program where something else comes of it than a value that holds
// or a sentence.
namespace kvprism::fuzz {

// A temporary folder for readers that take a path (SQLite takes none of a file in memory alone); goes with the program.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::string& path() const { return m_path; }
    std::string write(const std::string& name, std::string_view bytes) const; // gives the file's path
    void remove(const std::string& name) const;

  private:
    std::string m_path;
};

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// To be called where an input was read to its end: a target of which no seed is would try nothing.
void noteRead();
std::size_t inputsRead();

// Ends the program where `holds` does not.
void require(bool holds, const char* what);

// A reader may refuse: with one sentence, and not as a mistake of ours.
void requireSentence(const Error& error);

} // namespace kvprism::fuzz
