// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_family.h"
#include "engine/files/model_summary.h"
#include "engine/files/random_shape.h"

#include <QSet>
#include <QTest>

using namespace kvprism;
using namespace kvprism::files;

// The table of shapes that weights are drawn for.
class TestRandomShape : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyShapeIsAModelThatCanRun() {
        for (const std::string_view name : randomShapeNames()) {
            const auto config = randomShape(name);
            QVERIFY(config.ok());
            QCOMPARE(config->name, "random " + std::string(name));
            const ModelFamily* family = familyOfModelType(config->architecture);
            QVERIFY(family);
            QCOMPARE(config->queryKeyValueBias, family->queryKeyValueBias);
            QCOMPARE(config->queryKeyNorm, family->queryKeyNorm);
            QCOMPARE(config->queryHeads % config->kvHeads, 0);
            QCOMPARE(config->headDim % 2, 0);
            QVERIFY(config->vocabularySize > 257); // a token for each byte, and one that begins
            const auto divisors = config->rope.divisors.size();
            QVERIFY(divisors == 0 || divisors == static_cast<std::size_t>(config->headDim / 2));
        }
    }

    void countsTheBytesThatTheRealModelsHave() {
        const auto parameters = [](std::string_view name) {
            const auto config = randomShape(name);
            const WeightBytes bytes = weightBytes(*config, 2);
            return (bytes.total() - bytes.norms) / 2 + bytes.norms / 4;
        };
        QCOMPARE(parameters("llama-3.1-8b"), std::uint64_t{8030261248});
        QCOMPARE(parameters("llama-3.2-1b"), std::uint64_t{1235814400});
        QCOMPARE(parameters("llama-3.2-3b"), std::uint64_t{3212749824});
        QCOMPARE(parameters("qwen2.5-7b"), std::uint64_t{7615616512});
        QCOMPARE(parameters("qwen3-8b"), std::uint64_t{8190735360});
        QCOMPARE(parameters("mistral-7b"), std::uint64_t{7248023552});
        QCOMPARE(parameters("smollm2-135m"), std::uint64_t{134515008});
    }

    void listsTheShapesWhereOneIsUnknown() {
        const auto unknown = randomShape("llama-9");
        QVERIFY(!unknown.ok());
        QCOMPARE(unknown.error().code, ErrorCode::usage);
        for (const std::string_view name : randomShapeNames())
            QVERIFY(unknown.error().message.find(name) != std::string::npos);
    }

    void tellsShapesApart() {
        QSet<QByteArray> hashes;
        for (const std::string_view name : randomShapeNames()) {
            const std::string hash = sha256OfRandomModel(*randomShape(name));
            QCOMPARE(hash.size(), std::size_t{64});
            QCOMPARE(hash, sha256OfRandomModel(*randomShape(name)));
            hashes.insert(QByteArray::fromStdString(hash));
        }
        QCOMPARE(static_cast<std::size_t>(hashes.size()), randomShapeNames().size());
    }

    void standsForAPath() {
        QCOMPARE(shapeOfRandomPath(randomModelPath("tiny")), std::optional<std::string>("tiny"));
        QVERIFY(!shapeOfRandomPath("models/random.gguf"));
        QCOMPARE(summariseRandomModel("tiny", "f32")->path, randomModelPath("tiny"));
    }
};

QTEST_APPLESS_MAIN(TestRandomShape)
#include "test_random_shape.moc"
