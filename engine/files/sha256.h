// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace kvprism::files {

// Of bytes that come in pieces.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void add(std::string_view bytes);
    std::string hexadecimal(); // once; 64 digits

  private:
    void* m_context; // EVP_MD_CTX
};

std::string sha256(std::string_view bytes); // 64 hexadecimal digits
// A stop is looked at every megabyte; then the error is `interrupted`.
Result<std::string> sha256OfFile(const std::string& path, const std::stop_token& stop = {});

} // namespace kvprism::files
