#pragma once

#include "core/deployment/ConnectionCheck.h"
#include "ui/connect/LegFinding.h"

namespace rollcall::connect {

/// What @p leg of a check is in words. The button that repairs it is the caller's to add.
[[nodiscard]] Finding findingOf(const deployment::Leg &leg);

/// What is wrong with the input itself, before anything was tried.
[[nodiscard]] Finding findingOf(const base::Error &error);

/// The origin to which a deployment redirected ("https://shop.example.com"), where @p error says so; else empty.
[[nodiscard]] QString redirectTarget(const base::Error &error);

} // namespace rollcall::connect
