#include "core/store/sql/HostResolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/base/Mutex.h"

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;

namespace rollcall::store {

namespace {

constexpr std::chrono::milliseconds slice(50);

/// Shared by the caller and the thread that may outlive it.
struct Lookup
{
    base::Mutex mutex;
    std::condition_variable_any changed;
    bool done ROLLCALL_GUARDED_BY(mutex) = false;
    std::vector<QByteArray> addresses ROLLCALL_GUARDED_BY(mutex);
};

std::vector<QByteArray> addressesOf(const QByteArray &host)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *list = nullptr;
    std::vector<QByteArray> result;
    if (getaddrinfo(host.constData(), nullptr, &hints, &list) != 0)
        return result;
    for (const addrinfo *entry = list; entry; entry = entry->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            result.emplace_back(text);
    }
    freeaddrinfo(list);
    return result;
}

} // namespace

base::Result<std::vector<QByteArray>> resolveHost(const QString &host, const base::Call &call)
{
    const auto lookup = std::make_shared<Lookup>();
    try {
        std::thread([lookup, name = host.toUtf8()] {
            auto found = addressesOf(name);
            const base::MutexLock lock(lookup->mutex);
            lookup->addresses = std::move(found);
            lookup->done = true;
            lookup->changed.notify_all();
        }).detach();
    } catch (const std::system_error &) {
        return fail(Error(ErrorCode::Overloaded));
    }
    base::MutexLock lock(lookup->mutex);
    while (!lookup->done) {
        if (call.cancelled())
            return fail(Error(ErrorCode::Cancelled));
        if (call.expired())
            return fail(Error(ErrorCode::ConnectTimeout).with(ErrorParam::Host, host));
        lookup->changed.wait_for(lock, slice);
    }
    if (lookup->addresses.empty())
        return fail(Error(ErrorCode::HostNotFound).with(ErrorParam::Host, host));
    return lookup->addresses;
}

} // namespace rollcall::store
