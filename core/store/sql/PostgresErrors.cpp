#include "core/store/sql/PostgresErrors.h"

#include <QRegularExpression>

#include <cerrno>
#include <cstring>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;

namespace rollcall::store {

namespace {

QString field(const PGresult *result, int which)
{
    const char *text = PQresultErrorField(result, which);
    return text ? QString::fromUtf8(text) : QString();
}

/// The server's own sentence where it can name only objects, not values; else the object that it names beside it.
QString safeDetail(const PGresult *result, const QString &state)
{
    if (state.startsWith(QStringLiteral("22")))
        return QStringLiteral("a value does not fit its column's type");
    if (state.startsWith(QStringLiteral("23"))) {
        const QString constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
        const QString column = field(result, PG_DIAG_COLUMN_NAME);
        return column.isEmpty() ? QStringLiteral("constraint %1 was violated").arg(constraint)
                                : QStringLiteral("column %1 must not be empty").arg(column);
    }
    // P0001 is raised by triggers, whose text can hold anything.
    if (state.startsWith(QStringLiteral("P0")))
        return QStringLiteral("a trigger or function refused it");
    return field(result, PG_DIAG_MESSAGE_PRIMARY);
}

/// Codes that mean the same while connecting and while running statements; nullopt for all others.
std::optional<ErrorCode> commonCode(const QString &state)
{
    if (state.startsWith(QStringLiteral("28")))
        return ErrorCode::AuthenticationFailed;
    if (state == QStringLiteral("3D000"))
        return ErrorCode::DatabaseNotFound;
    if (state == QStringLiteral("53100"))
        return ErrorCode::DiskFull;
    // 53400, a limit of the server's configuration such as temp_file_limit, is no lack of anything.
    if (state.startsWith(QStringLiteral("57P")) ||
        (state.startsWith(QStringLiteral("53")) && state != QStringLiteral("53400")))
        return ErrorCode::DatabaseUnavailable;
    return std::nullopt;
}

/// The first line of libpq's message without "FATAL:  28P01: " before it.
QString firstLine(const QByteArray &message)
{
    QString text = QString::fromUtf8(message).section(QLatin1Char('\n'), 0, 0).trimmed();
    static const QRegularExpression noise(QStringLiteral("^connection to server .* failed: |^\\w+: +|^[0-9A-Z]{5}: "));
    for (int i = 0; i < 3; ++i)
        text.remove(noise);
    return text;
}

Error notADatabase(const DatabaseUrl &url)
{
    return Error(ErrorCode::NotADatabase)
        .with(ErrorParam::Host, QStringLiteral("%1:%2").arg(url.host).arg(url.port))
        .with(ErrorParam::Detail, QStringLiteral("it does not answer as PostgreSQL does"));
}

Error tlsError(const DatabaseUrl &url, const QByteArray &message)
{
    if (message.contains("does not support SSL"))
        return Error(ErrorCode::TlsUnavailable).with(ErrorParam::Host, url.host);
    // Another protocol's first bytes, or a server that hangs up on the request for TLS.
    if (message.contains("invalid response to SSL negotiation") || message.contains("server closed the connection"))
        return notADatabase(url);
    const QString detail = firstLine(message);
    return Error(ErrorCode::TlsFailed)
        .with(ErrorParam::Host, url.host)
        .with(ErrorParam::Detail, message.contains(" alert ")
                                      ? QStringLiteral("the server does not take our client certificate: ") + detail
                                      : detail);
}

} // namespace

QString sqlStateIn(const QByteArray &message)
{
    static const QRegularExpression pattern(QStringLiteral(":  ([0-9A-Z]{5}):"));
    return pattern.match(QString::fromUtf8(message)).captured(1);
}

Error statementError(const PGresult *result, const QString &host)
{
    const QString state = result ? field(result, PG_DIAG_SQLSTATE) : QString();
    if (state.isEmpty() || state.startsWith(QStringLiteral("08")))
        return Error(ErrorCode::ConnectionLost).with(ErrorParam::Host, host);
    if (state == QStringLiteral("57014"))
        return Error(ErrorCode::Timeout).with(ErrorParam::Part, QStringLiteral("A database statement"));
    if (state == QStringLiteral("55P03"))
        return Error(ErrorCode::Timeout)
            .with(ErrorParam::Part, QStringLiteral("Waiting for a row that another transaction holds"));
    if (state == QStringLiteral("42501"))
        return Error(ErrorCode::PermissionDenied).with(ErrorParam::SqlState, state);
    if (state == QStringLiteral("25006"))
        return Error(ErrorCode::WriteRefused)
            .with(ErrorParam::Detail, QStringLiteral("the database server holds this session to reading"));
    const ErrorCode code = commonCode(state).value_or(ErrorCode::StatementFailed);
    if (code == ErrorCode::DiskFull)
        return Error(code).with(ErrorParam::Host, host);
    return Error(code)
        .with(ErrorParam::Host, host)
        .with(ErrorParam::SqlState, state)
        .with(ErrorParam::Detail, safeDetail(result, state));
}

Error connectError(const DatabaseUrl &url, ConnectStage stage, const QByteArray &message)
{
    const QString state = sqlStateIn(message);
    if (!state.isEmpty()) {
        // pg_hba.conf may ask for TLS: then it is not the password that is wrong.
        Error error(commonCode(state).value_or(ErrorCode::DatabaseUnavailable));
        const QString name = error.code == ErrorCode::DatabaseNotFound ? url.database : url.user;
        return std::move(error)
            .with(ErrorParam::Host, url.host)
            .with(ErrorParam::Port, qint64{url.port})
            .with(ErrorParam::Name, name)
            .with(ErrorParam::SqlState, state)
            .with(ErrorParam::Detail, firstLine(message));
    }
    switch (stage) {
    case ConnectStage::Socket: {
        if (message.contains(std::strerror(ECONNREFUSED)))
            return Error(ErrorCode::ConnectRefused)
                .with(ErrorParam::Host, url.host)
                .with(ErrorParam::Port, qint64{url.port});
        // sslmode=verify-full without its CA file fails before the first byte.
        if (message.contains("root certificate file"))
            return Error(ErrorCode::TlsFailed)
                .with(ErrorParam::Host, url.host)
                .with(ErrorParam::Detail, QStringLiteral("the file with the CA certificates cannot be read"));
        return Error(ErrorCode::ConnectRefused)
            .with(ErrorParam::Host, url.host)
            .with(ErrorParam::Port, qint64{url.port})
            .with(ErrorParam::Detail, firstLine(message));
    }
    case ConnectStage::Tls:
        return tlsError(url, message);
    case ConnectStage::Login:
        if (message.contains("fe_sendauth: no password supplied"))
            return Error(ErrorCode::AuthenticationFailed)
                .with(ErrorParam::Host, url.host)
                .with(ErrorParam::Port, qint64{url.port})
                .with(ErrorParam::Name, url.user)
                .with(ErrorParam::Detail, QStringLiteral("a password is needed and none was given"));
        // With TLS 1.3 the server judges a client's certificate after the handshake.
        if (message.contains("SSL error"))
            return tlsError(url, message);
        return notADatabase(url);
    }
    return Error(ErrorCode::Internal);
}

} // namespace rollcall::store
