#include "core/base/ErrorText.h"

#include <QCoreApplication>

namespace rollcall::base {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ErrorText", text);
}

/// "host:port", or the host alone, or "the server" where neither is known.
QString place(const Error &error)
{
    const QString host = error.param(ErrorParam::Host);
    const QString port = error.param(ErrorParam::Port);
    if (host.isEmpty())
        return tr("the server");
    return port.isEmpty() ? host : host + QLatin1Char(':') + port;
}

/// ": detail", where there is one.
QString colon(const Error &error)
{
    const QString detail = error.param(ErrorParam::Detail);
    return detail.isEmpty() ? QString() : QStringLiteral(": ") + detail;
}

/// What to do about a file, being @p part of something, that is not in its form.
QString formRemedy(const QString &part)
{
    if (part == QStringLiteral("log"))
        return tr("audit verify names the first bad entry; audit renew puts the log aside as it is.");
    if (part == QStringLiteral("plan"))
        return tr("Do not carry it out: have it saved anew (rollcallctl plan save), or sent anew.");
    if (part == QStringLiteral("sealed plan"))
        return tr("Whoever saved it carries it out, with the keychain or key file (--key-file) they had then.");
    if (part == QStringLiteral("sealed operation"))
        return tr("Use the keychain or key file (--key-file) with which it was begun. Without that key an unfinished "
                  "operation can only be ended where it stands (operations discard), and deleted rows are lost.");
    if (part == QStringLiteral("approval"))
        return tr("Have the plan approved anew (rollcallctl plan approve).");
    return tr("Correct the file, or choose another.");
}

/// @p part: what is at the path already; empty: the path itself is the matter.
QString unwritableRemedy(const QString &part)
{
    if (part == QStringLiteral("existing"))
        return tr("Choose another place, or say --overwrite to replace it.");
    if (part == QStringLiteral("kept"))
        return tr("Choose another place: this one is never written to.");
    if (part == QStringLiteral("output"))
        return tr("Let what reads it go on to the end, or write to a file on a disk with room.");
    return tr("Check the folder's rights and free space, or choose another place.");
}

ErrorText usageText(const Error &error)
{
    const QString detail = error.param(ErrorParam::Detail);
    switch (error.code) {
    case ErrorCode::UsageInvalid:
        if (error.param(ErrorParam::Part) == QStringLiteral("taken name"))
            return {tr("Another saved connection is called %1.").arg(error.param(ErrorParam::Name)),
                    tr("Choose another name, or change that connection.")};
        return {error.param(ErrorParam::Flag).isEmpty() ? detail
                                                        : tr("%1: %2.").arg(error.param(ErrorParam::Flag), detail),
                tr("See --help for what can be said.")};
    case ErrorCode::PartNotGiven:
        return {tr("The connection's %1 is needed here and was not given.").arg(error.param(ErrorParam::Part)),
                tr("Give it by %1, --env-file or a saved connection.").arg(error.param(ErrorParam::Flag))};
    case ErrorCode::UrlInvalid:
        return {tr("The address of the %1 cannot be read%2.").arg(error.param(ErrorParam::Part), colon(error)),
                tr("Write it as scheme://user@host:port/name; percent-encode special characters.")};
    case ErrorCode::UrlSchemeUnsupported:
        return {tr("The address of the %1 has the scheme \"%2\", which is not supported here.")
                    .arg(error.param(ErrorParam::Part), detail),
                tr("For databases use postgresql://, mysql://, sqlite: or file:; for deployments https:// or http://; "
                   "for caches redis://, rediss:// or upstash:https://.")};
    case ErrorCode::FileUnreadable:
        return {tr("%1 cannot be read%2.").arg(error.param(ErrorParam::Path), colon(error)),
                tr("Check that the path is right and that you may read it.")};
    case ErrorCode::FileUnwritable:
        return {tr("%1 cannot be written%2.").arg(error.param(ErrorParam::Path), colon(error)),
                unwritableRemedy(error.param(ErrorParam::Part))};
    case ErrorCode::FileFormatInvalid:
        if (const QString part = error.param(ErrorParam::Part); part.endsWith(QStringLiteral("plan")))
            return {tr("The plan %1 cannot be used%2.").arg(error.param(ErrorParam::Path), colon(error)),
                    formRemedy(part)};
        else if (part == QStringLiteral("sealed operation"))
            return {tr("What was kept of %1 cannot be opened%2.").arg(error.param(ErrorParam::Path), colon(error)),
                    formRemedy(part)};
        else if (part == QStringLiteral("approval"))
            return {tr("The approval %1 cannot be used%2.").arg(error.param(ErrorParam::Path), colon(error)),
                    formRemedy(part)};
        return {error.param(ErrorParam::Line).isEmpty()
                    ? tr("%1 is not in the expected form%2.").arg(error.param(ErrorParam::Path), colon(error))
                    : tr("%1, line %2, is not in the expected form%3.")
                          .arg(error.param(ErrorParam::Path), error.param(ErrorParam::Line), colon(error)),
                formRemedy(error.param(ErrorParam::Part))};
    case ErrorCode::SecretMissing:
        return {
            tr("No secret of the deployment was given%1.").arg(colon(error)),
            tr("Give the deployment's AUTH_SECRET or NEXTAUTH_SECRET (--secret-file, --secret-env or --env-file).")};
    case ErrorCode::CursorInvalid:
        return {tr("The page cursor is damaged or belongs to another query."),
                tr("Start again from the first page with the same filters.")};
    case ErrorCode::NoSessionRows:
        return {tr("This deployment keeps its sessions in encrypted cookies (JWT strategy): there are no rows."),
                tr("Use resolve to check one cookie; listing needs the database strategy.")};
    case ErrorCode::UnknownConnection:
        return {tr("There is no saved connection named \"%1\".").arg(error.param(ErrorParam::Name)),
                tr("See the saved ones in the application, or give the connection by flags.")};
    default:
        return {};
    }
}

