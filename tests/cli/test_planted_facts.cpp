// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/facts_table.h"
#include "app/cli/bench/planted_facts.h"
#include "app/cli/licence.h"
#include "tests/cli/word_tokenizer.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

using namespace kvprism;
using namespace kvprism::cli;

class TestPlantedFacts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void plantsTheSentenceWhereItSays() {
        const test::WordTokenizer tokenizer;
        for (std::int32_t index = 0; index < 64; ++index) {
            const auto planted = plantFact(tokenizer, embedded::licence, 2000, 1, index);
            QVERIFY(planted.ok());
            const PlantedFact& fact = *planted;
            QCOMPARE(fact.document.substr(fact.begin, fact.end - fact.begin), fact.sentence);
            QCOMPARE(fact.sentence, "The secret number of " + fact.city + " is " + fact.value + ".");
            QCOMPARE(fact.question, "What is the secret number of " + fact.city + "?");
            QCOMPARE(fact.value.size(), std::size_t{5});
            QCOMPARE(fact.tokens, 2000);
            QVERIFY(fact.tokenBegin >= 99 && fact.tokenBegin <= 1901);
            QCOMPARE(fact.document[fact.begin - 1], ' ');
            // Nothing but the sentence was added.
            std::string without = fact.document;
            without.erase(fact.begin - 1, fact.sentence.size() + 1);
            QVERIFY(embedded::licence.substr(0, without.size()) == without);
            QVERIFY(embedded::licence.find(fact.value) == std::string_view::npos);
        }
    }
    void asksForEveryCityOnceBeforeAnyAgain() {
        const test::WordTokenizer tokenizer;
        std::set<std::string> cities, values;
        for (std::int32_t index = 0; index < 64; ++index) {
            const auto fact = plantFact(tokenizer, embedded::licence, 1000, 3, index);
            QVERIFY(fact.ok());
            cities.insert(fact->city);
            values.insert(fact->value);
        }
        QCOMPARE(cities.size(), std::size_t{64});
        QVERIFY(values.size() > 60);
    }
    void isAFunctionOfSeedAndIndex() {
        const test::WordTokenizer tokenizer;
        const auto plant = [&](std::uint64_t seed, std::int32_t index) {
            return plantFact(tokenizer, embedded::licence, 1000, seed, index)->document;
        };
        QVERIFY(plant(1, 5) == plant(1, 5));
        QVERIFY(plant(1, 5) != plant(1, 6));
        QVERIFY(plant(1, 5) != plant(2, 5));
    }
    void staysInTheRangeThatIsWanted() {
        const test::WordTokenizer tokenizer;
        for (std::int32_t index = 0; index < 50; ++index) {
            const auto fact =
                plantFact(tokenizer, embedded::licence, 3000, 9, index, {.from = 0.2, .to = 0.3});
            QVERIFY(fact.ok());
            QVERIFY(fact->tokenBegin >= 600 && fact->tokenBegin <= 901);
        }
    }
    void carriesTextsOfAnyLength() {
        const test::WordTokenizer tokenizer;
        const auto tokensOf = [&](const std::string& text) {
            return static_cast<const text::Tokenizer&>(tokenizer).encode(text)->ids.size();
        };
        const auto same = carrierOf(tokenizer, embedded::licence, 1000, 1);
        QVERIFY(same.ok() && *same == embedded::licence);
        const auto carrier = carrierOf(tokenizer, embedded::licence, 50'000, 1);
        QVERIFY(carrier.ok());
        QVERIFY(tokensOf(*carrier) >= 50'000);
        QVERIFY(carrier->starts_with(embedded::licence));
        // Paragraphs come again, whole, and in another order each time.
        const std::size_t length = embedded::licence.size();
        const std::string second = carrier->substr(length, length),
                          third = carrier->substr(2 * length, length);
        QVERIFY(second != third && !embedded::licence.starts_with(second.substr(2, 200)));
        QVERIFY(*carrier == *carrierOf(tokenizer, embedded::licence, 50'000, 1));
        QVERIFY(*carrier != *carrierOf(tokenizer, embedded::licence, 50'000, 2));
        const auto fact = plantFact(tokenizer, *carrier, 50'000, 1, 3);
        QVERIFY(fact.ok());
        QCOMPARE(fact->tokens, 50'000);
        QCOMPARE(carrierOf(tokenizer, embedded::licence, 2'000'001, 1).error().code, ErrorCode::usage);
    }
    void refusesLengthsThatCannotBe() {
        const test::WordTokenizer tokenizer;
        for (const std::int32_t tokens : {-1, 0, 127, 100000}) {
            const auto fact = plantFact(tokenizer, embedded::licence, tokens, 1, 0);
            QVERIFY(!fact);
            QCOMPARE(fact.error().code, ErrorCode::usage);
        }
    }
    void aValueCountsAsAWholeWordOnly() {
        QVERIFY(saysValue("The number is 48213.", "48213"));
        QVERIFY(saysValue("48213", "48213"));
        QVERIFY(saysValue("148213 no, 48213!", "48213"));
        QVERIFY(saysValue("**48213**", "48213"));
        QVERIFY(!saysValue("482130", "48213"));
        QVERIFY(!saysValue("148213", "48213"));
        QVERIFY(!saysValue("x48213", "48213"));
        QVERIFY(!saysValue("48,213", "48213"));
        QVERIFY(!saysValue("", "48213"));
    }
    void plantsWordsToo() {
        const test::WordTokenizer tokenizer;
        std::set<std::string> values;
        for (int index = 0; index < 20; ++index) {
            const auto fact =
                plantFact(tokenizer, embedded::licence, 1000, 3, index, {.secret = Secret::word});
            QVERIFY(fact.ok());
            QCOMPARE(fact->document.substr(fact->begin, fact->end - fact->begin),
                     "The secret word of " + fact->city + " is " + fact->value + ".");
            QVERIFY(saysValue(fact->sentence, fact->value));
            QVERIFY(embedded::licence.find(" " + fact->value + " ") == std::string_view::npos);
            values.insert(fact->value);
        }
        QVERIFY(values.size() > 10);
    }
    void partsOfATableJoinToOne() {
        QTemporaryDir folder;
        const auto part = [&](const char* name, const char* city, bool right, const char* sha) {
            const std::string path = folder.filePath(QLatin1String(name)).toStdString();
            FactsTable table{.task = {}, .model = {{"sha256", sha}, {"dtype", "bf16"}}, .rows = {}};
            FactsRow row;
            row.length = 3000;
            row.contestant = {"peak", 512};
            row.answers = {
                {.city = city, .value = "12345", .answer = "x", .token = 7, .tokens = 3000, .right = right}};
            row.losses = {0.5};
            row.kept = 512;
            row.readMs = 1000;
            table.rows.push_back(row);
            std::ofstream(path) << factsJson(table);
            return path;
        };
        const auto a = part("a", "Oslo", true, "1"), b = part("b", "Rome", false, "1"),
                   again = part("c", "Oslo", true, "1"), other = part("d", "Lima", true, "2");
        const auto joined = joinFacts({a, b});
        QVERIFY2(joined.ok(), joined ? "" : joined.error().message.c_str());
        QCOMPARE(joined->rows.size(), std::size_t{1});
        QCOMPARE(joined->rows[0].answers.size(), std::size_t{2});
        QCOMPARE(joined->rows[0].right(), 1);
        QCOMPARE(joined->rows[0].losses.size(), std::size_t{2});
        QCOMPARE(joined->rows[0].readMs, 2000.0);
        QVERIFY(factsLine(joined->rows[0]).find("1 of 2") != std::string::npos);
        QCOMPARE(factsJson(*joined)["rows"][0]["answered"].get<int>(), 1);
        QVERIFY(!joinFacts({a, again}));         // the same fact twice
        QVERIFY(!joinFacts({a, other}));         // another model
        QVERIFY(!joinFacts({a, "/nowhere/at"})); // no file
        std::ofstream(a) << "{}";
        QVERIFY(!joinFacts({a}));
        std::ofstream(a) << nlohmann::json{{"bench", "facts"},
                                           {"model", nlohmann::json::object()},
                                           {"seed", 1},
                                           {"rows", {{{"length", "long"}}}}};
        QVERIFY(!joinFacts({a}));
    }
};

QTEST_GUILESS_MAIN(TestPlantedFacts)
#include "test_planted_facts.moc"
