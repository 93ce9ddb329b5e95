#include <QtTest>

#include <semaphore>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"

using rollcall::async::Mailbox;
using rollcall::async::Worker;

class WorkerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversInOrderOnTheOwnersThread()
    {
        Mailbox box;
        QList<int> seen;
        Worker worker("test");
        for (int i = 0; i < 10; ++i) {
            const auto submitted = worker.submit([&seen, i, sender = box.sender()](std::stop_token) {
                sender.post([&seen, i] {
                    QCOMPARE(QThread::currentThread(), QCoreApplication::instance()->thread());
                    seen << i;
                });
            });
            QVERIFY(submitted.has_value());
        }
        QTRY_COMPARE(seen.size(), 10);
        QCOMPARE(seen.first(), 0);
        QVERIFY(std::is_sorted(seen.cbegin(), seen.cend()));
    }

    void refusesWhenFull()
    {
        std::binary_semaphore started(0);
        std::binary_semaphore go(0);
        Worker worker("test", 1);
        QVERIFY(worker.submit([&](std::stop_token) {
            started.release();
            go.acquire();
        }));
        started.acquire();
        QVERIFY(worker.submit([](std::stop_token) {}));
        const auto third = worker.submit([](std::stop_token) {});
        QVERIFY(!third.has_value());
        QCOMPARE(third.error().code, rollcall::base::ErrorCode::Overloaded);
        go.release();
    }

    void aDeadBoxIsPostedToInVain()
    {
        Mailbox::Sender sender;
        {
            const Mailbox box;
            sender = box.sender();
        }
        QVERIFY(!sender.post([] { QFAIL("delivered to a dead box"); }));
    }
};

QTEST_GUILESS_MAIN(WorkerTest)
#include "tst_Worker.moc"
