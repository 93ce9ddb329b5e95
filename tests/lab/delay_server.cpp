// A server whose answers take a known time, for comparing clients: prints its port, answers until standard input ends.
// Usage: rollcall_delay_server DELAY_US [ANSWER_FILE | FREEZE_MS EVERY_MS]
//   answers a request DELAY_US after its last byte arrived, with the bytes of ANSWER_FILE (two bytes of JSON where none
//   is given), its Date renewed each second and each row of 16 @ in it the answer's number, 16 hex digits;
//   freezes its only thread for FREEZE_MS every EVERY_MS
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
#include <utility>
#include <vector>

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

/// Bytes of which some are another number in each answer.
class Answers
{
public:
    explicit Answers(QByteArray bytes) : m_bytes(std::move(bytes))
    {
        const QByteArray row(digits, '@');
        for (qsizetype at = m_bytes.indexOf(row); at >= 0; at = m_bytes.indexOf(row, at + digits))
            m_numbers.push_back(at);
    }
    [[nodiscard]] const QByteArray &next()
    {
        if (!m_numbers.empty()) {
            const QByteArray number = QByteArray::number(++m_count, 16).rightJustified(digits, '0');
            for (const qsizetype at : m_numbers)
                m_bytes.replace(at, digits, number);
        }
        return m_bytes;
    }
    /// The number of digits being fixed, a new Date of the same length moves nothing.
    void renewDate() { ::renewDate(m_bytes); }

private:
    static constexpr qsizetype digits = 16;
    QByteArray m_bytes;
    std::vector<qsizetype> m_numbers; ///< where they stand
    quint64 m_count = 0;
};

/// @p answers outlives the socket.
void serve(QTcpSocket *socket, qint64 delayNs, Answers &answers)
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    auto *timer = new PreciseTimer(socket);
    const auto answer = [socket, &answers] { socket->write(answers.next()); };
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
    QByteArray bytes(shortAnswer);
    if (argc == 3) {
        QFile file(QString::fromLocal8Bit(argv[2]));
        if (!file.open(QIODevice::ReadOnly))
            return 2;
        bytes = file.readAll();
    }
    Answers answers(bytes);
    const qint64 delayNs = QByteArray(argv[1]).toLongLong() * 1000;
    QTimer second;
    QObject::connect(&second, &QTimer::timeout, &application, [&answers] { answers.renewDate(); });
    if (argc == 3)
        second.start(std::chrono::seconds(1));
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (QTcpSocket *socket = server.nextPendingConnection())
            serve(socket, delayNs, answers);
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
