// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism::text {

// Byte-level BPE writes its tokens in an alphabet of 256 printable characters, one a byte, which GPT-2
// introduced: printable Latin-1 bytes stand for themselves, the others for U+0100 and on, in order.
std::string_view letterOfByte(unsigned char byte); // UTF-8

// The bytes that a token's text stands for; what is not of the alphabet stays as it is.
std::string bytesOfLetters(std::string_view text);

} // namespace kvprism::text
