// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism::text {

// Bytes in, whole characters out: what a streamed answer goes through, so that no character is ever shown in parts.
class Utf8Stream {
  public:
    std::string push(std::string_view bytes); // what is complete by now; invalid parts become U+FFFD
    std::string finish();                     // what was left incomplete, as U+FFFD

  private:
    std::string m_pending;
};

std::string toValidUtf8(std::string_view bytes, std::size_t* replaced = nullptr);

} // namespace kvprism::text
