#pragma once

#include "core/base/Secret.h"

namespace rollcall::http {

/// The value of a request's cookie: its own, or a view of the header where it stands there as it is. It may be a bearer
/// secret; its own is wiped. **Thread-safety:** a plain value that is moved only.
class CookieValue final
{
public:
    CookieValue() = default;
    CookieValue(base::SecretBytes own) : m_own(std::move(own)), m_view(m_own.view()) {}

    /// Not a copy: @p text must outlive the value.
    [[nodiscard]] static CookieValue within(QByteArrayView text)
    {
        CookieValue value;
        value.m_view = text;
        return value;
    }

    /// Valid while this object lives (wherever it is moved), and the header where it is a view of that.
    [[nodiscard]] QByteArrayView view() const { return m_view; }
    [[nodiscard]] bool isEmpty() const { return m_view.isEmpty(); }
    [[nodiscard]] qsizetype size() const { return m_view.size(); }
    /// A copy that stands on its own.
    [[nodiscard]] base::SecretBytes clone() const { return base::SecretBytes(m_view); }
    /// What it holds, as its own.
    [[nodiscard]] base::SecretBytes take() && { return m_own.isEmpty() ? clone() : std::move(m_own); }

private:
    base::SecretBytes m_own;
    QByteArrayView m_view;
};

} // namespace rollcall::http
