// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/method.h"
#include "engine/select/options.h"
#include "tests/cli/program.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace kvprism;
using nlohmann::json;

class TestMethodsCommand : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void listsEveryMethodPresetAndOption() {
        QTemporaryDir home;
        const auto finished =
            test::runCli({QStringLiteral("methods"), QStringLiteral("--json")}, home.path());
        QCOMPARE(finished.status, 0);
        QCOMPARE(finished.err, QByteArray());
        const json listed = json::parse(finished.out.toStdString());
        QCOMPARE(listed["methods"].size(), select::methodTable().size());
        for (std::size_t i = 0; i < select::methodTable().size(); ++i)
            QCOMPARE(listed["methods"][i]["name"].get<std::string>(),
                     std::string(select::methodTable()[i].name));
        QCOMPARE(listed["methods"][0]["score_pool_width"].get<int>(), 15);
        QCOMPARE(listed["presets"][0]["settings"]["method"].get<std::string>(), std::string("peak"));
        QCOMPARE(listed["options"].size(), select::optionTable().size());
    }
    void namesEveryMethodForPeople() {
        QTemporaryDir home;
        const auto finished = test::runCli({QStringLiteral("methods")}, home.path());
        QCOMPARE(finished.status, 0);
        for (const auto& method : select::methodTable())
            QVERIFY(finished.out.contains("  " + QByteArray::fromStdString(std::string(method.name)) + " "));
    }
};

QTEST_GUILESS_MAIN(TestMethodsCommand)
#include "test_methods_command.moc"
