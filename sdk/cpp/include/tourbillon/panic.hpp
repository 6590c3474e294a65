// The end of a run that cannot go on: a message in the log, then a trap.
//
// The host discards the instance and runs the task again in a new one when it is due. assert(),
// abort(), std::terminate and what libc++ would throw (a std::optional without a value, an index that
// is out of range) go the same way in WebAssembly, so that their text is found in the log as well.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon/format.hpp>
#include <tourbillon/panic.h>

namespace tourbillon {

// Logs the message as critical, with file and line, and traps. For what can only be a bug; for all
// else a task returns fail(). In native tests it prints the message and aborts.
template <class... Values>
[[noreturn]] void panic(Format<Values...> text, const Values&... values) {
  std::string message = tourbillon::format<Values...>(text, values...);
  tb_panic_at(text.where.file_name(), static_cast<int>(text.where.line()), "%s", message.c_str());
}

}  // namespace tourbillon
