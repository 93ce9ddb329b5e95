#include "tests/integration/scale/HandWritten.h"

namespace rollcall::test {

namespace {

constexpr char oneStatement[] = "hand_one";
constexpr char twoStatements[] = "hand_two";
constexpr char providersOf[] = "hand_providers";

} // namespace

HandWritten::HandWritten(const QByteArray &url) : m_connection(PQconnectdb(url.constData()))
{
    if (PQstatus(m_connection.get()) != CONNECTION_OK) {
        m_problem = PQerrorMessage(m_connection.get());
        return;
    }
    const Result set(PQexec(m_connection.get(), "SET TimeZone = 'UTC'; SET jit = off; "
                                                "SET default_transaction_read_only = on"));
    static_cast<void>(isFine(set, PGRES_COMMAND_OK));
}

bool HandWritten::isFine(const Result &result, ExecStatusType wanted)
{
    if (PQresultStatus(result.get()) == wanted)
        return true;
    m_problem = PQerrorMessage(m_connection.get());
    return false;
}

void HandWritten::prepare(const Query &query, int limit)
{
    const QByteArray direction = query.descending ? " DESC" : "";
    const QByteArray page =
        "SELECT s.id, s.\"sessionToken\", s.\"userId\", u.name, u.email, s.expires FROM sessions s " + query.join +
        " users u ON u.id = s.\"userId\" WHERE " + query.where + " ORDER BY s." + query.order + direction + ", s.id" +
        direction + " LIMIT " + QByteArray::number(limit);
    const QByteArray shown = "SELECT p.id, left(encode(sha256(convert_to(p.\"sessionToken\", 'UTF8')), 'hex'), 16), "
                             "p.\"userId\", p.name, p.email, p.expires";
    const QByteArray sorted = " FROM (" + page + ") p ORDER BY p." + query.order + direction + ", p.id" + direction;
    const std::pair<const char *, QByteArray> statements[] = {
        {oneStatement, shown +
                           ", (SELECT string_agg(DISTINCT a.provider, ',') FROM accounts a WHERE a.\"userId\" = "
                           "p.\"userId\")" +
                           sorted},
        {twoStatements, shown + sorted},
        {providersOf, "SELECT DISTINCT a.\"userId\", a.provider FROM accounts a WHERE a.\"userId\" = ANY ($1::int[])"},
    };
    for (const auto &[name, sql] : statements) {
        const QByteArray forget = QByteArray("DEALLOCATE ") + name;
        PQclear(PQexec(m_connection.get(), forget.constData())); // there is none the first time
        const Result prepared(PQprepare(m_connection.get(), name, sql.constData(), 0, nullptr));
        if (!isFine(prepared, PGRES_COMMAND_OK))
            return;
    }
}

HandWritten::Result HandWritten::execute(const char *name, const QByteArrayList &values)
{
    std::vector<const char *> texts;
    for (const QByteArray &value : values)
        texts.push_back(value.constData());
    return Result(
        PQexecPrepared(m_connection.get(), name, static_cast<int>(texts.size()), texts.data(), nullptr, nullptr, 0));
}

QByteArrayList HandWritten::run(Form form, const QByteArrayList &values)
{
    const Result page = execute(form == Form::OneStatement ? oneStatement : twoStatements, values);
    if (!isFine(page, PGRES_TUPLES_OK))
        return {};
    const auto readAll = [this](const Result &result) {
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            for (int column = 0; column < PQnfields(result.get()); ++column)
                m_bytes += QByteArray(PQgetvalue(result.get(), row, column)).size();
        }
    };
    readAll(page);
    QByteArrayList ids;
    QByteArray users = "{";
    for (int row = 0; row < PQntuples(page.get()); ++row) {
        ids << PQgetvalue(page.get(), row, 0);
        users += (row > 0 ? "," : "") + QByteArray(PQgetvalue(page.get(), row, 2));
    }
    if (form == Form::TwoStatements && !ids.isEmpty()) {
        const Result providers = execute(providersOf, {users + "}"});
        if (!isFine(providers, PGRES_TUPLES_OK))
            return {};
        readAll(providers);
    }
    return ids;
}

QByteArrayList HandWritten::firstRow(const QByteArray &sql)
{
    const Result result(PQexec(m_connection.get(), sql.constData()));
    if (!isFine(result, PGRES_TUPLES_OK) || PQntuples(result.get()) == 0)
        return {};
    QByteArrayList cells;
    for (int column = 0; column < PQnfields(result.get()); ++column)
        cells << PQgetvalue(result.get(), 0, column);
    return cells;
}

} // namespace rollcall::test
