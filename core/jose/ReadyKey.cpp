#include "core/jose/ReadyKey.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <QtEndian>

#include <algorithm>
#include <cstring>

#include "core/base/SameBytes.h"
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

/// What the MAC takes last: how many bits @p header has. **Source:** RFC 7518, 5.2.2.1.
QByteArray macEnding(QByteArrayView header)
{
    QByteArray bits(sizeof(quint64), Qt::Uninitialized);
    qToBigEndian(static_cast<quint64>(header.size()) * 8, bits.data());
    return bits;
}

/// Whether @p tag is the beginning of @p mac, in a time that does not depend on where they differ. Eight bytes at a
/// time: CRYPTO_memcmp() takes one after the other.
bool isTag(QByteArrayView tag, const HmacSha512::Mac &mac)
{
    constexpr auto step = static_cast<qsizetype>(sizeof(quint64));
    Q_ASSERT(tag.size() % step == 0 && tag.size() <= static_cast<qsizetype>(mac.size()));
    quint64 differing = 0;
    for (qsizetype at = 0; at < tag.size(); at += step)
        differing |= qFromUnaligned<quint64>(tag.data() + at) ^ qFromUnaligned<quint64>(mac.data() + at);
    // The compiler may not guess from a part of it.
    asm volatile("" : "+r"(differing));
    return differing == 0;
}

OpenSslPtr<EVP_CIPHER_CTX> contextFor(const ContentAlgorithm &algorithm, const base::SecretBytes &key, bool encrypt)
{
    const OpenSslPtr<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, algorithm.cipher, nullptr));
    OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    const QByteArrayView aesKey = algorithm.cbc ? key.view().sliced(algorithm.keyBytes / 2) : key.view();
    // CBC goes on from token to token: what stands before the first is of no consequence.
    constexpr std::array<unsigned char, cbcBlock> before{};
    if (!cipher || !context ||
        EVP_CipherInit_ex2(context.get(), cipher.get(), bytes(aesKey), algorithm.cbc ? before.data() : nullptr,
                           encrypt ? 1 : 0, nullptr) != 1 ||
        (algorithm.cbc && EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1))
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