ErrorText connectText(const Error &error)
{
    switch (error.code) {
    case ErrorCode::HostNotFound:
        return {tr("The host %1 was not found.").arg(error.param(ErrorParam::Host)),
                tr("Check the name's spelling, your DNS and VPN.")};
    case ErrorCode::ConnectRefused:
        return {tr("%1 refused the connection%2.").arg(place(error), colon(error)),
                tr("Check that the server runs, and its port, firewall or tunnel.")};
    case ErrorCode::ConnectTimeout:
        return {tr("%1 did not answer within %2.").arg(place(error), error.param(ErrorParam::Duration)),
                tr("Check address, firewall and VPN, or raise the timeout.")};
    case ErrorCode::ConnectionLost:
        return {tr("The connection to %1 broke%2.").arg(place(error), colon(error)),
                tr("Check the server and the network, then try again.")};
    case ErrorCode::TlsFailed:
        return {tr("The TLS connection to %1 could not be verified%2.").arg(place(error), colon(error)),
                tr("Give the issuing CA by --ca-file, or use the host name that stands in the certificate. Of a client "
                   "certificate the server must know the issuer.")};
    case ErrorCode::TlsUnavailable:
        return {tr("%1 offers no TLS, so nothing secret is sent to it.").arg(place(error)),
                tr("Switch TLS on at the server, or connect through a tunnel to a loopback address.")};
    case ErrorCode::AuthenticationFailed:
        return {tr("%1 refused the user name or password%2.").arg(place(error), colon(error)),
                tr("Check user and password, that this user may connect from here, and whether the server wants a "
                   "client certificate (sslcert and sslkey, for MySQL ssl-cert and ssl-key, in the address).")};
    case ErrorCode::DatabaseNotFound:
        return {tr("%1 has no database named \"%2\".").arg(place(error), error.param(ErrorParam::Name)),
                tr("Check the name at the end of the database address.")};
    case ErrorCode::PermissionDenied:
        if (error.param(ErrorParam::Table).isEmpty()) {
            return {tr("%1 does not allow this user what is needed%2.").arg(place(error), colon(error)),
                    tr("Allow the user (for Redis: ACL SETUSER) to read and write keys that begin with rollcall:.")};
        }
        if (const QString right = error.param(ErrorParam::Right); right.startsWith(QLatin1Char('+'))) {
            return {
                tr("The Redis user may not run %1 on keys %2.")
                    .arg(right.mid(1).toUpper(), error.param(ErrorParam::Table)),
                tr("As an administrator run: ACL SETUSER your-user %1 ~%2").arg(right, error.param(ErrorParam::Table))};
        }
        return {tr("The database role may not %1 on %2.")
                    .arg(error.param(ErrorParam::Right), error.param(ErrorParam::Table)),
                tr("As an owner run: GRANT %1 ON %2 TO your role;")
                    .arg(error.param(ErrorParam::Right), error.param(ErrorParam::Table))};
    case ErrorCode::NotADatabase:
        return {tr("%1 is no database of the expected kind%2.")
                    .arg(error.param(ErrorParam::Path).isEmpty() ? place(error) : error.param(ErrorParam::Path),
                         colon(error)),
                tr("Check the address: the deployment's DATABASE_URL names the right one.")};
    case ErrorCode::Timeout:
        return {error.param(ErrorParam::Duration).isEmpty()
                    ? tr("%1 took too long and was stopped.").arg(error.param(ErrorParam::Part))
                    : tr("%1 took longer than %2 and was stopped.")
                          .arg(error.param(ErrorParam::Part), error.param(ErrorParam::Duration)),
                tr("Try again, narrow the question, or raise the timeout.")};
    case ErrorCode::DatabaseUnavailable:
        return {tr("The database at %1 is not available%2.").arg(place(error), colon(error)),
                tr("Wait until it is up again and retry; nothing was left half done.")};
    default:
        return {};
    }
}

