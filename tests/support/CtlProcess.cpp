#include "tests/support/CtlProcess.h"

#include <QDirIterator>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTest>

#include <csignal>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject CtlResult::json() const
{
    if (!out.endsWith('\n') || out.count('\n') != 1)
        return {};
    return QJsonDocument::fromJson(out).object();
}

std::vector<QJsonObject> CtlResult::lines() const
{
    std::vector<QJsonObject> result;
    for (const QByteArray &line : out.split('\n')) {
        if (!line.isEmpty())
            result.push_back(QJsonDocument::fromJson(line).object());
    }
    return result;
}

QString CtlResult::errorCode() const
{
    return json().value(QStringLiteral("error")).toObject().value(QStringLiteral("code")).toString();
}

QByteArray CtlResult::all() const
{
    return "exit " + QByteArray::number(exitCode) + "\nstdout: " + out + "\nstderr: " + err;
}

CtlProcess::CtlProcess()
{
    const QString root = m_folder.path();
    m_environment = {
        {QStringLiteral("XDG_CONFIG_HOME"), root + QStringLiteral("/config")},
        {QStringLiteral("XDG_DATA_HOME"), root + QStringLiteral("/data")},
        {QStringLiteral("XDG_STATE_HOME"), root + QStringLiteral("/state")},
        {QStringLiteral("HOME"), root},
        {QStringLiteral("ROLLCALL_KEY_FILE"), root + QStringLiteral("/keys")},
        {QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")},
        // Not UTC: the machine's own zone must never matter.
        {QStringLiteral("TZ"), QStringLiteral("Asia/Kolkata")},
    };
}

void CtlProcess::neverShow(const QByteArray &secret)
{
    if (!secret.isEmpty())
        m_secrets.push_back(secret);
}

void CtlProcess::prepare(QProcess &process) const
{
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
    for (const QString &name :
         {QStringLiteral("ASAN_OPTIONS"), QStringLiteral("UBSAN_OPTIONS"), QStringLiteral("LSAN_OPTIONS")}) {
        if (qEnvironmentVariableIsSet(name.toLatin1().constData()))
            environment.insert(name, qEnvironmentVariable(name.toLatin1().constData()));
    }
    for (auto it = m_environment.begin(); it != m_environment.end(); ++it)
        environment.insert(it.key(), it.value());
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder.path());
    process.setProgram(buildFile(QStringLiteral("app/ctl/rollcallctl")));
}

void CtlProcess::checkSecrets(const CtlResult &result, const QStringList &arguments) const
{
    const auto fail = [&arguments](const QString &where) {
        const QByteArray message =
            "a secret is shown in " + where.toUtf8() + " of: " + arguments.join(QLatin1Char(' ')).toUtf8();
        QTest::qFail(message.constData(), __FILE__, __LINE__);
    };
    for (const QByteArray &secret : m_secrets) {
        if (result.out.contains(secret))
            fail(QStringLiteral("stdout"));
        if (result.err.contains(secret))
            fail(QStringLiteral("stderr"));
        // What Rollcall itself wrote; the key file is the one place where secrets may rest.
        for (const QString &name : {QStringLiteral("/config"), QStringLiteral("/data"), QStringLiteral("/state")}) {
            QDirIterator it(m_folder.path() + name, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                if (file.open(QIODevice::ReadOnly) && file.readAll().contains(secret))
                    fail(file.fileName());
            }
        }
    }
}

CtlResult CtlProcess::run(const QStringList &arguments, const QByteArray &input, std::chrono::seconds limit)
{
    QProcess process;
    prepare(process);
    process.setArguments(arguments);
    process.start();
    process.write(input);
    process.closeWriteChannel();
    CtlResult result;
    const bool ended = process.waitForFinished(static_cast<int>(std::chrono::milliseconds(limit).count()));
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    if (ended && process.exitStatus() == QProcess::NormalExit)
        result.exitCode = process.exitCode();
    else
        result.err += ended ? QByteArrayLiteral("[crashed]") : QByteArrayLiteral("[killed: it did not end]");
    checkSecrets(result, arguments);
    return result;
}

CtlResult CtlProcess::runUntil(const QStringList &arguments, const std::function<bool(const QByteArray &)> &until,
                               int signal, std::chrono::seconds limit)
{
    QProcess process;
    prepare(process);
    process.setArguments(arguments);
    process.start();
    process.waitForStarted(); // before that it is not "running", and would get no signal
    const auto end = std::chrono::steady_clock::now() + limit;
    CtlResult result;
    while (std::chrono::steady_clock::now() < end && process.state() != QProcess::NotRunning && !until(result.out)) {
        process.waitForReadyRead(20);
        result.out += process.readAllStandardOutput();
    }
    if (process.state() == QProcess::Running)
        ::kill(static_cast<pid_t>(process.processId()), signal);
    // waitForFinished() of one that has ended by itself says no.
    const bool ended = process.state() == QProcess::NotRunning || process.waitForFinished(30'000);
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    result.out += process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    if (ended && process.exitStatus() == QProcess::NormalExit)
        result.exitCode = process.exitCode();
    checkSecrets(result, arguments);
    return result;
}

QString CtlProcess::writeFile(const QString &name, const QByteArray &content)
{
    const QString path = m_folder.filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(content) != content.size() ||
        !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        QTest::qFail(qPrintable(path), __FILE__, __LINE__);
    return path;
}

} // namespace rollcall::test
