#include "core/demo/DemoData.h"

#include <QFile>

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/demo/DemoPeople.h"

namespace rollcall::demo {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::Instant;
using std::chrono::milliseconds;

namespace {

/// "RCDM" in the file's header tells the demo's databases from anybody else's.
constexpr int applicationId = 0x5243444d;

constexpr char schema[] = R"sql(
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT,
    "email" TEXT,
    "emailVerified" DATETIME,
    "image" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "Account_provider_providerAccountId_key" ON "Account"("provider", "providerAccountId");
CREATE INDEX "Account_userId_idx" ON "Account"("userId");
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sessionToken" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expires" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "Session_sessionToken_key" ON "Session"("sessionToken");
CREATE INDEX "Session_userId_idx" ON "Session"("userId");
CREATE INDEX "Session_expires_idx" ON "Session"("expires");
CREATE TABLE "VerificationToken" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" DATETIME NOT NULL,
    PRIMARY KEY ("identifier", "token")
);
CREATE TABLE "Order" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL
);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
)sql";

constexpr milliseconds hour{3'600'000};
constexpr milliseconds day{24 * hour};
constexpr milliseconds maxAge{30 * day};

struct CloseDatabase
{
    void operator()(sqlite3 *database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement
{
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// Writes the rows of a new database; the first failure stands and stops everything after it.
class Writer final
{
public:
    Writer(sqlite3 *database, const base::Call &call) : m_database(database), m_call(call) {}

    void run(const char *sql) { note(m_failed ? SQLITE_OK : sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr)); }

    /// One INSERT; values are text, integers or null.
    using Value = std::variant<std::nullptr_t, qint64, QByteArray>;
    void insert(const char *sql, std::initializer_list<Value> values);

    [[nodiscard]] bool failed() const { return m_failed; }
    [[nodiscard]] int code() const { return m_code; }

private:
    void note(int code)
    {
        if (code != SQLITE_OK && code != SQLITE_DONE && !m_failed) {
            m_failed = true;
            m_code = code;
        }
        if (!m_failed && (m_call.cancelled() || m_call.expired())) {
            m_failed = true;
            m_code = SQLITE_INTERRUPT;
        }
    }

    sqlite3 *m_database;
    const base::Call &m_call;
    std::vector<std::pair<const char *, std::unique_ptr<sqlite3_stmt, FinalizeStatement>>> m_statements;
    bool m_failed = false;
    int m_code = SQLITE_OK;
};

void Writer::insert(const char *sql, std::initializer_list<Value> values)
{
    if (m_failed)
        return;
    auto prepared =
        std::find_if(m_statements.begin(), m_statements.end(), [sql](const auto &s) { return s.first == sql; });
    if (prepared == m_statements.end()) {
        sqlite3_stmt *raw = nullptr;
        note(sqlite3_prepare_v2(m_database, sql, -1, &raw, nullptr));
        if (m_failed)
            return;
        prepared = m_statements.emplace(m_statements.end(), sql, raw);
    }
    sqlite3_stmt *statement = prepared->second.get();
    int index = 0;
    for (const Value &value : values) {
        ++index;
        if (const auto *number = std::get_if<qint64>(&value))
            sqlite3_bind_int64(statement, index, *number);
        else if (const auto *text = std::get_if<QByteArray>(&value))
            sqlite3_bind_text(statement, index, text->constData(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
        else
            sqlite3_bind_null(statement, index);
    }
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    note(code);
}

qint64 ms(Instant instant)
{
    return instant.time_since_epoch().count();
}

Writer::Value optionalText(const std::optional<QString> &text)
{
    return text ? Writer::Value(text->toUtf8()) : Writer::Value(nullptr);
}

/// When a session was last used: most of them lately, some long ago. Its expiry is that plus maxAge, as the library
/// extends a session in use.
milliseconds sinceLastUse(DemoRandom &random)
{
    const double draw = random.unit();
    if (draw < 0.67) // live: used within maxAge, recent days more often
        return milliseconds(
            static_cast<qint64>(static_cast<double>(maxAge.count() - 60'000) * std::pow(random.unit(), 1.6)));
    if (draw < 0.71) // live, but about to expire within a day
        return maxAge - milliseconds(static_cast<qint64>(random.below(static_cast<quint64>(day.count())))) -
               milliseconds(1);
    return maxAge + milliseconds(1) +
           milliseconds(static_cast<qint64>(random.below(static_cast<quint64>((90 * day).count()))));
}

void insertUser(Writer &writer, const QByteArray &id, const DemoPerson &person, Instant created)
{
    writer.insert(R"(INSERT INTO "User" ("id","name","email","emailVerified","image","createdAt","updatedAt")
                     VALUES (?,?,?,NULL,NULL,?,?))",
                  {id, optionalText(person.name), optionalText(person.email), ms(created), ms(created)});
}

void insertAccount(Writer &writer, DemoRandom &random, const QByteArray &userId, const QString &provider,
                   Instant created)
{
    const bool oidc = provider != QStringLiteral("github") && provider != QStringLiteral("discord");
    writer.insert(R"(INSERT INTO "Account" ("id","userId","type","provider","providerAccountId","createdAt","updatedAt")
                     VALUES (?,?,?,?,?,?,?))",
                  {random.cuid(), userId, QByteArray(oidc ? "oidc" : "oauth"), provider.toUtf8(),
                   QByteArray::number(random.below(quint64{1} << 53)), ms(created), ms(created)});
}

void insertSession(Writer &writer, DemoRandom &random, const QByteArray &token, const QByteArray &userId, Instant used)
{
    const Instant created =
        used - milliseconds(static_cast<qint64>(random.below(static_cast<quint64>((45 * day).count()))));
    writer.insert(
        R"(INSERT INTO "Session" ("id","sessionToken","userId","expires","createdAt","updatedAt","ipAddress","userAgent")
                     VALUES (?,?,?,?,?,?,?,?))",
        {random.cuid(), token, userId, ms(used + maxAge), ms(created), ms(used), makeIpAddress(random).toUtf8(),
         makeUserAgent(random).toUtf8()});
}

void insertOrders(Writer &writer, DemoRandom &random, const QByteArray &userId, Instant now, quint64 count)
{
    constexpr const char *items[] = {"Seat, monthly", "Seat, yearly", "Storage 100 GB", "Audit export",
                                     "Support, one hour"};
    for (quint64 i = 0; i < count; ++i) {
        const Instant created =
            now - milliseconds(static_cast<qint64>(random.below(static_cast<quint64>((365 * day).count()))));
        writer.insert(R"(INSERT INTO "Order" ("id","userId","item","amount","createdAt") VALUES (?,?,?,?,?))",
                      {random.cuid(), userId, QByteArray(items[random.below(std::size(items))]),
                       static_cast<qint64>(random.below(49'000) + 1'000), ms(created)});
    }
}

void insertVisitor(Writer &writer, DemoRandom &random, const DemoVisitor &visitor, Instant now)
{
    const QByteArray id = random.cuid();
    insertUser(writer, id, {visitor.name, visitor.email, {}}, now - day);
    insertAccount(writer, random, id, QStringLiteral("github"), now - day);
    insertOrders(writer, random, id, now, 12);
    insertSession(writer, random, visitor.token.view().toByteArray(), id, now);
}

void insertPopulation(Writer &writer, const DemoPopulation &population, const DemoVisitor &visitor)
{
    DemoRandom random(population.seed);
    insertVisitor(writer, random, visitor, population.now);
    // The last user so far gets another session more often than not: most people have one or two, a few have many.
    QByteArray userId;
    bool orphan = false;
    qint64 users = 0;
    for (int i = 1; i < population.sessions && !writer.failed(); ++i) {
        const Instant used = population.now - sinceLastUse(random);
        if (userId.isEmpty() || random.chance(users % 40 == 0 ? 0.08 : 0.6)) {
            userId = random.cuid();
            orphan = random.chance(0.04);
            const DemoPerson person = makePerson(random, ++users);
            // An orphan's user was deleted by hand with foreign keys off: its session rows stayed.
            if (!orphan) {
                const Instant joined =
                    population.now - 150 * day - milliseconds(static_cast<qint64>(random.below(400)) * day.count());
                insertUser(writer, userId, person, joined);
                for (const QString &provider : person.providers)
                    insertAccount(writer, random, userId, provider, joined);
                insertOrders(writer, random, userId, population.now, random.below(4));
            }
        }
        insertSession(writer, random, random.uuid(), userId, used);
    }
}

Error unwritable(const QString &path, int code)
{
    if (code == SQLITE_FULL)
        return Error(ErrorCode::DiskFull).with(ErrorParam::Path, path);
    return Error(ErrorCode::FileUnwritable)
        .with(ErrorParam::Path, path)
        .with(ErrorParam::Detail, QString::fromUtf8(sqlite3_errstr(code)));
}

} // namespace

base::Status createDemoDatabase(const QString &path, const DemoPopulation &population, const DemoVisitor &visitor,
                                const base::Call &call)
{
    // Made new and for its owner alone: it holds tokens.
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) ||
        !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)) {
        return base::fail(
            Error(ErrorCode::FileUnwritable).with(ErrorParam::Path, path).with(ErrorParam::Detail, file.errorString()));
    }
    file.close();
    sqlite3 *raw = nullptr;
    const int opened = sqlite3_open_v2(QFile::encodeName(path).constData(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    Database database(raw);
    Writer writer(database.get(), call);
    if (opened == SQLITE_OK) {
        writer.run("PRAGMA journal_mode = WAL");
        writer.run(QByteArray("PRAGMA application_id = " + QByteArray::number(applicationId)).constData());
        writer.run("BEGIN");
        writer.run(schema);
        insertPopulation(writer, population, visitor);
        writer.run("COMMIT");
        // Without statistics the first queries of the pages guess.
        writer.run("ANALYZE");
    }
    if (opened == SQLITE_OK && !writer.failed())
        return {};
    database.reset();
    for (const QString &suffix : {QString(), QStringLiteral("-wal"), QStringLiteral("-shm")})
        QFile::remove(path + suffix);
    if (base::Status status = call.check(QStringLiteral("Making the demo's database")); !status)
        return status;
    return base::fail(unwritable(path, opened == SQLITE_OK ? writer.code() : opened));
}

base::Result<bool> isDemoDatabase(const QString &path)
{
    // Read from the file's header: SQLite keeps application_id at byte 68, big-endian
    // (https://sqlite.org/fileformat.html).
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return base::fail(
            Error(ErrorCode::FileUnreadable).with(ErrorParam::Path, path).with(ErrorParam::Detail, file.errorString()));
    }
    const QByteArray header = file.read(100);
    return header.startsWith("SQLite format 3") && header.mid(68, 4) == QByteArray("RCDM");
}

} // namespace rollcall::demo
