#include "core/store/sql/MariaDbLink.h"

#include <QFile>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <mutex>

#include "core/http/HostLookup.h"
#include "core/store/sql/ClientCertificate.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr int sliceMs = 50;
/// The stack of libmariadb's coroutine: its own 60 kB are little for a TLS handshake and a resolver's plug-ins.
constexpr std::size_t coroutineStack = std::size_t{512} * 1024;
constexpr std::chrono::milliseconds closingTime(2000);
constexpr char systemCaBundle[] = "/etc/ssl/certs/ca-certificates.crt";

struct TlsChoice
{
    bool off = false;
    bool verify = false;
    bool required = false;
    QByteArray caFile;
};

/// Verified towards everything but loopback and hosts that were deliberately allowed, whatever the URL says.
Result<TlsChoice> tlsFor(const DatabaseUrl &url, const StoreOptions &options)
{
    TlsChoice choice;
    const bool mayBeOpen = url.isLoopback() || options.insecureHosts.contains(url.host, Qt::CaseInsensitive);
    choice.verify = !mayBeOpen || url.sslMode.startsWith(QStringLiteral("verify"));
    choice.off = !choice.verify && url.sslMode == QStringLiteral("disable");
    choice.required = url.sslMode == QStringLiteral("require");
    const QString caFile = options.caFile.isEmpty() ? url.sslRootCert : options.caFile;
    if (!caFile.isEmpty() && !QFile::exists(caFile))
        return fail(Error(ErrorCode::FileUnreadable)
                        .with(ErrorParam::Path, caFile)
                        .with(ErrorParam::Detail, QStringLiteral("there is no such file")));
    choice.caFile = caFile.isEmpty() ? QByteArray(systemCaBundle) : QFile::encodeName(caFile);
    return choice;
}

/// What bounds the waits inside of libmariadb on this thread, which come here and not to waitForMariaDb(): those of the
/// TLS handshake. Null while nothing is connected, when it may wait to send a few bytes.
thread_local const Call *handshakeCall = nullptr;

/// libmariadb's hook for such a wait: above 0 where the socket is ready.
int waitInside(my_socket socket, my_bool forReading, int)
{
    const Call bound = handshakeCall ? *handshakeCall : Call::within(closingTime);
    while (!bound.cancelled() && !bound.expired()) {
        pollfd entry{socket, static_cast<short>(forReading ? POLLIN : POLLOUT), 0};
        if (poll(&entry, 1, sliceMs) > 0)
            return 1;
    }
    return 0;
}

void setOptions(MYSQL *mysql, const DatabaseUrl &url, const TlsChoice &tls)
{
    const auto set = [mysql](mysql_option option, const void *value) { mysql_options(mysql, option, value); };
    std::size_t stack = coroutineStack;
    set(MYSQL_OPT_NONBLOCK, &stack);
    mysql_optionsv(mysql, MARIADB_OPT_IO_WAIT, waitInside);
    set(MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const unsigned off = 0;
    set(MYSQL_OPT_LOCAL_INFILE, &off);
    // "localhost" means a Unix socket to libmariadb unless it is told otherwise.
    const unsigned protocol = url.host.startsWith(QLatin1Char('/')) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    set(MYSQL_OPT_PROTOCOL, &protocol);
    mysql_options4(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "rollcall");
    // A server may ask for the password in clear text: it gets it over a verified link only.
    set(MARIADB_OPT_RESTRICTED_AUTH,
        tls.verify ? "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,mysql_clear_password"
                   : "mysql_native_password,client_ed25519,caching_sha2_password,auth_gssapi_client");
    if (tls.off)
        return;
    if (!url.sslCert.isEmpty()) {
        set(MYSQL_OPT_SSL_CERT, QFile::encodeName(url.sslCert).constData());
        set(MYSQL_OPT_SSL_KEY, QFile::encodeName(url.sslKey).constData());
        QByteArray password = url.sslPassword.view().toByteArray();
        if (!password.isEmpty())
            set(MARIADB_OPT_TLS_PASSPHRASE, password.constData());
        base::wipe(password);
    }
    set(MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
    const my_bool on = 1;
    if (tls.verify) {
        // This one alone makes a server without TLS an error; ENFORCE or a CA alone would go on in clear text.
        // Source: facts/platform.md, database recipe.
        set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
        set(MYSQL_OPT_SSL_CA, tls.caFile.constData());
    } else {
        set(MYSQL_OPT_SSL_ENFORCE, &on); // TLS where the server has it
    }
}

/// Keeps libmariadb from waiting inside of OpenSSL, where nothing can stop it: it makes its socket a blocking one as
/// soon as it is connected, TLS or not (3.3, strace). Undone whenever it hands over; the time limits are for what it
/// does on a blocking socket until then.
void keepFromBlocking(MYSQL *mysql)
{
    const my_socket socket = mysql_get_socket(mysql);
    if (socket == MARIADB_INVALID_SOCKET)
        return;
    const timeval shortest{0, 1000};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &shortest, sizeof shortest);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &shortest, sizeof shortest);
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

void initialiseLibrary()
{
    static std::once_flag once;
    std::call_once(once, [] { mysql_server_init(0, nullptr, nullptr); });
}

} // namespace

