#include "core/base/Secret.h"

#include <openssl/crypto.h>

#include <cstring>

namespace rollcall::base {

// Wiping is done by explicit_bzero(): as sure as OpenSSL's OPENSSL_cleanse(), which takes eight bytes at a time where
// this takes what the processor can.

SecretBytes::SecretBytes(QByteArrayView bytes)
    : m_data(bytes.isEmpty() ? nullptr : new char[static_cast<size_t>(bytes.size())]), m_size(bytes.size())
{
    if (m_data)
        std::memcpy(m_data.get(), bytes.data(), static_cast<size_t>(m_size));
}

SecretBytes SecretBytes::fromAndWipe(QByteArray &bytes)
{
    SecretBytes result{QByteArrayView(bytes)};
    base::wipe(bytes);
    return result;
}

SecretBytes SecretBytes::clone() const
{
    return SecretBytes(view());
}

bool operator==(const SecretBytes &a, const SecretBytes &b)
{
    return a.m_size == b.m_size &&
           (a.m_size == 0 || CRYPTO_memcmp(a.m_data.get(), b.m_data.get(), static_cast<size_t>(a.m_size)) == 0);
}

void SecretBytes::overwrite() noexcept
{
    ::explicit_bzero(m_data.get(), static_cast<size_t>(m_size));
    m_data.reset();
    m_size = 0;
}

void wipe(QByteArray &bytes)
{
    if (bytes.isNull())
        return;
    // A shared buffer belongs to others too, and detaching would only make one more copy: just let go of it then.
    if (!bytes.isEmpty() && bytes.isDetached())
        ::explicit_bzero(bytes.data(), static_cast<size_t>(bytes.size()));
    bytes.clear();
}

} // namespace rollcall::base
