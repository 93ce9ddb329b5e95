#pragma once

#include <functional>
#include <memory>

#include "core/base/Call.h"
#include "core/http/HttpMessage.h"

namespace rollcall::demo {

/// What the demo answers to a request. Date, framing and connection headers are the server's.
struct DemoAnswer
{
    int status = 200;
    http::HeaderList headers; ///< Content-Type among them where there is a body
    QByteArray body;
};

/// Called for each request, on the connection's thread and so possibly for several at once. The Call ends when the
/// server stops or the request has taken 30 s.
using DemoHandler = std::function<DemoAnswer(const http::HttpMessage &request, const base::Call &call)>;

/// A small HTTP/1.1 server on 127.0.0.1 over our own framer: keep-alive, one thread a connection, at most 64
/// connections (more are told 503), 32 KiB of headers, 64 KiB of body, 10 s for a request to arrive, 30 s between
/// requests. Bodies leave chunked, as Next.js sends them. **Thread-safety:** made and destroyed on one thread; port()
/// from any.
class DemoServer final
{
public:
    /// Listens; who connects waits until start(). @p port 0: a free one. Errors: UsageInvalid (the port is taken or not
    /// allowed; Flag `--port`).
    [[nodiscard]] static base::Result<std::unique_ptr<DemoServer>> listen(quint16 port);

    /// Begins to answer; call once. Errors: Internal (the system gives no thread).
    [[nodiscard]] base::Status start(DemoHandler handler);

    /// Stops: no new connections, those open are closed within 100 ms or when their handler returns. Blocks for it.
    ~DemoServer();
    DemoServer(const DemoServer &) = delete;
    DemoServer &operator=(const DemoServer &) = delete;

    [[nodiscard]] quint16 port() const;

private:
    class Private;
    explicit DemoServer(std::unique_ptr<Private> implementation);
    std::unique_ptr<Private> d;
};

} // namespace rollcall::demo
