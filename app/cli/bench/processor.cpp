// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/processor.h"

#include <fstream>

namespace kvprism::cli {

std::string processorText() {
    std::ifstream file("/proc/cpuinfo");
    std::string line, name = "unknown processor", instructions;
    while (std::getline(file, line)) {
        if (line.starts_with("model name"))
            name = line.substr(line.find(':') + 2);
        if (!line.starts_with("flags"))
            continue;
        for (const char* flag : {"avx2", "avx512f", "avx512_bf16", "amx_bf16"})
            if ((line + " ").find(" " + std::string(flag) + " ") != std::string::npos)
                instructions += std::string(" ") + flag;
        break;
    }
    return name + " (" +
           (instructions.empty() ? "none of avx2, avx512f, avx512_bf16, amx_bf16" : instructions.substr(1)) +
           ")";
}

} // namespace kvprism::cli
