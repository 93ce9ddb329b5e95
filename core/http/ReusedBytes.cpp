#include "core/http/ReusedBytes.h"

#include <algorithm>
#include <cstring>

#include "core/base/Secret.h"

namespace rollcall::http {

namespace {

/// What QByteArray::append() does byte by byte.
void write(QByteArray &bytes, qsizetype at, QByteArrayView text)
{
    bytes.resize(at + text.size());
    if (!text.isEmpty())
        std::memcpy(bytes.data() + at, text.data(), static_cast<std::size_t>(text.size()));
}

void clearFrom(QByteArray &bytes, qsizetype at)
{
    if (at < bytes.size() && bytes.isDetached())
        ::explicit_bzero(bytes.data() + at, static_cast<std::size_t>(bytes.size() - at));
}

} // namespace

void replaceWith(QByteArray &bytes, QByteArrayView text)
{
    if (bytes.size() == text.size() && bytes.isDetached()) { // as of most headers of one server
        if (!text.isEmpty())
            std::memcpy(bytes.data(), text.data(), static_cast<std::size_t>(text.size()));
        return;
    }
    if (text.size() > bytes.capacity() || !bytes.isDetached())
        base::wipe(bytes); // the memory is given back, or stays with whom it is shared
    clearFrom(bytes, text.size());
    write(bytes, 0, text);
}

void appendTo(QByteArray &bytes, QByteArrayView text)
{
    const qsizetype size = bytes.size();
    if (size > 0 && size + text.size() > bytes.capacity()) {
        QByteArray larger;
        larger.reserve(std::max(size + text.size(), 2 * size));
        write(larger, 0, bytes);
        base::wipe(bytes);
        bytes.swap(larger);
    }
    write(bytes, size, text);
}

void makeEmpty(QByteArray &bytes)
{
    clearFrom(bytes, 0);
    bytes.resize(0);
}

} // namespace rollcall::http
