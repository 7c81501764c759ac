// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace kvprism::files {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

class Hash {
  public:
    Hash() : m_context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr); }
    void add(std::string_view bytes) { EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()); }
    std::string hexadecimal() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned int size = 0;
        EVP_DigestFinal_ex(m_context.get(), digest.data(), &size);
        std::string text;
        for (unsigned int i = 0; i < size; ++i) {
            text += "0123456789abcdef"[digest[i] >> 4];
            text += "0123456789abcdef"[digest[i] & 15];
        }
        return text;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, FreeContext> m_context;
};

} // namespace

std::string sha256(std::string_view bytes) {
    Hash hash;
    hash.add(bytes);
    return hash.hexadecimal();
}

Result<std::string> sha256OfFile(const std::string& path, const std::stop_token& stop) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return noInput("Cannot open " + path + ".");
    Hash hash;
    std::vector<char> buffer(1 << 20);
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
        if (stop.stop_requested())
            return interrupted("Reading " + path + " was stopped.");
        hash.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
    }
    if (file.bad()) return ioError("Reading " + path + " failed.");
    return hash.hexadecimal();
}

} // namespace kvprism::files
