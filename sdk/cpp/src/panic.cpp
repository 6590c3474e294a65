// What the C++ library would throw or print before it aborts (a std::optional without a value, an
// index out of range, a call of a pure virtual function): here it is said in the host's log.
//
// As in the SDK's abort.c, these objects stand before others when a component is linked. Without them
// the library brings its printing along, half a megabyte with a demangler in it.
//
// SPDX-License-Identifier: Apache-2.0
#ifdef __wasm__

#include <__verbose_abort>
#include <cstdarg>

#include <tourbillon/memory.h>
#include <tourbillon/panic.h>

// libc++ declares this function for programs to replace.
void std::__libcpp_verbose_abort(const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  const char* text = tb_vprintf(format, arguments);
  va_end(arguments);
  tb_panic_at("the C++ library", 0, "%s", text);
}

// What stands in a table of virtual functions where there is none.
extern "C" [[gnu::weak, noreturn]] void __cxa_pure_virtual() {
  tb_panic_at("the C++ library", 0, "a pure virtual function was called");
}

extern "C" [[gnu::weak, noreturn]] void __cxa_deleted_virtual() {
  tb_panic_at("the C++ library", 0, "a deleted virtual function was called");
}

#endif