/// One call's hold on contexts: those of the thread's slot, or its own where another thread has that one. They are made
/// anew where something failed, so that no token ever meets a context that a refused one has left in an unknown state.
class ReadyKey::Loan final
{
public:
    Loan(const ReadyKey &key, bool encrypt)
        : m_slot(key.m_slots[threadNumber() % key.m_slots.size()]),
          m_holdsSlot(!m_slot.lent.test_and_set(std::memory_order_acquire))
    {
        Contexts &contexts = m_holdsSlot ? m_slot.contexts : m_own;
        auto &wanted = encrypt ? contexts.encrypt : contexts.decrypt;
        if (!wanted)
            wanted = contextFor(key.m_algorithm, key.m_key, encrypt);
        m_context = wanted.get();
    }
    Loan(const Loan &) = delete;
    Loan &operator=(const Loan &) = delete;
    ~Loan()
    {
        if (!m_holdsSlot)
            return;
        if (!m_good)
            m_slot.contexts = {};
        m_slot.lent.clear(std::memory_order_release);
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
    bool m_holdsSlot;
    Contexts m_own;
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
        m_mac.emplace(m_key.view().first(algorithm.keyBytes / 2), m_header, macEnding(m_header));
}

ReadyKey::~ReadyKey() = default;

std::optional<QByteArray> ReadyKey::open(QByteArrayView token) const
{
    std::array<char, 32> tagBuffer;
    const std::span tag(tagBuffer.data(), static_cast<std::size_t>(m_algorithm.tagBytes));
    // Lengths of IV and tag are fixed, so the places of all dots are known; one more of them is no base64.
    const qsizetype ivAt = m_header.size() + 2;
    const qsizetype textAt = ivAt + base64UrlSize(m_algorithm.ivBytes) + 1;
    const qsizetype tagAt = token.size() - base64UrlSize(m_algorithm.tagBytes);
    if (tagAt - 1 <= textAt || token.size() > maxTokenBytes || !base::beginsWith(token, m_header) ||
        token[ivAt - 2] != '.' || token[ivAt - 1] != '.' || token[textAt - 1] != '.' || token[tagAt - 1] != '.' ||
        !decodeBase64Url(token.sliced(tagAt), tag))
        return std::nullopt;
    const QByteArrayView iv = token.sliced(ivAt, textAt - 1 - ivAt);
    const QByteArrayView encoded = token.sliced(textAt, tagAt - 1 - textAt);
    // IV and ciphertext one behind the other.
    const auto ivBytes = static_cast<std::size_t>(m_algorithm.ivBytes);
    const auto textBytes = static_cast<std::size_t>(base64UrlBytes(encoded.size()));
    QByteArray content(static_cast<qsizetype>(ivBytes + textBytes), Qt::Uninitialized);
    const std::span text(content.data(), ivBytes + textBytes);
    if (!decodeBase64Url(iv, text.first(ivBytes)) || !decodeBase64Url(encoded, text.subspan(ivBytes)))
        return std::nullopt;
    const auto plain = m_mac ? decryptCbc(text, QByteArrayView(tag)) : decryptGcm(text, QByteArrayView(tag));
    if (!plain) {
        base::wipe(content);
        return std::nullopt;
    }
    content.truncate(m_algorithm.ivBytes + *plain);
    // Nothing is moved: the array then begins behind it.
    content.remove(0, m_algorithm.ivBytes);
    return content;
}

/// Decrypts @p text, IV and ciphertext, in place: what stood in the IV's place then means nothing. The plaintext's
/// length; nullopt where it is not authentic.
std::optional<qsizetype> ReadyKey::decryptCbc(std::span<char> text, QByteArrayView tag) const
{
    const int size = static_cast<int>(text.size());
    const HmacSha512::Mac mac = m_mac->of(QByteArrayView(text));
    if (size % cbcBlock != 0 || size < 2 * cbcBlock || !isTag(tag, mac))
        return std::nullopt;
    // To CBC an IV is the block before the first one. So it is decrypted too, to something useless, instead of being
    // set, for which OpenSSL asks the provider for its length among other parameters by name.
    Loan loan(*this, false);
    EVP_CIPHER_CTX *context = loan.context();
    int written = 0;
    auto *const at = reinterpret_cast<unsigned char *>(text.data());
    if (!context || EVP_DecryptUpdate(context, at, &written, at, size) != 1 || written != size)
        return std::nullopt;
    // PKCS #7. What is authentic was padded by whoever has the key: nobody can probe it.
    const auto padding = static_cast<quint8>(text.back());
    if (padding == 0 || padding > cbcBlock ||
        !std::ranges::all_of(text.last(padding), [padding](char c) { return static_cast<quint8>(c) == padding; }))
        return std::nullopt;
    loan.good();
    return size - cbcBlock - padding;
}

/// The same with GCM.
std::optional<qsizetype> ReadyKey::decryptGcm(std::span<char> text, QByteArrayView tag) const
{
    Loan loan(*this, false);
    EVP_CIPHER_CTX *context = loan.context();
    auto *const at = reinterpret_cast<unsigned char *>(text.data()) + m_algorithm.ivBytes;
    const int size = static_cast<int>(text.size()) - static_cast<int>(m_algorithm.ivBytes);
    int written = 0;
    int last = 0;
    const bool isGood = context && startGcm(context, QByteArrayView(text.data(), m_algorithm.ivBytes), tag) &&
                        EVP_DecryptUpdate(context, nullptr, &written, bytes(m_header), intSize(m_header)) == 1 &&
                        EVP_DecryptUpdate(context, at, &written, at, size) == 1 &&
                        EVP_DecryptFinal_ex(context, at + written, &last) == 1 && loan.good();
    return isGood ? std::optional<qsizetype>(size) : std::nullopt;
}

/// Encrypts @p text, random bytes of an IV's length and the plaintext, in place: they become IV and ciphertext.
bool ReadyKey::encryptCbc(QByteArray &text, char *tag) const
{
    const auto padding = static_cast<char>(cbcBlock - text.size() % cbcBlock);
    text.append(padding, padding);
    // As above: a random block, encrypted, is an IV that nobody can foretell. **Source:** NIST SP 800-38A, appendix C.
    Loan loan(*this, true);
    EVP_CIPHER_CTX *context = loan.context();
    int written = 0;
    if (!context || EVP_EncryptUpdate(context, data(text), &written, data(text), intSize(text)) != 1 ||
        written != intSize(text))
        return false;
    const HmacSha512::Mac mac = m_mac->of(text);
    std::memcpy(tag, mac.data(), static_cast<std::size_t>(m_algorithm.tagBytes));
    return loan.good();
}

/// The same with GCM: the random bytes are the IV as they are.
bool ReadyKey::encryptGcm(QByteArray &text, char *tag) const
{
    Loan loan(*this, true);
    EVP_CIPHER_CTX *context = loan.context();
    unsigned char *at = data(text) + m_algorithm.ivBytes;
    const int size = intSize(text) - static_cast<int>(m_algorithm.ivBytes);
    int written = 0;
    int last = 0;
    std::array params{OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag,
                                                        static_cast<std::size_t>(m_algorithm.tagBytes)),
                      OSSL_PARAM_construct_end()};
    return context && startGcm(context, QByteArrayView(text).first(m_algorithm.ivBytes), {}) &&
           EVP_EncryptUpdate(context, nullptr, &written, bytes(m_header), intSize(m_header)) == 1 &&
           EVP_EncryptUpdate(context, at, &written, at, size) == 1 &&
           EVP_EncryptFinal_ex(context, at + written, &last) == 1 &&
           EVP_CIPHER_CTX_get_params(context, params.data()) == 1 && loan.good();
}

