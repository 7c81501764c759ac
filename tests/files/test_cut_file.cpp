// SPDX-License-Identifier: GPL-3.0-or-later
// Model files that become shorter while they are mapped.
#include "engine/files/gguf.h"
#include "engine/files/mapped_file.h"
#include "engine/files/safetensors.h"
#include "tests/files/gguf_builder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <filesystem>
#include <sys/mman.h>
#include <thread>
#include <vector>

using namespace kvprism;
using namespace kvprism::files;

namespace {

constexpr std::size_t page = 4096;

// The handler that the program had before any file was mapped.
sigjmp_buf back;
volatile std::sig_atomic_t caught = 0;
void notice(int) {
    caught = caught + 1;
    siglongjmp(back, 1);
}

bool isZero(std::span<const std::byte> bytes) {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

} // namespace

class TestCutFile : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    std::string write(const char* name, const std::string& bytes) {
        QFile file(m_folder.filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        return file.fileName().toStdString();
    }

  private Q_SLOTS:
    void initTestCase() {
        struct sigaction action {};
        action.sa_handler = notice;
        QCOMPARE(sigaction(SIGBUS, &action, nullptr), 0);
    }

    void readsZerosBehindTheCutAndSaysSo() {
        const std::string path = write("file", std::string(4 * page, 'x'));
        const auto file = MappedFile::open(path);
        QVERIFY(file.ok());
        std::filesystem::resize_file(path, page);
        QVERIFY(file->bytes()[page - 1] == std::byte{'x'});
        QVERIFY(file->intact().ok()); // nothing that is gone was read
        QVERIFY(isZero(file->bytes().subspan(page)));
        const Status status = file->intact();
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::io);
        QVERIFY2(status.error().message.starts_with(path + " was cut"), status.error().message.c_str());
        QVERIFY(file->bytes()[0] == std::byte{'x'});
    }

    void isReadByManyThreadsAtOnce() {
        const std::string path = write("file", std::string(64 * page, 'x'));
        const auto file = MappedFile::open(path);
        std::filesystem::resize_file(path, 8 * page);
        std::vector<std::thread> threads;
        std::atomic<int> whole = 0;
        for (std::size_t i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                for (std::size_t at = 8 + i; at < 64; at += 4)
                    whole += isZero(file->bytes().subspan(at * page, page)) ? 0 : 1;
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(whole.load(), 0);
        QVERIFY(!file->intact());
    }

    void forgetsFilesThatAreClosed() {
        const std::string path = write("file", std::string(page, 'x'));
        for (int i = 0; i < 3000; ++i) {
            auto file = MappedFile::open(path);
            QVERIFY(file.ok());
            MappedFile other = std::move(*file);
            QVERIFY(other.intact().ok());
        }
    }

    void leavesSignalsElsewhereToTheHandlerBefore() {
        const std::string path = write("file", std::string(page, 'x'));
        const auto guarded = MappedFile::open(path);
        QFile other(QString::fromStdString(write("other", std::string(2 * page, 'x'))));
        QVERIFY(other.open(QIODevice::ReadOnly));
        const auto* bytes = static_cast<const volatile char*>(
            mmap(nullptr, 2 * page, PROT_READ, MAP_PRIVATE, other.handle(), 0));
        QVERIFY(bytes != MAP_FAILED);
        std::filesystem::resize_file(other.fileName().toStdString(), page);
        const int before = caught;
        if (sigsetjmp(back, 1) == 0)
            QVERIFY(bytes[page] == 'x'); // is not reached
        QCOMPARE(static_cast<int>(caught), before + 1);
        munmap(const_cast<char*>(bytes), 2 * page);
        QVERIFY(guarded->intact().ok());
    }

    void knowsAModelThatWasCut() {
        tests::GgufBuilder builder;
        builder.text("general.architecture", "llama");
        builder.tensor("weights", 0, {1024, 8}, std::string(1024 * 8 * sizeof(float), '\x22'));
        const std::string path = write("model.gguf", builder.bytes());
        const auto model = GgufFile::open(path);
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        std::filesystem::resize_file(path, page);
        std::vector<float> values(1024 * 8);
        const Tensor& tensor = (*model)->tensors()[0];
        QVERIFY(dequantise(tensor.type, tensor.data, values).ok());
        QVERIFY(values.front() != 0 && values.back() == 0);
        QVERIFY(!(*model)->intact());
        QCOMPARE((*model)->intact().error().code, ErrorCode::io);
    }

    void knowsAFolderWithAFileThatWasCut() {
        const std::string header = R"({"a":{"dtype":"F32","shape":[4096],"data_offsets":[0,16384]}})";
        write("config.json", "{}");
        const std::string path = write("model.safetensors", tests::raw<std::uint64_t>(header.size()) +
                                                                header + std::string(16384, 'x'));
        const auto model = SafetensorsFolder::open(m_folder.path().toStdString());
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        std::filesystem::resize_file(path, page);
        QVERIFY((*model)->intact().ok());
        QVERIFY((*model)->tensors()[0].data.back() == std::byte{0});
        QVERIFY((*model)->intact().error().message.starts_with(path + " was cut"));
    }
};

QTEST_GUILESS_MAIN(TestCutFile)
#include "test_cut_file.moc"
