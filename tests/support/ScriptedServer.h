#pragma once

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace rollcall::test {

/// What a ScriptedServer does after one request, in this order: wait, send (in pieces), close or hang.
struct Reply
{
    QByteArray bytes;                        ///< sent as they stand
    std::chrono::milliseconds delay{0};      ///< before the first byte
    qsizetype pieceSize = 0;                 ///< 0: all at once
    std::chrono::milliseconds pieceDelay{0}; ///< before each piece but the first
    bool close = false;                      ///< end the connection afterwards
    bool reset = false;                      ///< end it with RST instead of FIN
    bool hang = false;                       ///< send nothing more, keep the connection until the client ends it

    /// A complete answer with Content-Length. @p head: further header lines, each with CR LF.
    [[nodiscard]] static Reply http(int status, const QByteArray &body,
                                    const QByteArray &contentType = QByteArrayLiteral("application/json"),
                                    const QByteArray &head = {});
};

/// A tiny server on 127.0.0.1 (free port) that answers scripted bytes with scripted delays, right or wrong; one thread
/// a connection, all ended by the destructor. **Thread-safety:** all functions may be called from any thread.
class ScriptedServer final
{
public:
    /// One request as it arrived (head and, by Content-Length, body).
    struct Request
    {
        QByteArray bytes;
        int connection = 0; ///< from 0, in the order of accepting
        int index = 0;      ///< from 0, over all connections

        /// "GET /path HTTP/1.1".
        [[nodiscard]] QByteArray requestLine() const;
        /// Value of header @p name (lower case); empty where absent.
        [[nodiscard]] QByteArray header(const QByteArray &name) const;
    };
    /// Called on the connection's thread for each request.
    using Script = std::function<Reply(const Request &)>;

    /// @p greeting is sent on each new connection before anything is read, as an SSH server would.
    explicit ScriptedServer(Script script, std::optional<Reply> greeting = std::nullopt);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer &) = delete;
    ScriptedServer &operator=(const ScriptedServer &) = delete;

    [[nodiscard]] quint16 port() const;
    /// "http://127.0.0.1:PORT" + @p path.
    [[nodiscard]] QUrl url(const QString &path = QStringLiteral("/")) const;
    /// What was asked so far.
    [[nodiscard]] std::vector<Request> requests() const;
    /// Sends @p bytes, which nobody asked for, on the open connection of that number. On return they lie with the
    /// client's system. False where there is no such connection any more.
    bool push(int connection, const QByteArray &bytes);
    /// Ends the open connection of that number, as a server does with an idle one. False where there is none any more.
    bool hangUp(int connection);
    /// How many connections were accepted so far.
    [[nodiscard]] int connections() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace rollcall::test
