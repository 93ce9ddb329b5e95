#include "tests/support/NextDeployment.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

constexpr int startLimitMs = 280'000; // a first start installs and builds the deployments

/// The session token in a Cookie header of session cookies: the value, or the values of all chunks joined.
QByteArray tokenIn(const QByteArray &header)
{
    QByteArray token;
    for (const QByteArray &part : header.split(';'))
        token += part.mid(part.indexOf('=') + 1).trimmed();
    return QByteArray::fromPercentEncoding(token);
}

} // namespace

std::unique_ptr<NextDeployment> NextDeployment::start(const QString &app, QString &why, const QStringList &more)
{
    std::unique_ptr<NextDeployment> deployment(new NextDeployment);
    QProcess &process = deployment->m_process;
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.start(QStringLiteral("bash"), QStringList{sourceFile(QStringLiteral("tests/deployments/launch.sh")), app} + more);
    QElapsedTimer timer;
    timer.start();
    while (!process.canReadLine() && process.state() != QProcess::NotRunning && timer.elapsed() < startLimitMs)
        process.waitForReadyRead(200);
    const QByteArray line = process.canReadLine() ? process.readLine() : QByteArray();
    deployment->m_description = QJsonDocument::fromJson(line).object();
    if (deployment->m_description.isEmpty()) {
        process.closeWriteChannel();
        process.waitForFinished(10'000);
        why = QStringLiteral("%1 did not start: %2").arg(app, QString::fromUtf8(process.readAllStandardError()));
        return nullptr;
    }
    const QJsonArray users = deployment->m_description.value(QStringLiteral("users")).toArray();
    for (const QJsonValue &value : users) {
        const QJsonObject user = value.toObject();
        const auto text = [&user](const char *member) { return user.value(QLatin1StringView(member)).toString(); };
        const QByteArray header = text("cookieHeader").toUtf8();
        deployment->m_signIns.push_back(
            {text("user"), text("name"), text("email"), text("provider"), text("cookieFile"), header, tokenIn(header)});
    }
    return deployment;
}

NextDeployment::~NextDeployment()
{
    m_process.closeWriteChannel(); // the launcher ends with its standard input
    if (!m_process.waitForFinished(20'000)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

QByteArray NextDeployment::secret() const
{
    QFile file(text("secretFile"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

QByteArray NextDeployment::databasePassword() const
{
    return QUrl(text("databaseUrl")).password(QUrl::FullyDecoded).toUtf8();
}

QStringList NextDeployment::routes(const QString &kind) const
{
    QStringList paths;
    const QJsonArray array = m_description.value(QStringLiteral("routes")).toObject().value(kind).toArray();
    for (const QJsonValue &path : array)
        paths << path.toString();
    return paths;
}

bool NextDeployment::sql(const QString &statement) const
{
    const QUrl url(text("databaseUrl"));
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGHOST"), url.host());
    environment.insert(QStringLiteral("PGPORT"), QString::number(url.port()));
    environment.insert(QStringLiteral("PGUSER"), url.userName(QUrl::FullyDecoded));
    environment.insert(QStringLiteral("PGPASSWORD"), url.password(QUrl::FullyDecoded));
    environment.insert(QStringLiteral("PGDATABASE"), url.path().mid(1));
    QProcess psql;
    psql.setProcessEnvironment(environment);
    psql.start(QStringLiteral("psql"), {QStringLiteral("-qX"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"),
                                        QStringLiteral("-c"), statement});
    const bool done = psql.waitForFinished(20'000) && psql.exitStatus() == QProcess::NormalExit && psql.exitCode() == 0;
    if (!done)
        qWarning("%s", psql.readAllStandardError().constData());
    return done;
}

} // namespace rollcall::test
