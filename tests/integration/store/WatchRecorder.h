#pragma once

#include <QRegularExpression>
#include <QStringList>
#include <QTest>

#include <mutex>
#include <thread>

#include "core/base/ErrorText.h"
#include "core/store/watch/SessionWatcher.h"

namespace rollcall::test {

/// Runs a SessionWatcher on a thread of its own and writes down what it tells.
/// **Thread-safety:** belongs to one thread; the writing down does not.
class WatchRecorder final : private store::WatchObserver
{
public:
    WatchRecorder(store::SessionWatcher::Sources sources, store::SessionWatcher::Options options,
                  const base::Clock &clock)
        : m_watcher(std::move(sources), options, clock), m_thread([this](const std::stop_token &stop) {
              const auto ended = m_watcher.run(*this, stop);
              const std::lock_guard lock(m_mutex);
              m_ended = true;
              if (!ended)
                  m_error = base::errorName(ended.error().code);
          })
    {}

    [[nodiscard]] store::SessionWatcher &watcher() { return m_watcher; }
    /// "watching", "lost ConnectionLost", "signed-in a3f1…", in their order.
    [[nodiscard]] QStringList told() const
    {
        const std::lock_guard lock(m_mutex);
        return m_told;
    }
    [[nodiscard]] bool has(const QString &line) const { return told().contains(line); }
    [[nodiscard]] int countOf(const QString &begin) const
    {
        return int(told().filter(QRegularExpression(QLatin1Char('^') + begin)).size());
    }
    [[nodiscard]] store::WatchScope scope() const
    {
        const std::lock_guard lock(m_mutex);
        return m_scope;
    }
    [[nodiscard]] bool hasEnded() const
    {
        const std::lock_guard lock(m_mutex);
        return m_ended;
    }
    /// With what error; empty for none.
    [[nodiscard]] QString error() const
    {
        const std::lock_guard lock(m_mutex);
        return m_error;
    }
    void stop() { m_thread.request_stop(); }
    [[nodiscard]] QByteArray all() const { return told().join(QLatin1Char('\n')).toUtf8() + ' ' + error().toUtf8(); }

private:
    base::Status watching(const store::WatchScope &scope, base::Instant) override
    {
        add(QStringLiteral("watching"));
        const std::lock_guard lock(m_mutex);
        m_scope = scope;
        return {};
    }
    base::Status changed(std::span<const store::SessionChange> changes) override
    {
        static const QStringList names{QStringLiteral("signed-in"), QStringLiteral("extended"),
                                       QStringLiteral("shortened"), QStringLiteral("expired"),
                                       QStringLiteral("revoked")};
        for (const store::SessionChange &change : changes)
            add(names.at(int(change.kind)) + (change.certain ? QStringLiteral(" ") : QStringLiteral("? ")) +
                change.session.fingerprint.text());
        return {};
    }
    base::Status lost(const base::Error &error, std::chrono::milliseconds) override
    {
        add(QStringLiteral("lost ") + base::errorName(error.code));
        return {};
    }
    void add(const QString &line)
    {
        const std::lock_guard lock(m_mutex);
        m_told << line;
    }

    store::SessionWatcher m_watcher;
    mutable std::mutex m_mutex;
    QStringList m_told;
    store::WatchScope m_scope;
    QString m_error;
    bool m_ended = false;
    std::jthread m_thread; ///< the last: it ends first
};

} // namespace rollcall::test
