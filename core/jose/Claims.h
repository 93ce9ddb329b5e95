#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QVarLengthArray>

#include <memory>
#include <optional>

#include "core/jose/JsonText.h"

namespace rollcall::jose {

/// What a JSON value is.
enum class JsonKind : quint8 { Null, Boolean, Number, String, Array, Object };

/// One top-level member in a JSON text: `"name":value`.
struct ClaimMember
{
    quint32 nameAt = 0;   ///< of the first byte behind the name's opening quote
    quint32 nameSize = 0; ///< bytes between the quotes, escapes as they stand
    quint32 end = 0;      ///< behind the value's last byte
    JsonKind kind = JsonKind::Null;

    /// The value begins behind `":`.
    [[nodiscard]] quint32 valueAt() const { return nameAt + nameSize + 2; }
};

/// The members of a JSON object in its own order.
using ClaimIndex = QVarLengthArray<ClaimMember, 12>;

/// A token's claims: the text that JSON.stringify makes of them, with an index of its top-level members, so that a
/// claim is read or copied without building values. The text is wiped with its last holder.
/// **Thread-safety:** a plain value (implicitly shared).
class Claims final
{
public:
    /// `{}`.
    Claims();
    Claims(const Claims &) = default;
    Claims(Claims &&) noexcept = default;
    Claims &operator=(const Claims &other);
    Claims &operator=(Claims &&other) noexcept;
    ~Claims();

    /// Claims that hold @p object, as after a caller's own callback; nullopt where it is no object. Numbers that JSON
    /// cannot show (infinite, minus zero) are kept for number() and value().
    [[nodiscard]] static std::optional<Claims> fromValue(const JsonValue &object);

    /// Takes @p text as it is in place of what these claims were, if it is what JSON.stringify would print of an object
    /// and of a common form (see indexCanonical()). Otherwise false, with `{}` here and @p text untouched: parse it,
    /// and use fromValue().
    [[nodiscard]] bool takeCanonical(QByteArray &text);

    /// All claims as JSON.stringify prints them: UTF-8, members in object order. Valid while this object lives
    /// unchanged, as all views from here.
    [[nodiscard]] QByteArrayView text() const { return m_text; }
    /// The members in their order, for walking; positions in text().
    [[nodiscard]] const ClaimIndex &members() const { return m_members; }

    /// @p name, here and below: as JSON.stringify prints it between quotes (a plain ASCII name is itself).
    [[nodiscard]] bool has(QByteArrayView name) const { return find(name) != nullptr; }
    /// The member; nullptr where there is none.
    [[nodiscard]] const ClaimMember *find(QByteArrayView name) const;
    /// The member's value as JSON.stringify prints it; empty where there is none.
    [[nodiscard]] QByteArrayView raw(QByteArrayView name) const;
    [[nodiscard]] QByteArrayView raw(const ClaimMember &member) const;
    /// The member's value; nullopt where it is absent or no number. May be infinite.
    [[nodiscard]] std::optional<double> number(QByteArrayView name) const;
    [[nodiscard]] std::optional<double> number(const ClaimMember &member) const;
    /// The member's value; nullopt where it is absent or no string.
    [[nodiscard]] std::optional<QString> string(QByteArrayView name) const;
    /// All claims as a value, for callbacks. Costs a parse.
    [[nodiscard]] JsonValue value() const;

private:
    Claims(QByteArray text, ClaimIndex members);

    QByteArray m_text;
    ClaimIndex m_members;
    std::shared_ptr<const JsonValue> m_value; ///< where the text cannot show all of it
};

} // namespace rollcall::jose
