#include "core/redis/RespChannel.h"

namespace rollcall::redis {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

RespChannel::RespChannel(RedisUrl url, http::HttpOptions options)
    : m_url(std::move(url)),
      m_options(std::move(options)),
      m_origin{m_url.tls, m_url.host, m_url.port},
      m_socket(m_options)
{}

base::Result<std::vector<RedisReply>> RespChannel::pipeline(std::span<const RedisCommand> commands,
                                                            const base::Call &outerCall)
{
    if (commands.empty())
        return std::vector<RedisReply>();
    m_socket.begin();
    const base::Call call = outerCall.atMost(m_options.timeout);
    // What came unasked would be taken for the answer to what is asked next.
    if (m_socket.hasArrived())
        m_socket.close();
    bool reused = m_socket.isConnectedTo(m_origin);
    while (true) {
        if (!reused) {
            if (base::Status connected = connect(call); !connected) {
                m_socket.close();
                return base::fail(std::move(connected.error()));
            }
        }
        Exchange answer = exchange(commands, call);
        if (answer)
            return std::move(*answer);
        m_socket.close();
        Failure &failure = answer.error();
        const bool again = reused && failure.dead && std::ranges::all_of(commands, isRepeatable);
        if (!again)
            return base::fail(explainRefusal(std::move(failure.error), failure.dead && !reused));
        reused = false;
    }
}

base::Status RespChannel::connect(const base::Call &call)
{
    if (base::Status allowed = m_url.checkTransport(m_options.insecureHosts); !allowed)
        return allowed;
    if (base::Status presented = presentCertificate(); !presented)
        return presented;
    if (base::Status connected = m_socket.connectTo(m_origin, call); !connected)
        return base::fail(explainRefusal(std::move(connected.error()), false));
    std::vector<RedisCommand> greeting;
    // A user without a password is one too; without AUTH the server would take us for its default user.
    if (!m_url.password.isEmpty() || !m_url.user.isEmpty()) {
        RedisCommand auth{"AUTH"};
        if (!m_url.user.isEmpty())
            auth.push_back(m_url.user.toUtf8());
        auth.push_back(m_url.password.view().toByteArray());
        greeting.push_back(std::move(auth));
    }
    if (m_url.database != 0)
        greeting.push_back({"SELECT", QByteArray::number(m_url.database)});
    if (greeting.empty())
        return {};
    const Exchange answer = exchange(greeting, call);
    for (RedisCommand &command : greeting)
        base::wipe(command.back());
    if (!answer)
        return base::fail(explainRefusal(answer.error().error, answer.error().dead));
    for (std::size_t i = 0; i < answer->size(); ++i) {
        const RedisReply &reply = answer->at(i);
        if (reply.kind != RedisReply::Kind::Error)
            continue;
        Error error = refusal(reply, m_origin.host);
        if (reply.text.contains("DB index is out of range")) {
            error = Error(ErrorCode::DatabaseNotFound)
                        .with(ErrorParam::Host, m_origin.host)
                        .with(ErrorParam::Name, QString::number(m_url.database));
        }
        return base::fail(std::move(error));
    }
    return {};
}

base::Status RespChannel::presentCertificate()
{
    if (m_presents || !m_url.certificate.isNamed())
        return {};
    auto identity = http::readIdentity(m_url.certificate, QStringLiteral("cache"));
    if (!identity)
        return base::fail(std::move(identity.error()));
    m_socket.present(std::move(*identity));
    m_presents = true;
    return {};
}

Error RespChannel::explainRefusal(Error error, bool isDead) const
{
    const QString detail = error.param(ErrorParam::Detail);
    if (error.code == ErrorCode::TlsFailed && detail.contains(QLatin1String("alert"))) {
        // With TLS 1.2 the certificate is judged in the handshake.
        if (m_presents)
            return http::errorAt(ErrorCode::TlsFailed, m_origin)
                .with(ErrorParam::Detail,
                      QString(QStringLiteral("the server does not take our client certificate: ") + detail));
        return http::errorAt(ErrorCode::TlsFailed, m_origin)
            .with(ErrorParam::Detail, QString(detail + QStringLiteral("; the server may want a client certificate")));
    }
    // With TLS 1.3 afterwards: the server hangs up without a word that arrives.
    if (!isDead || !m_url.tls)
        return error;
    return m_presents ? http::errorAt(ErrorCode::TlsFailed, m_origin)
                            .with(ErrorParam::Detail,
                                  QStringLiteral("the server hung up once it had seen our client certificate"))
                      : http::errorAt(ErrorCode::ConnectionLost, m_origin)
                            .with(ErrorParam::Detail, QStringLiteral("it was closed without an answer, as by a server "
                                                                     "that wants a client certificate"));
}

RespChannel::Exchange RespChannel::exchange(std::span<const RedisCommand> commands, const base::Call &call)
{
    QByteArray bytes;
    for (const RedisCommand &command : commands) {
        QByteArray encoded = encodeCommand(command);
        bytes += encoded;
        base::wipe(encoded);
    }
    base::Status written = m_socket.write(bytes, QStringLiteral("Sending to the cache"), call);
    base::wipe(bytes); // it may hold a password
    if (!written)
        return tl::unexpected(Failure{std::move(written.error())});

    std::vector<RedisReply> replies;
    replies.reserve(commands.size());
    RespFramer framer;
    while (replies.size() < commands.size()) {
        const base::Result<QByteArray> arrived = m_socket.read(QStringLiteral("The cache's answer"), call);
        if (!arrived)
            return tl::unexpected(Failure{arrived.error()});
        if (arrived->isEmpty()) {
            const bool dead = replies.empty() && !framer.started();
            return tl::unexpected(Failure{
                http::errorAt(ErrorCode::ConnectionLost, m_origin)
                    .with(ErrorParam::Detail, dead ? QStringLiteral("it was closed without an answer")
                                                   : QStringLiteral("it was closed in the middle of an answer")),
                dead});
        }
        QByteArrayView rest = *arrived;
        while (!rest.isEmpty() && replies.size() < commands.size()) {
            rest = rest.sliced(framer.feed(rest));
            if (framer.state() == RespFramer::State::Complete) {
                replies.push_back(framer.take());
            } else if (framer.state() == RespFramer::State::Failed) {
                if (framer.fault() == RespFault::TooLarge)
                    return tl::unexpected(Failure{http::errorAt(ErrorCode::HttpTooLarge, m_origin)
                                                      .with(ErrorParam::Limit, RespLimits().maxBytes)});
                return tl::unexpected(Failure{http::errorAt(ErrorCode::NotADatabase, m_origin)
                                                  .with(ErrorParam::Detail, faultText(*framer.fault()))});
            }
        }
        // Bytes that nobody asked for: replies would be taken for those of other commands from here on.
        if (!rest.isEmpty()) {
            return tl::unexpected(
                Failure{http::errorAt(ErrorCode::NotADatabase, m_origin)
                            .with(ErrorParam::Detail, QStringLiteral("it says more than it was asked"))});
        }
    }
    return replies;
}

} // namespace rollcall::redis