/// Puts random bytes of an IV's length before @p text, in its own memory, so that it leaves no copy.
bool ReadyKey::prependRandom(QByteArray &text) const
{
    const qsizetype size = text.size();
    // Not capacity(): that counts room in front too, as there is in what open() gave.
    if (text.data_ptr().freeSpaceAtEnd() < sealingRoom) {
        QByteArray roomy;
        roomy.reserve(size + sealingRoom);
        roomy.append(text);
        base::wipe(text);
        text = std::move(roomy);
    }
    text.resize(size + m_algorithm.ivBytes);
    std::memmove(text.data() + m_algorithm.ivBytes, text.constData(), static_cast<std::size_t>(size));
    return randomBytes(std::span(data(text), static_cast<std::size_t>(m_algorithm.ivBytes)));
}

base::Result<base::SecretBytes> ReadyKey::seal(QByteArray &plaintext) const
{
    std::array<char, 32> tag;
    QByteArray &text = plaintext;
    if (text.size() > maxTokenBytes || !prependRandom(text) ||
        !(m_mac ? encryptCbc(text, tag.data()) : encryptGcm(text, tag.data()))) {
        base::wipe(text);
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("OpenSSL refused to seal a token")));
    }
    const QByteArrayView iv = QByteArrayView(text).first(m_algorithm.ivBytes);
    const QByteArrayView ciphertext = QByteArrayView(text).sliced(m_algorithm.ivBytes);
    const qsizetype room = m_header.size() + 4 + base64UrlSize(iv.size()) + base64UrlSize(ciphertext.size()) +
                           base64UrlSize(m_algorithm.tagBytes);
    return base::SecretBytes::written(room, [&](char *at) {
        std::memcpy(at, m_header.constData(), static_cast<std::size_t>(m_header.size()));
        at += m_header.size();
        *at++ = '.';
        for (const QByteArrayView part : {iv, ciphertext, QByteArrayView(tag.data(), m_algorithm.tagBytes)}) {
            *at++ = '.';
            at = encodeBase64Url(part, at);
        }
        return at;
    });
}

} // namespace rollcall::jose
