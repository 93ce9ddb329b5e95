// A server whose answers take a known time, for comparing clients: prints its port, answers until standard input ends.
// Usage: rollcall_delay_server DELAY_US [ANSWER_FILE | FREEZE_MS EVERY_MS]
//   answers a request DELAY_US after its last byte arrived, with the bytes of ANSWER_FILE (two bytes of JSON where none
//   is given), its Date renewed each second; freezes its only thread for FREEZE_MS every EVERY_MS
#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QLocale>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QTimer>

#include <cstdio>

#include <unistd.h>

#include "core/http/HttpConnection.h"
#include "core/probe/PreciseTimer.h"

using rollcall::http::steadyNs;
using rollcall::probe::PreciseTimer;

namespace {

constexpr char shortAnswer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/// Puts the time into the Date of @p answer, as servers do each second.
void renewDate(QByteArray &answer)
{
    constexpr QByteArrayView name("\r\nDate: ");
    const qsizetype at = answer.indexOf(name);
    if (at < 0)
        return;
    const qsizetype from = at + name.size();
    const QString now =
        QLocale::c().toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss"));
    answer.replace(from, answer.indexOf('\r', from) - from, QByteArray(now.toLatin1() + " GMT"));
}

/// @p bytes outlives the socket.
void serve(QTcpSocket *socket, qint64 delayNs, const QByteArray &bytes)
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    auto *timer = new PreciseTimer(socket);
    const auto answer = [socket, &bytes] { socket->write(bytes); };
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
    if (argc < 2 || argc > 4)
        return 2;
    QByteArray answer(shortAnswer);
    if (argc == 3) {
        QFile file(QString::fromLocal8Bit(argv[2]));
        if (!file.open(QIODevice::ReadOnly))
            return 2;
        answer = file.readAll();
    }
    const qint64 delayNs = QByteArray(argv[1]).toLongLong() * 1000;
    QTimer second;
    QObject::connect(&second, &QTimer::timeout, &application, [&answer] { renewDate(answer); });
    if (argc == 3)
        second.start(std::chrono::seconds(1));
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (QTcpSocket *socket = server.nextPendingConnection())
            serve(socket, delayNs, answer);
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
