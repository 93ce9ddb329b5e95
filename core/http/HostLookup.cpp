#include "core/http/HostLookup.h"

#include <algorithm>
#include <atomic>
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
constexpr int maxLookups = 8;

/// Look-ups under way in this process, abandoned ones included.
std::atomic<int> lookupsRunning{0};

/// Shared by the asking thread and the look-up's own, whichever lives longer.
struct Lookup
{
    base::Mutex mutex;
    std::condition_variable_any finished;
    bool done = false;
    std::vector<sockaddr_storage> found;
};

void runLookup(const std::shared_ptr<Lookup> &lookup, const QByteArray &host)
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
    const base::MutexLock lock(lookup->mutex);
    lookup->found = std::move(found);
    lookup->done = true;
    lookup->finished.notify_all();
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
    if (lookupsRunning.fetch_add(1) >= maxLookups) {
        lookupsRunning.fetch_sub(1);
        return base::fail(base::Error(ErrorCode::Overloaded));
    }
    const auto lookup = std::make_shared<Lookup>();
    try {
        std::thread([lookup, name = host.toLatin1()] {
            runLookup(lookup, name);
            lookupsRunning.fetch_sub(1);
        }).detach();
    } catch (const std::system_error &) {
        lookupsRunning.fetch_sub(1);
        return base::fail(base::Error(ErrorCode::Overloaded));
    }

    base::MutexLock lock(lookup->mutex);
    while (!lookup->done) {
        if (call.cancelled())
            return base::fail(base::Error(ErrorCode::Cancelled));
        if (call.expired()) {
            const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - begun);
            return base::fail(
                base::Error(ErrorCode::ConnectTimeout).with(ErrorParam::Host, host).with(ErrorParam::Duration, waited));
        }
        lookup->finished.wait_for(lock, std::min(slice, call.remaining() + std::chrono::milliseconds(1)));
    }
    std::vector<QHostAddress> addresses;
    for (const sockaddr_storage &address : lookup->found)
        addresses.emplace_back(reinterpret_cast<const sockaddr *>(&address));
    if (addresses.empty())
        return base::fail(base::Error(ErrorCode::HostNotFound).with(ErrorParam::Host, host));
    return addresses;
}

} // namespace rollcall::http
