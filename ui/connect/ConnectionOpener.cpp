#include "ui/connect/ConnectionOpener.h"

namespace rollcall::connect {

using deployment::CheckResult;
using deployment::ConnectionConfig;
using deployment::Deployment;
using deployment::Leg;

namespace {

/// All legs run side by side, each within its own bound: twice that is more than all of them take.
std::chrono::milliseconds wholeBudget(const ConnectionConfig &config)
{
    return 2 * std::max(config.storeOptions.timeout, config.httpOptions.timeout);
}

} // namespace

ConnectionOpener::ConnectionOpener(const base::Clock &clock, QObject *parent)
    : QObject(parent), m_clock(clock), m_worker("rc-connect")
{}

ConnectionOpener::~ConnectionOpener()
{
    m_stop.request_stop();
}

void ConnectionOpener::check(ConnectionConfig config)
{
    run(std::move(config), false);
}

void ConnectionOpener::open(ConnectionConfig config)
{
    run(std::move(config), true);
}

void ConnectionOpener::cancel()
{
    m_stop.request_stop();
    ++m_generation;
    m_busy = false;
}

void ConnectionOpener::run(ConnectionConfig config, bool andOpen)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_busy = true;
    const quint64 generation = ++m_generation;
    // A std::function must be copyable, the configuration is not: it holds secrets.
    auto shared = std::make_shared<ConnectionConfig>(std::move(config));
    const auto submitted =
        m_worker.submit([this, generation, shared, andOpen, &clock = m_clock, stop = m_stop.get_token(),
                         sender = m_mailbox.sender()](const std::stop_token &) {
            const base::Call call = base::Call::within(wholeBudget(*shared), stop);
            const CheckResult result =
                deployment::checkConnection(*shared, clock, call, [this, generation, &sender](const Leg &leg) {
                    sender.post([this, generation, leg] {
                        if (generation == m_generation)
                            Q_EMIT legKnown(leg);
                    });
                });
            if (!andOpen) {
                sender.post([this, generation, result] {
                    if (generation != m_generation)
                        return;
                    m_busy = false;
                    Q_EMIT checked(result);
                });
                return;
            }
            auto deployment = Deployment::open(std::move(*shared), result, {}, clock);
            sender.post([this, generation, result, deployment = std::move(deployment)] {
                if (generation != m_generation)
                    return;
                m_busy = false;
                if (deployment)
                    Q_EMIT opened(*deployment, result);
                else
                    Q_EMIT failed(deployment.error());
            });
        });
    if (!submitted) {
        m_busy = false;
        Q_EMIT failed(submitted.error());
    }
}

} // namespace rollcall::connect
