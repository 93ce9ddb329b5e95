#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <atomic>
#include <optional>
#include <span>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/HmacSha512.h"
#include "core/jose/OpenSslPtr.h"

namespace rollcall::jose {

/// A content key with everything that stays the same from token to token made ready: the protected header that a
/// library writes for it, cipher contexts with the key loaded, HMAC states. It opens and seals `dir` tokens with
/// exactly that header; all others are left to decryptV4() and decryptV5().
///
/// Contexts are lent to one call at a time from a fixed number of slots and given back, so they belong to this object,
/// not to threads, and are wiped with it.
/// **Thread-safety:** thread-safe; it must outlive the calls into it.
class ReadyKey final
{
public:
    /// @p algorithm: A256GCM or A256CBC-HS512. @p key: of the algorithm's length. @p headerJson: the protected header.
    ReadyKey(const ContentAlgorithm &algorithm, const base::SecretBytes &key, QByteArray headerJson);
    ReadyKey(const ReadyKey &) = delete;
    ReadyKey &operator=(const ReadyKey &) = delete;
    ~ReadyKey();

    /// The protected header, JSON.
    [[nodiscard]] const QByteArray &headerJson() const { return m_headerJson; }
    /// The protected header as it stands in tokens.
    [[nodiscard]] const QByteArray &header() const { return m_header; }

    /// The plaintext of @p token. nullopt where its header is another, where anything about it is unusual (base64 with
    /// white space), or where it does not authenticate: the careful path then says what is wrong.
    [[nodiscard]] std::optional<QByteArray> open(QByteArrayView token) const;

    /// What seal() needs of room behind a plaintext for IV and padding; without it, it makes itself a copy.
    static constexpr qsizetype sealingRoom = 16 + 16;

    /// Seals @p plaintext, which is overwritten. Errors: Internal (OpenSSL refused).
    [[nodiscard]] base::Result<base::SecretBytes> seal(QByteArray &plaintext) const;

private:
    class Loan;
    /// Both directions, made when they are first wanted.
    struct Contexts
    {
        OpenSslPtr<EVP_CIPHER_CTX> decrypt;
        OpenSslPtr<EVP_CIPHER_CTX> encrypt;
    };
    struct alignas(64) Slot
    {
        std::atomic_flag lent; ///< whoever sets it has the contexts until it clears it
        Contexts contexts;
    };

    [[nodiscard]] std::optional<qsizetype> decryptCbc(std::span<char> text, QByteArrayView tag) const;
    [[nodiscard]] std::optional<qsizetype> decryptGcm(std::span<char> text, QByteArrayView tag) const;
    [[nodiscard]] bool encryptCbc(QByteArray &text, char *tag) const;
    [[nodiscard]] bool encryptGcm(QByteArray &text, char *tag) const;
    [[nodiscard]] bool prependRandom(QByteArray &text) const;

    const ContentAlgorithm &m_algorithm;
    base::SecretBytes m_key;
    QByteArray m_headerJson;
    QByteArray m_header;
    std::optional<HmacSha512> m_mac; ///< CBC alone
    mutable std::array<Slot, 16> m_slots;
};

} // namespace rollcall::jose
