// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>

namespace kvprism {

// Whether a shared library is whole: its ELF header, program headers, section headers and what is to be
// mapped end inside the file. dlopen() maps a library that was cut off and dies of SIGBUS when it reads it.
// The error (unavailable) says what is wrong with the file.
Status checkSharedLibrary(const std::string& path);

// What dlerror() said about `path`, as an error: outOfMemory where the system gave no more memory.
// `advice` is the end of the sentence.
Error loadFailure(const std::string& path, const std::string& reason, const std::string& advice);

// Whether one of our own libraries was built or came along.
bool ourLibraryIsThere(const std::string& file);

// A function of one of our own libraries, which lies beside the program or in ../lib beside that folder. It
// is loaded with the first call and stays loaded. `what` begins the error's sentence ("The engine library").
Result<void*> symbolOfOurLibrary(const std::string& what, const std::string& file, const char* symbol);

} // namespace kvprism
