// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/models/token_story.h"
#include "views/painting.h"
#include "views/step_caption.h"
#include "views/token_details.h"

#include <QRegularExpression>
#include <QTextDocument>
#include <QTextEdit>

#include <algorithm>

using namespace kvprism;
using namespace kvprism::views;
using trace::Reason;
using trace::Tier;

namespace {

using Settings = select::Settings;

const Settings peakRun{{"method", "peak"}};

struct Planned : test::ViewFixture {
    explicit Planned(const Settings& settings, std::uint64_t seed = 1, int tokens = 1500) {
        test::PlannedRunOptions options;
        options.settings = settings;
        options.settings.emplace("budget", "256");
        options.settings.emplace("block-size", "200");
        options.streamTokens = tokens;
        options.seed = seed;
        whole = test::plannedBatch(options);
        model.append(whole);
    }
    const trace::CompressionStep& at(int step) const {
        return *model.store().steps()[static_cast<std::size_t>(step)];
    }
    QString textOf(int step) const { return stepWords(model, step).text; }
};

// The numbers between two pieces of text; empty where the sentence is not there.
std::vector<int> numbersIn(const QString& text, const QString& pattern) {
    QString expression = QRegularExpression::escape(pattern);
    expression.replace(QStringLiteral("\\#"), QStringLiteral("([0-9][0-9,.']*[0-9]|[0-9])"));
    const auto match = QRegularExpression(expression).match(text);
    std::vector<int> numbers;
    for (int i = 1; match.hasMatch() && i <= match.lastCapturedIndex(); ++i)
        numbers.push_back(QLocale().toInt(match.captured(i)));
    return numbers;
}

int count(const trace::CompressionStep& step, auto&& holds) {
    int sum = 0;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        sum += holds(row);
    return sum;
}

struct Counted { // straight from the rows
    explicit Counted(const trace::CompressionStep& step) {
        const auto& held = step.held;
        kept = count(step, [&](auto row) { return held.tiers[row] != Tier::dropped; });
        anchors = count(step, [&](auto row) { return held.tiers[row] == Tier::anchor; });
        window = count(step, [&](auto row) { return held.tiers[row] == Tier::window; });
        candidates = count(step, [&](auto row) { return held.candidates[row] != 0; });
        chosen = count(
            step, [&](auto row) { return held.candidates[row] != 0 && held.tiers[row] != Tier::dropped; });
        for (int part = 0; part < 2; ++part)
            byPart[part] = count(step, [&](auto row) {
                return held.candidates[row] != 0 && held.tiers[row] != Tier::dropped &&
                       held.selectors[row] == part;
            });
        older = count(step, [&](auto row) {
            return held.tiers[row] == Tier::global && held.candidates[row] == 0 &&
                   held.reasons[row] != Reason::pinned;
        });
    }
    int kept, anchors, window, candidates, chosen, byPart[2], older;
};

QString shown(const StepCaption& view) {
    return view.findChild<QTextEdit*>()->toPlainText();
}

} // namespace

