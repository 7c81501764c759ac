// SPDX-License-Identifier: GPL-3.0-or-later
// What is said where a GPU is missed, and what becomes of one that fails; needs none.
#include "engine/gpu_failure.h"
#include "engine/gpu_notice.h"
#include "engine/guarded.h"
#include "engine/model/device_ops.h"

#include <QTest>

using namespace kvprism;

namespace {

const Error tooOld = unavailable("the NVIDIA driver is too old for CUDA 13: install driver 580 or newer.");

std::string notice(GpuSigns signs) {
    return gpuNotice(signs, tooOld);
}

c10::Error failureSaying(const char* message) {
    return {c10::SourceLocation{__func__, __FILE__, __LINE__}, message};
}

c10::AcceleratorError failureOfCode(std::int32_t code) {
    return {c10::SourceLocation{__func__, __FILE__, __LINE__}, code,
            "CUDA error: unspecified launch failure\nSearch for it in the manual."};
}

template <class Failure> Status thrown(const Failure& failure) {
    return guarded([&]() -> Status { throw failure; });
}

} // namespace

class TestGpuFailure : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void refusesWithWhatTheMachineSays() {
        const auto refused = [](GpuSigns signs) { return gpuRefusal(signs, tooOld).message; };
        QCOMPARE(refused({.driver = true, .device = true}), "--device cuda: " + tooOld.message);
        QVERIFY(refused({}).find("no driver of NVIDIA's") != std::string::npos);
        QVERIFY(refused({.driver = true, .device = true, .hidden = true}).find("CUDA_VISIBLE_DEVICES") !=
                std::string::npos);
        QCOMPARE(gpuRefusal({}, tooOld).code, ErrorCode::unavailable);
    }

    void saysNothingWhereThereIsNoGpuOrItIsHidden() {
        QCOMPARE(notice({}), std::string());
        QVERIFY(!GpuSigns{}.worthAsking());
        QCOMPARE(notice({.driver = true, .device = true, .hidden = true}), std::string());
    }
    void saysWhyAGpuIsNotUsed() {
        QCOMPARE(notice({.driver = true, .device = true}),
                 std::string(
                     "The processor is used, not the NVIDIA GPU: the NVIDIA driver is too old for CUDA 13: "
                     "install driver 580 or newer."));
    }
    void saysThatAContainerWasNotGivenItsGpu() {
        const std::string said = notice({.driver = true});
        QVERIFY2(said.find("no /dev/nvidiactl") != std::string::npos, said.c_str());
        QVERIFY(said.find("too old") == std::string::npos);
    }
    void looksForSignsOnly() {
        qputenv("CUDA_VISIBLE_DEVICES", "");
        QVERIFY(gpuSigns().hidden && !gpuSigns().worthAsking());
        qputenv("CUDA_VISIBLE_DEVICES", "-1");
        QVERIFY(gpuSigns().hidden);
        qputenv("CUDA_VISIBLE_DEVICES", "0");
        QVERIFY(!gpuSigns().hidden);
        qunsetenv("CUDA_VISIBLE_DEVICES");
        QVERIFY(!gpuSigns().hidden);
    }
    void tellsWantOfMemoryFromTheRest() {
        QVERIFY(gpuFailureOf(failureOfCode(2)) == GpuFailure::outOfMemory);
        QVERIFY(gpuFailureOf(failureSaying("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `x`")) ==
                GpuFailure::outOfMemory);
        QVERIFY(gpuFailureOf(failureSaying("CUDA error: out of memory")) == GpuFailure::outOfMemory);
        QVERIFY(gpuFailureOf(failureSaying("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED")) ==
                GpuFailure::lost);
        QVERIFY(gpuFailureOf(failureSaying("The size of a does not match CUDA error")) == GpuFailure::none);
        QCOMPARE(thrown(failureOfCode(2)).error().code, ErrorCode::outOfMemory);
        QCOMPARE(thrown(failureSaying("sizes differ")).error().code, ErrorCode::defect);
    }
    void aGpuThatFailsIsUnavailableFromThenOn() {
        const Status lost = thrown(failureOfCode(719));
        QCOMPARE(lost.error().code, ErrorCode::unavailable);
        QCOMPARE(lost.error().message,
                 std::string(
                     "The GPU failed (CUDA error: unspecified launch failure), and what it held is lost: ask "
                     "again on the processor (--device cpu)."));
        const auto ops = model::gpuForNewWork();
        QVERIFY(!ops);
        QCOMPARE(gpuNotice({.driver = true, .device = true}, ops.error()),
                 std::string(
                     "The processor is used, not the NVIDIA GPU: it failed (CUDA error: unspecified launch "
                     "failure) and is left alone until this program starts again."));
    }
};

QTEST_GUILESS_MAIN(TestGpuFailure)
#include "test_gpu_failure.moc"
