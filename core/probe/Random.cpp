#include "core/probe/Random.h"

#include <bit>

namespace rollcall::probe {

Random::Random(quint64 seed)
{
    for (quint64 &word : m_state) {
        seed += 0x9e3779b97f4a7c15ULL;
        quint64 z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        word = z ^ (z >> 31);
    }
}

quint64 Random::next()
{
    const quint64 result = std::rotl(m_state[1] * 5, 7) * 9;
    const quint64 shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

double Random::uniform()
{
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

quint64 Random::below(quint64 bound)
{
    const quint64 threshold = (0 - bound) % bound; // values below it would favour small results
    quint64 value = next();
    while (value < threshold)
        value = next();
    return value % bound;
}

} // namespace rollcall::probe
