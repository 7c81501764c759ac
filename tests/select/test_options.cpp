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
        QCOMPARE(names.size(), std::size_t{34});
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
                                                              {"method", "LSH"},
                                                              {"preset", "laser"},
                                                              {"backend", "flash2"},
                                                              {"positions", "relative"},
                                                              {"scoring", "all"},
                                                              {"hybrid-primary", "hybrid"},
                                                              {"hybrid-ratio", "1.5"},
                                                              {"num-bits", "17"},
                                                              {"num-tables", "65"},
                                                              {"tie-break", "l1"},
                                                              {"observation-window", "0"},
                                                              {"self-exclusion", "-1"},
                                                              {"record-detail", "more"},
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
        refuses({{"method", "h20"}}, "peak, exact, lsh, hybrid, snapkv, h2o, knorm, recency, random, none");
        refuses({{"preset", "paper"}}, "prism, laser-kv, laser-kv-paper");
        refuses({{"score-pool", "sum"}}, "none, max, avg");
    }
    void acceptsThePublishedSpellings() {
        QVERIFY(findOption("block_size") == findOption("block-size"));
        QVERIFY(findOption("compression_mode") == findOption("mode"));
        QVERIFY(findOption("protection_divisor") == findOption("protection-divisor"));
        QVERIFY(findOption("hybrid_ratio") == findOption("hybrid-ratio"));
        QVERIFY(!findOption("dataset_config"));
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
        for (const char* method : {"recency", "random", "none", "knorm"}) {
            refuses({{"method", method}, {"scoring", "question"}}, "looks at no rows");
            refuses({{"method", method}, {"score-pool", "avg"}}, "no pooled scores");
        }
        refuses({{"method", "snapkv"}, {"scoring", "block"}}, "rows of its own");
        refuses({{"method", "h2o"}, {"scoring", "question"}}, "rows of its own");
        refuses({{"method", "lsh"}, {"scoring", "block"}}, "--scoring block");
        refuses({{"method", "hybrid"}, {"scoring", "block"}}, "--scoring block");
        refuses({{"method", "lsh"}, {"score-pool", "avg"}}, "LSH does not pool");
        refuses({{"method", "hybrid"}, {"score-pool", "avg"}}, "each of its parts");
        refuses({{"method", "hybrid"}, {"hybrid-primary", "lsh"}}, "two different methods");
        refuses({{"method", "hybrid"}, {"hybrid-primary", "recency"}, {"mode", "accumulate"}},
                "recursive only");
        for (const char* mode : {"magicpig_baseline", "magicpig_sampling"})
            refuses({{"method", "lsh"}, {"lsh-mode", mode}, {"num-tables", "1"}}, "--num-tables 2");
        refuses({{"preset", "laser-kv"}, {"num-tables", "1"}}, "--num-tables 2");
        refuses({{"method", "exact"}, {"scoring", "none"}}, "ranks by scores");
        refuses({{"method", "exact"}, {"score-pool-width", "15"}}, "--score-pool max or avg");
        refuses({{"budget-scope", "per_block"}}, "--mode accumulate");
        refuses({{"mode", "recursive"}, {"compression_mode", "accumulate"}}, "given twice");
        refuses({{"dataset_config", "8"}}, "There is no option --dataset_config");
    }
    void thePresetsAreThoseOfTheCommandLinePage() {
        const auto paper = configFrom({{"preset", "laser-kv-paper"}}),
                   strict = configFrom({{"preset", "laser-kv"}});
        QVERIFY(paper && strict);
        for (const auto& config : {*paper, *strict}) {
            QCOMPARE(config.method, std::string("hybrid"));
            QCOMPARE(config.hybridPrimary, std::string("exact"));
            QCOMPARE(config.hybridSecondary, std::string("lsh"));
            QCOMPARE(config.hybridRatio, 0.75);
            QCOMPARE(config.lshMode, LshMode::magicpigBaseline);
            QCOMPARE(config.mode, Mode::accumulate);
            QCOMPARE(config.scoring, Scoring::question);
        }
        QCOMPARE(strict->budgetScope, BudgetScope::total);
        QCOMPARE(paper->budgetScope, BudgetScope::perBlock);
        QCOMPARE(paper->blockSize, 4096);
        QCOMPARE(paper->positions, Positions::absolute);
        QCOMPARE(paper->layout, Layout::detached);
    }
    void theFourteenRowsOfTheAblationGridCanRun() {
        int rows = 0;
        for (const char* mode : {"accumulate", "recursive"}) {
            rows += configFrom({{"method", "exact"}, {"mode", mode}}).ok();
            for (const char* lsh : {"frequency_rank", "magicpig_baseline"}) {
                rows += configFrom({{"method", "lsh"}, {"lsh_mode", lsh}, {"mode", mode}}).ok();
                for (const char* ratio : {"0.50", "0.75"})
                    rows += configFrom({{"method", "hybrid"},
                                        {"hybrid_primary", "exact"},
                                        {"hybrid_secondary", "lsh"},
                                        {"lsh_mode", lsh},
                                        {"hybrid_ratio", ratio},
                                        {"mode", mode}})
                                .ok();
            }
        }
        QCOMPARE(rows, 14);
    }
    void eachPartOfAHybridKeepsItsOwnRowsAndPool() {
        const auto parts = partsOf(*configFrom({{"method", "hybrid"},
                                                {"hybrid-primary", "peak"},
                                                {"hybrid-secondary", "snapkv"},
                                                {"scoring", "standing"}}));
        QCOMPARE(parts.size(), std::size_t{2});
        QCOMPARE(parts[0].scoring, Scoring::standing);
        QCOMPARE(parts[0].poolWidth, 15);
        QCOMPARE(parts[1].scoring, Scoring::window);
        QCOMPARE(parts[1].pool, Pool::max);
        QCOMPARE(parts[1].poolWidth, 7);
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
    void namesOptionsThatDecideNothing() {
        const auto idle = [](const Settings& settings) {
            const auto config = configFrom(settings);
            return config ? idleOptions(settings, *config) : std::vector<std::string>{config.error().message};
        };
        using Names = std::vector<std::string>;
        QCOMPARE(idle({{"method", "peak"}, {"budget", "300"}}), Names{});
        QCOMPARE(idle({{"method", "peak"}, {"num_tables", "4"}, {"hybrid-ratio", "0.5"}}),
                 (Names{"hybrid-ratio", "num-tables"}));
        QCOMPARE(idle({{"method", "lsh"}, {"num-tables", "4"}, {"tie-break", "none"}}), Names{});
        QCOMPARE(idle({{"preset", "laser-kv"}, {"num-bits", "4"}, {"tie-break", "none"}}),
                 Names{"tie-break"});
        QCOMPARE(idle({{"standing-prompt", "dates"}}), Names{"standing-prompt"});
        QCOMPARE(idle({{"standing-prompt", "dates"}, {"scoring", "standing"}, {"self-exclusion", "3"}}),
                 Names{"self-exclusion"});
        QCOMPARE(idle({{"method", "peak"},
                       {"scoring", "window"},
                       {"observation-window", "9"},
                       {"self-exclusion", "3"}}),
                 Names{});
    }
    void aHybridOfMethodsWithRowsOfTheirOwnTakesNoScoring() {
        Settings settings{{"method", "hybrid"}, {"hybrid-primary", "snapkv"}, {"hybrid-secondary", "h2o"}};
        const auto config = configFrom(settings);
        QVERIFY(config.ok());
        QCOMPARE(config->scoring, Scoring::none);
        QVERIFY(resolve(*config, {8192}, 5000, 0, 10).ok());
        settings["scoring"] = "window";
        QVERIFY(configFrom(settings).error().message.find("rows of its own") != std::string::npos);
        settings["hybrid-secondary"] = "exact"; // it may choose
        QCOMPARE(configFrom(settings)->scoring, Scoring::window);
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "test_options.moc"
