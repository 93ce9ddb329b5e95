#include "core/jose/ReadyKey.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <QtEndian>

#include <cstring>

#include "core/jose/Base64Url.h"
#include "core/jose/Jwe.h"
#include "core/jose/OpenSslPtr.h"
#include "core/jose/RandomBytes.h"

namespace rollcall::jose {

namespace {

constexpr qsizetype cbcBlock = 16;

unsigned char *data(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

int intSize(QByteArrayView view)
{
    return static_cast<int>(view.size());
}

/// A small number of the calling thread, for its place among the slots: threads that run at once mostly have different
/// ones, and where they share one, the second just finds it empty.
std::size_t threadNumber()
{
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
    return number;
}

OpenSslPtr<EVP_CIPHER_CTX> contextFor(const ContentAlgorithm &algorithm, const base::SecretBytes &key, bool encrypt)
{
    const OpenSslPtr<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, algorithm.cipher, nullptr));
    OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    const QByteArrayView aesKey = algorithm.cbc ? key.view().sliced(algorithm.keyBytes / 2) : key.view();
    if (!cipher || !context ||
        EVP_CipherInit_ex2(context.get(), cipher.get(), bytes(aesKey), nullptr, encrypt ? 1 : 0, nullptr) != 1)
        return nullptr;
    return context;
}

/// Starts a message under a GCM context's key: sets its IV and, where it is to be checked, the tag.
/// EVP_CipherInit_ex2() would do the same but first asks the provider for the length of the IV, among eight parameters
/// compared by name, which takes longer than to decrypt a token; a fixed part of length -1 is the whole IV. **Source:**
/// OpenSSL 3.0, providers/implementations/ciphers/ciphercommon_gcm.c, gcm_tls_iv_set_fixed().
bool startGcm(EVP_CIPHER_CTX *context, QByteArrayView iv, QByteArrayView tag)
{
    // OpenSSL only reads them here, but its parameters are not const.
    const std::array params{
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, const_cast<char *>(iv.data()),
                                          static_cast<std::size_t>(-1)),
        tag.isEmpty() ? OSSL_PARAM_construct_end()
                      : OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, const_cast<char *>(tag.data()),
                                                          static_cast<std::size_t>(tag.size())),
        OSSL_PARAM_construct_end()};
    return EVP_CIPHER_CTX_set_params(context, params.data()) == 1;
}

} // namespace

/// Both directions, made when they are first wanted.
struct ReadyKey::Contexts
{
    OpenSslPtr<EVP_CIPHER_CTX> decrypt;
    OpenSslPtr<EVP_CIPHER_CTX> encrypt;
};

/// One call's hold on contexts: taken from the thread's slot or made, and given back unless something failed, so that
/// no token ever meets a context that a refused one has left in an unknown state.
class ReadyKey::Loan final
{
public:
    Loan(const ReadyKey &key, bool encrypt) : m_slot(key.m_slots[threadNumber() % key.m_slots.size()])
    {
        m_contexts.reset(m_slot.free.exchange(nullptr, std::memory_order_acquire));
        if (!m_contexts)
            m_contexts = std::make_unique<Contexts>();
        auto &wanted = encrypt ? m_contexts->encrypt : m_contexts->decrypt;
        if (!wanted)
            wanted = contextFor(key.m_algorithm, key.m_key, encrypt);
        m_context = wanted.get();
    }
    Loan(const Loan &) = delete;
    Loan &operator=(const Loan &) = delete;
    ~Loan()
    {
        if (m_good)
            delete m_slot.free.exchange(m_contexts.release(), std::memory_order_acq_rel);
    }

    /// Null where OpenSSL could make none.
    [[nodiscard]] EVP_CIPHER_CTX *context() const { return m_context; }
    /// The contexts may be used again.
    bool good()
    {
        m_good = true;
        return true;
    }

private:
    Slot &m_slot;
    std::unique_ptr<Contexts> m_contexts;
    EVP_CIPHER_CTX *m_context = nullptr;
    bool m_good = false;
};

ReadyKey::ReadyKey(const ContentAlgorithm &algorithm, const base::SecretBytes &key, QByteArray headerJson)
    : m_algorithm(algorithm),
      m_key(key.clone()),
      m_headerJson(std::move(headerJson)),
      m_header(toBase64Url(m_headerJson))
{
    if (algorithm.cbc)
        m_mac.emplace(m_key.view().first(algorithm.keyBytes / 2), m_header);
}

ReadyKey::~ReadyKey()
{
    for (Slot &slot : m_slots)
        delete slot.free.load(std::memory_order_acquire);
}

