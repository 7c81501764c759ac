// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/method.h"
#include "engine/select/options.h"

#include <QTest>

#include <set>

using namespace kvprism;
using namespace kvprism::select;

namespace {

void refuses(const Settings& settings, const char* needle) {
    const auto config = configFrom(settings);
    QVERIFY2(!config, needle);
    QCOMPARE(config.error().code, ErrorCode::usage);
    QVERIFY2(config.error().message.find(needle) != std::string::npos, config.error().message.c_str());
    QCOMPARE(config.error().message.back(), '.');
}

std::string valueOf(const Config& config, const char* option) {
    return findOption(option)->get(config);
}

} // namespace

class TestOptions : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theDefaultsAreThoseOfPresetPrism() {
        const auto config = configFrom({});
        QVERIFY(config.ok());
        for (const auto& [option, value] :
             std::vector<std::pair<const char*, const char*>>{{"preset", "prism"},
                                                              {"method", "peak"},
                                                              {"mode", "recursive"},
                                                              {"budget", "auto"},
                                                              {"budget-scope", "total"},
                                                              {"compression-ratio", "off"},
                                                              {"block-size", "auto"},
                                                              {"protection-divisor", "4"},
                                                              {"scoring", "question"},
                                                              {"score-pool", "avg"},
                                                              {"score-pool-width", "15"},
                                                              {"backend", "auto"},
                                                              {"positions", "auto"},
                                                              {"layout", "inline"},
                                                              {"seed", "1"},
                                                              {"max-new-tokens", "256"},
                                                              {"temperature", "0"},
                                                              {"top-p", "1"},
                                                              {"stop-words", ""}})
            QCOMPARE(valueOf(*config, option), std::string(value));
    }
    void theShownDefaultsAreTheRealOnes() {
        const Config config = *configFrom({});
        for (const OptionSpec& spec : optionTable())
            if (spec.defaultText != "by method")
                QCOMPARE(spec.get(config), std::string(spec.defaultText));
    }
    void everyRowIsWhole() {
        std::set<std::string_view> names;
        for (const OptionSpec& spec : optionTable()) {
            QVERIFY(names.insert(spec.name).second);
            QVERIFY(findOption(spec.name) == &spec);
            QVERIFY(spec.get && spec.set && !spec.help.empty());
            QCOMPARE(spec.kind == OptionKind::choice, !spec.choices.empty());
            if (spec.kind == OptionKind::integer || spec.kind == OptionKind::number)
                QVERIFY(spec.minimum < spec.maximum);
        }
        QCOMPARE(names.size(), std::size_t{19});
    }
    void everyValueThatARowTakesReadsBack_data() {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QByteArray>("value");
        const auto add = [](std::string_view option, const std::string& value) {
            QTest::addRow("%s %s", std::string(option).c_str(), value.c_str())
                << QByteArray(option.data(), static_cast<qsizetype>(option.size()))
                << QByteArray::fromStdString(value);
        };
        for (const OptionSpec& spec : optionTable())
            for (const std::string_view choice : spec.choices)
                add(spec.name, std::string(choice));
        add("budget", "1"), add("budget", "2147483647"), add("budget", "auto");
        add("block-size", "1"), add("block-size", "auto");
        add("protection-divisor", "3"), add("protection-divisor", "2147483647");
        add("compression-ratio", "0.3"), add("compression-ratio", "1"), add("compression-ratio", "off");
        add("score-pool-width", "1"), add("score-pool-width", "255");
        add("seed", "0"), add("seed", "18446744073709551615");
        add("max-new-tokens", "1000000");
        add("temperature", "0.7"), add("top-p", "0.95");
        add("stop-words", ""), add("stop-words", "a,b c"), add("stop-words", "\\n\\n,x\\,y,\\\\,\\t");
    }
    void everyValueThatARowTakesReadsBack() {
        QFETCH(QByteArray, option);
        QFETCH(QByteArray, value);
        const OptionSpec& spec = *findOption(option.constData());
        Config config;
        QVERIFY(spec.set(config, value.toStdString()).ok());
        QCOMPARE(spec.get(config), value.toStdString());
    }
    void readsStopWordsWithEscapes() {
        const auto config = configFrom({{"stop-words", "END,\\n\\n,,a\\,b,c\\\\"}});
        QVERIFY(config.ok());
        QCOMPARE(config->stopWords, (std::vector<std::string>{"END", "\n\n", "a,b", "c\\"}));
    }
    void refusesValuesOutOfRange_data() {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QByteArray>("value");
        for (const auto& [option, value] :
             std::vector<std::pair<const char*, const char*>>{{"budget", "0"},
                                                              {"budget", "-1"},
                                                              {"budget", "2147483648"},
                                                              {"budget", "99999999999999999999"},
                                                              {"budget", "12x"},
                                                              {"budget", " 12"},
                                                              {"budget", "1e3"},
                                                              {"budget", ""},
                                                              {"block-size", "0"},
                                                              {"protection-divisor", "2"},
                                                              {"protection-divisor", "3.5"},
                                                              {"compression-ratio", "0"},
                                                              {"compression-ratio", "1.01"},
                                                              {"compression-ratio", "nan"},
                                                              {"compression-ratio", "-inf"},
                                                              {"compression-ratio", ""},
                                                              {"score-pool-width", "2"},
                                                              {"score-pool-width", "257"},
                                                              {"seed", "-1"},
                                                              {"seed", "18446744073709551616"},
                                                              {"max-new-tokens", "0"},
                                                              {"temperature", "-0.1"},
                                                              {"temperature", "inf"},
                                                              {"top-p", "0"},
                                                              {"top-p", "1.5"},
                                                              {"mode", "Recursive"},
                                                              {"method", "lsh"},
                                                              {"preset", "laser-kv"},
                                                              {"backend", "flash"},
                                                              {"positions", "reindexed"},
                                                              {"scoring", "standing"},
                                                              {"stop-words", "a\\q"},
                                                              {"stop-words", "a\\"}})
            QTest::addRow("%s '%s'", option, value) << QByteArray(option) << QByteArray(value);
    }
    void refusesValuesOutOfRange() {
        QFETCH(QByteArray, option);
        QFETCH(QByteArray, value);
        refuses({{option.toStdString(), value.toStdString()}}, ("--" + option).constData());
    }
    void anUnknownChoiceIsToldWhatThereIs() {
        refuses({{"method", "lsh"}}, "peak, exact, recency, random, none");
        refuses({{"preset", "laser-kv-paper"}}, "prism");
        refuses({{"score-pool", "sum"}}, "none, max, avg");
    }
    void acceptsThePublishedSpellings() {
        QVERIFY(findOption("block_size") == findOption("block-size"));
        QVERIFY(findOption("compression_mode") == findOption("mode"));
        QVERIFY(findOption("protection_divisor") == findOption("protection-divisor"));
        QVERIFY(!findOption("hybrid_ratio"));
        QVERIFY(!findOption(""));
        const auto config = configFrom({{"compression_mode", "accumulate"}, {"block_size", "64"}});
        QVERIFY(config.ok());
        QCOMPARE(config->mode, Mode::accumulate);
        QCOMPARE(config->blockSize, 64);
    }
    void aMethodBringsItsOwnScoringAndPool() {
        QCOMPARE(valueOf(*configFrom({{"method", "exact"}}), "score-pool"), std::string("none"));
        QCOMPARE(valueOf(*configFrom({{"method", "exact"}}), "score-pool-width"), std::string("1"));
        QCOMPARE(valueOf(*configFrom({{"method", "recency"}}), "scoring"), std::string("none"));
        QCOMPARE(valueOf(*configFrom({{"method", "exact"}, {"score-pool", "max"}}), "score-pool-width"),
                 std::string("7"));
        QCOMPARE(valueOf(*configFrom({{"score-pool", "none"}}), "score-pool-width"), std::string("1"));
        const auto own = configFrom({{"method", "exact"}, {"score-pool", "avg"}, {"score-pool-width", "3"}});
        QCOMPARE(valueOf(*own, "score-pool-width"), std::string("3"));
    }
    void refusesCombinationsThatCannotRun() {
        refuses({{"budget", "64"}, {"compression-ratio", "0.5"}}, "give one of them");
        refuses({{"method", "recency"}, {"mode", "accumulate"}}, "recursive only");
        for (const char* method : {"recency", "random", "none"}) {
            refuses({{"method", method}, {"scoring", "question"}}, "reads no scores");
            refuses({{"method", method}, {"score-pool", "avg"}}, "reads no scores");
        }
        refuses({{"method", "exact"}, {"scoring", "none"}}, "ranks by scores");
        refuses({{"method", "exact"}, {"score-pool-width", "15"}}, "--score-pool max or avg");
        refuses({{"budget-scope", "per_block"}}, "--mode accumulate");
        refuses({{"mode", "recursive"}, {"compression_mode", "accumulate"}}, "given twice");
        refuses({{"num-tables", "8"}}, "There is no option --num-tables");
    }
    void theSameValueUnderBothNamesIsFine() {
        QVERIFY(configFrom({{"mode", "accumulate"}, {"compression_mode", "accumulate"}}).ok());
    }
    void keepsEveryOptionInTheTablesOrder() {
        const auto settings = settingsOf(*configFrom({{"budget", "300"}}));
        QCOMPARE(settings.size(), optionTable().size());
        for (std::size_t i = 0; i < settings.size(); ++i)
            QCOMPARE(settings[i].name, std::string(optionTable()[i].name));
        QCOMPARE(settings[3].value, std::string("300"));
    }
    void aRecordedConfigurationCanBeAskedForAgain() {
        for (const MethodSpec& method : methodTable()) {
            Config config = *configFrom({{"method", std::string(method.name)}, {"budget", "64"}});
            Settings again;
            for (const auto& setting : settingsOf(config))
                if (setting.value != "off")
                    again[setting.name] = setting.value;
            const auto read = configFrom(again);
            QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
            QVERIFY(*read == config);
        }
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "test_options.moc"
