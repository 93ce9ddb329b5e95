#pragma once

#include <QByteArray>

#include "core/base/Call.h"
#include "core/session/Resolution.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::demo {

/// What a page is made from: the session that asked and the tables.
struct PageContext
{
    const session::Resolution &session;
    store::SqlConnection &tables;
    const base::Call &call;
    std::chrono::nanoseconds queried{0}; ///< spent in the database so far; the pages add to it
};

/// The body of a page, or why the database would not give it. Errors: those of store::SqlConnection.
using Page = base::Result<QByteArray>;

// The application behind the demo's routes: a made-up subscription business. The weight of its pages is real work,
// queries and rendering; nothing sleeps. All functions block on the database and are reentrant.

/// `/`: static text for everybody; no session is asked for.
[[nodiscard]] QByteArray homePage();
/// `/api/me`: the session's user, JSON.
[[nodiscard]] QByteArray mePage(const session::Resolution &session);
/// `/api/orders`: the user's orders, JSON; one indexed query.
[[nodiscard]] Page ordersPage(PageContext &context);
/// `/dashboard`: HTML from four queries over users, sessions and orders.
[[nodiscard]] Page dashboardPage(PageContext &context);
/// `/reports`: HTML from joins and groups over all tables, some hundred rows.
[[nodiscard]] Page reportsPage(PageContext &context);

} // namespace rollcall::demo
