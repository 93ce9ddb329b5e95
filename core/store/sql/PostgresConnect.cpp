#include <QFile>

#include <poll.h>

#include "core/http/HostLookup.h"
#include "core/store/sql/ClientCertificate.h"
#include "core/store/sql/PostgresConnection.h"
#include "core/store/sql/PostgresErrors.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr int sliceMs = 50;
// libpq 15 has no sslrootcert=system. Source: facts/platform.md, database recipe.
constexpr char nowhere[] = "/nonexistent/none"; ///< a file that is not there
constexpr char systemCaBundle[] = "/etc/ssl/certs/ca-certificates.crt";

/// Keyword and value arrays as PQconnectStartParams takes them. Holds the password only as a pointer into the caller's
/// NUL-terminated copy.
class ConnectParams final
{
public:
    void add(const char *key, const QByteArray &value)
    {
        m_keys.push_back(key);
        m_values.push_back(value);
    }
    [[nodiscard]] PGconn *start() const
    {
        std::vector<const char *> keys(m_keys);
        std::vector<const char *> values;
        for (const QByteArray &value : m_values)
            values.push_back(value.constData());
        keys.push_back(nullptr);
        values.push_back(nullptr);
        return PQconnectStartParams(keys.data(), values.data(), 0);
    }
    ~ConnectParams()
    {
        for (QByteArray &value : m_values)
            base::wipe(value);
    }

private:
    std::vector<const char *> m_keys;
    std::vector<QByteArray> m_values;
};

struct TlsChoice
{
    QByteArray mode;
    QByteArray caFile;
};

/// verify-full towards everything but loopback and hosts that were deliberately allowed, whatever the URL says.
Result<TlsChoice> tlsFor(const DatabaseUrl &url, const StoreOptions &options)
{
    TlsChoice choice;
    const QString caFile = options.caFile.isEmpty() ? url.sslRootCert : options.caFile;
    const bool mayBeOpen = url.isLoopback() || options.insecureHosts.contains(url.host, Qt::CaseInsensitive);
    choice.mode = mayBeOpen ? url.sslMode.toUtf8() : QByteArrayLiteral("verify-full");
    if (choice.mode.isEmpty())
        choice.mode = QByteArrayLiteral("prefer");
    choice.caFile = caFile.isEmpty() ? QByteArray(systemCaBundle) : QFile::encodeName(caFile);
    if (!caFile.isEmpty()) {
        const QFile file(caFile);
        if (!file.exists())
            return fail(Error(ErrorCode::FileUnreadable)
                            .with(ErrorParam::Path, caFile)
                            .with(ErrorParam::Detail, QStringLiteral("there is no such file")));
    }
    // With a CA file present, libpq's prefer and require verify against it; on loopback that was not asked for.
    if (!choice.mode.startsWith("verify") && caFile.isEmpty())
        choice.caFile = nowhere;
    return choice;
}

Result<std::unique_ptr<ConnectParams>> paramsFor(const DatabaseUrl &url, const StoreOptions &options,
                                                 const QByteArray &serverOptions, const Call &call)
{
    const auto tls = tlsFor(url, options);
    if (!tls)
        return fail(tls.error());
    if (auto usable = checkClientCertificate(url); !usable)
        return fail(std::move(usable.error()));
    auto params = std::make_unique<ConnectParams>();
    QByteArray hosts = url.host.toUtf8();
    if (!url.host.startsWith(QLatin1Char('/'))) {
        const auto addresses = http::lookUpHost(url.host, call);
        if (!addresses)
            return fail(addresses.error());
        // libpq pairs the entries of host and hostaddr: the name is what the certificate is checked against.
        QByteArray numeric;
        hosts.clear();
        for (const QHostAddress &address : *addresses) {
            numeric += (numeric.isEmpty() ? "" : ",") + address.toString().toLatin1();
            hosts += (hosts.isEmpty() ? "" : ",") + url.host.toUtf8();
        }
        params->add("hostaddr", numeric);
    }
    params->add("host", hosts);
    params->add("port", QByteArray::number(url.port));
    params->add("dbname", url.database.toUtf8());
    params->add("user", url.user.toUtf8());
    params->add("password", url.password.view().toByteArray());
    params->add("passfile", nowhere); // the address alone decides who we are
    params->add("application_name", QByteArrayLiteral("rollcall"));
    params->add("client_encoding", QByteArrayLiteral("UTF8"));
    params->add("gssencmode", QByteArrayLiteral("disable"));
    params->add("sslmode", tls->mode);
    params->add("sslrootcert", tls->caFile);
    // Named in any case: libpq would take what lies in ~/.postgresql.
    params->add("sslcert", url.sslCert.isEmpty() ? QByteArray(nowhere) : QFile::encodeName(url.sslCert));
    params->add("sslkey", url.sslKey.isEmpty() ? QByteArray(nowhere) : QFile::encodeName(url.sslKey));
    if (!url.sslPassword.isEmpty())
        params->add("sslpassword", url.sslPassword.view().toByteArray());
    params->add("tcp_user_timeout", QByteArray::number(qint64{options.timeout.count()}));
    if (!serverOptions.isEmpty())
        params->add("options", serverOptions);
    return params;
}

/// Waits for @p pg's socket in slices. True once it is ready, false after one slice.
bool waitSlice(PGconn *pg, bool forWriting)
{
    pollfd entry{PQsocket(pg), static_cast<short>(forWriting ? POLLOUT : POLLIN), 0};
    return poll(&entry, 1, sliceMs) > 0;
}

ConnectStage stageOf(ConnStatusType status, ConnectStage before)
{
    switch (status) {
    case CONNECTION_STARTED:
    case CONNECTION_NEEDED:
        return ConnectStage::Socket;
    case CONNECTION_MADE:
    case CONNECTION_SSL_STARTUP:
        return ConnectStage::Tls;
    case CONNECTION_BAD:
        return before;
    default:
        return ConnectStage::Login;
    }
}

} // namespace

Result<PgConnPtr> connectPostgres(const DatabaseUrl &url, const StoreOptions &options, const QByteArray &serverOptions,
                                  const Call &call)
{
    const auto params = paramsFor(url, options, serverOptions, call);
    if (!params)
        return fail(params.error());
    PgConnPtr pg((*params)->start());
    if (!pg)
        return fail(Error(ErrorCode::Overloaded));
    // Verbose messages carry the SQLSTATE; the plain ones only a sentence in the server's language.
    PQsetErrorVerbosity(pg.get(), PQERRORS_VERBOSE);
    ConnectStage stage = ConnectStage::Socket;
    PostgresPollingStatusType wanted =
        PQstatus(pg.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (wanted != PGRES_POLLING_OK) {
        if (wanted == PGRES_POLLING_FAILED)
            return fail(connectError(url, stage, QByteArray(PQerrorMessage(pg.get()))));
        if (call.cancelled())
            return fail(Error(ErrorCode::Cancelled));
        if (call.expired())
            return fail(Error(ErrorCode::ConnectTimeout)
                            .with(ErrorParam::Host, url.host)
                            .with(ErrorParam::Port, qint64{url.port})
                            .with(ErrorParam::Duration, options.timeout));
        if (!waitSlice(pg.get(), wanted == PGRES_POLLING_WRITING))
            continue;
        stage = stageOf(PQstatus(pg.get()), stage);
        wanted = PQconnectPoll(pg.get());
    }
    return pg;
}

} // namespace rollcall::store
