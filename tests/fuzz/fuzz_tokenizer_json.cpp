// SPDX-License-Identifier: GPL-3.0-or-later
// A tokenizer.json.
#include "engine/text/json_tokenizer.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/use_tokenizer.h"

using namespace kvprism;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tokenizer = text::readJsonTokenizer(fuzz::textOf(data, size), {}, "input");
    if (!tokenizer) {
        fuzz::requireSentence(tokenizer.error());
        return 0;
    }
    fuzz::useTokenizer(**tokenizer);
    fuzz::noteRead();
    return 0;
}
