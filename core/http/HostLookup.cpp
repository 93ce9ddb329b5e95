#include "core/http/HostLookup.h"

#include <QHash>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/Mutex.h"

namespace rollcall::http {

using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::chrono::milliseconds slice{50};
constexpr std::size_t maxAddresses = 4;
constexpr qsizetype maxLookups = 8;

/// One host's look-up: its own thread's and all who wait for it, whichever live longer. Guarded by Lookups::mutex.
struct Lookup
{
    bool done = false;
    std::vector<sockaddr_storage> found;
};

/// The look-ups of this process.
struct Lookups
{
    base::Mutex mutex;
    std::condition_variable_any changed; ///< one has ended
    /// Those under way by their hosts, abandoned ones included.
    QHash<QString, std::shared_ptr<Lookup>> running ROLLCALL_GUARDED_BY(mutex);
};

/// Never destroyed: an abandoned look-up may end while the process does.
Lookups &lookups()
{
    static auto *const all = new Lookups;
    return *all;
}

std::vector<sockaddr_storage> askResolver(const QByteArray &host)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo *list = nullptr;
    std::vector<sockaddr_storage> found;
    if (getaddrinfo(host.constData(), nullptr, &hints, &list) == 0) {
        for (const addrinfo *entry = list; entry != nullptr && found.size() < maxAddresses; entry = entry->ai_next) {
            sockaddr_storage address{};
            std::memcpy(&address, entry->ai_addr, std::min<std::size_t>(entry->ai_addrlen, sizeof address));
            found.push_back(address);
        }
        freeaddrinfo(list);
    }
    return found;
}

/// Begins the look-up of @p host on a thread of its own; null where the system gives none.
std::shared_ptr<Lookup> beginLookup(Lookups &all, const QString &host) ROLLCALL_REQUIRES(all.mutex)
{
    const auto lookup = std::make_shared<Lookup>();
    try {
        std::thread([lookup, host, &all] {
            std::vector<sockaddr_storage> found = askResolver(host.toLatin1());
            const base::MutexLock lock(all.mutex);
            lookup->found = std::move(found);
            lookup->done = true;
            all.running.remove(host);
            all.changed.notify_all();
        }).detach();
    } catch (const std::system_error &) {
        return nullptr;
    }
    all.running.insert(host, lookup);
    return lookup;
}

/// Why a wait for @p lookup, or for a place where it is null, ended without it.
base::Error unanswered(const QString &host, const Lookup *lookup, const base::Call &call,
                       base::Call::Clock::time_point begun)
{
    if (call.cancelled())
        return base::Error(ErrorCode::Cancelled);
    if (!lookup)
        return base::Error(ErrorCode::Overloaded);
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - begun);
    return base::Error(ErrorCode::ConnectTimeout).with(ErrorParam::Host, host).with(ErrorParam::Duration, waited);
}

} // namespace

std::vector<QHostAddress> knownAddresses(const QString &host)
{
    if (host.compare(QStringLiteral("localhost"), Qt::CaseInsensitive) == 0)
        return {QHostAddress(QHostAddress::LocalHostIPv6), QHostAddress(QHostAddress::LocalHost)};
    const QHostAddress literal(host);
    return literal.isNull() ? std::vector<QHostAddress>() : std::vector<QHostAddress>{literal};
}

base::Result<std::vector<QHostAddress>> lookUpHost(const QString &host, const base::Call &call)
{
    if (std::vector<QHostAddress> known = knownAddresses(host); !known.empty())
        return known;
    const auto begun = base::Call::Clock::now();
    Lookups &all = lookups();
    base::MutexLock lock(all.mutex);
    std::shared_ptr<Lookup> lookup;
    while (true) {
        if (!lookup)
            lookup = all.running.value(host);
        if (!lookup && all.running.size() < maxLookups) {
            lookup = beginLookup(all, host);
            if (!lookup)
                return base::fail(base::Error(ErrorCode::Overloaded));
        }
        if (lookup && lookup->done)
            break;
        if (call.cancelled() || call.expired())
            return base::fail(unanswered(host, lookup.get(), call, begun));
        all.changed.wait_for(lock, std::min(slice, call.remaining() + std::chrono::milliseconds(1)));
    }
    std::vector<QHostAddress> addresses;
    for (const sockaddr_storage &address : lookup->found)
        addresses.emplace_back(reinterpret_cast<const sockaddr *>(&address));
    if (addresses.empty())
        return base::fail(base::Error(ErrorCode::HostNotFound).with(ErrorParam::Host, host));
    return addresses;
}

} // namespace rollcall::http
