// Messages to the host's log, through wasi:logging.
//
// They format like std::format and name the source file that they stand in as the context; the host
// adds the manager, task, tick and run. Lines or bytes over the run's limit are dropped and counted,
// and never end a run. (printf and std::cout write to nowhere: a manager has no stdout.)
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon/format.hpp>
#include <tourbillon/log.h>

namespace tourbillon {

// How serious a message is, from the least to the most.
enum class Level {
  trace = TB_TRACE,        // the finest detail
  debug = TB_DEBUG,        // for whoever looks for a fault
  info = TB_INFO,          // ordinary course of events
  warn = TB_WARN,          // something unexpected that did no harm yet
  error = TB_ERROR,        // something went wrong
  critical = TB_CRITICAL,  // something went wrong that needs a person
};

// Writes one message; the host keeps the context as a field.
inline void log(Level level, const std::string& context, const std::string& message) {
  tb_log(static_cast<tb_level>(level), context.c_str(), "%s", message.c_str());
}

namespace detail {

inline std::string file_of(const std::source_location& where) {
  std::string_view path = where.file_name();
  auto slash = path.rfind('/');
  return std::string(slash == path.npos ? path : path.substr(slash + 1));
}

}  // namespace detail

template <class... Values>
void trace(Format<Values...> text, const Values&... values) {
  log(Level::trace, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

template <class... Values>
void debug(Format<Values...> text, const Values&... values) {
  log(Level::debug, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

template <class... Values>
void info(Format<Values...> text, const Values&... values) {
  log(Level::info, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

template <class... Values>
void warn(Format<Values...> text, const Values&... values) {
  log(Level::warn, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

template <class... Values>
void error(Format<Values...> text, const Values&... values) {
  log(Level::error, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

template <class... Values>
void critical(Format<Values...> text, const Values&... values) {
  log(Level::critical, detail::file_of(text.where), tourbillon::format<Values...>(text, values...));
}

}  // namespace tourbillon
