/*
 * Texts as the host wants them, UTF-8 and on one line, and numbers read from texts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <tourbillon/memory.h>

#include "internal.h"

/* The length of the UTF-8 sequence that begins here, or 0 if none does. */
static size_t sequence(const unsigned char *s) {
  /* The second byte's range depends on the first; that excludes overlong forms, surrogates and
   * what is beyond U+10FFFF. */
  unsigned char low = 0x80, high = 0xBF;
  size_t size;
  if (s[0] < 0x80) {
    return 1;
  } else if (s[0] >= 0xC2 && s[0] <= 0xDF) {
    size = 2;
  } else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
    size = 3;
    low = s[0] == 0xE0 ? 0xA0 : low;
    high = s[0] == 0xED ? 0x9F : high;
  } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    size = 4;
    low = s[0] == 0xF0 ? 0x90 : low;
    high = s[0] == 0xF4 ? 0x8F : high;
  } else {
    return 0;
  }
  if (s[1] < low || s[1] > high) {
    return 0;
  }
  for (size_t i = 2; i < size; i++) {
    if (s[i] < 0x80 || s[i] > 0xBF) {
      return 0;
    }
  }
  return size;
}

bool tb_is_utf8(const char *text) {
  const unsigned char *s = (const unsigned char *)text;
  while (*s != 0) {
    size_t size = sequence(s);
    if (size == 0) {
      return false;
    }
    s += size;
  }
  return true;
}

const char *tb_utf8(const char *text) {
  if (tb_is_utf8(text)) {
    return text;
  }
  const unsigned char *s = (const unsigned char *)text;
  /* A byte becomes at most the three bytes of U+FFFD. */
  char *clean = tb_alloc(strlen(text) * 3 + 1);
  char *end = clean;
  while (*s != 0) {
    size_t size = sequence(s);
    if (size == 0) {
      memcpy(end, "\xEF\xBF\xBD", 3);
      end += 3;
      s += 1;
    } else {
      memcpy(end, s, size);
      end += size;
      s += size;
    }
  }
  return clean;
}

const char *tb_quoted(const char *text) {
  static const char hex[] = "0123456789abcdef";
  /* The longest escape, \u{7f}, has six characters. */
  char *quoted = tb_alloc(strlen(text) * 6 + 3);
  char *end = quoted;
  *end++ = '"';
  for (; *text != 0; text++) {
    unsigned char c = (unsigned char)*text;
    const char *plain = strchr("\"\\\nn\rr\tt", c);
    if (c == '"' || c == '\\') {
      *end++ = '\\';
      *end++ = (char)c;
    } else if (plain != NULL && c < 0x20) {
      *end++ = '\\';
      *end++ = plain[1];
    } else if (c < 0x20 || c == 0x7F) {
      memcpy(end, "\\u{", 3);
      end += 3;
      if (c >= 0x10) {
        *end++ = hex[c >> 4];
      }
      *end++ = hex[c & 15];
      *end++ = '}';
    } else {
      *end++ = (char)c;
    }
  }
  *end = '"';
  return quoted;
}

bool tb_decimal(const char *bytes, size_t size, uint64_t *number) {
  /* A sign is none of the host's, and a NUL between digits ends no number. */
  return size > 0 && strspn(bytes, "0123456789") == size && tb_text_u64(bytes, UINT64_MAX, number);
}

bool tb_text_u64(const char *text, uint64_t most, uint64_t *number) {
  if (*text == '+') {
    text++;
  }
  if (*text == 0) {
    return false;
  }
  uint64_t sum = 0;
  for (; *text != 0; text++) {
    if (*text < '0' || *text > '9') {
      return false;
    }
    uint64_t digit = (uint64_t)(*text - '0');
    if (digit > most || sum > (most - digit) / 10) {
      return false;
    }
    sum = sum * 10 + digit;
  }
  *number = sum;
  return true;
}
