#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace rollcall::http {

// Byte arrays whose memory serves one message after another. What they held may be a secret (a cookie that is set), so
// nothing of it stays behind: neither in memory that is given back nor beyond the end of what they hold now.

/// Puts @p text in the place of what @p bytes hold, into their memory where it has room.
void replaceWith(QByteArray &bytes, QByteArrayView text);

/// Appends @p text to @p bytes.
void appendTo(QByteArray &bytes, QByteArrayView text);

/// Empties @p bytes, keeping their memory.
void makeEmpty(QByteArray &bytes);

} // namespace rollcall::http
