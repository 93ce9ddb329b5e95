#pragma once

#include <QString>

#include <chrono>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/Fingerprint.h"

namespace rollcall::base {

/// Every way in which an operation of ours can fail. The name (see errorName()) is stable: it is the JSON `error.code`
/// of the command line, and the exit code follows from it (exitClass()). Callers branch on codes, never on text.
enum class ErrorCode {
    // usage: what was asked for cannot be meant (exit 2)
    UsageInvalid,         ///< A flag, value or combination that makes no sense. Params: Flag, Detail.
    PartNotGiven,         ///< A part of the connection that the command needs is missing. Params: Part, Flag.
    UrlInvalid,           ///< An address that cannot be parsed. Params: Part, Detail. Never the URL itself.
    UrlSchemeUnsupported, ///< Params: Part, Detail (the scheme).
    FileUnreadable,       ///< Params: Path, Detail.
    FileUnwritable,       ///< Params: Path, Detail.
    FileFormatInvalid,    ///< Params: Path, Line, Detail.
    SecretMissing,        ///< No secret was given where one is needed.
    CursorInvalid,        ///< A page cursor that is damaged or of another query.
    NoSessionRows,        ///< Sessions of this deployment are JWTs: there are no rows to list.
    UnknownConnection,    ///< No saved connection of that name. Params: Name.
    // connecting (exit 3)
    HostNotFound,         ///< Params: Host.
    ConnectRefused,       ///< Params: Host, Port.
    ConnectTimeout,       ///< Params: Host, Port, Duration.
    ConnectionLost,       ///< Params: Host, Detail.
    TlsFailed,            ///< Params: Host, Detail (OpenSSL's or the client library's reason).
    TlsUnavailable,       ///< The server offers no TLS although it is required. Params: Host.
    AuthenticationFailed, ///< User or password refused. Params: Host, Name (user), SqlState.
    DatabaseNotFound,     ///< Params: Host, Name.
    PermissionDenied,     ///< Params: Table, Right, SqlState.
    NotADatabase,         ///< The file or server does not speak the expected protocol. Params: Path or Host.
    // schema
    SchemaNotFound,  ///< No sessions table is recognised. Params: Name (database), Count (tables seen).
    SchemaAmbiguous, ///< Not sure which; the user must choose. Params: Count, Table (names), Detail.
    SchemaChanged,   ///< The tables differ from the saved map. Params: Table.
    // deployment over HTTP
    DeploymentNotAuthJs,  ///< Answered, but not as Auth.js does. Params: Host, Status, Detail (what came instead).
    DeploymentRedirected, ///< Params: Host, Status, Detail (target origin and path).
    DeploymentStatus,     ///< An error status. Params: Host, Status, Detail (what the status or body means).
    HttpMalformed,        ///< Params: Host, Detail.
    HttpTooLarge,         ///< Params: Host, Limit.
    Timeout,              ///< An operation passed its deadline. Params: Part, Duration.
    // refused by a safety rule (exit 4)
    WriteRefused,         ///< Read-only, or no consent given. Params: Detail.
    NoKeyStore,           ///< Neither keychain nor key file: Rollcall's own keys have nowhere to rest.
    KeyFileUnsafe,        ///< Others may read or write it. Params: Path.
    InsecureTransport,    ///< Credentials would travel unencrypted or unverified. Params: Host.
    TooManyMatched,       ///< Params: Count, Limit.
    GuardRefused,         ///< A measurement would load the deployment more than its guards allow. Params: Detail.
    FingerprintAmbiguous, ///< Params: Name (fingerprint), Count.
    ConfirmationMissing,  ///< Params: Name, Detail.
    PlanStale,            ///< The plan no longer fits the connection. Params: Detail.
    // failed midway (exit 5)
    StatementFailed,     ///< The database refused a statement. Params: SqlState, Detail (server's message, no values).
    DatabaseUnavailable, ///< Went away or is shutting down. Params: Host, Detail.
    DiskFull,            ///< Params: Path, or Host (of a database server).
    AuditUnwritable,     ///< Params: Path, Detail.
    AuditBroken,         ///< Params: Count.
    KeychainFailed,      ///< Params: Detail.
    // of the program
    Cancelled,    ///< The caller asked to stop; an outcome, not a fault.
    Overloaded,   ///< A bounded queue is full.
    Unconfigured, ///< The runtime was used before it was configured.
    NotRevocable, ///< JWT sessions have no row.
    NotFound,     ///< Nothing matches the named session or user. Params: Name.
    Internal,     ///< A broken invariant of ours. Params: Detail.
};

/// Typed places for what an error message may mention. There is none for tokens, cookies, passwords or row content.
enum class ErrorParam {
    Host,
    Port,
    Path,
    Line,
    Table,
    Column,
    Right,
    Name,
    Part,
    Flag,
    Status,
    SqlState,
    Count,
    Limit,
    Duration,
    Detail
};

using ErrorValue = std::variant<QString, qint64, std::chrono::milliseconds, Fingerprint>;

/// What went wrong: a stable code, typed parameters and, where known, the cause. A value; cheap to move.
/// **Thread-safety:** a plain value.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::vector<std::pair<ErrorParam, ErrorValue>> params;
    std::shared_ptr<const Error> cause;

    explicit Error(ErrorCode errorCode) : code(errorCode) {}

    /// Adds a parameter; chainable: `Error(ErrorCode::ConnectRefused).with(ErrorParam::Host, host)`.
    Error &&with(ErrorParam param, ErrorValue value) &&
    {
        params.emplace_back(param, std::move(value));
        return std::move(*this);
    }
    /// Names the error that led to this one.
    Error &&because(Error inner) &&
    {
        cause = std::make_shared<const Error>(std::move(inner));
        return std::move(*this);
    }
    /// The text form of a parameter; empty where it is absent.
    [[nodiscard]] QString param(ErrorParam which) const;
};

/// Process exit codes of the command line's contract.
enum class ExitClass { No = 1, Usage = 2, Connect = 3, Refused = 4, Midway = 5, Cancelled = 130 };

/// The stable name of @p code, e.g. "ConnectRefused".
[[nodiscard]] QString errorName(ErrorCode code);

/// The class of exit code that @p code belongs to.
[[nodiscard]] ExitClass exitClass(ErrorCode code);

} // namespace rollcall::base
