#include "core/store/sql/SqliteFunctions.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <bit>

#include "core/base/Secret.h"
#include "core/store/schema/ExpiresCodec.h"
#include "core/store/schema/StoredForm.h"

namespace rollcall::store {

namespace {

QByteArrayView textOf(sqlite3_value *value)
{
    const auto *bytes = sqlite3_value_text(value);
    return {bytes, sqlite3_value_bytes(value)};
}

bool isNumber(sqlite3_value *value)
{
    const int type = sqlite3_value_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

const QTimeZone &zoneOf(sqlite3_context *context)
{
    return *static_cast<const QTimeZone *>(sqlite3_user_data(context));
}

void resultText(sqlite3_context *context, const QByteArray &text)
{
    sqlite3_result_text64(context, text.constData(), static_cast<sqlite3_uint64>(text.size()), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
}

StoredInstant instantOf(sqlite3_value *value, const QTimeZone &zone)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        return readEpoch(sqlite3_value_int64(value), ExpiresEncoding::Mixed);
    case SQLITE_TEXT:
    case SQLITE_BLOB: // bytes of a text: some drivers bind what they read from elsewhere so
        return readInstant(textOf(value), zone);
    default:
        return {};
    }
}

void sha256(sqlite3_context *context, int, sqlite3_value **values)
{
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return sqlite3_result_null(context);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(textOf(values[0]));
    resultText(context, hash.result().toHex());
}

void instant(sqlite3_context *context, int, sqlite3_value **values)
{
    const StoredInstant read = instantOf(values[0], zoneOf(context));
    if (read.kind == StoredInstant::Kind::Finite)
        sqlite3_result_int64(context, read.microseconds);
    else
        sqlite3_result_null(context);
}

void storedForm(sqlite3_context *context, int, sqlite3_value **values)
{
    const int type = sqlite3_value_type(values[0]);
    std::optional<QByteArray> name;
    if (type == SQLITE_INTEGER || type == SQLITE_TEXT)
        name = StoredForm::nameOf(textOf(values[0]), type == SQLITE_INTEGER, zoneOf(context));
    if (name)
        resultText(context, *name);
    else
        sqlite3_result_null(context);
}

void contains(sqlite3_context *context, int, sqlite3_value **values)
{
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return sqlite3_result_null(context);
    const QString text = QString::fromUtf8(textOf(values[0]));
    const QString needle = QString::fromUtf8(textOf(values[1]));
    sqlite3_result_int(context, text.contains(needle, Qt::CaseInsensitive) ? 1 : 0);
}

void writeLikeSample(sqlite3_context *context, int, sqlite3_value **values)
{
    if (instantOf(values[0], zoneOf(context)).kind != StoredInstant::Kind::Finite)
        return sqlite3_result_null(context);
    const base::Instant value{std::chrono::milliseconds(sqlite3_value_int64(values[1]))};
    const QByteArray text = writeLike(textOf(values[0]), value, zoneOf(context));
    if (isNumber(values[0]))
        sqlite3_result_int64(context, text.toLongLong());
    else if (sqlite3_value_type(values[0]) == SQLITE_BLOB)
        sqlite3_result_blob64(context, text.constData(), static_cast<sqlite3_uint64>(text.size()), SQLITE_TRANSIENT);
    else
        resultText(context, text);
}

/// Bytes of their literal, x'…'; anything else is what it is.
void id(sqlite3_context *context, int, sqlite3_value **values)
{
    const QByteArrayView text = textOf(values[0]);
    const bool isLiteral = text.size() > 2 && text.startsWith("x'") && text.endsWith('\'') && text.size() % 2 == 1;
    if (!isLiteral)
        return sqlite3_result_value(context, values[0]);
    const QByteArray bytes = QByteArray::fromHex(QByteArray::fromRawData(text.data() + 2, text.size() - 3));
    sqlite3_result_blob64(context, bytes.constData(), static_cast<sqlite3_uint64>(bytes.size()), SQLITE_TRANSIENT);
}

/// What is stored: of text its UTF-8, whatever the database's own encoding.
QByteArrayView storedIn(sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_TEXT)
        return textOf(value);
    const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
    return {bytes, sqlite3_value_bytes(value)};
}

void packed(sqlite3_context *context, int, sqlite3_value **values)
{
    switch (sqlite3_value_type(values[0])) {
    case SQLITE_INTEGER:
        return resultText(context, 'i' + QByteArray::number(qint64{sqlite3_value_int64(values[0])}));
    case SQLITE_FLOAT: {
        const auto bits = qToBigEndian(std::bit_cast<quint64>(sqlite3_value_double(values[0])));
        return resultText(context, 'r' + QByteArray(reinterpret_cast<const char *>(&bits), sizeof bits).toHex());
    }
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        const char kind = sqlite3_value_type(values[0]) == SQLITE_TEXT ? 't' : 'b';
        QByteArray bytes = storedIn(values[0]).toByteArray(); // it may be a token
        QByteArray text = kind + bytes.toHex();
        base::wipe(bytes);
        resultText(context, text);
        return base::wipe(text);
    }
    default:
        return sqlite3_result_null(context);
    }
}

void unpacked(sqlite3_context *context, int, sqlite3_value **values)
{
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return sqlite3_result_null(context);
    const QByteArrayView text = textOf(values[0]);
    const char kind = text.isEmpty() ? ' ' : text.front();
    if (kind == 'i')
        return sqlite3_result_int64(context, text.sliced(1).toLongLong());
    if (kind != 'r' && kind != 't' && kind != 'b')
        return sqlite3_result_error(context, "rollcall_unpacked: no packed value", -1);
    QByteArray bytes = QByteArray::fromHex(QByteArray::fromRawData(text.data() + 1, text.size() - 1));
    if (kind == 'r' && bytes.size() != sizeof(double))
        sqlite3_result_error(context, "rollcall_unpacked: no packed value", -1);
    else if (kind == 'r')
        sqlite3_result_double(context, std::bit_cast<double>(qFromBigEndian<quint64>(bytes.constData())));
    else if (kind == 't')
        resultText(context, bytes);
    else
        sqlite3_result_blob64(context, bytes.constData(), static_cast<sqlite3_uint64>(bytes.size()), SQLITE_TRANSIENT);
    base::wipe(bytes);
}

} // namespace

int registerSqliteFunctions(sqlite3 *database, const QTimeZone &zone)
{
    using Function = void (*)(sqlite3_context *, int, sqlite3_value **);
    const auto add = [&](const char *name, int arguments, Function function) {
        // Each registration owns a copy of the zone; SQLite calls the destructor also where registering fails.
        return sqlite3_create_function_v2(
            database, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, std::make_unique<QTimeZone>(zone).release(),
            function, nullptr, nullptr,
            [](void *owned) { std::unique_ptr<QTimeZone>(static_cast<QTimeZone *>(owned)); });
    };
    int code = add("rollcall_sha256", 1, sha256);
    if (code == SQLITE_OK)
        code = add("rollcall_instant", 1, instant);
    if (code == SQLITE_OK)
        code = add("rollcall_contains", 2, contains);
    if (code == SQLITE_OK)
        code = add("rollcall_stored_form", 1, storedForm);
    if (code == SQLITE_OK)
        code = add("rollcall_write_like", 2, writeLikeSample);
    if (code == SQLITE_OK)
        code = add("rollcall_id", 1, id);
    if (code == SQLITE_OK)
        code = add("rollcall_packed", 1, packed);
    if (code == SQLITE_OK)
        code = add("rollcall_unpacked", 1, unpacked);
    return code;
}

} // namespace rollcall::store
