#include "core/store/sql/MariaDbErrors.h"

#include <QRegularExpression>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;

namespace rollcall::store {

namespace {

/// "SELECT command denied to user 'a'@'h' for table `shop`.`users`": what lacks, and where.
Error denied(const MariaDbFailure &failure)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\w[\\w ,]*) command denied .* for (?:column .* in )?"
                                                           "table [`']?(.+?)[`']?$"));
    const auto match = pattern.match(failure.message);
    Error error = Error(ErrorCode::PermissionDenied).with(ErrorParam::SqlState, failure.state);
    if (!match.hasMatch())
        return error;
    return std::move(error)
        .with(ErrorParam::Table, QStringLiteral("`%1`").arg(match.captured(2)))
        .with(ErrorParam::Right, match.captured(1));
}

/// The server's own sentence where it can name only objects, not values.
QString safeDetail(const MariaDbFailure &failure)
{
    if (failure.state.startsWith(QStringLiteral("23")))
        return QStringLiteral("a constraint was violated (error %1)").arg(failure.number);
    // 1264 to 1366: a value out of range or of the wrong form; 1644 and 45xxx: a trigger's own text.
    if (failure.state.startsWith(QStringLiteral("22")) || failure.number == 1366)
        return QStringLiteral("a value does not fit its column's type (error %1)").arg(failure.number);
    if (failure.state.startsWith(QStringLiteral("45")))
        return QStringLiteral("a trigger or procedure refused it");
    return failure.message;
}

/// Whether the operating system had no room for what the server wrote: 28 is its ENOSPC, 122 EDQUOT, 27 EFBIG.
/// **Source:** MariaDB 10.11 and MySQL 8.0, messages of errors 3 (EE_WRITE), 1026, 1030 and their like.
bool lacksRoom(const MariaDbFailure &failure)
{
    if (failure.number == 1021 || failure.number == 1114) // "Disk full", "The table is full"
        return true;
    static const QRegularExpression pattern(QStringLiteral("(?:Errcode: |errno: |Got error )(?:28|122|27)\\b"));
    const bool ofWriting = failure.number < 100 || (failure.number >= 1000 && failure.number < 1031);
    return ofWriting && pattern.match(failure.message).hasMatch();
}

Error timeout(const char *part)
{
    return Error(ErrorCode::Timeout).with(ErrorParam::Part, QString::fromLatin1(part));
}

} // namespace

Error mariaDbStatementError(const MariaDbFailure &failure, const QString &host)
{
    switch (failure.number) {
    case 1053: // the server is being shut down
    case 1927: // the connection was killed
    case 2006: // has gone away
    case 2013: // lost during the statement
    case 2055:
        return Error(ErrorCode::ConnectionLost).with(ErrorParam::Host, host);
    case 1317: // interrupted
    case 1969: // MariaDB: max_statement_time
    case 3024: // MySQL: max_execution_time
        return timeout("A database statement");
    case 1205:
        return timeout("Waiting for a row that another transaction holds");
    case 1020: // MariaDB: the row has changed since this transaction's snapshot (innodb_snapshot_isolation)
        return Error(ErrorCode::StatementFailed)
            .with(ErrorParam::Host, host)
            // Its state is HY000, which says nothing: it is the standard's serialization failure, and undone as one.
            .with(ErrorParam::SqlState, QStringLiteral("40001"))
            .with(ErrorParam::Detail, safeDetail(failure));
    case 1044:
    case 1142:
    case 1143:
    case 1227:
        return denied(failure);
    case 1792:
        return Error(ErrorCode::WriteRefused)
            .with(ErrorParam::Detail, QStringLiteral("the database server holds this session to reading"));
    case 1290:
    case 1836:
        return Error(ErrorCode::WriteRefused)
            .with(ErrorParam::Detail, QStringLiteral("the database server itself is read-only"));
    default:
        if (lacksRoom(failure))
            return Error(ErrorCode::DiskFull).with(ErrorParam::Host, host);
        return Error(ErrorCode::StatementFailed)
            .with(ErrorParam::Host, host)
            .with(ErrorParam::SqlState, failure.state)
            .with(ErrorParam::Detail, safeDetail(failure));
    }
}

Error mariaDbConnectError(const MariaDbFailure &failure, const DatabaseUrl &url)
{
    const auto at = [&url](ErrorCode code) {
        return Error(code).with(ErrorParam::Host, url.host).with(ErrorParam::Port, qint64{url.port});
    };
    switch (failure.number) {
    case 1045:
    case 1130: // this host may not connect
    case 1251: // no authentication method in common
    case 1698:
    case 2059: // … or one that is not allowed on this link
        return at(ErrorCode::AuthenticationFailed)
            .with(ErrorParam::Name, url.user)
            .with(ErrorParam::SqlState, failure.state);
    case 1044:
        return at(ErrorCode::AuthenticationFailed)
            .with(ErrorParam::Name, url.user)
            .with(ErrorParam::Detail, QStringLiteral("this user may not use the database"));
    case 1049:
        return at(ErrorCode::DatabaseNotFound).with(ErrorParam::Name, url.database);
    case 2002:
    case 2003:
        return at(ErrorCode::ConnectRefused);
    case 2005:
        return Error(ErrorCode::HostNotFound).with(ErrorParam::Host, url.host);
    case 2026:
        // libmariadb's only sign of it is this text.
        if (failure.message.contains(QStringLiteral("not support"), Qt::CaseInsensitive))
            return Error(ErrorCode::TlsUnavailable).with(ErrorParam::Host, url.host);
        return Error(ErrorCode::TlsFailed)
            .with(ErrorParam::Host, url.host)
            .with(ErrorParam::Detail, failure.message.section(QLatin1Char('\n'), 0, 0));
    case 2006: // has gone away
    case 2013: // lost
    case 2055:
        // With TLS 1.3 the server judges a client's certificate after the handshake, and hangs up without a word.
        if (!url.sslCert.isEmpty())
            return Error(ErrorCode::TlsFailed)
                .with(ErrorParam::Host, url.host)
                .with(ErrorParam::Detail, QStringLiteral("the server hung up once it had seen our client certificate"));
        break;
    default:
        break;
    }
    if (failure.number >= 2000)
        return Error(ErrorCode::NotADatabase)
            .with(ErrorParam::Host, QStringLiteral("%1:%2").arg(url.host).arg(url.port))
            .with(ErrorParam::Detail, QStringLiteral("it does not answer as MySQL or MariaDB does"));
    return at(ErrorCode::DatabaseUnavailable)
        .with(ErrorParam::SqlState, failure.state)
        .with(ErrorParam::Detail, failure.message);
}

} // namespace rollcall::store