int waitForMariaDb(MYSQL *mysql, int wanted)
{
    pollfd entry{mysql_get_socket(mysql), 0, 0};
    if (wanted & MYSQL_WAIT_READ)
        entry.events |= POLLIN;
    if (wanted & MYSQL_WAIT_WRITE)
        entry.events |= POLLOUT;
    if (wanted & MYSQL_WAIT_EXCEPT)
        entry.events |= POLLPRI;
    if (poll(&entry, 1, sliceMs) <= 0)
        return 0;
    int ready = 0;
    if (entry.revents & (POLLIN | POLLHUP | POLLERR))
        ready |= MYSQL_WAIT_READ;
    if (entry.revents & (POLLOUT | POLLERR))
        ready |= MYSQL_WAIT_WRITE;
    if (entry.revents & POLLPRI)
        ready |= MYSQL_WAIT_EXCEPT;
    return ready & wanted ? ready & wanted : wanted & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE);
}

MariaDbFailure failureOf(MYSQL *mysql)
{
    return {mysql_errno(mysql), QString::fromUtf8(mysql_sqlstate(mysql)), QString::fromUtf8(mysql_error(mysql))};
}

Result<MysqlPtr> connectMariaDb(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    const auto tls = tlsFor(url, options);
    if (!tls)
        return fail(tls.error());
    if (auto usable = checkClientCertificate(url); !usable)
        return fail(std::move(usable.error()));
    const bool isSocket = url.host.startsWith(QLatin1Char('/'));
    if (!isSocket) {
        // libmariadb checks the certificate against the name that it is given, so it gets the name and asks for the
        // address once more. This first question is the bounded one; a name that cannot be found ends here.
        if (const auto found = http::lookUpHost(url.host, call); !found)
            return fail(found.error());
    }
    initialiseLibrary();
    MysqlPtr mysql(mysql_init(nullptr));
    if (!mysql)
        return fail(Error(ErrorCode::Overloaded));
    setOptions(mysql.get(), url, *tls);
    const QByteArray host = url.host.toUtf8();
    const QByteArray user = url.user.toUtf8();
    const QByteArray database = url.database.toUtf8();
    QByteArray password = url.password.view().toByteArray();
    MYSQL *connected = nullptr;
    int waiting = mysql_real_connect_start(&connected, mysql.get(), isSocket ? nullptr : host.constData(),
                                           user.constData(), password.constData(), database.constData(),
                                           static_cast<unsigned>(url.port), isSocket ? host.constData() : nullptr, 0);
    handshakeCall = &call;
    const bool ended = driveMariaDb(
        mysql.get(), waiting,
        [&](int ready) {
            keepFromBlocking(mysql.get());
            return mysql_real_connect_cont(&connected, mysql.get(), ready);
        },
        call);
    handshakeCall = nullptr;
    base::wipe(password);
    if (!ended || (!connected && (call.cancelled() || call.expired()))) {
        shutdown(mysql_get_socket(mysql.get()), SHUT_RDWR);
        if (call.cancelled())
            return fail(Error(ErrorCode::Cancelled));
        return fail(Error(ErrorCode::ConnectTimeout)
                        .with(ErrorParam::Host, url.host)
                        .with(ErrorParam::Port, qint64{url.port})
                        .with(ErrorParam::Duration, options.timeout));
    }
    if (!connected)
        return fail(mariaDbConnectError(failureOf(mysql.get()), url));
    keepFromBlocking(mysql.get());
    if ((tls->verify || tls->required) && !mysql_get_ssl_cipher(mysql.get()))
        return fail(Error(ErrorCode::TlsUnavailable).with(ErrorParam::Host, url.host));
    return mysql;
}

} // namespace rollcall::store
