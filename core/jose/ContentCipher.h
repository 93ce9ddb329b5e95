#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QStringView>

#include <optional>

#include "core/base/Result.h"

namespace rollcall::jose {

/// A content encryption algorithm of RFC 7518 §5. **Thread-safety:** constant.
struct ContentAlgorithm
{
    const char *name;   ///< the `enc` value
    bool cbc;           ///< AES-CBC with HMAC; else AES-GCM
    qsizetype keyBytes; ///< of the content key; CBC: MAC key, then AES key, half each
    qsizetype ivBytes;
    qsizetype tagBytes;
    const char *cipher; ///< OpenSSL's name
    const char *digest; ///< OpenSSL's name of the HMAC's hash; nullptr for GCM
};

/// The algorithm called @p enc; nullptr where jose knows none of that name.
[[nodiscard]] const ContentAlgorithm *contentAlgorithm(QStringView enc);

/// Authenticates and decrypts; nullopt where the tag does not fit (or has a wrong length), or padding is wrong. Key and
/// IV must have the algorithm's lengths (nullopt else). The MAC is checked in constant time, before decryption.
[[nodiscard]] std::optional<QByteArray> openContent(const ContentAlgorithm &algorithm, QByteArrayView key,
                                                    QByteArrayView iv, QByteArrayView ciphertext, QByteArrayView tag,
                                                    QByteArrayView aad);

struct SealedContent
{
    QByteArray ciphertext;
    QByteArray tag;
};

/// Encrypts and authenticates. Errors: Internal (OpenSSL refused).
[[nodiscard]] base::Result<SealedContent> sealContent(const ContentAlgorithm &algorithm, QByteArrayView key,
                                                      QByteArrayView iv, QByteArrayView plaintext, QByteArrayView aad);

/// Whether content that failed authentication would, decrypted all the same, begin like a JSON object: then the key is
/// right and something was altered. For diagnosis only: the plaintext goes nowhere.
[[nodiscard]] bool beginsLikeJson(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv,
                                  QByteArrayView ciphertext);

} // namespace rollcall::jose
