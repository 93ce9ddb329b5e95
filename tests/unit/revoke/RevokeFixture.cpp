#include "RevokeFixture.h"

#include <QFile>

#include <sqlite3.h>

namespace rollcall::test {

RevokeFixture::RevokeFixture(bool withUrl, const QString &cache, const QByteArray &encoding)
{
    const QString path = folder.filePath(QStringLiteral("auth.db"));
    if (sqlite3_open(QFile::encodeName(path).constData(), &m_handle) != SQLITE_OK)
        qFatal("no database");
    sqlite3_busy_timeout(m_handle, 30'000);
    run("PRAGMA encoding = '" + encoding + "';");
    run("PRAGMA synchronous = OFF;"
        "CREATE TABLE user (id text PRIMARY KEY, name text, email text UNIQUE, emailVerified integer, image text);"
        "CREATE TABLE session (sessionToken text PRIMARY KEY, userId text NOT NULL, expires integer NOT NULL);"
        "CREATE TABLE account (userId text, type text, provider text, providerAccountId text);");
    const QByteArray expires =
        QByteArray::number(qint64((clock.now() + std::chrono::hours(480)).time_since_epoch().count()));
    for (int i = 1; i <= 5; ++i) {
        const QByteArray id = QByteArray::number(i);
        run("INSERT INTO user VALUES ('u" + id + "','User " + id + "','u" + id + "@example.test',NULL,NULL);" +
            "INSERT INTO session VALUES ('" + token(i) + "','u" + id + "'," + expires + ");");
    }
    FakeDeployment::Options options;
    options.isLive = [this](const QByteArray &asked) {
        const bool there = number("SELECT count(*) FROM session WHERE sessionToken = ?", asked) > 0;
        if (there && asked.startsWith("7f3c1a52"))
            ++askedWhileLive;
        return acceptsAll || (there && !acceptsNone);
    };
    options.instead = [this](const ScriptedServer::Request &request) {
        return instead ? instead(request) : std::nullopt;
    };
    fake = std::make_unique<FakeDeployment>(std::move(options));
    vault = workspace::openKeyFileVault(folder.filePath(QStringLiteral("keys")));
    log = std::make_unique<audit::AuditLog>(folder.filePath(QStringLiteral("audit")), vault.get(), clock);

    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    profile.database = QStringLiteral("sqlite:") + path;
    profile.cache = cache;
    if (withUrl)
        profile.baseUrl = fake->origin();
    auto config = deployment::ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(30));
    if (!config)
        qFatal("configuration");
    auto opened = deployment::Deployment::open(std::move(*config), {true, false}, clock, call());
    if (!opened)
        qFatal("%s", qPrintable(base::errorName(opened.error().code)));
    deployment = std::move(*opened);
    auto writing = deployment->openStore(store::Access::Write, call());
    if (!writing)
        qFatal("%s", qPrintable(base::errorName(writing.error().code)));
    store = std::make_unique<FaultyStore>(std::move(*writing));
}

RevokeFixture::~RevokeFixture()
{
    fake.reset();
    sqlite3_close(m_handle);
}

QByteArray RevokeFixture::token(int user)
{
    return "7f3c1a52-9d0e-4b8a-8f53-00000000000" + QByteArray::number(user);
}

int RevokeFixture::number(const QByteArray &sql, const QByteArray &bound) const
{
    const std::lock_guard lock(m_mutex);
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql.constData(), -1, &statement, nullptr) != SQLITE_OK)
        qFatal("%s", sqlite3_errmsg(m_handle));
    if (!bound.isEmpty())
        sqlite3_bind_text(statement, 1, bound.constData(), static_cast<int>(bound.size()), nullptr);
    const int result = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    sqlite3_finalize(statement);
    return result;
}

int RevokeFixture::rows() const
{
    return number("SELECT count(*) FROM session");
}

int RevokeFixture::rowsOf(int user) const
{
    return number("SELECT count(*) FROM session WHERE userId = ?", "u" + QByteArray::number(user));
}

void RevokeFixture::run(const QByteArray &sql) const
{
    const std::lock_guard lock(m_mutex);
    if (sqlite3_exec(m_handle, sql.constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
        qFatal("%s", sqlite3_errmsg(m_handle));
}

revoke::RevocationPlan RevokeFixture::plan(int count) const
{
    revoke::Selection selection;
    for (int i = 1; i <= count; ++i)
        selection.sessions << base::Fingerprint::of(token(i)).text();
    auto plan = revoke::freezePlan(*deployment, *store, std::move(selection), 100, call());
    if (!plan)
        qFatal("%s", qPrintable(base::errorName(plan.error().code)));
    return std::move(*plan);
}

base::Result<revoke::RevocationReport> RevokeFixture::carryOut(const revoke::RevocationPlan &plan,
                                                               const revoke::RevocationOptions &options)
{
    return revoke::carryOut(plan, options, *deployment, *store, *log, place(), call(), onProgress);
}

base::Result<revoke::RevocationReport> RevokeFixture::resume(const QString &id)
{
    return revoke::resumeOperation(id, *deployment, *store, *log, place(), call(), onProgress);
}

revoke::OperationPlace RevokeFixture::place() const
{
    return {revoke::operationsBelow(folder.path()), vault.get()};
}

std::vector<revoke::Operation> RevokeFixture::operations() const
{
    auto operations = revoke::listOperations(place().folder, call());
    if (!operations)
        qFatal("%s", qPrintable(base::errorName(operations.error().code)));
    return std::move(*operations);
}

std::vector<audit::AuditEntry> RevokeFixture::audited() const
{
    return log->list(0, 100).value_or(std::vector<audit::AuditEntry>{});
}

} // namespace rollcall::test
