#pragma once

#include <QByteArray>
#include <QUrl>

#include <functional>
#include <memory>

namespace rollcall::test {

/// An https server on all addresses and a thread of its own that answers each request; from a request on it can show another
/// certificate to those who connect, as after one was changed. **Thread-safety:** all functions from any thread.
class TlsServer final
{
public:
    /// The answer to request @p index (from 0), as bytes; called on the server's thread.
    using Script = std::function<QByteArray(int index)>;

    explicit TlsServer(Script script);
    ~TlsServer();
    TlsServer(const TlsServer &) = delete;
    TlsServer &operator=(const TlsServer &) = delete;

    /// @p host: under which it is addressed; its certificate names localhost and 0.0.0.0.
    [[nodiscard]] QUrl url(const QString &host = QStringLiteral("127.0.0.1")) const;
    /// Whoever connects from now on is shown the other certificate; connections that are there are closed.
    void changeCertificate();
    /// How many requests came.
    [[nodiscard]] int requests() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace rollcall::test
