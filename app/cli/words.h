// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Numbers and texts as people read them on a terminal.
namespace kvprism::cli {

std::string grouped(std::int64_t number);                       // "7,639"
std::string bytesText(std::uint64_t bytes);                     // "46.1 MiB"
std::string secondsText(double milliseconds);                   // "12.3 s", "740 ms"
std::string fixed(double value, int decimals);                  // "2.94"
std::string perSecond(std::int64_t count, double milliseconds); // "620 tokens/s"

// Text from a model or a document with every control character but line feed and tab made visible as U+FFFD,
// so that it cannot steer the terminal that it is shown on.
std::string forTerminal(std::string_view utf8);

} // namespace kvprism::cli