std::optional<QByteArray> ReadyKey::open(QByteArrayView token) const
{
    std::array<char, 16> ivBuffer;
    std::array<char, 32> tagBuffer;
    const std::span iv(ivBuffer.data(), static_cast<std::size_t>(m_algorithm.ivBytes));
    const std::span tag(tagBuffer.data(), static_cast<std::size_t>(m_algorithm.tagBytes));
    // Lengths of IV and tag are fixed, so the places of all dots are known; one more of them is no base64.
    const qsizetype ivAt = m_header.size() + 2;
    const qsizetype textAt = ivAt + base64UrlSize(m_algorithm.ivBytes) + 1;
    const qsizetype tagAt = token.size() - base64UrlSize(m_algorithm.tagBytes);
    if (tagAt - 1 <= textAt || token.size() > maxTokenBytes || !token.startsWith(m_header) || token[ivAt - 2] != '.' ||
        token[ivAt - 1] != '.' || token[textAt - 1] != '.' || token[tagAt - 1] != '.' ||
        !decodeBase64Url(token.sliced(ivAt, textAt - 1 - ivAt), iv) || !decodeBase64Url(token.sliced(tagAt), tag))
        return std::nullopt;
    const QByteArrayView encoded = token.sliced(textAt, tagAt - 1 - textAt);
    QByteArray text(base64UrlBytes(encoded.size()), Qt::Uninitialized);
    if (!decodeBase64Url(encoded, std::span(text.data(), static_cast<std::size_t>(text.size()))))
        return std::nullopt;
    if (!decrypt(QByteArrayView(iv), QByteArrayView(tag), text)) {
        base::wipe(text);
        return std::nullopt;
    }
    return text;
}

HmacSha512::Mac ReadyKey::macOf(QByteArrayView iv, QByteArrayView ciphertext) const
{
    std::array<char, sizeof(quint64)> headerBits{};
    qToBigEndian(static_cast<quint64>(m_header.size()) * 8, headerBits.data());
    return m_mac->of({iv, ciphertext, QByteArrayView(headerBits)});
}

/// Decrypts @p text in place.
bool ReadyKey::decrypt(QByteArrayView iv, QByteArrayView tag, QByteArray &text) const
{
    if (m_mac) {
        const HmacSha512::Mac mac = macOf(iv, text);
        if (text.size() % cbcBlock != 0 ||
            CRYPTO_memcmp(mac.data(), tag.data(), static_cast<std::size_t>(tag.size())) != 0)
            return false;
    }
    Loan loan(*this, false);
    EVP_CIPHER_CTX *context = loan.context();
    int written = 0;
    int last = 0;
    if (!context ||
        !(m_mac ? EVP_DecryptInit_ex2(context, nullptr, nullptr, bytes(iv), nullptr) == 1
                : startGcm(context, iv, tag)) ||
        (!m_mac && EVP_DecryptUpdate(context, nullptr, &written, bytes(m_header), intSize(m_header)) != 1) ||
        EVP_DecryptUpdate(context, data(text), &written, data(text), intSize(text)) != 1 ||
        EVP_DecryptFinal_ex(context, data(text) + written, &last) != 1)
        return false;
    text.truncate(written + last);
    return loan.good();
}

/// Encrypts @p text in place; it grows by the padding.
bool ReadyKey::encrypt(QByteArrayView iv, char *tag, QByteArray &text) const
{
    const int plainSize = intSize(text);
    if (m_mac)
        text.resize((text.size() / cbcBlock + 1) * cbcBlock);
    Loan loan(*this, true);
    EVP_CIPHER_CTX *context = loan.context();
    int written = 0;
    int last = 0;
    if (!context ||
        !(m_mac ? EVP_EncryptInit_ex2(context, nullptr, nullptr, bytes(iv), nullptr) == 1
                : startGcm(context, iv, {})) ||
        (!m_mac && EVP_EncryptUpdate(context, nullptr, &written, bytes(m_header), intSize(m_header)) != 1) ||
        EVP_EncryptUpdate(context, data(text), &written, data(text), plainSize) != 1 ||
        EVP_EncryptFinal_ex(context, data(text) + written, &last) != 1)
        return false;
    if (m_mac) {
        const HmacSha512::Mac mac = macOf(iv, text);
        std::memcpy(tag, mac.data(), static_cast<std::size_t>(m_algorithm.tagBytes));
        return loan.good();
    }
    std::array params{OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag,
                                                        static_cast<std::size_t>(m_algorithm.tagBytes)),
                      OSSL_PARAM_construct_end()};
    return EVP_CIPHER_CTX_get_params(context, params.data()) == 1 && loan.good();
}

base::Result<base::SecretBytes> ReadyKey::seal(QByteArray &plaintext) const
{
    std::array<char, 16> iv;
    std::array<char, 32> tag;
    const auto ivBytes = static_cast<std::size_t>(m_algorithm.ivBytes);
    const QByteArrayView ivView(iv.data(), m_algorithm.ivBytes);
    if (plaintext.size() > maxTokenBytes ||
        !randomBytes(std::span(reinterpret_cast<unsigned char *>(iv.data()), ivBytes)) ||
        !encrypt(ivView, tag.data(), plaintext)) {
        base::wipe(plaintext);
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("OpenSSL refused to seal a token")));
    }
    const qsizetype room = m_header.size() + 4 + base64UrlSize(m_algorithm.ivBytes) + base64UrlSize(plaintext.size()) +
                           base64UrlSize(m_algorithm.tagBytes);
    return base::SecretBytes::written(room, [&](char *at) {
        std::memcpy(at, m_header.constData(), static_cast<std::size_t>(m_header.size()));
        at += m_header.size();
        *at++ = '.';
        for (const QByteArrayView part :
             {ivView, QByteArrayView(plaintext), QByteArrayView(tag.data(), m_algorithm.tagBytes)}) {
            *at++ = '.';
            at = encodeBase64Url(part, at);
        }
        return at;
    });
}

} // namespace rollcall::jose
