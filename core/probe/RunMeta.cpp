#include "core/probe/RunMeta.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QSslSocket>
#include <QSysInfo>
#include <QThread>

#include <algorithm>
#include <cstdlib>

#include <sched.h>
#include <sys/prctl.h>

#include "core/http/HttpConnection.h"
#include "core/probe/BlockScheduler.h"

namespace rollcall::probe {

namespace {

constexpr qsizetype digestDigits = 16;
constexpr int blocksInDigest = 1'000;

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

/// What the system says of itself in a file of one line; null where it does not.
QJsonValue lineOf(const char *path)
{
    QFile file(QString::fromLatin1(path));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.readLine().trimmed();
    return line.isEmpty() ? QJsonValue() : QJsonValue(QString::fromUtf8(line));
}

/// Whether a hypervisor says that it is there; null where the processor's features are not told that way.
QJsonValue isVirtualised()
{
    QFile file(QStringLiteral("/proc/cpuinfo"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        if (line.startsWith("flags"))
            return line.simplified().split(' ').contains("hypervisor");
    }
    return {};
}

/// By what and how this was compiled, as far as figures depend on it.
QString buildText()
{
    QString text = QStringLiteral("compiler " __VERSION__);
#ifdef __OPTIMIZE__
    text += QStringLiteral(", optimised");
#else
    text += QStringLiteral(", not optimised");
#endif
#ifndef NDEBUG
    text += QStringLiteral(", with assertions");
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    text += QStringLiteral(", with a sanitizer");
#endif
    return text;
}

/// How many of the cores this process may run on; null where the system does not say.
QJsonValue allowedCores()
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? QJsonValue(CPU_COUNT(&set)) : QJsonValue();
}

QString digestOf(const QCryptographicHash &hash)
{
    return QString::fromLatin1(hash.result().toHex().first(digestDigits));
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
            {QStringLiteral("allowedCores"), allowedCores()},
            {QStringLiteral("governor"), lineOf("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
            {QStringLiteral("virtualised"), isVirtualised()},
            {QStringLiteral("clockSource"), lineOf("/sys/devices/system/clocksource/clocksource0/current_clocksource")},
            {QStringLiteral("timerSlackNs"), prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0)},
            {QStringLiteral("build"), buildText()},
            {QStringLiteral("loadBefore"), loadAverage()},
            {QStringLiteral("clockCostNs"), clockCostNs()}};
}

QString addressDigest(const QString &host, const std::vector<QHostAddress> &addresses)
{
    QStringList texts;
    for (const QHostAddress &address : addresses)
        texts << address.toString();
    texts.sort();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(host.toLower().toUtf8());
    for (const QString &text : texts)
        hash.addData(QByteArray('\n' + text.toLatin1()));
    return digestOf(hash);
}

QString orderDigest(const RunSetup &setup, int blocks)
{
    const int counted = std::min(blocks, blocksInDigest);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (BlockScheduler visits : setup.visits()) {
        while (!visits.atEnd() && visits.peek().block < counted)
            hash.addData(QByteArray(QByteArray::number(visits.take().cell) + '\n'));
        hash.addData(QByteArrayView("\n"));
    }
    return digestOf(hash);
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