class TestStepCaption : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void countsWhatARecursiveStepDid() {
        for (const char* method : {"peak", "exact", "snapkv", "h2o", "knorm", "lsh", "recency", "random"}) {
            for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                Planned f({{"method", method}}, seed, 900 + 217 * static_cast<int>(seed));
                for (int i = 0; i < f.model.stepCount(); ++i) {
                    const trace::CompressionStep& step = f.at(i);
                    const Counted c(step);
                    const StepWords words = stepWords(f.model, i);
                    QCOMPARE(numbersIn(words.heading, QStringLiteral("Step # of 0\u2013#")),
                             (std::vector{i, f.model.stepCount() - 1}));
                    QCOMPARE(numbersIn(words.text, QStringLiteral("Tokens #\u2013# are read.")),
                             (std::vector{step.begin.value, step.end.value - 1}));
                    const int held = static_cast<int>(step.held.size());
                    const auto memory = numbersIn(
                        words.text, QStringLiteral("may hold # tokens; # were held, so # had to go."));
                    if (held > 256)
                        QCOMPARE(memory, (std::vector{256, held, held - c.kept}));
                    else
                        QCOMPARE(numbersIn(words.text, QStringLiteral("# are held, so all of them stay.")),
                                 std::vector{held});
                    QCOMPARE(numbersIn(words.text,
                                       QStringLiteral("The first # are always kept (anchors), so are the "
                                                      "last # read (window)")),
                             (std::vector{c.anchors, c.window}));
                    QCOMPARE(numbersIn(words.text, QStringLiteral("the # between")),
                             std::vector{c.candidates});
                    if (c.chosen < c.candidates)
                        QVERIFY2(words.text.contains(QString(u' ') + grouped(c.chosen) + u' '),
                                 qPrintable(words.text));
                }
            }
        }
    }

    void saysWhoChose() {
        const auto last = [](const Settings& settings) {
            Planned f(settings);
            return f.textOf(4);
        };
        QVERIFY(
            last({{"method", "peak"}}).contains(QStringLiteral("peak attention from the question chose")));
        QVERIFY(last({{"method", "peak"}, {"scoring", "standing"}})
                    .contains(QStringLiteral("peak attention from the standing prompt chose")));
        QVERIFY(last({{"method", "h2o"}})
                    .contains(QStringLiteral("the sum of attention from the block itself chose")));
        QVERIFY(
            last({{"method", "snapkv"}}).contains(QStringLiteral("from the block\u2019s last tokens chose")));
        QVERIFY(last({{"method", "recency"}}).contains(QStringLiteral("the newest 128 stay")));
        QVERIFY(last({{"method", "random"}}).contains(QStringLiteral("a random draw chose 128")));
        QVERIFY(last({{"method", "knorm"}}).contains(QStringLiteral("the 128 with the smallest keys stay")));
        QVERIFY(last({{"method", "lsh"}})
                    .contains(QStringLiteral("hash collisions with the question chose 128")));
    }

    void givesBothPartsOfAHybridTheirShare() {
        for (const char* mode : {"recursive", "accumulate"}) {
            Planned f({{"preset", "laser-kv"}, {"mode", mode}}, 5);
            int told = 0;
            for (int i = 0; i < f.model.stepCount(); ++i) {
                const Counted c(f.at(i));
                const auto shares = numbersIn(
                    f.textOf(i), QStringLiteral("from the question chose # first, then MagicPIG\u2019s "
                                                "rule on hash collisions with the question chose # "
                                                "from what was left"));
                if (c.chosen == c.candidates || c.chosen == 0)
                    continue;
                QCOMPARE(shares, (std::vector{c.byPart[0], c.byPart[1]}));
                const int filled = count(f.at(i), [&](auto row) {
                    return f.at(i).held.candidates[row] != 0 && f.at(i).held.reasons[row] == Reason::filled;
                });
                QCOMPARE(numbersIn(f.textOf(i), QStringLiteral("# of these are simply the newest")),
                         filled > 0 ? std::vector{filled} : std::vector<int>());
                ++told;
            }
            QVERIFY(told > 2);
        }
    }

    void tellsThatOlderMemoryStaysWhereItAccumulates() {
        for (const char* scope : {"total", "per_block"}) {
            Planned f({{"method", "peak"}, {"mode", "accumulate"}, {"budget-scope", scope}}, 9);
            int older = 0;
            for (int i = 0; i < f.model.stepCount(); ++i) {
                const Counted c(f.at(i));
                const QString text = f.textOf(i);
                const int held = static_cast<int>(f.at(i).held.size());
                if (c.kept < held)
                    QCOMPARE(numbersIn(text, QStringLiteral("# were held, # go and # stay.")),
                             (std::vector{held, held - c.kept, c.kept}));
                QCOMPARE(numbersIn(text, QStringLiteral("# chosen earlier stay as they were")),
                         c.older > 0 ? std::vector{c.older} : std::vector<int>());
                QCOMPARE(numbersIn(text, QStringLiteral("the # that left the window")),
                         c.candidates > 0 ? std::vector{c.candidates} : std::vector<int>());
                if (QByteArray(scope) == "per_block")
                    QCOMPARE(numbersIn(text, QStringLiteral("Every block may add up to # tokens")),
                             std::vector{128});
                else
                    QCOMPARE(numbersIn(text, QStringLiteral("fills up evenly, to # tokens")),
                             std::vector{256});
                older += c.older;
            }
            QVERIFY(older > 0);
        }
    }

    void tellsOfMarksByHand() {
        Planned f({{"pin", "300-311,420"}, {"evict", "10-12,500,505"}}, 2);
        int pinned = 0, evicted = 0;
        for (int i = 0; i < f.model.stepCount(); ++i) {
            const trace::CompressionStep& step = f.at(i);
            const Counted c(step);
            const int pins = count(step, [&](auto row) { return step.held.reasons[row] == Reason::pinned; });
            const int out = count(step, [&](auto row) { return step.held.reasons[row] == Reason::evicted; });
            const QString text = f.textOf(i);
            QCOMPARE(numbersIn(text, QStringLiteral("# pinned by hand stay")),
                     pins > 0 ? std::vector{pins} : std::vector<int>());
            QCOMPARE(numbersIn(text, QStringLiteral("# tokens of this block were taken out by hand")),
                     out > 0 ? std::vector{out} : std::vector<int>());
            // Three of the first were taken out, so those that stay are not "the first".
            QCOMPARE(numbersIn(text, QStringLiteral("# at the beginning are always kept")),
                     std::vector{c.anchors});
            if (pins > 0)
                QCOMPARE(numbersIn(text, QStringLiteral("the # others between")), std::vector{c.candidates});
            pinned += pins;
            evicted += out;
        }
        QVERIFY(pinned > 12);
        QCOMPARE(evicted, 5);
    }

    void saysWhenNothingHasToGo() {
        Planned fits({{"budget", "2000"}}, 1);
        QCOMPARE(numbersIn(fits.textOf(2), QStringLiteral("stream of # tokens fits in the memory of #")),
                 (std::vector{1500, 2000}));
        QCOMPARE(numbersIn(fits.textOf(2), QStringLiteral("all # tokens stay")), std::vector{600});
        Planned dense({{"method", "none"}}, 1);
        QVERIFY(dense.textOf(2).contains(QStringLiteral("dense model keeps whatever it reads")));
        QCOMPARE(numbersIn(dense.textOf(2), QStringLiteral("all # tokens stay")), std::vector{600});
        Planned out({{"budget", "2000"}, {"evict", "450-454"}}, 1);
        QCOMPARE(numbersIn(out.textOf(2), QStringLiteral("# of the # held stay")), (std::vector{595, 600}));
    }

    void endsWithTheAnswer() {
        test::ViewFixture f;
        const int last = f.model.stepCount() - 1;
        const trace::Answer& answer = *f.model.store().answers().back();
        const QString text = stepWords(f.model, last).text;
        QVERIFY2(text.contains(QStringLiteral("From these %1 tokens it answered: \u201c%2")
                                   .arg(grouped(answer.keptTokens),
                                        QString::fromStdString(answer.text).simplified().left(40))),
                 qPrintable(text));
        QVERIFY(!stepWords(f.model, last - 1).text.contains(QStringLiteral("answered")));
    }

    void marksWordsInTheColoursOfTheirTiers() {
        Planned f(peakRun);
        const StepWords words = stepWords(f.model, 4);
        QStringList marked;
        for (const StepWords::Mark& mark : words.marks)
            marked << words.text.mid(mark.begin, mark.length);
        QCOMPARE(marked, (QStringList{QStringLiteral("anchors"), QStringLiteral("window"),
                                      QStringLiteral("global memory")}));
        QCOMPARE(words.marks[1].tier, Tier::window);
        for (const QChar unit : words.plain())
            QVERIFY(unit.unicode() < 0xe000 || unit.unicode() > 0xf8ff);
    }

    void followsTheNavigatorAndSaysItToScreenReaders() {
        Planned f(peakRun);
        StepCaption view(&f.model, &f.navigator);
        f.show(view, {700, 300});
        for (const int step : {2, 0, 5}) {
            f.navigator.setStep(step);
            QCOMPARE(view.accessibleDescription(), stepWords(f.model, step).plain());
            QVERIFY(shown(view).contains(stepWords(f.model, step).text));
        }
        QVERIFY(view.findChild<QTextEdit*>()->toolTip().contains(QStringLiteral("Anchors")));
        f.model.clear();
        QVERIFY(shown(view).contains(QStringLiteral("Open a recording")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void growsWithALiveRun() {
        Planned f(peakRun);
        const TraceBatch whole = f.whole;
        TraceBatch first;
        first.run = whole.run;
        f.model.append(first);
        StepCaption view(&f.model, &f.navigator);
        f.show(view, {700, 300});
        QVERIFY(shown(view).contains(QStringLiteral("first block is being read")));
        for (int step = 0; step < 3; ++step) {
            TraceBatch next;
            next.steps = {whole.steps[static_cast<std::size_t>(step)]};
            f.model.append(next);
            QTRY_VERIFY(shown(view).startsWith(QStringLiteral("Step %1 of 0\u20137").arg(step)));
        }
    }

    void neverCutsWordsOff() {
        test::ViewFixture f;
        StepCaption view(&f.model, &f.navigator);
        double least = 10, most = 0;
        for (const QSize size : {QSize(1400, 900), QSize(1200, 170), QSize(700, 120), QSize(360, 420),
                                 QSize(300, 300), QSize(200, 72)}) {
            f.show(view, size);
            auto* text = view.findChild<QTextEdit*>();
            for (int step = 0; step < f.model.stepCount(); ++step) {
                f.navigator.setStep(step);
                const QSizeF needs = text->document()->size();
                QVERIFY(needs.width() <= text->viewport()->width() + 1);
                QCOMPARE(view.scrolls(), needs.height() > text->viewport()->height());
                QVERIFY(!view.scrolls() || size.height() <= 100);
            }
            least = std::min(least, view.textScale());
            most = std::max(most, view.textScale());
        }
        QVERIFY(most > 1.5);
        QVERIFY(least < 1);
    }

    // Where age alone decides there is no score to be cut off: what is kept instead is said.
    void saysHowManyOfTheNewestStayWhereThereIsNoCutOff() {
        Planned f(Settings{{"method", "recency"}}), scored(peakRun);
        TokenDetails details(&f.model, &f.navigator);
        for (int step = 2; step < f.model.stepCount(); ++step) {
            const trace::CompressionStep& at = f.at(step);
            const int kept = count(at, [&](std::size_t row) {
                return at.held.candidates[row] != 0 && at.held.tiers[row] != Tier::dropped;
            });
            QVERIFY(kept > 0);
            const auto terms = stepWords(f.model, step).terms;
            const auto cut = std::ranges::find(terms, QStringLiteral("Cut-off"), &StepWords::Term::name);
            QVERIFY(cut != terms.end());
            QVERIFY(cut->meaning.contains(QStringLiteral("keeps the newest %1 candidates").arg(kept)));
            f.navigator.setStep(step);
            for (std::size_t row = 0; row < at.held.size(); row += 5) {
                f.navigator.lock(at.held.positions[row].value, false);
                QTest::qWait(0);
                const bool candidate = at.held.candidates[row] != 0;
                QCOMPARE(details.value(QStringLiteral("Cut-off")),
                         candidate ? QStringLiteral("by age, not by score: keeps the newest %1").arg(kept)
                                   : QString());
                if (candidate)
                    QVERIFY(details.value(QStringLiteral("Reason"))
                                .endsWith(QStringLiteral("newest %1 candidates").arg(kept)));
            }
        }
        QVERIFY(!tokenStory(scored.model, scored.at(3).held.positions[100].value, 3).newestKept);
    }
};

QTEST_MAIN(TestStepCaption)
#include "test_step_caption.moc"