/// Where to look for what was not found.
QString notFoundRemedy(const QString &part)
{
    if (part == QStringLiteral("operation"))
        return tr("Its name (auditId) stands in the answer of what began it and in the audit log (audit list), and "
                  "among the unfinished operations (operations list) while it is one.");
    if (part == QStringLiteral("operation aside"))
        return tr("It stands in a log that audit renew put aside, of which no evidence is packed: audit verify --file "
                  "checks that log, and its lines with this operation are the record.");
    if (part == QStringLiteral("entry"))
        return tr("See the audit log (audit list) for what was done when.");
    if (part == QStringLiteral("signing key"))
        return tr("Use the keychain or key file (--key-file) with which the log was written.");
    if (part == QStringLiteral("log"))
        return tr("There is no audit log yet: nothing was done so far.");
    return tr("List the sessions to see what there is.");
}

ErrorText findingText(const Error &error)
{
    switch (error.code) {
    case ErrorCode::SchemaNotFound:
        return {tr("No sessions table of Auth.js or NextAuth was found in this database%1.").arg(colon(error)),
                tr("Check that this is the deployment's database and schema; with the JWT strategy there is no such "
                   "table.")};
    case ErrorCode::SchemaAmbiguous:
        return {error.param(ErrorParam::Count) == QStringLiteral("1")
                    ? tr("Table %1 could hold the sessions, but that is not sure.%2")
                          .arg(error.param(ErrorParam::Table), error.param(ErrorParam::Detail).isEmpty()
                                                                   ? QString()
                                                                   : u' ' + error.param(ErrorParam::Detail))
                    : tr("%1 tables could hold the sessions: %2.")
                          .arg(error.param(ErrorParam::Count), error.param(ErrorParam::Table)),
                tr("Say which it is (--map, or the Schema leg of the connection); schema detect shows what was read "
                   "of each.")};
    case ErrorCode::SchemaChanged:
        return {
            tr("Table %1 is no longer as it was when this connection was saved.").arg(error.param(ErrorParam::Table)),
            tr("Detect the schema again before going on.")};
    case ErrorCode::DeploymentNotAuthJs:
        return {tr("%1 answered, but not as Auth.js does%2.").arg(place(error), colon(error)),
                tr("Check base URL and base path: <base URL>/api/auth/session must answer JSON.")};
    case ErrorCode::DeploymentRedirected:
        return {tr("%1 redirected (%2) to %3.")
                    .arg(place(error), error.param(ErrorParam::Status), error.param(ErrorParam::Detail)),
                tr("Use the final address as base URL: redirects are never followed with a cookie.")};
    case ErrorCode::DeploymentStatus:
        return {
            tr("%1 answered with HTTP status %2%3.").arg(place(error), error.param(ErrorParam::Status), colon(error)),
            tr("See the deployment's own log; 500 from Auth.js mostly means a missing secret or an untrusted "
               "host, 404 a wrong base path.")};
    case ErrorCode::HttpMalformed:
        return {tr("%1 answered with something that is not HTTP%2.").arg(place(error), colon(error)),
                tr("Check scheme and port of the base URL.")};
    case ErrorCode::HttpTooLarge:
        return {tr("The answer of %1 is larger than %2 bytes.").arg(place(error), error.param(ErrorParam::Limit)),
                tr("Check the address: the answers that are asked for here are small.")};
    case ErrorCode::AuditBroken:
        if (error.param(ErrorParam::Part) == QStringLiteral("key"))
            return {tr("The key that signed the audit log was not found, so a new one signs from here on: what was "
                       "signed before can no longer be proven."),
                    tr("Use one key place from here on: a log that two keys sign by turns counts as broken. "
                       "rollcallctl audit renew begins a new log.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("other"))
            return {tr("Another audit log lies here than the one that was signed with this key: it was renewed with "
                       "another key, or put in its place."),
                    tr("Find out who renewed it. Use one key place: a log that two keys sign by turns counts as "
                       "broken. rollcallctl audit renew begins a new log.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("keys"))
            return {tr("The audit log is broken at entry %1: %2.")
                        .arg(error.param(ErrorParam::Count), error.param(ErrorParam::Detail)),
                    tr("Was it you, with another keychain or key file (--key-file): audit verify with that one looks "
                       "at those entries; use one from here on, and begin a new log by rollcallctl audit renew. If "
                       "none of yours has that key, keep the log as it is and find out who wrote them.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("copy"))
            return {tr("This copy of the audit log is broken at entry %1: %2.")
                        .arg(error.param(ErrorParam::Count),
                             error.param(ErrorParam::Detail).isEmpty()
                                 ? tr("an entry was changed, taken away or put in, or its seal was")
                                 : error.param(ErrorParam::Detail)),
                    tr("Keep it as it is, compare it with other copies, and find out who changed it.")};
        return {tr("The audit log is broken at entry %1: %2.")
                    .arg(error.param(ErrorParam::Count),
                         error.param(ErrorParam::Detail).isEmpty()
                             ? tr("an entry was changed, taken away or put in, or its seal was, or two "
                                  "keys signed it by turns")
                             : error.param(ErrorParam::Detail)),
                tr("Find out who changed it. The log goes on, and each act says this, until rollcallctl audit renew "
                   "puts it aside as it is and begins a new one.")};
    case ErrorCode::NotRevocable:
        return {tr("JWT sessions have no row that could be deleted: a JWT stays accepted until it expires."),
                tr("End them by a not-before rule (rule set, with the callback that rule snippet writes), rotate the "
                   "secret "
                   "to end all sessions at once, or move to database sessions.")};
    case ErrorCode::NotFound:
        if (const QString file = error.param(ErrorParam::Path); !file.isEmpty())
            return {tr("The log has nothing of \"%1\", but %2 has.").arg(error.param(ErrorParam::Name), file),
                    notFoundRemedy(error.param(ErrorParam::Part))};
        if (error.param(ErrorParam::Part) == QStringLiteral("ended operation"))
            return {tr("\"%1\" has ended (%2): there is nothing left to go on with.")
                        .arg(error.param(ErrorParam::Name), error.param(ErrorParam::Detail)),
                    tr("audit list says what it did; sessions restore puts back what a revocation deleted, while that "
                       "is kept.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("operation elsewhere"))
            return {tr("\"%1\" stopped before its end (%2), and its files are not here.")
                        .arg(error.param(ErrorParam::Name), error.param(ErrorParam::Detail)),
                    tr("If it was paused or cut off, go on with it as the user and on the machine that began it; a "
                       "cancelled one has ended. audit list says what it did.")};
        return {tr("Nothing matches \"%1\".").arg(error.param(ErrorParam::Name)),
                notFoundRemedy(error.param(ErrorParam::Part))};
    default:
        return {};
    }
}

/// What plan, or what for it, is to be given instead.
QString staleRemedy(const QString &part)
{
    if (part == QStringLiteral("connection"))
        return tr("Give the connection that it was made for (--connection, --env-file or --database).");
    if (part == QStringLiteral("approval"))
        return tr("Give the approval of this very plan, or have it approved (rollcallctl plan approve).");
    return tr("Make a new plan.");
}

ErrorText refusedText(const Error &error)
{
    switch (error.code) {
    case ErrorCode::WriteRefused:
        if (error.param(ErrorParam::Part) == QStringLiteral("operation"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("operations list says how each unfinished operation stands; operations resume carries one "
                       "through, operations discard ends it where it stands.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("renewal"))
            return {tr("Nothing was put aside%1.").arg(colon(error)),
                    tr("Only a broken log, or one that the key at hand did not sign, is renewed; audit export copies "
                       "it.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("running operation"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("Let it end, or have it stop after its batch (operations pause): then operations resume carries "
                       "it through, operations discard ends it where it stands.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("undo"))
            return {
                tr("Nothing was put back%1.").arg(colon(error)),
                tr("Deleted rows are kept for 24 hours unless --undo-for says otherwise; after that only a backup of "
                   "the database has them.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("approval"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("Save the plan to a file, have another person approve it (rollcallctl plan approve) with a key "
                       "that this connection lists, and carry it out with that approval (--plan and --approval).")};
        if (error.param(ErrorParam::Part) == QStringLiteral("used approval"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("Make a new plan and have that one approved (rollcallctl plan save, then plan approve). An "
                       "operation that has not ended is gone on with by operations resume.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("twins"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("Give the sessions table a column of unique ids, or delete the repeated rows with the "
                       "database's own tools; then plan again.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("flag"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    tr("Leave %1 out, if this is to be written.").arg(error.param(ErrorParam::Flag))};
        if (error.param(ErrorParam::Part) == QStringLiteral("consent"))
            return {tr("Nothing was written%1.").arg(colon(error)),
                    error.param(ErrorParam::Flag).isEmpty()
                        ? tr("Give --yes to consent.")
                        : tr("See what would happen by %1, then give --yes.").arg(error.param(ErrorParam::Flag))};
        return {tr("Nothing was written%1.").arg(colon(error)),
                tr("Give --yes once you have seen the dry run; in the application leave Read-only mode.")};
    case ErrorCode::NoKeyStore:
        if (error.param(ErrorParam::Part) == QStringLiteral("audit key"))
            return {tr("The key that signs the audit log is not in the %1, and a read makes none: it could not go on "
                       "record.")
                        .arg(error.param(ErrorParam::Name)),
                    tr("Name the key file that signed the log so far (--key-file or ROLLCALL_KEY_FILE), or leave it "
                       "out where that was the keychain.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("other audit key"))
            return {tr("The audit log was signed last by another key than the one in the %1: a read does not go on "
                       "under this one.")
                        .arg(error.param(ErrorParam::Name)),
                    tr("Name the key file that signed the log so far (--key-file or ROLLCALL_KEY_FILE), or leave it "
                       "out where that was the keychain; where none of yours did, rollcallctl audit renew begins a "
                       "new log.")};
        return {tr("There is no OS keychain here to keep Rollcall's own keys and secrets in, so nothing is written."),
                tr("Name a key file by --key-file or ROLLCALL_KEY_FILE; it is made with mode 0600.")};
    case ErrorCode::KeyFileUnsafe:
        return {tr("Others may read or write the key file %1.").arg(error.param(ErrorParam::Path)),
                tr("Make it yours alone: chmod 600.")};
    case ErrorCode::InsecureTransport:
        return {tr("Credentials would travel to %1 unencrypted or unverified.").arg(place(error)),
                tr("Use TLS (--ca-file for a private CA), a tunnel to a loopback address, or deliberately "
                   "--allow-insecure with this host.")};
    case ErrorCode::GuardRefused:
        return {tr("The run was refused by its guards%1.").arg(colon(error)),
                tr("Ask for less, or measure a deployment of your own on a loopback address with --guards off.")};
    case ErrorCode::TooManyMatched:
        if (error.param(ErrorParam::Part) == QStringLiteral("index")) {
            return {tr("This database holds more sessions than an index of %1 has place for; %2 were read.")
                        .arg(error.param(ErrorParam::Limit), error.param(ErrorParam::Count)),
                    tr("Let expired sessions be deleted first, or keep sessions in a database that can be searched.")};
        }
        if (error.param(ErrorParam::Part) == QStringLiteral("users of an e-mail")) {
            return {tr("More than %1 users have this e-mail address.").arg(error.param(ErrorParam::Limit)),
                    tr("Name the one that is meant by the user's id.")};
        }
        // How many there are at least: what is beyond the bound is not read.
        return {error.param(ErrorParam::Part) == QStringLiteral("at least")
                    ? tr("More sessions match than the %1 allowed: at least %2.")
                          .arg(error.param(ErrorParam::Limit), error.param(ErrorParam::Count))
                    : tr("More sessions match than the %1 allowed: %2.")
                          .arg(error.param(ErrorParam::Limit), error.param(ErrorParam::Count)),
                tr("Narrow the selection or raise --max.")};
    case ErrorCode::FingerprintAmbiguous:
        return {
            tr("The fingerprint %1 fits %2 rows.").arg(error.param(ErrorParam::Name), error.param(ErrorParam::Count)),
            tr("Name the session by its row id, or choose its user: the rows of that user that hold this token go "
               "together.")};
    case ErrorCode::ConfirmationMissing:
        return {error.param(ErrorParam::Detail).isEmpty()
                    ? tr("\"%1\" is a production connection and the act was not confirmed.")
                          .arg(error.param(ErrorParam::Name))
                    : tr("\"%1\" is a production connection, and what was confirmed is \"%2\".")
                          .arg(error.param(ErrorParam::Name), error.param(ErrorParam::Detail)),
                tr("Add --confirm \"%1\".").arg(error.param(ErrorParam::Name))};
    case ErrorCode::PlanStale:
        return {tr("The plan no longer fits%1.").arg(colon(error)), staleRemedy(error.param(ErrorParam::Part))};
    case ErrorCode::AuditUnwritable:
        return {tr("The audit log %1 cannot be written%2, so nothing was done.")
                    .arg(error.param(ErrorParam::Path), colon(error)),
                tr("Check the folder's rights and free space.")};
    case ErrorCode::KeychainFailed:
        return {tr("The OS keychain failed%1.").arg(colon(error)),
                tr("Unlock the keychain, or name a key file by --key-file.")};
    default:
        return {};
    }
}

ErrorText midwayText(const Error &error)
{
    switch (error.code) {
    case ErrorCode::StatementFailed:
        if (error.param(ErrorParam::SqlState).isEmpty()) {
            return {tr("The database refused what it was asked to do%1.").arg(colon(error)),
                    tr("Nothing of that step was kept; see the database's log.")};
        }
        return {tr("The database refused a statement (SQLSTATE %1)%2.")
                    .arg(error.param(ErrorParam::SqlState), colon(error)),
                tr("Nothing of that step was kept; see the database's log.")};
    case ErrorCode::DiskFull:
        if (const QString host = error.param(ErrorParam::Host); !host.isEmpty())
            return {tr("The disk of the database server at %1 is full; nothing of that step was kept.").arg(host),
                    tr("Free space on the server, or give the database more; then go on.")};
        return {tr("There is no space left at %1.").arg(error.param(ErrorParam::Path)), tr("Free some space.")};
    case ErrorCode::Cancelled:
        if (error.param(ErrorParam::Part) == QStringLiteral("paused"))
            return {tr("Paused, as was asked for."),
                    tr("operations resume goes on with it; what was done is reported.")};
        if (error.param(ErrorParam::Part) == QStringLiteral("approved"))
            return {tr("Cancelled."),
                    tr("What was done is reported, and the approval is used up by it: the rest wants a new plan and a "
                       "new approval. A pause would have kept it.")};
        return {tr("Cancelled."), tr("Start again when you wish; what was done is reported.")};
    case ErrorCode::Overloaded:
        return {tr("Too much is waiting already, so this request was not taken on."),
                tr("Wait a moment and try again.")};
    case ErrorCode::Unconfigured:
        return error.param(ErrorParam::Detail).isEmpty()
                   ? ErrorText{tr("The session runtime was used before it was configured."), tr("Configure it first.")}
                   : ErrorText{tr("The session runtime is not configured%1.").arg(colon(error)),
                               tr("Give it what is missing, then configure it.")};
    default:
        return {tr("An internal error occurred%1.").arg(colon(error)), tr("Please report it with what you did.")};
    }
}

} // namespace

ErrorText describe(const Error &error)
{
    for (const auto section : {usageText, connectText, findingText, refusedText}) {
        ErrorText text = section(error);
        if (!text.message.isEmpty())
            return text;
    }
    return midwayText(error);
}

QString oneLine(const Error &error)
{
    const ErrorText text = describe(error);
    return text.message + QLatin1Char(' ') + text.remedy;
}

} // namespace rollcall::base
