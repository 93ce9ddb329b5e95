#include "core/base/Error.h"

#include <algorithm>

namespace rollcall::base {

namespace {

struct Entry
{
    ErrorCode code;
    const char *name;
    ExitClass exit;
};

const Entry &entryOf(ErrorCode code)
{
#define ENTRY(code, exit)                                                                                              \
    Entry                                                                                                              \
    {                                                                                                                  \
        ErrorCode::code, #code, ExitClass::exit                                                                        \
    }
    static constexpr Entry entries[] = {
        ENTRY(UsageInvalid, Usage),
        ENTRY(PartNotGiven, Usage),
        ENTRY(UrlInvalid, Usage),
        ENTRY(UrlSchemeUnsupported, Usage),
        ENTRY(FileUnreadable, Usage),
        ENTRY(FileUnwritable, Usage),
        ENTRY(FileFormatInvalid, Usage),
        ENTRY(SecretMissing, Usage),
        ENTRY(CursorInvalid, Usage),
        ENTRY(NoSessionRows, Usage),
        ENTRY(UnknownConnection, Usage),
        ENTRY(HostNotFound, Connect),
        ENTRY(ConnectRefused, Connect),
        ENTRY(ConnectTimeout, Connect),
        ENTRY(ConnectionLost, Connect),
        ENTRY(TlsFailed, Connect),
        ENTRY(TlsUnavailable, Connect),
        ENTRY(AuthenticationFailed, Connect),
        ENTRY(DatabaseNotFound, Connect),
        ENTRY(PermissionDenied, Connect),
        ENTRY(NotADatabase, Connect),
        ENTRY(SchemaNotFound, No),
        ENTRY(SchemaAmbiguous, No),
        ENTRY(SchemaChanged, Refused),
        ENTRY(DeploymentNotAuthJs, No),
        ENTRY(DeploymentRedirected, No),
        ENTRY(DeploymentStatus, No),
        ENTRY(HttpMalformed, No),
        ENTRY(HttpTooLarge, No),
        ENTRY(Timeout, Connect),
        ENTRY(WriteRefused, Refused),
        ENTRY(NoKeyStore, Refused),
        ENTRY(KeyFileUnsafe, Refused),
        ENTRY(InsecureTransport, Refused),
        ENTRY(TooManyMatched, Refused),
        ENTRY(GuardRefused, Refused),
        ENTRY(FingerprintAmbiguous, Refused),
        ENTRY(ConfirmationMissing, Refused),
        ENTRY(PlanStale, Refused),
        ENTRY(StatementFailed, Midway),
        ENTRY(DatabaseUnavailable, Connect),
        ENTRY(DiskFull, Midway),
        ENTRY(AuditUnwritable, Refused),
        ENTRY(AuditBroken, No),
        ENTRY(KeychainFailed, Refused),
        ENTRY(Cancelled, Cancelled),
        ENTRY(Overloaded, Midway),
        ENTRY(Unconfigured, Usage),
        ENTRY(NotRevocable, No),
        ENTRY(NotFound, No),
        ENTRY(Internal, Midway),
    };
#undef ENTRY
    const auto *found = std::ranges::find(entries, code, &Entry::code);
    Q_ASSERT(found != std::end(entries));
    return *found;
}

} // namespace

QString errorName(ErrorCode code)
{
    return QLatin1StringView(entryOf(code).name);
}

ExitClass exitClass(ErrorCode code)
{
    return entryOf(code).exit;
}

QString Error::param(ErrorParam which) const
{
    const auto found = std::ranges::find(params, which, &std::pair<ErrorParam, ErrorValue>::first);
    if (found == params.end())
        return {};
    struct Text
    {
        QString operator()(const QString &text) const { return text; }
        QString operator()(qint64 number) const { return QString::number(number); }
        QString operator()(std::chrono::milliseconds duration) const
        {
            return duration < std::chrono::seconds(1)
                       ? QStringLiteral("%1 ms").arg(duration.count())
                       : QStringLiteral("%1 s").arg(static_cast<double>(duration.count()) / 1000.0, 0, 'g', 4);
        }
        QString operator()(const Fingerprint &fingerprint) const { return fingerprint.text(); }
    };
    return std::visit(Text{}, found->second);
}

} // namespace rollcall::base
