// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/survival_tiles.h"

#include <algorithm>
#include <cmath>

namespace kvprism::views {

using trace::Tier;

void TokenAxis::setTokens(int tokens) {
    m_tokens = std::max(tokens, 0);
    showAll();
}

void TokenAxis::setPixels(int pixels) {
    pixels = std::max(pixels, 1);
    if (pixels == m_pixels)
        return;
    const bool all = showsAll();
    const double stretch = shown();
    m_pixels = pixels;
    m_tokensPerPixel = stretch / m_pixels;
    if (all)
        showAll();
    clampToStream();
}

double TokenAxis::widest() const {
    return m_tokens > 0 ? static_cast<double>(m_tokens) / m_pixels : 1;
}

bool TokenAxis::showsAll() const {
    return m_tokensPerPixel >= widest() * (1 - 1e-9);
}

void TokenAxis::showAll() {
    m_first = 0;
    m_tokensPerPixel = widest();
}

void TokenAxis::clampToStream() {
    const double narrowest = std::min(1 / mostPixelsPerToken, widest());
    m_tokensPerPixel = std::clamp(m_tokensPerPixel, narrowest, widest());
    m_first = std::clamp(m_first, 0.0, std::max(m_tokens - shown(), 0.0));
}

int TokenAxis::tokenAt(double x) const {
    if (m_tokens == 0)
        return -1;
    return static_cast<int>(std::clamp(std::floor(m_first + x * m_tokensPerPixel), 0.0, m_tokens - 1.0));
}

double TokenAxis::xOf(double token) const {
    return (token - m_first) / m_tokensPerPixel;
}

std::pair<int, int> TokenAxis::tokensOf(int pixel) const {
    const auto at = [this](int column) {
        return static_cast<int>(std::min(std::floor(m_first + column * m_tokensPerPixel), double(m_tokens)));
    };
    const int begin = at(pixel);
    // Rounding must not lose the last token.
    const int end = pixel == m_pixels - 1 && showsAll() ? m_tokens : std::max(at(pixel + 1), begin + 1);
    return {begin, std::min(end, m_tokens)};
}

void TokenAxis::zoomAround(double x, double factor) {
    if (!(factor > 0))
        return;
    const double token = m_first + x * m_tokensPerPixel;
    m_tokensPerPixel /= factor;
    clampToStream();
    m_first = token - x * m_tokensPerPixel;
    clampToStream();
}

void TokenAxis::panBy(double pixels) {
    m_first += pixels * m_tokensPerPixel;
    clampToStream();
}

void TokenAxis::show(int first, int last) {
    const double stretch = std::max(last - first + 1, 1) * 1.1;
    m_tokensPerPixel = stretch / m_pixels;
    clampToStream();
    m_first = (first + last + 1) / 2.0 - shown() / 2;
    clampToStream();
}

void TokenAxis::reveal(int token) {
    const double margin = std::min(24 * m_tokensPerPixel, shown() / 4);
    if (token < m_first + margin)
        m_first = token - margin;
    else if (token + 1 > m_first + shown() - margin)
        m_first = token + 1 + margin - shown();
    clampToStream();
}

Cell cellOf(const TierCounts& counts) {
    const int read = counts.read();
    if (read == 0)
        return {};
    const int kept = read - counts.of(Tier::dropped);
    if (kept == 0)
        return {Cell::Kind::dropped, 0};
    Tier most = Tier::anchor;
    for (const Tier tier : {Tier::window, Tier::global, Tier::compressed})
        if (counts.of(tier) > counts.of(most))
            most = tier;
    const double share = static_cast<double>(kept) / read;
    // Rounded: a call of the library's own would be most of what a cell costs.
    const int rounded = static_cast<int>(share * 255 + 0.5);
    return {static_cast<Cell::Kind>(most), static_cast<std::uint8_t>(std::max(1, rounded))};
}

const std::vector<Cell>& SurvivalTiles::row(const SurvivalIndex& index, int step) {
    SurvivalIndex::Sweep sweep(index, step);
    return m_cells.row(step, [&](int first, int end) { return cellOf(sweep.count(first, end)); });
}

} // namespace kvprism::views
