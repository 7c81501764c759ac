// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

class Interrupt;

struct PeerRequest {
    std::string path;  // a Python interpreter, a virtual environment's folder, or a llama-bench executable
    std::string model; // file
    std::string text;  // what is read
    std::int32_t tokens = 0; // of the text
    int threads = 1;
};

// Another program that runs a model file, asked again and again.
class Peer {
  public:
    virtual ~Peer() = default;
    virtual nlohmann::ordered_json description() const = 0; // name, version, flags
    // Tokens per second of a dense pass over the text's first `tokens` tokens.
    virtual Result<double> prefill(std::int32_t tokens) = 0;
    // Tokens per second of `count` single tokens behind the first `after`.
    virtual Result<double> decode(std::int32_t after, std::int32_t count) = 0;
};

// Starts it and loads the model. A name that begins with "python", or a folder with bin/python in it, is an
// interpreter that has llama_cpp; anything else is taken for llama-bench.
// Waiting for it is work that `interrupt` stops, which outlives it.
Result<std::unique_ptr<Peer>> startPeer(const PeerRequest& request, Interrupt* interrupt = nullptr);

} // namespace kvprism::cli
