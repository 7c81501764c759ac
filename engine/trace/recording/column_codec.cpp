// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/column_codec.h"

#include "engine/trace/recording/format.h"

#include <zstd.h>

namespace kvprism::trace::recording {

namespace {

constexpr std::uint64_t longestColumn =
    std::uint64_t{maxStreamTokens} * sizeof(std::int64_t); // of a stream's tokens

} // namespace

struct ColumnEncoder::Context {
    ZSTD_CCtx* zstd = ZSTD_createCCtx();
    ~Context() { ZSTD_freeCCtx(zstd); }
};

ColumnEncoder::ColumnEncoder() : m_context(std::make_unique<Context>()) {
    if (!m_context->zstd)
        return;
    // Level 1: higher ones take longer and win next to nothing on the mantissas of scores, which are most of
    // a step.
    ZSTD_CCtx_setParameter(m_context->zstd, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(m_context->zstd, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(m_context->zstd, ZSTD_c_contentSizeFlag, 1);
}

ColumnEncoder::~ColumnEncoder() = default;

std::span<const std::byte> ColumnEncoder::compressPlanes() {
    if (!m_context->zstd)
        return {};
    m_frame.resize(ZSTD_compressBound(m_planes.size()));
    const std::size_t size =
        ZSTD_compress2(m_context->zstd, m_frame.data(), m_frame.size(), m_planes.data(), m_planes.size());
    if (ZSTD_isError(size))
        return {};
    return std::span(m_frame).first(size);
}

Result<std::vector<std::byte>> decompressPlanes(std::span<const std::byte> frame, std::uint64_t bytes) {
    const auto announced = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (announced == ZSTD_CONTENTSIZE_ERROR || announced == ZSTD_CONTENTSIZE_UNKNOWN)
        return malformed("it does not hold a zstd frame with a known size");
    if (announced != bytes)
        return malformed("it announces " + std::to_string(announced) + " bytes instead of " +
                         std::to_string(bytes));
    if (!mayHold(frame.size(), bytes, longestColumn))
        return malformed("it announces " + std::to_string(announced) + " bytes, more than its " +
                         std::to_string(frame.size()) + " can hold");
    const std::size_t length = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
    if (ZSTD_isError(length) || length != frame.size())
        return malformed("its zstd frame is cut off or followed by more");
    std::vector<std::byte> planes(bytes);
    const std::size_t size = ZSTD_decompress(planes.data(), planes.size(), frame.data(), frame.size());
    if (ZSTD_isError(size))
        return malformed(std::string("it does not decompress (") + ZSTD_getErrorName(size) + ")");
    if (size != bytes)
        return malformed("it holds fewer bytes than it announces");
    return planes;
}

} // namespace kvprism::trace::recording
