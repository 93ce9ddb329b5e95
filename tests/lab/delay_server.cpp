// A server whose answers take a known time, for comparing clients: prints its port, answers until standard input ends.
// Usage: rollcall_delay_server DELAY_US [FREEZE_MS EVERY_MS]
//   answers a request DELAY_US after its last byte arrived; freezes its only thread for FREEZE_MS every EVERY_MS
#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <cstdio>

#include <unistd.h>

#include "core/http/HttpConnection.h"
#include "core/probe/PreciseTimer.h"

using rollcall::http::steadyNs;
using rollcall::probe::PreciseTimer;

namespace {

void serve(QTcpSocket *socket, qint64 delayNs)
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    auto *timer = new PreciseTimer(socket);
    const auto answer = [socket] {
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    };
    QObject::connect(timer, &PreciseTimer::fired, socket, answer);
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [=] {
        const qint64 now = steadyNs();
        if (!socket->readAll().endsWith("\r\n\r\n"))
            return;
        if (delayNs == 0)
            answer();
        else
            timer->startAt(now + delayNs);
    });
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (argc != 2 && argc != 4)
        return 2;
    const qint64 delayNs = QByteArray(argv[1]).toLongLong() * 1000;
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (QTcpSocket *socket = server.nextPendingConnection())
            serve(socket, delayNs);
    });
    if (!server.listen(QHostAddress(QHostAddress::LocalHost)))
        return 1;
    PreciseTimer freeze;
    if (argc == 4) {
        const qint64 freezeNs = QByteArray(argv[2]).toLongLong() * 1'000'000;
        const qint64 everyNs = QByteArray(argv[3]).toLongLong() * 1'000'000;
        qint64 next = steadyNs() + everyNs;
        QObject::connect(&freeze, &PreciseTimer::fired, &server, [&freeze, next, freezeNs, everyNs]() mutable {
            // To the schedule, not from when the timer was noticed: the truth is computed from it.
            const qint64 until = next + freezeNs;
            const qint64 left = until - steadyNs();
            if (left > 0)
                QThread::usleep(static_cast<unsigned long>(left / 1000));
            next += everyNs;
            freeze.startAt(next);
        });
        freeze.startAt(next);
    }
    QSocketNotifier end(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&end, &QSocketNotifier::activated, &application, [&] {
        char byte = 0;
        if (::read(STDIN_FILENO, &byte, 1) <= 0)
            QCoreApplication::quit();
    });
    std::printf("%d\n", server.serverPort());
    std::fflush(stdout);
    return QCoreApplication::exec();
}
