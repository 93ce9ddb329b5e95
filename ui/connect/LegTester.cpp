#include "ui/connect/LegTester.h"

namespace rollcall::connect {

LegTester::LegTester(Input input, const base::Clock &clock, QObject *parent)
    : QObject(parent), m_input(std::move(input)), m_opener(clock)
{
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(debounce);
    connect(&m_debounce, &QTimer::timeout, this, &LegTester::start);
    connect(&m_opener, &ConnectionOpener::legKnown, this, [this](const deployment::Leg &leg) {
        m_legs.insert_or_assign(leg.kind, leg);
        Q_EMIT changed();
    });
    connect(&m_opener, &ConnectionOpener::checked, this, [this](const deployment::CheckResult &result) {
        m_result = result;
        Q_EMIT changed();
    });
    connect(&m_opener, &ConnectionOpener::failed, this, [this](const base::Error &error) {
        m_inputError = error;
        Q_EMIT changed();
    });
}

void LegTester::forget()
{
    m_opener.cancel();
    m_cancelled = false;
    m_inputError.reset();
    m_legs.clear();
    m_result.reset();
}

void LegTester::touch()
{
    forget();
    m_debounce.start();
    Q_EMIT changed();
}

void LegTester::start()
{
    m_debounce.stop();
    forget();
    auto config = m_input();
    if (!config) {
        m_inputError = config.error();
    } else if (*config) {
        m_elapsed.start();
        m_opener.check(std::move(**config));
    }
    Q_EMIT changed();
}

void LegTester::cancel()
{
    if (!isPending())
        return;
    m_debounce.stop();
    m_opener.cancel();
    m_cancelled = true;
    Q_EMIT changed();
}

const deployment::Leg *LegTester::leg(deployment::LegKind kind) const
{
    const auto found = m_legs.find(kind);
    return found == m_legs.end() ? nullptr : &found->second;
}

} // namespace rollcall::connect
