#include "core/probe/SelfCalibration.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <algorithm>
#include <future>

#include "core/http/HttpConnection.h"
#include "core/probe/PreciseTimer.h"
#include "core/probe/ProbeThread.h"
#include "core/probe/Quantiles.h"

namespace rollcall::probe {

namespace {

constexpr int plainBlocks = 400;
constexpr int pacedBlocks = 60;
constexpr int warmupBlocks = 5;
constexpr double pacedRate = 150;

/// Answers each request on 127.0.0.1 after a fixed delay, on a thread of its own.
class DelayServer final : public QThread
{
public:
    explicit DelayServer(qint64 delayNs) : m_delayNs(delayNs)
    {
        start();
        m_portValue = m_port.get_future().get();
    }
    ~DelayServer() override
    {
        quit();
        wait();
    }
    /// 0 where it could not listen.
    [[nodiscard]] quint16 port() const { return m_portValue; }

protected:
    void run() override
    {
        QTcpServer server;
        const bool listens = server.listen(QHostAddress(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            while (QTcpSocket *socket = server.nextPendingConnection())
                serve(socket);
        });
        m_port.set_value(listens ? server.serverPort() : 0);
        exec();
    }

private:
    void serve(QTcpSocket *socket) const
    {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        auto *timer = new PreciseTimer(socket);
        const auto answer = [socket] {
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");
        };
        QObject::connect(timer, &PreciseTimer::fired, socket, answer);
        // Our own client sends one small request at a time, in one write.
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, timer, answer, delay = m_delayNs] {
            const qint64 now = http::steadyNs();
            if (!socket->readAll().endsWith("\r\n\r\n"))
                return;
            if (delay == 0)
                answer();
            else
                timer->startAt(now + delay);
        });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

    const qint64 m_delayNs;
    std::promise<quint16> m_port;
    quint16 m_portValue = 0;
};

RunSetup setupFor(const DelayServer &server)
{
    RunSetup setup;
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(server.port());
    url.setPath(QStringLiteral("/"));
    setup.origin = url;
    setup.cells.push_back(
        {{QStringLiteral("/"), ProbeMode::Route, {}}, {QByteArrayLiteral("GET"), url, {}, {}}, false});
    setup.limits.breakers = false;
    setup.limits.requests = std::numeric_limits<qint64>::max();
    setup.limits.closedRate = 0;
    setup.warmupBlocks = warmupBlocks;
    setup.seed = 1;
    return setup;
}

/// What @p part takes from the measured samples of @p setup's run, ascending; empty where the run ended before.
template <typename Part>
std::vector<std::vector<qint64>> measure(const RunSetup &setup, const base::Call &call,
                                         std::initializer_list<Part> parts)
{
    std::vector<Sample> samples;
    const RunRecord::State state = runProbe(setup, nullptr, call, samples, {});
    if (state.error || state.stopReason != StopReason::Samples)
        return {};
    std::vector<std::vector<qint64>> values;
    for (const Part &part : parts) {
        std::vector<qint64> taken;
        for (const Sample &sample : samples) {
            if (!sample.warmup && sample.outcome == Outcome::Ok)
                taken.push_back(part(sample));
        }
        if (taken.empty())
            return {};
        std::sort(taken.begin(), taken.end());
        values.push_back(std::move(taken));
    }
    return values;
}

qint64 at(const std::vector<qint64> &sorted, double p)
{
    return std::llround(quantile7(sorted, p));
}

} // namespace

std::optional<SelfCalibration> calibrate(const base::Call &call)
{
    using Part = qint64 (*)(const Sample &);
    const Part service = [](const Sample &sample) { return sample.serviceNs(); };
    const Part lag = [](const Sample &sample) { return sample.startNs - sample.intendedNs; };
    const DelayServer atOnce(0);
    const DelayServer delayed(knownDelayNs);
    if (atOnce.port() == 0 || delayed.port() == 0)
        return std::nullopt;
    RunSetup closed = setupFor(atOnce);
    closed.closed = true;
    closed.measuredBlocks = plainBlocks;
    const auto plain = measure(closed, call, {service});
    RunSetup open = setupFor(delayed);
    open.rate = pacedRate;
    open.arrival = Arrival::Constant;
    open.measuredBlocks = pacedBlocks;
    const auto paced = plain.empty() ? plain : measure(open, call, {service, lag});
    if (paced.empty())
        return std::nullopt;
    return SelfCalibration{at(plain[0], 0.5), at(plain[0], 0.99), at(paced[0], 0.5) - knownDelayNs,
                           at(paced[1], 0.5), at(paced[1], 0.95), static_cast<int>(plain[0].size() + paced[0].size())};
}

QJsonObject toJson(const SelfCalibration &calibration)
{
    return {{QStringLiteral("overheadP50Ns"), calibration.overheadP50Ns},
            {QStringLiteral("overheadP99Ns"), calibration.overheadP99Ns},
            {QStringLiteral("knownDelayNs"), knownDelayNs},
            {QStringLiteral("delayErrorP50Ns"), calibration.delayErrorP50Ns},
            {QStringLiteral("scheduleLagP50Ns"), calibration.scheduleLagP50Ns},
            {QStringLiteral("scheduleLagP95Ns"), calibration.scheduleLagP95Ns},
            {QStringLiteral("samples"), calibration.samples}};
}

} // namespace rollcall::probe
