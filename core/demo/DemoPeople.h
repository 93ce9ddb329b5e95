#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <random>

namespace rollcall::demo {

/// The demo's source of chance: seeded, so that the same seed gives the same people and sessions on every machine.
/// **Thread-safety:** one object belongs to one thread.
class DemoRandom final
{
public:
    explicit DemoRandom(quint64 seed) : m_engine(seed) {}

    /// 0 … @p bound - 1 (bound > 0). The standard's own distributions differ between libraries, so they are not used.
    [[nodiscard]] quint64 below(quint64 bound) { return m_engine() % bound; }
    /// 0 ≤ x < 1.
    [[nodiscard]] double unit() { return static_cast<double>(m_engine() >> 11) * 0x1.0p-53; }
    [[nodiscard]] bool chance(double probability) { return unit() < probability; }
    /// A version 4 UUID, as `crypto.randomUUID()` gives.
    [[nodiscard]] QByteArray uuid();
    /// An id of 25 characters in the form of Prisma's cuid().
    [[nodiscard]] QByteArray cuid();

private:
    std::mt19937_64 m_engine;
};

/// A made-up user of the demo.
struct DemoPerson
{
    std::optional<QString> name;  ///< some never gave one
    std::optional<QString> email; ///< under example domains (RFC 2606), unique by @p index
    QStringList providers;        ///< "google", "github", …; empty for a few
};

/// Person number @p index: names from many languages and scripts.
[[nodiscard]] DemoPerson makePerson(DemoRandom &random, qint64 index);

/// A plausible User-Agent text.
[[nodiscard]] QString makeUserAgent(DemoRandom &random);

/// An address from the documentation ranges, mostly IPv4. **Source:** RFC 5737, RFC 3849.
[[nodiscard]] QString makeIpAddress(DemoRandom &random);

} // namespace rollcall::demo
