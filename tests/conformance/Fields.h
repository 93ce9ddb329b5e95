#pragma once

#include <QStringList>

#include <optional>

#include "core/base/Clock.h"
#include "core/jose/JsonText.h"
#include "tests/conformance/Differences.h"

namespace rollcall::conformance {

/// Reads the members of a case's object and holds them to their types: one that is missing or of another type, and one
/// that was never read when the reader ends, becomes a difference, so that nothing in a vector goes unheeded.
/// **Thread-safety:** one object, one thread.
class Fields final
{
public:
    /// Reads @p object, called @p name in differences ("" for the case itself). Both references must outlive the
    /// reader.
    Fields(const jose::JsonValue &object, QString name, Differences &differences);
    ~Fields();
    Fields(Fields &&other) noexcept;
    Fields(const Fields &) = delete;
    Fields &operator=(const Fields &) = delete;
    Fields &operator=(Fields &&) = delete;

    /// A member that must be there. Where it is missing or of another type: a difference, and an empty value.
    [[nodiscard]] QString text(QStringView name);
    [[nodiscard]] double number(QStringView name);
    [[nodiscard]] bool flag(QStringView name);
    [[nodiscard]] const jose::JsonValue &value(QStringView name);
    [[nodiscard]] jose::JsonValue::Array array(QStringView name);
    [[nodiscard]] QStringList texts(QStringView name);
    [[nodiscard]] Fields object(QStringView name);
    /// Epoch seconds, fractions allowed.
    [[nodiscard]] base::Instant instant(QStringView name);
    /// Bytes of a header as they are on the wire: each character is one byte.
    [[nodiscard]] QByteArray wire(QStringView name);

    /// A member that may be absent or null: then nullopt (or nullptr).
    [[nodiscard]] std::optional<QString> maybeText(QStringView name);
    [[nodiscard]] std::optional<double> maybeNumber(QStringView name);
    [[nodiscard]] std::optional<bool> maybeFlag(QStringView name);
    [[nodiscard]] const jose::JsonValue *maybeValue(QStringView name);

    /// Members that say nothing to compare with (notes, messages of the libraries); they may be absent.
    void ignore(std::initializer_list<QStringView> names);

    [[nodiscard]] const jose::JsonValue &json() const { return *m_object; }

private:
    /// The member, noted as read; nullptr where it is absent.
    const jose::JsonValue *take(QStringView name);
    const jose::JsonValue *require(QStringView name);
    void complain(QStringView name, const QString &what);

    const jose::JsonValue *m_object;
    QString m_name;
    Differences *m_differences;
    QStringList m_read;
};

/// The characters of @p text as bytes; nullopt where one does not fit.
[[nodiscard]] std::optional<QByteArray> wireBytes(const QString &text);

} // namespace rollcall::conformance
