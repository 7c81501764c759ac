// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/planted_facts.h"

#include "engine/select/counter_random.h"

#include <algorithm>
#include <array>
#include <vector>

namespace kvprism::cli {

namespace {

constexpr std::array<std::string_view, 64> cities{
    "Paris",     "London",     "Berlin",  "Madrid",   "Rome",      "Vienna",   "Prague",     "Warsaw",
    "Lisbon",    "Dublin",     "Oslo",    "Helsinki", "Stockholm", "Athens",   "Budapest",   "Brussels",
    "Amsterdam", "Zurich",     "Geneva",  "Munich",   "Hamburg",   "Milan",    "Venice",     "Naples",
    "Barcelona", "Seville",    "Porto",   "Glasgow",  "Edinburgh", "Oxford",   "Cambridge",  "Tokyo",
    "Kyoto",     "Osaka",      "Seoul",   "Beijing",  "Shanghai",  "Delhi",    "Mumbai",     "Bangkok",
    "Singapore", "Manila",     "Jakarta", "Sydney",   "Melbourne", "Auckland", "Cairo",      "Nairobi",
    "Lagos",     "Casablanca", "Toronto", "Montreal", "Vancouver", "Boston",   "Chicago",    "Denver",
    "Seattle",   "Houston",    "Miami",   "Havana",   "Lima",      "Santiago", "Montevideo", "Bogota",
};

// Nouns of one token in the vocabularies at hand, foreign to a licence.
constexpr std::array<std::string_view, 64> words{
    "tiger",  "river",   "garden", "copper", "temple", "silver", "forest", "bridge",   "candle", "mirror",
    "anchor", "basket",  "butter", "camera", "castle", "cherry", "coffee", "cotton",   "dragon", "engine",
    "falcon", "feather", "finger", "flower", "guitar", "hammer", "honey",  "island",   "jacket", "kettle",
    "ladder", "lemon",   "lion",   "marble", "market", "meadow", "basin",  "mountain", "needle", "onion",
    "orange", "palace",  "pencil", "pepper", "piano",  "pillow", "pocket", "potato",   "purple", "rabbit",
    "rocket", "saddle",  "salmon", "shadow", "ship",   "spider", "spoon",  "square",   "stone",  "sugar",
    "table",  "thunder", "ticket", "velvet",
};

// What each drawn number is for.
enum Purpose : std::uint64_t { forCity = 1, forValue, forPlace, forOrder };

std::uint64_t draw(std::uint64_t seed, std::int32_t index, Purpose purpose, std::uint64_t bound) {
    return select::randomBits(seed, static_cast<std::uint64_t>(index), purpose) % bound;
}

bool isWordByte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           byte >= 0x80;
}

std::vector<std::string_view> paragraphsOf(std::string_view text) {
    std::vector<std::string_view> paragraphs;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\n\n"), text.size());
        if (end > 0)
            paragraphs.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 2));
    }
    return paragraphs;
}

} // namespace

Result<std::string> carrierOf(const text::Tokenizer& tokenizer, std::string_view carrier, std::int32_t tokens,
                              std::uint64_t seed) {
    constexpr std::int32_t most = 2'000'000;
    if (tokens < 1 || tokens > most)
        return usageError("A text of " + std::to_string(tokens) + " tokens cannot be made: between 1 and " +
                          std::to_string(most) + " can.");
    const auto own = tokenizer.encode(carrier);
    if (!own)
        return own.error();
    std::string text(carrier);
    if (own->ids.empty() || static_cast<std::size_t>(tokens) <= own->ids.size())
        return text;
    std::vector<std::string_view> paragraphs = paragraphsOf(carrier);
    std::int32_t drawn = 0;
    for (std::size_t laps = static_cast<std::size_t>(tokens) / own->ids.size() + 1; laps > 0; --laps) {
        for (std::size_t left = paragraphs.size(); left > 1; --left) // Fisher and Yates
            std::swap(paragraphs[left - 1], paragraphs[draw(seed, drawn++, forOrder, left)]);
        for (const std::string_view paragraph : paragraphs)
            text.append("\n\n").append(paragraph);
    }
    return text;
}

Result<PlantedFact> plantFact(const text::Tokenizer& tokenizer, std::string_view carrier, std::int32_t tokens,
                              std::uint64_t seed, std::int32_t index, const Planting& planting) {
    constexpr std::int32_t room = 64; // for the sentence and the end of the document behind it
    const auto whole = tokenizer.encode(carrier);
    if (!whole)
        return whole.error();
    if (tokens < 2 * room || static_cast<std::size_t>(tokens) > whole->ids.size())
        return usageError("A document of " + std::to_string(tokens) + " tokens cannot be made: between " +
                          std::to_string(2 * room) + " and " + std::to_string(whole->ids.size()) + " can.");
    PlantedFact fact;
    // Every city once before any comes again: the index walks through them from a seeded start.
    const std::uint64_t start = draw(seed, 0, forCity, cities.size());
    fact.city = cities[(start + static_cast<std::uint64_t>(index)) % cities.size()];
    const bool isWord = planting.secret == Secret::word;
    fact.value = isWord ? std::string(words[draw(seed, index, forValue, words.size())])
                        : std::to_string(10000 + draw(seed, index, forValue, 90000));
    const std::string subject = std::string("secret ") + (isWord ? "word" : "number") + " of " + fact.city;
    fact.sentence = "The " + subject + " is " + fact.value + ".";
    fact.question = "What is the " + subject + "?";

    const auto first = static_cast<std::int32_t>(planting.from * tokens);
    const std::int32_t last =
        std::max(first + 1, std::min(tokens - room, static_cast<std::int32_t>(planting.to * tokens)));
    const auto drawn =
        static_cast<std::int32_t>(draw(seed, index, forPlace, static_cast<std::uint64_t>(last - first)));
    // Between two words: at the next token that begins with white space.
    std::size_t at = carrier.find_first_of(" \n", whole->begins[static_cast<std::size_t>(first + drawn)]);
    at = std::min(at, carrier.size());
    fact.begin = at + 1;
    fact.end = fact.begin + fact.sentence.size();
    fact.document =
        std::string(carrier.substr(0, at)) + " " + fact.sentence + std::string(carrier.substr(at));

    const auto encoded = tokenizer.encode(fact.document);
    if (!encoded)
        return encoded.error();
    fact.document.resize(
        encoded->begins[static_cast<std::size_t>(tokens)]); // the sentence made it longer than that
    const auto cut = tokenizer.encode(fact.document);
    if (!cut)
        return cut.error();
    fact.tokens = static_cast<std::int32_t>(cut->ids.size());
    const auto begin = std::upper_bound(cut->begins.begin(), cut->begins.end(), fact.begin);
    fact.tokenBegin = static_cast<std::int32_t>(begin - cut->begins.begin()) - 1;
    return fact;
}

bool saysValue(std::string_view answer, std::string_view value) {
    for (std::size_t at = answer.find(value); at != std::string_view::npos; at = answer.find(value, at + 1)) {
        const std::size_t end = at + value.size();
        const bool open = at == 0 || !isWordByte(answer[at - 1]);
        const bool closed = end == answer.size() || !isWordByte(answer[end]);
        if (!value.empty() && open && closed)
            return true;
    }
    return false;
}

} // namespace kvprism::cli
