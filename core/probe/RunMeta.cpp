#include "core/probe/RunMeta.h"

#include <QFile>
#include <QJsonArray>
#include <QSslSocket>
#include <QSysInfo>
#include <QThread>

#include <cstdlib>

#include "core/http/HttpConnection.h"

namespace rollcall::probe {

namespace {

QString processorName()
{
    QFile file(QStringLiteral("/proc/cpuinfo"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        if (line.startsWith("model name"))
            return QString::fromUtf8(line.mid(line.indexOf(':') + 1).trimmed());
    }
    return {};
}

/// Mean of many reads: one alone is below what the clock can tell.
qint64 clockCostNs()
{
    constexpr int reads = 1'000;
    const qint64 begin = http::steadyNs();
    qint64 last = begin;
    for (int i = 0; i < reads; ++i)
        last = http::steadyNs();
    return (last - begin) / reads;
}

template <typename T>
QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

} // namespace

double loadAverage()
{
    double load = -1;
    return getloadavg(&load, 1) == 1 ? load : -1;
}

QJsonObject machineMeta()
{
    return {{QStringLiteral("tool"), QStringLiteral("rollcall " ROLLCALL_VERSION)},
            {QStringLiteral("qt"), QString::fromLatin1(qVersion())},
            {QStringLiteral("tls"), QSslSocket::sslLibraryVersionString()},
            {QStringLiteral("system"), QSysInfo::prettyProductName()},
            {QStringLiteral("kernel"), QString(QSysInfo::kernelType() + QLatin1Char(' ') + QSysInfo::kernelVersion())},
            {QStringLiteral("processor"), processorName()},
            {QStringLiteral("cores"), QThread::idealThreadCount()},
            {QStringLiteral("loadBefore"), loadAverage()},
            {QStringLiteral("clockCostNs"), clockCostNs()}};
}

QJsonObject planToJson(const RunPlan &plan, double rate)
{
    QJsonArray modes;
    for (const ProbeMode mode : plan.modes)
        modes.append(probeModeName(mode));
    QJsonArray budgets;
    for (const Budget &budget : plan.budgets)
        budgets.append(budget.text);
    QJsonArray states;
    for (const CookieState state : plan.cookieStates)
        states.append(cookieStateName(state));
    QJsonArray connections;
    if (plan.reused)
        connections.append(QStringLiteral("reused"));
    if (plan.cold)
        connections.append(QStringLiteral("cold"));
    const bool poisson = plan.arrival == Arrival::Poisson;
    return {{QStringLiteral("routes"), QJsonArray::fromStringList(plan.routes)},
            {QStringLiteral("modes"), modes},
            {QStringLiteral("samples"), orNull(plan.samples)},
            {QStringLiteral("durationNs"), plan.duration ? QJsonValue(qint64(plan.duration->count())) : QJsonValue()},
            {QStringLiteral("rate"), plan.isClosed() ? QJsonValue() : QJsonValue(rate)},
            {QStringLiteral("concurrency"), orNull(plan.concurrency)},
            {QStringLiteral("arrival"), plan.isClosed() ? QJsonValue()
                                        : poisson       ? QJsonValue(QStringLiteral("poisson"))
                                                        : QJsonValue(QStringLiteral("constant"))},
            {QStringLiteral("warmupBlocks"), plan.warmupBlocks()},
            {QStringLiteral("cookie"), cookieChoiceName(plan.cookie)},
            {QStringLiteral("cookieStates"), states},
            {QStringLiteral("connections"), connections},
            {QStringLiteral("guards"), plan.guards},
            {QStringLiteral("timeoutMs"), qint64(plan.timeout.count())},
            {QStringLiteral("cacheTtlMs"), qint64(plan.cacheTtl.count())},
            {QStringLiteral("seed"), static_cast<qint64>(plan.seed)},
            {QStringLiteral("budgets"), budgets}};
}

} // namespace rollcall::probe
