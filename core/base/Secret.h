#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <utility>

#include "core/base/Fingerprint.h"

namespace rollcall::base {

/// Bytes that must not be seen: a session token, a secret, a password, a key. Not copyable by accident (use clone()),
/// wiped when destroyed, no stream operator. **Thread-safety:** reentrant; one object belongs to one thread at a time.
class SecretBytes final
{
public:
    SecretBytes() = default;
    /// Copies @p bytes. The caller wipes its own copy where it owns one (see fromAndWipe()).
    explicit SecretBytes(QByteArrayView bytes);
    SecretBytes(SecretBytes &&other) noexcept : m_data(std::move(other.m_data)), m_size(std::exchange(other.m_size, 0))
    {}
    SecretBytes &operator=(SecretBytes &&other) noexcept
    {
        if (this != &other) {
            wipe();
            m_data = std::move(other.m_data);
            m_size = std::exchange(other.m_size, 0);
        }
        return *this;
    }
    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;
    ~SecretBytes() { wipe(); }

    /// What @p write puts into memory of @p room bytes: it is called with the first one's address, and returns the one
    /// behind the last that it wrote. So that a secret is made where it stays, and leaves no copies.
    template <typename Write>
    [[nodiscard]] static SecretBytes written(qsizetype room, Write write)
    {
        SecretBytes result;
        result.m_data.reset(new char[static_cast<std::size_t>(room)]);
        result.m_size = room;
        const char *end = write(result.m_data.get());
        result.m_size = end - result.m_data.get();
        return result;
    }

    /// Takes over the content of @p bytes and wipes them (as far as they are not shared).
    [[nodiscard]] static SecretBytes fromAndWipe(QByteArray &bytes);

    /// A deliberate second copy.
    [[nodiscard]] SecretBytes clone() const;

    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] qsizetype size() const { return m_size; }
    /// A view of the bytes, valid while this object lives and is not assigned to.
    [[nodiscard]] QByteArrayView view() const { return {m_data.get(), m_size}; }
    /// The fingerprint of the content.
    [[nodiscard]] Fingerprint fingerprint() const { return Fingerprint::of(view()); }

    /// Constant-time comparison.
    friend bool operator==(const SecretBytes &a, const SecretBytes &b);

private:
    void wipe() noexcept
    {
        if (m_data)
            overwrite();
    }
    void overwrite() noexcept;

    std::unique_ptr<char[]> m_data;
    qsizetype m_size = 0;
};

/// Overwrites @p bytes with zeros in a way that the compiler may not drop, then empties it. Where the buffer is shared
/// with another QByteArray it is only released: the last holder must wipe it.
void wipe(QByteArray &bytes);

} // namespace rollcall::base
