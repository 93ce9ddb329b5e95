# Everything of ours links rollcall_options PRIVATE: language level, warnings, Qt defines, hardening, sanitizers.
add_library(rollcall_options INTERFACE)
target_compile_features(rollcall_options INTERFACE cxx_std_20)
target_include_directories(rollcall_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(rollcall_options INTERFACE
  ROLLCALL_VERSION="${PROJECT_VERSION}"
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
  QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_KEYWORDS QT_NO_FOREACH QT_USE_QSTRINGBUILDER
  QT_STRICT_ITERATORS QT_DISABLE_DEPRECATED_BEFORE=0x060400)
target_compile_options(rollcall_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Woverloaded-virtual -Wnon-virtual-dtor -Wcast-qual -Wcast-align -Wformat=2 -Wnull-dereference
  -Wextra-semi -Wsuggest-override -Wimplicit-fallthrough -Wundef
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # -fPIC, not -fPIE: position-independent executables copy Qt's static meta-objects, and qobject_cast and findChildren
  # over classes of Qt then fail silently. Linked with -pie it gives a PIE all the same.
  -fPIC -fstack-protector-strong
  $<$<CONFIG:Debug>:-O0;-g1>)
target_compile_definitions(rollcall_options INTERFACE
  $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2> _GLIBCXX_ASSERTIONS)
target_link_options(rollcall_options INTERFACE -pie -Wl,-z,relro,-z,now)
foreach(sanitizer IN LISTS ROLLCALL_SANITIZE)
  target_compile_options(rollcall_options INTERFACE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
  target_link_options(rollcall_options INTERFACE -fsanitize=${sanitizer})
endforeach()
