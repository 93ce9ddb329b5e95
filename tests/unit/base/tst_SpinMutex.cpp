#include <QtTest>

#include <QFile>

#include <atomic>
#include <thread>

#include <unistd.h>

#include "core/base/SpinMutex.h"

using namespace rollcall;

namespace {

/// The state of a thread of this process as the kernel names it: 'R' running or ready, 'S' asleep.
char stateOf(pid_t thread)
{
    QFile file(QStringLiteral("/proc/self/task/%1/stat").arg(thread));
    if (!file.open(QIODevice::ReadOnly))
        return '?';
    const QByteArray text = file.readAll();
    const qsizetype at = text.lastIndexOf(')') + 2; // behind the thread's name
    return at < text.size() ? text.at(at) : '?';
}

} // namespace

class SpinMutexTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoWaitsLongSleeps()
    {
        base::SpinMutex mutex;
        std::atomic<pid_t> waiter{0};
        std::atomic<bool> entered{false};
        std::jthread thread;
        bool asleep = false;
        bool alone = false;
        {
            const base::SpinLock lock(mutex);
            thread = std::jthread([&] {
                waiter = ::gettid();
                const base::SpinLock inner(mutex);
                entered = true;
            });
            // Whoever only yields is ready to run at every look: a thread of lower priority that holds the mutex on the
            // same core would then never run.
            asleep = QTest::qWaitFor([&] { return waiter != 0 && stateOf(waiter) == 'S'; }, 10'000);
            alone = !entered;
        }
        thread.join();
        QVERIFY(asleep);
        QVERIFY(alone);
        QVERIFY(entered);
    }

    void oneAtATime()
    {
        base::SpinMutex mutex;
        int count = 0;
        constexpr int rounds = 50'000;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                    for (int round = 0; round < rounds; ++round) {
                        const base::SpinLock lock(mutex);
                        ++count;
                    }
                });
            }
        }
        QCOMPARE(count, 4 * rounds);
    }
};

QTEST_GUILESS_MAIN(SpinMutexTest)
#include "tst_SpinMutex.moc"
